#include "reports/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "reports/journal_lines.h"

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

// Where the last whole line of the file ends.
Result<off_t> EndOfLastLine(int file, const std::string& path) {
  off_t end = lseek(file, 0, SEEK_END);
  char block[4096];
  while (end > 0) {
    const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(sizeof block));
    const ssize_t got = pread(file, block, static_cast<std::size_t>(end - begin), begin);
    if (got != end - begin) return FileError(path, "the journal cannot be read", errno);
    const void* newline = memrchr(block, '\n', static_cast<std::size_t>(got));
    if (newline != nullptr) return begin + (static_cast<const char*>(newline) - block) + 1;
    end = begin;
  }
  return off_t{0};
}

Done DropCutLine(int file, const std::string& path) {
  const Result<off_t> end = EndOfLastLine(file, path);
  if (!end) return end.error();
  if (ftruncate(file, *end) != 0) return FileError(path, "the journal cannot be cut", errno);
  if (lseek(file, 0, SEEK_END) < 0) return FileError(path, "the journal has no end", errno);
  return Ok();
}

Result<int> OpenFile(const std::string& path, bool resume) {
  if (!resume) {
    if (Done kept = KeepPrevious(path); !kept) return kept.error();
  }
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | (resume ? 0 : O_EXCL);
  const int file = open(path.c_str(), flags, 0644);
  if (file < 0) return FileError(path, "the journal cannot be written", errno);
  if (Done dropped = DropCutLine(file, path); !dropped) {
    close(file);
    return dropped.error();
  }
  return file;
}

// 0, or the number of the error.
int WriteAll(int file, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = write(file, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return 0;
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::Open(const std::string& out_dir,
                                               const JournalOptions& options) {
  const std::string directory = out_dir.empty() ? "." : out_dir;
  if (Done made = MakeFolder(directory); !made) return made.error();
  std::string path = (std::filesystem::path(directory) / kJournalName).string();
  const Result<int> file = OpenFile(path, options.resume);
  if (!file) return file.error();
  return std::unique_ptr<Journal>(new Journal(std::move(path), *file, options));
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

void Journal::Begin(const RunHeader& header) { WriteAtOnce(HeaderLine(header)); }

void Journal::Add(const ExchangeRecord& exchange) {
  const std::lock_guard lock(mutex_);
  if (!status_) return;
  AppendExchangeLine(exchange, BodyLimit(exchange), &buffer_);
  if (buffer_.size() >= options_.buffer_bytes) Write();
}

void Journal::Add(const Finding& finding) { WriteAtOnce(FindingLine(finding)); }

void Journal::End(const RunTrailer& trailer) { WriteAtOnce(TrailerLine(trailer)); }

Done Journal::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void Journal::WriteAtOnce(const std::string& line) {
  const std::lock_guard lock(mutex_);
  buffer_.append(line.data(), line.data() + line.size());
  Write();
}

void Journal::Write() {
  if (status_) {
    if (const int number = WriteAll(file_, buffer_.data(), buffer_.size())) {
      status_ =
          Error{path_, std::string("the journal cannot be written on: ") + std::strerror(number) +
                           "; the record of this run is not complete"};
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

std::size_t Journal::BodyLimit(const ExchangeRecord& exchange) {
  if (exchange.verdict == "violation") return exchange.body.size();
  const std::size_t kept = std::min(exchange.body.size(), options_.body_limit);
  if (exchange.verdict == "conforms" && body_bytes_ + kept > options_.body_budget) return 0;
  body_bytes_ += kept;
  return options_.body_limit;
}

}  // namespace assay
