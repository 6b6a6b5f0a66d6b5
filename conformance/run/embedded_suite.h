#pragma once

#include <memory>
#include <vector>

#include "conformance/run/run.h"
#include "reference/session/test.h"
#include "reference/target/target.h"

namespace assay {

// What the tests of an embedded suite are run against, and how. The options are those of `assay
// run`; of them `only`, `skip`, `shard`, `known`, `write_known`, `strict`, `out` and `progress` are
// GoogleTest's business, or that of a report, and mean nothing here.
struct EmbeddedSuite {
  RunOptions run;            // run.target is the URL of the endpoint, "" for the reference itself
  Target* target = nullptr;  // in this process, in place of a URL; outlives the tests
  std::unique_ptr<Dataset> dataset;  // that the target holds, in place of the file run.dataset
};

// Registers each question, rule, walk, block of combinations and sweep, and the tests of `more`
// (PropertyTests gives the laws of property/), as a GoogleTest test. To be called once, before
// RUN_ALL_TESTS(). Names are those of `assay run --only`, without hyphens, so that filters, shards
// and XML work as for any test. A test fails with what the answers broke, and is skipped with the
// reason if nothing could be sent. If the target cannot be judged, or is lost, one test fails with
// the reason, and those after it are skipped. The Error tells of an option that is wrong.
//
// With CMake, link `assay::suite`; conformance/example shows a whole program.
Done RegisterAssayTests(EmbeddedSuite suite, const std::vector<TestSource>& more);

}  // namespace assay
