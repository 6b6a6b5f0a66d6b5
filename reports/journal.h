#pragma once

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "spec/record.h"
#include "spec/result.h"

namespace assay {

// The name of the journal in a run's folder.
inline constexpr const char* kJournalName = "journal.ndjson";

struct JournalOptions {
  // Longer bodies are cut, except those of violations. A page of 100 snapshots is not.
  std::size_t body_limit = 256 * 1024;
  // Once the bodies written come to this, those of conforming exchanges are left out (their
  // lines and `body_bytes` stay), so that a fast target cannot fill the disk.
  std::uint64_t body_budget = 256 * 1024 * 1024;
  std::size_t buffer_bytes = 64 * 1024;
  std::chrono::milliseconds flush_interval{1000};
  // Continues the journal that is there, after dropping a cut last line.
  bool resume = false;
};

// Writes a run's record, OUT/journal.ndjson (design, section 4). Findings, header and trailer are
// written at once, exchanges when the buffer is full or the interval over, so that a killed run
// leaves whole lines, the last perhaps excepted. Any thread may call it.
class Journal final : public Recorder {
 public:
  // Makes the folder where needed. A journal that is there is kept as journal.ndjson.previous
  // (replacing an earlier one of that name). The error names the folder or file.
  static Result<std::unique_ptr<Journal>> Open(const std::string& out_dir,
                                               const JournalOptions& options = {});
  ~Journal() override;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  void Begin(const RunHeader& header) override;
  void Add(const ExchangeRecord& exchange) override;
  void Add(const Finding& finding) override;
  void End(const RunTrailer& trailer) override;

  // The first error of writing (disk full, …). Nothing is written after it.
  Done status() const;
  const std::string& path() const { return path_; }

 private:
  Journal(std::string path, int file, const JournalOptions& options);
  void WriteAtOnce(const std::string& line);
  void Write();
  void FlushRegularly();
  std::size_t BodyLimit(const ExchangeRecord& exchange);

  const std::string path_;
  const int file_;
  const JournalOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable closing_changed_;
  fmt::memory_buffer buffer_;
  std::uint64_t body_bytes_ = 0;
  Done status_ = Ok();
  bool closing_ = false;
  std::thread flusher_;
};

// An exchange as read back. Where `body_cut`, the body is not the whole answer and can be judged
// no more; `body_bytes` is the length that it had.
struct RecordedExchange {
  ExchangeRecord exchange;
  std::uint64_t body_bytes = 0;
  bool body_cut = false;
};

// One run as its journal tells it, or the shards of one run merged.
struct RecordedRun {
  std::string path;  // of the journal
  RunHeader header;
  std::vector<Finding> findings;  // one for each id; what was written last counts
  // Where the run was killed: verdict "inconclusive", its reason, and the exchanges counted.
  RunTrailer trailer;
  bool finished = false;  // the journal has a trailer
  bool cut = false;       // the last line was not whole, and left out
  std::uint64_t last_exchange = 0;
  std::vector<RecordedExchange> evidence;  // the exchanges of the findings; see LoadRun()
  std::vector<std::string> notes;          // what a reader of a report must know, a sentence each
};

// Reads a journal; calls `visit`, where given, for each exchange in order (it may move from it).
// The error names file and line. Only a last line without newline may be broken.
Result<RecordedRun> ReadJournal(const std::string& path,
                                const std::function<void(RecordedExchange&)>& visit = {});

// Reads a run's folder (or the journal's own path) and, for each finding, the exchanges of its
// evidence with those that gave the tokens they use: what shows the finding again.
Result<RecordedRun> LoadRun(const std::string& directory_or_journal);

}  // namespace assay
