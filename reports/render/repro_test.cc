#include "reports/render/repro.h"

#include <gtest/gtest.h>

#include "reports/journal/sample_run_for_test.h"

namespace assay {
namespace {

RecordedExchange Page(std::uint64_t id, const std::string& token, const std::string& next) {
  RecordedExchange out;
  out.exchange.id = id;
  out.exchange.status = 200;
  out.exchange.verdict = ExchangeVerdict::kConforms;
  if (!token.empty()) out.exchange.request.parameters.push_back({"NextToken", token});
  out.exchange.next_token = next;
  return out;
}

TEST(Repro, TheJournalHoldsWhatTheTokensOfTheEvidenceComeFrom) {
  RecordedRun run = SampleRun("");
  run.evidence = {Page(1, "", "aa"), Page(2, "", "xx"), Page(9, "aa", "")};
  const std::string journal = ReproJournal(run, run.findings[0]);
  EXPECT_NE(journal.find("\"id\":1,"), std::string::npos);
  EXPECT_EQ(journal.find("\"id\":2,"), std::string::npos);
  EXPECT_NE(journal.find("\"id\":9,"), std::string::npos);
}

TEST(Repro, AForgedSignatureIsSaidToBeBeyondCurl) {
  RecordedRun run = SampleRun("");
  EXPECT_EQ(ReproScript(run, run.findings[0]).find("forged"), std::string::npos);
  run.findings[0].request.forgery = Forgery::kNonce;
  run.header.options = {{"--signature", "v3"}};
  const std::string script = ReproScript(run, run.findings[0]);
  EXPECT_NE(script.find("forged\n# (nonce), which curl cannot make: use --judge"),
            std::string::npos)
      << script;
  EXPECT_NE(script.find(" --signature v3\nfi"), std::string::npos) << script;
  EXPECT_NE(script.find("ALIBABA_CLOUD_ACCESS_KEY_ID"), std::string::npos) << script;
}

}  // namespace
}  // namespace assay
