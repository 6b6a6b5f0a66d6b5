#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "reference/answer/observed.h"
#include "reference/judge/verdict.h"
#include "reference/wire/message.h"

namespace assay {

// What guides a campaign: all that answers show, their status alone, or nothing but that there was
// one.
enum class Guidance { kAnswers, kStatus, kNone };
void GuideBy(Guidance guidance);

// What answers were like, for libFuzzer: it keeps inputs that lead to new kinds of answers even if
// the target itself is not instrumented. Without libFuzzer nothing of it can be seen from outside.
// An input begins: its text.
void BeginInput(std::string_view text);
// An answer of the input, the `position`-th from 0.
void ShowAnswer(const Request& request, const Response& response, const ObservedAnswer& answer,
                std::size_t position);
// What the judge said of an answer, or of a request that was not answered.
void ShowVerdict(const Verdict& verdict);
// What the present input showed so far: numbers of features, ascending. Equal in every process.
std::vector<std::uint32_t> FeaturesOfInput();
// What came of bytes that are no request of the API, as a number that stands for it.
void ShowWire(std::uint64_t what);
// The input ends; the number of features that no input showed before.
std::size_t EndInput();

// How many features the inputs that ended showed, and how many of them exactly one and exactly two
// inputs showed.
struct FeatureCounts {
  std::uint64_t all = 0, once = 0, twice = 0;
};
FeatureCounts CountFeatures();

}  // namespace assay
