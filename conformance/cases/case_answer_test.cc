#include "conformance/cases/case_answer.h"

#include <gtest/gtest.h>

#include "conformance/cases/bench_for_test.h"

namespace assay {
namespace {

constexpr Rule kRule = "page.size.limits"_rule;

CaseAnswer ListOf(std::vector<std::string> ids) {
  const auto count = static_cast<std::int64_t>(ids.size());
  return {.status = 200,
          .is_list = true,
          .total = count,
          .page_number = 1,
          .page_size = 10,
          .ids = std::move(ids)};
}
CaseAnswer Refusal(int status, std::string code) {
  return {.status = status, .code = std::move(code)};
}

// The key of the expectation that does not hold, "" if all do.
std::string Broken(const Expectation& expect, const CaseAnswer& answer,
                   const AnswersByCase& earlier = {},
                   const std::vector<std::pair<std::string, std::string>>& every = {}) {
  const auto difference = CheckExpectation(kRule, {expect, every}, answer, earlier, BuiltIn());
  if (!difference) return "";
  EXPECT_EQ(difference->rule, kRule);
  EXPECT_FALSE(difference->expected.empty());
  EXPECT_FALSE(difference->actual.empty());
  return difference->shape;
}

TEST(CaseAnswer, AcceptedMeansAList) {
  EXPECT_EQ(Broken({.accepted = true}, ListOf({})), "");
  EXPECT_EQ(Broken({.accepted = true}, Refusal(400, "InvalidParameter")), "accepted");
}

TEST(CaseAnswer, RefusedMeansA4xxWithTheCode) {
  EXPECT_EQ(Broken({.refused = ""}, Refusal(404, "Any")), "");
  EXPECT_EQ(Broken({.refused = "Some"}, Refusal(404, "Some")), "");
  EXPECT_EQ(Broken({.refused = "Some"}, Refusal(404, "Other")), "refused");
  EXPECT_EQ(Broken({.refused = ""}, Refusal(500, "Some")), "refused");
  EXPECT_EQ(Broken({.refused = ""}, ListOf({})), "refused");
}

TEST(CaseAnswer, NumbersAreThoseOfTheList) {
  EXPECT_EQ(Broken({.page_number = 1, .page_size = 10, .total_count = 2}, ListOf({"a", "b"})), "");
  EXPECT_EQ(Broken({.page_number = 2}, ListOf({})), "page_number");
  EXPECT_EQ(Broken({.page_size = 20}, ListOf({})), "page_size");
  EXPECT_EQ(Broken({.total_count = 3}, ListOf({"a"})), "total_count");
  EXPECT_EQ(Broken({.total_count = 0}, Refusal(400, "X")), "total_count");
}

TEST(CaseAnswer, NextTokenIsGivenOrNot) {
  CaseAnswer with = ListOf({"a"});
  with.next_token = "t";
  EXPECT_EQ(Broken({.next_token = true}, with), "");
  EXPECT_EQ(Broken({.next_token = false}, with), "next_token");
  EXPECT_EQ(Broken({.next_token = true}, ListOf({"a"})), "next_token");
}

TEST(CaseAnswer, SnapshotsAreCounted) {
  EXPECT_EQ(Broken({.items = 1, .at_most = 1, .empty = false}, ListOf({"a"})), "");
  EXPECT_EQ(Broken({.items = 2}, ListOf({"a"})), "items");
  EXPECT_EQ(Broken({.at_most = 0}, ListOf({"a"})), "at_most");
  EXPECT_EQ(Broken({.empty = true}, ListOf({"a"})), "empty");
  EXPECT_EQ(Broken({.empty = false}, ListOf({})), "empty");
  EXPECT_EQ(Broken({.items = 0}, Refusal(400, "X")), "items");
}

TEST(CaseAnswer, EveryComparesTexts) {
  CaseAnswer answer = ListOf({"a", "b"});
  answer.fields = {{"failed"}, {"failed"}};
  EXPECT_EQ(Broken({}, answer, {}, {{"Status", "failed"}}), "");
  answer.fields[1][0] = "progressing";
  EXPECT_EQ(Broken({}, answer, {}, {{"Status", "failed"}}), "every");
  EXPECT_EQ(Broken({}, Refusal(400, "X"), {}, {{"Status", "failed"}}), "");
}

TEST(CaseAnswer, EveryKnowsSpellingsThatAreOne) {
  CaseAnswer answer = ListOf({"a"});
  answer.fields = {{"System"}};
  EXPECT_EQ(Broken({}, answer, {}, {{"SourceDiskType", "system"}}), "");
  answer.fields = {{"timer"}};
  EXPECT_EQ(Broken({}, answer, {}, {{"SnapshotType", "auto"}}), "");
  EXPECT_EQ(Broken({}, answer, {}, {{"SnapshotType", "user"}}), "every");
}

TEST(CaseAnswer, EveryLooksUpWhatAnAnswerLeavesOut) {
  const Snapshot& known = BuiltIn().snapshots.front();
  CaseAnswer answer = ListOf({known[Field::kSnapshotId]});
  answer.fields = {{""}};
  EXPECT_EQ(Broken({}, answer, {}, {{"RegionId", known[Field::kRegionId]}}), "");
  EXPECT_EQ(Broken({}, answer, {}, {{"RegionId", "nowhere"}}), "every");
}

TEST(CaseAnswer, OtherRequestsAreComparedAsSetsIfBothAreComplete) {
  CaseAnswer other = ListOf({"b", "a"});
  other.request = SmallestRequest("elsewhere", "");
  EXPECT_EQ(Broken({.same_as = "x"}, ListOf({"a", "b"}), {{"x", other}}), "");
  EXPECT_EQ(Broken({.same_as = "x"}, ListOf({"a", "c"}), {{"x", other}}), "same_as");
  other.total = 20;
  EXPECT_EQ(Broken({.same_as = "x"}, ListOf({"a", "c"}), {{"x", other}}), "");
  EXPECT_EQ(Broken({.same_as = "x"}, ListOf({"a"}), {{"x", Refusal(400, "X")}}), "");
}

TEST(CaseAnswer, EqualRequestsAreComparedInOrder) {
  EXPECT_EQ(Broken({.same_as = "x"}, ListOf({"a", "b"}), {{"x", ListOf({"a", "b"})}}), "");
  EXPECT_EQ(Broken({.same_as = "x"}, ListOf({"b", "a"}), {{"x", ListOf({"a", "b"})}}), "same_as");
}

TEST(CaseAnswer, SubsetsAndDisjointLists) {
  const AnswersByCase earlier = {{"x", ListOf({"a", "b"})}};
  EXPECT_EQ(Broken({.subset_of = "x"}, ListOf({"b"}), earlier), "");
  EXPECT_EQ(Broken({.subset_of = "x"}, ListOf({"c"}), earlier), "subset_of");
  EXPECT_EQ(Broken({.disjoint_from = "x"}, ListOf({"c"}), earlier), "");
  EXPECT_EQ(Broken({.disjoint_from = "x"}, ListOf({"b"}), earlier), "disjoint_from");
}

TEST(CaseAnswer, ReadsListsAndErrorsInBothFormats) {
  FaultyTarget target(BuiltIn());
  for (const char* format : {"JSON", "XML"}) {
    Request request = SmallestRequest("cn-hangzhou", format);
    request.Set("PageSize", "7");
    request.Set("Status", "failed");
    const CaseAnswer list =
        CaseAnswerOf(request, AnswerReader().Read(*Send(target, request)), {"Status"});
    EXPECT_TRUE(list.is_list);
    EXPECT_EQ(list.page_size, 7);
    ASSERT_EQ(list.ids.size(), 7U);
    EXPECT_EQ(list.fields[6][0], "failed");
    request.Set("Status", "no_such_state");
    const CaseAnswer error = CaseAnswerOf(request, AnswerReader().Read(*Send(target, request)), {});
    EXPECT_FALSE(error.is_list);
    EXPECT_EQ(error.code, "InvalidStatus.NotFound");
  }
}

}  // namespace
}  // namespace assay
