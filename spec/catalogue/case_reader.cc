#include "spec/catalogue/case_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>

#include "spec/catalogue/fields.h"
#include "spec/catalogue/parse_parts.h"
#include "spec/record/token_trail.h"
#include "spec/text/nearest.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;
using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr std::array<std::string_view, 5> kMethods = {"GET", "POST", "PUT", "DELETE", "PATCH"};
constexpr std::array<std::string_view, 3> kFormats = {"", "json", "xml"};

// "Tags" may be asked for, and spoken of by `$tag` only.
std::string CheckField(std::string_view name) {
  if (name == "Tags" || FindField(name)) return "";
  std::vector<std::string_view> names = {"Tags"};
  for (const FieldInfo& field : kFields) names.push_back(field.name);
  return UnknownWord("field of a snapshot", name, names);
}

std::string CheckPlaceholders(std::string_view text) {
  for (const std::string& placeholder : PlaceholdersIn(text)) {
    if (!IsPlaceholder(placeholder)) return fmt::format("`{}` is not a placeholder", placeholder);
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
                  std::span<const std::string_view> words) {
  const std::string text = reader.TextOr(key, fallback);
  if (std::ranges::find(words, text) == words.end()) {
    reader.Complain(key, fmt::format("`{}` is not one of {}", text, fmt::join(words, ", ")));
  }
  return text;
}

// The first value of the enum if the key is missing.
template <NamedEnum Enum>
Enum OneOf(ObjectReader& reader, const std::string& key) {
  const auto& names = kNamesOf<Enum>;
  return Named<Enum>(OneOf(reader, key, std::string(names.front()), names)).value_or(Enum{});
}

RuleCase ReadCase(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  RuleCase made = ReadChange(reader);
  made.name = reader.Text("name");
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
      const auto token = ParseTokenReference(placeholder);
      if (token) references.emplace_back("set", token->answer);
    }
  }
  std::erase_if(references, [](const auto& reference) { return reference.second.empty(); });
  return references;
}

// A case refers to earlier ones only: a run sends them in the order of the file.
void CheckReferences(ObjectReader& owner, const std::string& list,
                     const std::vector<RuleCase>& cases) {
  std::vector<std::string_view> earlier;
  for (const RuleCase& made : cases) {
    for (const auto& [key, name] : References(made)) {
      if (std::ranges::find(earlier, name) != earlier.end()) continue;
      owner.Complain(list, fmt::format("`{}` of case `{}`: {}", key, made.name,
                                       UnknownWord("case among those before it", name, earlier)));
    }
    if (std::ranges::find(earlier, made.name) != earlier.end()) {
      owner.Complain(list, fmt::format("two cases are named `{}`", made.name));
    }
    earlier.push_back(made.name);
  }
}

RuleCase ReadProbe(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  RuleCase made = ReadChange(reader);
  reader.RefuseOthers();
  return made;
}

}  // namespace

RuleCase ReadChange(ObjectReader& reader) {
  RuleCase made;
  made.method = OneOf(reader, "method", "GET", kMethods);
  made.placement = OneOf<Placement>(reader, "placement");
  made.format = OneOf(reader, "format", "", kFormats);
  made.encoding = OneOf<FormEncoding>(reader, "encoding");
  made.forgery = OneOf<Forgery>(reader, "forgery");
  made.set = ReadPairs(reader, "set");
  made.unset = reader.Texts("unset");
  made.where = ReadFields(reader, "where");
  return made;
}

std::vector<RuleCase> ReadCases(DataFile& file, ObjectReader& owner) {
  std::vector<RuleCase> cases = ReadList(file, owner, "cases", ReadCase);
  CheckReferences(owner, "cases", cases);
  return cases;
}

std::vector<RuleCase> ReadProbes(DataFile& file, ObjectReader& owner) {
  std::vector<RuleCase> probes = ReadList(file, owner, "probes", ReadProbe);
  for (std::size_t i = 0; i < probes.size(); ++i) probes[i].name = std::to_string(i + 1);
  if (probes.empty()) owner.Complain("probes", "a question has one or more");
  CheckReferences(owner, "probes", probes);
  return probes;
}

}  // namespace assay
