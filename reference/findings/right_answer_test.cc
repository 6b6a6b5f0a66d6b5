#include "reference/findings/right_answer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/service.h"
#include "spec/catalogue/catalogue.h"

namespace assay {
namespace {

Response AnswerOf(const Request& request, const Reading& reading, const char* fault = nullptr) {
  Service service(
      TestDataset(), reading,
      fault ? std::vector<const Fault*>{FindFault(fault)} : std::vector<const Fault*>{});
  Response out;
  service.Handle(request, "model", out);
  return out;
}

std::vector<std::string> IdsIn(const Response& response) {
  AnswerReader reader;
  const ObservedAnswer& answer = reader.Read(response);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
    out.emplace_back(answer.snapshots[i][Field::kSnapshotId].text);
  }
  return out;
}

// The body without what is made anew for each answer.
std::string Lasting(const Response& response, const ObservedAnswer& answer) {
  std::string body = response.body;
  for (const std::string_view text : {answer.request_id.text, answer.next_token.text}) {
    const std::size_t at = text.empty() ? std::string::npos : body.find(text);
    if (at != std::string::npos) body.replace(at, text.size(), "?");
  }
  return body;
}

Request Ask(std::vector<Parameter> more) {
  Request out;
  out.parameters = {
      {"Action", "DescribeSnapshots"}, {"RegionId", "cn-hangzhou"}, {"Format", "JSON"}};
  for (Parameter& parameter : more) out.parameters.push_back(std::move(parameter));
  return out;
}

// The first option of every question.
const Reading& Beginning() {
  static const Reading reading = [] {
    Reading out{"beginning", {}};
    for (const QuestionInfo& question : Catalogue::Get().questions()) {
      out.pins.emplace_back(question.id, question.options.front().id);
    }
    return out;
  }();
  return reading;
}

// Another order and other choices than where the search begins.
const Reading kTarget{"target",
                      {{"paging.order"_question, "newest_first"_option},
                       {"paging.total_count.token_mode"_question, "zero"_option},
                       {"paging.page_number.token_mode"_question, "absent"_option},
                       {"form.unset.snapshot_name"_question, "empty_string"_option}}};

TEST(NearestRightAnswer, IsTheTargetsIfThatIsRight) {
  const Judge judge(TestDataset(), {}, {});
  for (const Request& request :
       {Ask({}), Ask({{"MaxResults", "7"}}), Ask({{"PageNumber", "2"}, {"Usage", "disk"}}),
        Ask({{"PageSize", "101"}})}) {
    const Response right = AnswerOf(request, kTarget);
    const Response nearest = NearestRightAnswer(judge, Beginning(), request, right);
    AnswerReader one, other;
    EXPECT_EQ(Lasting(nearest, one.Read(nearest)), Lasting(right, other.Read(right)))
        << request.Text();
  }
}

TEST(NearestRightAnswer, DiffersInWhatIsWrongAlone) {
  const Judge judge(TestDataset(), {}, {});
  const Request request = Ask({{"MaxResults", "7"}});
  const Response wrong = AnswerOf(request, kTarget, "shape.field.no_usage");
  const Response right = AnswerOf(request, kTarget);
  const Response nearest = NearestRightAnswer(judge, Beginning(), request, wrong);
  EXPECT_EQ(IdsIn(nearest), IdsIn(wrong));
  AnswerReader one, other;
  EXPECT_EQ(Lasting(nearest, one.Read(nearest)), Lasting(right, other.Read(right)));
}

TEST(NearestRightAnswer, ListsNothingThatDoesNotMatch) {
  const Judge judge(TestDataset(), {}, {});
  const Request request = Ask({{"Usage", "none"}, {"PageSize", "100"}});
  const Response wrong = AnswerOf(request, kTarget, "filter.usage.none_as_all");
  ASSERT_NE(IdsIn(wrong), IdsIn(AnswerOf(request, kTarget)));
  EXPECT_EQ(IdsIn(NearestRightAnswer(judge, Beginning(), request, wrong)).size(),
            IdsIn(AnswerOf(request, kTarget)).size());
}

}  // namespace
}  // namespace assay
