#include "reference/session/session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/findings/groups.h"
#include "reference/target/http_client.h"
#include "reference/wire/http_server.h"
#include "reference/wire/transport_failure.h"

namespace assay {
namespace {

// Keeps what it is told.
class Notes : public Recorder {
 public:
  void Begin(const RunHeader&) override {}
  void Add(const ExchangeRecord& exchange) override { exchanges.push_back(exchange); }
  void Add(const Finding&) override {}
  void End(const RunTrailer&) override {}

  std::vector<ExchangeRecord> exchanges;
};

// The reference, with answers that are changed, lost, or late: several requests are taken at once
// and answered in another order.
class OddTarget : public Target {
 public:
  using Change = std::function<void(const Request&, Result<Response>&, int sent)>;
  explicit OddTarget(Change change = nullptr, int concurrency = 1, std::uint64_t seed = 1)
      : change_(std::move(change)), concurrency_(concurrency), random_(seed) {}

  void Run(RequestSource& source) override {
    std::vector<const Request*> waiting;
    while (true) {
      while (static_cast<int>(waiting.size()) < concurrency_) {
        const Request* next = source.Next();
        if (next == nullptr) break;
        waiting.push_back(next);
      }
      most_waiting = std::max(most_waiting, waiting.size());
      if (waiting.empty()) return;
      const std::size_t at = random_() % waiting.size();
      const Request* request = waiting[at];
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(at));
      Result<Response> response = AnswerOf(service_, *request);
      if (change_) change_(*request, response, ++sent_[request->Text()]);
      sent.push_back(*request);
      source.Answered(request, response);
    }
  }
  int Concurrency() const override { return concurrency_; }
  std::string Name() const override { return "odd"; }

  std::vector<Request> sent;
  std::size_t most_waiting = 0;

 private:
  Service service_{TestDataset(), DefaultReading()};
  Change change_;
  int concurrency_;
  std::mt19937_64 random_;
  std::map<std::string, int> sent_;
};

struct Running {
  explicit Running(Target& the_target, SessionOptions options = {}, const Reading& pins = {})
      : judge(TestDataset(), pins), session(the_target, judge, notes, options) {}

  Judge judge;
  Notes notes;
  Session session;
};

const Origin kOrigin{"rules", "a test"};

std::vector<std::unique_ptr<Script>> Scripts(const std::vector<Request>& requests) {
  std::vector<std::unique_ptr<Script>> out;
  for (const Request& request : requests) out.push_back(std::make_unique<FixedScript>(request));
  return out;
}

Request Numbered(int i) { return Ask({{"PageSize", "1"}, {"PageNumber", std::to_string(i)}}); }

void Throttle(Result<Response>& response) {
  response->status = 400;
  response->retry_after_ms = 1;
  response->body = R"({"Code":"Throttling.User","Message":"m","HostId":"h","RequestId":"R"})";
}

TEST(Session, JudgesInTheOrderOfTheScriptsWhateverTheOrderOfArrival) {
  std::vector<std::vector<std::string>> runs;
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    OddTarget target(nullptr, 8, seed);
    Running running(target);
    std::vector<Request> requests;
    for (int i = 1; i <= 60; ++i) requests.push_back(Numbered(i));
    const auto results = running.session.Run(kOrigin, Scripts(requests));
    ASSERT_EQ(results.size(), 60u);
    EXPECT_GT(target.most_waiting, 1u);
    EXPECT_NE(target.sent, requests) << "the double answers in another order";
    std::vector<std::string> recorded;
    for (std::size_t i = 0; i < results.size(); ++i) {
      ASSERT_EQ(results[i].size(), 1u);
      EXPECT_EQ(results[i][0].id, i + 1);
      EXPECT_EQ(results[i][0].request, requests[i]);
      EXPECT_EQ(running.notes.exchanges[i].id, i + 1);
      recorded.push_back(running.notes.exchanges[i].request.parameters.back().value);
    }
    runs.push_back(recorded);
  }
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_EQ(runs[0], runs[2]);
}

// Follows the tokens of a walk to its end.
class Walk : public Script {
 public:
  bool Next(const Exchange* previous, Request& request) override {
    request = Ask({{"MaxResults", "50"}});
    if (!started_) return started_ = true;
    const std::string token = previous ? NextTokenOf(previous->answer) : "";
    request.Set("NextToken", token);
    return !token.empty();
  }

 private:
  bool started_ = false;
};

TEST(Session, LetsAScriptDependOnTheAnswerBefore) {
  OddTarget target(nullptr, 4);
  Running running(target);
  std::vector<std::unique_ptr<Script>> scripts;
  for (int i = 0; i < 3; ++i) scripts.push_back(std::make_unique<Walk>());
  const auto results = running.session.Run(kOrigin, std::move(scripts));
  for (const ScriptResult& result : results) {
    ASSERT_EQ(result.size(), 4u);
    std::size_t listed = 0;
    for (const JudgedExchange& exchange : result) {
      listed += exchange.verdict.listed.size();
      EXPECT_EQ(exchange.verdict.kind, Verdict::Kind::kConforms);
    }
    EXPECT_EQ(listed, 181u);
  }
}

TEST(Session, StreamsManyScriptsWithABoundedNumberAtATime) {
  OddTarget target(nullptr, 4);
  Running running(target);
  int made = 0, done = 0, most = 0;
  running.session.Run(
      kOrigin,
      [&]() -> std::unique_ptr<Script> {
        most = std::max(most, ++made - done);
        return made > 500 ? nullptr : std::make_unique<FixedScript>(Numbered(made));
      },
      [&](ScriptResult&& result) {
        ++done;
        EXPECT_EQ(result.front().id, static_cast<std::uint64_t>(done));
      });
  EXPECT_EQ(done, 500);
  EXPECT_LE(most, 32);
}

TEST(Session, TakesEmptyScripts) {
  OddTarget target;
  Running running(target);
  EXPECT_TRUE(running.session.Run(kOrigin, {}).empty());
  std::vector<std::unique_ptr<Script>> scripts;
  scripts.push_back(std::make_unique<FixedScript>(std::vector<Request>{}));
  scripts.push_back(std::make_unique<FixedScript>(Ask()));
  const auto results = running.session.Run(kOrigin, std::move(scripts));
  ASSERT_EQ(results.size(), 2u);
  EXPECT_TRUE(results[0].empty());
  EXPECT_EQ(results[1].size(), 1u);
}

TEST(Session, AsksAgainWhereItWasThrottled) {
  OddTarget target([](const Request&, Result<Response>& response, int sent) {
    if (sent < 3) Throttle(response);
  });
  Running running(target);
  const JudgedExchange exchange = running.session.Send(kOrigin, Ask());
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.verdict.kind, Verdict::Kind::kConforms);
  EXPECT_EQ(target.sent.size(), 3u);
  EXPECT_EQ(running.session.exchanges(), 1u);
  EXPECT_EQ(running.session.throttled(), 2u);
}

TEST(Session, LetsTheTargetRestWhereItWasThrottled) {
  const auto start = std::chrono::steady_clock::now();
  const auto server = HttpServer::Listen(
      "127.0.0.1", 0, [calls = std::make_shared<std::atomic<int>>(0)](const auto&, auto& out) {
        static Service service{TestDataset(), DefaultReading()};
        Result<Response> answer = AnswerOf(service, Ask());
        if ((*calls)++ == 0) {
          Throttle(answer);
          out.Set("x-acs-retry-after", "300");
        }
        out.status = answer->status;
        out.Set("Content-Type", "application/json");
        out.body = answer->body;
      });
  const auto target = HttpTarget::Open((*server)->Url(), {.connections = 2});
  Running running(**target);
  const auto results = running.session.Run(kOrigin, Scripts({Ask(), Ask(), Ask()}));
  EXPECT_EQ(results.size(), 3u);
  EXPECT_EQ(running.session.throttled(), 1u);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(300));
}

TEST(Session, DoesNotJudgeWhatIsThrottledEveryTime) {
  OddTarget target([](const Request&, Result<Response>& response, int) { Throttle(response); });
  Running running(target);
  const JudgedExchange exchange = running.session.Send(kOrigin, Ask());
  EXPECT_EQ(exchange.verdict.kind, Verdict::Kind::kNotJudged);
  EXPECT_EQ(target.sent.size(), static_cast<std::size_t>(kThrottledTries));
  EXPECT_EQ(running.notes.exchanges[0].verdict, ExchangeVerdict::kNotJudged);
  EXPECT_EQ(running.session.violations(), 0u);
}

TEST(Session, AsksAgainAfterAServerErrorAndReportsOneThatStays) {
  for (const int failures : {1, 100}) {
    OddTarget target([&](const Request&, Result<Response>& response, int sent) {
      if (sent <= failures) response->status = 500;
    });
    Running running(target);
    const JudgedExchange exchange = running.session.Send(kOrigin, Ask());
    EXPECT_EQ(exchange.verdict.violations().empty(), failures == 1);
    EXPECT_EQ(target.sent.size(), failures == 1 ? 2u : 3u);
    EXPECT_EQ(running.notes.exchanges[0].verdict,
              failures == 1 ? ExchangeVerdict::kConforms : ExchangeVerdict::kViolation);
  }
}

TEST(Session, AsksAgainWhereAnAnswerBreaksOffAndReportsOneThatAlwaysDoes) {
  for (const auto failure :
       {TransportFailure::kClosed, TransportFailure::kMalformed, TransportFailure::kTooLarge}) {
    for (const int failures : {2, 100}) {
      OddTarget target([&](const Request&, Result<Response>& response, int sent) {
        if (sent <= failures) response = TransportError(failure, "odd", "");
      });
      Running running(target);
      const JudgedExchange exchange = running.session.Send(kOrigin, Ask());
      EXPECT_EQ(exchange.answered, failures == 2);
      EXPECT_FALSE(running.session.lost());
      ASSERT_EQ(exchange.verdict.violations().size(), failures == 2 ? 0u : 1u);
      if (failures == 2) continue;
      EXPECT_EQ(exchange.verdict.violations()[0].rule, "encoding.http.complete"_rule);
      EXPECT_EQ(running.notes.exchanges[0].status, 0);
    }
  }
}

TEST(Session, DoesNotJudgeATimeout) {
  OddTarget target([](const Request&, Result<Response>& response, int) {
    response = TransportError(TransportFailure::kTimeout, "odd", "");
  });
  Running running(target);
  const JudgedExchange exchange = running.session.Send(kOrigin, Ask());
  EXPECT_FALSE(exchange.answered);
  EXPECT_EQ(exchange.verdict.kind, Verdict::Kind::kNotJudged);
  EXPECT_EQ(running.notes.exchanges[0].verdict, ExchangeVerdict::kUnanswered);
}

TEST(Session, WarnsOfATargetThatIsSlowEveryTimeAndOfNoOther) {
  for (const int slow_times : {1, 3}) {
    OddTarget target([=](const Request&, Result<Response>& response, int sent) {
      response->latency_us = sent <= slow_times ? 3'100'000 : 200;
    });
    Running running(target, {.reduction_requests = 0});
    running.session.Send(kOrigin, Ask());
    EXPECT_EQ(running.session.violations(), 0u);
    const auto findings = running.session.Findings();
    ASSERT_EQ(findings.size(), slow_times == 1 ? 0u : 1u);
    if (slow_times == 1) continue;
    EXPECT_EQ(findings[0].rule, "encoding.http.in_time");
    EXPECT_EQ(findings[0].kind, FindingKind::kWarning);
  }
}

TEST(Session, WarnsOfATimeoutThatWasLongEnough) {
  for (const int seconds : {1, 10}) {
    OddTarget target([](const Request&, Result<Response>& response, int) {
      response = TransportError(TransportFailure::kTimeout, "odd", "");
    });
    Running running(target, {.timeout = std::chrono::seconds(seconds), .reduction_requests = 0});
    running.session.Send(kOrigin, Ask());
    EXPECT_EQ(running.session.Findings().size(), seconds == 1 ? 0u : 1u);
  }
}

TEST(Session, DoesNotAskAgainWithAnotherMethod) {
  OddTarget target([](const Request&, Result<Response>& response, int) {
    response = TransportError(TransportFailure::kClosed, "odd", "");
  });
  Running running(target);
  Request request = Ask();
  request.method = "DELETE";
  const JudgedExchange exchange = running.session.Send(kOrigin, request);
  EXPECT_EQ(target.sent.size(), 1u);
  EXPECT_TRUE(exchange.verdict.violations().empty()) << "closing is a way to refuse";
}

TEST(Session, HoldsATargetToTheMethodsThatAReadingFilePins) {
  const bool closes[] = {true, false};
  for (const bool pinned : closes) {
    const Question question = "encoding.method.other"_question;
    const Reading pins{"pins", {{question, pinned ? "closed"_option : "refused"_option}}};
    for (const bool seen : closes) {
      OddTarget target([seen](const Request&, Result<Response>& response, int) {
        response = Response{405, "", ""};
        if (seen) response = TransportError(TransportFailure::kClosed, "odd", "");
      });
      Running running(target, {}, pins);
      Request request = Ask();
      request.method = "DELETE";
      running.session.Send(kOrigin, request);
      const std::vector<Finding> findings = running.session.Findings();
      ASSERT_EQ(findings.size(), pinned == seen ? 0U : 1U) << pinned << seen;
      if (pinned == seen) continue;
      EXPECT_EQ(findings[0].rule, "request.reading.pinned");
      EXPECT_NE(findings[0].expected.find("encoding.method.other="), std::string::npos);
      EXPECT_EQ(findings[0].stability, Stability::kDeterministic);
    }
  }
}

// Which of two values counts is not known when the first request is judged.
TEST(Session, FindsTheSameWheneverItLearnsWhatIsToBlame) {
  const auto twice = [](const char* name, const char* first, const char* second) {
    Request request = Ask({{name, first}});
    request.parameters.push_back({name, second});
    return request;
  };
  const Request wrong = twice("Status", "failed", "accomplished");
  const Request right = twice("SourceDiskType", "system", "data");
  std::vector<std::string> ids;
  for (const bool wrong_first : {true, false}) {
    Service whole(TestDataset(), DefaultReading());
    OddTarget target([&](const Request& request, Result<Response>& response, int) {
      if (request.Find("Status")) response = AnswerOf(whole, Ask({}));
    });
    Running running(target);
    for (const bool is_wrong : {wrong_first, !wrong_first}) {
      running.session.Send(kOrigin, is_wrong ? wrong : right);
    }
    const std::vector<Finding> findings = running.session.Findings();
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].stability, Stability::kDeterministic) << findings[0].rule;
    ids.push_back(findings[0].id);
  }
  EXPECT_EQ(ids[0], ids[1]);
}

TEST(Session, GivesUpOnATargetThatIsNotThere) {
  OddTarget target(
      [](const Request&, Result<Response>& response, int) {
        response = TransportError(TransportFailure::kRefused, "odd", "nothing listens");
      },
      4);
  Running running(target);
  std::vector<Request> requests;
  for (int i = 1; i <= 50; ++i) requests.push_back(Numbered(i));
  const auto results = running.session.Run(kOrigin, Scripts(requests));
  ASSERT_EQ(results.size(), 50u);
  ASSERT_TRUE(running.session.lost());
  EXPECT_LT(target.sent.size(), 10u);
  EXPECT_TRUE(results.back().empty());
  EXPECT_EQ(running.session.violations(), 0u);
  EXPECT_TRUE(running.session.Findings().empty());
  EXPECT_FALSE(running.session.Send(kOrigin, Ask()).answered);
}

TEST(Session, GivesUpAfterManyBrokenAnswersInARow) {
  int answered = 0;
  OddTarget target([&](const Request&, Result<Response>& response, int) {
    if (++answered > 10) {
      response = TransportError(TransportFailure::kClosed, "odd", " (after 7 bytes)");
    }
  });
  Running running(target);
  std::vector<Request> requests;
  for (int i = 1; i <= 50; ++i) requests.push_back(Numbered(i));
  const auto results = running.session.Run(kOrigin, Scripts(requests));
  EXPECT_FALSE(running.session.lost());  // it is there, and wrong
  EXPECT_TRUE(running.session.spent());
  EXPECT_EQ(running.session.WhySpent(), "the target kept cutting its answers short");
  EXPECT_EQ(running.session.violations(), 4U);
  EXPECT_EQ(target.sent.size(), 10u + 4 * 3 + 2) << "three tries of four requests, two looks back";
  EXPECT_TRUE(results[9][0].answered);
  EXPECT_TRUE(results[20].empty());
}

TEST(Session, LosesATargetOfWhichNothingComes) {
  OddTarget target([&](const Request&, Result<Response>& response, int) {
    response = TransportError(TransportFailure::kClosed, "odd", " (after 0 bytes)");
  });
  Running running(target);
  std::vector<Request> requests;
  for (int i = 1; i <= 50; ++i) requests.push_back(Numbered(i));
  (void)running.session.Run(kOrigin, Scripts(requests));
  EXPECT_TRUE(running.session.lost());
  EXPECT_FALSE(running.session.spent());
}

TEST(Session, KeepsATargetThatBreaksOffOnAFewRequests) {
  OddTarget target([&](const Request& request, Result<Response>& response, int) {
    if (request == Numbered(3) || request == Numbered(4) || request == Numbered(5)) {
      response = TransportError(TransportFailure::kClosed, "odd", "");
    }
  });
  Running running(target);
  std::vector<Request> requests;
  for (int i = 1; i <= 9; ++i) requests.push_back(Numbered(i));
  const auto results = running.session.Run(kOrigin, Scripts(requests));
  EXPECT_FALSE(running.session.lost());
  EXPECT_EQ(running.session.violations(), 3u);
  EXPECT_TRUE(results[8].at(0).answered);
}

TEST(Session, GoesOnWhereOneHandlerCrashes) {
  OddTarget target([&](const Request& request, Result<Response>& response, int) {
    if (request.Find("Tag.1.Key")) {
      response = TransportError(TransportFailure::kClosed, "odd", " (after 0 bytes)");
    }
  });
  Running running(target);
  std::vector<Request> requests = {Ask()};
  for (int i = 1; i <= 30; ++i) requests.push_back(Ask({{"Tag.1.Key", "k" + std::to_string(i)}}));
  requests.push_back(Numbered(2));
  const auto results = running.session.Run(kOrigin, Scripts(requests));
  EXPECT_FALSE(running.session.lost());
  EXPECT_FALSE(running.session.spent());
  EXPECT_TRUE(results.back().at(0).answered);
  const auto findings = running.session.Findings();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].rule, "encoding.http.complete");
}

TEST(Session, LosesATargetThatNoLongerAnswersAPlainRequestEither) {
  int answered = 0;
  OddTarget target([&](const Request&, Result<Response>& response, int) {
    if (++answered > 10) response = TransportError(TransportFailure::kTimeout, "odd", " 10 s");
  });
  Running running(target);
  std::vector<Request> requests;
  for (int i = 1; i <= 100; ++i) requests.push_back(Numbered(i));
  (void)running.session.Run(kOrigin, Scripts(requests));
  EXPECT_TRUE(running.session.lost());
  EXPECT_LT(target.sent.size(), 40U);
}

TEST(Session, IsSpentWhereMostRequestsTimeOut) {
  OddTarget target([&](const Request&, Result<Response>& response, int sent) {
    if (sent == 1) response = TransportError(TransportFailure::kTimeout, "odd", " 10 s");
  });
  Running running(target);
  std::vector<Request> requests;
  for (int i = 1; i <= 300; ++i) requests.push_back(Numbered(i));
  (void)running.session.Run(kOrigin, Scripts(requests));
  EXPECT_FALSE(running.session.lost());
  EXPECT_TRUE(running.session.cut_short());
  EXPECT_LT(target.sent.size(), 30U);
  EXPECT_NE(running.session.WhySpent().find("not answered in time"), std::string::npos);
}

TEST(Session, IsSpentWhereTooManyRequestsAreSentAgain) {
  OddTarget target([](const Request&, Result<Response>& response, int sent) {
    if (sent == 1) response->status = 500;
  });
  Running running(target, {.most_retries = 5});
  std::vector<Request> requests;
  for (int i = 1; i <= 60; ++i) requests.push_back(Numbered(i));
  (void)running.session.Run(kOrigin, Scripts(requests));
  EXPECT_TRUE(running.session.cut_short());
  EXPECT_EQ(running.session.WhySpent(),
            "requests failed or were throttled so often that 5 were sent again");
  EXPECT_LT(target.sent.size(), 20u);
}

TEST(Session, IsSpentWhereAnswersAreLargerThanAnyPage) {
  OddTarget target([&](const Request&, Result<Response>& response, int) {
    response->body.insert(1, std::string(std::size_t{8} << 20, ' '));
  });
  Running running(target, {.keep_bodies = false});
  std::vector<Request> requests;
  for (int i = 1; i <= 100; ++i) requests.push_back(Numbered(i));
  (void)running.session.Run(kOrigin, Scripts(requests));
  EXPECT_TRUE(running.session.spent());
  EXPECT_LT(target.sent.size(), 50U);
}

TEST(Session, TellsThatAnswersWereExchanged) {
  // Those of the second and third request of all.
  int answered = 0;
  OddTarget target([&](const Request&, Result<Response>& response, int) {
    static Service service{TestDataset(), DefaultReading()};
    if (++answered == 2) response = AnswerOf(service, Ask({{"Status", "failed"}}));
    if (answered == 3) response = AnswerOf(service, Ask({{"Status", "progressing"}}));
  });
  Running running(target);
  (void)running.session.Run(
      kOrigin, Scripts({Ask(), Ask({{"Status", "progressing"}}), Ask({{"Status", "failed"}})}));
  std::string text;
  for (const Finding& finding : running.session.Findings()) text += finding.actual + "\n";
  EXPECT_NE(text.find("the answers of two requests were exchanged"), std::string::npos) << text;
}

// A target that takes one value for the other does so every time.
TEST(Session, CallsNoAnswerExchangedThatComesAgain) {
  OddTarget target([&](const Request& request, Result<Response>& response, int) {
    static Service service{TestDataset(), DefaultReading()};
    Request other = request;
    const auto status = request.Find("Status");
    if (status) other.Set("Status", *status == "failed" ? "progressing" : "failed");
    response = AnswerOf(service, other);
  });
  Running running(target);
  (void)running.session.Run(
      kOrigin, Scripts({Ask(), Ask({{"Status", "progressing"}}), Ask({{"Status", "failed"}})}));
  const std::vector<Finding> findings = running.session.Findings();
  EXPECT_FALSE(findings.empty());
  for (const Finding& finding : findings) {
    EXPECT_EQ(finding.actual.find("exchanged"), std::string::npos) << finding.actual;
    EXPECT_EQ(finding.stability, Stability::kDeterministic) << finding.id;
  }
}

TEST(Session, ReportsFailuresThatPass) {
  for (const int every : {2, 40}) {
    int answered = 0;
    OddTarget target([&](const Request&, Result<Response>& response, int sent) {
      if (++answered % every == 0 && sent == 1) {
        response->status = 500;
        response->body = R"({"Code":"InternalError"})";
      }
    });
    Running running(target, {.tolerance = {{PassingFailure::kServerError, 0.1}}});
    std::vector<Request> requests;
    for (int i = 1; i <= 100; ++i) requests.push_back(Numbered(i));
    (void)running.session.Run(kOrigin, Scripts(requests));
    EXPECT_EQ(running.session.violations(), 0U) << "each request was answered rightly in the end";
    const auto findings = running.session.Findings();
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].rule, "error.internal_error.unprovoked");
    EXPECT_EQ(findings[0].kind, every == 2 ? FindingKind::kViolation : FindingKind::kWarning);
    EXPECT_EQ(findings[0].stability, Stability::kIntermittent);
    EXPECT_NE(findings[0].actual.find("500 InternalError, all right when asked again"),
              std::string::npos)
        << findings[0].actual;
  }
}

TEST(Session, EndsWhereItsSignIsUp) {
  OddTarget target;
  StopSign stop;
  Running running(target, {.stop = &stop});
  (void)running.session.Send({"walks", "by_number"}, Ask());
  EXPECT_FALSE(running.session.stopped());
  stop.StopAt(StopSign::Clock::now(), "after 0 s");
  const auto results = running.session.Run(kOrigin, Scripts({Ask(), Ask()}));
  EXPECT_TRUE(running.session.stopped());
  EXPECT_EQ(target.sent.size(), 1U);
  EXPECT_EQ(running.session.WhySpent(), "the run was stopped after 0 s, in the suite `walks`");
}

TEST(PassingFailure, SharesAreReadAsOneWritesThem) {
  EXPECT_EQ(ParseTolerance("5xx=1%").value(), std::pair(PassingFailure::kServerError, 0.01));
  EXPECT_EQ(ParseTolerance("cut=0.5").value(), std::pair(PassingFailure::kCut, 0.5));
  for (const char* text : {"", "5xx", "5xx=", "5xx=a", "4xx=1%", "timeout=200%", "cut=-1"}) {
    EXPECT_FALSE(ParseTolerance(text)) << text;
  }
}

TEST(Session, RecordsWhatWasSentAndWhatWasSaid) {
  OddTarget target([](const Request& request, Result<Response>& response, int) {
    if (request.Find("Status")) response->body = "{}";
  });
  Running running(target, {.keep_bodies = false});
  running.session.Send(kOrigin, Ask());
  Request wrong = Ask({{"Status", "all"}});
  wrong.method = "POST";
  wrong.placement = Placement::kForm;
  running.session.Send({"fuzz", "another"}, wrong);
  ASSERT_EQ(running.notes.exchanges.size(), 2u);
  const ExchangeRecord& right = running.notes.exchanges[0];
  EXPECT_EQ(right.suite, "rules");
  EXPECT_EQ(right.test, "a test");
  EXPECT_EQ(right.request.method, "GET");
  EXPECT_EQ(right.request.placement, Placement::kQuery);
  EXPECT_EQ(right.status, 200);
  EXPECT_EQ(right.verdict, ExchangeVerdict::kConforms);
  EXPECT_EQ(right.body, "");
  EXPECT_TRUE(right.rules.empty());
  const ExchangeRecord& bad = running.notes.exchanges[1];
  EXPECT_EQ(bad.suite, "fuzz");
  EXPECT_EQ(bad.request.placement, Placement::kForm);
  EXPECT_EQ(bad.verdict, ExchangeVerdict::kViolation);
  EXPECT_EQ(bad.body, "{}") << "the body of a violation is kept";
  EXPECT_TRUE(std::ranges::count(bad.rules, "response.request_id.given"));
}

// A target that echoes a wrong TotalCount if the request has a Status.
void WrongTotal(const Request& request, Result<Response>& response, int) {
  const auto status = request.Find("Status");
  if (!status || response->status != 200) return;
  const std::size_t at = response->body.find("\"TotalCount\":");
  if (at != std::string::npos) response->body.insert(at + 13, "9");
}

TEST(Findings, AreGroupedByRuleAndShape) {
  OddTarget target(WrongTotal);
  Running running(target, {.reduction_requests = 0});
  for (int i = 1; i <= 5; ++i) {
    running.session.Send(kOrigin, Ask({{"Status", "all"}, {"PageSize", std::to_string(10 + i)}}));
  }
  running.session.Send(kOrigin, Ask({{"Usage", "x"}}));
  EXPECT_EQ(running.session.violations(), 5u);
  const std::vector<Finding> findings = running.session.Findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "page.total_count.matches");
  EXPECT_EQ(findings[0].kind, FindingKind::kViolation);
  EXPECT_EQ(findings[0].occurrences, 5u);
  EXPECT_EQ(findings[0].evidence, (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_FALSE(findings[0].statement.empty());
  EXPECT_FALSE(findings[0].source.empty());
}

TEST(Findings, HaveIdsThatStayFromRunToRun) {
  std::vector<std::string> ids;
  for (const char* status : {"failed", "all", "failed"}) {
    OddTarget target(WrongTotal);
    Running running(target);
    running.session.Send(kOrigin, Ask({{"Status", status}, {"PageSize", "7"}}));
    const auto findings = running.session.Findings();
    ASSERT_EQ(findings.size(), 1u);
    ids.push_back(findings[0].id);
  }
  EXPECT_EQ(ids[0], ids[1]);
  EXPECT_EQ(ids[0], ids[2]);
  EXPECT_TRUE(ids[0].starts_with("page.total_count.matches."));
  EXPECT_NE(SymptomId({"page.size.echo"_rule, "", "", "a"}),
            SymptomId({"page.size.echo"_rule, "", "", "b"}));
}

TEST(Findings, ShowTheSmallestRequestThatStillFails) {
  OddTarget target(WrongTotal);
  Running running(target);
  running.session.Send(kOrigin, Ask({{"Encrypted", "true"},
                                     {"Status", "all"},
                                     {"PageSize", "20"},
                                     {"SourceDiskType", "system"}}));
  const auto findings = running.session.Findings();
  ASSERT_EQ(findings.size(), 1u);
  std::vector<std::string> names;
  for (const auto& [name, value] : findings[0].request.parameters) names.push_back(name);
  std::ranges::sort(names);
  // Without RegionId it is refused, and without Format it is XML. Without PageSize it may be a page
  // by token, whose total is open, but that would have a token.
  EXPECT_EQ(names, (std::vector<std::string>{"Action", "Format", "RegionId", "Status"}));
  EXPECT_EQ(findings[0].expected, "TotalCount 181") << "the count of the reduced request";
  EXPECT_EQ(findings[0].actual, "TotalCount 9181");
  EXPECT_EQ(findings[0].stability, Stability::kDeterministic);
}

TEST(Findings, KeepAnOddEncodingOnlyWhereItMatters) {
  for (const bool matters : {false, true}) {
    OddTarget target([&](const Request& request, Result<Response>& response, int sent) {
      if (!matters || request.encoding == FormEncoding::kPlus) WrongTotal(request, response, sent);
    });
    Running running(target);
    Request request = Ask({{"Status", "all"}, {"PageSize", "20"}});
    request.encoding = FormEncoding::kPlus;
    running.session.Send(kOrigin, request);
    const auto findings = running.session.Findings();
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].request.encoding, matters ? FormEncoding::kPlus : FormEncoding::kPercent);
  }
}

TEST(Findings, ThatAreNotSeenAgainAreIntermittent) {
  OddTarget target([](const Request& request, Result<Response>& response, int sent) {
    if (sent == 1) WrongTotal(request, response, sent);
  });
  Running running(target);
  running.session.Send(kOrigin, Ask({{"Status", "all"}, {"PageSize", "20"}}));
  const auto findings = running.session.Findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].stability, Stability::kIntermittent);
  EXPECT_EQ(findings[0].request.parameters.size(), 5u)
      << "what does not fail again cannot be reduced";
}

TEST(Findings, SendNoMoreThanTheBudget) {
  for (const int budget : {0, 3}) {
    OddTarget target(WrongTotal);
    Running running(target, {.reduction_requests = budget});
    Request request = Ask({{"Status", "all"}});
    for (int i = 1; i <= 20; ++i) request.Set("Unknown" + std::to_string(i), "x");
    running.session.Send(kOrigin, request);
    const std::size_t before = target.sent.size();
    running.session.Findings();
    EXPECT_LE(target.sent.size() - before, budget == 0 ? 0u : 6u);  // three confirm
  }
}

TEST(Findings, OfAWarningAreWarnings) {
  OddTarget target([](const Request&, Result<Response>& response, int) {
    response->content_type = "text/plain";
  });
  Running running(target);
  running.session.Send(kOrigin, Ask());
  EXPECT_EQ(running.session.violations(), 0u);
  const auto findings = running.session.Findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "encoding.media_type.json");
  EXPECT_EQ(findings[0].kind, FindingKind::kWarning);
}

TEST(Findings, ShowWhatASuiteReported) {
  OddTarget target;
  Running running(target);
  const JudgedExchange exchange = running.session.Send(kOrigin, Ask());
  const std::size_t before = target.sent.size();
  running.session.Report(kOrigin, exchange, {"page.walk.complete"_rule, "181", "180", "short"},
                         {7});
  EXPECT_EQ(running.session.violations(), 1u);
  const auto findings = running.session.Findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "page.walk.complete");
  EXPECT_EQ(findings[0].evidence, (std::vector<std::uint64_t>{7, 1}));
  EXPECT_EQ(target.sent.size(), before) << "one request alone cannot show it";
}

TEST(Findings, NameBothExchangesOfAContradiction) {
  int sent_in_all = 0;
  Service other(TestDataset(), Pins({{"name.unknown", "refused"}}));
  OddTarget target([&](const Request& request, Result<Response>& response, int) {
    if (++sent_in_all == 3) response = AnswerOf(other, request);
  });
  Running running(target);
  for (int i = 0; i < 3; ++i) running.session.Send(kOrigin, Ask({{"Unknown", "x"}}));
  const auto findings = running.session.Findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "request.same.answer");
  EXPECT_EQ(findings[0].evidence, (std::vector<std::uint64_t>{1, 3}));
}

TEST(Session, FindsNothingInTheReference) {
  OddTarget target(nullptr, 4);
  Running running(target);
  RequestSampler sampler(5);
  std::vector<Request> requests;
  for (int i = 0; i < 300; ++i) requests.push_back(sampler.Draw(""));
  running.session.Run(kOrigin, Scripts(requests));
  EXPECT_EQ(running.session.exchanges(), 300u);
  for (const Finding& finding : running.session.Findings()) {
    ADD_FAILURE() << finding.id << ": " << finding.expected << " / " << finding.actual;
  }
}

}  // namespace
}  // namespace assay
