#include "reference/describe_snapshots/match_set.h"

#include <algorithm>

namespace assay {

bool MatchSet::Contains(std::uint32_t position) const {
  if (!region_) return std::ranges::binary_search(*positions_, position);
  const auto rank = region_->RankOf(position);
  return rank && ranks_.Contains(*rank);
}

const std::vector<std::uint32_t>& MatchSet::positions() const {
  if (positions_) return *positions_;
  std::vector<std::uint32_t> out;
  if (ranks_.count() == ranks_.size()) {
    out = region_->positions();
  } else {
    out = ranks_.Ranks();
    for (std::uint32_t& rank : out) rank = region_->PositionAt(rank);
    std::ranges::sort(out);
  }
  positions_ = std::make_shared<const std::vector<std::uint32_t>>(std::move(out));
  return *positions_;
}

std::int64_t CountOlder(const MatchSet& matches, std::int64_t time) {
  return matches.ranks().CountBelow(matches.region()->CountBefore(time));
}

std::int64_t CountNewer(const MatchSet& matches, std::int64_t time) {
  return matches.ranks().count() - CountOlder(matches, time + 1);
}

std::vector<std::uint32_t> OldestFirst(const MatchSet& matches, std::int64_t start,
                                       std::int64_t count) {
  std::vector<std::uint32_t> out;
  const std::int64_t end = std::min<std::int64_t>(start + count, matches.ranks().count());
  for (std::int64_t i = start; i < end; ++i) {
    const auto rank = matches.ranks().At(static_cast<std::uint32_t>(i));
    out.push_back(matches.region()->PositionAt(rank));
  }
  return out;
}

std::vector<std::uint32_t> NewestFirst(const MatchSet& matches, std::int64_t start,
                                       std::int64_t count) {
  const RegionIndex& region = *matches.region();
  const std::int64_t size = matches.ranks().count();
  const std::int64_t end = std::min(start + count, size);
  std::vector<std::uint32_t> out;
  // Second by second: those of one second are not turned round.
  for (std::int64_t i = start; i < end;) {
    const auto rank = matches.ranks().At(static_cast<std::uint32_t>(size - 1 - i));
    const std::int64_t time = region.TimeAt(rank);
    const std::int64_t older = CountOlder(matches, time), newer = CountNewer(matches, time);
    const std::int64_t stop = std::min(end, size - older);
    for (; i < stop; ++i) {
      const auto at = matches.ranks().At(static_cast<std::uint32_t>(older + i - newer));
      out.push_back(region.PositionAt(at));
    }
  }
  return out;
}

}  // namespace assay
