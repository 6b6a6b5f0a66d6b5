#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace assay {

// What a worker of a campaign leaves, in memory that it shares with the process it was forked from:
// it outlives a worker that the emulator within it ends. The worker writes, the other reads once it
// ended.
class WorkerTrace {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{1} << 20;  // of a request that are kept

  WorkerTrace();
  ~WorkerTrace();
  WorkerTrace(const WorkerTrace&) = delete;
  WorkerTrace& operator=(const WorkerTrace&) = delete;

  // Its campaign has a journal.
  void Begin();
  bool HasBegun() const;

  // Around each call of the emulator.
  void BeginCall(std::string_view request);
  void EndCall();
  void GiveUpCall();  // it does not return in time
  // Odd while a call lasts: it grows by one with each beginning and end.
  std::uint64_t Calls() const;
  bool IsCalling() const { return Calls() % 2 == 1; }
  bool HasGivenUp() const;
  std::string LastRequest() const;  // of the call that lasts, or of the last one

  // Notes fatal signals from now on, before what handled them until now does so. If that does not
  // end the process within so many seconds, SIGALRM does: after damage to the heap a handler may
  // wait for a lock for ever. Stays in force until the process ends; so must the trace.
  void NoteFatalSignals(unsigned patience_s);
  int Signal() const;  // that came; 0 if none did, or none that could be noted

 private:
  struct Shared;
  Shared* const shared_;
};

}  // namespace assay
