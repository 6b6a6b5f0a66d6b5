#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "conformance/replay/recording.h"
#include "reference/judge/judge.h"
#include "reference/session/test.h"
#include "reference/target/target.h"
#include "spec/catalogue/catalogue.h"

namespace assay {

// What broke a rule now.
struct Failure {
  std::string rule;
  std::string expected, actual;
  std::string place;          // of the exchange that showed it first
  std::uint64_t times = 0;    // exchanges that showed it
  bool was_recorded = false;  // the record says that exchange broke this rule then
};
using Failures = std::map<std::string, Failure>;  // by finding id

// What became of a finding.
enum class Fate {
  kSame,
  kChanged,   // its requests are answered wrongly in another way
  kFixed,     // nothing shows it any more
  kNotSeen,   // an intermittent one did not show in many tries
  kNotJudged  // the record holds too little to say
};

struct ReplayedFinding {
  const Finding* finding = nullptr;
  Fate fate = Fate::kNotJudged;
  std::string text;  // what is seen now, or why nothing can be said
};

// An exchange that is judged otherwise today.
struct ChangedVerdict {
  std::uint64_t exchange = 0;
  std::string request;          // readable, without secrets
  std::string recorded, today;  // "violation page.size.echo"
  std::string why;              // expected and actual of today's first difference, "" for none
};

struct ReplayOutcome {
  std::size_t judged = 0;                 // exchanges of the record
  std::vector<ReplayedFinding> findings;  // in the order of the record
  Failures others;                        // that are part of no finding of the record
  std::vector<ChangedVerdict> changed;    // only if the recorded answers are judged
};

// What both kinds of replay need to know.
struct ReplayContext {
  const Dataset& dataset;
  const Reading& pins;  // of the recorded run
  JudgeOptions judge;
  bool signs = false;  // what is sent is signed
  const std::vector<TestSource>& more = {};
};

// Sends the requests of the record again. A finding that does not show then gets further tries
// before it counts as fixed: its smallest request, its evidence with nothing before it, and the
// test that found it. The Error tells of a target that was lost.
Result<ReplayOutcome> SendAgain(const Recording& recording, const ReplayContext& context,
                                Target& target);

// Judges the recorded answers by today's rules. What a suite found by comparing answers is found
// again if its test sends what it sent then; otherwise the finding is not judged.
ReplayOutcome JudgeAgain(const Recording& recording, const ReplayContext& context);

}  // namespace assay
