#include "reports/render/sarif.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/journal/sample_run_for_test.h"
#include "spec/catalogue/catalogue.h"

namespace assay {
namespace {

TEST(Sarif, HasAResultForEachFindingWithItsRule) {
  RecordedRun run = SampleRun(HostileText());
  const std::string rule(Id(Catalogue::Get().rules().front().id));
  run.findings[0].rule = rule;
  run.findings[0].answer = {200, "application/json", "{}"};
  const auto log = nlohmann::json::parse(SarifText(run));
  EXPECT_EQ(log["version"], "2.1.0");
  const auto& only = log["runs"][0];
  ASSERT_EQ(only["results"].size(), run.findings.size());
  for (const auto& result : only["results"]) {
    const auto& described = only["tool"]["driver"]["rules"][result["ruleIndex"].get<int>()];
    EXPECT_EQ(described["id"], result["ruleId"]);
    EXPECT_FALSE(result["message"]["text"].get<std::string>().empty());
    EXPECT_GE(result["locations"][0]["physicalLocation"]["region"]["startLine"], 1);
    EXPECT_FALSE(result["partialFingerprints"]["assay/v1"].get<std::string>().empty());
    if (result["ruleId"] != rule) continue;
    EXPECT_TRUE(described["helpUri"].get<std::string>().starts_with("https://"));
    EXPECT_GT(result["locations"][0]["physicalLocation"]["region"]["startLine"], 1);
    EXPECT_EQ(result["webResponse"]["statusCode"], 200);
  }
}

TEST(Sarif, SuppressesWhatIsAccepted) {
  RecordedRun run = SampleRun("");
  std::erase_if(run.findings, [](const Finding& f) { return f.kind != FindingKind::kKnown; });
  const auto log = nlohmann::json::parse(SarifText(run));
  ASSERT_EQ(log["runs"][0]["results"].size(), 1u);
  EXPECT_EQ(log["runs"][0]["results"][0]["suppressions"][0]["kind"], "external");
}

}  // namespace
}  // namespace assay
