// Targets with several faults of the catalogue at once: each has to be a finding of its own, named.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "conformance/run/short_run_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/findings/narrowing.h"
#include "reference/server/service.h"

namespace assay {
namespace {

// The faults that the findings name first.
std::set<std::string> NamedFirst(const std::vector<std::string>& planted) {
  std::vector<const Fault*> faults;
  for (const std::string& id : planted) faults.push_back(FindFault(id));
  ModelTarget target(BuiltIn(), {}, faults);
  std::set<std::string> out;
  for (const Finding& finding : FindingsOfAShortRun(target)) {
    if (!finding.diagnosis.empty()) out.insert(finding.diagnosis.front());
  }
  return out;
}

class ManyFaults : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(ManyFaults, AreAFindingEach) {
  const std::set<std::string> named = NamedFirst(GetParam());
  for (const std::string& id : GetParam()) {
    EXPECT_TRUE(named.contains(id)) << id << " is named by no finding";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Sets, ManyFaults,
    testing::Values(
        // Filters, forms and sizes, which most answers show together.
        std::vector<std::string>{"filter.usage.none_as_all", "shape.page_number.text",
                                 "tag.several.only_first"},
        // One of them changes every list, so none of the others shows alone.
        std::vector<std::string>{"paging.size.default_20", "filter.snapshot_type.all_as_user",
                                 "shape.tags.array", "tag.value.substring"}),
    [](const auto& planted) { return std::to_string(planted.param.size()) + "_at_once"; });

// A fault that shows only beside what no fault of the catalogue asks for is one finding, too, and
// says beside what.
TEST(ManyFaults, OfOneThatShowsInFewRequestsTheConditionIsNamed) {
  const Fault fault = Narrowed(*FindFault("filter.instance_id.ignored"), {{"Category", {}}});
  ModelTarget target(BuiltIn(), {}, {&fault});
  const std::vector<Finding> findings = FindingsOfAShortRun(target);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings.front().cause, "ignores InstanceId if Category is given");
  EXPECT_EQ(findings.front().diagnosis, std::vector<std::string>{fault.id});
}

// What one of two faults leaves nothing of, the other one cannot change.
TEST(ManyFaults, MayMeetInOneAnswer) {
  std::vector<const Fault*> faults;
  for (const Fault& fault : Faults()) {
    if (fault.json || fault.xml) faults.push_back(&fault);
  }
  ModelTarget target(BuiltIn(), {}, faults);
  Request request;
  request.Set("Action", "DescribeSnapshots");
  request.Set("RegionId", "cn-hangzhou");
  request.Set("Format", "JSON");
  request.Set("PageSize", "100");
  EXPECT_TRUE(Send(target, request));
}

}  // namespace
}  // namespace assay
