#include "reference/watch/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>

#include "reference/answer/observed.h"
#include "reference/describe_snapshots/made_up.h"
#include "reference/judge/check_fields.h"
#include "reference/judge/judge.h"
#include "reference/target/patience.h"
#include "reference/watch/listing.h"
#include "reference/watch/page_walk.h"
#include "spec/text/count.h"
#include "spec/text/hash.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

using Kind = ObservedValue::Kind;

constexpr int kMostIdlePages = 20;       // in a row that bring no snapshot
constexpr std::size_t kMostGroups = 10;  // whose filter is tried

void MarkUnknown(Snapshot& snapshot, Field field) {
  snapshot.unknown |= 1U << static_cast<unsigned>(field);
}

// A field that answers need not show is unset if it is not shown; any other one is unknown.
void TakeField(const FieldInfo& info, const ObservedValue& value, Snapshot& out) {
  const bool given = !value.text.empty() && IsDocumentedValue(info.field, value.text) &&
                     !(info.field == Field::kSnapshotType && value.text == "all");
  if (given) {
    out.Set(info.field, AsInDataset(info.field, value.text));
  } else if (info.required || info.field == Field::kInstanceId || !value.text.empty()) {
    MarkUnknown(out, info.field);
  }
}

Snapshot TakeSnapshot(const ObservedSnapshot& seen, const std::string& region) {
  Snapshot out;
  for (const FieldInfo& info : kFields) {
    if (info.field != Field::kRegionId) TakeField(info, seen[info.field], out);
  }
  out.Set(Field::kRegionId, region);
  for (const ObservedTag& tag : seen.tags) {
    out.tags.push_back({std::string(tag.key.text), std::string(tag.value.text)});
  }
  return out;
}

std::uint64_t DigestOf(const Snapshot& snapshot) {
  std::uint64_t hash = kHashStart ^ snapshot.unknown;
  for (const std::string& text : snapshot.text) hash = MixHash(hash, text);
  std::uint64_t tags = 0;  // whatever their order
  for (const Tag& tag : snapshot.tags) tags += MixHash(MixHash(7, tag.key), tag.value);
  return hash ^ tags;
}

// The fields that differ, a bit each.
std::uint32_t ChangedFields(const Snapshot& a, const Snapshot& b) {
  std::uint32_t out = a.unknown ^ b.unknown;
  for (std::size_t f = 0; f < kFieldCount; ++f) {
    if (a.text[f] != b.text[f]) out |= 1U << f;
  }
  return out;
}

// What one walk listed: SnapshotId and digest of the content, sorted at its end.
struct Walk {
  std::vector<std::pair<std::string, std::uint64_t>> listed;
  std::string problem;  // why it did not come to its end, "" otherwise

  bool Holds(const Walk& other) const {
    return problem.empty() && other.problem.empty() && listed == other.listed;
  }
};

// All that is known of a snapshot that some walk listed.
struct Held {
  Snapshot snapshot;  // as it was listed last
  std::uint64_t digest = 0;
  std::uint32_t changed = 0;  // fields in which it was listed differently, a bit each
};

class InventoryReader {
 public:
  InventoryReader(Target& target, const std::string& region, const InventoryOptions& options)
      : target_(target), region_(region), options_(options) {}

  Result<Inventory> Read() {
    for (int round = 1; round <= options_.rounds && !settled_; ++round) {
      for (const bool by_token : {false, true}) {
        walks_[by_token].push_back(WalkBy(by_token));
        if (stop_) return *stop_;
        settled_ = AgreesWithOtherMode(by_token);
        if (settled_) break;
      }
      if (settled_) break;
      if (round > 1) Settle();
    }
    if (!settled_ && !SettleForIds()) return Disagreement();
    return Conclude();
  }

 private:
  // The answer, or nothing if `stop_` tells why there is none.
  std::optional<Response> Ask(const Request& request) {
    for (Patience patience(kListingTries);;) {
      if (options_.most_requests > 0 && out_.requests >= options_.most_requests) {
        stop_ = Obstacle(
            fmt::format("{} not enough to read the snapshots of {}; allow more",
                        CountText(options_.most_requests, "request is", "requests are"), region_));
        return std::nullopt;
      }
      ++out_.requests;
      Result<Response> answer = SendOnce(target_, request);
      const Patience::Next next = patience.After(request, answer);
      if (next == Patience::Next::kWait) std::this_thread::sleep_for(patience.delay());
      if (next != Patience::Next::kTake) continue;
      if (answer && IsThrottled(*answer)) {
        stop_ = Obstacle(fmt::format("answers {} only that requests come too fast, for {} s",
                                     answer->status, kLongestWait.count()));
        return std::nullopt;
      }
      if (answer) return std::move(*answer);
      stop_ = Error{answer.error().where, answer.error().what, ExitCode::kCouldNotJudge};
      return std::nullopt;
    }
  }

  Error Obstacle(std::string what) const {
    return {target_.Name(), std::move(what), ExitCode::kCouldNotJudge};
  }

  // Adds the snapshots of a page; false if it brings none that is new to the walk.
  bool Take(const ObservedAnswer& answer, std::set<std::string>& seen, Walk& walk) {
    const std::size_t before = seen.size();
    for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
      const ObservedSnapshot& item = answer.snapshots[i];
      const std::string id(item[Field::kSnapshotId].text);
      if (id.empty()) continue;
      Snapshot snapshot = TakeSnapshot(item, region_);
      const std::uint64_t digest = DigestOf(snapshot);
      auto [at, is_new] = held_.try_emplace(id);
      Held& held = at->second;
      if (!is_new && held.digest != digest) held.changed |= ChangedFields(held.snapshot, snapshot);
      if (is_new || held.digest != digest) held = {std::move(snapshot), digest, held.changed};
      if (is_new) order_.push_back(id);
      walk.listed.emplace_back(id, digest);
      seen.insert(id);
    }
    return seen.size() > before;
  }

  // Sends one request of a walk and takes the page; nothing at the end of what can be walked.
  const ObservedAnswer* NextPage(const Request& request, Walk& walk, std::set<std::string>& seen) {
    const std::optional<Response> response = Ask(request);
    if (!response) return nullptr;
    const ObservedAnswer& answer = reader_.Read(*response);
    if (answer.status != 200 || !answer.has_list) {
      walk.problem = fmt::format("{} to {}", AnswerText(answer, *response), request.Text());
      return nullptr;
    }
    idle_ = Take(answer, seen, walk) ? 0 : idle_ + 1;
    received_ += response->body.size();
    if (received_ > kMostBytesListed && received_ / out_.requests > kMostBytesListed / 256) {
      stop_ = Obstacle(fmt::format("{} of the list of {} had {} MiB, and may never end",
                                   CountText(out_.requests, "page"), region_, received_ >> 20));
      return nullptr;
    }
    if (seen.size() > options_.most_snapshots || held_.size() > options_.most_snapshots) {
      stop_ =
          Obstacle(fmt::format("the list of {} goes on after {}, and may never end; "
                               "if the account has so many, allow them with --max-snapshots",
                               region_, CountText(options_.most_snapshots, "snapshot")));
      return nullptr;
    }
    if (idle_ <= kMostIdlePages) return &answer;
    walk.problem =
        fmt::format("{} pages in a row without a new snapshot, up to {}", idle_, request.Text());
    return nullptr;
  }

  static std::string AnswerText(const ObservedAnswer& answer, const Response& response) {
    if (!answer.code.text.empty()) {
      return fmt::format("{} {}", answer.status, Excerpt(answer.code.text));
    }
    return fmt::format("{} with \"{}\"", answer.status, ExcerptOfBody(response.body, 60));
  }

  Walk WalkBy(bool by_token) {
    Walk walk;
    std::set<std::string> seen, tokens;
    idle_ = 0;
    Request list = WholeList(region_, options_.format);
    list.Set(by_token ? "MaxResults" : "PageSize", std::to_string(kListingPageSize));
    std::size_t number = 0;
    PageWalk pages(list, by_token ? PageWalk::By::kToken : PageWalk::By::kNumber,
                   {kListingPageSize}, [&](const ObservedAnswer& page) {
                     ++number;
                     return by_token ? IsNewToken(page, tokens, walk) : GoesOn(page, number);
                   });
    const ObservedAnswer* page = nullptr;
    for (Request request; pages.Next(page, request);) page = NextPage(request, walk, seen);
    // Past the end a refusal is as right as an empty page.
    const bool is_past_end = !by_token && !page && number > 0 && expected_ == seen.size();
    if (is_past_end) walk.problem.clear();
    std::ranges::sort(walk.listed);
    const auto same = std::ranges::unique(walk.listed);
    walk.listed.erase(same.begin(), same.end());
    return walk;
  }

  bool GoesOn(const ObservedAnswer& page, std::size_t number) {
    if (page.snapshot_count == 0) return false;
    expected_ = std::strtoull(std::string(page.total_count.text).c_str(), nullptr, 10);
    return page.snapshot_count >= kListingPageSize || number * kListingPageSize < expected_;
  }

  static bool IsNewToken(const ObservedAnswer& page, std::set<std::string>& tokens, Walk& walk) {
    const std::string token(page.next_token.text);
    if (token.empty() || tokens.insert(token).second) return true;
    walk.problem = fmt::format("the NextToken {} a second time", Excerpt(token));
    return false;
  }

  // True if the last walk holds what one of the other kind held; then it alone counts.
  bool AgreesWithOtherMode(bool by_token) {
    const Walk& walk = walks_[by_token].back();
    const bool agrees = std::ranges::any_of(walks_[!by_token],
                                            [&](const Walk& other) { return walk.Holds(other); });
    if (agrees) walks_[!by_token].clear();
    return agrees;
  }

  // True if the last two walks of that kind hold the same.
  bool IsStable(bool by_token) const {
    const auto& walks = walks_[by_token];
    return walks.size() > 1 && walks.back().Holds(walks[walks.size() - 2]);
  }
  bool IsBroken(bool by_token) const {
    const auto& walks = walks_[by_token];
    return walks.size() > 1 && !walks.back().problem.empty() &&
           !walks[walks.size() - 2].problem.empty();
  }

  // Two ways of paging that each keep to a list of their own, or only one of which works.
  void Settle() {
    const Walk& number = walks_[false].back();
    const Walk& token = walks_[true].back();
    if (IsStable(false) && IsStable(true)) {
      settled_ = true;
      out_.note = fmt::format("by PageNumber {} listed, by NextToken {}: {}; both count",
                              CountText(number.listed.size(), "snapshot is", "snapshots are"),
                              token.listed.size(), Difference(number, token));
    }
    for (const bool by_token : {false, true}) {
      if (!IsStable(by_token) || !IsBroken(!by_token)) continue;
      settled_ = true;
      out_.note =
          fmt::format("two walks by {} agree; no walk by {} succeeded: {}", ModeName(by_token),
                      ModeName(!by_token), walks_[!by_token].back().problem);
    }
  }

  static const char* ModeName(bool by_token) { return by_token ? "NextToken" : "PageNumber"; }

  // The same snapshots in two walks, however their contents change: what changed is unknown.
  bool SettleForIds() {
    const Walk& number = walks_[false].back();
    const Walk& token = walks_[true].back();
    if (!number.problem.empty() || !token.problem.empty()) return false;
    if (IdsOf(number) != IdsOf(token)) return false;
    std::size_t changing = 0;
    std::uint32_t fields = 0;
    for (auto& [id, held] : held_) {
      changing += held.changed != 0 ? 1 : 0;
      held.snapshot.unknown |= held.changed;
      fields |= held.changed;
    }
    std::vector<std::string_view> names;
    for (const FieldInfo& info : kFields) {
      if ((fields >> static_cast<unsigned>(info.field)) & 1U) names.push_back(info.name);
    }
    out_.note = fmt::format("{} changed while the list was read ({}); that is not judged",
                            CountText(changing, "snapshot"),
                            names.empty() ? "Tags" : fmt::format("{}", fmt::join(names, ", ")));
    return true;
  }

  static std::vector<std::string> IdsOf(const Walk& walk) {
    std::vector<std::string> out;
    for (const auto& [id, digest] : walk.listed) {
      if (out.empty() || out.back() != id) out.push_back(id);
    }
    return out;
  }

  std::string Difference(const Walk& a, const Walk& b) const {
    const std::vector<std::string> in_a = IdsOf(a), in_b = IdsOf(b);
    for (const auto* one : {&in_a, &in_b}) {
      const auto& other = one == &in_a ? in_b : in_a;
      for (const std::string& id : *one) {
        if (std::ranges::binary_search(other, id)) continue;
        return fmt::format("{} in only one of them", Excerpt(id));
      }
    }
    for (const auto& [id, held] : held_) {
      for (const FieldInfo& info : kFields) {
        if ((held.changed >> static_cast<unsigned>(info.field)) & 1U) {
          return fmt::format("{} of {} is not always the same", info.name, Excerpt(id));
        }
      }
    }
    return "a snapshot is not always shown with the same tags";
  }

  Error Disagreement() const {
    for (const bool by_token : {false, true}) {
      if (walks_[false].back().problem.empty() && walks_[true].back().problem.empty()) break;
      if (walks_[by_token].back().problem.empty()) continue;
      if (!IsBroken(!by_token) && IsStable(!by_token)) continue;
      return Obstacle(fmt::format("the snapshots of {} cannot be listed by {}: {}", region_,
                                  ModeName(by_token), walks_[by_token].back().problem));
    }
    return Obstacle(fmt::format(
        "no two of {} walks over the snapshots of {} agree: {} by PageNumber, {} by "
        "NextToken, {}; is nobody else using the account?",
        walks_[false].size() + walks_[true].size(), region_,
        CountText(walks_[false].back().listed.size(), "snapshot"),
        walks_[true].back().listed.size(), Difference(walks_[false].back(), walks_[true].back())));
  }

  Result<Inventory> Conclude() {
    Dataset& dataset = out_.dataset;
    dataset.discovered = true;
    dataset.regions = {region_};
    std::set<std::string> last;
    for (const auto& walks : walks_) {
      if (walks.empty() || !walks.back().problem.empty()) continue;
      for (const auto& [id, digest] : walks.back().listed) last.insert(id);
    }
    std::set<std::string> links;
    for (const std::string& id : order_) {
      if (!last.contains(id)) continue;
      Snapshot& snapshot = held_.at(id).snapshot;
      if (snapshot.Has(Field::kSnapshotLinkId)) links.insert(snapshot[Field::kSnapshotLinkId]);
      dataset.snapshots.push_back(std::move(snapshot));
    }
    dataset.snapshot_links.assign(links.begin(), links.end());
    dataset.Index();
    FindDefaultGroup();
    if (stop_) return *stop_;
    ListUnseen();
    return std::move(out_);
  }

  // Under some readings the filter by a group lists more when the default group is involved. No
  // answer says which group that is, but the lists of the groups do.
  void FindDefaultGroup() {
    Dataset& dataset = out_.dataset;
    const std::vector<std::string> groups = LargestGroups();
    if (groups.size() < 2) return;
    std::vector<std::pair<Request, Response>> lists;
    for (const std::string& group : groups) {
      Request request = WholeList(region_, options_.format);
      request.Set("PageSize", std::to_string(kListingPageSize));
      request.Set("ResourceGroupId", group);
      std::optional<Response> response = Ask(request);
      if (!response) return;
      lists.emplace_back(std::move(request), std::move(*response));
    }
    const auto wrong_with = [&](const std::string& group) {
      dataset.default_resource_group = group;
      Judge judge(dataset);
      ExchangeReader reader;
      std::uint64_t id = 0, wrong = 0;
      for (const auto& [request, response] : lists) {
        wrong += judge.Examine(reader.Read(++id, request, response)).violations().size();
      }
      return wrong;
    };
    std::string best;
    std::uint64_t least = wrong_with("");
    for (const std::string& group : groups) {
      if (least == 0) break;
      const std::uint64_t wrong = wrong_with(group);
      if (wrong < least) best = group;
      least = std::min(least, wrong);
    }
    dataset.default_resource_group = best;
  }

  // Also a group that nobody has: under one of those readings it lists those of the default group.
  std::vector<std::string> LargestGroups() const {
    std::map<std::string, std::size_t> count;
    for (const Snapshot& snapshot : out_.dataset.snapshots) {
      if (snapshot.Has(Field::kResourceGroupId)) ++count[snapshot[Field::kResourceGroupId]];
    }
    std::vector<std::string> out;
    for (const auto& [group, many] : count) out.push_back(group);
    std::ranges::stable_sort(out, std::greater(), [&](const auto& group) { return count[group]; });
    if (out.size() > kMostGroups) out.resize(kMostGroups);
    out.push_back(MadeUpValue("rg-", 0, 0));
    return out;
  }

  void ListUnseen() {
    std::uint32_t unknown = out_.dataset.snapshots.empty() ? ~0U : 0;
    for (const Snapshot& snapshot : out_.dataset.snapshots) unknown |= snapshot.unknown;
    for (const FieldInfo& info : kFields) {
      const bool hidden = static_cast<std::size_t>(info.field) >= kDocumentedFieldCount;
      if (!hidden && out_.dataset.snapshots.empty()) continue;
      if ((unknown >> static_cast<unsigned>(info.field)) & 1U && info.field != Field::kRegionId) {
        out_.unseen.emplace_back(info.name);
      }
    }
    out_.unseen.emplace_back("other regions and what they hold");
    out_.unseen.emplace_back("chains without a snapshot");
    if (out_.dataset.default_resource_group.empty()) {
      out_.unseen.emplace_back("the default resource group");
    }
  }

  Target& target_;
  const std::string region_;
  const InventoryOptions options_;
  AnswerReader reader_;
  std::vector<Walk> walks_[2];  // by number, by token
  std::unordered_map<std::string, Held> held_;
  std::vector<std::string> order_;  // of ids, as they were first listed
  bool settled_ = false;
  std::optional<Error> stop_;
  std::uint64_t received_ = 0;  // bytes
  std::size_t expected_ = 0;    // the TotalCount of the last page
  int idle_ = 0;
  Inventory out_;
};

}  // namespace

Result<Inventory> ReadInventory(Target& target, const std::string& region,
                                const InventoryOptions& options) {
  return InventoryReader(target, region, options).Read();
}

}  // namespace assay
