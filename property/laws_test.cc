#include "property/laws.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>

#include "reference/findings/groups.h"
#include "reference/server/faulty_target_for_test.h"
#include "reference/session/null_recorder.h"
#include "reference/wire/transport_failure.h"
#include "spec/catalogue/catalogue_for_test.h"

namespace assay {
namespace {

const Dataset& State() {
  static const Dataset dataset = VariedDataset();
  return dataset;
}

const Vocabulary& Words() {
  static const Vocabulary vocabulary(State());
  return vocabulary;
}

LawOutcome Check(const Law& law, Target& target, std::uint64_t seed,
                 std::vector<Finding>* findings = nullptr) {
  Judge judge(State());
  NullRecorder recorder;
  Session session(target, judge, recorder, {.reduction_requests = 0});
  LawOutcome outcome = CheckLaw(law, session, Words(), seed);
  if (findings) *findings = session.Findings();
  return outcome;
}

const Law& LawOf(std::string_view name) {
  return *std::ranges::find(Laws(), name,
                            [](const Law& law) { return std::string_view(law.name); });
}

std::string Shown(const LawOutcome& outcome) {
  std::ostringstream out;
  if (!outcome.breach) return "no breach";
  out << Id(outcome.breach->difference.rule) << ": " << outcome.breach->difference.expected << " / "
      << outcome.breach->difference.actual << '\n';
  showValue(*outcome.counterexample, out);
  return out.str();
}

TEST(Laws, HoldOnTheModelUnderEveryReading) {
  const auto readings = Readings();
  for (std::uint64_t i = 0; i <= 20; ++i) {
    const Reading reading = i == 0 ? Reading{} : readings(rc::Random(i)).value();
    for (Law law : Some(Laws())) {
      law.cases /= 8;
      ModelTarget target(State(), reading);
      const LawOutcome outcome = Check(law, target, i);
      std::ostringstream under;
      showValue(reading, under);
      EXPECT_FALSE(outcome.breach) << law.name << " under " << under.str() << '\n'
                                   << Shown(outcome);
      EXPECT_GE(outcome.cases, law.cases) << law.name;
    }
  }
}

// What a target does wrong so that one law fails, and how small the counterexample must become.
struct Fault {
  const char* law;
  std::function<void(Request&)> bend;
  Rule rule;
  std::vector<std::string> parameters;  // of the counterexample besides Action, RegionId, Format
};

std::vector<Fault> FaultsOfLists() {
  return {
      {"ConjunctionIsIntersection",
       [](Request& r) {
         if (r.Find("Usage")) r.Unset("Status");
       },
       "request.parameters.conjunction"_rule,
       {"Status", "Usage"}},
      {"FilterNeverAdds",
       [](Request& r) {
         if (r.Find("Encrypted")) r.Unset("SourceDiskType");
       },
       "request.parameters.conjunction"_rule,
       {"SourceDiskType", "Encrypted"}},
      {"PageSizeKeepsUnion",
       [](Request& r) {
         if (r.Find("PageSize") != "100" && r.Find("PageNumber") == "2") r.Set("PageNumber", "3");
       },
       "page.walk.complete"_rule,
       {}},
      {"PagingKindsAgree",
       [](Request& r) {
         if (r.Find("MaxResults")) r.Set("Usage", "none");
       },
       "token.walk.complete"_rule,
       {}},
      {"OrderOfParametersIsFree",
       [](Request& r) {
         if (r.parameters.front().name != "Action") r.Set("Usage", "none");
       },
       "page.order.stable"_rule,
       {}},
      {"RepetitionIsSame",
       [turn = 0](Request& r) mutable {
         if (++turn % 2) r.Set("Usage", "none");
       },
       "page.order.stable"_rule,
       {}},
  };
}

std::vector<Fault> FaultsOfRequests() {
  return {
      {"FormIsQuery",
       [](Request& r) {
         if (r.method == "POST") r.Unset("Status");
       },
       "encoding.request.form"_rule,
       {"Status"}},
      {"FormatsAgree",
       [](Request& r) {
         if (r.Find("Format") != "XML") return;
         r.Unset("Tag.1.Key");
         r.Unset("Tag.1.Value");
       },
       "encoding.format.xml"_rule,
       {"Tag.1.Key"}},
      {"IdsOfListReturnIt",
       [](Request& r) {
         if (r.Find("SnapshotIds")) r.Set("Usage", "none");
       },
       "ids.list.selects"_rule,
       {}},
      {"TimesSplitList",
       [](Request& r) {
         if (r.Find("Filter.1.Key")) r.Set("Filter.1.Value", "2030-01-01T00:00Z");
       },
       "time.start.selects"_rule,
       {}},
      {"StatusPartitions",
       [](Request& r) {
         if (r.Find("Status") == "failed") r.Set("Status", "progressing");
       },
       "filter.status.failed"_rule,
       {}},
      {"JudgeAgrees",
       [](Request& r) {
         if (r.Find("PageSize") == "100") r.Set("PageSize", "50");
       },
       "page.size.limits"_rule,
       {"PageSize"}},
  };
}

std::vector<Fault> Faults() {
  std::vector<Fault> out = FaultsOfLists();
  std::ranges::move(FaultsOfRequests(), std::back_inserter(out));
  return out;
}

TEST(Laws, EachFailsOnATargetThatBreaksItWithTheSmallestRequest) {
  for (const Fault& fault : Some(Faults())) {
    SCOPED_TRACE(fault.law);
    FaultyTarget target(State(), fault.bend);
    const LawOutcome outcome = Check(LawOf(fault.law), target, 1);
    ASSERT_TRUE(outcome.breach);
    EXPECT_EQ(Id(outcome.breach->difference.rule), Id(fault.rule)) << Shown(outcome);
    ASSERT_EQ(outcome.counterexample->requests.size(), 1U) << Shown(outcome);
    std::vector<std::string> names;
    for (const Parameter& parameter : outcome.counterexample->requests.front().parameters) {
      const bool frame =
          parameter.name == "Action" || parameter.name == "RegionId" || parameter.name == "Format";
      if (!frame) names.push_back(parameter.name);
    }
    EXPECT_EQ(names, fault.parameters) << Shown(outcome);
  }
}

TEST(Laws, EachHasAFaultThatBreaksIt) {
  const std::vector<Fault> faults = Faults();
  for (const Law& law : Some(Laws())) {
    EXPECT_TRUE(std::ranges::any_of(faults, [&](const Fault& fault) {
      return std::string(fault.law) == law.name;
    })) << law.name;
  }
}

bool Holds(const std::vector<Finding>& findings, const Difference& difference) {
  const std::string id = SymptomId(difference);
  return std::ranges::any_of(findings, [&](const Finding& finding) {
    return SymptomOf(finding.id) == id ||
           std::ranges::any_of(finding.also,
                               [&](const std::string& part) { return SymptomOf(part) == id; });
  });
}

TEST(Laws, AreNotReportedIfTheJudgeHasSaidItAlready) {
  const Fault fault = Faults().front();
  FaultyTarget target(State(), fault.bend);
  std::vector<Finding> findings;
  const LawOutcome outcome = Check(LawOf(fault.law), target, 1, &findings);
  ASSERT_TRUE(outcome.breach);
  EXPECT_FALSE(findings.empty());
  EXPECT_FALSE(Holds(findings, outcome.breach->difference));
}

// The judge does not know here which instance a snapshot belongs to, so it sees nothing wrong.
TEST(Laws, AreReportedThroughTheSession) {
  Dataset withheld = VariedDataset();
  withheld.discovered = true;
  for (Snapshot& snapshot : withheld.snapshots) {
    const std::uint32_t instance = 1U << static_cast<unsigned>(Field::kInstanceId);
    snapshot.unknown |= instance;
    snapshot.present &= ~instance;
  }
  withheld.Index();
  FaultyTarget target(State(), [](Request& request) {
    for (const char* other : {"Status", "Usage", "Category", "SnapshotType", "DiskId"}) {
      if (request.Find(other)) request.Unset("InstanceId");
    }
  });
  Judge judge(withheld, {}, {.learns_hidden = false});
  NullRecorder recorder;
  Session session(target, judge, recorder, {.reduction_requests = 0});
  const LawOutcome outcome = CheckLaw(LawOf("ConjunctionIsIntersection"), session, Words(), 1);
  ASSERT_TRUE(outcome.breach);
  EXPECT_TRUE(Holds(session.Findings(), outcome.breach->difference)) << Shown(outcome);
}

TEST(Laws, EqualSeedsDrawEqualCases) {
  std::vector<std::uint64_t> exchanges;
  for (const std::uint64_t seed : {1U, 1U, 2U}) {
    ModelTarget target(State(), {});
    exchanges.push_back(Check(LawOf("ConjunctionIsIntersection"), target, seed).exchanges);
  }
  EXPECT_EQ(exchanges[0], exchanges[1]);
  EXPECT_NE(exchanges[0], exchanges[2]);
}

// Takes requests until there are eight or no more are given, then answers all of them: as if
// answers took long and requests nothing.
class SlowTarget : public Target {
 public:
  explicit SlowTarget(Target& target) : target_(target) {}
  void Run(RequestSource& source) override {
    while (true) {
      std::vector<const Request*> waiting;
      while (static_cast<int>(waiting.size()) < Concurrency()) {
        const Request* request = source.Next();
        if (!request) break;
        waiting.push_back(request);
      }
      if (waiting.empty()) return;
      ++rounds;
      for (const Request* request : waiting) {
        Result<Response> response = SendOnce(target_, *request);
        source.Answered(request, response);
      }
      requests += static_cast<int>(waiting.size());
    }
  }
  int Concurrency() const override { return 8; }
  std::string Name() const override { return "slow"; }

  int rounds = 0, requests = 0;

 private:
  Target& target_;
};

TEST(Laws, AskASlowTargetAsMuchAtATimeAsItTakes) {
  for (const char* name : {"JudgeAgrees", "RepetitionIsSame", "IdsOfListReturnIt"}) {
    ModelTarget model(State(), {});
    SlowTarget target(model);
    (void)Check(LawOf(name), target, 1);
    EXPECT_GT(target.requests, 4 * target.rounds) << name;
  }
}

// Answers nothing at all.
class DeadTarget : public Target {
 public:
  void Run(RequestSource& source) override {
    while (const Request* request = source.Next()) {
      Result<Response> nothing = TransportError(TransportFailure::kRefused, Name(), "");
      source.Answered(request, nothing);
    }
  }
  std::string Name() const override { return "dead"; }
};

TEST(Laws, SayIfTheTargetWasLost) {
  DeadTarget target;
  const LawOutcome outcome = Check(Laws().front(), target, 1);
  EXPECT_TRUE(outcome.lost);
  EXPECT_FALSE(outcome.breach);
}

}  // namespace
}  // namespace assay
