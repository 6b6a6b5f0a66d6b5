#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "reference/wire/message.h"
#include "spec/catalogue/catalogue.h"
#include "spec/record/record.h"

namespace assay {

// A rule that one target breaks, or both.
struct SideFinding {
  std::string side;  // "A", "B" or "both"
  Finding finding;   // as a run against that side alone would report it; of A if both do
};

// Exchanges in which both targets are right and yet answer differently, for one reason; none that a
// finding explains.
struct DifferenceGroup {
  // The open questions that they answer differently; empty: the document leaves the difference open
  // without a question, and `field` names it.
  std::vector<Question> questions;
  std::string field;
  Request request;                  // the smallest that shows it
  std::array<std::string, 2> says;  // A, B: what each answers there
  std::uint64_t occurrences = 0;
  std::string suite, test;   // that sent it
  bool needs_token = false;  // of an earlier answer, so the request cannot be sent alone
  bool again = true;         // it showed again when it was sent again
};

// One target, as it was seen.
struct ComparedSide {
  std::string target;
  GivenOptions options;  // how it is reached
  std::uint64_t exchanges = 0;
  std::uint64_t judged = 0;
  std::vector<LearnedAnswer> reading;
};

// All that a comparison found out.
struct Comparison {
  RunVerdict verdict = RunVerdict::kInconclusive;
  std::string reason;  // why it is inconclusive
  int exit_code = 0;
  std::string dataset, started;
  std::uint64_t seed = 0;
  double seconds = 0;
  std::array<ComparedSide, 2> sides;
  std::uint64_t same = 0, different = 0;  // pairs of exchanges
  std::uint64_t alone = 0;                // exchanges that only one side was asked
  std::vector<SideFinding> findings;
  std::vector<DifferenceGroup> groups;
  // Questions for which the two have no option in common.
  std::vector<Question> answered_differently;
};

// compare.json:
//
// {"schema": "assay-compare/1", "assay": VERSION, "verdict": "conforms" | "violations" |
// "inconclusive",
//  "reason": why it is inconclusive, "a": SIDE, "b": SIDE, "dataset": TEXT, "seed": N, "started":
//  TIME, "seconds": X, "totals": {"same": pairs of exchanges, "different": N, "one_side_alone":
//  exchanges,
//             "violations": findings, "warnings": N, "reading": differences, "left_open": N},
//  "findings": [{"side": "A" | "B" | "both", "rule", "kind": "violation" | "warning", "id",
//                "statement", "source", "request": REQUEST, "expected", "actual", "occurrences",
//                "stability", "diagnosis": [FAULT_ID…], "curl": {"a", "b"}}],
//  "differences": [{"kind": "reading" | "left open", "questions": [QUESTION…], "field": where the
//                   answers differ, "request": REQUEST, "a": what A says there, "b": TEXT,
//                   "occurrences": N, "test": that sent it, "needs_token": BOOL,
//                   "stability": "deterministic" | "intermittent", "curl": {"a", "b"}}],
//  "questions": [QUESTION…] that no option answers for both}
//
// SIDE: {"target": URL, "exchanges": N, "judged": N}. REQUEST: {"method", "placement",
// "parameters": [[NAME, VALUE]…]}. QUESTION: {"question": ID, "situation": TEXT, "a": [OPTION…],
// "b": [OPTION…]}, the options that its answers leave possible.
std::string ComparisonJson(const Comparison& comparison);
// For a terminal, and a reader who has never seen the code; at most 40 lines, unless `verbose`.
std::string ComparisonSummary(const Comparison& comparison, const std::string& file,
                              bool verbose = false);

}  // namespace assay
