#include "property/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "property/odd_requests.h"
#include "spec/text/time.h"

namespace assay {
namespace {

// Parameters that ask for one field's value as it is.
struct PlainFilter {
  const char* name;
  Field field;
};
constexpr std::array<PlainFilter, 12> kPlainFilters = {{
    {"InstanceId", Field::kInstanceId},
    {"DiskId", Field::kSourceDiskId},
    {"SnapshotLinkId", Field::kSnapshotLinkId},
    {"SnapshotName", Field::kSnapshotName},
    {"Status", Field::kStatus},
    {"SnapshotType", Field::kSnapshotType},
    {"Usage", Field::kUsage},
    {"SourceDiskType", Field::kSourceDiskType},
    {"Encrypted", Field::kEncrypted},
    {"ResourceGroupId", Field::kResourceGroupId},
    {"KMSKeyId", Field::kKMSKeyId},
    {"Category", Field::kCategory},
}};

// "2021-01-01T00:00Z", the documented form.

// Adds filters that hold for `witness`, or for a neighbour now and then.
class ValidDraw {
 public:
  ValidDraw(const Dataset& dataset, const std::vector<std::uint32_t>& region, Dice& dice)
      : dataset_(dataset), region_(region), dice_(dice), witness_(Neighbour()) {}

  Request Draw() {
    request_.Set("Action", "DescribeSnapshots");
    request_.Set("RegionId", witness_[Field::kRegionId]);
    request_.Set("Format", dice_.OneIn(5) ? "XML" : "JSON");
    for (const PlainFilter& filter : kPlainFilters) {
      if (dice_.OneIn(3)) Plain(filter);
    }
    if (dice_.OneIn(6)) Ids();
    if (dice_.OneIn(5)) Time(1, "CreationStartTime");
    if (dice_.OneIn(5)) Time(2, "CreationEndTime");
    if (dice_.OneIn(4)) Tags();
    return std::move(request_);
  }

 private:
  const Snapshot& Neighbour() { return dataset_.snapshots[dice_.Of(region_)]; }
  const Snapshot& Source() { return dice_.OneIn(6) ? Neighbour() : witness_; }

  void Plain(const PlainFilter& filter) {
    const std::string& value = Source()[filter.field];
    if (value.empty()) return;
    const bool with_all = filter.field == Field::kStatus || filter.field == Field::kSnapshotType;
    if (with_all && dice_.OneIn(5)) return request_.Set(filter.name, "all");
    // Answers say "timer" for what requests call "auto".
    request_.Set(filter.name, value == "timer" ? "auto" : value);
  }

  void Ids() {
    std::vector<std::string> ids{witness_[Field::kSnapshotId]};
    const std::size_t more = dice_.OneIn(8) ? 99 : dice_.Below(6);
    for (std::size_t i = 0; i < more; ++i) {
      const std::string& id = Neighbour()[Field::kSnapshotId];
      if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
    request_.Set("SnapshotIds", nlohmann::json(ids).dump());
  }

  void Time(int n, const char* key) {
    constexpr std::array<std::int64_t, 7> kShifts = {0, 0, 60, -60, 3600, -86400, 86400 * 365};
    request_.Set(fmt::format("Filter.{}.Key", n), key);
    request_.Set(fmt::format("Filter.{}.Value", n),
                 FormatMinute(Source().creation_time + dice_.Of(kShifts)));
  }

  void Tags() {
    int n = 0;
    for (const Tag& tag : Source().tags) {
      if (n == 3) break;
      if (dice_.OneIn(2)) continue;
      request_.Set(fmt::format("Tag.{}.Key", ++n), tag.key);
      if (!dice_.OneIn(4)) request_.Set(fmt::format("Tag.{}.Value", n), tag.value);
    }
  }

  const Dataset& dataset_;
  const std::vector<std::uint32_t>& region_;
  Dice& dice_;
  const Snapshot& witness_;
  Request request_;
};

std::vector<std::string> FewerIds(std::string_view value) {
  const auto ids = nlohmann::json::parse(value, nullptr, false);
  if (!ids.is_array() || ids.size() < 2) return {};
  nlohmann::json first = nlohmann::json::array(), second = nlohmann::json::array();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    (i < ids.size() / 2 ? first : second).push_back(ids[i]);
  }
  return {first.dump(), second.dump()};
}

}  // namespace

Vocabulary::Vocabulary(const Dataset& dataset)
    : dataset_(dataset), listed_(DrawnPositions(dataset)) {}

Request Vocabulary::DrawBare(Dice& dice) const {
  const std::string fallback = dataset_.regions.empty() ? "cn-hangzhou" : dataset_.regions.front();
  Request request;
  request.Set("Action", "DescribeSnapshots");
  request.Set("RegionId",
              listed_.empty() ? fallback : dataset_.snapshots[dice.Of(listed_)][Field::kRegionId]);
  request.Set("Format", dice.OneIn(5) ? "XML" : "JSON");
  return request;
}

Request Vocabulary::DrawValid(Dice& dice) const {
  if (listed_.empty()) return DrawBare(dice);
  const std::string& region = dataset_.snapshots[dice.Of(listed_)][Field::kRegionId];
  return ValidDraw(dataset_, dataset_.by_region.at(region), dice).Draw();
}

Request Vocabulary::DrawAny(Dice& dice) const {
  // Without filters every bend shows; with many of them the list is often empty anyway.
  Request request = dice.OneIn(3) ? DrawValid(dice) : DrawBare(dice);
  BendRequest(dataset_, dice, request);
  return request;
}

std::vector<Request> Vocabulary::DrawSequence(Dice& dice, std::size_t most) const {
  const std::size_t count = 1 + dice.Below(most);
  std::vector<Request> out;
  const bool walk = count > 1 && dice.OneIn(2);
  for (std::size_t i = 0; i < count; ++i) {
    if (!walk) {
      out.push_back(DrawAny(dice));
    } else if (i == 0) {
      out.push_back(dice.OneIn(4) ? DrawValid(dice) : DrawBare(dice));
      if (!dice.OneIn(8)) out.back().Set("MaxResults", dice.OneIn(2) ? "10" : "11");
    } else {
      out.push_back(out[dice.Below(out.size())]);
      out.back().Set("NextToken", dice.OneIn(8)   ? kCutToken
                                  : dice.OneIn(4) ? kFirstToken
                                                  : kLastToken);
      if (dice.OneIn(2)) BendRequest(dataset_, dice, out.back());
    }
  }
  return out;
}

std::vector<std::string> Vocabulary::Simpler(std::string_view name, std::string_view value) const {
  if (name == "SnapshotIds") return FewerIds(value);
  const auto filter = std::ranges::find_if(
      kPlainFilters, [&](const PlainFilter& plain) { return plain.name == name; });
  if (filter == kPlainFilters.end()) return {};
  // The shortest value that the state holds.
  const std::string* best = nullptr;
  for (const std::uint32_t position : listed_) {
    const std::string& other = dataset_.snapshots[position][filter->field];
    if (other.empty() || other == "timer") continue;
    const auto smaller = [](std::string_view a, std::string_view b) {
      return a.size() != b.size() ? a.size() < b.size() : a < b;
    };
    if (smaller(other, value) && (!best || smaller(other, *best))) best = &other;
  }
  return best ? std::vector<std::string>{*best} : std::vector<std::string>{};
}

std::string_view UnitOf(std::string_view name) {
  const bool indexed = name.starts_with("Tag.") || name.starts_with("Filter.");
  return indexed ? name.substr(0, name.rfind('.')) : name;
}

std::vector<std::string> UnitsOf(const Request& request) {
  std::vector<std::string> units;
  for (const Parameter& parameter : request.parameters) {
    const std::string_view unit = UnitOf(parameter.name);
    if (unit == "Action" || unit == "RegionId" || unit == "Format") continue;
    if (std::ranges::find(units, unit) == units.end()) units.emplace_back(unit);
  }
  return units;
}

Request WithoutUnits(const Request& request, const std::vector<bool>& dropped) {
  const std::vector<std::string> units = UnitsOf(request);
  Request out = request;
  out.parameters.clear();
  std::map<std::string, int, std::less<>> tags;
  for (const Parameter& parameter : request.parameters) {
    const std::string_view unit = UnitOf(parameter.name);
    const auto at = std::ranges::find(units, unit) - units.begin();
    const auto index = static_cast<std::size_t>(at);
    if (index < units.size() && dropped[index]) continue;
    Parameter kept = parameter;
    if (unit.starts_with("Tag.")) {
      const auto n = tags.try_emplace(std::string(unit), static_cast<int>(tags.size()) + 1);
      kept.name = fmt::format("Tag.{}{}", n.first->second, parameter.name.substr(unit.size()));
    }
    out.parameters.push_back(std::move(kept));
  }
  return out;
}

}  // namespace assay
