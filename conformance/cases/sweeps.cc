#include "conformance/cases/sweeps.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "spec/text/time.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

constexpr std::size_t kMostValues = 128;
constexpr std::int64_t kLargestPage = 100;
constexpr std::int64_t kShortPage = 20;        // TotalCount tells of the rest
constexpr std::int64_t kLeastMaxResults = 10;  // smaller ones may be raised to it
constexpr std::int64_t kStep = 7;              // between two sizes by token: those pages are long
constexpr int kLongestWalk = 20;               // of a walk, pages

using Pairs = std::vector<Parameter>;

// How many characters a target may stumble over.
std::size_t Oddity(const Pairs& filter) {
  std::size_t out = 0;
  for (const Parameter& parameter : filter) {
    out += parameter.value.size() / 8;
    for (const char c : parameter.value) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      out += plain ? 0 : 1;
    }
  }
  return out;
}

std::vector<Pairs> Oddest(std::vector<Pairs> filters, std::size_t most) {
  std::ranges::stable_sort(filters, std::ranges::greater{}, Oddity);
  if (filters.size() > most) filters.resize(most);
  return filters;
}

// The filters of one parameter that select something in the region.
std::vector<Pairs> FiltersBy(const SuiteContext& context, Field field, const std::string& name) {
  std::set<std::string> values;
  for (const std::uint32_t position : context.dataset.In(context.values.region())) {
    const Snapshot& snapshot = context.dataset.snapshots[position];
    if (snapshot.Has(field) && IsUsable(snapshot[field])) values.insert(snapshot[field]);
  }
  std::vector<Pairs> out;
  for (const std::string& value : values) out.push_back({{name, value}});
  return out;
}

std::vector<Pairs> FiltersByTag(const SuiteContext& context) {
  std::set<std::pair<std::string, std::string>> tags;
  for (const std::uint32_t position : context.dataset.In(context.values.region())) {
    for (const Tag& tag : context.dataset.snapshots[position].tags) {
      if (IsUsable(tag.key) && IsUsable(tag.value)) tags.emplace(tag.key, tag.value);
    }
  }
  std::vector<Pairs> out;
  for (const auto& [key, value] : tags) {
    out.push_back({{"Tag.1.Key", key}, {"Tag.1.Value", value}});
  }
  return out;
}

// The minutes of creations, as the beginning or the end of the window.
std::vector<Pairs> FiltersByTime(const SuiteContext& context, const char* n, const char* key) {
  std::set<std::string> minutes;
  for (const std::uint32_t position : context.dataset.In(context.values.region())) {
    const Snapshot& snapshot = context.dataset.snapshots[position];
    if (!snapshot.Knows(Field::kCreationTime)) continue;
    minutes.insert(FormatMinute(snapshot.creation_time));
  }
  const std::string prefix = fmt::format("Filter.{}.", n);
  std::vector<Pairs> out;
  for (const std::string& minute : minutes) {
    out.push_back({{prefix + "Key", key}, {prefix + "Value", minute}});
  }
  return out;
}

constexpr std::int64_t kMinute = 60, kDay = 86'400;

Pairs BoundAt(bool start, std::string time) {
  const std::string prefix = start ? "Filter.1." : "Filter.2.";
  Pairs out;
  out.emplace_back(prefix + "Key", start ? "CreationStartTime" : "CreationEndTime");
  out.emplace_back(prefix + "Value", std::move(time));
  return out;
}

// The creation times of the region, each once; of many some, the first and the last among them.
std::vector<std::int64_t> CreationTimes(const SuiteContext& context, std::size_t most) {
  std::set<std::int64_t> times;
  for (const std::uint32_t position : context.dataset.In(context.values.region())) {
    const Snapshot& snapshot = context.dataset.snapshots[position];
    if (snapshot.Knows(Field::kCreationTime)) times.insert(snapshot.creation_time);
  }
  const std::vector<std::int64_t> all(times.begin(), times.end());
  if (all.size() <= most) return all;
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < most; ++i) out.push_back(all[i * (all.size() - 1) / (most - 1)]);
  return out;
}

// A second, a minute and a day before, at and after a creation, as far as the form can tell; and
// windows that are just long enough, or empty.
std::vector<Pairs> FiltersNearTimes(const SuiteContext& context) {
  constexpr std::size_t kMostTimes = 24;
  std::vector<Pairs> out;
  for (const std::int64_t time : CreationTimes(context, kMostTimes)) {
    for (const bool start : {true, false}) {
      for (const std::int64_t shift : {-kDay, -kMinute, std::int64_t{0}, kMinute, kDay}) {
        out.push_back(BoundAt(start, FormatMinute(time + shift)));
      }
      for (const std::int64_t shift : {-1, 0, 1}) {
        out.push_back(BoundAt(start, FormatTime(time + shift)));
      }
    }
    for (const auto& [before, after] : {std::pair(kMinute, 2 * kMinute), std::pair(kDay, kDay),
                                        std::pair(std::int64_t{0}, kMinute)}) {
      Pairs window = BoundAt(true, FormatMinute(time - before));
      for (Parameter& parameter : BoundAt(false, FormatMinute(time + after))) {
        window.push_back(std::move(parameter));
      }
      out.push_back(std::move(window));
    }
  }
  return out;
}

// Midnights, and the ends of months, of February and of years about the creations; the far past and
// the far future.
std::vector<Pairs> FiltersByCalendar(const SuiteContext& context) {
  constexpr std::size_t kMostTimes = 12;
  std::set<std::string> times = {"1970-01-01T00:00Z", "1900-01-01T00:00Z", "2038-01-19T03:14Z",
                                 "2100-02-28T23:59Z", "2999-12-31T23:59Z", "9999-12-31T23:59Z"};
  for (const std::int64_t time : CreationTimes(context, kMostTimes)) {
    const std::string minute = FormatMinute(time);
    const std::string year = minute.substr(0, 4), month = minute.substr(0, 7);
    const std::string midnight = minute.substr(0, 10) + "T00:00Z";
    for (const std::string& at :
         {midnight, minute.substr(0, 10) + "T23:59Z", month + "-01T00:00Z", year + "-01-01T00:00Z",
          year + "-12-31T23:59Z", year + "-02-28T23:59Z", year + "-03-01T00:00Z"}) {
      times.insert(at);
    }
    std::int64_t seconds = 0;
    if (ParseTime(year + "-02-29T00:00:00Z", &seconds)) times.insert(year + "-02-29T00:00Z");
  }
  std::vector<Pairs> out;
  for (const std::string& time : times) {
    for (const bool start : {true, false}) out.push_back(BoundAt(start, time));
  }
  return out;
}

void AddTag(const Tag& tag, Pairs& filter) {
  const std::size_t n = filter.size() / 2 + 1;
  filter.push_back({fmt::format("Tag.{}.Key", n), tag.key});
  filter.push_back({fmt::format("Tag.{}.Value", n), tag.value});
}

// Of each snapshot that has several tags all of them, up to 20, and the first two; of the one that
// has most each of them wrong in turn.
std::vector<Pairs> FiltersBySeveralTags(const SuiteContext& context) {
  constexpr std::size_t kMostTags = 20;
  std::set<std::vector<std::pair<std::string, std::string>>> seen;
  std::vector<Pairs> out;
  std::vector<Tag> longest;
  for (const std::uint32_t position : context.dataset.In(context.values.region())) {
    std::vector<Tag> tags = UsableTags(context.dataset.snapshots[position]);
    for (const std::size_t count : {std::min(tags.size(), kMostTags), std::size_t{2}}) {
      if (count < 2 || count > tags.size()) continue;
      Pairs filter;
      std::vector<std::pair<std::string, std::string>> name;
      for (std::size_t i = 0; i < count; ++i) {
        AddTag(tags[i], filter);
        name.emplace_back(tags[i].key, tags[i].value);
      }
      if (seen.insert(std::move(name)).second) out.push_back(std::move(filter));
    }
    if (tags.size() > longest.size()) longest = std::move(tags);
  }
  // Of the snapshot that has most, one after the other with another value. Twenty are given, its
  // first several times if it has fewer.
  if (longest.size() < 2) return out;
  longest.resize(std::min(longest.size(), kMostTags));
  const Tag first = longest.front();
  longest.insert(longest.begin(), kMostTags - longest.size(), first);
  for (std::size_t wrong = 0; wrong < kMostTags; ++wrong) {
    Pairs filter;
    for (std::size_t i = 0; i < kMostTags; ++i) {
      AddTag({longest[i].key, longest[i].value + (i == wrong ? "x" : "")}, filter);
    }
    out.push_back(std::move(filter));
  }
  return out;
}

// About each tag: its pair twice, its key with two values, its key alone, with no value and with
// another one, and keys that are its beginning or that it is the beginning of.
std::vector<Pairs> FiltersAboutTags(const SuiteContext& context) {
  constexpr std::size_t kMostKeys = 24;
  std::map<std::string, std::set<std::string>> values;
  for (const std::uint32_t position : context.dataset.In(context.values.region())) {
    for (const Tag& tag : context.dataset.snapshots[position].tags) {
      if (IsUsable(tag.key)) values[tag.key].insert(tag.value);
    }
  }
  std::vector<Pairs> out;
  for (const auto& [key, of_key] : values) {
    if (out.size() > kMostKeys * 8) break;
    const std::string& value = *of_key.rbegin();
    const auto add = [&](const std::vector<Tag>& tags) {
      Pairs filter;
      for (const Tag& tag : tags) AddTag(tag, filter);
      out.push_back(std::move(filter));
    };
    add({{key, value}, {key, value}});
    add({{key, value}, {key, *of_key.begin()}});
    add({{key, *of_key.begin()}, {key, value}, {key, *of_key.begin()}});
    add({{key, ""}});
    add({{key, value + "x"}});
    add({{key + "x", value}});
    add({{std::string(CutUtf8(key, key.size() - 1)), value}});
    out.push_back({{"Tag.1.Key", key}});
  }
  return out;
}

// Another character that takes as many bytes, and is not the same one in other letters; "" for
// what filters may take as a sign of their own.
std::string OtherCharacter(std::string_view character) {
  std::string other(character);
  char& last = other.back();
  const auto is_in = [&](char first, char end) { return last >= first && last <= end; };
  if (other.size() > 1) {
    last = static_cast<char>(last ^ 2);
  } else if (is_in('0', '9')) {
    last = last == '0' ? '1' : '0';
  } else if (is_in('a', 'z')) {
    last = last == 'q' ? 'v' : 'q';
  } else if (is_in('A', 'Z')) {
    last = last == 'Q' ? 'V' : 'Q';
  } else {
    return {};
  }
  return other;
}

// The text with one character changed: the first that can be, the one in the middle, the last, and
// the first beyond ASCII. What compares a part only, or after a conversion that loses something,
// takes one of them for the text.
std::vector<std::string> Neighbours(std::string_view text) {
  std::vector<std::pair<std::size_t, std::string_view>> changeable;
  std::vector<std::size_t> wanted;
  ForEachCharacter(text, [&](const Character& character, std::string_view bytes) {
    if (!character.valid || OtherCharacter(bytes).empty()) return;
    if (bytes.size() > 1 && wanted.empty()) wanted.push_back(changeable.size());
    changeable.emplace_back(static_cast<std::size_t>(bytes.data() - text.data()), bytes);
  });
  if (changeable.empty()) return {};
  wanted.insert(wanted.end(), {0, changeable.size() / 2, changeable.size() - 1});
  std::set<std::string> out;
  for (const std::size_t which : wanted) {
    const auto& [at, bytes] = changeable[which];
    out.insert(std::string(text).replace(at, bytes.size(), OtherCharacter(bytes)));
  }
  return {out.begin(), out.end()};
}

// The values of names, ids and tags that are oddest, with one character changed.
std::vector<Pairs> FiltersNextToValues(const SuiteContext& context) {
  constexpr std::size_t kMostOfEach = 6;
  using enum Field;
  std::vector<std::vector<Pairs>> groups;
  for (const auto& [field, name] : {std::pair(kSnapshotName, "SnapshotName"),
                                    {kSourceDiskId, "DiskId"},
                                    {kInstanceId, "InstanceId"},
                                    {kSnapshotLinkId, "SnapshotLinkId"},
                                    {kResourceGroupId, "ResourceGroupId"},
                                    {kKMSKeyId, "KMSKeyId"},
                                    {kSnapshotId, "SnapshotIds"}}) {
    groups.push_back(FiltersBy(context, field, name));
  }
  groups.push_back(FiltersByTag(context));
  std::vector<Pairs> out;
  for (std::vector<Pairs>& filters : groups) {
    for (const Pairs& filter : Oddest(std::move(filters), kMostOfEach)) {
      for (std::size_t i = 0; i < filter.size(); ++i) {
        for (std::string& neighbour : Neighbours(filter[i].value)) {
          out.push_back(filter);
          out.back()[i].value = filter[i].name == "SnapshotIds"
                                    ? fmt::format(R"(["{}"])", neighbour)
                                    : std::move(neighbour);
        }
      }
    }
  }
  return out;
}

TestOutcome Send(SuiteContext& context, const std::string& test,
                 std::vector<std::unique_ptr<Script>> scripts) {
  TestOutcome outcome;
  if (scripts.empty()) outcome.SkipFor(Skip::kNoValue, "the region holds no such value");
  const Origin origin{"sweeps", test};
  for (const ScriptResult& result : context.session.Run(origin, std::move(scripts))) {
    AddViolations(result, outcome);
  }
  return outcome;
}

TestOutcome SendFilters(SuiteContext& context, const std::string& test,
                        const std::vector<Pairs>& filters) {
  std::vector<std::unique_ptr<Script>> scripts;
  for (const Pairs& filter : filters) {
    Request request = SmallestRequest(context.values.region(), context.format());
    for (const Parameter& parameter : filter) request.parameters.push_back(parameter);
    request.Set("PageSize", std::to_string(kShortPage));
    scripts.push_back(std::make_unique<FixedScript>(std::move(request)));
  }
  return Send(context, test, std::move(scripts));
}

TestOutcome SendOddest(SuiteContext& context, const std::string& test, std::vector<Pairs> filters) {
  return SendFilters(context, test, Oddest(std::move(filters), kMostValues));
}

SuiteTest ByField(std::string name, Field field, const char* parameter) {
  return {"sweeps", name, [=](SuiteContext& context) {
            return SendOddest(context, name, FiltersBy(context, field, parameter));
          }};
}

// The last page of each size: it tells whether those before it held what they should.
TestOutcome SendPageSizes(SuiteContext& context, const std::string& test) {
  const std::int64_t count = std::ssize(context.dataset.In(context.values.region()));
  std::vector<std::unique_ptr<Script>> scripts;
  for (std::int64_t size = 1; size <= kLargestPage; ++size) {
    Request request = SmallestRequest(context.values.region(), context.format());
    request.Set("PageSize", std::to_string(size));
    request.Set("PageNumber", std::to_string(std::max<std::int64_t>(1, (count + size - 1) / size)));
    scripts.push_back(std::make_unique<FixedScript>(std::move(request)));
  }
  return Send(context, test, std::move(scripts));
}

// Walks by token, to their end.
TestOutcome SendMaxResults(SuiteContext& context, const std::string& test) {
  std::vector<std::unique_ptr<Script>> scripts;
  for (std::int64_t size = kLeastMaxResults + 2; size < kLargestPage; size += kStep) {
    PageWalk pages(SmallestRequest(context.values.region(), context.format()), PageWalk::By::kToken,
                   {size}, [seen = 0](const ObservedAnswer& page) mutable {
                     return ++seen < kLongestWalk && !NextTokenOf(page).empty();
                   });
    scripts.push_back(std::make_unique<PageScript>(std::move(pages)));
  }
  return Send(context, test, std::move(scripts));
}

}  // namespace

std::vector<SuiteTest> SweepTests() {
  using enum Field;
  std::vector<SuiteTest> out = {ByField("snapshot_name", kSnapshotName, "SnapshotName"),
                                ByField("disk_id", kSourceDiskId, "DiskId"),
                                ByField("instance_id", kInstanceId, "InstanceId"),
                                ByField("snapshot_link_id", kSnapshotLinkId, "SnapshotLinkId"),
                                ByField("resource_group_id", kResourceGroupId, "ResourceGroupId"),
                                ByField("kms_key_id", kKMSKeyId, "KMSKeyId")};
  out.push_back({"sweeps", "tag", [](SuiteContext& context) {
                   return SendOddest(context, "tag", FiltersByTag(context));
                 }});
  for (const auto& [name, n, key] : {std::tuple("creation_start", "1", "CreationStartTime"),
                                     std::tuple("creation_end", "2", "CreationEndTime")}) {
    out.push_back({"sweeps", name, [name, n, key](SuiteContext& context) {
                     return SendOddest(context, name, FiltersByTime(context, n, key));
                   }});
  }
  using Maker = std::vector<Pairs> (*)(const SuiteContext&);
  for (const auto& [name, make] : {std::pair<const char*, Maker>("near_times", FiltersNearTimes),
                                   {"calendar", FiltersByCalendar},
                                   {"several_tags", FiltersBySeveralTags},
                                   {"about_tags", FiltersAboutTags},
                                   {"neighbours", FiltersNextToValues}}) {
    out.push_back({"sweeps", name, [test = std::string(name), make](SuiteContext& context) {
                     return SendFilters(context, test, make(context));
                   }});
  }
  out.push_back({"sweeps", "page_size",
                 [](SuiteContext& context) { return SendPageSizes(context, "page_size"); }});
  out.push_back({"sweeps", "max_results",
                 [](SuiteContext& context) { return SendMaxResults(context, "max_results"); }});
  return out;
}

}  // namespace assay
