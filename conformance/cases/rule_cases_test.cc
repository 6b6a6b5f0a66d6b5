#include "conformance/cases/rule_cases.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/cases/bench_for_test.h"
#include "reference/auth/request_signer.h"
#include "spec/catalogue/catalogue_for_test.h"

namespace assay {
namespace {

void ExpectAgreement(std::uint64_t seed, const SuiteOptions& options = {}) {
  FaultyTarget target(BuiltIn(), RandomReading(seed));
  Bench bench(target, options);
  for (const RuleInfo& rule : AllRules()) {
    for (const std::string& failure : RunRuleCases(bench.context, rule).failures) {
      ADD_FAILURE() << "reading " << seed << ": " << failure;
    }
  }
  for (const Finding& finding : bench.session.Findings()) {
    // The answers that a question admits and a `should` rule advises against.
    EXPECT_TRUE(finding.rule == "encoding.format.default" || finding.rule == "ids.list.unknown")
        << "reading " << seed << finding.rule << finding.actual;
  }
}

TEST(RuleCases, AgreeWithTheModelUnderEveryReading) {
  for (std::uint64_t seed = 0; seed <= 20; ++seed) ExpectAgreement(seed);
}

TEST(RuleCases, AgreeWithTheModelForOtherSnapshotsAndInXml) {
  ExpectAgreement(0, {.seed = 2});
  ExpectAgreement(3, {.seed = 3, .format = SuiteFormat::kXml});
  ExpectAgreement(4, {.region = "cn-shanghai", .seed = 4, .format = SuiteFormat::kJson});
}

TEST(RuleCases, AreAllSent) {
  FaultyTarget target(BuiltIn());
  Bench bench(target, {.signs = true});
  for (const RuleInfo& rule : AllRules()) {
    const TestOutcome outcome = RunRuleCases(bench.context, rule);
    EXPECT_EQ(!outcome.skip, !rule.cases.empty()) << Id(rule.id) << ": " << outcome.reason;
    EXPECT_TRUE(bench.notes.reasons(rule.id).empty()) << Id(rule.id);
  }
}

// A document type is no more than a warning, but what follows it is not read.
TEST(RuleCases, ShowNothingByAnswersThatAreNotRead) {
  FaultyTarget target(BuiltIn());
  target.bend_answer = [](const Request&, Response& response) {
    response.body.insert(response.body.find("?>") + 2, "<!DOCTYPE r>");
  };
  Bench bench(target, {.format = SuiteFormat::kXml});
  for (const Rule rule : {"filter.usage.none"_rule, "page.size.limits"_rule}) {
    RunRuleCases(bench.context, Catalogue::Get()[rule]);
    EXPECT_EQ(bench.notes.checked(rule), 0U) << Id(rule);
  }
}

TEST(RuleCases, ThatTheStateCannotSatisfyAreSkippedAloud) {
  const Dataset small = GenerateDataset(3, 1);
  FaultyTarget target(small);
  Bench bench(target, {}, small);
  const Rule rule = "token.next.given"_rule;
  const TestOutcome outcome = RunRuleCases(bench.context, Catalogue::Get()[rule]);
  EXPECT_NE(outcome.reason.find("`$ids.11`"), std::string::npos) << outcome.reason;
  EXPECT_EQ(bench.notes.checked(rule), 0U);
  ASSERT_EQ(bench.notes.reasons(rule).size(), 1U);
}

TEST(RuleCases, ForgeNothingIfNothingIsSigned) {
  FaultyTarget target(BuiltIn());
  Bench bench(target);
  const Rule rule = "auth.time.limited"_rule;
  const TestOutcome outcome = RunRuleCases(bench.context, Catalogue::Get()[rule]);
  EXPECT_NE(outcome.reason.find("set ALIBABA_CLOUD_ACCESS_KEY_ID"), std::string::npos)
      << outcome.reason;
  EXPECT_EQ(target.requests, 0);
  // One reason for all cases: none of them is named.
  EXPECT_TRUE(bench.notes.ReasonsText(rule).starts_with("no request is signed"))
      << bench.notes.ReasonsText(rule);
}

TEST(RuleCases, SeeThatForgedSignaturesAreAccepted) {
  FaultyTarget target(BuiltIn());
  target.bend_request = [](Request& request) { request.forgery = Forgery::kNone; };
  Bench bench(target, {.signs = true});
  for (const std::string_view id :
       {"auth.signature.required", "auth.signature.verified", "auth.signature.covers_parameters",
        "auth.time.limited", "auth.nonce.once", "auth.key.known"}) {
    (void)RunRuleCases(bench.context, Catalogue::Get()[*FindRule(id)]);
    EXPECT_TRUE(bench.Found(id)) << id;
  }
}

// A target that takes both schemes may check one of them alone.
TEST(RuleCases, SeeWhatIsForgedInParametersAloneInARunThatSignsHeaders) {
  for (const bool both : {true, false}) {
    FaultyTarget target(BuiltIn());
    int in_parameters = 0;
    target.bend_request = [&](Request& request) {
      if (!AsksForParameterSignature(request)) return;
      ++in_parameters;
      request.forgery = Forgery::kNone;
    };
    Bench bench(target, {.signs = true, .signs_both = both});
    for (const std::string_view id : {"auth.signature.verified", "auth.signature.covers_body"}) {
      (void)RunRuleCases(bench.context, Catalogue::Get()[*FindRule(id)]);
    }
    EXPECT_EQ(bench.Found("auth.signature.verified"), both);
    EXPECT_FALSE(bench.Found("auth.signature.covers_body"))
        << "only headers have a hash of the body";
    EXPECT_EQ(in_parameters > 0, both);
  }
}

TEST(RuleCases, SeeARefusalThatClientsDoNotUnderstand) {
  FaultyTarget target(BuiltIn());
  target.bend_answer = [](const Request& request, Response& response) {
    if (request.forgery == Forgery::kNone) return;
    const std::size_t at = response.body.find("server string to sign is");
    if (at != std::string::npos) response.body.replace(at, 6, "client");
    const std::size_t code = response.body.find("InvalidAccessKeyId.NotFound");
    if (code != std::string::npos) response.body.replace(code, 27, "InvalidAccessKey.IsNotThere");
  };
  Bench bench(target, {.signs = true});
  (void)RunRuleCases(bench.context, Catalogue::Get()["auth.refusal.code"_rule]);
  EXPECT_TRUE(bench.Found("auth.refusal.code"));
  EXPECT_TRUE(bench.Found("auth.refusal.text"));
  EXPECT_EQ(bench.session.violations(), 0u);
}

TEST(RuleCases, LeaveOutTheFormatThatIsNotWanted) {
  FaultyTarget target(BuiltIn());
  Bench bench(target, {.format = SuiteFormat::kJson});
  const TestOutcome outcome =
      RunRuleCases(bench.context, Catalogue::Get()["encoding.format.xml"_rule]);
  EXPECT_NE(outcome.reason.find("left out by --format json"), std::string::npos);
  EXPECT_EQ(target.requests, 0);
}

TEST(RuleCases, NoticeAFilterThatIsIgnored) {
  FaultyTarget target(BuiltIn());
  target.bend_request = [](Request& request) { request.Unset("DiskId"); };
  Bench bench(target);
  const TestOutcome outcome =
      RunRuleCases(bench.context, Catalogue::Get()["filter.disk_id.selects"_rule]);
  ASSERT_FALSE(outcome.failures.empty());
  EXPECT_TRUE(outcome.failures[0].starts_with("filter.disk_id.selects: ")) << outcome.failures[0];
  EXPECT_TRUE(bench.Found("filter.disk_id.selects"));
}

TEST(RuleCases, NoticeAWrongStatus) {
  FaultyTarget target(BuiltIn());
  target.bend_answer = [](const Request&, Response& response) {
    if (response.status == 404) response.status = 400;
  };
  Bench bench(target);
  RunRuleCases(bench.context, Catalogue::Get()["filter.status.unknown"_rule]);
  EXPECT_TRUE(bench.Found("error.invalid_status_not_found.status"));
}

// What the judge admits as one of the possible answers, and a reader of the case would not.
TEST(RuleCases, NoticeABrokenExpectationIfTheJudgeIsSilent) {
  FaultyTarget target(BuiltIn());
  Bench bench(target);
  RuleInfo rule = Catalogue::Get()["page.size.echo"_rule];
  rule.cases[0].expect.page_size = 8;
  const TestOutcome outcome = RunRuleCases(bench.context, rule);
  ASSERT_EQ(outcome.failures.size(), 1U);
  EXPECT_NE(outcome.failures[0].find("page_size 8"), std::string::npos) << outcome.failures[0];
  const std::vector<Finding> findings = bench.session.Findings();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].rule, "page.size.echo");
  EXPECT_EQ(bench.notes.violated(rule.id), 1U);
}

// It is not KMSKeyId that is wrong in a body that nobody can read.
TEST(RuleCases, SayOfABodyThatCannotBeReadNothingElse) {
  FaultyTarget target(BuiltIn());
  target.bend_answer = [](const Request&, Response& response) { response.body.resize(20); };
  Bench bench(target);
  RunRuleCases(bench.context, Catalogue::Get()["response.field.kms_key_id"_rule]);
  EXPECT_FALSE(bench.Found("response.field.kms_key_id"));
  EXPECT_TRUE(bench.Found("encoding.json.well_formed"));
}

TEST(RuleCases, SayNothingTwice) {
  FaultyTarget target(BuiltIn());
  target.bend_request = [](Request& request) { request.Unset("Status"); };
  Bench bench(target);
  RunRuleCases(bench.context, Catalogue::Get()["filter.status.failed"_rule]);
  EXPECT_EQ(bench.notes.violated("filter.status.failed"_rule), 0U);
  EXPECT_TRUE(bench.Found("filter.status.failed"));
}

}  // namespace
}  // namespace assay
