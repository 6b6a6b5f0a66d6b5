#include "reference/watch/listing.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <set>
#include <utility>

#include "reference/answer/observed.h"
#include "reference/target/patience.h"
#include "reference/watch/page_walk.h"
#include "reference/wire/transport_failure.h"
#include "spec/text/hash.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

Listing::Item ItemOf(const ObservedSnapshot& seen, const std::string& region) {
  Listing::Item item;
  Snapshot& out = item.snapshot;
  item.digest = MixHash(kHashStart, region);
  for (const FieldInfo& info : kFields) {
    const ObservedValue& value = seen[info.field];
    item.digest = MixHash(item.digest, value.text);
    if (!value.text.empty()) out.Set(info.field, AsInDataset(info.field, value.text));
  }
  out.Set(Field::kRegionId, region);
  std::uint64_t tags = 0;  // whatever their order
  for (const ObservedTag& tag : seen.tags) {
    out.tags.push_back({std::string(tag.key.text), std::string(tag.value.text)});
    tags += MixHash(MixHash(7, tag.key.text), tag.value.text);
  }
  item.digest ^= tags;
  return item;
}

// The pages of all regions, until each region has one that is not full or brings nothing new.
class ListingSource : public RequestSource {
 public:
  ListingSource(const std::vector<std::string>& regions, const std::string& format,
                const Listing* before, std::size_t most)
      : format_(format), most_(most) {
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
    const Patience::Next next = page.patience.After(page.request, response);
    page.state = next == Patience::Next::kTake ? Page::State::kDone : Page::State::kWaits;
    if (!response && FailureOf(response.error()) == TransportFailure::kStopped) failed_ = true;
    if (next == Patience::Next::kWait) {
      not_before_ = std::chrono::steady_clock::now() + page.patience.delay();
    } else if (next == Patience::Next::kTake && (!response || !Take(page, *response))) {
      failed_ = true;
    }
  }

  std::optional<Listing> TakeResult() {
    if (failed_) return std::nullopt;
    std::size_t listed = 0;
    for (const auto& [region, totals] : totals_) {
      listing_.consistent &= totals.size() == 1;
      std::size_t total = 0;
      const std::string& text = *totals.begin();
      std::from_chars(text.data(), text.data() + text.size(), total);
      listed += total;
    }
    listing_.consistent &= listed == listing_.items.size();
    return std::move(listing_);
  }

 private:
  struct Page {
    Request request;
    std::string region;
    std::size_t number = 1;
    enum class State { kWaits, kSent, kDone } state = State::kWaits;
    Patience patience{kListingTries};
  };

  void Ask(const std::string& region, std::size_t number) {
    Page page{.region = region, .number = number};
    page.request = WholeList(region, format_);
    page.request.Set("PageNumber", std::to_string(number));
    page.request.Set("PageSize", std::to_string(kListingPageSize));
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
      if (id.empty()) return false;
      const auto [at, inserted] =
          listing_.items.try_emplace(id, ItemOf(answer.snapshots[i], page.region));
      if (at->second.snapshot[Field::kRegionId] != page.region) return false;
      is_new |= inserted;
    }
    if (answer.snapshot_count > 0) {
      listing_.pages[page.region] = std::max(listing_.pages[page.region], page.number);
    }
    received_ += response.body.size();
    if (listing_.items.size() > most_ || received_ > kMostBytesListed) return false;
    const bool goes_on = answer.snapshot_count >= kListingPageSize && is_new;
    if (goes_on && page.number == asked_[page.region]) {
      const std::string region = page.region;
      Ask(region, ++asked_[region]);
    }
    return true;
  }

  const std::string format_;
  const std::size_t most_;
  std::size_t received_ = 0;  // bytes
  std::deque<Page> pages_;    // addresses stay
  std::unordered_map<std::string, std::size_t> asked_;
  std::unordered_map<std::string, std::set<std::string>> totals_;  // TotalCount of each page
  AnswerReader reader_;
  Listing listing_;
  bool failed_ = false;
  std::chrono::steady_clock::time_point not_before_{};
};

}  // namespace

bool operator==(const Listing& a, const Listing& b) {
  if (a.items.size() != b.items.size()) return false;
  return std::ranges::all_of(a.items, [&](const auto& entry) {
    const auto at = b.items.find(entry.first);
    return at != b.items.end() && at->second.digest == entry.second.digest;
  });
}

std::optional<Listing> ReadListing(Target& target, const std::vector<std::string>& regions,
                                   const std::string& format, const Listing* before,
                                   std::size_t most) {
  ListingSource source(regions, format, before, most);
  target.Run(source);
  return source.TakeResult();
}

Listing ListingOf(const Dataset& known) {
  Listing out;
  for (const Snapshot& snapshot : known.snapshots) {
    out.items[snapshot[Field::kSnapshotId]].snapshot = snapshot;
  }
  return out;
}

std::string AsInDataset(Field field, std::string_view text) {
  if (field == Field::kSourceDiskType || field == Field::kCategory) return SmallLetters(text);
  return std::string(field == Field::kSnapshotType && text == "timer" ? "auto" : text);
}

}  // namespace assay
