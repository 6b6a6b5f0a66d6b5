#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/campaign.h"
#include "fuzz/worker_trace.h"

namespace assay {

// How new inputs are made of old ones.
struct Mutations {
  std::function<std::string(std::string_view text, std::uint64_t seed)> mutate;
  std::function<std::string(std::string_view one, std::string_view other, std::uint64_t seed)>
      cross;
};
// From now on in this way, in place of that for exchanges (fuzz/mutator.h).
void MutateBy(Mutations mutations);

// False if the program was built without libFuzzer.
bool HasEngine();

// Takes an input of libFuzzer, and its siblings: other mutants of what it was made of, of which
// libFuzzer does not know. It takes up those that `run` writes to the first corpus.
using RunInputs =
    std::function<void(std::string_view input, const std::vector<std::string>& siblings)>;

// A flag of libFuzzer. An answer has thousands of features: to schedule inputs by how rare theirs
// are takes most of the time, and finds less in as many requests (BENCHMARKS.md, Fuzzing).
inline constexpr const char* kNotByRarity = "-entropic=0";

// Gives `run` mutated inputs until it ends the process, or the flags of libFuzzer do; then `at_end`
// is called. Each mutant comes with so many `siblings`. Values come from the dataset. `folders` are
// the corpora: what is worth keeping is written to the first.
[[noreturn]] void RunLibFuzzer(const std::vector<std::string>& flags,
                               const std::vector<std::string>& folders, const Dataset& dataset,
                               std::size_t siblings, RunInputs run, std::function<void()> at_end);

// Feeds the campaign with mutated inputs until it is over, then finishes it and ends the process
// with its exit code. The engine is libFuzzer, in this process. `folders` are the corpora: what is
// worth keeping is written to the first. An end of the process in the middle of a call of
// the emulator is not the end of the campaign.
[[noreturn]] void RunEngine(Campaign& campaign, const Dataset& dataset,
                            const std::vector<std::string>& flags,
                            const std::vector<std::string>& folders, WorkerTrace& trace);

}  // namespace assay
