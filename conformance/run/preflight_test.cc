#include "reference/session/preflight.h"

#include <gtest/gtest.h>

#include "conformance/cases/bench_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/service.h"
#include "reference/wire/transport_failure.h"

namespace assay {
namespace {

std::string ObstacleOf(Target& target, const Dataset& dataset = BuiltIn()) {
  const auto obstacle = FindObstacle(target, dataset, "state.json", "JSON");
  if (!obstacle) return "";
  EXPECT_EQ(obstacle->exit, ExitCode::kCouldNotJudge);
  return obstacle->what;
}

std::string ObstacleBehind(std::function<void(const Request&, Response&)> bend) {
  FaultyTarget target(BuiltIn());
  target.bend_answer = std::move(bend);
  return ObstacleOf(target);
}

bool Says(const std::string& text, const char* words) {
  return text.find(words) != std::string::npos;
}

TEST(Preflight, PassesATargetWithTheDatasetInOneRequest) {
  FaultyTarget target(BuiltIn());
  EXPECT_EQ(ObstacleOf(target), "");
  EXPECT_EQ(target.requests, 1);
}

TEST(Preflight, KnowsAWebPage) {
  EXPECT_TRUE(Says(ObstacleBehind([](const Request&, Response& response) {
                     response.content_type = "text/html; charset=utf-8";
                     response.body = "<!DOCTYPE html><html></html>";
                   }),
                   "web page"));
}

TEST(Preflight, KnowsOtherEndpointsThanTheApi) {
  const struct {
    int status;
    const char* body;
    const char* words;
  } rows[] = {{302, "", "redirects to https://a.example/ (302)"},
              {404, "404 page not found\n", "`404 page not found`, which is not of the API"},
              {404, "", "an empty body"},
              {401, "Unauthorized", "is the address right"},
              {200, "Please sign in to continue.", "a page to sign in"},
              {400, "Client sent an HTTP request to an HTTPS server.\n", "write https://"}};
  for (const auto& [status, body, words] : rows) {
    const std::string text = ObstacleBehind([&](const Request&, Response& response) {
      response = {.status = status, .content_type = "text/plain", .body = body};
      response.location = "https://a.example/";
    });
    EXPECT_TRUE(Says(text, words)) << text;
  }
}

TEST(Preflight, KnowsGatewaysThatAnswerInJson) {
  const struct {
    int status;
    const char* body;
  } rows[] = {{401, R"({"message":"Unauthorized"})"},
              {403, R"({"Message":"Forbidden"})"},
              {502, R"({"message":"Bad Gateway"})"}};
  for (const auto& [status, body] : rows) {
    const std::string text = ObstacleBehind([&](const Request&, Response& response) {
      response = {.status = status, .content_type = "application/json", .body = body};
    });
    EXPECT_TRUE(Says(text, "without an error code, as gateways do")) << text;
  }
}

TEST(Preflight, KnowsATargetWithOtherSnapshots) {
  const Dataset other = GenerateDataset(100, 99);
  FaultyTarget target(other);
  EXPECT_TRUE(Says(ObstacleOf(target),
                   "the target's snapshots are not those of the dataset "
                   "state.json; load it into the target first"));
}

// Also if it refuses the regions that it does not have.
TEST(Preflight, KnowsATargetWithOtherSnapshotsInFewerRegions) {
  const Dataset other = GenerateDataset(300, 1);
  FaultyTarget target(other);
  target.bend_answer = [&](const Request& request, Response& response) {
    const std::string region(request.Find("RegionId").value_or(""));
    if (std::ranges::count(other.regions, region) > 0) return;
    response.status = 404;
    response.body = R"({"Code":"InvalidRegionId.NotFound","Message":"m","RequestId":"x",)"
                    R"("HostId":"y"})";
  };
  EXPECT_TRUE(Says(ObstacleOf(target), "are not those of the dataset"));
}

// Also if it lists them whatever is asked for.
TEST(Preflight, KnowsATargetWithOtherSnapshotsThatIgnoresIds) {
  const Dataset other = GenerateDataset(300, 1);
  FaultyTarget target(other);
  target.bend_request = [](Request& request) { request.Unset("SnapshotIds"); };
  EXPECT_TRUE(Says(ObstacleOf(target), "are not those of the dataset"));
}

// The snapshots are found by the ids that they have.
TEST(Preflight, LeavesIdsThatAreWrittenWronglyToTheJudge) {
  EXPECT_EQ(ObstacleBehind([](const Request&, Response& response) {
              for (std::size_t at = 0; (at = response.body.find("\"s-", at)) != std::string::npos;)
                response.body[at + 1] = 'S';
            }),
            "");
}

TEST(Preflight, KnowsATargetThatHoldsAPartOfTheDataset) {
  Dataset part = BuiltInDataset();
  std::size_t left = 37;
  std::erase_if(part.snapshots, [&](const Snapshot& snapshot) {
    return snapshot[Field::kRegionId] == HomeRegion(BuiltIn()) && (left == 0 || left-- == 0);
  });
  part.Index();
  FaultyTarget target(part);
  const std::string says = ObstacleOf(target);
  EXPECT_TRUE(Says(says,
                   "lists 37 snapshots in cn-hangzhou, the dataset state.json has 181; of "
                   "these 37 are in it"))
      << says;
  EXPECT_TRUE(Says(says, "--force"));
}

// All of them are of the dataset: that they are of other regions is a finding. Pages may overlap.
TEST(Preflight, LeavesARegionThatIsIgnoredToTheJudge) {
  Dataset all = BuiltInDataset();
  for (Snapshot& snapshot : all.snapshots) snapshot.Set(Field::kRegionId, HomeRegion(BuiltIn()));
  all.Index();
  FaultyTarget target(all);
  target.bend_request = [](Request& request) {
    const std::string number(request.Find("PageNumber").value_or("1"));
    if (number > "2") request.Set("PageNumber", std::string(1, static_cast<char>(number[0] - 1)));
  };
  EXPECT_EQ(ObstacleOf(target), "");
}

// They are there, as requests for them show.
TEST(Preflight, LeavesHiddenSnapshotsToTheJudge) {
  for (const auto& [name, value] :
       {std::pair("Status", "failed"), std::pair("Category", "standard"),
        std::pair("Encrypted", "false")}) {
    FaultyTarget target(BuiltIn());
    target.bend_request = [&](Request& request) {
      if (!request.Find(name)) request.Set(name, value);
    };
    EXPECT_EQ(ObstacleOf(target), "") << name;
  }
}

TEST(Preflight, LeavesOneEmptyPageToTheJudge) {
  FaultyTarget target(BuiltIn());
  target.bend_request = [](Request& request) {
    if (request.Find("PageSize") == "100") request.Set("PageNumber", "9999");
  };
  EXPECT_EQ(ObstacleOf(target), "");
}

TEST(Preflight, LeavesTheMediaTypeToTheJudge) {
  EXPECT_EQ(ObstacleBehind([](const Request&, Response& response) {
              response.content_type = "text/html; charset=utf-8";
            }),
            "");
}

TEST(Preflight, KnowsATargetWithoutSnapshots) {
  Dataset empty = GenerateDataset(1, 1);
  empty.snapshots.clear();
  empty.Index();
  FaultyTarget target(empty);
  EXPECT_TRUE(Says(ObstacleOf(target), "lists no snapshot"));
}

TEST(Preflight, KnowsThatTheCallerIsRefused) {
  EXPECT_TRUE(Says(ObstacleBehind([](const Request&, Response& response) {
                     response.status = 404;
                     response.body = R"({"Code":"InvalidAccessKeyId.NotFound","Message":"",)"
                                     R"("RequestId":"x","HostId":"y"})";
                   }),
                   "refuses the caller: 404 InvalidAccessKeyId.NotFound"));
}

TEST(Preflight, KnowsWhetherSignaturesInParametersAreTakenToo) {
  for (const bool takes : {true, false}) {
    FaultyTarget target(BuiltIn());
    target.bend_answer = [&](const Request& request, Response& response) {
      if (request.Find("SignatureVersion") && !takes) response.status = 400;
    };
    EXPECT_EQ(TakesParameterSignature(target, "cn-hangzhou", "JSON"), takes);
  }
}

TEST(Preflight, LeavesWrongAnswersToTheJudge) {
  EXPECT_EQ(ObstacleBehind([](const Request&, Response& response) { response.body = "{"; }), "");
  EXPECT_EQ(ObstacleBehind([](const Request&, Response& response) { response.status = 500; }), "");
  EXPECT_EQ(ObstacleBehind([](const Request&, Response& response) {
              response = {.status = 400, .content_type = "text/plain", .body = "bad request"};
            }),
            "");
}

// Breaks every exchange.
class BrokenTarget : public Target {
 public:
  explicit BrokenTarget(TransportFailure failure, std::string detail = "for the test")
      : failure_(failure), detail_(std::move(detail)) {}
  void Run(RequestSource& source) override {
    while (const Request* request = source.Next()) {
      Result<Response> result = TransportError(failure_, "broken", detail_);
      source.Answered(request, result);
    }
  }
  std::string Name() const override { return "broken"; }

 private:
  TransportFailure failure_;
  std::string detail_;
};

TEST(Preflight, KnowsATargetThatCannotBeReached) {
  BrokenTarget refused(TransportFailure::kRefused);
  EXPECT_TRUE(Says(ObstacleOf(refused), "connection refused"));
  BrokenTarget silent(TransportFailure::kTimeout);
  EXPECT_TRUE(Says(ObstacleOf(silent), "a longer --timeout may help"));
  BrokenTarget mute(TransportFailure::kClosed, " (after 0 bytes)");
  EXPECT_TRUE(Says(ObstacleOf(mute), "connection closed"));
  BrokenTarget other(TransportFailure::kNoHttp, ": bad version");
  EXPECT_TRUE(Says(ObstacleOf(other), "no HTTP answer"));
}

TEST(Preflight, LeavesSnapshotsWithoutAnIdToTheJudge) {
  ModelTarget target(BuiltIn(), {}, {FindFault("shape.field.no_snapshot_id")});
  EXPECT_EQ(ObstacleOf(target), "");
}

TEST(Preflight, LeavesBrokenAnswersToTheJudge) {
  BrokenTarget cut(TransportFailure::kClosed, " (after 60 bytes)");
  EXPECT_EQ(ObstacleOf(cut), "");
  BrokenTarget malformed(TransportFailure::kMalformed, ": 2 bytes follow the end of the answer");
  EXPECT_EQ(ObstacleOf(malformed), "");
}

}  // namespace
}  // namespace assay
