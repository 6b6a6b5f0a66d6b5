#include "fuzz/engine.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "fuzz/accepted_kinds.h"
#include "fuzz/hints.h"
#include "fuzz/mutator.h"
#include "fuzz/seen_values.h"
#include "fuzz/value_triples.h"
#include "spec/text/random.h"

#ifdef ASSAY_HAS_LIBFUZZER

extern "C" int LLVMFuzzerRunDriver(int* argc, char*** argv,
                                   int (*callback)(const std::uint8_t* data, std::size_t size));
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace assay {
namespace {

// libFuzzer's functions take no context.
const Dataset* g_dataset = nullptr;
RunInputs g_run;
Mutations g_mutations = {[](std::string_view text, std::uint64_t seed) {
                           return MutateExchange(text, *g_dataset, seed, FindHint(text));
                         },
                         [](std::string_view one, std::string_view other, std::uint64_t seed) {
                           return CrossExchanges(one, other, seed);
                         }};
std::function<void()> g_at_end;
std::size_t g_most_siblings = 0;
std::vector<std::string> g_siblings;  // of the next input
constexpr std::size_t kMostMates = 4096;
std::vector<std::string> g_mates;                   // inputs of the corpus that it has shown,
std::unordered_set<std::string_view> g_mate_texts;  // each once
SeenValues g_seen;                                  // in them

int RunInput(const std::uint8_t* data, std::size_t size) {
  g_run({reinterpret_cast<const char*>(data), size}, g_siblings);
  g_siblings.clear();
  return 0;
}

void RememberMate(std::string_view input, std::uint64_t seed) {
  if (g_most_siblings == 0) return;
  g_seen.Add(input);
  if (g_mate_texts.contains(input)) return;
  if (g_mates.size() < kMostMates) {
    if (g_mates.empty()) g_mates.reserve(kMostMates);  // the texts stay in their places
    g_mates.emplace_back(input);
    g_mate_texts.insert(g_mates.back());
    return;
  }
  std::string& old = g_mates[seed % kMostMates];
  g_mate_texts.erase(old);
  old = input;
  g_mate_texts.insert(old);
}

std::string NextTriple(std::uint64_t seed) {
  static ValueTriples triples(*g_dataset, seed);
  return triples.Next();
}

std::string MakeSibling(std::string_view parent, Random& random) {
  const std::size_t how = random.Below(8);
  std::string sibling(parent);
  std::size_t mutations = random.Below(3);
  if (how == 0) return NextTriple(random.Number());
  if (how < 3) {
    std::string resized = TheAcceptedKinds().ResizeNext();
    return resized.empty() ? ResizePage(sibling, random.Number()) : resized;
  }
  if (how < 5 && !g_mates.empty()) {
    sibling = g_mutations.cross(parent, random.Pick(g_mates), random.Number());
  } else if (how == 5) {
    sibling = g_seen.SetSome(parent, random.Number());
  } else {
    ++mutations;
  }
  for (; mutations > 0; --mutations) sibling = g_mutations.mutate(sibling, random.Number());
  return sibling;
}

void MakeSiblings(std::string_view parent, std::size_t most, std::uint64_t seed) {
  g_siblings.clear();
  if (g_most_siblings == 0) return;
  Random random(seed);
  while (g_siblings.size() < g_most_siblings) {
    std::string sibling = MakeSibling(parent, random);
    if (sibling.size() > most) sibling = parent;
    g_siblings.push_back(std::move(sibling));
  }
}

}  // namespace

bool HasEngine() { return true; }

void MutateBy(Mutations mutations) { g_mutations = std::move(mutations); }

void RunLibFuzzer(const std::vector<std::string>& flags, const std::vector<std::string>& folders,
                  const Dataset& dataset, std::size_t siblings, RunInputs run,
                  std::function<void()> at_end) {
  g_most_siblings = siblings;
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
  (void)LLVMFuzzerRunDriver(&argc, &passed, RunInput);
  g_at_end();
  _exit(static_cast<int>(ExitCode::kCouldNotJudge));
}

}  // namespace assay

// The linker gives every exit() of this program to the function below: a flag such as -runs=1000
// makes libFuzzer exit, and what the end of a campaign still needs would be destroyed before it.
extern "C" [[noreturn]] void __real_exit(int code);
extern "C" [[noreturn]] void __wrap_exit(int code) {
  if (assay::g_at_end) std::exchange(assay::g_at_end, {})();
  __real_exit(code);
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  assay::MakeSiblings(text, most, seed);
  if (seed % 8 == 0) return LLVMFuzzerMutate(data, size, most);
  const std::string mutated = assay::g_mutations.mutate(text, seed);
  if (mutated.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::copy(mutated.begin(), mutated.end(), reinterpret_cast<char*>(data));
  return mutated.size();
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* one, std::size_t one_size,
                                                 const std::uint8_t* other, std::size_t other_size,
                                                 std::uint8_t* out, std::size_t most,
                                                 unsigned seed) {
  assay::RememberMate({reinterpret_cast<const char*>(other), other_size}, seed);
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
                  std::size_t, RunInputs, std::function<void()>) {
  _exit(static_cast<int>(ExitCode::kBadUsage));
}

}  // namespace assay

#endif

namespace assay {
namespace {

// Seconds. To name the functions of a stack takes time.
constexpr unsigned kPatienceWithHandlers = 30;

}  // namespace

void RunEngine(Campaign& campaign, const Dataset& dataset, const std::vector<std::string>& flags,
               const std::vector<std::string>& folders, WorkerTrace& trace) {
  const auto end = [&campaign, &trace] {
    if (trace.IsCalling()) return;  // the emulator calls exit()
    const ExitCode code = campaign.Finish();
    std::fflush(nullptr);
    // Functions that run at exit would take this end for a crash of the target.
    _exit(static_cast<int>(code));
  };
  bool is_first = true;
  const auto run = [&, end](std::string_view input, const std::vector<std::string>& siblings) {
    // By now the handlers of the engine are in place.
    if (std::exchange(is_first, false)) trace.NoteFatalSignals(kPatienceWithHandlers);
    if (campaign.IsOver()) end();
    campaign.Run(input, siblings);
  };
  RunLibFuzzer(flags, folders, dataset, campaign.siblings(), run, end);
}

}  // namespace assay
