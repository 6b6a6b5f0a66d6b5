#include "property/odd_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "property/vocabulary.h"
#include "spec/catalogue/operation.h"
#include "spec/catalogue/parameter_values.h"

namespace assay {
namespace {

using Texts = std::vector<std::string>;

// The odd values of a kind in parameters.json.
const Texts& Odd(std::string_view kind) { return ParameterValues::Get().Odd(kind).values; }

const Texts kTokens = {"",
                       " ",
                       "unknown-token",
                       "$token.last",
                       "$token.last",
                       "$token.last",
                       "$token.first",
                       "$token.last.cut"};
const std::array<const char*, 4> kPaging = {"PageNumber", "PageSize", "MaxResults", "NextToken"};
const std::array<const char*, 5> kEnumerations = {"Status", "SnapshotType", "Usage",
                                                  "SourceDiskType", "Category"};
const std::array<const char*, 6> kIdParameters = {"InstanceId", "DiskId",          "SnapshotLinkId",
                                                  "KMSKeyId",   "ResourceGroupId", "SnapshotName"};

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

class Bender {
 public:
  Bender(const Dataset& dataset, Dice& dice, Request& request)
      : dataset_(dataset), dice_(dice), request_(request) {}

  void Bend() {
    using Step = void (Bender::*)();
    // Paging comes up most often: other bends are of no use on an empty page.
    constexpr std::array<Step, 22> kSteps = {
        &Bender::Paging,      &Bender::Paging,  &Bender::Paging, &Bender::Paging,  &Bender::Token,
        &Bender::Boolean,     &Bender::Boolean, &Bender::Ids,    &Bender::IdValue, &Bender::IdValue,
        &Bender::Time,        &Bender::Time,    &Bender::Tag,    &Bender::Tag,     &Bender::Name,
        &Bender::Repeat,      &Bender::Letters, &Bender::Blank,  &Bender::Empty,   &Bender::Empty,
        &Bender::Enumeration, &Bender::Rare};
    (this->*dice_.Of(kSteps))();
  }

 private:
  void Add(std::string name, std::string value) {
    request_.parameters.push_back({std::move(name), std::move(value)});
  }
  void Paging() {
    const char* name = dice_.Of(kPaging);
    if (name == kPaging[3]) return Token();
    request_.Set(name, dice_.OneIn(2) ? Odd("number")[dice_.Below(8)] : dice_.Of(Odd("number")));
  }
  void Token() { request_.Set("NextToken", dice_.Of(kTokens)); }
  void Boolean() {
    request_.Set(dice_.OneIn(2) ? "Encrypted" : "DryRun", dice_.Of(Odd("boolean")));
  }
  void Empty() {
    const auto& parameters = OperationInfo::Get().parameters;
    std::string name = dice_.Of(parameters).name;
    const std::size_t n = name.find(".N.");
    if (n != std::string::npos) name[n + 1] = '1';
    if (name != "Action") request_.Set(name, "");
  }
  void Blank() {
    Parameter& parameter = request_.parameters[dice_.Below(request_.parameters.size())];
    if (parameter.name == "Action") return;
    parameter.value = dice_.OneIn(2) ? " " + parameter.value : parameter.value + " ";
  }
  void Rare() { dice_.OneIn(3) ? Bytes() : Frame(); }
  void Enumeration() { request_.Set(dice_.Of(kEnumerations), dice_.Of(Odd("enumeration"))); }

  std::string SomeId() {
    if (dataset_.snapshots.empty()) return "s-bp1unknown0000000000";
    return dice_.Of(dataset_.snapshots)[Field::kSnapshotId];
  }

  void Ids() {
    const std::string id = SomeId(), other = SomeId();
    if (dice_.OneIn(4)) return request_.Set("SnapshotIds", ManyIds());
    std::string list = dice_.Of(Odd("id_list"));
    ReplaceAll(list, "$hit.SnapshotId", id);
    ReplaceAll(list, "$other.SnapshotId", other);
    request_.Set("SnapshotIds", list);
  }

  // Around the limit of 100, with and without repetitions.
  std::string ManyIds() {
    const std::size_t count = 99 + dice_.Below(4);
    const bool repeated = dice_.OneIn(2);
    nlohmann::json ids = nlohmann::json::array();
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t which = repeated ? i / 2 : i;
      ids.push_back(which < dataset_.snapshots.size()
                        ? dataset_.snapshots[which][Field::kSnapshotId]
                        : fmt::format("s-bp1unknown{:010}", which));
    }
    return ids.dump();
  }

  void IdValue() {
    const char* name = dice_.Of(kIdParameters);
    Texts values = Odd("id");
    for (const Field field : {Field::kInstanceId, Field::kSourceDiskId, Field::kSnapshotLinkId,
                              Field::kKMSKeyId, Field::kResourceGroupId, Field::kSnapshotName}) {
      if (dataset_.snapshots.empty()) break;
      const std::string& value = dice_.Of(dataset_.snapshots)[field];
      values.push_back(value);
      values.push_back(value.substr(0, value.size() / 2));
      values.push_back(value + " ");
      values.push_back("[\"" + value + "\"]");
      values.push_back("[\"" + value + "\",\"" + dice_.Of(dataset_.snapshots)[field] + "\"]");
    }
    request_.Set(name, dice_.Of(values));
  }

  // Both slots with one key.
  void TimeTwice() {
    const std::string& key = Odd("time_key")[dice_.Below(2)];
    for (int n = 1; n <= 2; ++n) {
      request_.Set(fmt::format("Filter.{}.Key", n), key);
      request_.Set(fmt::format("Filter.{}.Value", n), Odd("time")[dice_.Below(5)]);
    }
  }

  void Time() {
    if (dice_.OneIn(10)) return TimeTwice();
    const std::size_t n = 1 + dice_.Below(dice_.OneIn(4) ? 4 : 2);
    const bool usual = dice_.OneIn(2);
    if (!dice_.OneIn(5)) {
      request_.Set(fmt::format("Filter.{}.Key", n),
                   usual ? Odd("time_key")[n == 1 ? 0 : 1] : dice_.Of(Odd("time_key")));
    }
    if (!dice_.OneIn(5)) request_.Set(fmt::format("Filter.{}.Value", n), dice_.Of(Odd("time")));
  }

  void Tag() {
    if (dice_.OneIn(10)) return ManyTags();
    if (dice_.OneIn(10)) return TagTwice();
    const std::size_t n = dice_.OneIn(3) ? dice_.Below(23) : 1 + dice_.Below(3);
    const bool lower = dice_.OneIn(3);
    if (!dice_.OneIn(4)) Add(fmt::format("Tag.{}.{}", n, lower ? "key" : "Key"), TagText());
    if (!dice_.OneIn(3)) Add(fmt::format("Tag.{}.{}", n, lower ? "value" : "Value"), TagText());
  }

  std::string TagText() {
    if (dataset_.snapshots.empty() || dice_.OneIn(2)) return dice_.Of(Odd("tag"));
    const auto& tags = dice_.Of(dataset_.snapshots).tags;
    if (tags.empty()) return "env";
    const assay::Tag& tag = dice_.Of(tags);
    return dice_.OneIn(3) ? tag.value : tag.key;
  }

  void TagTwice() {
    const std::string key = TagText(), value = TagText();
    for (int n = 1; n <= 2; ++n) {
      request_.Set(fmt::format("Tag.{}.Key", n), key);
      request_.Set(fmt::format("Tag.{}.Value", n), dice_.OneIn(3) ? TagText() : value);
    }
  }

  void ManyTags() {
    const std::size_t count = 19 + dice_.Below(4);
    for (std::size_t n = 1; n <= count; ++n) {
      request_.Set(fmt::format("Tag.{}.Key", n), fmt::format("k{}", n));
      request_.Set(fmt::format("Tag.{}.Value", n), "v");
    }
  }

  void Name() { Add(dice_.Of(Odd("name")), dice_.OneIn(2) ? "env" : "1"); }

  void Repeat() {
    Parameter again = dice_.Of(request_.parameters);
    if (!dice_.OneIn(3)) again.value = dice_.OneIn(2) ? "other" : "10";
    request_.parameters.push_back(std::move(again));
  }

  void Letters() {
    Parameter& parameter = request_.parameters[dice_.Below(request_.parameters.size())];
    if (parameter.name == "Action") return;
    std::string& text = dice_.OneIn(4) ? parameter.name : parameter.value;
    std::ranges::transform(text, text.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    });
  }

  // What surrounds the filters: names of no action, versions, regions, formats, methods.
  void Frame() {
    switch (dice_.Below(8)) {
      case 0:
        request_.Unset("Action");
        break;
      case 1:
        request_.Set("Action", "NoSuchActionAtAll");
        break;
      case 2:
        request_.Set("Version", dice_.OneIn(2) ? "2014-05-26" : "2013-01-01");
        break;
      case 3:
        request_.Unset("RegionId");
        break;
      case 4:
        request_.Set("RegionId", dice_.Of(Odd("region")));
        break;
      case 5:
        request_.Set("Format", dice_.Of(Odd("format")));
        break;
      case 6:
        request_.Unset("Format");
        break;
      default:
        Method();
        break;
    }
  }

  void Method() {
    request_.method = dice_.OneIn(5) ? "PUT" : "POST";
    request_.placement = dice_.OneIn(3)   ? Placement::kQuery
                         : dice_.OneIn(2) ? Placement::kForm
                                          : Placement::kSplit;
    if (dice_.OneIn(3)) request_.encoding = FormEncoding::kPlus;
  }

  void Bytes() {
    Parameter& parameter = request_.parameters[dice_.Below(request_.parameters.size())];
    if (parameter.name == "Action") return;
    parameter.value += dice_.Of(Odd("octets"));
  }

  const Dataset& dataset_;
  Dice& dice_;
  Request& request_;
};

}  // namespace

void BendRequest(const Dataset& dataset, Dice& dice, Request& request) {
  // Few bends most of the time: an answer to many at once tells little.
  const std::size_t bends = dice.OneIn(5) ? dice.Below(6) : 1 + dice.Below(2);
  Bender bender(dataset, dice, request);
  for (std::size_t i = 0; i < bends; ++i) bender.Bend();
  if (!dice.OneIn(3)) return;
  for (std::size_t i = request.parameters.size(); i > 1; --i) {
    std::swap(request.parameters[i - 1], request.parameters[dice.Below(i)]);
  }
}

}  // namespace assay
