#include "reference/answer/seen_snapshots.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "reference/answer/observed_body.h"
#include "spec/text/quick_hash.h"

namespace assay {
namespace {

constexpr std::size_t kMost = 2048;          // that are remembered
constexpr std::size_t kLongest = 4096;       // bytes of one of them
constexpr std::size_t kBeginning = 240;      // bytes that hold an id, if not all that differs
constexpr std::uint64_t kTrial = 4 * kMost;  // searches before it is said to be of no use

std::uint64_t HashOfBeginning(std::string_view text) {
  return QuickHash(text.substr(0, kBeginning));
}

}  // namespace

// Remembering costs a little, too: a target may have too many snapshots, or write each anew.
bool SeenSnapshots::IsOfUse() const { return missed_ < kTrial || found_ > missed_; }

const ObservedSnapshot* SeenSnapshots::Find(std::string_view text) {
  if (seen_.empty() || !IsOfUse()) return nullptr;
  const auto at = seen_.find(HashOfBeginning(text));
  // From the first bracket to the one that closes it all is the same: so it is the same object.
  const bool found = at != seen_.end() && text.starts_with(at->second.written);
  ++(found ? found_ : missed_);
  return found ? &at->second.snapshot : nullptr;
}

void SeenSnapshots::Add(std::string_view written, const ObservedSnapshot& snapshot) {
  if (written.size() > kLongest || !IsOfUse()) return;
  if (seen_.size() >= kMost) seen_.clear();
  Seen copy{.written = {}, .snapshot = snapshot};
  std::size_t size = written.size();
  VisitTexts(copy.snapshot, [&](std::string_view& text) {
    if (!PlaceIn(written, text)) size += text.size();
  });
  auto known = std::make_shared<SeenSnapshot>();
  known->texts = std::make_unique_for_overwrite<char[]>(size);
  char* const begin = known->texts.get();
  char* end = std::ranges::copy(written, begin).out;
  VisitTexts(copy.snapshot, [&](std::string_view& text) {
    if (const auto place = PlaceIn(written, text)) {
      text = {begin + *place, text.size()};
    } else {
      const std::size_t length = text.size();
      text = {std::exchange(end, std::ranges::copy(text, end).out), length};
    }
  });
  copy.written = {begin, written.size()};
  for (std::size_t f = 0; f < kFieldCount; ++f) {
    known->field_hashes[f] = QuickHash(copy.snapshot.fields[f].text);
  }
  for (const ObservedTag& tag : copy.snapshot.tags) {
    known->tag_hashes.push_back(QuickHash(tag.key.text));
    known->tag_hashes.push_back(QuickHash(tag.value.text));
  }
  copy.snapshot.seen = std::move(known);
  seen_.insert_or_assign(HashOfBeginning(written), std::move(copy));
}

}  // namespace assay
