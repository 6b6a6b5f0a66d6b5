#include "fuzz/engine.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "fuzz/mutator.h"

#ifdef ASSAY_HAS_LIBFUZZER

extern "C" int LLVMFuzzerRunDriver(int* argc, char*** argv,
                                   int (*callback)(const std::uint8_t* data, std::size_t size));
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace assay {
namespace {

// libFuzzer's functions take no context.
const Dataset* g_dataset = nullptr;
std::function<void(std::string_view)> g_run;
Mutations g_mutations = {[](std::string_view text, std::uint64_t seed) {
                           return MutateExchange(text, *g_dataset, seed, FindHint(text));
                         },
                         [](std::string_view one, std::string_view other, std::uint64_t seed) {
                           return CrossExchanges(one, other, seed);
                         }};
std::function<void()> g_at_end;

int RunInput(const std::uint8_t* data, std::size_t size) {
  g_run({reinterpret_cast<const char*>(data), size});
  return 0;
}

void AtEnd() { g_at_end(); }

}  // namespace

bool HasEngine() { return true; }

void MutateBy(Mutations mutations) { g_mutations = std::move(mutations); }

void RunLibFuzzer(const std::vector<std::string>& flags, const std::vector<std::string>& folders,
                  const Dataset& dataset, std::function<void(std::string_view)> run,
                  std::function<void()> at_end) {
  g_dataset = &dataset;
  g_run = std::move(run);
  g_at_end = std::move(at_end);
  std::vector<std::string> arguments = {"assay"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  arguments.insert(arguments.end(), folders.begin(), folders.end());
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  int argc = static_cast<int>(arguments.size());
  char** passed = argv.data();
  std::atexit(AtEnd);  // where a flag such as -runs=1000 ends it
  (void)LLVMFuzzerRunDriver(&argc, &passed, RunInput);
  AtEnd();
  _exit(static_cast<int>(ExitCode::kCouldNotJudge));
}

}  // namespace assay

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  if (seed % 8 == 0) return LLVMFuzzerMutate(data, size, most);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string mutated = assay::g_mutations.mutate(text, seed);
  if (mutated.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::copy(mutated.begin(), mutated.end(), reinterpret_cast<char*>(data));
  return mutated.size();
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* one, std::size_t one_size,
                                                 const std::uint8_t* other, std::size_t other_size,
                                                 std::uint8_t* out, std::size_t most,
                                                 unsigned seed) {
  const std::string crossed =
      assay::g_mutations.cross({reinterpret_cast<const char*>(one), one_size},
                               {reinterpret_cast<const char*>(other), other_size}, seed);
  if (crossed.size() > most) return 0;
  std::copy(crossed.begin(), crossed.end(), reinterpret_cast<char*>(out));
  return crossed.size();
}

#else

namespace assay {

bool HasEngine() { return false; }

void MutateBy(Mutations) {}

void RunLibFuzzer(const std::vector<std::string>&, const std::vector<std::string>&, const Dataset&,
                  std::function<void(std::string_view)>, std::function<void()>) {
  _exit(static_cast<int>(ExitCode::kBadUsage));
}

}  // namespace assay

#endif

namespace assay {

void RunEngine(Campaign& campaign, const Dataset& dataset, const std::vector<std::string>& flags,
               const std::vector<std::string>& folders) {
  const auto end = [&campaign] {
    const ExitCode code = campaign.Finish();
    std::fflush(nullptr);
    // Functions that run at exit would take this end for a crash of the target.
    _exit(static_cast<int>(code));
  };
  const auto run = [&campaign, end](std::string_view text) {
    if (campaign.IsOver()) end();
    campaign.Run(text);
  };
  RunLibFuzzer(flags, folders, dataset, run, end);
}

}  // namespace assay
