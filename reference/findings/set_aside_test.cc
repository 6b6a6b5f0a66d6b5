#include "reference/findings/set_aside.h"

#include <gtest/gtest.h>

#include "reference/findings/groups.h"

namespace assay {
namespace {

const Difference kTooMany = {"page.size.limits"_rule, "at most 100", "101", "more"};

Request Asking(std::vector<Parameter> parameters) { return {.parameters = std::move(parameters)}; }

Verdict Violation() {
  Verdict verdict{.kind = Verdict::Kind::kViolation};
  verdict.differences = {kTooMany};
  return verdict;
}

Finding Settled() {
  return {.id = SymptomId(kTooMany) + "0000",
          .rule = "page.size.limits",
          .request = Asking({{"Status", "failed"}})};
}

TEST(SetAside, TakesEverythingForNewAtFirst) {
  SetAside aside;
  EXPECT_TRUE(aside.Filter(Asking({{"Status", "failed"}}), Violation()).HasViolation());
}

TEST(SetAside, KnowsWhatAsksForMoreThanASettledFinding) {
  SetAside aside;
  const Finding finding = Settled();
  aside.Add(finding);
  const Verdict rest =
      aside.Filter(Asking({{"Status", "progressing"}, {"Encrypted", "true"}}), Violation());
  EXPECT_FALSE(rest.HasViolation());
  EXPECT_NE(rest.kind, Verdict::Kind::kViolation);
  EXPECT_EQ(aside.Again(finding.id), 1U);
}

TEST(SetAside, TakesTheSymptomOfAnotherKindOfRequestForNew) {
  SetAside aside;
  aside.Add(Settled());
  EXPECT_TRUE(aside.Filter(Asking({{"Encrypted", "true"}}), Violation()).HasViolation());
  EXPECT_EQ(aside.Again(Settled().id), 0U);
}

TEST(SetAside, KnowsTheSymptomsThatAFindingTookIn) {
  SetAside aside;
  Finding finding = Settled();
  finding.also = {finding.id};
  finding.id = "page.size.echo.123456780000";
  aside.Add(finding);
  EXPECT_FALSE(aside.Filter(Asking({{"Status", "failed"}}), Violation()).HasViolation());
  EXPECT_EQ(aside.Again(finding.id), 1U);
}

}  // namespace
}  // namespace assay
