// What is said of answers to requests that are long, odd, oddly written or signed.
#include <gtest/gtest.h>

#include <string>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/judge/examine_for_test.h"
#include "reference/judge/judge.h"

namespace assay {
namespace {

std::string IdsOf(const std::vector<Difference>& differences) {
  std::string out;
  for (const Difference& difference : differences) {
    out += std::string(Id(difference.rule)) + " ";
  }
  return out;
}

Response RightAnswer(const Request& request) {
  Service service(TestDataset(), Pins({}));
  return AnswerOf(service, request);
}

Response Refusal(int status, const std::string& code, const std::string& message = "No.") {
  return {.status = status,
          .content_type = "application/json;charset=utf-8",
          .body = R"({"RequestId":"473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E","HostId":"ecs","Code":")" +
                  code + R"(","Message":")" + message + "\"}"};
}

// "violations | warnings", by their rules.
std::string Said(const Request& request, const Response& response) {
  Judge judge(TestDataset());
  const Verdict verdict = Examine(judge, 1, request, response);
  return IdsOf(verdict.violations()) + "| " + IdsOf(verdict.warnings());
}

TEST(OddRequests, MayBeRefusedIfNoSnapshotCanHaveSuchAValue) {
  for (const std::string& value :
       {std::string(129, 'a'), std::string("a\0b", 3), std::string("a\nb"), std::string("a\x7F"),
        std::string("\xC2\x85")}) {
    const Request request = Ask({{"SnapshotName", value}});
    EXPECT_EQ(Said(request, Refusal(400, "InvalidParameter")), "| ") << value;
    EXPECT_EQ(Said(request, RightAnswer(request)), "| ") << value;
  }
  const Request plain = Ask({{"SnapshotName", "研发部" + std::string(125, 'a')}});
  EXPECT_EQ(Said(plain, Refusal(400, "InvalidParameter")), "request.valid.accepted | ");
}

TEST(OddRequests, MayMeanTheirValueWithoutWhiteSpaceAroundIt) {
  const Request trimmed = Ask({{"Status", "failed"}});
  for (const char* value : {"failed\xC2\xA0",
                            "\xE3\x80\x80"
                            "failed",
                            "failed\n",
                            "\xEF\xBB\xBF"
                            "failed"}) {
    const Request request = Ask({{"Status", value}});
    EXPECT_EQ(Said(request, RightAnswer(trimmed)), "| ") << value;
    EXPECT_EQ(
        Said(request, Refusal(404, "InvalidStatus.NotFound", "The specified Status is not found.")),
        "| ")
        << value;
  }
  EXPECT_NE(Said(Ask({{"Status", "fai\xC2\xA0led"}}), RightAnswer(trimmed)), "| ");
}

TEST(OddRequests, SayNothingIfTheyAreTooLongForTheServer) {
  Response page{.status = 414, .content_type = "text/html", .body = "<h1>414</h1>"};
  EXPECT_EQ(Said(Ask({{"SnapshotName", std::string(9000, 'a')}}), page), "| ");
  EXPECT_NE(Said(Ask({{"SnapshotName", std::string(100, 'a')}}), page), "| ");
}

TEST(OddRequests, WarnOnlyIfTheyAreOddlyWritten) {
  for (const auto& [encoding, rule] :
       {std::pair(FormEncoding::kLowerHex, "encoding.request.lower_hex"),
        std::pair(FormEncoding::kEscaped, "encoding.request.escaped"),
        std::pair(FormEncoding::kCharset, "encoding.request.charset"),
        std::pair(FormEncoding::kChunked, "encoding.request.chunked")}) {
    Request request = Ask({{"Status", "failed"}});
    request.encoding = encoding;
    EXPECT_EQ(Said(request, RightAnswer(request)), "| ");
    const std::string said = Said(request, Refusal(400, "MissingAction"));
    EXPECT_TRUE(said.starts_with("| ")) << said;
    EXPECT_NE(said.find(rule), std::string::npos) << said;
  }
}

TEST(OddRequests, AreNotBlamedForWhatIsWrongHoweverTheyAreWritten) {
  Judge judge(TestDataset());
  const Request plain = Ask({{"Status", "failed"}}), all = Ask({{"Status", "all"}});
  Request odd = plain;
  odd.encoding = FormEncoding::kLowerHex;
  const Verdict first = Examine(judge, 1, plain, RightAnswer(all));
  ASSERT_TRUE(first.HasViolation());
  const Verdict second = Examine(judge, 2, odd, RightAnswer(all));
  ASSERT_TRUE(second.HasViolation());
  EXPECT_EQ(second.violations().front().rule, first.violations().front().rule);
}

TEST(OddRequests, AreTakenWithTheParametersOfAnOwner) {
  for (const char* name : {"OwnerId", "OwnerAccount", "ResourceOwnerId", "ResourceOwnerAccount"}) {
    const Request request = Ask({{name, "1234"}});
    EXPECT_EQ(Said(request, RightAnswer(request)), "| ");
    EXPECT_EQ(Said(request, Refusal(400, "UnsupportedParameter")), "| request.owner.accepted ");
    // What may be refused anyway is not refused because of the owner.
    const Request odd = Ask({{name, "1234"}, {"SnapshotName", std::string(100'000, 'n')}});
    EXPECT_EQ(Said(odd, Refusal(400, "InvalidParameter")), "| ");
  }
}

// Whether they are refused is open; the status of a documented code is not.
TEST(OddRequests, AreRefusedWithTheStatusOfTheCode) {
  const Request request = Ask({{"Tag.1.Value", "dev"}});
  const std::string text = "The specified Tag.n.Key and Tag.n.Value are not match.";
  EXPECT_EQ(Said(request, Refusal(400, "InvalidTag.Mismatch", text)), "| ");
  EXPECT_EQ(Said(request, Refusal(404, "InvalidTag.Mismatch", text)),
            "error.invalid_tag_mismatch.status | ");
}

TEST(OddRequests, AreRefusedIfThereIsNoSuchAction) {
  const Request request = Ask({{"Action", "NoSuchActionAtAll"}});
  EXPECT_EQ(Said(request, Refusal(404, "InvalidAction.NotFound",
                                  "Specified api is not found, please check your url and method.")),
            "| ");
  EXPECT_EQ(Said(request, RightAnswer(Ask({}))), "| request.action.known ");
}

TEST(OddRequests, AreRefusedWithoutAStackTrace) {
  const Request request = Ask({{"DiskId", "no disk!"}});
  for (const char* trace : {"Traceback (most recent call last):", "Oops\\n    at main (a.js:1:2)",
                            "runtime error\\ngoroutine 1 [running]"}) {
    EXPECT_NE(
        Said(request, Refusal(400, "InvalidParameter", trace)).find("error.envelope.no_trace"),
        std::string::npos)
        << trace;
  }
  EXPECT_EQ(Said(request, Refusal(400, "InvalidParameter", "Look at the disk.")), "| ");
}

TEST(OddRequests, AreOneFindingIfTheSignatureIsTakenForWrong) {
  std::string shape;
  for (const char* name : {"a*b", "a~b", "a b"}) {
    Judge judge(TestDataset());
    const Verdict verdict =
        Examine(judge, 1, Ask({{"SnapshotName", name}}), Refusal(400, "SignatureDoesNotMatch"));
    ASSERT_EQ(IdsOf(verdict.violations()), "request.valid.accepted ");
    if (!shape.empty()) {
      EXPECT_EQ(verdict.violations().front().shape, shape);
    }
    shape = verdict.violations().front().shape;
  }
}

}  // namespace
}  // namespace assay
