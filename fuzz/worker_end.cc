#include "fuzz/worker_end.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "reference/target/connection_options.h"
#include "spec/text/count.h"
#include "spec/text/secret_mask.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// What a sanitizer said in one line as it ended the process: "AddressSanitizer:
// heap-buffer-overflow server.cc:12 in Answer"; "" if none did.
std::string SaidBySanitizer(const std::string& log) {
  constexpr std::string_view kBegin = "SUMMARY: ";
  std::ifstream in(log);
  std::string said;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(kBegin) && line.find("Sanitizer: ") != std::string::npos)
      said = line.substr(kBegin.size(), line.find(" (BuildId") - kBegin.size());
  }
  return said;
}

// In a few words: "signal 11, Segmentation fault".
std::string Cause(const CampaignOptions& options, const Worker& worker) {
  if (worker.trace->HasGivenUp()) {
    return fmt::format("it did not answer within {:g} s (--timeout)", options.connection.timeout_s);
  }
  const std::string said = SaidBySanitizer(EngineLogOf(options, worker.number));
  if (!said.empty()) return said;
  int signal = worker.trace->Signal();
  if (signal == 0 && WIFSIGNALED(worker.status)) signal = WTERMSIG(worker.status);
  return signal == 0 ? "it called exit()" : fmt::format("signal {}, {}", signal, strsignal(signal));
}

// Where the request now is: "; it was answering the request in OUT/inputs/last-request-1.http".
std::string KeepRequest(const CampaignOptions& options, const Worker& worker) {
  const std::string file =
      fs::path(options.out) / "inputs" / fmt::format("last-request-{}.http", worker.number);
  std::string request = worker.trace->LastRequest();
  const auto target = MakeTargetOptions(options.connection, "http://127.0.0.1");
  if (target) target->mask.Hide(request);
  std::ofstream out(file, std::ios::binary);
  out << request << std::flush;
  if (!out) return fmt::format("; its last request cannot be written to {}", file);
  return fmt::format("; {} the request in {}",
                     worker.trace->IsCalling() ? "it was answering" : "that was after", file);
}

}  // namespace

std::string EngineLogOf(const CampaignOptions& options, int worker) {
  return fs::path(options.out) / fmt::format("engine-{}.log", worker);
}

WorkerEnd DescribeEnd(const CampaignOptions& options, const Worker& worker) {
  const std::string cause = Cause(options, worker);
  const std::string printed =
      fmt::format("; what was printed then is in {}", EngineLogOf(options, worker.number));
  const std::uint64_t calls = worker.trace->Calls();
  if (options.linked && calls > 0) {
    return {
        fmt::format("the emulator ended the process after {} ({}){}{}",
                    CountText(calls / 2, "request"), cause, KeepRequest(options, worker), printed),
        ExitCode::kViolations};
  }
  if (!worker.trace->HasBegun()) {
    return {fmt::format("{} before anything was sent ({}){}",
                        options.linked ? "the emulator ended the process" : "a worker ended", cause,
                        printed)};
  }
  if (options.linked) {
    return {fmt::format("the emulator ended the process ({}){}", cause, printed),
            ExitCode::kViolations};
  }
  return {fmt::format("a worker ended by itself ({}), so nothing is confirmed or diagnosed{}",
                      cause, printed)};
}

}  // namespace assay
