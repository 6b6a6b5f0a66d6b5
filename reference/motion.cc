#include "reference/motion.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <set>
#include <utility>

#include "reference/observed.h"
#include "spec/letters.h"

namespace assay {
namespace {

constexpr std::size_t kPageSize = 100;
constexpr int kTries = 3;  // of a page that is answered 5xx, or breaks off

std::uint64_t Mix(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return (hash ^ 0xFF) * 0x100000001B3ULL;
}

// As a dataset spells it: letters and the word for automatic snapshots are the target's choice.
std::string Spelled(Field field, std::string_view text) {
  if (field == Field::kSourceDiskType || field == Field::kCategory) return SmallLetters(text);
  return std::string(field == Field::kSnapshotType && text == "timer" ? "auto" : text);
}

Look::Item ItemOf(const ObservedSnapshot& seen, const std::string& region) {
  Look::Item item;
  Snapshot& out = item.snapshot;
  item.digest = Mix(0xCBF29CE484222325ULL, region);
  for (const FieldInfo& info : kFields) {
    const ObservedValue& value = seen[info.field];
    item.digest = Mix(item.digest, value.text);
    if (!value.text.empty()) out.Set(info.field, Spelled(info.field, value.text));
  }
  out.Set(Field::kRegionId, region);
  std::uint64_t tags = 0;  // whatever their order
  for (const ObservedTag& tag : seen.tags) {
    out.tags.push_back({std::string(tag.key.text), std::string(tag.value.text)});
    tags += Mix(Mix(7, tag.key.text), tag.value.text);
  }
  item.digest ^= tags;
  return item;
}

// The pages of all regions, until each region has one that is not full or brings nothing new.
class LookSource : public RequestSource {
 public:
  LookSource(const std::vector<std::string>& regions, const std::string& format, const Look* before)
      : format_(format) {
    for (const std::string& region : regions) {
      std::size_t pages = 1;
      if (before && before->pages.contains(region)) pages = before->pages.at(region);
      for (std::size_t number = 1; number <= pages; ++number) Ask(region, number);
      asked_[region] = pages;
    }
  }

  const Request* Next() override {
    if (failed_) return nullptr;
    for (Page& page : pages_) {
      if (page.state == Page::State::kWaits) {
        page.state = Page::State::kSent;
        return &page.request;
      }
    }
    return nullptr;
  }
  std::chrono::steady_clock::time_point NotBefore() const override { return not_before_; }

  void Answered(const Request* request, Result<Response>& response) override {
    Page& page = *std::ranges::find_if(pages_, [&](Page& p) { return &p.request == request; });
    if (response && IsThrottled(*response) && ++page.throttled < kThrottledTries) {
      not_before_ = std::chrono::steady_clock::now() + BackOff(*response, page.throttled);
      page.state = Page::State::kWaits;
    } else if ((!response || response->status >= 500) && ++page.tries < kTries) {
      page.state = Page::State::kWaits;
    } else {
      page.state = Page::State::kDone;
      if (!response || !Take(page, *response)) failed_ = true;
    }
  }

  std::optional<Look> TakeResult() {
    if (failed_) return std::nullopt;
    std::size_t listed = 0;
    for (const auto& [region, totals] : totals_) {
      look_.consistent &= totals.size() == 1;
      std::size_t total = 0;
      const std::string& text = *totals.begin();
      std::from_chars(text.data(), text.data() + text.size(), total);
      listed += total;
    }
    look_.consistent &= listed == look_.items.size();
    return std::move(look_);
  }

 private:
  struct Page {
    Request request;
    std::string region;
    std::size_t number = 1;
    enum class State { kWaits, kSent, kDone } state = State::kWaits;
    int tries = 0, throttled = 0;
  };

  void Ask(const std::string& region, std::size_t number) {
    Page page{.region = region, .number = number};
    page.request.Set("Action", "DescribeSnapshots");
    page.request.Set("RegionId", region);
    page.request.Set("Format", format_);
    page.request.Set("PageNumber", std::to_string(number));
    page.request.Set("PageSize", std::to_string(kPageSize));
    pages_.push_back(std::move(page));
  }

  bool Take(const Page& page, const Response& response) {
    const ObservedAnswer& answer = reader_.Read(response);
    // A region that is refused holds nothing that can be seen.
    if (response.status >= 400 && response.status < 500 && answer.readable) return true;
    if (response.status != 200 || !answer.readable || !answer.has_list) return false;
    totals_[page.region].insert(std::string(answer.total_count.text));
    bool is_new = false;
    for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
      const std::string id(answer.snapshots[i][Field::kSnapshotId].text);
      is_new |= look_.items.try_emplace(id, ItemOf(answer.snapshots[i], page.region)).second;
    }
    if (answer.snapshot_count > 0) {
      look_.pages[page.region] = std::max(look_.pages[page.region], page.number);
    }
    const bool goes_on = answer.snapshot_count >= kPageSize && is_new;
    if (goes_on && page.number == asked_[page.region]) {
      const std::string region = page.region;
      Ask(region, ++asked_[region]);
    }
    return true;
  }

  const std::string format_;
  std::deque<Page> pages_;  // addresses stay
  std::unordered_map<std::string, std::size_t> asked_;
  std::unordered_map<std::string, std::set<std::string>> totals_;  // TotalCount of each page
  AnswerReader reader_;
  Look look_;
  bool failed_ = false;
  std::chrono::steady_clock::time_point not_before_{};
};

bool HasSameTags(const Snapshot& a, const Snapshot& b) {
  return a.tags.size() == b.tags.size() && std::ranges::is_permutation(a.tags, b.tags);
}

void Count(const Snapshot& before, const Snapshot& after, Motion& motion) {
  const bool completed =
      before[Field::kStatus] == "progressing" && after[Field::kStatus] != "progressing";
  if (completed) {
    ++motion.completed;
  } else if (before[Field::kSnapshotName] != after[Field::kSnapshotName]) {
    ++motion.renamed;
  } else if (!HasSameTags(before, after)) {
    ++motion.tagged;
  } else {
    ++motion.changed;
  }
}

void MoveOn(const Snapshot& before, const Snapshot& after, Snapshot& known) {
  // Answers need not show the others.
  for (std::size_t f = 0; f < kDocumentedFieldCount; ++f) {
    if (before.text[f] == after.text[f]) continue;
    known.text[f] = after.text[f];
    known.present = (known.present & ~(1U << f)) | (after.present & (1U << f));
  }
  if (!HasSameTags(before, after)) known.tags = after.tags;
}

}  // namespace

bool operator==(const Look& a, const Look& b) {
  if (a.items.size() != b.items.size()) return false;
  return std::ranges::all_of(a.items, [&](const auto& entry) {
    const auto at = b.items.find(entry.first);
    return at != b.items.end() && at->second.digest == entry.second.digest;
  });
}

std::optional<Look> TakeLook(Target& target, const std::vector<std::string>& regions,
                             const std::string& format, const Look* before) {
  LookSource source(regions, format, before);
  target.Run(source);
  return source.TakeResult();
}

void Motion::Add(const Motion& more) {
  created += more.created;
  deleted += more.deleted;
  renamed += more.renamed;
  tagged += more.tagged;
  completed += more.completed;
  changed += more.changed;
  if (!more.example.empty()) example = more.example;
}

std::string Motion::Text() const {
  std::vector<std::string> parts;
  const auto add = [&](std::size_t count, const char* what) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, what));
  };
  add(created, "created");
  add(deleted, "deleted");
  add(renamed, "renamed");
  add(tagged, "tagged or untagged");
  add(completed, "completed");
  add(changed, "changed otherwise");
  if (parts.empty()) return "nothing that stayed";
  return fmt::format("{}: {}", fmt::join(parts, ", "), Excerpt(example, 60));
}

Motion MotionBetween(const Look& before, const Look& after) {
  Motion motion;
  std::set<std::string> ids;  // sorted, so that the example does not depend on the hash
  for (const auto& [id, item] : before.items) {
    const auto at = after.items.find(id);
    if (at != after.items.end() && at->second.digest == item.digest) continue;
    ids.insert(id);
    if (at == after.items.end()) {
      ++motion.deleted;
    } else {
      Count(item.snapshot, at->second.snapshot, motion);
    }
  }
  for (const auto& [id, item] : after.items) {
    if (before.items.contains(id)) continue;
    ids.insert(id);
    ++motion.created;
  }
  if (!ids.empty()) motion.example = *ids.begin();
  return motion;
}

Look LookOf(const Dataset& known) {
  Look out;
  for (const Snapshot& snapshot : known.snapshots) {
    out.items[snapshot[Field::kSnapshotId]].snapshot = snapshot;
  }
  return out;
}

Dataset MoveOn(const Dataset& known, const Look& before, const Look& after) {
  Dataset out;
  out.discovered = known.discovered;
  out.regions = known.regions;
  out.default_resource_group = known.default_resource_group;
  out.snapshot_links = known.snapshot_links;
  for (const Snapshot& snapshot : known.snapshots) {
    const std::string& id = snapshot[Field::kSnapshotId];
    const auto was = before.items.find(id), is = after.items.find(id);
    if (was != before.items.end() && is == after.items.end()) continue;
    out.snapshots.push_back(snapshot);
    if (was == before.items.end() || was->second.digest == is->second.digest) continue;
    MoveOn(was->second.snapshot, is->second.snapshot, out.snapshots.back());
  }
  std::set<std::string> created;
  for (const auto& [id, item] : after.items) {
    if (!before.items.contains(id) && !known.by_id.contains(id)) created.insert(id);
  }
  for (const std::string& id : created) {
    out.snapshots.push_back(after.items.at(id).snapshot);
    // No answer shows these of every snapshot that has them.
    for (const Field field : {Field::kInstanceId, Field::kSnapshotLinkId}) {
      if (out.snapshots.back().Has(field)) continue;
      out.snapshots.back().unknown |= 1U << static_cast<unsigned>(field);
    }
  }
  out.Index();
  return out;
}

}  // namespace assay
