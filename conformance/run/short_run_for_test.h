#pragma once

#include <vector>

#include "conformance/cases/bench_for_test.h"
#include "conformance/cases/suite.h"

namespace assay {

// What the suites find at a target, but for those of thousands of requests.
inline std::vector<Finding> FindingsOfAShortRun(Target& target) {
  NullRecorder recorder;
  Judge judge(BuiltIn());
  Session session(target, judge, recorder);
  SuiteNotes notes;
  SuiteContext context(session, BuiltIn(), {.combinations = false, .thorough = false}, notes);
  const Result<std::vector<SuiteTest>> tests = ConformanceTests(context);
  for (const SuiteTest& test : *tests) {
    if (!IsLongSuite(test)) test.run(context);
  }
  return session.Findings();
}

}  // namespace assay
