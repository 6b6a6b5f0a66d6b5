#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "reference/state/dataset.h"
#include "spec/text/random.h"
#include "spec/text/result.h"

namespace assay {

// One change of a state: the content of a slot of `Dataset::snapshots` from then on.
struct Mutation {
  enum class Kind : std::uint8_t { kCreate, kDelete, kRename, kTag, kUntag, kComplete };
  Kind kind = Kind::kDelete;
  std::uint32_t slot = 0;
  Snapshot snapshot;  // empty for kDelete
};
std::string_view NameOf(Mutation::Kind kind);  // "create", …

// True if a slot of a living state holds no snapshot because it was deleted. Such slots are not in
// any index and are used again.
inline bool IsFree(const Snapshot& slot) { return slot[Field::kSnapshotId].empty(); }

// What a server holds, one version after another. A version never changes while anybody holds it. A
// change costs the same however many snapshots there are. Safe to call from several threads; one at
// a time may Apply.
class LivingState {
 public:
  // A state that stays as it is; `dataset` outlives it.
  explicit LivingState(const Dataset& dataset);
  // A state that begins like `start` and may grow by up to `room` snapshots.
  LivingState(const Dataset& start, std::size_t room);

  bool moves() const { return moves_; }
  std::shared_ptr<const Dataset> Now() const;
  // Makes the next version. A create needs a free slot, or the one behind the last.
  void Apply(const Mutation& mutation);

 private:
  std::shared_ptr<Dataset> TakeSpare(const Dataset& current);

  const bool moves_;
  const std::size_t capacity_ = 0;
  std::shared_ptr<const Dataset> fixed_;
  // The version that is handed out, and the one before it, which becomes the next one as soon as
  // nobody reads it any more: it lacks just the last mutation.
  mutable std::mutex mutex_;
  std::shared_ptr<Dataset> current_, spare_;
  Mutation last_;
  bool spare_lacks_last_ = false;
};

// Makes up changes: snapshots are created (of the disks that are there), deleted, renamed, tagged,
// untagged, and completed. Equal seeds and states give equal sequences. No change takes back an
// earlier one unseen: ids are new, and each change has a LastModifiedTime of its own.
class Churn {
 public:
  // `start` holds at least one snapshot. How many there are stays between half of that and
  // Room(start) more.
  Churn(const Dataset& start, std::uint64_t seed);
  static std::size_t Room(const Dataset& start);

  // The next change of that state, which the earlier ones led to.
  Mutation Next(const Dataset& now);

 private:
  std::uint32_t AnySlot(const Dataset& now);
  Mutation Create(const Dataset& now);
  Mutation Delete(const Dataset& now);
  Mutation Change(Mutation::Kind kind, const Dataset& now);

  Random random_;
  std::uint64_t number_ = 0;  // of the change, from 1
  std::int64_t clock_ = 0;    // a second a change
  std::size_t least_ = 0, most_ = 0, alive_ = 0;
  std::vector<std::uint32_t> free_, progressing_;
};

// The changes a second of "5/s", "0.5/s" or "5". The Error says what is wrong with the text.
Result<double> ParseChurn(const std::string& text);

}  // namespace assay
