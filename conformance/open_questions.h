#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "conformance/suite_context.h"

namespace assay {

// The requests that ask one open question, so that a run learns the target's answer to it.
struct Probe {
  std::string_view question;
  // Each `name=value&…` in form encoding with placeholders, sent in order. `$token.1` is the token
  // of the first one's answer; `@where.FIELD=VALUE`, `@unset=NAME` and `@method=METHOD` stand for
  // the keys of a case. A text that is repeated speaks of another snapshot each time.
  std::array<std::string_view, 6> requests;
};

// One for every question of the catalogue, in its order.
std::span<const Probe> Probes();

// Why no request can ask the question on this dataset, or "".
std::string WhyUnreachable(Question question, const SuiteContext& context);

// Why no answer of a run showed the question, in words.
std::string WhyNeverAsked(Question question, const SuiteContext& context);

// Sends the probe and has the answers judged; skipped where the dataset allows none of it.
TestOutcome RunProbe(SuiteContext& context, const Probe& probe);

}  // namespace assay
