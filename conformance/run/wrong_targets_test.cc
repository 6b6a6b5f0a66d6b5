// Targets that are wrong in one way each: the whole suite must name the rule that they break.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "conformance/cases/bench_for_test.h"
#include "conformance/cases/suite.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

// The rules of the violations that the suite finds.
std::set<std::string> RulesBroken(FaultyTarget& target, const Reading& pins = {}) {
  NullRecorder recorder;
  Judge judge(BuiltIn(), pins);
  Session session(target, judge, recorder, {.reduction_requests = 0});
  SuiteNotes notes;
  SuiteContext context(session, BuiltIn(), {.combinations = false, .thorough = false}, notes);
  const Result<std::vector<SuiteTest>> tests = ConformanceTests(context);
  for (const SuiteTest& test : *tests) {
    // Enough requests to see each of these mistakes; more of them cost minutes.
    if (!IsLongSuite(test)) test.run(context);
  }
  std::set<std::string> out;
  for (const Finding& finding : session.Findings()) {
    if (finding.kind != FindingKind::kViolation) continue;
    out.insert(finding.rule);
    for (const std::string& also : finding.also) {
      const std::string rule = also.substr(0, also.rfind('.'));
      if (Catalogue::Get()[*FindRule(rule)].level == Level::kMust) out.insert(rule);
    }
  }
  return out;
}

// Changes the lists that the target answers in JSON.
void SpoilLists(FaultyTarget& target, std::function<void(const Request&, Json&)> spoil) {
  target.bend_answer = [spoil = std::move(spoil)](const Request& request, Response& response) {
    Json body = Json::parse(response.body, nullptr, false);
    if (body.is_discarded() || !body.contains("Snapshots")) return;
    spoil(request, body);
    response.body = body.dump();
  };
}

void ExpectBroken(FaultyTarget& target, const std::string& rule) {
  const std::set<std::string> broken = RulesBroken(target);
  std::string text;
  for (const std::string& id : broken) text += " " + id;
  EXPECT_TRUE(broken.contains(rule)) << rule << " is not among the findings:" << text;
}

TEST(WrongTargets, ThatAreNoneBreakNothing) {
  FaultyTarget target(BuiltIn());
  EXPECT_EQ(RulesBroken(target), std::set<std::string>{});
  SpoilLists(target, [](const Request&, Json&) {});
  EXPECT_EQ(RulesBroken(target), std::set<std::string>{});
}

struct Dropped {
  const char* parameter;
  const char* rule;
};

class DroppedFilter : public testing::TestWithParam<Dropped> {};

TEST_P(DroppedFilter, IsNoticed) {
  FaultyTarget target(BuiltIn());
  target.bend_request = [](Request& request) { request.Unset(GetParam().parameter); };
  ExpectBroken(target, GetParam().rule);
}

INSTANTIATE_TEST_SUITE_P(WrongTargets, DroppedFilter,
                         testing::Values(Dropped{"Status", "filter.status.failed"},
                                         Dropped{"DiskId", "filter.disk_id.selects"},
                                         Dropped{"SnapshotIds", "ids.list.selects"},
                                         Dropped{"Usage", "filter.usage.image"},
                                         Dropped{"KMSKeyId", "filter.kms_key_id.selects"}),
                         [](const auto& tested) {
                           std::string name = tested.param.parameter;
                           std::erase(name, '.');
                           return name;
                         });

TEST(WrongTargets, ThatLoseTheLastSnapshotOfAPageAreNoticed) {
  FaultyTarget target(BuiltIn());
  SpoilLists(target, [](const Request&, Json& body) {
    Json& snapshots = body["Snapshots"]["Snapshot"];
    if (!snapshots.empty()) snapshots.erase(snapshots.size() - 1);
  });
  ExpectBroken(target, "page.size.limits");
}

TEST(WrongTargets, ThatRefuseWithAnotherStatusAreNoticed) {
  FaultyTarget target(BuiltIn());
  target.bend_answer = [](const Request&, Response& response) {
    if (response.status == 404) response.status = 400;
  };
  const std::set<std::string> broken = RulesBroken(target);
  EXPECT_TRUE(broken.contains("error.invalid_status_not_found.status"));
  for (const std::string& rule : broken) {
    EXPECT_TRUE(rule.starts_with("error.") && rule.ends_with(".status")) << rule;
  }
}

TEST(WrongTargets, ThatCountOneTooManyAreNoticed) {
  FaultyTarget target(BuiltIn());
  SpoilLists(target, [](const Request&, Json& body) {
    if (body.contains("TotalCount")) body["TotalCount"] = body["TotalCount"].get<int>() + 1;
  });
  ExpectBroken(target, "page.total_count.matches");
}

void ReverseSnapshots(Json& body) {
  Json& snapshots = body["Snapshots"]["Snapshot"];
  std::reverse(snapshots.begin(), snapshots.end());
}

// Always the same order is an order; any is admitted.
TEST(WrongTargets, ThatAlwaysReverseTheSecondPageHaveAnOrderOfTheirOwn) {
  FaultyTarget target(BuiltIn());
  SpoilLists(target, [](const Request& request, Json& body) {
    if (request.Find("PageNumber") == "2") ReverseSnapshots(body);
  });
  EXPECT_EQ(RulesBroken(target), std::set<std::string>{});
  Reading newest_first;
  newest_first.pins = {{"paging.order"_question, "newest_first"_option}};
  EXPECT_TRUE(RulesBroken(target, newest_first).contains("request.reading.pinned"));
}

TEST(WrongTargets, ThatReverseTheSecondPageNowAndThenAreNoticed) {
  FaultyTarget target(BuiltIn());
  int pages = 0;
  SpoilLists(target, [&](const Request& request, Json& body) {
    if (request.Find("PageNumber") == "2" && ++pages % 3 == 0) ReverseSnapshots(body);
  });
  ExpectBroken(target, "page.order.stable");
}

TEST(WrongTargets, ThatIgnoreTheTokenAreNoticed) {
  FaultyTarget target(BuiltIn());
  target.bend_request = [](Request& request) { request.Unset("NextToken"); };
  ExpectBroken(target, "token.walk.unique");
}

TEST(WrongTargets, ThatIgnoreATagAreNoticed) {
  FaultyTarget target(BuiltIn());
  target.bend_request = [](Request& request) {
    request.Unset("Tag.1.Key");
    request.Unset("Tag.1.Value");
  };
  ExpectBroken(target, "tag.value.selects");
}

// A mistake that the catalogue does not have: ids behind the 50th are not looked at.
TEST(WrongTargets, ThatNoFaultExplainsGiveFewFindings) {
  FaultyTarget target(BuiltIn());
  target.bend_request = [](Request& request) {
    Json ids = Json::parse(request.Find("SnapshotIds").value_or(""), nullptr, false);
    if (!ids.is_array() || ids.size() <= 50) return;
    ids.erase(ids.begin() + 50, ids.end());
    request.Set("SnapshotIds", ids.dump());
  };
  NullRecorder recorder;
  Judge judge(BuiltIn());
  Session session(target, judge, recorder);
  SuiteNotes notes;
  SuiteContext context(session, BuiltIn(), {.strength = 1, .thorough = false}, notes);
  const Result<std::vector<SuiteTest>> tests = ConformanceTests(context);
  for (const SuiteTest& test : *tests) test.run(context);
  const std::vector<Finding> findings = session.Findings();
  std::size_t groups = 0;
  for (const Finding& finding : findings) groups += 1 + finding.also.size();
  EXPECT_LE(findings.size(), 2U);
  EXPECT_GT(groups, findings.size()) << "nothing had to be joined";
}

}  // namespace
}  // namespace assay
