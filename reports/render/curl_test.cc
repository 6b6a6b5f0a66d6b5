#include "reports/render/curl.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <vector>

#include "reports/text/text.h"
#include "spec/record/raw_message.h"
#include "spec/record/token_trail.h"

namespace assay {
namespace {

// What bash prints for a script.
std::string OutputOf(const std::string& script) {
  char name[] = "/tmp/assay_curl_XXXXXX";
  const int file = mkstemp(name);
  EXPECT_EQ(write(file, script.data(), script.size()), static_cast<ssize_t>(script.size()));
  close(file);
  FILE* bash = popen(("bash " + std::string(name)).c_str(), "r");
  std::string output;
  std::array<char, 4096> block;
  while (const std::size_t got = fread(block.data(), 1, block.size(), bash)) {
    output.append(block.data(), got);
  }
  EXPECT_EQ(pclose(bash), 0) << script;
  unlink(name);
  return output;
}

// What bash makes of a command line: each word after the first.
std::vector<std::string> Words(const std::string& line) {
  const std::string output = OutputOf("curl() { printf '%s\\0' \"$@\"; }\n" + line + "\n");
  std::vector<std::string> words;
  for (std::size_t at = 0, end; (end = output.find('\0', at)) != std::string::npos; at = end + 1) {
    words.push_back(output.substr(at, end - at));
  }
  return words;
}

Finding SomeFinding(const std::string& method, Placement placement) {
  Finding finding;
  finding.request.method = method;
  finding.request.placement = placement;
  finding.request.parameters = {{"Action", "DescribeSnapshots"},
                                {"SnapshotIds", "[\"s-1\",\"s-2\"]"},
                                {"Signature", "HUSH"},
                                {"Na'me", "a b$x\\`\n&=#你\xff"}};
  return finding;
}

TEST(ShellQuoting, BashReadsEveryWordBackByteForByte) {
  std::string all;
  for (int c = 1; c < 256; ++c) all += static_cast<char>(c);
  const std::vector<std::string> words = {"",
                                          "plain",
                                          "with blank",
                                          "it's",
                                          "$HOME `id` $(id)",
                                          "back\\slash",
                                          "new\nline",
                                          "你好",
                                          "\xff\xfe"
                                          "41",
                                          "~",
                                          "-x",
                                          "*",
                                          "!x",
                                          "\"",
                                          "#c",
                                          all};
  std::string line = "curl";
  for (const std::string& word : words) line += " " + ShellQuote(word);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(Words(line), words);
}

TEST(CurlLines, AGetHasAReadyMadeUrl) {
  const auto words =
      Words(CurlLine(SomeFinding("GET", Placement::kQuery), "http://127.0.0.1:8080"));
  ASSERT_FALSE(words.empty());
  EXPECT_EQ(words.back(),
            "http://127.0.0.1:8080/?Action=DescribeSnapshots&SnapshotIds=%5B%22s-1%22%2C%22s-2%22"
            "%5D&Na%27me=a%20b%24x%5C%60%0A%26%3D%23%E4%BD%A0%FF&Version=2014-05-26");
  EXPECT_EQ(words[3], "--globoff");
}

TEST(CurlLines, ABlankTravelsAsInTheFinding) {
  Finding finding = SomeFinding("GET", Placement::kQuery);
  finding.request.parameters = {{"a", "b c"}};
  EXPECT_NE(CurlLine(finding, "http://h").find("a=b%20c"), std::string::npos);
  finding.request.encoding = FormEncoding::kPlus;
  EXPECT_NE(CurlLine(finding, "http://h").find("a=b+c"), std::string::npos);
}

TEST(CurlLines, AFormTravelsInTheBody) {
  const auto words = Words(CurlLine(SomeFinding("POST", Placement::kForm), "https://host/ecs?x=1"));
  ASSERT_EQ(words.size(), 10u);
  EXPECT_EQ(words[5], "--request");
  EXPECT_EQ(words[6], "POST");
  EXPECT_EQ(words[7], "--data-raw");
  EXPECT_EQ(words[8].substr(0, 25), "Action=DescribeSnapshots&");
  EXPECT_EQ(words[9], "https://host/ecs?x=1");
}

TEST(CurlLines, ASplitRequestHasItsCommonParametersInTheQuery) {
  const auto words = Words(CurlLine(SomeFinding("POST", Placement::kSplit), "http://h:1/"));
  EXPECT_EQ(words.back(), "http://h:1/?Action=DescribeSnapshots&Version=2014-05-26");
  EXPECT_EQ(words[8].substr(0, 12), "SnapshotIds=");
}

TEST(CurlLines, APostWithEverythingInTheQueryHasAnEmptyBody) {
  const auto words = Words(CurlLine(SomeFinding("POST", Placement::kQuery), "http://h:1"));
  ASSERT_EQ(words.size(), 10u);
  EXPECT_EQ(words[8], "");
}

TEST(CurlLines, OfAWalkTakeTheTokenFromTheAnswerBefore) {
  Finding finding = SomeFinding("GET", Placement::kQuery);
  finding.before = {{.parameters = {{"MaxResults", "10"}}}};
  finding.request.parameters = {{"MaxResults", "10"}, {"NextToken", TokenOfAnswer(1)}};
  const std::string line = CurlLine(finding, "http://h:1");
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(line.find("token1=$(curl "), 0u) << line;
  EXPECT_NE(line.find(" --get --data-urlencode NextToken=\"$token1\" "
                      "'http://h:1/?MaxResults=10&Version=2014-05-26'"),
            std::string::npos)
      << line;
  finding.before.clear();
  EXPECT_EQ(CurlLine(finding, "http://h:1").find("$token1"), std::string::npos)
      << "a text like any other";
}

TEST(CurlLines, OfAComparisonShowBothAnswers) {
  Finding finding = SomeFinding("GET", Placement::kQuery);
  finding.before = {{.parameters = {{"Status", "failed"}}}};
  finding.request.parameters = {{"Status", "all"}};
  const std::string line = CurlLine(finding, "http://h:1");
  EXPECT_EQ(line.find("token1"), std::string::npos) << line;
  EXPECT_NE(line.find("Status=failed&Version=2014-05-26'; echo; curl "), std::string::npos) << line;
}

TEST(CurlLines, OfAScriptAreOneForEachRequest) {
  Finding finding = SomeFinding("GET", Placement::kQuery);
  finding.before = {{.parameters = {{"PageNumber", "1"}}}, {.parameters = {{"PageNumber", "2"}}}};
  finding.request.parameters = {{"PageNumber", "3"}};
  const std::string script = CurlScript(finding, RunHeader{.target = "http://h:1"});
  EXPECT_EQ(std::ranges::count(script, '\n'), 5) << script;
  EXPECT_NE(script.find("PageNumber=1&Version=2014-05-26'\necho\ncurl "), std::string::npos)
      << script;
  EXPECT_EQ(script.find("; "), std::string::npos) << script;
}

TEST(CurlLines, GoToAUnixSocket) {
  const std::string line = CurlLine(Request{}, "unix:/run/ecs.sock");
  EXPECT_NE(line.find("--unix-socket /run/ecs.sock"), std::string::npos) << line;
  EXPECT_NE(line.find("http://localhost/?Version"), std::string::npos) << line;
}

TEST(CurlLines, ReadTheTokenOfJsonAndOfXml) {
  Finding finding = SomeFinding("GET", Placement::kQuery);
  finding.before = {Request{}};
  finding.request.parameters = {{"NextToken", TokenOfAnswer(1)}};
  const std::string line = CurlLine(finding, "http://h:1");
  const std::size_t begin = line.find(" | sed") + 3;
  const std::string print = line.substr(begin, line.find("); ") - begin);
  for (const char* body :
       {R"({"NextToken":"a+b/c==","PageSize":1})", "<R><NextToken>a+b/c==</NextToken><S/></R>"}) {
    EXPECT_EQ(OutputOf("printf '%s' " + ShellQuote(body) + " | " + print), "a+b/c==");
  }
}

TEST(CurlLines, HoldNoSecret) {
  const std::string line = CurlLine(SomeFinding("GET", Placement::kQuery), "http://u:HUSH@h");
  EXPECT_EQ(line.find("HUSH"), std::string::npos) << line;
}

const GivenOptions kWay = {{"--seed", "7"},
                           {"--header", "X-Stage: it's 1"},
                           {"--header", "X-Api-Key: ***"},
                           {"--proxy", "http://***@proxy:3128"},
                           {"--ca-file", "own ca.pem"},
                           {"--client-cert", "c.pem"},
                           {"--client-key", "k.pem"}};

TEST(CurlLines, ReachTheTargetAsTheRunDid) {
  const std::string line = CurlLine(Request{}, "https://h", kWay);
  const std::vector<std::string> words =
      Words("ASSAY_X_API_KEY='a b' ASSAY_PROXY_LOGIN=u:p\n" + line);
  const std::vector<std::string> wanted = {
      "--header",       "X-Stage: it's 1", "--header",
      "X-Api-Key: a b", "--proxy",         "http://u:p@proxy:3128",
      "--cacert",       "own ca.pem",      "--cert",
      "c.pem",          "--key",           "k.pem"};
  EXPECT_FALSE(std::ranges::search(words, wanted).empty()) << line;
}

TEST(CurlLines, SendNothingWithoutWhatIsHidden) {
  const std::string script = "curl() { echo sent; }\n(" + CurlLine(Request{}, "http://h", kWay) +
                             ") 2>&1 || echo ended with $?\n";
  const std::string output = OutputOf(script);
  EXPECT_NE(output.find("ASSAY_X_API_KEY: set it to the value of this header\n"), std::string::npos)
      << output;
  EXPECT_EQ(output.find("sent\n"), std::string::npos) << output;
}

TEST(CurlLines, OfARunAreThoseOfItsOptions) {
  Finding finding = SomeFinding("GET", Placement::kQuery);
  finding.before = {Request{}};
  RecordedRun run;
  run.header.target = "https://h";
  run.header.options = kWay;
  const std::string line = CurlLine(finding, run.header);
  const std::string flag = " --cacert 'own ca.pem'";
  EXPECT_NE(line.find(flag, line.find(flag) + 1), std::string::npos) << line;
  const std::string flags = ReplayFlags(run);
  EXPECT_NE(flags.find(R"( --header 'X-Api-Key: '"${ASSAY_X_API_KEY:?)"), std::string::npos)
      << flags;
  EXPECT_NE(flags.find(" --ca-file 'own ca.pem'"), std::string::npos) << flags;
}

TEST(CurlLines, OfARawMessageSendExactlyItsBytes) {
  const RunHeader header{.target = "http://127.0.0.1:81/x", .options = {{"--region", "cn-a"}}};
  Finding finding;
  finding.request = RequestOfRawMessage(
      "GET $path?$query\\r\\n\nHost: "
      "$host\\n\n$headers100%'\\\\\\x00\\xFF7\n@wait\n$repeat(3,a\\n7)");
  const std::string line = CurlLine(finding, header);
  EXPECT_TRUE(line.ends_with(" | nc -N -w 10 127.0.0.1 81")) << line;
  const std::string head =
      "GET /x?Action=DescribeSnapshots&Version=2014-05-26&RegionId=cn-a&Format=JSON\r\n"
      "Host: 127.0.0.1:81\n100%'\\";
  EXPECT_EQ(OutputOf("sleep() { :; }; nc() { cat; }; " + line), head +
                                                                    std::string("\0\xFF"
                                                                                "7",
                                                                                3) +
                                                                    "a\n7a\n7a\n7");
}

TEST(CurlLines, OfARawMessageGoToAUnixSocket) {
  Finding finding;
  finding.request = RequestOfRawMessage("@close\n");
  EXPECT_EQ(CurlLine(finding, RunHeader{.target = "unix:/run/a b.sock"}),
            "{ printf ''; sleep 1; } | nc -N -w 10 -U '/run/a b.sock'");
}

TEST(CurlLines, AModelIsReplacedByALocalServer) {
  EXPECT_EQ(CurlTarget("model"), "http://127.0.0.1:8080");
}

TEST(CurlLines, AHostileTargetStaysOneWord) {
  const auto words =
      Words(CurlLine(SomeFinding("GET", Placement::kQuery), "http://h/'; touch x; '$(id)"));
  EXPECT_EQ(words.back().substr(0, 27), "http://h/'; touch x; '$(id)");
}

}  // namespace
}  // namespace assay
