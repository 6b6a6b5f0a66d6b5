#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reference/state/dataset.h"
#include "reference/target/target.h"

namespace assay {

inline constexpr std::size_t kListingPageSize = 100;
// Snapshots, with which a list counts as one that never ends.
inline constexpr std::size_t kMostListed = 100'000;
// Bytes of all pages of a list that is read into memory.
inline constexpr std::size_t kMostBytesListed = std::size_t{128} << 20;
// Of a page that is answered 5xx, or breaks off.
inline constexpr int kListingTries = 3;

// What a target lists without filters, as it shows it, without any judgement.
struct Listing {
  struct Item {
    std::uint64_t digest = 0;
    Snapshot snapshot;
  };
  std::unordered_map<std::string, Item> items;         // by SnapshotId
  std::unordered_map<std::string, std::size_t> pages;  // that each region took
  bool consistent = true;  // every page says that there are as many as came
};
bool operator==(const Listing& a, const Listing& b);

// Reads the lists of the regions by number, 100 a page, side by side; as many pages at once as
// `before` took. Throttled requests and passing failures are sent again. Empty if some page is not
// a list, a snapshot has no id or is listed in two regions, or more than `most` snapshots are
// listed. The listing shows one state for certain only if a second one is equal.
std::optional<Listing> ReadListing(Target& target, const std::vector<std::string>& regions,
                                   const std::string& format, const Listing* before,
                                   std::size_t most = kMostListed);

// The listing that a target holding `known` would show, without digests.
Listing ListingOf(const Dataset& known);

// The value of a field as a dataset spells it: letters, and the word for automatic snapshots, are
// the target's choice.
std::string AsInDataset(Field field, std::string_view text);

}  // namespace assay
