#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace assay {

// The request that a function of this process is answering, in memory that forked processes share:
// it outlives a worker that its emulator ends. One process writes, the others read once it ended.
class CallRecord {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{1} << 20;  // of a request that are kept

  CallRecord();
  ~CallRecord();
  CallRecord(const CallRecord&) = delete;
  CallRecord& operator=(const CallRecord&) = delete;

  void Begin(std::string_view request);
  void End();
  // It does not return in time.
  void GiveUp();

  // Odd while a call lasts: it grows by one with each beginning and end.
  std::uint64_t Count() const;
  bool IsOpen() const { return Count() % 2 == 1; }
  bool IsGivenUp() const;
  std::string Request() const;  // of the call that lasts, or of the last one
  int Signal() const;           // that ended the process; 0 if none did, or none that it could note

  // Notes fatal signals from now on, before what handled them until now does so. If that does not
  // end the process within so many seconds, SIGALRM does: after damage to the heap a handler may
  // wait for a lock for ever. Stays in force until the process ends; so must the record.
  void NoteFatalSignals(unsigned patience_s);

 private:
  struct Shared;
  Shared* const shared_;
};

}  // namespace assay
