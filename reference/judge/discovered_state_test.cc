// The judge with a state that was read off answers, beside the judge that knows it all: the same
// requests, the same answers. The requests ask for what answers never show, too.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "reference/answer/observed.h"
#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/judge/examine_for_test.h"
#include "reference/judge/judge.h"
#include "reference/server/service.h"
#include "reference/watch/inventory.h"

namespace assay {
namespace {

// What each of the two judges says first against a target, "" for nothing.
struct Verdicts {
  std::string known, discovered;
  std::string unread;  // why there is no inventory
};

// JSON without a Format is a reading of its own, and warned of.
std::string FirstOf(const Verdict& verdict, const Request& request) {
  for (const auto& list : {verdict.violations(), verdict.warnings()}) {
    for (const Difference& difference : list) {
      if (difference.rule == "encoding.format.default"_rule) continue;
      return std::string(Id(difference.rule)) + ": expected " + difference.expected + ", got " +
             difference.actual + " to " + request.Text();
    }
  }
  return "";
}

// Draws requests until the judge of the discovered state complains, `most` at the most.
Verdicts JudgeTwice(const Reading& reading, const Fault* fault, std::uint64_t seed, int most) {
  Verdicts out;
  const std::vector<const Fault*> faults = fault ? std::vector{fault} : std::vector<const Fault*>{};
  ModelTarget target(TestDataset(), reading, faults);
  Result<Inventory> inventory = ReadInventory(target, "cn-hangzhou");
  if (!inventory) {
    out.unread = inventory.error().Text();
    return out;
  }
  Service service(TestDataset(), reading, faults);
  Judge knowing(TestDataset()), discovering(inventory->dataset);
  RequestSampler sampler(seed);
  std::string token;
  for (int i = 1; i <= most && (out.discovered.empty() || !fault); ++i) {
    const Request request = sampler.Draw(token);
    const Response response = AnswerOf(service, request);
    if (out.known.empty()) {
      out.known =
          FirstOf(Examine(knowing, static_cast<std::uint64_t>(i), request, response), request);
    }
    const Verdict verdict = Examine(discovering, static_cast<std::uint64_t>(i), request, response);
    if (out.discovered.empty()) out.discovered = FirstOf(verdict, request);
    if (const std::string next = NextTokenOf(response); !next.empty()) token = next;
  }
  return out;
}

class DiscoveredState : public testing::TestWithParam<std::uint64_t> {};

TEST_P(DiscoveredState, RaisesNoAlarmUnderAnyReading) {
  const std::uint64_t seed = GetParam();
  const Reading reading = seed == 0   ? DefaultReading()
                          : seed == 1 ? LastReading()
                          : seed == 2 ? LoadReading("observed").value()
                                      : RandomReading(seed);
  const Verdicts verdicts = JudgeTwice(reading, nullptr, seed, 1200);
  EXPECT_EQ(verdicts.unread, "");
  EXPECT_EQ(verdicts.known, "");
  EXPECT_EQ(verdicts.discovered, "");
}

INSTANTIATE_TEST_SUITE_P(Readings, DiscoveredState, testing::Range<std::uint64_t>(0, 16));

// Of the faults that known state reveals at least 90 % are seen. Every 16th is tried here; with
// ASSAY_EVERY_FAULT=1 all are.
TEST(DiscoveredStateFaults, AreNearlyAllSeen) {
  const std::size_t step = std::getenv("ASSAY_EVERY_FAULT") ? 1 : 16;
  int known = 0, discovered = 0, unread = 0;
  std::string missed;
  for (std::size_t i = 0; i < Faults().size(); i += step) {
    const Fault& fault = Faults()[i];
    // What goes wrong in other regions only is out of reach if one is known.
    if (fault.wire || fault.id.ends_with("elsewhere")) continue;
    const Verdicts verdicts = JudgeTwice({}, &fault, 1, 800);
    unread += verdicts.unread.empty() ? 0 : 1;
    if (verdicts.known.empty()) continue;
    ++known;
    discovered += verdicts.discovered.empty() ? 0 : 1;
    if (verdicts.discovered.empty()) missed += fault.id + "\n";
  }
  std::cout << discovered << " of " << known << " faults are seen, " << unread
            << " left no inventory; missed:\n"
            << missed;
  EXPECT_GT(known, 15);
  // Of the whole catalogue 88 %; this is a sample.
  EXPECT_GE(10 * discovered, 8 * known) << missed;
}

}  // namespace
}  // namespace assay
