#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conformance/cases/suite_context.h"

namespace assay {

// What a list shows of each snapshot, by its id: the fields that do not change by themselves, each
// with its name and as it is written.
using ShownList = std::map<std::string, std::vector<std::string>>;

// A read has no effect: the region's list is the same before and after requests with every filter
// and every two of them. If it is not, the request that changes it is found by halving.
std::vector<SuiteTest> ReadTests();

// The same for whatever requests the suites send: the list is looked at before the first suite and
// after each.
class SuiteReads {
 public:
  explicit SuiteReads(SuiteContext& context) : context_(context) {}
  // To be called before each test of a run and, with "", after the last one: looks at the list if
  // another suite begins.
  void BeginTest(const std::string& suite);

 private:
  SuiteContext& context_;
  std::string suite_;
  std::optional<ShownList> listed_;  // when the suite began; nothing: not read
};

}  // namespace assay
