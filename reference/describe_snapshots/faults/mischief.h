#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

#include "reference/describe_snapshots/faults/fault.h"

namespace assay {

// The faults that one server commits, and what they remember. Safe to use from several threads.
class Mischief {
 public:
  explicit Mischief(std::vector<const Fault*> faults) : faults_(std::move(faults)) {}

  bool none() const { return faults_.empty(); }
  // True where a forged signature goes unnoticed.
  bool IsBlindTo(Forgery forgery) const {
    return std::ranges::any_of(faults_, [forgery](const Fault* fault) {
      return forgery != Forgery::kNone && fault->blind == forgery;
    });
  }
  void TurnAway(std::string& code, std::string& message) const {
    for (const Fault* fault : faults_) {
      if (fault->turned_away) fault->turned_away(code, message);
    }
  }
  FaultMemory& memory() { return memory_; }

  // Lets every fault that has such a change, and is not limited to other requests, make it.
  template <typename Hook, typename... What>
  void Apply(Hook Fault::*hook, const Scene& scene, What&... what) const {
    for (const Fault* fault : faults_) {
      if (fault->*hook && (!fault->when || fault->when(scene))) (fault->*hook)(scene, what...);
    }
  }
  template <typename Hook>
  bool Has(Hook Fault::*hook) const {
    return std::ranges::any_of(faults_, [hook](const Fault* f) { return bool(f->*hook); });
  }
  // Whether the snapshot is listed.
  bool Selects(const Scene& scene, const Snapshot& snapshot, bool right) const {
    for (const Fault* fault : faults_) {
      if (fault->select && (!fault->when || fault->when(scene))) {
        right = fault->select(scene, snapshot, right);
      }
    }
    return right;
  }

  std::atomic<std::uint64_t> requests = 0;  // that came in
  std::atomic<int> at_work = 0;             // requests that are being answered

 private:
  std::vector<const Fault*> faults_;
  FaultMemory memory_;
};

}  // namespace assay
