// The judge against the model: whatever the reading and whatever is asked, the judge raises no
// alarm and never excludes the reading that the model runs under.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "property/expect_holds_for_test.h"
#include "property/generators.h"
#include "property/law_script.h"
#include "reference/describe_snapshots/model.h"
#include "reference/judge/examine_for_test.h"
#include "reference/server/faulty_target_for_test.h"
#include "reference/session/null_recorder.h"

namespace assay {
namespace {

// The first pinned option that the judge excluded, or "".
std::string Excluded(const Judge& judge, const Reading& reading) {
  for (const auto& [question, option] : reading.pins) {
    const int position = Catalogue::Get()[question].PositionOf(option);
    if (!judge.readings().Possible(question).Has(position)) {
      return fmt::format("{}={}", Id(question), Id(option));
    }
  }
  return "";
}

// What is wrong with the judge's view of a model that runs under the reading, or "".
std::string Alarm(const Dataset& dataset, const Reading& reading,
                  const std::vector<LawCase>& cases) {
  ModelTarget target(dataset, reading);
  Judge judge(dataset);
  NullRecorder recorder;
  Session session(target, judge, recorder, {.reduction_requests = 0});
  for (const LawCase& law_case : cases) {
    std::vector<std::unique_ptr<Script>> scripts;
    scripts.push_back(std::make_unique<LawScript>(law_case.requests));
    const auto results = session.Run({"soundness", ""}, std::move(scripts));
    for (const JudgedExchange& exchange : results.front()) {
      for (const Difference& violation : exchange.verdict.violations()) {
        return fmt::format("{}: {} / {} in {}", Id(violation.rule), violation.expected,
                           violation.actual, exchange.request.Text());
      }
    }
    const std::string excluded = Excluded(judge, reading);
    if (!excluded.empty()) return "excluded " + excluded;
  }
  return "";
}

void ExpectSound(const Dataset& dataset, std::uint64_t seed, int cases) {
  const auto vocabulary = std::make_shared<const Vocabulary>(dataset);
  ExpectHolds(seed, cases, [&] {
    const Reading reading = *Readings();
    const auto sent = *rc::gen::container<std::vector<LawCase>>(AnyCases(vocabulary, 4));
    const std::string alarm = Alarm(dataset, reading, sent);
    if (!alarm.empty()) RC_FAIL(alarm);
  });
}

TEST(Soundness, NoReadingOfTheModelRaisesAnAlarm) { ExpectSound(GenerateDataset(60, 7), 1, 400); }

TEST(Soundness, NoReadingRaisesAnAlarmOnTheBuiltInDataset) {
  ExpectSound(BuiltInDataset(), 2, 100);
}

TEST(Soundness, NoReadingRaisesAnAlarmWithoutSnapshots) {
  ExpectSound(GenerateDataset(0, 1), 3, 20);
}

// The tests above can fail: a model that changes its reading on the way is caught.
TEST(Soundness, AModelThatChangesItsReadingIsCaught) {
  const Dataset dataset = GenerateDataset(60, 7);
  Request request;
  request.Set("Action", "DescribeSnapshots");
  request.Set("RegionId", dataset.snapshots.front()[Field::kRegionId]);
  request.Set("Format", "JSON");
  request.Set("PageSize", "101");
  const Question question = "paging.page_size.above_maximum"_question;
  ModelTarget cuts(dataset, {.name = "", .pins = {{question, "cut"_option}}});
  ModelTarget refuses(dataset, {.name = "", .pins = {{question, "refused"_option}}});
  Judge judge(dataset);
  EXPECT_TRUE(Examine(judge, 1, request, *Send(cuts, request)).violations().empty());
  const Verdict verdict = Examine(judge, 2, request, *Send(refuses, request));
  ASSERT_EQ(verdict.violations().size(), 1U);
  EXPECT_EQ(Id(verdict.violations().front().rule), "request.same.answer");
  EXPECT_EQ(verdict.evidence, std::vector<std::uint64_t>{1});
}

TEST(OwnCode, PercentEncodingIsReversed) {
  ExpectHolds(4, 500, [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::inRange<int>(-128, 128));
    bool valid = true;
    RC_ASSERT(FormDecode(PercentEncode(text), &valid) == text);
    RC_ASSERT(valid);
  });
}

TEST(OwnCode, FormsAreReadAsTheyWereWritten) {
  ExpectHolds(5, 500, [] {
    std::vector<Parameter> parameters;
    const auto bytes = rc::gen::container<std::string>(rc::gen::inRange<int>(-128, 128));
    const int count = *rc::gen::inRange(0, 8);
    for (int i = 0; i < count; ++i) parameters.push_back({"n" + *bytes, *bytes});
    std::string form;
    AppendForm(parameters, &form);
    RC_ASSERT(ParseForm(form) == parameters);
  });
}

TEST(OwnCode, TheModelIsAFunctionOfItsArguments) {
  const Dataset dataset = GenerateDataset(60, 7);
  const auto vocabulary = std::make_shared<const Vocabulary>(dataset);
  ExpectHolds(6, 500, [&] {
    const Reading reading = *Readings();
    const LawCase law_case = *AnyCases(vocabulary, 1);
    FixedReading once(reading), again(reading);
    const Request& request = law_case.requests.front();
    const Answer a = DescribeSnapshots(request, dataset, nullptr, once);
    const Answer b = DescribeSnapshots(request, dataset, nullptr, again);
    RC_ASSERT(a.refused() == b.refused());
    RC_ASSERT(a.page.matches == b.page.matches);
    RC_ASSERT(once.marks() == again.marks());
  });
}

}  // namespace
}  // namespace assay
