// What is looked up in an index is what the plain model finds by comparing snapshots one by one:
// whatever the state, the reading and the request.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "property/expect_holds_for_test.h"
#include "property/generators.h"
#include "reference/describe_snapshots/model.h"
#include "reference/faults/catalogue.h"
#include "reference/judge/examine_for_test.h"
#include "reference/reading/path_choices.h"
#include "reference/server/service.h"
#include "reference/state/rank_set.h"

namespace assay {
namespace {

constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

struct States {
  Dataset plain, indexed;
};

// As if it had been discovered: some fields of some snapshots are not known.
void Withhold(Dataset& dataset, std::uint64_t seed) {
  dataset.discovered = true;
  for (std::size_t i = 0; i < dataset.snapshots.size(); ++i) {
    const std::uint64_t mixed = (i + 1) * (seed | 1) * 0x9E3779B97F4A7C15ULL;
    for (const Field field : {Field::kInstanceId, Field::kSnapshotLinkId, Field::kUsage}) {
      if ((mixed >> (8 + static_cast<unsigned>(field))) % 3 != 0) continue;
      dataset.snapshots[i].text[static_cast<std::size_t>(field)].clear();
      dataset.snapshots[i].present &= ~(1U << static_cast<unsigned>(field));
      dataset.snapshots[i].unknown |= 1U << static_cast<unsigned>(field);
    }
  }
}

Dataset State(std::size_t count, std::uint64_t seed, std::size_t indexed_from) {
  Dataset out = GenerateDataset(count, seed);
  if (seed % 4 == 0) {
    Withhold(out, seed);
    out.Index();
  }
  out.indexed_from = indexed_from;
  return out;
}

// A few states, since generating one for each case would take most of the time.
const States& AnyStates() {
  static const auto* const all = [] {
    auto* out = new std::vector<States>;
    for (std::uint64_t seed = 1; seed <= 13; ++seed) {
      // In a large one, few snapshots are looked at one by one.
      const std::size_t count = seed == 13 ? 5'000 : 25 * seed;
      out->push_back({State(count, seed, kNever), State(count, seed, 0)});
    }
    return out;
  }();
  const auto any = rc::gen::inRange<std::size_t>(0, all->size());
  return (*all)[*rc::gen::resize(rc::kNominalSize, any)];
}

// Requests about a state.
const Request AnyRequest(const States& states) {
  const auto vocabulary = std::make_shared<const Vocabulary>(states.plain);
  const auto any = AnyCases(vocabulary, 1), valid = ValidCases(vocabulary);
  return (*rc::gen::oneOf(any, valid, valid)).requests.front();
}

std::string TextOf(const Answer& answer) {
  std::vector<std::string> refusals;
  for (const Refusal& refusal : answer.plan.refusals) refusals.emplace_back(Id(refusal.rule));
  return fmt::format(
      "refusals {}, maybe {}, {} matches {}, open {}, total {}, end {}, from {}, count {}",
      refusals, answer.plan.may_be_refused, answer.page.matches.size(),
      answer.page.matches.positions(), answer.page.open, answer.page.total, answer.page.end,
      answer.page.start, answer.page.count);
}

TEST(IndexedState, ListsWhatThePlainModelLists) {
  std::size_t listed = 0;
  ExpectHolds(11, 6000, [&] {
    const States& states = AnyStates();
    const Request request = AnyRequest(states);
    const Reading reading = *Readings();
    FixedReading plainly(reading), by_index(reading);
    const Answer plain = DescribeSnapshots(request, states.plain, nullptr, plainly);
    const Answer indexed = DescribeSnapshots(request, states.indexed, nullptr, by_index);
    RC_ASSERT(TextOf(plain) == TextOf(indexed));
    RC_ASSERT(plainly.asked() == by_index.asked());
    RC_ASSERT(plainly.marks() == by_index.marks());
    listed += indexed.page.matches.region() && !indexed.page.matches.empty() ? 1 : 0;
  });
  EXPECT_GT(listed, 1000U);
}

// One line for each path through the open questions.
std::vector<std::string> Paths(const Request& request, const Dataset& dataset) {
  constexpr std::size_t kMost = 300;
  PathChoices choices(AllOptions(), [](const Refusal&) { return false; });
  std::vector<std::string> out;
  do {
    choices.ClearMarks();
    std::string line = TextOf(DescribeSnapshots(request, dataset, nullptr, choices));
    for (const Restriction& taken : choices.Taken()) line += fmt::format(" {}", Id(taken.question));
    for (const Question asked : choices.asked()) line += fmt::format(" asked {}", Id(asked));
    out.push_back(line + choices.marks().to_string());
  } while (out.size() < kMost && choices.Advance());
  return out;
}

TEST(IndexedState, AsksWhatThePlainModelAsksInTheSameOrder) {
  ExpectHolds(12, 600, [] {
    const States& states = AnyStates();
    const Request request = AnyRequest(states);
    RC_ASSERT(Paths(request, states.plain) == Paths(request, states.indexed));
  });
}

std::string TextOf(const Verdict& verdict) {
  std::string out = fmt::format("{} {} {} {} {}", static_cast<int>(verdict.kind), verdict.reason,
                                verdict.unforeseen, verdict.code, fmt::join(verdict.evidence, ","));
  for (const Difference& difference : verdict.differences) {
    out += fmt::format("\n{}: {} / {} / {}", Id(difference.rule), difference.expected,
                       difference.actual, difference.doubtful);
  }
  return out;
}

std::string TextOf(const std::vector<LearnedAnswer>& learned) {
  std::string out;
  for (const LearnedAnswer& row : learned) {
    out += fmt::format("{} {} {} {}\n", row.question, row.asked, row.evidence, row.possible);
  }
  return out;
}

// Of targets that are right, that have other readings from request to request, or that commit a
// fault.
TEST(IndexedState, IsJudgedAsThePlainStateIs) {
  std::size_t wrong = 0;
  ExpectHolds(13, 150, [&] {
    const States& states = AnyStates();
    const std::vector<Fault>& faults = Faults();
    const Fault& fault = faults[*rc::gen::inRange<std::size_t>(0, faults.size())];
    Reading reading = *Readings();
    Judge plain(states.plain), indexed(states.indexed);
    for (std::uint64_t id = 1; id <= 6; ++id) {
      if (id == 4) reading = *Readings();
      std::vector<const Fault*> committed;
      if (id % 2 == 0) committed.push_back(&fault);
      ModelTarget target(states.plain, reading, committed);
      const Request request = AnyRequest(states);
      const auto response = Send(target, request);
      if (!response) continue;
      const Verdict verdict = Examine(plain, id, request, *response);
      RC_ASSERT(TextOf(verdict) == TextOf(Examine(indexed, id, request, *response)));
      wrong += verdict.HasViolation() ? 1 : 0;
    }
    RC_ASSERT(TextOf(plain.Learned()) == TextOf(indexed.Learned()));
  });
  EXPECT_GT(wrong, 25U);
}

std::string WithoutRequestId(const Response& response) {
  std::string out = response.body;
  for (auto at = out.find(response.request_id); at != std::string::npos;
       at = out.find(response.request_id)) {
    out.erase(at, response.request_id.size());
  }
  return out;
}

TEST(IndexedState, IsServedAsThePlainStateIs) {
  ExpectHolds(14, 600, [] {
    const States& states = AnyStates();
    const Reading reading = *Readings();
    Service plain(states.plain, reading), indexed(states.indexed, reading);
    Request request = AnyRequest(states);
    for (int page = 0; page < 5; ++page) {
      Response a, b;
      plain.Handle(request, "h", a);
      indexed.Handle(request, "h", b);
      RC_ASSERT(WithoutRequestId(a) == WithoutRequestId(b));
      AnswerReader reader;
      const std::string token(reader.Read(a).next_token.text);
      if (token.empty()) break;
      request.Set("NextToken", token);
    }
  });
}

TEST(RankSet, IsASetOfNumbers) {
  ExpectHolds(15, 2000, [] {
    const auto size = *rc::gen::inRange<std::uint32_t>(1, 400);
    const auto draw = [size] {
      const auto sparse = *rc::gen::element(1, 2, 60);
      std::set<std::uint32_t> out;
      for (std::uint32_t i = 0; i < size; ++i) {
        if (*rc::gen::inRange(0, sparse) == 0) out.insert(i);
      }
      return out;
    };
    const auto made = [size](const std::set<std::uint32_t>& of) {
      const bool whole = of.size() == size;
      return whole ? RankSet::Range(0, size, size) : RankSet::Of({of.begin(), of.end()}, size);
    };
    const std::set<std::uint32_t> a = draw(), b = draw();
    const auto begin = *rc::gen::inRange<std::uint32_t>(0, size);
    std::set<std::uint32_t> both, either, only, late;
    for (std::uint32_t i = 0; i < size; ++i) {
      if (a.contains(i) && b.contains(i)) both.insert(i);
      if (a.contains(i) || b.contains(i)) either.insert(i);
      if (a.contains(i) && !b.contains(i)) only.insert(i);
      if (a.contains(i) && i >= begin) late.insert(i);
    }
    const auto same = [](const RankSet& set, const std::set<std::uint32_t>& of) {
      return set.Ranks() == std::vector<std::uint32_t>(of.begin(), of.end());
    };
    RC_ASSERT(same(Intersection(made(a), made(b)), both));
    RC_ASSERT(same(Union(made(a), made(b)), either));
    RC_ASSERT(same(UnionOf({made(a), made(b), made(both)}, size), either));
    RC_ASSERT(same(Without(made(a), made(b)), only));
    RC_ASSERT(same(Intersection(made(a), RankSet::Range(begin, size, size)), late));
    std::uint32_t before = 0;
    for (std::uint32_t i = 0; i < size; ++i) {
      RC_ASSERT(made(a).CountBelow(i) == before);
      RC_ASSERT(made(a).Contains(i) == a.contains(i));
      if (a.contains(i)) RC_ASSERT(made(a).At(before++) == i);
    }
    RC_ASSERT(made(a).count() == before);
  });
}

}  // namespace
}  // namespace assay
