// What may be accused, and what only described: bounds, situations, coherence.
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/judge/examine_for_test.h"
#include "reference/judge/judge.h"

namespace assay {
namespace {

std::string RulesBroken(const Verdict& verdict) {
  std::string out;
  for (const Difference& difference : verdict.violations()) {
    out += std::string(Id(difference.rule)) + " ";
  }
  return out;
}

// Judges answers of the reference under readings that may differ from answer to answer.
class Accusation : public testing::Test {
 protected:
  Verdict Judged(const Request& request, const Response& response) {
    return Examine(judge_, ++id_, request, response);
  }
  Verdict Judged(const Request& request, Pairs pins = {}) {
    return Judged(request, Under(request, pins));
  }
  static Response Under(const Request& request, Pairs pins = {}) {
    Service service(TestDataset(), Pins(pins));
    return AnswerOf(service, request);
  }
  // The first answer of a target: nothing goes before it.
  static Verdict JudgedFirst(const Request& request, const Response& response) {
    Judge judge(TestDataset());
    return Examine(judge, 1, request, response);
  }
  // A refusal as the reference gives one, with another status and code.
  static Response Refusal(int status, const std::string& code) {
    Response out = Under(Ask({{"PageNumber", "x"}}));
    nlohmann::json body = nlohmann::json::parse(out.body);
    EXPECT_TRUE(body.contains("Code")) << out.body;
    body["Code"] = code;
    out.body = body.dump();
    out.status = status;
    return out;
  }
  std::string WhyOpen(std::string_view question) const {
    for (const LearnedAnswer& answer : judge_.Learned()) {
      if (answer.question == question) return answer.why_open;
    }
    return "no such question";
  }

  Judge judge_{TestDataset()};
  std::uint64_t id_ = 0;
};

TEST_F(Accusation, SpareWhatDependsOnTheSituation) {
  const char* question = "paging.page_size.above_maximum";
  const Request alone = Ask({{"PageSize", "101"}});
  const Request beside = Ask({{"PageSize", "101"}, {"Status", "failed"}});
  EXPECT_EQ(RulesBroken(Judged(alone, {{question, "cut"}})), "");
  EXPECT_EQ(RulesBroken(Judged(beside, {{question, "refused"}})), "");
  EXPECT_EQ(RulesBroken(Judged(alone, {{question, "cut"}})), "");
  EXPECT_EQ(RulesBroken(Judged(beside, {{question, "refused"}})), "");
  const std::string why = WhyOpen(question);
  EXPECT_NE(why.find("refused (beside Status)"), std::string::npos) << why;
}

TEST_F(Accusation, MeetsAnotherAnswerToTheSameRequest) {
  const Request request = Ask({{"PageSize", "101"}});
  EXPECT_EQ(RulesBroken(Judged(request, {{"paging.page_size.above_maximum", "cut"}})), "");
  EXPECT_EQ(RulesBroken(Judged(request, {{"paging.page_size.above_maximum", "refused"}})),
            "request.same.answer ");
}

TEST_F(Accusation, MeetsAFilterThatMeansSomethingElseInCompany) {
  const Request alone = Ask({{"Usage", "image"}, {"PageSize", "100"}});
  const Request beside = Ask({{"Usage", "image"}, {"PageSize", "100"}, {"SnapshotType", "all"}});
  EXPECT_EQ(RulesBroken(Judged(alone, {{"filter.usage.image", "matched"}})), "");
  EXPECT_EQ(RulesBroken(Judged(beside, {{"filter.usage.image", "not_matched"}})),
            "request.filter.one_meaning ");
}

// Otherwise a reader cannot tell which snapshot of the lists shows it.
TEST_F(Accusation, NamesTheSnapshotThatAFilterTreatsInTwoWays) {
  const Request alone = Ask({{"Usage", "image"}, {"PageSize", "100"}});
  const Request beside = Ask({{"Usage", "image"}, {"PageSize", "100"}, {"SnapshotType", "all"}});
  const auto told = [](const Verdict& verdict) {
    const auto all = verdict.violations();
    return all.empty() ? std::string() : all.front().expected + " / " + all.front().actual;
  };
  for (const bool less : {true, false}) {
    const Pairs matched = {{"filter.usage.image", "matched"}};
    const Pairs not_matched = {{"filter.usage.image", "not_matched"}};
    Judge judge(TestDataset());
    const Response first = Under(alone, less ? matched : not_matched);
    EXPECT_EQ(RulesBroken(Examine(judge, 1, alone, first)), "");
    const std::string text =
        told(Examine(judge, 2, beside, Under(beside, less ? not_matched : matched)));
    const std::size_t name = text.find("s-");
    ASSERT_EQ(name, 0U) << text;
    const std::string id = text.substr(0, text.find(' '));
    const auto at = TestDataset().by_id.find(id);
    ASSERT_NE(at, TestDataset().by_id.end()) << text;
    EXPECT_EQ(TestDataset().snapshots[at->second][Field::kUsage], "image_disk");
    const std::string by_alone = "`Usage=image&PageSize=100` ";
    const std::string by_both = "`Usage=image&PageSize=100&SnapshotType=all` ";
    const std::string lists = "lists " + id + ": 200 and a list of ";
    const std::string lacks = "does not list " + id;
    EXPECT_NE(text.find((less ? by_alone : by_both) + lists), std::string::npos) << text;
    EXPECT_NE(text.find((less ? by_both : by_alone) + lacks), std::string::npos) << text;
    const bool says_why = text.find("though it satisfies SnapshotType=all") != std::string::npos;
    EXPECT_EQ(says_why, less) << text;
  }
}

// The values differ, and so the snapshots: there is one for each list.
TEST_F(Accusation, NamesASnapshotForEachOfTwoValues) {
  const auto since = [](const char* time, const char* format) {
    return Ask({{"Filter.1.Key", "CreationStartTime"},
                {"Filter.1.Value", time},
                {"Format", format},
                {"PageSize", "100"}});
  };
  const Request json = since("2019-12-13T17:00Z", "JSON"), xml = since("2019-12-13T17:01Z", "XML");
  EXPECT_EQ(RulesBroken(Judged(json, {{"time.start.equal", "in"}})), "");
  const Verdict verdict = Judged(xml, {{"time.start.equal", "out"}});
  ASSERT_EQ(RulesBroken(verdict), "request.filter.one_meaning ");
  const Difference difference = verdict.violations().front();
  EXPECT_NE(difference.expected.find(" each in its list, or neither"), std::string::npos);
  EXPECT_NE(difference.actual.find("17%3A00Z&PageSize=100` counts s-"), std::string::npos)
      << difference.actual;
  EXPECT_NE(difference.actual.find("17%3A01Z&PageSize=100` does not count s-"), std::string::npos)
      << difference.actual;
  EXPECT_NE(difference.actual.find(" in XML"), std::string::npos) << difference.actual;
}

// What the sentence of the rule is about: no request without MaxResults breaks that of MaxResults.
TEST_F(Accusation, NamesTheSizeThatTheRequestAsksFor) {
  const Response eleven = Under(Ask({{"MaxResults", "11"}}));
  const auto broken = [&](const Request& request, const Response& response) {
    return RulesBroken(JudgedFirst(request, response));
  };
  EXPECT_EQ(broken(Ask({}), eleven), "page.size.limits ");
  EXPECT_EQ(broken(Ask({}), Under(Ask({{"PageSize", "11"}}))), "page.size.limits ");
  EXPECT_EQ(broken(Ask({{"PageSize", "10"}}), Under(Ask({{"PageSize", "11"}}))),
            "page.size.limits ");
  EXPECT_EQ(broken(Ask({{"MaxResults", "10"}}), eleven), "token.max_results.limits ");
}

// "1 more snapshot", not "1 more snapshots"; "no snapshot", not "at most 0 snapshots".
TEST_F(Accusation, CountsInWordsThatAgree) {
  const auto expected = [&](const Request& request, const Response& response) {
    const auto all = JudgedFirst(request, response).violations();
    return all.empty() ? std::string() : all.front().expected;
  };
  const Response ten = Under(Ask({{"PageSize", "10"}}));
  EXPECT_EQ(expected(Ask({{"PageNumber", "100"}, {"PageSize", "10"}}), ten), "no snapshot");
  EXPECT_EQ(expected(Ask({{"PageSize", "1"}}), ten), "at most 1 snapshot");
  Response short_page = Under(Ask({{"MaxResults", "10"}}));
  auto body = nlohmann::json::parse(short_page.body);
  auto& list = body["Snapshots"]["Snapshot"];
  list.erase(list.size() - 1);
  body.erase("NextToken");
  short_page.body = body.dump();
  EXPECT_EQ(expected(Ask({{"MaxResults", "10"}}), short_page), "1 more snapshot, or a NextToken");
}

TEST_F(Accusation, WarnsIfOnlyValuesOfOtherParametersDiffer) {
  const char* question = "paging.page_size.above_maximum";
  EXPECT_EQ(
      RulesBroken(Judged(Ask({{"PageSize", "101"}, {"Status", "failed"}}), {{question, "cut"}})),
      "");
  const Verdict verdict =
      Judged(Ask({{"PageSize", "101"}, {"Status", "accomplished"}}), {{question, "refused"}});
  EXPECT_EQ(RulesBroken(verdict), "");
  ASSERT_EQ(verdict.warnings().size(), 1u);
  EXPECT_EQ(verdict.warnings()[0].rule, "request.reading.consistent"_rule);
}

// What the list of such an answer holds is not known: it is no empty list.
TEST_F(Accusation, LearnsNothingFromAListThatCannotBeRead) {
  const Pairs asked = {{"Tag.1.Key", "env"}, {"PageSize", "100"}};
  const Request json = Ask(asked);
  Request xml = json;
  xml.Set("Format", "XML");
  Response broken = Under(json);
  auto body = nlohmann::json::parse(broken.body);
  ASSERT_FALSE(body["Snapshots"]["Snapshot"].empty());
  body["Snapshots"] = nlohmann::json(body["Snapshots"]["Snapshot"]);
  broken.body = body.dump();
  EXPECT_EQ(RulesBroken(Judged(json, broken)), "response.snapshots.container ");
  EXPECT_EQ(RulesBroken(Judged(xml)), "");
}

TEST_F(Accusation, MissesARefusalAlsoIfTheListCannotBeRead) {
  Response broken = Under(Ask({}));
  broken.body = R"({"RequestId":"1C488B66-B819-4D14-8711-C4EAAA13AC01","TotalCount":0})";
  const std::string rules = RulesBroken(Judged(Ask({{"DryRun", "true"}}), broken));
  EXPECT_NE(rules.find("response.snapshots.container"), std::string::npos) << rules;
  EXPECT_NE(rules.find("dry_run"), std::string::npos) << rules;
}

// Which page such a request asks for is open, so its list may be that of another page, too.
TEST_F(Accusation, SparesPagesWhoseNumberIsWrittenOddly) {
  const Request odd = Ask({{"PageNumber", " 2"}, {"PageSize", "10"}});
  Request twice = Ask({{"PageNumber", "2"}, {"PageSize", "10"}});
  twice.parameters.push_back({"PageNumber", "1"});
  const Response second = Under(Ask({{"PageNumber", "2"}, {"PageSize", "10"}}));
  const Response first = Under(Ask({{"PageNumber", "1"}, {"PageSize", "10"}}));
  EXPECT_EQ(RulesBroken(Judged(Ask({{"PageNumber", "1"}, {"PageSize", "10"}}), first)), "");
  for (const Request& request : {odd, twice}) {
    const Response again = Under(Ask({{"PageNumber", "1"}, {"PageSize", "10"}}));
    EXPECT_EQ(RulesBroken(Judged(request, again)), "") << request.Text();
  }
  EXPECT_EQ(RulesBroken(Judged(Ask({{"PageNumber", "2"}, {"PageSize", "10"}}), second)), "");
}

// It may be refused for its two values, though two values were accepted elsewhere.
TEST_F(Accusation, WarnsOfNothingThatAnotherOptionExplains) {
  Request elsewhere = Ask({{"Status", "failed"}});
  elsewhere.parameters.push_back({"Status", "accomplished"});
  EXPECT_EQ(RulesBroken(Judged(elsewhere, {{"name.repeated", "first"}})), "");
  Request request = Ask({{"SnapshotIds", R"(["s-9e8d7c0a0a0a"])"}});
  const Response refusal = Under(request, {{"ids.unknown", "refused"}});
  ASSERT_EQ(refusal.status, 400);
  EXPECT_EQ(Judged(request, refusal).warnings().size(), 1U);
  request.parameters.push_back({"SnapshotIds", R"(["s-9e8d7c0a0a0b"])"});
  const Verdict verdict = Judged(request, Under(request, {{"name.repeated", "refused"}}));
  EXPECT_EQ(RulesBroken(verdict), "");
  EXPECT_TRUE(verdict.warnings().empty());
}

// Whether a token is worth something after it was sent is open, whatever the first answer was.
TEST_F(Accusation, SparesATokenThatIsWorthOneRequest) {
  const Response first = Under(Ask({{"MaxResults", "10"}}));
  EXPECT_EQ(RulesBroken(Judged(Ask({{"MaxResults", "10"}}), first)), "");
  const std::string token = nlohmann::json::parse(first.body)["NextToken"].get<std::string>();
  const Request refused = Ask({{"MaxResults", "10"}, {"NextToken", token}, {"PageSize", "101"}});
  const Response why =
      Under(Ask({{"PageSize", "101"}}), {{"paging.page_size.above_maximum", "refused"}});
  ASSERT_EQ(why.status, 400);
  EXPECT_EQ(RulesBroken(Judged(refused, why)), "");
  Response spent = Under(Ask({{"MaxResults", "10"}, {"NextToken", "no such token"}}),
                         {{"paging.token.unknown", "refused"}});
  if (spent.status != 400) spent = why;
  EXPECT_EQ(RulesBroken(Judged(Ask({{"MaxResults", "10"}, {"NextToken", token}}), spent)), "");
}

// An id that does not exist may be refused; the ids that do are clear.
TEST_F(Accusation, HoldsAListByUnknownIdsToTheOnesThatExist) {
  const auto listed = nlohmann::json::parse(Under(Ask({{"PageSize", "10"}})).body);
  const auto id = [&](std::size_t i) {
    return listed["Snapshots"]["Snapshot"][i]["SnapshotId"].get<std::string>();
  };
  const auto ids = [](const std::vector<std::string>& all) { return nlohmann::json(all).dump(); };
  const Request request = Ask({{"SnapshotIds", ids({id(0), "s-9e8d7c0a0a0a", id(1)})}});
  EXPECT_EQ(RulesBroken(Judged(request, Under(Ask({{"SnapshotIds", ids({id(0)})}})))),
            "ids.list.selects ");
  EXPECT_EQ(RulesBroken(Judged(request, Under(request))), "");
  EXPECT_EQ(RulesBroken(JudgedFirst(request, Under(request, {{"ids.unknown", "refused"}}))), "");
}

// The code that the document gives, or what clients know for a parameter that is missing.
TEST_F(Accusation, WarnsIfAValueWithoutKeyIsRefusedByAnOddCode) {
  const Request request = Ask({{"Tag.1.Value", "prod"}});
  Response refusal = Under(request, {{"tag.value_without_key", "mismatch"}});
  const auto warned = [&](const std::string& code) {
    Response answer = refusal;
    auto body = nlohmann::json::parse(answer.body);
    body["Code"] = code;
    answer.body = body.dump();
    const Verdict verdict = JudgedFirst(request, answer);
    EXPECT_EQ(RulesBroken(verdict), "") << code;
    std::string out;
    for (const Difference& warning : verdict.warnings()) out += Id(warning.rule);
    return out;
  };
  EXPECT_EQ(warned("InvalidTag.Mismatch"), "");
  EXPECT_EQ(warned("MissingParameter.TagKey"), "");
  EXPECT_EQ(warned("InvalidTagValue.Lonely"), "");
  EXPECT_EQ(warned("InvalidParameter.Conflict"), "tag.mismatch.code");
}

TEST_F(Accusation, SparesAnAnswerThatNoOptionDescribes) {
  const Verdict verdict = Judged(Ask({{"PageSize", "101"}}), Under(Ask({{"PageSize", "20"}})));
  EXPECT_EQ(RulesBroken(verdict), "");
  EXPECT_NE(verdict.unforeseen, "");
  const auto unforeseen = judge_.Unforeseen();
  ASSERT_EQ(unforeseen.size(), 1u);
  EXPECT_EQ(unforeseen[0].answer, "200 and a list of 20");
  EXPECT_NE(unforeseen[0].request.find("PageSize=101"), std::string::npos);
}

TEST_F(Accusation, HoldsAnOpenAnswerToTheFiltersThatAreClear) {
  const Verdict verdict = Judged(Ask({{"PageSize", "101"}, {"Status", "failed"}}),
                                 Under(Ask({{"PageSize", "20"}, {"Status", "accomplished"}})));
  EXPECT_EQ(RulesBroken(verdict), "filter.status.failed ");
}

TEST_F(Accusation, HoldsAnOpenAnswerToTheRegion) {
  const Verdict verdict = Judged(Ask({{"PageSize", "101"}}),
                                 Under(Ask({{"PageSize", "20"}, {"RegionId", "cn-shanghai"}})));
  EXPECT_EQ(RulesBroken(verdict), "request.region_id.selects ");
}

TEST_F(Accusation, HoldsARefusalToCodesThatMeanNothingElse) {
  const Verdict verdict =
      Judged(Ask({{"PageSize", "101"}}), Under(Ask({{"Usage", "no_such_usage"}})));
  EXPECT_EQ(RulesBroken(verdict), "error.code.belongs ");
}

TEST_F(Accusation, MeetsTheRefusalOfAValidRequestThoughAMeaningIsOpen) {
  const Verdict verdict = Judged(Ask({{"Usage", "image"}}), Under(Ask({{"PageNumber", "x"}})));
  EXPECT_EQ(RulesBroken(verdict), "request.valid.accepted ");
}

TEST_F(Accusation, SparesARefusedSignatureIfWhatWasSignedIsAmbiguous) {
  const auto refusal = [&](const char* number) {
    Response out = Under(Ask({{"PageNumber", number}}));
    const std::size_t at = out.body.find("InvalidParameter");
    EXPECT_NE(at, std::string::npos);
    out.body.replace(at, 16, "SignatureDoesNotMatch");
    return out;
  };
  Request twice = Ask({{"Status", "failed"}});
  twice.parameters.push_back({"Status", "accomplished"});
  EXPECT_EQ(RulesBroken(Judged(twice, refusal("x"))), "");
  // "[" comes after ".", and "%5B" before it.
  EXPECT_EQ(RulesBroken(Judged(Ask({{"Tag[]", "x"}, {"Tag.1", "y"}}), refusal("y"))), "");
  // Many readers of forms drop what has no name.
  EXPECT_EQ(RulesBroken(Judged(Ask({{"", "1"}}), refusal("v"))), "");
  EXPECT_NE(RulesBroken(Judged(Ask({{"Status", "failed"}}), refusal("z"))), "");
}

TEST_F(Accusation, TakesAGatewaysThrottlingForWhatItIs) {
  Response answer;
  answer.status = 429;
  answer.content_type = "text/html";
  answer.body = "<html>slow down</html>";
  EXPECT_TRUE(Judged(Ask(), answer).throttled);
  answer.status = 503;
  EXPECT_FALSE(Judged(Ask({{"PageSize", "20"}}), answer).throttled);
  answer.retry_after_ms = 1000;
  EXPECT_TRUE(Judged(Ask({{"PageSize", "30"}}), answer).throttled);
}

TEST_F(Accusation, JudgesARefusalWhoseTextOnlySpeaksOfThrottling) {
  Response refusal = Under(Ask({{"Usage", "no_such_usage"}}));
  const std::size_t at = refusal.body.find("Usage is not valid");
  ASSERT_NE(at, std::string::npos) << refusal.body;
  refusal.body.replace(at, 5, "Throttling");
  const Verdict verdict = Judged(Ask({{"Usage", "image"}}), refusal);
  EXPECT_FALSE(verdict.throttled);
  EXPECT_NE(RulesBroken(verdict), "");
}

TEST_F(Accusation, LetsATokenRememberItsRegion) {
  const Request first = Ask({{"MaxResults", "20"}});
  Service service(TestDataset(), Pins({{"paging.token.without_region", "token_region"}}));
  const Response page = AnswerOf(service, first);
  EXPECT_EQ(RulesBroken(Judged(first, page)), "");
  Request next = Ask({{"MaxResults", "20"}, {"NextToken", NextTokenOf(page)}});
  next.Unset("RegionId");
  EXPECT_EQ(RulesBroken(Judged(next, AnswerOf(service, next))), "");
}

// false-alarms.md, 1, 2, 3, 10, 19 and 20: each answer by a rule of its own, none of them wrong.
TEST_F(Accusation, SparesWhatStrangersDidWithOddNumbers) {
  const auto spares = [this](const Request& request, Pairs pins = {}) {
    EXPECT_EQ(RulesBroken(Judged(request, pins)), "") << request.Text();
  };
  spares(Ask({{"MaxResults", "10"}, {"PageSize", "101"}}));
  spares(Ask({{"MaxResults", "10"}, {"PageSize", "ten"}}),
         {{"paging.mixed.ineffective_type", "refused"}});
  spares(Ask({{"MaxResults", "11"}, {"PageNumber", "2147483648"}}));
  spares(Ask({{"PageNumber", "2147483648"}}), {{"paging.page_number.beyond_32_bits", "past_end"}});
  const Request far = Ask({{"PageNumber", "1073741825"}, {"SnapshotLinkId", "sl-9e8d7c0a0a0b"}});
  EXPECT_EQ(RulesBroken(Judged(far, Refusal(400, "InvalidParameter"))), "");
  spares(Ask({{"PageNumber", "-2147483649"}}), {{"paging.page_number.beyond_32_bits", "refused"}});
  spares(Ask({{"MaxResults", "50"}, {"PageNumber", "0"}}),
         {{"paging.mixed.ineffective_value", "refused"}});
  spares(Ask({{"NextToken", " "}}), {{"paging.token.unknown", "first_page"}});
  spares(Ask({{"MaxResults", "+5"}}), {{"value.number.sign", "as_absent"}});
}

// 4 and 5: what is echoed of a size that has no effect, and the mode that wins, are the target's
// own.
TEST_F(Accusation, SparesHabitsOfTheTwoModes) {
  const auto edited = [](const Request& request, const std::function<void(nlohmann::json&)>& edit) {
    Response out = Under(request);
    nlohmann::json body = nlohmann::json::parse(out.body);
    edit(body);
    out.body = body.dump();
    return out;
  };
  const auto spares = [this](const Request& request, const Response& answer) {
    EXPECT_EQ(RulesBroken(Judged(request, answer)), "") << request.Text();
  };
  const Request cut = Ask({{"MaxResults", "1"}, {"PageSize", "101"}});
  spares(cut, edited(cut, [](nlohmann::json& body) { body["PageSize"] = 100; }));
  const auto no_token = [](nlohmann::json& body) { body.erase("NextToken"); };
  spares(Ask({{"MaxResults", "10"}}), Under(Ask({{"MaxResults", "10"}})));
  spares(Ask({{"MaxResults", "10"}, {"PageNumber", "1"}}),
         edited(Ask({{"PageNumber", "1"}}), no_token));
  spares(Ask({{"MaxResults", "10"}, {"PageSize", "20"}}),
         edited(Ask({{"PageSize", "20"}}), no_token));
  spares(Ask({{"PageSize", "20"}, {"PageNumber", "2"}}),
         edited(Ask({{"PageSize", "20"}, {"PageNumber", "2"}}), no_token));
  spares(Ask({{"PageSize", "30"}}), edited(Ask({{"PageSize", "30"}}), no_token));
  spares(Ask({}), Under(Ask({})));
}

// 11 and 12: what is common to all operations may be read by another layer.
TEST_F(Accusation, SparesAFormatThatAnotherLayerReads) {
  Request plain = Ask({});
  plain.Unset("Format");
  const Response xml = Under(plain);
  ASSERT_TRUE(xml.body.starts_with("<")) << xml.body;
  const Request small = Ask({{"pagesize", "1"}});
  EXPECT_EQ(RulesBroken(Judged(small, Under(Ask({{"PageSize", "1"}})))), "");
  Request capital = plain;
  capital.parameters.push_back({"FORMAT", "JSON"});
  EXPECT_EQ(RulesBroken(Judged(capital, xml)), "");
  // If it is read as Format, JSON is what was asked for.
  EXPECT_TRUE(JudgedFirst(capital, Under(Ask({}))).warnings().empty());
  Request twice = Ask({});
  twice.parameters.push_back({"Format", "1"});
  EXPECT_EQ(RulesBroken(Judged(twice, Under(plain))), "");
  EXPECT_EQ(RulesBroken(Judged(Ask({{"Format", "YAML"}}), Refusal(400, "InvalidParameter"))), "");
}

// 14 and 16: the base document does not say.
TEST_F(Accusation, SparesWhatTheBaseDocumentDoesNotSay) {
  const auto spares = [this](const Request& request, const Response& answer) {
    EXPECT_EQ(RulesBroken(Judged(request, answer)), "") << request.Text();
  };
  const Request unknown = Ask({{"SnapshotIds", R"(["s-9e8d7c0a0a0a"])"}});
  spares(Ask({{"SnapshotIds", "[\"s-a\xEA\"]"}}), Under(unknown));
  spares(Ask({{"SnapshotName", "a\xEA"}}), Under(unknown));
  spares(unknown, Refusal(404, "InvalidSnapshotIds.NotFound"));
  spares(Ask({{"Tag.0.Key", "env"}}), Under(Ask({{"Tag.1.Key", "env"}})));
  spares(Ask({{"Tag.21.Key", "env"}}), Under(Ask({{"Tag.1.Key", "env"}})));
  spares(Ask({{"Tag.21.Key", "env"}, {"Status", "failed"}}), Refusal(400, "InvalidParameter"));
  spares(Ask({{"DryRun", "true"}}), Refusal(412, "DryRunOperation"));
  Request version = Ask({});
  version.Set("Version", "2013-01-01");
  spares(version, Under(Ask({})));
}

// 17: codes that public pages know for what is missing or empty are no warning either.
TEST_F(Accusation, WarnsOfNoCodeThatOtherPagesKnow) {
  const auto spares = [](const Request& request, int status, const std::string& code) {
    const Verdict verdict = JudgedFirst(request, Refusal(status, code));
    EXPECT_EQ(RulesBroken(verdict), "") << request.Text() << code;
    for (const Difference& warning : verdict.warnings()) {
      ADD_FAILURE() << Id(warning.rule) << " for " << code << " of " << request.Text();
    }
  };
  Request regionless = Ask({});
  regionless.Unset("RegionId");
  for (const char* code :
       {"MissingParameter.RegionId", "MissingRegionId", "MissingParamter.RegionId"}) {
    spares(regionless, 400, code);
  }
  for (const char* code :
       {"InvalidRegionId", "InvalidRegion.NotFound", "InvalidRegionId.NotFound"}) {
    spares(Ask({{"RegionId", "zz-nowhere-1"}}), 404, code);
  }
  spares(Ask({{"SourceDiskType", ""}}), 404, "InvalidSourceDiskType");
  spares(Ask({{"SnapshotType", ""}}), 404, "InvalidSnapshotType.NotFound");
  Request version = Ask({});
  version.Set("Version", "");
  spares(version, 400, "MissingParameter");
  spares(Ask({{"Filter.1.Value", "2018-01-01T00:00Z"}}), 400, "MissingParameter");
}

// 8 and 9: the same habit for an unknown group and for the empty value.
TEST_F(Accusation, SparesATargetThatTakesAnUnknownGroupForTheDefaultOne) {
  Service service(TestDataset(), {});
  const Request default_group =
      Ask({{"ResourceGroupId", TestDataset().default_resource_group}, {"PageSize", "100"}});
  for (int round = 0; round < 3; ++round) {
    for (const char* group : {"rg-nosuch", ""}) {
      const Request request = Ask({{"ResourceGroupId", group}, {"PageSize", "100"}});
      EXPECT_EQ(RulesBroken(Judged(request, AnswerOf(service, default_group))), "")
          << request.Text();
    }
  }
}

// A page past the end may be answered with the last one; and a number of any size is a number.
TEST_F(Accusation, SparesTheLastPageInPlaceOfOnePastTheEnd) {
  const Pairs last = {{"paging.page_number.past_end", "last_page"}};
  for (const char* number : {"19", "20", "999", "1000000"}) {
    for (const char* format : {"JSON", "XML"}) {
      const Request request = Ask({{"PageNumber", number}, {"Format", format}});
      EXPECT_EQ(RulesBroken(Judged(request, last)), "") << request.Text();
    }
  }
  const Request filtered = Ask({{"PageNumber", "999"}, {"Status", "failed"}});
  EXPECT_EQ(RulesBroken(Judged(filtered, last)), "");
  const Response second = Under(Ask({{"PageNumber", "2"}}));
  EXPECT_NE(RulesBroken(Judged(Ask({{"PageNumber", "998"}}), second)), "");
}

TEST_F(Accusation, SparesAPageNumberThatIsEchoedHoweverLargeItIs) {
  const Request request = Ask({{"PageNumber", "99999999999999999999"}, {"Format", "XML"}});
  Response answer = Under(request, {{"paging.page_number.beyond_32_bits", "first_page"}});
  const std::size_t at = answer.body.find("<PageNumber>1<");
  ASSERT_NE(at, std::string::npos) << answer.body;
  answer.body.replace(at + 12, 1, "99999999999999999999");
  EXPECT_EQ(RulesBroken(Judged(request, answer)), "");
}

// 18: the page is cut before the filter applies.
TEST_F(Accusation, SparesAWalkOfShortAndEmptyPagesThatEnds) {
  const Request all = Ask({{"MaxResults", "10"}});
  const Request failed = Ask({{"MaxResults", "10"}, {"Category", "flash"}, {"Status", "failed"}});
  Service service(TestDataset(), {});
  const nlohmann::json total = nlohmann::json::parse(AnswerOf(service, failed).body)["TotalCount"];
  std::string token;
  int pages = 0, short_pages = 0, listed = 0;
  do {
    const auto with_token = [&token](Request request) {
      if (!token.empty()) request.parameters.push_back({"NextToken", token});
      return request;
    };
    Response response = AnswerOf(service, with_token(all));
    nlohmann::json page = nlohmann::json::parse(response.body);
    const Request asked = with_token(failed);
    token = page.value("NextToken", "");
    nlohmann::json kept = nlohmann::json::array();
    for (const nlohmann::json& one : page["Snapshots"]["Snapshot"]) {
      if (one["Status"] == "failed" && one["Category"] == "flash") kept.push_back(one);
    }
    listed += static_cast<int>(kept.size());
    short_pages += kept.size() < 10 ? 1 : 0;
    page["Snapshots"]["Snapshot"] = kept;
    page["TotalCount"] = total;
    response.body = page.dump();
    EXPECT_EQ(RulesBroken(Judged(asked, response)), "") << pages;
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(listed, total.get<int>());
  EXPECT_EQ(short_pages, pages);
  EXPECT_GT(pages, 10);
}

// 22: what follows from one wrong answer is part of it.
TEST_F(Accusation, SparesTheNextPageOfATokenThatAWrongAnswerGave) {
  const Request first = Ask({{"MaxResults", "20"}, {"Status", "failed"}});
  const Request unfiltered = Ask({{"MaxResults", "20"}});
  Service service(TestDataset(), {});
  const Response page = AnswerOf(service, unfiltered);
  EXPECT_NE(RulesBroken(Judged(first, page)), "");
  Request next = unfiltered;
  next.parameters.push_back({"NextToken", NextTokenOf(page)});
  const Response second = AnswerOf(service, next);
  next = first;
  next.parameters.push_back({"NextToken", NextTokenOf(page)});
  const std::string broken = RulesBroken(Judged(next, second));
  EXPECT_TRUE(broken.empty() || broken == "filter.status.failed ") << broken;
}

// Forms that some library reads, and the documents do not speak of.
TEST_F(Accusation, SparesTimesInOtherFormsOfTheStandard) {
  for (const char* time :
       {"2016-12-31T23:59:60Z", "2019-06-01 00:00Z", "-2019-06-01T00:00Z", "20190601T0000Z",
        "2019-W22-6", "2019-152", "2019-06-01T24:00Z", "2019-06-01T00:00:00,5Z", "2019-06"}) {
    for (const auto& [n, key] : {std::pair("1", "CreationStartTime"), {"2", "CreationEndTime"}}) {
      const std::string name = std::string("Filter.") + n;
      const Request request = Ask({{name + ".Key", key}, {name + ".Value", time}});
      for (const char* option : {"refused", "as_meant", "as_next_minute", "as_second_59"}) {
        const char* question = std::string_view(time).find(":60") == std::string_view::npos
                                   ? "time.form.other_standard"
                                   : "time.form.leap_second";
        const bool leap = std::string_view(option).starts_with("as_n") ||
                          std::string_view(option).starts_with("as_s");
        if (option != std::string_view("refused") &&
            leap != (question == std::string_view("time.form.leap_second"))) {
          continue;
        }
        const Verdict verdict = JudgedFirst(request, Under(request, {{question, option}}));
        EXPECT_EQ(RulesBroken(verdict), "") << time << " " << option;
      }
    }
  }
  const Request impossible =
      Ask({{"Filter.1.Key", "CreationStartTime"}, {"Filter.1.Value", "20190631T0000Z"}});
  EXPECT_EQ(RulesBroken(JudgedFirst(impossible, Under(Ask()))), "time.value.impossible ");
}

TEST_F(Accusation, SparesAChainThatBeginsAsAnArrayAndIsNone) {
  EXPECT_EQ(
      RulesBroken(JudgedFirst(Ask({{"SnapshotLinkId", "[a-z"}}), Refusal(400, "InvalidParameter"))),
      "");
  EXPECT_NE(
      RulesBroken(JudgedFirst(Ask({{"SnapshotLinkId", "a-z"}}), Refusal(400, "InvalidParameter"))),
      "");
}

// A snapshot without a name has none that `*` could stand for, alone and in company.
TEST_F(Accusation, SparesAWildcardThatWantsAName) {
  std::set<std::int64_t> totals;
  for (const char* option : {"wildcard", "wildcard_named"}) {
    const Pairs reading = {{"filter.snapshot_name.match", option}};
    Judge judge(TestDataset());
    for (const char* status : {"", "failed", "accomplished"}) {
      Request request = Ask({{"SnapshotName", "*"}, {"PageSize", "100"}});
      if (*status) request.Set("Status", status);
      const Response answer = Under(request, reading);
      EXPECT_EQ(RulesBroken(Examine(judge, ++id_, request, answer)), "") << option << status;
      if (!*status)
        totals.insert(nlohmann::json::parse(answer.body)["TotalCount"].get<std::int64_t>());
    }
  }
  EXPECT_EQ(totals.size(), 2U);
}

TEST_F(Accusation, WarnsOfNoOwnerThatIsGivenTwice) {
  Request request = Ask({{"OwnerAccount", "plain"}});
  request.parameters.push_back({"OwnerAccount", "plain"});
  const Verdict verdict = JudgedFirst(request, Refusal(400, "InvalidParameter"));
  EXPECT_EQ(RulesBroken(verdict), "");
  EXPECT_TRUE(verdict.warnings().empty());
}

// Whether the first request was meant by page or by token, its token goes on at one place.
TEST_F(Accusation, FollowsATokenOfARequestThatAsksForNoPages) {
  const Request first = Ask({{"Encrypted", "true"}});
  const Response page = Under(first);
  EXPECT_EQ(RulesBroken(JudgedFirst(first, page)), "");
  EXPECT_EQ(RulesBroken(Judged(first, page)), "");
  const Request next = Ask({{"Encrypted", "true"}, {"NextToken", NextTokenOf(page)}});
  const Response unfiltered = Under(Ask({{"PageNumber", "2"}}));
  EXPECT_NE(RulesBroken(Judged(next, unfiltered)), "");
}

TEST_F(Accusation, HoldsAPageWithoutASizeToTheDocumentedOne) {
  const Request first = Ask();
  const Response page = Under(first);
  EXPECT_EQ(RulesBroken(Judged(first, page)), "");
  const Request next = Ask({{"NextToken", NextTokenOf(page)}});
  Service service(TestDataset(), {});
  const Response twenty = AnswerOf(
      service, Ask({{"NextToken", NextTokenOf(AnswerOf(service, first))}, {"MaxResults", "20"}}));
  EXPECT_EQ(RulesBroken(Judged(next, twenty)), "token.max_results.default ");
}

// Whatever its size, the page of a token is a new one.
TEST_F(Accusation, MeetsATokenThatListsItsWalkAgain) {
  const Request first = Ask({{"MaxResults", "20"}});
  const Response page = Under(first);
  EXPECT_EQ(RulesBroken(Judged(first, page)), "");
  const auto body = nlohmann::json::parse(page.body);
  const Request next = Ask({{"NextToken", body["NextToken"].get<std::string>()}});
  EXPECT_EQ(RulesBroken(Judged(next, Under(Ask()))), "token.walk.unique ");
}

TEST_F(Accusation, ShowsBothAnswersThatDoNotGoTogether) {
  const Request request = Ask({{"PageSize", "101"}});
  Judged(request, {{"paging.page_size.above_maximum", "cut"}});
  const Verdict verdict = Judged(request, {{"paging.page_size.above_maximum", "refused"}});
  ASSERT_EQ(verdict.violations().size(), 1u);
  EXPECT_NE(verdict.violations()[0].expected.find("200 and a list of 100"), std::string::npos)
      << verdict.violations()[0].expected;
  EXPECT_NE(verdict.violations()[0].actual.find("400 InvalidParameter"), std::string::npos)
      << verdict.violations()[0].actual;
}

TEST_F(Accusation, SaysWhyARefusedRequestIsValid) {
  const Verdict verdict = Judged(Ask({{"Usage", "none"}}), Under(Ask({{"PageNumber", "x"}})));
  ASSERT_EQ(verdict.violations().size(), 1u);
  const std::string expected = verdict.violations()[0].expected;
  EXPECT_NE(expected.find("Usage: \"Specifies whether"), std::string::npos) << expected;
  EXPECT_NE(expected.find("(filter.usage.none)"), std::string::npos) << expected;
}

}  // namespace
}  // namespace assay
