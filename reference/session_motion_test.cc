// The session over a target whose state moves.
#include <gtest/gtest.h>

#include <map>

#include "reference/churning_target_for_test.h"
#include "reference/describe_snapshots/faults/catalogue.h"
#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/session.h"
#include "reference/steady_target.h"
#include "reference/transport_failure.h"

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

const Origin kOrigin{"rules", "a test"};

struct Moving {
  explicit Moving(ChurningTarget& the_target, bool guarded = true)
      : target(the_target), steady(target, TestDataset()) {
    if (guarded) steady.Begin();
    session = std::make_unique<Session>(steady, judge, recorder,
                                        SessionOptions{.steady = guarded ? &steady : nullptr});
  }

  // One test, as often as it takes; how many of its exchanges were wrong the last time.
  int Run(const std::vector<Request>& requests) {
    for (tries = 1;; ++tries) {
      session->BeginTest();
      int wrong = 0;
      for (const Request& request : requests) {
        wrong += session->Send(kOrigin, request).verdict.violations.empty() ? 0 : 1;
      }
      if (session->EndTest(tries == 5)) return wrong;
    }
  }
  std::map<std::string, int> Kinds() {
    std::map<std::string, int> out;
    for (const Finding& finding : session->Findings()) {
      ++out[finding.kind];
      said += finding.kind + " of " + finding.rule + ": " + finding.expected + ": " +
              finding.actual + "\n";
    }
    return out;
  }

  ChurningTarget& target;
  SteadyTarget steady;
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

// Which instance a snapshot is of that was created meanwhile no answer shows.
TEST(SessionMotion, DoubtsWhatASuiteSaysOfFiltersThatShowNothing) {
  for (const char* name : {"InstanceId", "snapshotlinkid", "Status"}) {
    ChurningTarget target(TestDataset(), 3, 0);
    Moving moving(target);
    const auto is_hidden = [&] {
      const auto moment = moving.session->moment();
      return moment && moment->has_hidden_fields;
    };
    for (int i = 0; i < 50 && !is_hidden(); ++i) {
      target.Change();
      (void)moving.steady.LookAgain();
      moving.steady.Refresh();
    }
    ASSERT_TRUE(is_hidden());
    moving.session->BeginTest();
    const JudgedExchange exchange =
        moving.session->Send(kOrigin, Ask({{name, "failed"}, {"PageSize", "1"}}));
    moving.session->Report(kOrigin, exchange,
                           {"page.order.stable"_rule, "one list", "another one", "a test"});
    moving.session->EndTest(true);
    EXPECT_EQ(moving.Kinds()["violation"], name == std::string("Status") ? 1 : 0) << moving.said;
  }
}

TEST(SessionMotion, CostsOneLookWhereNothingMovesAndSomethingIsWrong) {
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
      ids.back().push_back(finding.kind + finding.id + std::to_string(finding.occurrences));
    }
  }
  EXPECT_EQ(ids[0], ids[1]);
  const std::size_t look = TestDataset().regions.size() + 2;
  EXPECT_LE(requests[1], requests[0] + 3 * look);  // the first one is not complete
}

TEST(SessionMotion, FindsNothingWrongWithAStateThatMovedOn) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    ChurningTarget target(TestDataset(), seed, 0);
    Moving moving(target);
    EXPECT_EQ(moving.Run(SomeRequests()), 0);
    for (int i = 0; i < 10; ++i) target.Change();
    EXPECT_EQ(moving.Run(SomeRequests()), 0) << seed;
    EXPECT_GT(moving.tries, 1) << seed;
    EXPECT_EQ(moving.Kinds(), (std::map<std::string, int>{})) << seed;
  }
}

TEST(SessionMotion, StillFindsWhatIsWrongInAQuietMoment) {
  ChurningTarget target(TestDataset(), 2, 40, {},
                        FindFaults({"paging.last_page.drops_one"}).value());
  Moving moving(target);
  for (int i = 0; i < 10; ++i) moving.Run(SomeRequests());
  EXPECT_TRUE(moving.steady.moves());
  EXPECT_GE(moving.Kinds()["violation"], 1);
}

TEST(SessionMotion, CannotTellWhereNoMomentIsQuiet) {
  ChurningTarget target(TestDataset(), 2, 0);
  Moving moving(target);
  target.answers_a_change = 1;
  moving.Run(SomeRequests());
  const auto kinds = moving.Kinds();
  EXPECT_EQ(kinds.count("violation") + kinds.count("warning"), 0U);
  for (const Finding& finding : moving.session->Findings()) {
    EXPECT_EQ(finding.kind, "inconclusive");
    EXPECT_NE(finding.actual.find("the state moved ("), std::string::npos) << finding.actual;
  }
}

TEST(SessionMotion, HoldsTheFormOfAnswersToTheRulesAllTheTime) {
  ChurningTarget target(TestDataset(), 2, 1);
  target.bend = [](const Request&, Result<Response>& response) {
    const std::size_t at = response->body.find("\"Encrypted\":");
    if (at != std::string::npos) response->body.replace(at, 12, "\"Encrypted\":7,\"Was\":");
  };
  Moving moving(target);
  moving.Run(SomeRequests());
  EXPECT_GE(moving.Kinds()["violation"], 1);
}

TEST(SessionMotion, HoldsRefusalsToTheRulesAllTheTime) {
  ChurningTarget target(TestDataset(), 2, 1);
  target.bend = [](const Request& request, Result<Response>& response) {
    if (!request.Find("Usage")) return;
    response->status = 400;
    response->body = R"({"Code":"InvalidUsage","Message":"m","HostId":"h",)"
                     R"("RequestId":"473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"})";
  };
  Moving moving(target);
  EXPECT_TRUE(moving.steady.LookAgain());
  moving.Run({Ask({{"Usage", "none"}})});
  EXPECT_GE(moving.Kinds()["violation"], 1);
}

TEST(SessionMotion, TakesNoCompletionForAWrongStatus) {
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
  EXPECT_EQ(moving.Kinds(), (std::map<std::string, int>{}));
}

TEST(SessionMotion, TakesNoExpiredTokenForAFault) {
  ChurningTarget target(TestDataset(), 1, 0);
  Moving moving(target);
  target.Change();
  ASSERT_TRUE(moving.steady.LookAgain());
  class Walk : public Script {
   public:
    explicit Walk(ChurningTarget& target) : target_(target) {}
    bool Next(const Response* previous, Request& request) override {
      if (previous && NextTokenOf(*previous).empty()) return false;
      request = Ask({{"MaxResults", "10"}});
      if (previous) request.Set("NextToken", NextTokenOf(*previous));
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
  std::vector<std::unique_ptr<Script>> scripts;
  scripts.push_back(std::make_unique<Walk>(target));
  moving.session->BeginTest();
  const auto results = moving.session->Run(kOrigin, std::move(scripts));
  EXPECT_TRUE(moving.session->EndTest(true));
  ASSERT_EQ(results.front().size(), 2U);
  EXPECT_EQ(results.front()[1].status, 400);
  EXPECT_EQ(moving.Kinds(), (std::map<std::string, int>{})) << moving.said;
}

TEST(SessionMotion, TakesNoBrokenOrThrottledAnswerForAFault) {
  ChurningTarget target(TestDataset(), 1, 15);
  // At random: an exchange takes as many requests as a look more, and would break off every time.
  // But each once only: one that breaks off at every try is wrong.
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
  EXPECT_EQ(kinds.count("violation") + kinds.count("warning"), 0U) << moving.said;
}

TEST(SessionMotion, TakesNoEarlierAnswerForOneOfAQuietMoment) {
  ChurningTarget target(TestDataset(), 1, 0);
  Moving moving(target);
  target.Change();
  ASSERT_TRUE(moving.steady.LookAgain());
  std::map<std::string, int> asked;
  target.bend = [&](const Request& request, Result<Response>& response) {
    if (!request.Find("Status")) return;  // a look
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
  EXPECT_EQ(moving.Kinds(), (std::map<std::string, int>{})) << moving.said;
}

}  // namespace
}  // namespace assay
