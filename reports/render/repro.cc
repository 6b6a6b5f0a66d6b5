#include "reports/render/repro.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "reports/journal/journal_lines.h"
#include "reports/render/curl.h"
#include "reports/render/overview.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/record/raw_message.h"
#include "spec/record/token_trail.h"
#include "spec/text/count.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// Bytes of bodies in all files together; those beyond are left out and marked as cut.
constexpr std::size_t kRoomForBodies = 8 * 1024 * 1024;

constexpr std::string_view kMark = "# Written by assay report; replaced by the next report.";

Error WriteError(const std::string& path, const std::string& reason) {
  return Error{path, "the file cannot be written: " + reason +
                         "; choose a folder that can be written, with room for it"};
}

std::string Comment(std::string_view name, std::string_view text) {
  return fmt::format("# {:<9} {}\n", name, TerminalText(HideSecrets(text)));
}

// What the curl line alone cannot show, and what can.
std::string Caution(const RecordedRun& run, const Finding& finding) {
  const bool several = !finding.before.empty();
  std::string text = fmt::format("# Sends the smallest {} that fail{}, unsigned",
                                 several ? "requests" : "request", several ? "" : "s");
  const Forgery forgery = finding.request.forgery;
  if (forgery != Forgery::kNone && forgery != Forgery::kUnsigned) {
    text += fmt::format(
        ". The finding is about a signature that is forged\n# ({}), which curl cannot make: use "
        "--judge, with the key in the environment.\n",
        NameOf(forgery));
  } else {
    text += ": a target that checks signatures\n# refuses it.";
    text += finding.evidence.size() > 1 && finding.before.empty()
                ? " If several answers are compared, it shows only one of them.\n"
                : "\n";
  }
  text += "# With --judge, assay sends and judges what was recorded";
  const bool was_signed = ReplayFlags(run).find(" --signature ") != std::string::npos;
  return text + (was_signed ? ", signed (ALIBABA_CLOUD_ACCESS_KEY_ID and\n"
                              "# ALIBABA_CLOUD_ACCESS_KEY_SECRET name the key).\n"
                            : ".\n");
}

bool IsOurs(const fs::path& script) {
  std::ifstream file(script);
  std::string line;
  return std::getline(file, line) && std::getline(file, line) && line == kMark;
}

void RemoveEarlier(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> scripts;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".sh" && IsOurs(entry.path())) scripts.push_back(entry.path());
  }
  for (fs::path& script : scripts) {
    fs::remove(script, error);
    fs::remove(script.replace_extension(".ndjson"), error);
  }
}

// Why one of its two files could not be written, or "".
std::string WriteRepro(const RecordedRun& run, const Finding& finding, const fs::path& directory,
                       std::size_t* room) {
  const fs::path script = directory / (ReproName(finding) + ".sh");
  const std::string journal = fs::path(script).replace_extension(".ndjson").string();
  std::string why = WhyNotWritten(journal, ReproJournal(run, finding, room));
  if (why.empty()) why = WhyNotWritten(script.string(), ReproScript(run, finding));
  std::error_code error;
  if (!why.empty()) {
    fs::remove(journal, error);  // a script without it could not judge
    return why;
  }
  fs::permissions(script, fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                  fs::perm_options::add, error);
  return error ? error.message() : "";
}

}  // namespace

std::string ReproScript(const RecordedRun& run, const Finding& finding) {
  std::string text = "#!/usr/bin/env bash\n" + std::string(kMark) + "\n";
  text += Comment("finding", finding.id);
  text += Comment("rule", finding.rule);
  text += Comment("says", finding.statement);
  text += Comment("expected", finding.expected);
  text += Comment("actual", finding.actual);
  if (RawMessageOf(finding.request)) {
    return text +
           "# Sends the smallest message that fails, unsigned. Needs nc of netcat-openbsd.\nset "
           "-eu\n" +
           CurlScript(finding, run.header);
  }
  text += Caution(run, finding);
  text +=
      "set -eu\n"
      "if [ \"${1-}\" = --judge ]; then\n"
      "  exec \"${ASSAY:-assay}\" replay \"$(dirname \"$0\")/\"" +
      ShellQuote(ReproName(finding) + ".ndjson") + ReplayFlags(run) + "\nfi\n";
  return text + CurlScript(finding, run.header);
}

std::string ReproJournal(const RecordedRun& run, const Finding& finding, std::size_t* room) {
  TokenTrail trail;
  for (const auto& [exchange, body_bytes, body_cut] : run.evidence) {
    trail.Add(exchange.id, exchange.request, exchange.next_token);
  }
  const std::set<std::uint64_t> wanted =
      trail.Complete({finding.evidence.begin(), finding.evidence.end()});
  fmt::memory_buffer exchanges;
  for (const RecordedExchange& recorded : run.evidence) {
    if (wanted.count(recorded.exchange.id) == 0) continue;
    std::size_t kept = recorded.exchange.body.size();
    if (room != nullptr) {
      if (kept > *room) kept = 0;
      *room -= kept;
    }
    // A body that the journal has cut stays marked as cut.
    if (recorded.body_cut) {
      ExchangeRecord cut = recorded.exchange;
      cut.body += ' ';
      AppendExchangeLine(cut, kept, &exchanges);
    } else {
      AppendExchangeLine(recorded.exchange, kept, &exchanges);
    }
  }
  return HeaderLine(run.header) + fmt::to_string(exchanges) + FindingLine(finding);
}

Done WriteRepros(const RecordedRun& run, const std::string& out_dir) {
  const fs::path directory = fs::path(out_dir) / "repro";
  RemoveEarlier(directory);
  if (run.findings.empty()) return Ok();
  std::error_code error;
  fs::create_directories(directory, error);
  std::size_t room = kRoomForBodies, missing = 0;
  std::string why = error ? error.message() : "";
  for (const Finding& finding : run.findings) {
    const std::string failed = WriteRepro(run, finding, directory, &room);
    if (failed.empty()) continue;
    ++missing;
    if (why.empty()) why = failed;
  }
  if (missing == 0) return Ok();
  return Error{fmt::format("repro of {} of {}", missing, CountText(run.findings.size(), "finding")),
               why};
}

std::string WhyNotWritten(const std::string& path, const std::string& text) {
  const std::string draft = path + ".draft";
  errno = 0;
  std::ofstream file(draft, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  std::error_code error;
  if (!file) {
    const int why = errno;
    fs::remove(draft, error);
    return std::strerror(why);
  }
  fs::rename(draft, path, error);
  if (!error) return "";
  std::error_code ignored;
  fs::remove(draft, ignored);
  return error.message();
}

Done WriteWholeFile(const std::string& path, const std::string& text) {
  const std::string why = WhyNotWritten(path, text);
  if (why.empty()) return Ok();
  return WriteError(path, why);
}

}  // namespace assay
