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
Campaign* g_campaign = nullptr;
const Dataset* g_dataset = nullptr;

void End() {
  Campaign* campaign = std::exchange(g_campaign, nullptr);
  if (campaign == nullptr) return;
  const ExitCode code = campaign->Finish();
  std::fflush(nullptr);
  // Functions that run at exit would take this end for a crash of the target.
  _exit(static_cast<int>(code));
}

int RunInput(const std::uint8_t* data, std::size_t size) {
  if (g_campaign->IsOver()) End();
  g_campaign->Run({reinterpret_cast<const char*>(data), size});
  return 0;
}

}  // namespace

bool HasEngine() { return true; }

void RunEngine(Campaign& campaign, const Dataset& dataset, const std::vector<std::string>& flags,
               const std::vector<std::string>& folders) {
  g_campaign = &campaign;
  g_dataset = &dataset;
  std::vector<std::string> arguments = {"assay"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  arguments.insert(arguments.end(), folders.begin(), folders.end());
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  int argc = static_cast<int>(arguments.size());
  char** passed = argv.data();
  std::atexit(End);  // where a flag such as -runs=1000 ends it
  (void)LLVMFuzzerRunDriver(&argc, &passed, RunInput);
  End();
  _exit(static_cast<int>(ExitCode::kCouldNotJudge));
}

}  // namespace assay

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  if (seed % 8 == 0) return LLVMFuzzerMutate(data, size, most);
  const std::string mutated =
      assay::MutateExchange({reinterpret_cast<const char*>(data), size}, *assay::g_dataset, seed);
  if (mutated.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::copy(mutated.begin(), mutated.end(), reinterpret_cast<char*>(data));
  return mutated.size();
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* one, std::size_t one_size,
                                                 const std::uint8_t* other, std::size_t other_size,
                                                 std::uint8_t* out, std::size_t most,
                                                 unsigned seed) {
  const std::string crossed =
      assay::CrossExchanges({reinterpret_cast<const char*>(one), one_size},
                            {reinterpret_cast<const char*>(other), other_size}, seed);
  if (crossed.size() > most) return 0;
  std::copy(crossed.begin(), crossed.end(), reinterpret_cast<char*>(out));
  return crossed.size();
}

#else

namespace assay {

bool HasEngine() { return false; }

void RunEngine(Campaign&, const Dataset&, const std::vector<std::string>&,
               const std::vector<std::string>&) {
  _exit(static_cast<int>(ExitCode::kBadUsage));
}

}  // namespace assay

#endif
