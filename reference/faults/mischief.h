#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

#include "reference/faults/fault.h"

namespace assay {

// The faults that one server commits, and what they remember. Safe to use from several threads.
class Mischief {
 public:
  explicit Mischief(std::vector<const Fault*> faults) : faults_(std::move(faults)) {}

  bool none() const { return faults_.empty(); }
  // True if a forged signature goes unnoticed.
  bool IsBlindTo(Forgery forgery, bool in_headers) const {
    return std::ranges::any_of(faults_, [forgery, in_headers](const Fault* fault) {
      return forgery != Forgery::kNone && fault->blind == forgery &&
             !(fault->in_parameters && in_headers);
    });
  }
  void TurnAway(std::string& code, std::string& message) const {
    for (const Fault* fault : faults_) {
      if (fault->turned_away) fault->turned_away(code, message);
    }
  }
  FaultMemory& memory() { return memory_; }

  // Applies the change of every fault that has one at this stage and is not limited to other
  // requests.
  template <typename Hook, typename... What>
  void Apply(Hook Fault::*hook, const Scene& scene, What&... what) const {
    ApplyEach(hook, scene, [&](const Hook& change) { change(scene, what...); });
  }
  // The same, but `apply` gets each change.
  template <typename Hook>
  void ApplyEach(Hook Fault::*hook, const Scene& scene, const auto& apply) const {
    for (const Fault* fault : faults_) {
      if (fault->*hook && (!fault->when || fault->when(scene))) apply(fault->*hook);
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
