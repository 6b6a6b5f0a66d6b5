#include "reports/render/report_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/journal/sample_run_for_test.h"
#include "reports/text/text.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

using nlohmann::json;

std::vector<std::string> Keys(const json& value) {
  std::vector<std::string> keys;
  for (const auto& [key, unused] : value.items()) keys.push_back(key);
  return keys;
}

TEST(JsonReports, HaveExactlyTheDocumentedKeys) {
  const json report = json::parse(ReportJson(SampleRun(""), true));
  EXPECT_EQ(report["schema"], "assay-report/1");
  EXPECT_EQ(Keys(report),
            (std::vector<std::string>{"assay", "findings", "reading", "reason", "rules", "schema",
                                      "seconds", "seed", "started", "target", "totals",
                                      "unforeseen", "vacuity", "verdict"}));
  EXPECT_EQ(Keys(report["totals"]),
            (std::vector<std::string>{"broken", "exchanges", "explained", "held", "inconclusive",
                                      "judged", "known", "not_settled", "not_shown",
                                      "requests_per_second", "throttled", "unforeseen",
                                      "violations", "warned", "warnings"}));
  EXPECT_EQ(
      Keys(report["findings"][0]),
      (std::vector<std::string>{
          "actual",   "also", "before", "cause",       "diagnosed",   "diagnosis", "evidence",
          "expected", "id",   "kind",   "occurrences", "overlapping", "repeated",  "repro",
          "request",  "rule", "source", "stability",   "statement",   "variant",   "weight"}));
  EXPECT_EQ(Keys(report["rules"][0]),
            (std::vector<std::string>{"exercised", "id", "level", "state", "violations"}));
  EXPECT_EQ(Keys(report["reading"][0]),
            (std::vector<std::string>{"asked", "evidence", "possible", "question", "settled",
                                      "why_open"}));
}

TEST(JsonReports, OrderFindingsByKindRuleAndId) {
  const json report = json::parse(ReportJson(SampleRun(""), true));
  std::vector<std::string> ids;
  for (const json& finding : report["findings"]) ids.push_back(finding["id"]);
  EXPECT_EQ(ids, (std::vector<std::string>{"f-1", "v-1", "v-2", "w-1", "k-1", "i-1"}));
  RecordedRun reversed = SampleRun("");
  std::reverse(reversed.findings.begin(), reversed.findings.end());
  std::reverse(reversed.trailer.rules.begin(), reversed.trailer.rules.end());
  EXPECT_EQ(ReportJson(reversed, true), ReportJson(SampleRun(""), true));
}

TEST(JsonReports, CountFindingsAndNotExchanges) {
  const json totals = json::parse(ReportJson(SampleRun(""), true))["totals"];
  EXPECT_EQ(totals["violations"], 3);
  EXPECT_EQ(totals["warnings"], 1);
  EXPECT_EQ(totals["known"], 1);
  EXPECT_EQ(totals["inconclusive"], 1);
  EXPECT_EQ(totals["requests_per_second"], 500.0);
}

TEST(JsonReports, SayWhatTheRunSaysNothingAbout) {
  RecordedRun run = SampleRun("");
  run.trailer.parameters = {{"Status", 9, 4, 3}, {"Usage", 5, 2, 0}, {"DryRun", 3, 0, 0}};
  const json vacuity = json::parse(ReportJson(run, true))["vacuity"];
  EXPECT_EQ(vacuity["rules_not_exercised"],
            json::parse(R"([{"id": "never.b.c", "why": "the dataset has no such snapshot"}])"));
  EXPECT_EQ(vacuity["questions_not_reached"], json::parse(R"(["never.asked"])"));
  EXPECT_EQ(vacuity["parameters_without_effect"], json::parse(R"(["Usage"])"));
  EXPECT_EQ(vacuity["parameters"].size(), 3U);
  EXPECT_EQ(vacuity["parameters"][0], json::parse(R"({"name": "Status", "given": 9,
                                                      "compared": 4, "effective": 3})"));
}

TEST(JsonReports, NameTheReproFile) {
  EXPECT_EQ(json::parse(ReportJson(SampleRun(""), true))["findings"][1]["repro"], "repro/v-1.sh");
  EXPECT_EQ(json::parse(ReportJson(SampleRun(""), false))["findings"][1]["repro"], "");
}

TEST(JsonReports, HostileTextGivesValidJson) {
  const std::string text = ReportJson(SampleRun(HostileText()), true);
  const json report = json::parse(text);
  EXPECT_EQ(report["findings"][0]["actual"], "101 snapshots" + ReplaceInvalidUtf8(HostileText()));
}

TEST(JsonReports, ARepeatedParameterShowsEveryValue) {
  RecordedRun run = SampleRun("");
  run.findings.resize(1);
  run.findings[0].request.parameters = {
      {"A", "1"}, {"B", "x"}, {"A", "2"}, {"A", "1"}, {"Signature", "s"}};
  const json report = json::parse(ReportJson(run, true));
  EXPECT_EQ(report["findings"][0]["request"]["parameters"],
            json::parse(R"({"A": ["1", "2", "1"], "B": "x"})"));
}

TEST(JsonReports, AKilledRunIsInconclusive) {
  RecordedRun run = SampleRun("");
  run.finished = false;
  run.trailer = RunTrailer{};
  run.trailer.verdict = RunVerdict::kInconclusive;
  const json report = json::parse(ReportJson(run, true));
  EXPECT_EQ(report["verdict"], "inconclusive");
  EXPECT_TRUE(report["seconds"].is_null());
  EXPECT_TRUE(report["totals"]["requests_per_second"].is_null());
  run.trailer.reason = "the run was stopped by a signal (SIGTERM), in the suite `walks`";
  EXPECT_EQ(json::parse(ReportJson(run, true))["reason"], run.trailer.reason);
  EXPECT_TRUE(report["rules"].is_array());
}

}  // namespace
}  // namespace assay
