// A black-box fuzzer as ClusterFuzz starts one: `run --input_dir IN --output_dir OUT --no_of_files
// N` writes N test cases, each the requests of one input. `run_case` sends one.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "fuzz/exchange_input.h"
#include "fuzz/mutator.h"
#include "fuzz/seeds.h"
#include "reference/state/open_dataset.h"
#include "spec/text/random.h"
#include "spec/text/seed_option.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// As in a campaign; a larger file is none of our test cases.
constexpr std::size_t kMostBytes = 8192;

struct RunOptions {
  std::string input, output, dataset;
  std::uint64_t cases = 0, seed = std::random_device{}();
};

// What the folder holds, at any depth, in the order of names.
Result<std::vector<std::string>> ReadInputs(const std::string& folder) {
  std::error_code failed;
  std::vector<fs::path> paths;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    std::error_code unreadable;
    const bool fits = at->is_regular_file(unreadable) && at->file_size(unreadable) <= kMostBytes;
    if (fits && !unreadable) paths.push_back(at->path());
  }
  if (failed) return Error{folder, "cannot be read: " + failed.message() + " (--input_dir)"};
  std::ranges::sort(paths);
  std::vector<std::string> inputs;
  for (const fs::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

bool IsUsable(const std::string& text) {
  return text.size() <= kMostBytes && !ParseExchangeInput(text).requests.empty();
}

// Inputs of the corpus and those of the catalogue, crossed and changed.
class TestCases {
 public:
  TestCases(std::vector<std::string> inputs, const Dataset& dataset, std::uint64_t seed)
      : inputs_(std::move(inputs)), dataset_(dataset), random_(seed) {
    for (auto& [rule, text] : ExchangeSeeds(dataset)) seeds_.push_back(std::move(text));
  }

  std::string Next() {
    for (int tries = 0; tries < 100; ++tries) {
      std::string text = Base();
      if (random_.Below(4) == 0) text = CrossExchanges(text, Base(), random_.Number());
      for (std::size_t left = 1 + random_.Below(8); left > 0; --left) {
        text = MutateExchange(text, dataset_, random_.Number());
      }
      if (IsUsable(text)) return text;
    }
    return random_.Pick(seeds_);
  }

 private:
  const std::string& Base() {
    return inputs_.empty() || random_.Below(4) == 0 ? random_.Pick(seeds_) : random_.Pick(inputs_);
  }

  std::vector<std::string> inputs_, seeds_;
  const Dataset& dataset_;
  Random random_;
};

Done WriteCases(const RunOptions& options) {
  const Result<Dataset> dataset = LoadDatasetOrBuiltIn(options.dataset);
  if (!dataset) return dataset.error();
  Result<std::vector<std::string>> inputs = ReadInputs(options.input);
  if (!inputs) return inputs.error();
  std::error_code failed;
  fs::create_directories(options.output, failed);
  if (failed) return Error{options.output, "cannot be made: " + failed.message()};
  std::cout << fmt::format("{} inputs read, seed {}\n", inputs->size(), options.seed);
  TestCases cases(std::move(*inputs), *dataset, options.seed);
  for (std::uint64_t i = 1; i <= options.cases; ++i) {
    const fs::path path = fs::path(options.output) / fmt::format("fuzz-{}-{:06}", options.seed, i);
    std::ofstream file(path, std::ios::binary);
    file << cases.Next() << std::flush;
    if (!file) return Error{path.string(), "cannot be written (--output_dir)"};
  }
  std::cout << fmt::format("{} test cases written to {}\n", options.cases, options.output);
  return Ok();
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  assay::RunOptions options;
  CLI::App app{"Writes test cases for run_case, as ClusterFuzz asks a black-box fuzzer to."};
  app.add_option("--input_dir", options.input, "Folder of earlier test cases; may be empty")
      ->required();
  app.add_option("--output_dir", options.output, "Folder to write the test cases to")->required();
  app.add_option("--no_of_files", options.cases, "How many test cases to write")
      ->required()
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--dataset", options.dataset,
                 "File with the target's state (default: the built-in one)");
  assay::AddSeedOption(app, options.seed, "Equal seeds and folders give equal test cases");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(assay::ExitCode::kBadUsage);
  }
  const assay::Done done = assay::WriteCases(options);
  if (!done) std::cerr << "run: " << done.error().Text() << "\n";
  return static_cast<int>(done ? assay::ExitCode::kConforms : done.error().exit);
}
