#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "conformance/run/run.h"
#include "reports/journal/journal.h"
#include "spec/text/test_folder_for_test.h"

namespace assay {

// For tests: the lines of the journal in that folder.
inline std::string JournalText(const std::filesystem::path& folder) {
  std::string out;
  Result<LineReader> reader = LineReader::Open((folder / kJournalName).string());
  if (!reader) return out;
  for (std::string line; reader->Next(&line);) out += line + "\n";
  return out;
}

// For tests: puts lines in the place of that journal, as earlier versions wrote them.
inline void ReplaceJournal(const std::filesystem::path& folder, const std::string& text) {
  std::filesystem::remove(folder / kJournalName);
  std::ofstream(folder / kPlainJournalName, std::ios::trunc) << text;
}

// For tests: how a run ended.
struct EndedRun {
  int code = -1;
  std::string output;
  std::string errors;
  nlohmann::json report;  // report.json; discarded without one
};

// For tests: sets variables, given as "NAME=VALUE NAME=VALUE", and unsets those by which
// GoogleTest's shards of the tests themselves would shard the run. Undoes it at the end.
class ScopedEnvironment {
 public:
  explicit ScopedEnvironment(const std::string& assignments) {
    for (const char* name : {"GTEST_TOTAL_SHARDS", "GTEST_SHARD_INDEX"}) Set(name, nullptr);
    Set("NO_COLOR", "1");
    std::istringstream words(assignments);
    for (std::string word; words >> word;) {
      const std::size_t equals = word.find('=');
      Set(word.substr(0, equals), word.c_str() + equals + 1);
    }
  }
  ScopedEnvironment(const ScopedEnvironment&) = delete;
  ScopedEnvironment& operator=(const ScopedEnvironment&) = delete;
  ~ScopedEnvironment() {
    for (auto old = olds_.rbegin(); old != olds_.rend(); ++old) {
      Put(old->first, old->second ? old->second->c_str() : nullptr);
    }
  }

 private:
  void Set(const std::string& name, const char* value) {
    const char* old = std::getenv(name.c_str());
    olds_.emplace_back(name, old ? std::optional<std::string>(old) : std::nullopt);
    Put(name, value);
  }
  static void Put(const std::string& name, const char* value) {
    value ? setenv(name.c_str(), value, 1) : unsetenv(name.c_str());
  }

  std::vector<std::pair<std::string, std::optional<std::string>>> olds_;
};

// For tests: what a stream is given while this lives.
class CapturedStream {
 public:
  explicit CapturedStream(std::ostream& stream)
      : stream_(stream), buffer_(stream.rdbuf(captured_.rdbuf())) {}
  CapturedStream(const CapturedStream&) = delete;
  CapturedStream& operator=(const CapturedStream&) = delete;
  ~CapturedStream() { stream_.rdbuf(buffer_); }
  std::string text() const { return captured_.str(); }

 private:
  std::ostringstream captured_;
  std::ostream& stream_;
  std::streambuf* buffer_;
};

// For tests: `assay run` with arguments as one writes them in a shell. Its reports go to "report"
// in the folder, which is emptied first unless `keep`.
inline EndedRun RunAssay(const TestFolder& folder, const std::string& arguments,
                         const std::string& environment = "", bool keep = false) {
  const std::filesystem::path out = folder / "report";
  if (!keep) std::filesystem::remove_all(out);
  const ScopedEnvironment scoped(environment);
  const CapturedStream output(std::cout);
  const CapturedStream errors(std::cerr);
  CLI::App app;
  EndedRun ended;
  AddRunCommand(app, &ended.code, {});
  try {
    const bool says = arguments.find("--progress") != std::string::npos;
    app.parse(
        fmt::format("run --out '{}' {} {}", out.string(), says ? "" : "--progress off", arguments));
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    ended.code = static_cast<int>(ExitCode::kBadUsage);
  }
  ended.output = output.text();
  ended.errors = errors.text();
  ended.report = nlohmann::json::parse(ReadText(out / "report.json"), nullptr, false);
  return ended;
}

}  // namespace assay
