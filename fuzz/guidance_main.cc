// What the features of answers are worth: a target with eight validations in order, each of which
// two values in sixteen pass, and a bug behind them. Nothing of it is instrumented.
//
//   guidance answers|status|none SEED REQUESTS FOLDER
//
// Prints after how many requests the bug was found, or "not found"; how many validations were
// passed.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz/engine.h"
#include "fuzz/exchange_input.h"
#include "fuzz/features.h"
#include "fuzz/mutator.h"
#include "fuzz/seeds.h"
#include "spec/text/hash.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, 8> kValidated = {
    "PageNumber", "SnapshotName", "PageSize",    "DiskId",
    "Tag.1.Key",  "InstanceId",   "Tag.1.Value", "SnapshotLinkId"};

// One validation: a sixteenth part of all values is a class, and two classes of sixteen pass. The
// salt is the first with which the mutator can draw a value that passes.
class Validation {
 public:
  Validation(std::string_view name, const Dataset& dataset) : name_(name) {
    while (!HasValue(dataset)) ++salt_;
  }
  std::string_view name() const { return name_; }
  bool Passes(std::string_view value) const {
    return MixHash(MixHash(kHashStart, value), std::to_string(salt_)) % 16 < 2;
  }

 private:
  bool HasValue(const Dataset& dataset) const {
    for (std::uint64_t seed = 0; seed < 64; ++seed) {
      if (Passes(SomeValue(name_, dataset, seed))) return true;
    }
    return false;
  }

  std::string_view name_;
  int salt_ = 0;
};

class Experiment {
 public:
  Experiment(const Dataset& dataset, std::uint64_t most) : most_(most) {
    for (const std::string_view name : kValidated) validations_.emplace_back(name, dataset);
  }

  void Run(std::string_view text) {
    InputFeatures features{std::string(text)};
    std::size_t position = 0;
    for (const Request& request : ParseExchangeInput(text).requests) {
      if (++requests_ > most_) End("not found");
      Ask(request, position++, features);
    }
    TellEngine(features);
  }

  [[noreturn]] void End(std::string_view how) {
    fmt::print("{} after {} requests, {} of 8 validations passed\n", how,
               std::min(requests_, most_), deepest_);
    std::fflush(nullptr);
    _exit(how == "found" ? 0 : 1);
  }

 private:
  // Every refusal has the same status and code; the text names the parameter.
  void Ask(const Request& request, std::size_t position, InputFeatures& features) {
    std::size_t passed = 0;
    while (passed < validations_.size()) {
      const auto value = request.Find(validations_[passed].name());
      if (!value || !validations_[passed].Passes(*value)) break;
      ++passed;
    }
    deepest_ = std::max(deepest_, passed);
    if (passed == validations_.size()) End("found");
    const std::string message =
        fmt::format("The parameter {} is not valid.", validations_[passed].name());
    const Response response{.status = 400, .content_type = "application/json"};
    ObservedAnswer answer;
    answer.status = 400;
    answer.code = {ObservedValue::Kind::kText, "InvalidParameter"};
    answer.message = {ObservedValue::Kind::kText, message};
    features.ShowAnswer(request, response, answer, position);
  }

  const std::uint64_t most_;
  std::vector<Validation> validations_;
  std::uint64_t requests_ = 0;
  std::size_t deepest_ = 0;
};

std::optional<Guidance> GuidanceOf(std::string_view name) {
  if (name == "answers") return Guidance::kAnswers;
  if (name == "status") return Guidance::kStatus;
  if (name == "none") return Guidance::kNone;
  return std::nullopt;
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  using namespace assay;
  const auto guidance = argc == 5 ? GuidanceOf(argv[1]) : std::nullopt;
  if (!guidance || !HasEngine()) {
    fmt::print(stderr,
               "usage: guidance answers|status|none SEED REQUESTS FOLDER (with libFuzzer)\n");
    return 2;
  }
  GuideBy(*guidance);
  const std::filesystem::path folder = argv[4];
  const Dataset dataset = GenerateDataset(60, 1);
  WriteExchangeSeeds(folder / "seeds", dataset);
  std::filesystem::create_directories(folder / "corpus");
  Experiment experiment(dataset, std::strtoull(argv[3], nullptr, 10));
  RunLibFuzzer(
      {fmt::format("-seed={}", argv[2]), "-max_len=8192", "-verbosity=0", "-detect_leaks=0",
       kNotByRarity},
      {(folder / "corpus").string(), (folder / "seeds").string()}, dataset, 0,
      [&](std::string_view text, const auto&) { experiment.Run(text); },
      [&] { experiment.End("not found"); });
}
