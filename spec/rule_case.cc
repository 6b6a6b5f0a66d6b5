#include "spec/rule_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <regex>

#include "spec/nearest.h"
#include "spec/parse_parts.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;
using Pairs = std::vector<std::pair<std::string, std::string>>;

// The fields by which a snapshot of the state can be chosen and spoken of.
constexpr std::array<std::string_view, 30> kFields = {"Available",
                                                      "Category",
                                                      "CreationTime",
                                                      "Description",
                                                      "Encrypted",
                                                      "InstanceId",
                                                      "InstantAccess",
                                                      "InstantAccessRetentionDays",
                                                      "KMSKeyId",
                                                      "LastModifiedTime",
                                                      "ProductCode",
                                                      "Progress",
                                                      "RegionId",
                                                      "RemainTime",
                                                      "ResourceGroupId",
                                                      "RetentionDays",
                                                      "SnapshotId",
                                                      "SnapshotLinkId",
                                                      "SnapshotName",
                                                      "SnapshotSN",
                                                      "SnapshotType",
                                                      "SourceDiskId",
                                                      "SourceDiskSize",
                                                      "SourceDiskType",
                                                      "SourceRegionId",
                                                      "SourceSnapshotId",
                                                      "SourceStorageType",
                                                      "Status",
                                                      "Tags",
                                                      "Usage"};

bool IsField(std::string_view name) { return std::ranges::binary_search(kFields, name); }

std::string CheckField(std::string_view name) {
  return IsField(name) ? "" : UnknownWord("field of a snapshot", name, kFields);
}

std::string CheckPlaceholders(std::string_view text) {
  for (const std::string& placeholder : PlaceholdersIn(text)) {
    if (!IsPlaceholder(placeholder)) return fmt::format("`{}` is no placeholder", placeholder);
  }
  return "";
}

void ComplainIf(ObjectReader& reader, const std::string& key, const std::string& what) {
  if (!what.empty()) reader.Complain(key, what);
}

// Both forms: {"NAME": "VALUE"} and, for names that repeat, [["NAME", "VALUE"]].
Pairs ReadPairs(ObjectReader& reader, const std::string& key) {
  Pairs pairs;
  const Json* value = reader.Find(key);
  if (value == nullptr) return pairs;
  for (const auto& [name, entry] : value->items()) {
    const bool named = value->is_object() && entry.is_string();
    const bool listed = value->is_array() && entry.is_array() && entry.size() == 2 &&
                        entry[0].is_string() && entry[1].is_string();
    if (named) {
      pairs.emplace_back(name, entry.get<std::string>());
    } else if (listed) {
      pairs.emplace_back(entry[0].get<std::string>(), entry[1].get<std::string>());
    } else {
      reader.Complain(key, "{NAME: VALUE} or [[NAME, VALUE]] of strings is expected here");
      break;
    }
    ComplainIf(reader, key, CheckPlaceholders(pairs.back().first));
    ComplainIf(reader, key, CheckPlaceholders(pairs.back().second));
  }
  return pairs;
}

Pairs ReadFields(ObjectReader& reader, const std::string& key) {
  Pairs pairs = ReadPairs(reader, key);
  for (const auto& [field, value] : pairs) ComplainIf(reader, key, CheckField(field));
  return pairs;
}

Expectation ReadExpectation(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  Expectation expect;
  expect.accepted = reader.OptionalBool("accepted");
  expect.refused = reader.OptionalText("refused");
  expect.page_number = reader.OptionalInt("page_number");
  expect.page_size = reader.OptionalInt("page_size");
  expect.total_count = reader.OptionalInt("total_count");
  expect.next_token = reader.OptionalBool("next_token");
  expect.items = reader.OptionalInt("items");
  expect.at_most = reader.OptionalInt("at_most");
  expect.empty = reader.OptionalBool("empty");
  expect.same_as = reader.TextOr("same_as", "");
  expect.subset_of = reader.TextOr("subset_of", "");
  expect.disjoint_from = reader.TextOr("disjoint_from", "");
  expect.every = ReadFields(reader, "every");
  reader.RefuseOthers();
  return expect;
}

std::string OneOf(ObjectReader& reader, const std::string& key, const std::string& fallback,
                  std::vector<std::string_view> words) {
  const std::string text = reader.TextOr(key, fallback);
  if (std::ranges::find(words, text) == words.end()) {
    reader.Complain(key, fmt::format("`{}` is not one of {}", text, fmt::join(words, ", ")));
  }
  return text;
}

RuleCase ReadCase(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  RuleCase made;
  made.name = reader.Text("name");
  made.method = OneOf(reader, "method", "GET", {"GET", "POST", "PUT", "DELETE", "PATCH"});
  made.placement = OneOf(reader, "placement", "query", {"query", "form", "split"});
  made.format = OneOf(reader, "format", "", {"", "json", "xml"});
  made.encoding = OneOf(reader, "encoding", "percent", {"percent", "plus"});
  made.forgery = OneOf(reader, "forgery", "none",
                       {"none", "signature", "parameter", "time", "nonce", "key", "unsigned"});
  made.set = ReadPairs(reader, "set");
  made.unset = reader.Texts("unset");
  made.where = ReadFields(reader, "where");
  if (const Json* expect = reader.Find("expect")) {
    made.expect = ReadExpectation(file, *expect, reader.PlaceOf("expect"));
  }
  reader.RefuseOthers();
  return made;
}

// The cases that this one refers to, by the key that does.
Pairs References(const RuleCase& made) {
  Pairs references = {{"same_as", made.expect.same_as},
                      {"subset_of", made.expect.subset_of},
                      {"disjoint_from", made.expect.disjoint_from}};
  for (const auto& [name, value] : made.set) {
    for (const std::string& placeholder : PlaceholdersIn(value)) {
      if (placeholder.starts_with("$token.")) references.emplace_back("set", placeholder.substr(7));
    }
  }
  std::erase_if(references, [](const auto& reference) { return reference.second.empty(); });
  return references;
}

// A case refers to earlier ones only: a run sends them in the order of the file.
void CheckReferences(ObjectReader& owner, const std::vector<RuleCase>& cases) {
  std::vector<std::string_view> earlier;
  for (const RuleCase& made : cases) {
    for (const auto& [key, name] : References(made)) {
      if (std::ranges::find(earlier, name) != earlier.end()) continue;
      owner.Complain("cases", fmt::format("`{}` of case `{}`: {}", key, made.name,
                                          UnknownWord("case before it", name, earlier)));
    }
    if (std::ranges::find(earlier, made.name) != earlier.end()) {
      owner.Complain("cases", fmt::format("two cases are named `{}`", made.name));
    }
    earlier.push_back(made.name);
  }
}

}  // namespace

std::vector<std::string> PlaceholdersIn(std::string_view text) {
  static const std::regex kPattern(R"(\$[A-Za-z]*(\.[A-Za-z0-9_]+)*)");
  std::vector<std::string> found;
  for (std::cregex_iterator at(text.data(), text.data() + text.size(), kPattern), end; at != end;
       ++at) {
    found.push_back(at->str());
  }
  return found;
}

bool IsPlaceholder(std::string_view placeholder) {
  static const std::regex kOfSnapshot(R"(\$(hit|other|miss)\.([A-Za-z]+))");
  static const std::regex kOther(
      R"(\$region(\.other|\.empty)?)"
      R"(|\$ids\.[0-9]+(\.reversed|\.twice|\.padded\.[0-9]+)?)"
      R"(|\$tag\.([0-9]+\.)?(key|value)|\$tag\.(other_value|miss_key|miss_value)|\$tags)"
      R"(|\$time\.(before_all|after_all|middle|hit(\.(minus|plus)_minute)?))"
      R"(|\$token\.[a-z0-9_]+|\$(upper|lower|escaped|repeat))");
  std::cmatch match;
  const char* end = placeholder.data() + placeholder.size();
  if (std::regex_match(placeholder.data(), end, match, kOfSnapshot)) return IsField(match[2].str());
  return std::regex_match(placeholder.data(), end, kOther);
}

std::vector<RuleCase> ReadCases(DataFile& file, ObjectReader& owner) {
  std::vector<RuleCase> cases;
  for (const Json* element : owner.List("cases")) {
    const std::string place = PlaceOfElement(owner.PlaceOf("cases"), cases.size(), *element);
    cases.push_back(ReadCase(file, *element, place));
  }
  CheckReferences(owner, cases);
  return cases;
}

}  // namespace assay
