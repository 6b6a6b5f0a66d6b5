#include "reports/repro.h"

#include <gtest/gtest.h>

#include "reports/sample_run_for_test.h"
#include "reports/token_issuers.h"

namespace assay {
namespace {

RecordedExchange Page(std::uint64_t id, const std::string& token, const std::string& next) {
  RecordedExchange out;
  out.exchange.id = id;
  out.exchange.method = "GET";
  out.exchange.status = 200;
  out.exchange.verdict = "conforms";
  if (!token.empty()) out.exchange.parameters.emplace_back("NextToken", token);
  out.exchange.next_token = next;
  return out;
}

TEST(TokenIssuers, AWalkIsCompletedToItsBeginning) {
  TokenIssuers issuers;
  for (const auto& page : {Page(1, "", "aa"), Page(2, "aa", "bb"), Page(3, "", "cc"),
                           Page(4, "bb", ""), Page(5, "c", "")}) {
    issuers.Take(page.exchange);
  }
  EXPECT_EQ(issuers.Complete({4}), (std::set<std::uint64_t>{1, 2, 4}));
  EXPECT_EQ(issuers.Complete({5}), (std::set<std::uint64_t>{3, 5}));  // its token was cut
  EXPECT_EQ(issuers.Complete({1, 99}), (std::set<std::uint64_t>{1, 99}));
}

TEST(TokenIssuers, KnowsTheTokensThatCameWithAnAnswer) {
  TokenIssuers issuers;
  issuers.Take(Page(1, "", "aa").exchange);
  EXPECT_TRUE(issuers.Know(Page(2, "aa", "").exchange));
  EXPECT_TRUE(issuers.Know(Page(3, "", "").exchange));
  EXPECT_FALSE(issuers.Know(Page(4, "zz", "").exchange));
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
  run.findings[0].forgery = "nonce";
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
