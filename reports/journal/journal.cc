#include "reports/journal/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace assay {
namespace {

Error FileError(const std::string& where, const std::string& failed, int number) {
  return Error{where, failed + ": " + std::strerror(number) +
                          "; choose a folder that can be written with --out DIR"};
}

Done MakeFolder(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (!error && !std::filesystem::is_directory(directory)) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (error)
    return FileError(directory, "the folder for the reports cannot be made", error.value());
  return Ok();
}

Done KeepPrevious(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, error))) return Ok();
  std::filesystem::rename(path, path + ".previous", error);
  if (error) return FileError(path, "the earlier journal cannot be kept", error.value());
  return Ok();
}

// Drops what is not whole at the end of a journal, and tells what it holds.
Result<std::map<std::uint64_t, std::uint64_t>> Continue(const std::string& path) {
  std::map<std::uint64_t, std::uint64_t> requests;
  const auto note = [&](RecordedExchange& recorded) {
    requests[recorded.exchange.id] = RequestDigest(recorded.exchange.request);
  };
  Result<LineReader> reader = LineReader::Open(path);
  if (!reader) return reader.error();
  if (!reader->framed()) {
    return Error{path, "a journal of an earlier version cannot be continued; start the run anew"};
  }
  for (std::string line; reader->Next(&line);) continue;
  if (truncate(path.c_str(), static_cast<off_t>(reader->whole_bytes())) != 0) {
    return FileError(path, "the journal cannot be cut", errno);
  }
  if (const auto read = ReadJournal(path, note); !read) return read.error();
  return requests;
}

Result<int> OpenFile(const std::string& path, bool resume) {
  if (!resume) {
    const std::string plain =
        (std::filesystem::path(path).parent_path() / kPlainJournalName).string();
    for (const std::string& earlier : {path, plain}) {
      if (Done kept = KeepPrevious(earlier); !kept) return kept.error();
    }
  }
  const int flags = O_WRONLY | O_APPEND | O_CLOEXEC | (resume ? 0 : O_CREAT | O_EXCL);
  const int file = open(path.c_str(), flags, 0644);
  if (file < 0) return FileError(path, "the journal cannot be written", errno);
  return file;
}

bool IsFailing(const ExchangeRecord& exchange) {
  return exchange.verdict == ExchangeVerdict::kViolation ||
         exchange.verdict == ExchangeVerdict::kWarning;
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::Open(const std::string& out_dir,
                                               const JournalOptions& options) {
  const std::string directory = out_dir.empty() ? "." : out_dir;
  if (Done made = MakeFolder(directory); !made) return made.error();
  std::string path = (std::filesystem::path(directory) / kJournalName).string();
  std::map<std::uint64_t, std::uint64_t> earlier;
  if (options.resume) {
    auto continued = Continue(path);
    if (!continued) return continued.error();
    earlier = std::move(*continued);
  }
  const Result<int> file = OpenFile(path, options.resume);
  if (!file) return file.error();
  auto journal = std::unique_ptr<Journal>(new Journal(std::move(path), *file, options));
  journal->earlier_ = std::move(earlier);
  return journal;
}

Journal::Journal(std::string path, int file, const JournalOptions& options)
    : path_(std::move(path)), file_(file), options_(options) {
  flusher_ = std::thread([this] { FlushRegularly(); });
}

Journal::~Journal() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  closing_changed_.notify_all();
  flusher_.join();
  Write();
  close(file_);
}

void Journal::Begin(const RunHeader& header) {
  const std::lock_guard lock(mutex_);
  Append(HeaderLine(header));
  Write();
}

void Journal::Add(const ExchangeRecord& exchange) {
  const std::lock_guard lock(mutex_);
  if (!status_ || IsWritten(exchange)) return;
  if (options_.keep != Keep::kAll && frames_.written() > options_.line_budget) {
    ++lines_left_out_;
    return;
  }
  const std::size_t limit = BodyLimit(exchange);
  if (limit == 0 && !exchange.body.empty()) ++bodies_left_out_;
  AppendExchangeLine(exchange, limit, &buffer_, &written_bodies_);
  if (buffer_.size() >= options_.buffer_bytes) Write();
}

void Journal::Add(const Finding& finding) {
  const std::lock_guard lock(mutex_);
  Append(FindingLine(finding));
}

void Journal::AddSighting(const Finding& finding) {
  const std::lock_guard lock(mutex_);
  Append(SightingLine(finding));
}

void Journal::End(const RunTrailer& trailer) {
  const std::lock_guard lock(mutex_);
  if (bodies_left_out_ + lines_left_out_ > 0) {
    Append(fmt::format("{{\"type\":\"kept\",\"bodies_left_out\":{},\"exchanges_left_out\":{}}}\n",
                       bodies_left_out_, lines_left_out_));
  }
  Append(TrailerLine(trailer));
  Write();
}

Done Journal::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void Journal::Append(const std::string& line) {
  buffer_.append(line.data(), line.data() + line.size());
  if (buffer_.size() >= options_.buffer_bytes) Write();
}

void Journal::Write() {
  if (status_) {
    if (const int number = frames_.Write(file_, {buffer_.data(), buffer_.size()})) {
      status_ = Error{path_, std::string("writing the journal failed: ") + std::strerror(number) +
                                 "; the record of this run is incomplete"};
    }
  }
  buffer_.clear();
}

void Journal::FlushRegularly() {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    closing_changed_.wait_for(lock, options_.flush_interval);
    Write();
  }
}

// Whether a resumed run sent this, and had it judged, before it was stopped.
bool Journal::IsWritten(const ExchangeRecord& exchange) const {
  const auto at = earlier_.find(exchange.id);
  return at != earlier_.end() && at->second == RequestDigest(exchange.request);
}

// Of a failing exchange: whether few that break the same rules have their bodies kept.
bool Journal::IsEvidence(const ExchangeRecord& exchange) {
  if (!IsFailing(exchange)) return false;
  bool rare = false;
  for (const std::string& rule : exchange.rules) {
    rare |= ++bodies_of_rule_[rule] <= options_.bodies_a_rule;
  }
  return rare;
}

std::size_t Journal::BodyLimit(const ExchangeRecord& exchange) {
  if (options_.keep == Keep::kNone) return 0;
  if (options_.keep == Keep::kAll) return std::max(exchange.body.size(), options_.body_limit);
  const bool evidence = IsEvidence(exchange);
  const std::uint64_t written = frames_.written();
  if (written > (evidence ? options_.failing_body_budget : options_.body_budget)) return 0;
  return IsFailing(exchange) ? options_.failing_body_limit : options_.body_limit;
}

}  // namespace assay
