#include "conformance/sweeps.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>

#include "reference/observed.h"

namespace assay {
namespace {

constexpr std::size_t kMostValues = 128;
constexpr std::int64_t kLargestPage = 100;
constexpr std::int64_t kShortPage = 20;        // TotalCount tells of the rest
constexpr std::int64_t kLeastMaxResults = 10;  // smaller ones may be raised to it
constexpr std::int64_t kStep = 7;              // between two sizes by token: those pages are long

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
    minutes.insert(FormatTime(snapshot.creation_time).substr(0, 16) + "Z");
  }
  const std::string prefix = fmt::format("Filter.{}.", n);
  std::vector<Pairs> out;
  for (const std::string& minute : minutes) {
    out.push_back({{prefix + "Key", key}, {prefix + "Value", minute}});
  }
  return out;
}

TestOutcome Send(SuiteContext& context, const std::string& test,
                 std::vector<std::unique_ptr<Script>> scripts) {
  TestOutcome outcome;
  if (scripts.empty()) outcome.skipped = "the region holds no such value";
  const Origin origin{"sweeps", test};
  for (const ScriptResult& result : context.session.Run(origin, std::move(scripts))) {
    AddViolations(result, outcome);
  }
  return outcome;
}

TestOutcome SendFilters(SuiteContext& context, const std::string& test,
                        std::vector<Pairs> filters) {
  std::ranges::stable_sort(filters, std::ranges::greater{}, Oddity);
  if (filters.size() > kMostValues) filters.resize(kMostValues);
  std::vector<std::unique_ptr<Script>> scripts;
  for (const Pairs& filter : filters) {
    Request request = SmallestRequest(context.values.region(), context.format());
    for (const Parameter& parameter : filter) request.parameters.push_back(parameter);
    request.Set("PageSize", std::to_string(kShortPage));
    scripts.push_back(std::make_unique<FixedScript>(std::move(request)));
  }
  return Send(context, test, std::move(scripts));
}

SweepTest ByField(std::string name, Field field, const char* parameter) {
  return {name, [=](SuiteContext& context) {
            return SendFilters(context, name, FiltersBy(context, field, parameter));
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

// The first two pages of a walk by token.
class TwoPages : public Script {
 public:
  explicit TwoPages(Request request) : request_(std::move(request)) {}
  bool Next(const Response* previous, Request& request) override {
    if (sent_ > 0) {
      const std::string token = previous && sent_ == 1 ? NextTokenOf(*previous) : "";
      if (token.empty()) return false;
      request_.Set("NextToken", token);
    }
    ++sent_;
    request = request_;
    return true;
  }

 private:
  Request request_;
  int sent_ = 0;
};

TestOutcome SendMaxResults(SuiteContext& context, const std::string& test) {
  std::vector<std::unique_ptr<Script>> scripts;
  for (std::int64_t size = kLeastMaxResults + 2; size < kLargestPage; size += kStep) {
    Request request = SmallestRequest(context.values.region(), context.format());
    request.Set("MaxResults", std::to_string(size));
    scripts.push_back(std::make_unique<TwoPages>(std::move(request)));
  }
  return Send(context, test, std::move(scripts));
}

}  // namespace

std::vector<SweepTest> SweepTests() {
  using enum Field;
  std::vector<SweepTest> out = {ByField("snapshot_name", kSnapshotName, "SnapshotName"),
                                ByField("disk_id", kSourceDiskId, "DiskId"),
                                ByField("instance_id", kInstanceId, "InstanceId"),
                                ByField("snapshot_link_id", kSnapshotLinkId, "SnapshotLinkId"),
                                ByField("resource_group_id", kResourceGroupId, "ResourceGroupId"),
                                ByField("kms_key_id", kKMSKeyId, "KMSKeyId")};
  out.push_back({"tag", [](SuiteContext& context) {
                   return SendFilters(context, "tag", FiltersByTag(context));
                 }});
  for (const auto& [name, n, key] : {std::tuple("creation_start", "1", "CreationStartTime"),
                                     std::tuple("creation_end", "2", "CreationEndTime")}) {
    out.push_back({name, [name, n, key](SuiteContext& context) {
                     return SendFilters(context, name, FiltersByTime(context, n, key));
                   }});
  }
  out.push_back(
      {"page_size", [](SuiteContext& context) { return SendPageSizes(context, "page_size"); }});
  out.push_back({"max_results",
                 [](SuiteContext& context) { return SendMaxResults(context, "max_results"); }});
  return out;
}

}  // namespace assay
