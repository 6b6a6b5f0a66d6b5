// The session over a target whose state moves.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/churning_target_for_test.h"
#include "reference/session/session.h"
#include "reference/watch/watched_target.h"
#include "reference/wire/transport_failure.h"

namespace assay {
namespace {

class Deaf : public Recorder {
 public:
  void Begin(const RunHeader&) override {}
  void Add(const ExchangeRecord&) override { ++exchanges; }
  void Add(const Finding&) override {}
  void End(const RunTrailer&) override {}
  int exchanges = 0;
};

const Origin kChangesOrigin{"rules", "a test"};

struct Moving {
  explicit Moving(ChurningTarget& the_target, bool guarded = true)
      : target(the_target), watched(target, TestDataset()) {
    if (guarded) watched.Begin();
    session = std::make_unique<Session>(watched, judge, recorder,
                                        SessionOptions{.watched = guarded ? &watched : nullptr});
  }

  // One test, as often as it takes; how many of its exchanges were wrong the last time.
  int Run(const std::vector<Request>& requests) {
    int wrong = 0;
    tries = 0;
    const auto test = [&] {
      ++tries;
      wrong = 0;
      for (const Request& request : requests) {
        wrong += session->Send(kChangesOrigin, request).verdict.HasViolation() ? 1 : 0;
      }
    };
    session->RunTest(test, 5);
    return wrong;
  }
  std::map<FindingKind, int> Kinds() {
    std::map<FindingKind, int> out;
    for (const Finding& finding : session->Findings()) {
      ++out[finding.kind];
      said += std::string(NameOf(finding.kind)) + " of " + finding.rule + ": " + finding.expected +
              ": " + finding.actual + "\n";
    }
    return out;
  }

  ChurningTarget& target;
  WatchedTarget watched;
  Judge judge{TestDataset()};
  Deaf recorder;
  std::unique_ptr<Session> session;
  int tries = 0;
  std::string said;  // by the findings
};

std::vector<Request> SomeRequests() {
  return {Ask({{"PageSize", "100"}}), Ask({{"Status", "progressing"}, {"PageSize", "100"}}),
          Ask({{"PageSize", "100"}, {"PageNumber", "2"}}), Ask({{"MaxResults", "50"}}),
          Ask({{"Status", "accomplished"}, {"PageSize", "100"}})};
}

// A snapshot that is created and deleted between two listings is in an answer, and in no listing.
TEST(SessionChanges, CallsInconclusiveWhatIsNeverSeenAgain) {
  for (const bool once : {true, false}) {
    ChurningTarget target(TestDataset(), 3, 0);
    Moving moving(target);
    for (int i = 0; i < 50 && !moving.watched.CheckForChanges(); ++i) target.Change();
    ASSERT_TRUE(moving.watched.moves());
    moving.watched.Refresh();
    int left = once ? 1 : 1000;
    target.bend = [&](const Request& request, Result<Response>& response) {
      if (!request.Find("Status")) return;
      const std::size_t at = response->body.find("\"SnapshotId\":\"s-");
      if (at == std::string::npos || left-- <= 0) return;
      response->body.replace(at + 14, 3, "s-9");
    };
    moving.Run({Ask({{"Status", "accomplished"}, {"PageSize", "20"}})});
    auto kinds = moving.Kinds();
    EXPECT_EQ(kinds[FindingKind::kViolation] > 0, !once) << moving.said;
    EXPECT_EQ(kinds[FindingKind::kInconclusive] > 0, once) << moving.said;
  }
}

// No answer shows the instance of a snapshot that was created during the run.
TEST(SessionChanges, DoubtsWhatASuiteSaysOfFiltersThatShowNothing) {
  for (const char* name : {"InstanceId", "snapshotlinkid", "Status"}) {
    ChurningTarget target(TestDataset(), 3, 0);
    Moving moving(target);
    const auto is_hidden = [&] {
      const auto quiet_state = moving.session->quiet_state();
      return quiet_state && quiet_state->has_hidden_fields;
    };
    for (int i = 0; i < 50 && !is_hidden(); ++i) {
      target.Change();
      (void)moving.watched.CheckForChanges();
      moving.watched.Refresh();
    }
    ASSERT_TRUE(is_hidden());
    const auto test = [&] {
      const JudgedExchange exchange =
          moving.session->Send(kChangesOrigin, Ask({{name, "failed"}, {"PageSize", "1"}}));
      moving.session->Report(kChangesOrigin, exchange,
                             {"page.order.stable"_rule, "one list", "another one", "a test"});
    };
    moving.session->RunTest(test, 1);
    EXPECT_EQ(moving.Kinds()[FindingKind::kViolation], name == std::string("Status") ? 1 : 0)
        << moving.said;
  }
}

TEST(SessionChanges, CostsOneLookWhereNothingMovesAndSomethingIsWrong) {
  const auto faults = FindFaults({"paging.last_page.drops_one"}).value();
  std::vector<std::vector<std::string>> ids;
  std::vector<std::uint64_t> requests;
  for (const bool guarded : {false, true}) {
    ChurningTarget target(TestDataset(), 1, 0, {}, faults);
    Moving moving(target, guarded);
    EXPECT_GT(moving.Run(SomeRequests()), 0);
    EXPECT_EQ(moving.tries, 1);
    requests.push_back(target.requests);
    ids.emplace_back();
    for (const Finding& finding : moving.session->Findings()) {
      ids.back().push_back(std::string(NameOf(finding.kind)) + finding.id +
                           std::to_string(finding.occurrences));
    }
  }
  EXPECT_EQ(ids[0], ids[1]);
  const std::size_t listing = TestDataset().regions.size() + 2;
  EXPECT_LE(requests[1], requests[0] + 3 * listing);  // the first one is not complete
}

TEST(SessionChanges, FindsNothingWrongWithAStateThatMovedOn) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    ChurningTarget target(TestDataset(), seed, 0);
    Moving moving(target);
    EXPECT_EQ(moving.Run(SomeRequests()), 0);
    for (int i = 0; i < 10; ++i) target.Change();
    EXPECT_EQ(moving.Run(SomeRequests()), 0) << seed;
    EXPECT_GT(moving.tries, 1) << seed;
    EXPECT_EQ(moving.Kinds(), (std::map<FindingKind, int>{})) << seed;
  }
}

TEST(SessionChanges, StillFindsWhatIsWrongInAQuietState) {
  ChurningTarget target(TestDataset(), 2, 40, {},
                        FindFaults({"paging.last_page.drops_one"}).value());
  Moving moving(target);
  for (int i = 0; i < 10; ++i) moving.Run(SomeRequests());
  EXPECT_TRUE(moving.watched.moves());
  EXPECT_GE(moving.Kinds()[FindingKind::kViolation], 1);
}

TEST(SessionChanges, CannotTellWhereNoStateIsQuiet) {
  ChurningTarget target(TestDataset(), 2, 0);
  Moving moving(target);
  target.answers_a_change = 1;
  moving.Run(SomeRequests());
  const auto kinds = moving.Kinds();
  EXPECT_EQ(kinds.count(FindingKind::kViolation) + kinds.count(FindingKind::kWarning), 0U);
  for (const Finding& finding : moving.session->Findings()) {
    EXPECT_EQ(finding.kind, FindingKind::kInconclusive);
    EXPECT_NE(finding.actual.find("the state kept changing ("), std::string::npos)
        << finding.actual;
  }
}

TEST(SessionChanges, HoldsTheFormOfAnswersToTheRulesAllTheTime) {
  ChurningTarget target(TestDataset(), 2, 1);
  target.bend = [](const Request&, Result<Response>& response) {
    const std::size_t at = response->body.find("\"Encrypted\":");
    if (at != std::string::npos) response->body.replace(at, 12, "\"Encrypted\":7,\"Was\":");
  };
  Moving moving(target);
  moving.Run(SomeRequests());
  EXPECT_GE(moving.Kinds()[FindingKind::kViolation], 1);
}

TEST(SessionChanges, HoldsRefusalsToTheRulesAllTheTime) {
  ChurningTarget target(TestDataset(), 2, 1);
  target.bend = [](const Request& request, Result<Response>& response) {
    if (!request.Find("Usage")) return;
    response->status = 400;
    response->body = R"({"Code":"InvalidUsage","Message":"m","HostId":"h",)"
                     R"("RequestId":"473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"})";
  };
  Moving moving(target);
  EXPECT_TRUE(moving.watched.CheckForChanges());
  moving.Run({Ask({{"Usage", "none"}})});
  EXPECT_GE(moving.Kinds()[FindingKind::kViolation], 1);
}

TEST(SessionChanges, TakesNoCompletionForAWrongStatus) {
  ChurningTarget target(TestDataset(), 1, 0);
  Moving moving(target);
  const Request one = Ask({{"Status", "progressing"}, {"PageSize", "100"}});
  EXPECT_EQ(moving.Run({one}), 0);
  Mutation mutation;
  do {
    mutation = target.churn.Next(*target.state.Now());
    target.state.Apply(mutation);
  } while (mutation.kind != Mutation::Kind::kComplete);
  EXPECT_EQ(moving.Run({one, Ask({{"PageSize", "100"}})}), 0);
  EXPECT_EQ(moving.Kinds(), (std::map<FindingKind, int>{}));
}

TEST(SessionChanges, TakesNoExpiredTokenForAFault) {
  ChurningTarget target(TestDataset(), 1, 0);
  Moving moving(target);
  target.Change();
  ASSERT_TRUE(moving.watched.CheckForChanges());
  class Walk : public Script {
   public:
    explicit Walk(ChurningTarget& target) : target_(target) {}
    bool Next(const Exchange* previous, Request& request) override {
      if (previous && NextTokenOf(previous->answer).empty()) return false;
      request = Ask({{"MaxResults", "10"}});
      if (previous) request.Set("NextToken", NextTokenOf(previous->answer));
      if (previous) target_.Change();
      return true;
    }

   private:
    ChurningTarget& target_;
  };
  target.bend = [](const Request& request, Result<Response>& response) {
    if (!request.Find("NextToken")) return;
    response->status = 400;
    response->request_id.clear();
    response->body = R"({"Code":"InvalidParameter","Message":"expired","HostId":"h",)"
                     R"("RequestId":"473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"})";
  };
  int runs = 0;
  std::vector<ScriptResult> results;
  const auto test = [&] {
    ++runs;
    std::vector<std::unique_ptr<Script>> scripts;
    scripts.push_back(std::make_unique<Walk>(target));
    results = moving.session->Run(kChangesOrigin, std::move(scripts));
  };
  moving.session->RunTest(test, 2);
  EXPECT_EQ(runs, 1) << "nothing that it found is in doubt";
  ASSERT_EQ(results.front().size(), 2U);
  EXPECT_EQ(results.front()[1].status, 400);
  EXPECT_EQ(moving.Kinds(), (std::map<FindingKind, int>{})) << moving.said;
}

TEST(SessionChanges, TakesNoBrokenOrThrottledAnswerForAFault) {
  ChurningTarget target(TestDataset(), 1, 15);
  // At random: an exchange takes as many requests as a listing more, and would break off every
  // time. But each once only: one that breaks off at every try is wrong.
  std::mt19937_64 random(3);
  std::set<std::string> broken;
  target.bend = [&](const Request& request, Result<Response>& response) {
    const std::uint64_t fate = random() % 35;
    if (fate % 7 == 0 && broken.insert(request.Text()).second) {
      response = TransportError(TransportFailure::kClosed, "churning", "");
    } else if (fate % 5 == 0) {
      response->status = 400;
      response->retry_after_ms = 1;
      response->body = R"({"Code":"Throttling.User","Message":"m","HostId":"h","RequestId":"R"})";
    }
  };
  Moving moving(target);
  for (int i = 0; i < 6; ++i) moving.Run(SomeRequests());
  const auto kinds = moving.Kinds();
  // The breaks themselves, which passed, and nothing else.
  EXPECT_EQ(kinds.count(FindingKind::kWarning), 0U) << moving.said;
  ASSERT_LE(kinds.count(FindingKind::kViolation), 1U) << moving.said;
  if (kinds.contains(FindingKind::kViolation)) {
    EXPECT_EQ(kinds.at(FindingKind::kViolation), 1) << moving.said;
    EXPECT_NE(moving.said.find("all right when asked again"), std::string::npos) << moving.said;
  }
}

TEST(SessionChanges, TakesNoEarlierAnswerForOneOfAQuietState) {
  ChurningTarget target(TestDataset(), 1, 0);
  Moving moving(target);
  target.Change();
  ASSERT_TRUE(moving.watched.CheckForChanges());
  std::map<std::string, int> asked;
  target.bend = [&](const Request& request, Result<Response>& response) {
    if (!request.Find("Status")) return;  // a listing
    const int times = ++asked[request.Text()];
    if (times == 1) {  // answered, and then everything is otherwise
      for (int i = 0; i < 200; ++i) target.Change();
    } else if (times == 2) {
      response->status = 400;
      response->retry_after_ms = 1;
      response->body = R"({"Code":"Throttling.User","Message":"m","HostId":"h","RequestId":"R"})";
    }
  };
  moving.Run({Ask({{"Status", "progressing"}, {"PageSize", "100"}}),
              Ask({{"Status", "accomplished"}, {"PageSize", "100"}})});
  EXPECT_EQ(moving.Kinds(), (std::map<FindingKind, int>{})) << moving.said;
}

}  // namespace
}  // namespace assay
