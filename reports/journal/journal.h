#pragma once

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "reports/journal/journal_file.h"
#include "reports/journal/journal_lines.h"
#include "spec/record/record.h"
#include "spec/text/enum_names.h"
#include "spec/text/result.h"

namespace assay {

// The name of the journal in a run's folder, and the one that it had before it was compressed.
inline constexpr const char* kJournalName = "journal.ndjson.zst";
inline constexpr const char* kPlainJournalName = "journal.ndjson";

// Which bodies a journal holds: all; as many as keep it small, those of failing exchanges first; or
// none.
enum class Keep { kAll, kEvidence, kNone };
template <>
inline constexpr std::array<std::string_view, 3> kNamesOf<Keep> = {"all", "evidence", "none"};

struct JournalOptions {
  Keep keep = Keep::kEvidence;
  // Longer bodies are cut: of conforming and of failing exchanges. A page of 100 snapshots is not.
  std::size_t body_limit = 256 * 1024;
  std::size_t failing_body_limit = 2 * 1024 * 1024;
  // Once the journal is so large, the bodies of conforming exchanges are left out; then those of
  // failing ones; then whole exchanges. Unless all is to be kept. What is left out is counted.
  std::uint64_t body_budget = 7 * 1024 * 1024;
  std::uint64_t failing_body_budget = 30 * 1024 * 1024;
  std::uint64_t line_budget = 42 * 1024 * 1024;
  // Beyond `body_budget`, so many bodies are kept of the exchanges that break one rule.
  int bodies_a_rule = 40;
  std::size_t buffer_bytes = 1024 * 1024;  // a frame
  std::chrono::milliseconds flush_interval{500};
  // Continues the journal of the folder, after dropping what is not whole. Exchanges that it holds
  // are not written again.
  bool resume = false;
};

// Writes a run's record, OUT/journal.ndjson.zst (design, section 4). Header and trailer are written
// at once, all else when a frame is full or the interval over, so that a killed run leaves whole
// frames, the last perhaps excepted. Any thread may call it.
class Journal final : public Recorder {
 public:
  // Makes the folder if needed. An existing journal is kept with `.previous` behind its name
  // (replacing an earlier one of that name). The error names the folder or file.
  static Result<std::unique_ptr<Journal>> Open(const std::string& out_dir,
                                               const JournalOptions& options = {});
  ~Journal() override;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  void Begin(const RunHeader& header) override;
  void Add(const ExchangeRecord& exchange) override;
  void Add(const Finding& finding) override;
  void AddSighting(const Finding& finding) override;
  void End(const RunTrailer& trailer) override;

  // The first error of writing (disk full, …). Nothing is written after it.
  Done status() const;
  const std::string& path() const { return path_; }

 private:
  Journal(std::string path, int file, const JournalOptions& options);
  void Append(const std::string& line);
  void Write();
  void FlushRegularly();
  std::size_t BodyLimit(const ExchangeRecord& exchange);
  bool IsEvidence(const ExchangeRecord& exchange);
  bool IsWritten(const ExchangeRecord& exchange) const;

  const std::string path_;
  const int file_;
  const JournalOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable closing_changed_;
  fmt::memory_buffer buffer_;
  FrameWriter frames_;
  WrittenBodies written_bodies_;
  std::map<std::string, int> bodies_of_rule_;
  std::uint64_t bodies_left_out_ = 0, lines_left_out_ = 0;
  std::map<std::uint64_t, std::uint64_t> earlier_;  // exchange and its request, of a resumed run
  Done status_ = Ok();
  bool closing_ = false;
  std::thread flusher_;
};

// An exchange as read back. If `body_cut`, the body is not the whole answer and can no longer be
// judged; `body_bytes` is the length that it had.
struct RecordedExchange {
  ExchangeRecord exchange;
  std::uint64_t body_bytes = 0;
  bool body_cut = false;
};

// What the exchanges of one test took.
struct TestTime {
  std::uint64_t exchanges = 0;
  double seconds = 0;  // from the last byte sent to the last byte received
};

// When a rule was seen broken for the first time.
struct FirstSight {
  std::uint64_t exchange = 0;
  std::string rule;
};

// One run as its journal tells it, or the shards of one run merged.
struct RecordedRun {
  std::string path;  // of the journal
  RunHeader header;
  std::vector<Finding> findings;  // one for each id; what was written last counts
  // If the run was killed: what its sightings say, the reason, and the exchanges counted.
  RunTrailer trailer;
  bool finished = false;  // the journal has a trailer
  bool cut = false;       // the last line was not whole, and left out
  std::uint64_t last_exchange = 0;
  std::vector<RecordedExchange> evidence;  // the exchanges of the findings; see LoadRun()
  std::map<std::string, TestTime> tests;   // by full name, or by rule in older journals
  std::vector<FirstSight> curve;           // in the order of the run
  std::vector<std::string> notes;          // what a reader of a report must know, one sentence each
};

// The value of an option that the run was given, "" if it was not.
std::string OptionOf(const RunHeader& header, std::string_view flag);

// Reads a journal; calls `visit`, if given, for each exchange in order (it may move from it). The
// error names file and line. Only a last line without newline may be broken.
Result<RecordedRun> ReadJournal(const std::string& path,
                                const std::function<void(RecordedExchange&)>& visit = {});

// Of a journal that its run still writes: what reads as the end of a killed run is what was judged
// so far.
void MarkAsGoingOn(RecordedRun* run);

// Reads a run's folder (or the journal's own path) and, for each finding, the exchanges of its
// evidence with those that gave the tokens they use: what shows the finding again.
Result<RecordedRun> LoadRun(const std::string& directory_or_journal);

// The folders worker-1, worker-2 … of a campaign that had several, each with a journal.
std::vector<std::string> WorkerFolders(const std::string& campaign);

}  // namespace assay
