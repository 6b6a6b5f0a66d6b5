#pragma once

#include <chrono>
#include <cstdint>

#include "reference/session/passing_failures.h"
#include "reference/target/stop_sign.h"

namespace assay {

class SetAside;
class WatchedTarget;

struct SessionOptions {
  bool keep_bodies = true;  // the journal holds the bodies of conforming answers too
  int tries = 3;            // of a request that is answered 5xx, or breaks off
  // Requests in a row that broke off at every try, and tries without any answer, after which no
  // request is sent any more if none was answered before. The target counts as lost if nothing
  // came.
  int lost_after = 8;
  std::chrono::milliseconds timeout{
      10'000};  // of the target: a shorter one would say nothing about it
  // After so many, no request is sent any more; what is under way stays unanswered. 0: no bound.
  std::uint64_t most_requests = 0;
  // The same after so many were sent again, for whatever reason. 0: no bound.
  std::uint64_t most_retries = 0;
  std::uint64_t exchanges_before = 0;  // of earlier sessions of the run: ids go on from there
  bool finds_exchanged = true;         // answers that came to each other's requests
  bool diagnose = true;                // name the faults that answer as the target does
  int reduction_requests = 100;  // at most, to make one finding small, or to see it again; 0: none
  bool knows_state = true;       // false: only what is wrong with any state counts
  Tolerance tolerance = {};      // of failures that pass
  const StopSign* stop = nullptr;  // ends the session early
  SetAside* set_aside = nullptr;   // what is found again is only counted
  // The session's target, if its state may move while it is asked.
  WatchedTarget* watched = nullptr;
};

}  // namespace assay
