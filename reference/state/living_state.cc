#include "reference/state/living_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "spec/text/time.h"

namespace assay {
namespace {

// Requests hold a version for milliseconds. Whoever holds one longer costs a copy of the state.
constexpr int kSparePatience = 200;
constexpr std::chrono::milliseconds kSpareNap(1);

void TakeOut(Dataset& dataset, std::uint32_t slot) {
  const Snapshot& old = dataset.snapshots[slot];
  if (IsFree(old)) return;
  auto& region = dataset.by_region[old[Field::kRegionId]];
  const auto at = std::ranges::lower_bound(region, slot);
  if (at != region.end() && *at == slot) region.erase(at);
  dataset.by_id.erase(old[Field::kSnapshotId]);
}

// The keys of the indexes are views: of ids in their slots, of regions in `Dataset::regions`.
void PutIn(Dataset& dataset, std::uint32_t slot) {
  const Snapshot& snapshot = dataset.snapshots[slot];
  if (IsFree(snapshot)) return;
  dataset.by_id.emplace(snapshot[Field::kSnapshotId], slot);
  auto& region = dataset.by_region[snapshot[Field::kRegionId]];
  region.insert(std::ranges::lower_bound(region, slot), slot);
}

void ApplyTo(Dataset& dataset, const Mutation& mutation) {
  if (mutation.slot == dataset.snapshots.size()) dataset.snapshots.emplace_back();
  TakeOut(dataset, mutation.slot);
  dataset.snapshots[mutation.slot] = mutation.snapshot;
  PutIn(dataset, mutation.slot);
}

// `capacity` snapshots fit in without moving the others, which the indexes point into.
std::shared_ptr<Dataset> CopyOf(const Dataset& dataset, std::size_t capacity) {
  auto out = std::make_shared<Dataset>();
  out->regions = dataset.regions;
  out->default_resource_group = dataset.default_resource_group;
  out->snapshot_links = dataset.snapshot_links;
  out->snapshots.reserve(capacity);
  out->snapshots = dataset.snapshots;
  for (const std::string& region : out->regions) out->by_region.try_emplace(region);
  out->by_id.reserve(capacity);
  for (std::uint32_t slot = 0; slot < out->snapshots.size(); ++slot) PutIn(*out, slot);
  return out;
}

void Unset(Snapshot& snapshot, Field field) {
  snapshot.text[static_cast<std::size_t>(field)].clear();
  snapshot.present &= ~(1U << static_cast<unsigned>(field));
}

}  // namespace

std::string_view NameOf(Mutation::Kind kind) {
  constexpr std::array<std::string_view, 6> kNames = {"create", "delete", "rename",
                                                      "tag",    "untag",  "complete"};
  return kNames[static_cast<std::size_t>(kind)];
}

LivingState::LivingState(const Dataset& dataset)
    : moves_(false), fixed_(std::shared_ptr<const Dataset>(), &dataset) {}

LivingState::LivingState(const Dataset& start, std::size_t room)
    : moves_(true),
      capacity_(start.snapshots.size() + room),
      current_(CopyOf(start, capacity_)),
      spare_(CopyOf(start, capacity_)) {}

std::shared_ptr<const Dataset> LivingState::Now() const {
  if (!moves_) return fixed_;  // it has no owner count: a copy is as cheap as a pointer
  const std::scoped_lock lock(mutex_);
  return current_;
}

// Nobody can get hold of the spare one any more, so once it is free it stays free.
std::shared_ptr<Dataset> LivingState::TakeSpare(const Dataset& current) {
  for (int i = 0; i < kSparePatience && spare_.use_count() > 1; ++i) {
    std::this_thread::sleep_for(kSpareNap);
  }
  if (spare_.use_count() > 1) return CopyOf(current, capacity_);
  std::atomic_thread_fence(std::memory_order_acquire);  // what its last reader did is over
  // The thread sanitizer knows no fences, but it sees the count change.
  [[maybe_unused]] const std::shared_ptr<Dataset> seen = spare_;
  if (std::exchange(spare_lacks_last_, false)) ApplyTo(*spare_, last_);
  return std::move(spare_);
}

void LivingState::Apply(const Mutation& mutation) {
  std::shared_ptr<Dataset> next = TakeSpare(*current_);
  ApplyTo(*next, mutation);
  const std::scoped_lock lock(mutex_);
  spare_ = std::exchange(current_, std::move(next));
  last_ = mutation;
  spare_lacks_last_ = true;
}

std::size_t Churn::Room(const Dataset& start) {
  return std::max<std::size_t>(16, start.snapshots.size() / 4);
}

Churn::Churn(const Dataset& start, std::uint64_t seed)
    : random_(seed),
      least_((start.snapshots.size() + 1) / 2),
      most_(start.snapshots.size() + Room(start)),
      alive_(start.snapshots.size()) {
  for (std::uint32_t slot = 0; slot < start.snapshots.size(); ++slot) {
    const Snapshot& snapshot = start.snapshots[slot];
    std::int64_t modified = 0;
    if (ParseTime(snapshot[Field::kLastModifiedTime], &modified)) {
      clock_ = std::max(clock_, modified);
    }
    clock_ = std::max(clock_, snapshot.creation_time);
    if (snapshot[Field::kStatus] == "progressing") progressing_.push_back(slot);
  }
}

// At least one in three slots holds a snapshot.
std::uint32_t Churn::AnySlot(const Dataset& now) {
  for (int tries = 0;;) {
    const auto slot = static_cast<std::uint32_t>(random_.Below(now.snapshots.size()));
    const Snapshot& snapshot = now.snapshots[slot];
    if (IsFree(snapshot)) continue;
    const bool of_crowd = now.In(snapshot[Field::kRegionId]).size() > kCrowd;
    if (!of_crowd || ++tries > 3) return slot;
  }
}

Mutation Churn::Next(const Dataset& now) {
  using Kind = Mutation::Kind;
  ++number_;
  ++clock_;
  constexpr std::array<Kind, 10> kMix = {
      Kind::kCreate, Kind::kCreate, Kind::kCreate, Kind::kDelete,   Kind::kDelete,
      Kind::kRename, Kind::kTag,    Kind::kUntag,  Kind::kComplete, Kind::kComplete};
  Kind kind = kMix[random_.Below(kMix.size())];
  if (kind == Kind::kComplete && progressing_.empty()) kind = Kind::kRename;
  if (kind == Kind::kCreate && alive_ >= most_) kind = Kind::kDelete;
  if (kind == Kind::kDelete && alive_ <= least_) kind = Kind::kCreate;
  if (kind == Kind::kCreate) return Create(now);
  return kind == Kind::kDelete ? Delete(now) : Change(kind, now);
}

// One more snapshot of a disk that has some.
Mutation Churn::Create(const Dataset& now) {
  Snapshot snapshot = now.snapshots[AnySlot(now)];
  for (const Field unset :
       {Field::kDescription, Field::kRetentionDays, Field::kProductCode, Field::kSourceSnapshotId,
        Field::kSourceRegionId, Field::kInstantAccessRetentionDays}) {
    Unset(snapshot, unset);
  }
  std::string id;
  do {
    id = fmt::format("s-bp{:016x}", random_.Number());
  } while (now.by_id.contains(id));
  const std::string time = FormatTime(clock_);
  snapshot.Set(Field::kSnapshotId, std::move(id));
  snapshot.Set(Field::kSnapshotName, fmt::format("created-{}", number_));
  snapshot.Set(Field::kStatus, "progressing");
  snapshot.Set(Field::kProgress, fmt::format("{}%", random_.Below(100)));
  snapshot.Set(Field::kRemainTime, std::to_string(1 + random_.Below(600)));
  snapshot.Set(Field::kAvailable, "false");
  snapshot.Set(Field::kUsage, "none");
  snapshot.Set(Field::kSnapshotType, "user");
  snapshot.Set(Field::kCreationTime, time);
  snapshot.Set(Field::kLastModifiedTime, time);
  snapshot.creation_time = clock_;
  if (snapshot.Has(Field::kSnapshotSN)) {
    snapshot.Set(Field::kSnapshotSN, fmt::format("churn-{}", number_));
  }
  snapshot.tags.clear();
  std::uint32_t slot = static_cast<std::uint32_t>(now.snapshots.size());
  if (!free_.empty()) {
    slot = free_.back();
    free_.pop_back();
  }
  progressing_.push_back(slot);
  ++alive_;
  return {Mutation::Kind::kCreate, slot, std::move(snapshot)};
}

Mutation Churn::Delete(const Dataset& now) {
  const std::uint32_t slot = AnySlot(now);
  free_.push_back(slot);
  std::erase(progressing_, slot);
  --alive_;
  return {Mutation::Kind::kDelete, slot, {}};
}

Mutation Churn::Change(Mutation::Kind kind, const Dataset& now) {
  using Kind = Mutation::Kind;
  std::uint32_t slot = AnySlot(now);
  if (kind == Kind::kComplete) {
    const std::size_t which = random_.Below(progressing_.size());
    slot = progressing_[which];
    progressing_.erase(progressing_.begin() + static_cast<std::ptrdiff_t>(which));
  }
  Snapshot snapshot = now.snapshots[slot];
  if (kind == Kind::kUntag && snapshot.tags.empty()) kind = Kind::kTag;
  if (kind == Kind::kTag && snapshot.tags.size() >= 20) kind = Kind::kUntag;
  switch (kind) {
    case Kind::kComplete:
      snapshot.Set(Field::kStatus, "accomplished");
      snapshot.Set(Field::kProgress, "100%");
      snapshot.Set(Field::kAvailable, "true");
      Unset(snapshot, Field::kRemainTime);
      break;
    case Kind::kTag:
      snapshot.tags.push_back(
          {fmt::format("churn-{}", number_), fmt::format("{}", random_.Below(3))});
      break;
    case Kind::kUntag:
      snapshot.tags.erase(snapshot.tags.begin() +
                          static_cast<std::ptrdiff_t>(random_.Below(snapshot.tags.size())));
      break;
    default:
      snapshot.Set(Field::kSnapshotName, fmt::format("renamed-{}", number_));
  }
  snapshot.Set(Field::kLastModifiedTime, FormatTime(clock_));
  return {kind, slot, std::move(snapshot)};
}

Result<double> ParseChurn(const std::string& text) {
  std::string number = text;
  if (number.ends_with("/s")) number.resize(number.size() - 2);
  // By strtod, since from_chars of libc++ reads no such numbers before its release 20.
  char* end = nullptr;
  const bool plain = number.find_first_not_of("0123456789.") == number.npos;
  const double rate = plain ? std::strtod(number.c_str(), &end) : 0;
  if (rate > 0 && rate <= 10'000 && *end == '\0') return rate;
  return Error{
      "--churn " + text,
      "is not a number of changes a second above 0 and up to 10000; write it as 5/s or 0.5/s"};
}

}  // namespace assay
