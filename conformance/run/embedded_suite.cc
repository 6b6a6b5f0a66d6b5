#include "conformance/run/embedded_suite.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>

#include "conformance/cases/suite.h"
#include "conformance/run/run_plan.h"
#include "conformance/run/test_loop.h"
#include "reference/session/null_recorder.h"
#include "reference/session/preflight.h"
#include "reference/watch/watched_target.h"

namespace assay {
namespace {

// What all tests of a suite share.
class SharedRun {
 public:
  SharedRun(const RunOptions& options, RunPlan plan, RunTarget opened, Target& target)
      : plan_(std::move(plan)),
        opened_(std::move(opened)),
        target_(target),
        watched_(target, *plan_.dataset, {.format = plan_.suite.FreeFormat()}),
        judge_(*plan_.dataset, plan_.reading, {.accepts_json = options.connection.accepts_json()}),
        session_(watched_, judge_, recorder_,
                 {.keep_bodies = false,
                  .timeout = std::chrono::milliseconds(
                      static_cast<std::int64_t>(options.timeout_s * 1000)),
                  .most_requests = options.max_requests,
                  .most_retries = options.max_retries,
                  .diagnose = false,
                  .watched = &watched_}),
        context_(session_, *plan_.dataset, plan_.suite, notes_) {}

  // Checks, the first time, whether the target can be judged; the reason if it cannot.
  const std::optional<Error>& Begin() {
    if (std::exchange(begun_, true)) return obstacle_;
    obstacle_ = FindObstacle(target_, *plan_.dataset, plan_.dataset_name, plan_.suite.FreeFormat());
    if (!obstacle_) watched_.Begin();
    return obstacle_;
  }
  // True the first time.
  bool IsNews() { return !std::exchange(told_, true); }
  SuiteContext& context() { return context_; }

 private:
  RunPlan plan_;
  RunTarget opened_;
  Target& target_;
  WatchedTarget watched_;
  NullRecorder recorder_;
  Judge judge_;
  Session session_;
  SuiteNotes notes_;
  SuiteContext context_;
  std::optional<Error> obstacle_;
  bool begun_ = false;
  bool told_ = false;
};

class RegisteredTest : public testing::Test {
 public:
  RegisteredTest(std::shared_ptr<SharedRun> run, std::shared_ptr<const SuiteTest> test)
      : run_(std::move(run)), test_(std::move(test)) {}

  void TestBody() override {
    if (const auto& obstacle = run_->Begin()) return TellOnce(obstacle->Text());
    const TestOutcome outcome = RunTest(run_->context(), *test_);
    for (const std::string& failure : outcome.failures) ADD_FAILURE() << failure;
    const auto& lost = run_->context().session.lost();
    if (lost) return TellOnce("the target was lost: " + lost->Text());
    if (outcome.skip && outcome.failures.empty()) GTEST_SKIP() << outcome.reason;
  }

 private:
  // Running nothing is not a success, but a thousand failures for one reason help nobody.
  void TellOnce(const std::string& why) {
    if (run_->IsNews()) {
      ADD_FAILURE() << why;
    } else {
      GTEST_SKIP() << why;
    }
  }

  std::shared_ptr<SharedRun> run_;
  std::shared_ptr<const SuiteTest> test_;
};

Result<std::shared_ptr<SharedRun>> Open(EmbeddedSuite& suite) {
  RunOptions options = suite.run;
  options.only.clear();
  options.skip.clear();
  Result<RunPlan> plan = MakeRunPlan(options, std::move(suite.dataset));
  if (!plan) return plan.error();
  RunTarget opened;
  if (!suite.target) {
    Result<RunTarget> target = OpenTarget(options, *plan);
    if (!target) return target.error();
    opened = std::move(*target);
  }
  Target& target = suite.target ? *suite.target : *opened.target;
  if (options.discover) {
    const Discovery discovery = Discover(options, target, *plan);
    if (discovery.obstacle) return *discovery.obstacle;
  }
  return std::make_shared<SharedRun>(options, std::move(*plan), std::move(opened), target);
}

}  // namespace

Done RegisterAssayTests(EmbeddedSuite suite, const std::vector<TestSource>& more) {
  const Result<std::shared_ptr<SharedRun>> run = Open(suite);
  if (!run) return run.error();
  Result<std::vector<SuiteTest>> tests = AllTests((*run)->context(), more);
  if (!tests) return Error{"strength", tests.error().what};
  for (SuiteTest& test : *tests) {
    const auto shared = std::make_shared<const SuiteTest>(std::move(test));
    testing::RegisterTest(
        shared->suite.c_str(), shared->name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
        [run = *run, shared]() -> testing::Test* { return new RegisteredTest(run, shared); });
  }
  return Ok();
}

}  // namespace assay
