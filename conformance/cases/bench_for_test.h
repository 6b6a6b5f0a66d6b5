#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <random>
#include <string>
#include <utility>

#include "conformance/cases/suite_context.h"
#include "reference/server/faulty_target_for_test.h"
#include "reference/session/null_recorder.h"

namespace assay {

inline const Dataset& BuiltIn() {
  static const Dataset dataset = BuiltInDataset();
  return dataset;
}

// A law as another folder may have it, which no single answer can break: Status=all changes no
// list.
inline std::vector<SessionTest> LawsForTest(const Dataset&, std::uint64_t) {
  return {{"properties", "repeated_lists_are_equal", [](Session& session) {
             const Origin origin{"properties", "repeated_lists_are_equal"};
             Request request;
             request.Set("Action", "DescribeSnapshots");
             request.Set("RegionId", "cn-hangzhou");
             request.Set("Format", "JSON");
             const JudgedExchange first = session.Send(origin, request);
             request.Set("Status", "all");
             const JudgedExchange second = session.Send(origin, request);
             if (first.verdict.listed != second.verdict.listed) {
               session.Report(origin, second,
                              {"page.order.stable"_rule, "the list before", "another one", "law"},
                              {first.id});
             }
             return TestOutcome{};
           }}};
}
// Option by option at random; 0 gives the default reading.
inline Reading RandomReading(std::uint64_t seed) {
  Reading reading{fmt::format("random {}", seed), {}};
  std::mt19937_64 random(seed);
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    if (seed == 0) break;
    reading.pins.emplace_back(question.id, question.options[random() % question.options.size()].id);
  }
  return reading;
}

// Suites of thousands of requests, which most tests can do without.
inline bool IsLongSuite(const SuiteTest& test) {
  return test.suite == "odd_values" || test.suite == "interactions";
}

// A session with a target, and what its suites share.
struct Bench {
  explicit Bench(Target& target, const SuiteOptions& options = {},
                 const Dataset& dataset = BuiltIn(), bool diagnose = false)
      : judge(dataset),
        session(target, judge, recorder, {.diagnose = diagnose, .reduction_requests = 0}),
        context(session, dataset, options, notes) {}

  // True if a finding under that rule was made.
  bool Found(std::string_view rule) {
    for (const Finding& finding : session.Findings()) {
      if (finding.rule == rule) return true;
    }
    return false;
  }

  NullRecorder recorder;
  Judge judge;
  Session session;
  SuiteNotes notes;
  SuiteContext context;
};

}  // namespace assay
