// Elimination is sound and complete on what was seen: the reading that the target follows is never
// excluded, and if a question stays open, each option that is left could have given these very
// answers, so that no judge could settle it by these requests.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "conformance/cases/bench_for_test.h"
#include "conformance/cases/suite.h"
#include "reference/findings/answer_digest.h"
#include "reference/judge/examine_for_test.h"
#include "reference/wire/transport_failure.h"
#include "spec/catalogue/catalogue_for_test.h"

namespace assay {
namespace {

struct Heard {
  Request request;
  Response response;
  AnswerDigest digest;
};

// The reference under a reading, with a memory.
class ListeningTarget : public Target {
 public:
  ListeningTarget(const Dataset& dataset, const Reading& reading) : service_(dataset, reading) {}
  void Run(RequestSource& source) override {
    while (const Request* request = source.Next()) {
      Response response;
      service_.Handle(*request, "model", response);
      if (service_.ClosesOn(request->method)) {
        Result<Response> closed = TransportError(TransportFailure::kClosed, Name(), "");
        source.Answered(request, closed);
        continue;
      }
      AnswerReader reader;
      heard.push_back({*request, response, digester_.Of(reader.Read(response), response)});
      Result<Response> result = std::move(response);
      source.Answered(request, result);
    }
  }
  std::string Name() const override { return "model"; }

  std::vector<Heard> heard;

 private:
  Service service_;
  AnswerDigester digester_;
};

// Positions of what the reference answers otherwise under that reading; tokens are its own.
std::vector<std::size_t> AnsweredOtherwise(const Reading& reading,
                                           const std::vector<Heard>& heard) {
  Service service(BuiltIn(), reading);
  AnswerDigester digester;
  AnswerReader reader;
  std::map<std::string, std::string> tokens;
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    Request request = heard[i].request;
    for (Parameter& parameter : request.parameters) {
      const auto at = tokens.find(parameter.value);
      if (parameter.name == "NextToken" && at != tokens.end()) parameter.value = at->second;
    }
    Response response;
    service.Handle(request, "model", response);
    const AnswerDigest digest = digester.Of(reader.Read(response), response);
    if (!heard[i].digest.next_token.empty()) tokens[heard[i].digest.next_token] = digest.next_token;
    if (digest.parts != heard[i].digest.parts) out.push_back(i);
  }
  return out;
}

// Options that admit every answer that others of their question admit, and more: the reference
// shows one of those answers, another target may show the one that was seen.
bool AdmitsMore(Question question, Option option) {
  return (question == "paging.order"_question && option == "any"_option) ||
         (question == "paging.token.short_page"_question && option == "allowed"_option) ||
         (question == "paging.total_count.token_mode"_question && option == "anything"_option) ||
         // From any place of the other list on.
         (question == "paging.token.foreign"_question && option == "request_filters"_option) ||
         (question == "paging.token.other_filters"_question &&
          option == "request_filters"_option) ||
         // With any code, that of a value without its key among them.
         (question == "value.empty.tag_value_alone"_question && option == "refused"_option);
}

bool AdmitsMore(const Reading& reading) {
  return std::ranges::any_of(reading.pins,
                             [](const auto& pin) { return AdmitsMore(pin.first, pin.second); });
}

// Options under which a refusal may be right, too: a dry run answers with any code, that of a
// refused value among them; where a walk stands is not sure of every token; and a tag may be
// refused for its key.
bool AdmitsRefusal(Question question, Option option) {
  return (Id(question).starts_with("value.boolean.dry_run.") &&
          (option == "as_true"_option || option == "as_meant"_option)) ||
         (question == "paging.token.without_region"_question && option == "token_region"_option) ||
         (question == "value.empty.tag_value"_question && option == "refused"_option);
}

// The first answer that is wrong under the reading, or "".
std::string WrongUnder(const Reading& reading, const std::vector<Heard>& heard) {
  Judge judge(BuiltIn(), reading);
  for (std::size_t i = 0; i < heard.size(); ++i) {
    const Verdict verdict = Examine(judge, i + 1, heard[i].request, heard[i].response);
    if (!verdict.violations().empty()) return heard[i].request.Text();
  }
  return "";
}

class Elimination : public testing::TestWithParam<int> {
 protected:
  // Sends the default suites to the reference under a reading.
  Elimination()
      : truth_(RandomReading(static_cast<std::uint64_t>(GetParam()))),
        target_(BuiltIn(), truth_),
        bench_(target_, {.thorough = false}) {
    const Result<std::vector<SuiteTest>> tests = AllTests(bench_.context, {});
    for (const SuiteTest& test : *tests) {
      // Many requests that ask what others ask, too.
      if (!IsLongSuite(test)) test.run(bench_.context);
    }
  }

  // The reading of the target; 0 stands for the first option of each question.
  Option TrueOption(const QuestionInfo& question) const {
    const auto at =
        std::ranges::find(truth_.pins, question.id, [](auto& pin) { return pin.first; });
    return at == truth_.pins.end() ? question.options.front().id : at->second;
  }

  // Why those exchanges do exclude the option, or "".
  std::string Excludes(const QuestionInfo& question, const OptionInfo& option) const {
    const auto other =
        bench_.judge.readings().ReadingWith(question.id, question.PositionOf(option.id), Whole());
    if (!other) return "no reading has it";
    if (AdmitsMore(*other) || AdmitsRefusal(question.id, option.id))
      return WrongUnder(*other, target_.heard);
    const auto otherwise = AnsweredOtherwise(*other, target_.heard);
    return otherwise.empty() ? "" : target_.heard[otherwise.front()].request.Text();
  }

  Reading Whole() const {
    Reading out;
    for (const QuestionInfo& question : AllQuestions()) {
      out.pins.emplace_back(question.id, TrueOption(question));
    }
    return out;
  }

  Reading truth_;
  ListeningTarget target_;
  Bench bench_;
};

TEST_P(Elimination, KeepsTheTruthAndWhatCannotBeToldFromIt) {
  for (const LearnedAnswer& answer : bench_.judge.Learned()) {
    const QuestionInfo& question = Catalogue::Get()[*FindQuestion(answer.question)];
    const Option truth = TrueOption(question);
    EXPECT_TRUE(std::ranges::count(answer.possible, Id(truth))) << answer.question;
    EXPECT_EQ(answer.settled, answer.why_open.empty()) << answer.question;
    for (const OptionInfo& option : question.options) {
      if (option.id == truth || !std::ranges::count(answer.possible, Id(option.id))) continue;
      EXPECT_EQ(Excludes(question, option), "") << answer.question << "=" << Id(option.id);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Readings, Elimination, testing::Range(0, 6));

}  // namespace
}  // namespace assay
