#include "reports/render/har_file.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/journal/sample_run_for_test.h"

namespace assay {
namespace {

TEST(HarFiles, HoldTheEvidenceWithoutSecrets) {
  RecordedRun run = SampleRun("");
  RecordedExchange& recorded = run.evidence.front();
  recorded.exchange.request.method = "POST";
  recorded.exchange.request.placement = Placement::kForm;
  recorded.exchange.request.parameters = {
      {"Action", "DescribeSnapshots"}, {"Name", "a b"}, {"Signature", "HUSH"}};
  recorded.exchange.body = "\xff";
  const std::string text = HarText(run);
  EXPECT_EQ(text.find("HUSH"), std::string::npos);
  const auto entry = nlohmann::json::parse(text)["log"]["entries"][0];
  EXPECT_EQ(entry["request"]["postData"]["text"],
            "Action=DescribeSnapshots&Name=a%20b&Version=2014-05-26");
  EXPECT_EQ(entry["request"]["url"], "http://127.0.0.1:1/");
  EXPECT_EQ(entry["response"]["content"]["encoding"], "base64");
  EXPECT_EQ(entry["response"]["status"], 200);
}

TEST(HarFiles, LeaveOutABodyThatWasNotKept) {
  RecordedRun run = SampleRun("");
  run.evidence.front().body_cut = true;
  const auto har = nlohmann::json::parse(HarText(run));
  EXPECT_FALSE(har["log"]["entries"][0]["response"]["content"].contains("text"));
}

}  // namespace
}  // namespace assay
