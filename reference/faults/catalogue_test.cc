#include "reference/faults/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "reference/server/service.h"

namespace assay {
namespace {

TEST(FaultCatalogue, HoldsAtLeastTwoHundredFaults) { EXPECT_GE(Faults().size(), 200u); }

TEST(FaultCatalogue, HasIdsTitlesRulesAndDifficulties) {
  const std::regex form("[a-z0-9_]+(\\.[a-z0-9_]+){1,2}");
  std::set<std::string> ids, titles;
  for (const Fault& fault : Faults()) {
    EXPECT_TRUE(std::regex_match(fault.id, form)) << fault.id;
    EXPECT_TRUE(ids.insert(fault.id).second) << fault.id;
    EXPECT_TRUE(titles.insert(fault.title).second) << fault.id << ": " << fault.title;
    EXPECT_FALSE(fault.breaks.empty()) << fault.id;
    EXPECT_TRUE(fault.difficulty >= 1 && fault.difficulty <= 5) << fault.id;
  }
}

TEST(FaultCatalogue, HasFaultsAtEveryStage) {
  std::set<Stage> stages;
  for (const Fault& fault : Faults()) stages.insert(fault.stage);
  EXPECT_EQ(stages.size(), 9u);
}

TEST(FaultCatalogue, NamesTheNearestOfAnUnknownFault) {
  const auto faults = FindFaults({"region.ignored", "region.ignore"});
  ASSERT_FALSE(faults.has_value());
  EXPECT_NE(faults.error().Text().find("region.ignored"), std::string::npos)
      << faults.error().Text();
}

TEST(FaultCatalogue, ExplainsEveryFault) {
  const auto described = DescribedFaults();
  ASSERT_EQ(described.size(), Faults().size());
  EXPECT_NE(described.front().text.find("assay serve --fault"), std::string::npos);
}

std::string BodyOf(const std::vector<const Fault*>& faults, const Request& request) {
  static const Dataset dataset = BuiltInDataset();
  Service service(dataset, {}, faults);
  Response response;
  service.Handle(request, "localhost", response);
  return response.body;
}

TEST(FaultCatalogue, FaultsCombine) {
  Request request;
  request.Set("Action", "DescribeSnapshots");
  request.Set("Format", "JSON");
  request.Set("RegionId", "cn-hangzhou");
  request.Set("Status", "failed");
  const Fault* count = FindFault("paging.total.missing");
  const Fault* constant = FindFault("shape.request_id.missing");
  const std::string right = BodyOf({}, request), both = BodyOf({count, constant}, request);
  EXPECT_NE(right.find("TotalCount"), std::string::npos);
  EXPECT_NE(right.find("RequestId"), std::string::npos);
  EXPECT_EQ(both.find("TotalCount"), std::string::npos);
  EXPECT_EQ(both.find("RequestId"), std::string::npos);
}

// One may leave nothing of what the other changes, and then that one changes nothing.
TEST(FaultCatalogue, AnyTwoThatChangeBodiesGoTogether) {
  std::vector<const Fault*> all;
  for (const Fault& fault : Faults()) {
    if (fault.json || fault.xml) all.push_back(&fault);
  }
  ASSERT_GT(all.size(), 70u);
  Request request;
  request.Set("Action", "DescribeSnapshots");
  request.Set("RegionId", "cn-hangzhou");
  request.Set("Tag.1.Key", "ENV");
  request.Set("PageSize", "3");
  for (const char* format : {"JSON", "XML"}) {
    request.Set("Format", format);
    ASSERT_NE(BodyOf({}, request).find("TagValue"), std::string::npos);
    for (const Fault* one : all) {
      for (const Fault* other : all) EXPECT_FALSE(BodyOf({one, other}, request).empty());
    }
  }
}

}  // namespace
}  // namespace assay
