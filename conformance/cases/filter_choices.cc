#include "conformance/cases/filter_choices.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <tuple>

#include "reference/describe_snapshots/model.h"
#include "spec/text/time.h"

namespace assay {
namespace {

constexpr std::size_t kNone = ~std::size_t{0};
constexpr std::size_t kMostSnapshots = 200;       // whose values are tried …
constexpr std::size_t kMostCompared = 1'000'000;  // … with so many snapshots in all
constexpr std::size_t kMostIds = 100;
constexpr std::size_t kMostOfFilter = 12;  // values, to tell whether it is forgotten

using Bits = std::vector<std::uint64_t>;

std::size_t CountOf(const Bits& bits) {
  std::size_t count = 0;
  for (const std::uint64_t word : bits) count += static_cast<std::size_t>(std::popcount(word));
  return count;
}

// A snapshot and its place among those of its region.
struct Hit {
  const CaseMaker& values;
  const std::vector<std::uint32_t>& by_age;
  std::size_t rank;

  const Snapshot& snapshot() const { return At(rank); }
  const Snapshot& At(std::size_t of) const { return values.dataset().snapshots[by_age[of]]; }
};

using Choice = std::optional<std::vector<Parameter>>;

template <Field field>
Choice ByField(const char* parameter, const Hit& hit) {
  if (!HasUsable(hit.snapshot(), field)) return std::nullopt;
  return {{{parameter, hit.snapshot()[field]}}};
}

// Half of the region's snapshots, the hit among them.
Choice ByIds(const char* parameter, const Hit& hit) {
  nlohmann::json ids = nlohmann::json::array();
  for (std::size_t i = hit.rank % 2; i < hit.by_age.size() && ids.size() < kMostIds; i += 2) {
    ids.push_back(hit.At(i)[Field::kSnapshotId]);
  }
  if (hit.rank / 2 >= kMostIds) ids.back() = hit.snapshot()[Field::kSnapshotId];
  return {{{parameter, ids.dump()}}};
}

// What `false` selects is open.
Choice ByEncryption(const char* parameter, const Hit& hit) {
  if (hit.snapshot()[Field::kEncrypted] != "true") return std::nullopt;
  return {{{parameter, "true"}}};
}

Choice ByCategory(const char* parameter, const Hit& hit) {
  const std::string& category = hit.snapshot()[Field::kCategory];
  if (category == "standard") return {{{parameter, "Standard"}}};
  if (category == "flash") return {{{parameter, "Flash"}}};
  return std::nullopt;
}

Choice ByTag(const char*, const Hit& hit) {
  const std::vector<Tag> tags = UsableTags(hit.snapshot());
  if (tags.empty()) return std::nullopt;
  const Tag& tag = tags[hit.rank % tags.size()];
  return {{{"Tag.1.Key", tag.key}, {"Tag.1.Value", tag.value}}};
}

// Leaves out the older half of what is older, or the newer half of what is newer.
Choice ByStart(const char*, const Hit& hit) {
  const Snapshot& older = hit.At(hit.rank / 2);
  if (!older.Knows(Field::kCreationTime)) return std::nullopt;
  return {{{"Filter.1.Key", "CreationStartTime"},
           {"Filter.1.Value", FormatMinute(older.creation_time - 60)}}};
}
Choice ByEnd(const char*, const Hit& hit) {
  const Snapshot& newer = hit.At((hit.rank + hit.by_age.size()) / 2);
  if (!newer.Knows(Field::kCreationTime)) return std::nullopt;
  return {{{"Filter.2.Key", "CreationEndTime"},
           {"Filter.2.Value", FormatMinute(newer.creation_time + 120)}}};
}

struct FilterOf {
  const char* parameter;
  Choice (*choose)(const char* parameter, const Hit& hit);
};
constexpr std::array<FilterOf, 16> kFilters = {
    {{"InstanceId", ByField<Field::kInstanceId>},
     {"DiskId", ByField<Field::kSourceDiskId>},
     {"SnapshotLinkId", ByField<Field::kSnapshotLinkId>},
     {"ResourceGroupId", ByField<Field::kResourceGroupId>},
     {"KMSKeyId", ByField<Field::kKMSKeyId>},
     {"SnapshotName", ByField<Field::kSnapshotName>},
     {"SnapshotIds", ByIds},
     {"Status", ByField<Field::kStatus>},
     {"SnapshotType", ByField<Field::kSnapshotType>},
     {"Usage", ByField<Field::kUsage>},
     {"SourceDiskType", ByField<Field::kSourceDiskType>},
     {"Category", ByCategory},
     {"Encrypted", ByEncryption},
     {"Tag", ByTag},
     {"Filter.1", ByStart},
     {"Filter.2", ByEnd}}};

}  // namespace

FilterChoices::FilterChoices(const CaseMaker& values) : values_(values) {
  std::vector<std::uint32_t> by_age = values.placeholders().positions();
  std::ranges::stable_sort(by_age, {}, [&](std::uint32_t position) {
    return values.dataset().snapshots[position].creation_time;
  });
  const std::size_t most = std::clamp<std::size_t>(
      kMostCompared / std::max<std::size_t>(1, by_age.size()), 5, kMostSnapshots);
  const std::size_t step = by_age.size() / most + 1;
  of_filter_.resize(kFilters.size());
  std::map<std::pair<std::string, std::string>, std::size_t> known;  // by the last name and value
  for (std::size_t rank = 0; rank < by_age.size(); rank += step) {
    of_snapshot_.emplace_back();
    for (const FilterOf& filter : kFilters) {
      Choice choice = filter.choose(filter.parameter, {values, by_age, rank});
      if (!choice) {
        of_snapshot_.back().push_back(kNone);
        continue;
      }
      std::string key, value;
      for (const Parameter& parameter : *choice) {
        key += parameter.name + "\n";
        value += parameter.value + "\n";
      }
      const auto [at, is_new] = known.emplace(std::pair(key, value), choices_.size());
      if (is_new) {
        Remember(std::move(*choice));
        std::vector<std::size_t>& some = of_filter_[of_snapshot_.back().size()];
        if (some.size() < kMostOfFilter) some.push_back(at->second);
      }
      of_snapshot_.back().push_back(at->second);
    }
  }
}

std::size_t FilterChoices::Remember(std::vector<Parameter> parameters) {
  FilterChoice made{.parameters = std::move(parameters)};
  Request request = SmallestRequest(values_.region(), "JSON");
  for (const Parameter& parameter : made.parameters) request.parameters.push_back(parameter);
  // One reading does: if the target's selects a little more or less, it matters all the same.
  FixedReading reading;
  const Answer answer = DescribeSnapshots(request, values_.dataset(), nullptr, reading);
  const auto& positions = values_.placeholders().positions();
  made.matches.resize(positions.size() / 64 + 1);
  for (const std::uint32_t match : answer.page.matches) {
    const auto at =
        static_cast<std::size_t>(std::ranges::lower_bound(positions, match) - positions.begin());
    made.matches[at / 64] |= std::uint64_t{1} << (at % 64);
  }
  made.count = CountOf(made.matches);
  choices_.push_back(std::move(made));
  return choices_.size() - 1;
}

std::size_t FilterChoices::Filters() { return kFilters.size(); }

std::vector<const FilterChoice*> FilterChoices::SelectingMoreThan(std::size_t least,
                                                                  std::size_t most) const {
  std::vector<const FilterChoice*> all;
  for (const FilterChoice& choice : choices_) {
    if (choice.count > least) all.push_back(&choice);
  }
  const auto third = static_cast<std::ptrdiff_t>(values_.placeholders().positions().size() / 3);
  std::ranges::stable_sort(all, {}, [third](const FilterChoice* choice) {
    return std::abs(static_cast<std::ptrdiff_t>(choice->count) - third);
  });
  std::map<std::string_view, std::size_t> taken;  // by the name of the filter
  std::erase_if(all, [&](const FilterChoice* choice) {
    return taken[choice->parameters.front().name]++ >= most;
  });
  return all;
}

std::size_t FilterChoices::CountWithout(std::size_t left_out,
                                        const std::vector<std::size_t>& filters,
                                        const std::vector<std::size_t>& choices) const {
  Bits bits;
  for (const std::size_t f : filters) {
    if (f == left_out) continue;
    const Bits& matches = choices_[choices[f]].matches;
    if (bits.empty()) {
      bits = matches;
    } else {
      for (std::size_t i = 0; i < bits.size(); ++i) bits[i] &= matches[i];
    }
  }
  return bits.empty() ? values_.placeholders().positions().size() : CountOf(bits);
}

namespace {

bool HasAll(const std::vector<std::size_t>& choices, const std::vector<std::size_t>& filters) {
  return std::ranges::none_of(filters, [&](std::size_t f) { return choices[f] == kNone; });
}

}  // namespace

std::vector<FilterChoices::Company> FilterChoices::Together(
    const std::vector<std::size_t>& filters) const {
  const std::vector<std::size_t>* best = nullptr;
  std::tuple<std::size_t, std::size_t> most;
  for (const std::vector<std::size_t>& choices : of_snapshot_) {
    if (!HasAll(choices, filters)) continue;
    const std::size_t all = CountWithout(kNone, filters, choices);
    const auto matter = static_cast<std::size_t>(std::ranges::count_if(
        filters, [&](std::size_t f) { return CountWithout(f, filters, choices) > all; }));
    const std::tuple score(matter, all);
    if (best && score <= most) continue;
    most = score;
    best = &choices;
  }
  if (!best) return {};
  const std::size_t count = std::get<1>(most);
  std::vector<Company> out{{Join(filters, *best), count}};
  for (const std::size_t f : filters) {
    if (CountWithout(f, filters, *best) > count) continue;
    if (auto company = Telling(f, filters)) out.push_back(*std::move(company));
  }
  return out;
}

// Values by which the one filter makes a difference: some of its own beside those of a snapshot for
// the others.
std::optional<FilterChoices::Company> FilterChoices::Telling(
    std::size_t filter, const std::vector<std::size_t>& filters) const {
  std::vector<std::size_t> best;
  std::size_t most = 0;
  for (const std::vector<std::size_t>& of_snapshot : of_snapshot_) {
    std::vector<std::size_t> choices = of_snapshot;
    choices[filter] = of_filter_[filter].front();
    if (!HasAll(choices, filters)) continue;
    const std::size_t without = CountWithout(filter, filters, choices);
    for (const std::size_t choice : of_filter_[filter]) {
      choices[filter] = choice;
      const std::size_t count = CountWithout(kNone, filters, choices);
      if (count == without || (!best.empty() && count <= most)) continue;
      best = choices;
      most = count;
    }
  }
  if (best.empty()) return std::nullopt;
  return Company{Join(filters, best), most};
}

std::vector<Parameter> FilterChoices::Of(const std::vector<std::size_t>& filters,
                                         std::size_t number) const {
  std::vector<const std::vector<std::size_t>*> fitting;
  for (const std::vector<std::size_t>& choices : of_snapshot_) {
    if (HasAll(choices, filters)) fitting.push_back(&choices);
  }
  if (fitting.empty()) return {};
  // Neighbours in age are alike, so the next one is taken from farther away.
  constexpr std::size_t kStride = 37;
  return Join(filters, *fitting[number * kStride % fitting.size()]);
}

std::vector<Parameter> FilterChoices::Join(const std::vector<std::size_t>& filters,
                                           const std::vector<std::size_t>& choices) const {
  std::vector<Parameter> out;
  for (const std::size_t f : filters) {
    const auto& parameters = choices_[choices[f]].parameters;
    out.insert(out.end(), parameters.begin(), parameters.end());
  }
  return out;
}

const FilterChoices& ChoicesOf(SuiteContext& context) {
  if (!context.choices) context.choices = std::make_shared<const FilterChoices>(context.values);
  return *context.choices;
}

}  // namespace assay
