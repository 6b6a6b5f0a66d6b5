#include "conformance/preflight.h"

#include <gtest/gtest.h>

#include "conformance/faulty_target_for_test.h"
#include "reference/describe_snapshots/faults/catalogue.h"
#include "reference/describe_snapshots/service.h"
#include "reference/transport_failure.h"

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

TEST(Preflight, KnowsATargetWithOtherSnapshots) {
  const Dataset other = GenerateDataset(100, 99);
  FaultyTarget target(other);
  EXPECT_TRUE(Says(ObstacleOf(target),
                   "the target's snapshots are not those of the dataset "
                   "state.json; load it into the target first"));
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

TEST(Preflight, LeavesWrongAnswersToTheJudge) {
  EXPECT_EQ(ObstacleBehind([](const Request&, Response& response) { response.body = "{"; }), "");
  EXPECT_EQ(ObstacleBehind([](const Request&, Response& response) { response.status = 500; }), "");
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
