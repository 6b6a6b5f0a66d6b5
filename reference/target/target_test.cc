#include "reference/target/target.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

// Answers every request with its own text, or not at all.
class RepeatingTarget : public Target {
 public:
  explicit RepeatingTarget(bool silent) : silent_(silent) {}
  void Run(RequestSource& source) override {
    while (const Request* request = source.Next()) {
      if (silent_) return;
      Result<Response> response = Response{200, "", request->Text()};
      source.Answered(request, response);
    }
  }
  std::string Name() const override { return "echo"; }

 private:
  bool silent_;
};

TEST(Send, GivesTheAnswerToTheRequest) {
  RepeatingTarget target(/*silent=*/false);
  Request request;
  request.Set("A", "1");
  const Result<Response> response = Send(target, request);
  ASSERT_TRUE(response);
  EXPECT_EQ(response.value().body, "A=1");
}

TEST(Send, IsAnErrorWhereTheTargetNeverAnswers) {
  RepeatingTarget target(/*silent=*/true);
  const Result<Response> response = Send(target, Request{});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().exit, ExitCode::kCouldNotJudge);
}

}  // namespace
}  // namespace assay
