#include "conformance/replay/har.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "conformance/cases/bench_for_test.h"
#include "conformance/replay/replay.h"
#include "conformance/run/run_for_test.h"
#include "reports/text/text.h"
#include "spec/text/base64.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kHost = "http://ecs.example.com/";
// As a client signs: none of it belongs to the question.
constexpr const char* kSigned =
    "&AccessKeyId=LTAIsecretkey&Signature=c2VjcmV0%3D&SignatureMethod=HMAC-SHA1&SignatureNonce=n1"
    "&SignatureVersion=1.0&Timestamp=2026-11-24T00%3A00%3A00Z&SecurityToken=secrettoken";

Response AnswerOf(const std::string& parameters, std::vector<const Fault*> faults = {}) {
  ModelTarget target(BuiltIn(), {}, std::move(faults));
  return *Send(target, {.parameters = ParseForm(parameters)});
}

// As Chrome's developer tools write it: the query in the address alone counts, since `queryString`
// is not decoded there.
Json BrowserEntry(const std::string& parameters, const Response& answer) {
  return {{"_initiator", {{"type", "script"}}},
          {"cache", Json::object()},
          {"request",
           {{"method", "GET"},
            {"url", kHost + std::string("?") + parameters + kSigned},
            {"httpVersion", "HTTP/1.1"},
            {"headers", {{{"name", "Accept"}, {"value", "*/*"}}}},
            {"queryString", {{{"name", "RegionId"}, {"value", "not%20decoded"}}}},
            {"headersSize", -1}}},
          {"response",
           {{"status", answer.status},
            {"statusText", "OK"},
            {"headers", {{{"name", "content-type"}, {"value", answer.content_type}}}},
            {"content", {{"size", answer.body.size()}, {"mimeType", "x"}, {"text", answer.body}}}}},
          {"startedDateTime", "2026-11-24T00:00:00Z"},
          {"time", 1.5}};
}

// As mitmproxy writes it: a form with its parameters taken apart, the body in base64.
Json ProxyEntry(const std::string& query, const std::vector<Parameter>& form,
                const Response& answer) {
  Json params = Json::array();
  for (const Parameter& p : form) params.push_back({{"name", p.name}, {"value", p.value}});
  return {{"request",
           {{"method", "POST"},
            {"url", kHost + (query.empty() ? "" : "?" + query)},
            {"headers", Json::array()},
            {"queryString", Json::array()},
            {"postData", {{"mimeType", "application/x-www-form-urlencoded"}, {"params", params}}}}},
          {"response",
           {{"status", answer.status},
            {"headers", {{{"name", "Content-Type"}, {"value", answer.content_type}}}},
            {"content",
             {{"size", answer.body.size()},
              {"mimeType", answer.content_type},
              {"text", ToBase64(answer.body)},
              {"encoding", "base64"}}}}}};
}

std::string HarText(const std::vector<Json>& entries) {
  const Json har = {{"log",
                     {{"version", "1.2"},
                      {"creator", {{"name", "test"}, {"version", "1"}}},
                      {"entries", entries}}}};
  return har.dump();
}

constexpr const char* kList = "Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON";

TEST(Har, QueriesAreReadFromTheAddressWithoutTheirSignature) {
  const auto read = ParseHar(HarText({BrowserEntry(kList, AnswerOf(kList))}), "a.har");
  ASSERT_TRUE(read) << read.error().Text();
  ASSERT_EQ(read->exchanges.size(), 1U);
  const ExchangeRecord& exchange = read->exchanges[0].exchange;
  EXPECT_EQ(exchange.request.Text(), kList);
  EXPECT_EQ(exchange.request.placement, Placement::kQuery);
  EXPECT_EQ(exchange.content_type, "application/json;charset=utf-8");
  EXPECT_EQ(exchange.body.substr(0, 2), "{\"");
}

TEST(Har, FormsAndSplitRequestsAreReadWhicheverWayTheyAreWritten) {
  const Response answer = AnswerOf(kList);
  const std::vector<Parameter> rest = {{"RegionId", "cn-hangzhou"}, {"SnapshotName", "a b+c"}};
  Json as_text = ProxyEntry("", {}, answer);
  as_text["request"]["postData"] = {{"mimeType", "application/x-www-form-urlencoded;charset=utf-8"},
                                    {"params", {{{"name", "Action"}, {"value", "raw%20"}}}},
                                    {"text", "Action=DescribeSnapshots&SnapshotName=a+b%2Bc"}};
  const auto read =
      ParseHar(HarText({ProxyEntry("Action=DescribeSnapshots", rest, answer), as_text}), "a.har");
  ASSERT_TRUE(read) << read.error().Text();
  ASSERT_EQ(read->exchanges.size(), 2U);
  EXPECT_EQ(read->exchanges[0].exchange.request.placement, Placement::kSplit);
  EXPECT_EQ(read->exchanges[0].exchange.request.Find("SnapshotName"), "a b+c");
  EXPECT_EQ(read->exchanges[0].exchange.body, answer.body);
  EXPECT_EQ(read->exchanges[1].exchange.request.placement, Placement::kForm);
  EXPECT_EQ(read->exchanges[1].exchange.request.encoding, FormEncoding::kPlus);
  EXPECT_EQ(read->exchanges[1].exchange.request.Find("SnapshotName"), "a b+c");
}

TEST(Har, OfSeveralHostsTheOneWithTheMostAnswersIsJudged) {
  const Response answer = AnswerOf(kList);
  const auto at = [&](const std::string& host) {
    Json entry = BrowserEntry(kList, answer);
    entry["request"]["url"] = host + "?" + kList;
    return entry;
  };
  const auto hosts = [&](const std::vector<std::string>& urls) {
    std::vector<Json> entries;
    for (const std::string& url : urls) entries.push_back(at(url));
    return ParseHar(HarText(entries), "a.har");
  };
  const auto two = hosts(
      {"http://one.example.com:81/", "http://one.example.com:82/", "HTTP://ONE.example.com:82"});
  ASSERT_TRUE(two) << two.error().Text();
  ASSERT_EQ(two->exchanges.size(), 2U);
  EXPECT_EQ(two->exchanges[0].exchange.id, 2U);
  ASSERT_EQ(two->notes.size(), 2U);
  EXPECT_NE(two->notes[0].find("one.example.com:82"), std::string::npos) << two->notes[0];
  EXPECT_NE(two->notes[1].find("1 of other hosts"), std::string::npos) << two->notes[1];
  const auto regions = hosts({"https://ecs.aliyuncs.com/", "https://ecs.cn-beijing.aliyuncs.com/"});
  ASSERT_TRUE(regions) << regions.error().Text();
  EXPECT_EQ(regions->exchanges.size(), 2U) << "endpoints of one service";
}

TEST(Har, ABodyThatIsStillCompressedIsLeftOut) {
  Response answer = AnswerOf(kList);
  answer.body = "\x1F\x8B\x08" + answer.body;
  const std::vector<Parameter> form = ParseForm(kList);
  const auto read = ParseHar(HarText({ProxyEntry("", form, answer)}), "a.har");
  ASSERT_TRUE(read) << read.error().Text();
  EXPECT_TRUE(read->exchanges.empty());
  ASSERT_EQ(read->notes.size(), 1U);
  EXPECT_NE(read->notes[0].find("still compressed"), std::string::npos) << read->notes[0];
}

TEST(Har, TheActionMayBeInAHeader) {
  Json entry = BrowserEntry("RegionId=cn-hangzhou", AnswerOf(kList));
  entry["request"]["headers"] = {{{"name", "X-Acs-Action"}, {"value", "DescribeSnapshots"}},
                                 {{"name", "Accept"}, {"value", "application/json"}}};
  const auto read = ParseHar(HarText({entry}), "a.har");
  ASSERT_TRUE(read) << read.error().Text();
  ASSERT_EQ(read->exchanges.size(), 1U);
  EXPECT_EQ(read->exchanges[0].exchange.request.Find("Action"), "DescribeSnapshots");
  EXPECT_TRUE(read->accepts_json);
}

TEST(Har, WhatIsNotJudgedIsCounted) {
  Json unanswered = BrowserEntry(kList, AnswerOf(kList));
  unanswered["response"]["status"] = 0;
  Json bodiless = BrowserEntry(kList, AnswerOf(kList));
  bodiless["response"]["content"].erase("text");
  Json picture = BrowserEntry("x=1", AnswerOf(kList));
  const auto read =
      ParseHar(HarText({picture, unanswered, bodiless, BrowserEntry(kList, AnswerOf(kList)),
                        BrowserEntry("Action=DescribeDisks", AnswerOf(kList))}),
               "a.har");
  ASSERT_TRUE(read) << read.error().Text();
  ASSERT_EQ(read->exchanges.size(), 1U);
  EXPECT_EQ(PlaceOf(*read, read->exchanges[0].exchange.id), "log.entries[3]");
  EXPECT_EQ(read->notes.at(0),
            "1 of 5 entries are answers to DescribeSnapshots; left out: 2 that ask for something "
            "else, 1 without an answer, 1 whose answer was not kept");
}

TEST(Har, AnswersOfGatewaysAndCachesAreLeftOut) {
  const auto answered = [](int status, const char* body) {
    Response answer = AnswerOf(kList);
    answer.status = status;
    answer.body = body;
    return BrowserEntry(kList, answer);
  };
  Json preflight = BrowserEntry(kList, AnswerOf(kList));
  preflight["request"]["method"] = "OPTIONS";
  const auto read = ParseHar(
      HarText({preflight, answered(304, ""), answered(401, R"({"message":"Unauthorized"})"),
               answered(400, R"({"RequestId":"A","Code":"Throttling","Message":"slow"})"),
               answered(502, "<html>502</html>"),
               answered(400, R"({"RequestId":"A","Code":"SignatureDoesNotMatch","Message":"x"})"),
               answered(404, R"({"error":"x"})")}),
      "a.har");
  ASSERT_TRUE(read) << read.error().Text();
  EXPECT_EQ(read->exchanges.size(), 1U) << read->notes.at(0);
  EXPECT_NE(
      read->notes.at(0).find("1 by which a browser asks for permission, 5 that a gateway or a "
                             "cache answered"),
      std::string::npos)
      << read->notes.at(0);
}

TEST(Har, MistakesAreReportedWithTheirEntry) {
  const auto what = [](const Json& entry) {
    const auto read = ParseHar(HarText({BrowserEntry(kList, AnswerOf(kList)), entry}), "a.har");
    return read ? std::string("sound") : read.error().Text();
  };
  const Json right = BrowserEntry(kList, AnswerOf(kList));
  Json no_url = right, number = right, encoding = right, base64 = right, status = right,
       headers = right, post = right;
  no_url["request"].erase("url");
  number["request"]["method"] = 3;
  encoding["response"]["content"]["encoding"] = "gzip";
  base64["response"]["content"]["encoding"] = "base64";
  status["response"]["status"] = "200";
  headers["request"]["headers"] = {{{"value", "x"}}};
  post["request"]["postData"] = "Action=DescribeSnapshots";
  EXPECT_EQ(what(right), "sound");
  EXPECT_EQ(what(no_url), "a.har: log.entries[1].request.url: is missing");
  EXPECT_EQ(what(number), "a.har: log.entries[1].request.method: a string is expected here");
  EXPECT_NE(what(encoding).find("log.entries[1].response.content.encoding: `gzip`"),
            std::string::npos);
  EXPECT_NE(what(base64).find("log.entries[1].response.content.text: is not base64"),
            std::string::npos);
  EXPECT_NE(what(status).find("log.entries[1].response.status: an integer"), std::string::npos);
  EXPECT_NE(what(headers).find("log.entries[1].request.headers[0].name: is missing"),
            std::string::npos);
  EXPECT_NE(what(post).find("log.entries[1].request.postData: an object"), std::string::npos);
  EXPECT_NE(what(Json(7)).find("log.entries[1]: an object"), std::string::npos);
}

TEST(Har, HostileFilesAreRefused) {
  const auto what = [](const std::string& text) {
    const auto read = ParseHar(text, "a.har");
    return read ? std::string("sound") : read.error().Text();
  };
  EXPECT_NE(what(std::string(1'000'000, '[')).find("nests deeper"), std::string::npos);
  EXPECT_NE(
      what("{\"log\":" + std::string(70, '[') + std::string(70, ']') + "}").find("nests deeper"),
      std::string::npos);
  EXPECT_NE(what("{}").find("no `log`"), std::string::npos);
  EXPECT_NE(what("[]").find("a.har"), std::string::npos);
  EXPECT_NE(what(R"({"log":{"version":"2.0","entries":[]}})").find("HAR 1.2"), std::string::npos);
  EXPECT_NE(what(R"({"log":{"version":"1.2"}})").find("log.entries: is missing"),
            std::string::npos);
  EXPECT_NE(what(R"({"log":{"entries":[]},"log":{}})").find("`log` occurs twice"),
            std::string::npos);
  EXPECT_NE(what("{\"log\":{\"entries\":[\"\xFF\"]}}").find("a.har"), std::string::npos);
  EXPECT_EQ(what("\xEF\xBB\xBF"
                 R"({"log":{"entries":[]}})"),
            "sound");
  EXPECT_EQ(LoadHar("/no/such/file.har").error().where, "/no/such/file.har");
}

TEST(Har, NoKeyIsEverShown) {
  const std::string whole = HarText({BrowserEntry(kList, AnswerOf(kList))});
  for (std::size_t size = 0; size < 1200; size += 7) {
    const auto read = ParseHar(whole.substr(0, size) + "\x01", "a.har");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().Text().find("LTAIsecretkey"), std::string::npos) << read.error().Text();
    EXPECT_EQ(read.error().Text().find("c2VjcmV0"), std::string::npos) << read.error().Text();
  }
}

// `assay replay FILE.har`.
struct Judged {
  int code = -1;
  std::string text;
};
Judged ReplayHar(const TestFolder& folder, const std::vector<Json>& entries) {
  ReplayOptions options{.recording = folder.Write("a.har", HarText(entries))};
  options.dataset = folder.Write("dataset.json", DatasetText(BuiltIn()));
  std::ostringstream output;
  const auto code = Replay(options, {}, output);
  if (!code) return {static_cast<int>(code.error().exit), code.error().Text()};
  return {static_cast<int>(*code), output.str()};
}

TEST(Har, RecordingsThatConformGiveZero) {
  const TestFolder folder;
  const std::string sizes = std::string(kList) + "&PageSize=50&PageNumber=2";
  const Judged judged =
      ReplayHar(folder, {BrowserEntry(kList, AnswerOf(kList)), BrowserEntry(sizes, AnswerOf(sizes)),
                         ProxyEntry("", ParseForm(kList), AnswerOf(kList))});
  EXPECT_EQ(judged.code, 0) << judged.text;
  EXPECT_NE(judged.text.find("3 of 3 exchanges judged again"), std::string::npos) << judged.text;
}

TEST(Har, RecordingsThatViolateNameRuleAndEntryAndNoKey) {
  const TestFolder folder;
  Response wrong = AnswerOf(kList);
  const std::size_t at = wrong.body.find("\"PageSize\":10");
  wrong.body.replace(at, 13, "\"PageSize\":11");
  const Judged judged =
      ReplayHar(folder, {BrowserEntry(kList, AnswerOf(kList)), BrowserEntry(kList, wrong)});
  EXPECT_EQ(judged.code, 1) << judged.text;
  EXPECT_NE(judged.text.find("VIOLATION  page.size."), std::string::npos) << judged.text;
  EXPECT_NE(judged.text.find("log.entries[1]"), std::string::npos) << judged.text;
  EXPECT_EQ(judged.text.find("secret"), std::string::npos) << judged.text;
}

TEST(Har, ForeignRecordingsAreNotASuccess) {
  const TestFolder folder;
  const Judged judged = ReplayHar(folder, {BrowserEntry("Action=DescribeDisks", AnswerOf(kList))});
  EXPECT_EQ(judged.code, 3) << judged.text;
  EXPECT_NE(judged.text.find("nothing to send again"), std::string::npos) << judged.text;
  EXPECT_EQ(judged.text.find("--target"), std::string::npos) << judged.text;
}

TEST(Har, TheStateHasToBeGiven) {
  const TestFolder folder;
  std::ostringstream output;
  const auto code =
      Replay({.recording = folder.Write("a.har", HarText({BrowserEntry(kList, AnswerOf(kList))}))},
             {}, output);
  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().exit, ExitCode::kBadUsage);
  EXPECT_NE(code.error().what.find("--dataset"), std::string::npos);
}

}  // namespace
}  // namespace assay
