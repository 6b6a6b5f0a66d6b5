// `assay run` as its users meet it: arguments, files and an exit code.
#include "conformance/run/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "conformance/cases/bench_for_test.h"
#include "conformance/run/run_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/server.h"
#include "reference/wire/http_server.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// An endpoint with a fault.
class FaultyEndpoint {
 public:
  using Bend = std::function<void(Request&, HttpResponse&)>;
  explicit FaultyEndpoint(Bend bend) : service_(BuiltIn(), Reading{}), bend_(std::move(bend)) {
    http_ = std::move(*HttpServer::Listen(
        "127.0.0.1", 0, [this](const HttpRequest& http, HttpResponse& out) { Handle(http, out); }));
  }
  std::string Flag() const { return "--target " + http_->Url(); }

 private:
  void Handle(const HttpRequest& http, HttpResponse& out) {
    Request request = DecodeRequest(http);
    bend_(request, out);
    Response response;
    service_.Handle(request, "faulty", response);
    out.status = response.status;
    out.Set("Content-Type", response.content_type);
    out.body = std::move(response.body);
  }

  Service service_;
  Bend bend_;
  std::unique_ptr<HttpServer> http_;
};

void ForgetStatus(Request& request, HttpResponse&) { request.Unset("Status"); }

TEST(Run, ConformsToItselfAndLeavesEveryReport) {
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, "");
  EXPECT_EQ(ended.code, 0) << ended.output << ended.errors;
  EXPECT_EQ(ended.report["verdict"], "conforms");
  EXPECT_GT(ended.report["totals"]["judged"], 1500);
  EXPECT_GT(ended.report["totals"]["requests_per_second"], 0);
  for (const char* file : {"report/journal.ndjson.zst", "report/junit.xml", "report/report.html",
                           "report/summary.md"}) {
    EXPECT_GT(fs::file_size(folder / file), 100U) << file;
  }
  EXPECT_NE(ended.output.find("CONFORMS"), std::string::npos);
}

// One rule, broken by the one method and by the other.
TEST(Run, KnownFindingsAreStillRunAndHideNoNewOneOfTheirRule) {
  const auto take = [](const char* also) {
    return [also](Request& request, HttpResponse&) {
      if (request.method == "PUT" || request.method == also) request.method = "GET";
    };
  };
  const TestFolder folder;
  const std::string only =
      " --strict --only encoding.method.other --known " + (folder / "known.json").string();
  const FaultyEndpoint one(take(""));
  EXPECT_EQ(RunAssay(folder, one.Flag() + " --strict --only encoding.method.other --write-known " +
                                 (folder / "known.json").string())
                .code,
            1);
  const EndedRun accepted = RunAssay(folder, one.Flag() + only);
  EXPECT_EQ(accepted.code, 0) << accepted.output;
  ASSERT_EQ(accepted.report["findings"].size(), 1U);
  EXPECT_EQ(accepted.report["findings"][0]["kind"], "known");
  EXPECT_GT(accepted.report["findings"][0]["occurrences"], 0);
  const FaultyEndpoint two(take("DELETE"));
  const EndedRun more = RunAssay(folder, two.Flag() + only);
  EXPECT_EQ(more.code, 1) << more.output;
  EXPECT_EQ(more.report["totals"]["known"], 1) << more.output;
  EXPECT_EQ(more.report["totals"]["warnings"], 1) << more.output;
  for (const auto& finding : more.report["findings"]) {
    EXPECT_EQ(finding["rule"], "encoding.method.other");
  }
}

TEST(Run, SaysWhyNothingCouldBeSent) {
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, " -v --only 'auth.*'");
  EXPECT_EQ(ended.code, 3) << ended.output << ended.errors;
  EXPECT_NE(ended.output.find("no request is signed: set ALIBABA"), std::string::npos)
      << ended.output;
}

TEST(Run, EndsWith1OnViolations) {
  const FaultyEndpoint endpoint(ForgetStatus);
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, endpoint.Flag() + " --only 'filter.*'");
  EXPECT_EQ(ended.code, 1) << ended.output << ended.errors;
  EXPECT_EQ(ended.report["verdict"], "violations");
  const auto& findings = ended.report["findings"];
  EXPECT_TRUE(std::ranges::any_of(findings, [](const auto& finding) {
    return finding["rule"] == "filter.status.failed" && finding["kind"] == "violation";
  })) << findings.dump(1);
}

TEST(Run, FindsTheSameForTheSameSeed) {
  const FaultyEndpoint endpoint(ForgetStatus);
  const TestFolder folder;
  const auto findings = [&] {
    return RunAssay(folder, endpoint.Flag() + " --strength 1").report["findings"].dump(1);
  };
  const std::string first = findings();
  EXPECT_NE(first, "[]");
  EXPECT_EQ(first, findings()) << "byte for byte";
}

TEST(Run, EndsWith2OnBadUsage) {
  const TestFolder folder;
  const std::pair<const char*, const char*> mistakes[] = {
      {"--dataset /no/such/file", "/no/such/file: the dataset cannot be read"},
      {"--reading no_such_reading", "no_such_reading: cannot be read"},
      {"--known /no/such/file", "/no/such/file: the known findings cannot be read"},
      {"--region nowhere", "--region: the dataset has no region `nowhere`"},
      {"--region eu-central-1", "--region: the dataset has no snapshot in `eu-central-1`"},
      {"--format yaml", "--format: `yaml`"},
      {"--only a-b", "--only: `a-b` matches no test"},
      {"--skip a-b", "--skip: `a-b` matches no test"},
      {"--shard 3/2", "--shard: `3/2`"},
      {"--shard 0/2", "--shard: `0/2`"},
      {"--progress loud", "--progress: `loud`"},
      {"--target http://127.0.0.1:port", "--target: http://127.0.0.1:port: the port"},
      {"--strength 9", "--strength: Value 9"},
      {"--no-such-flag", "--no-such-flag"}};
  for (const auto& [arguments, said] : mistakes) {
    const EndedRun ended = RunAssay(folder, arguments);
    EXPECT_EQ(ended.code, 2) << arguments << ended.errors;
    EXPECT_NE(ended.errors.find(said), std::string::npos) << arguments << ": " << ended.errors;
    EXPECT_EQ(ended.output, "") << arguments;
  }
  const EndedRun ended = RunAssay(folder, "", "GTEST_TOTAL_SHARDS=2 GTEST_SHARD_INDEX=2");
  EXPECT_EQ(ended.code, 2);
  EXPECT_NE(ended.errors.find("GTEST_SHARD_INDEX"), std::string::npos) << ended.errors;
}

TEST(Run, EndsWith3IfNothingListens) {
  const TestFolder folder;
  std::uint16_t port = 0;
  {
    const auto server = HttpServer::Listen("127.0.0.1", 0, [](const auto&, auto&) {});
    port = (*server)->port();
  }
  const EndedRun ended = RunAssay(folder, fmt::format("--target 127.0.0.1:{}", port));
  EXPECT_EQ(ended.code, 3) << ended.output;
  EXPECT_EQ(ended.report["verdict"], "inconclusive");
  EXPECT_NE(ended.output.find("connection refused"), std::string::npos) << ended.output;
}

TEST(Run, EndsWith3IfTheTargetIsSilent) {
  const FaultyEndpoint endpoint(
      [](Request&, HttpResponse& out) { out.delay = std::chrono::seconds(5); });
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, endpoint.Flag() + " --timeout 0.2");
  EXPECT_EQ(ended.code, 3) << ended.output;
}

TEST(Run, EndsWith3IfTheTargetHoldsAnotherState) {
  const Dataset other = GenerateDataset(50, 50);
  const auto server = Server::Start(other, {}, "127.0.0.1", 0);
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, "--target " + (*server)->Url());
  EXPECT_EQ(ended.code, 3) << ended.output;
  EXPECT_NE(ended.output.find("load it into the target first"), std::string::npos);
  EXPECT_TRUE(ended.report["findings"].empty());
}

TEST(Run, EndsWith3IfTheTargetIsLost) {
  std::atomic<int> requests = 0;
  const FaultyEndpoint endpoint([&](Request&, HttpResponse& out) {
    if (++requests > 60) out.cut_after = 0;
  });
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, endpoint.Flag());
  EXPECT_EQ(ended.code, 3) << ended.output;
  EXPECT_NE(ended.output.find("lost"), std::string::npos);
  EXPECT_LT(requests, 1000);
}

// Every answer breaks off, the first one too.
TEST(Run, EndsWith1IfNoAnswerIsWhole) {
  for (const char* id :
       {"transport.header.half", "transport.length.too_long", "transport.length.too_short"}) {
    const auto server =
        Server::Start(BuiltIn(), {}, "127.0.0.1", 0, {}, {}, FindFaults({id}).value());
    for (const char* more : {"", " --discover"}) {
      const TestFolder folder;
      const EndedRun ended = RunAssay(folder, "--target " + (*server)->Url() + more);
      EXPECT_EQ(ended.code, 1) << id << more << ended.output;
      ASSERT_EQ(ended.report["findings"].size(), 1U) << id << more;
      EXPECT_EQ(ended.report["findings"][0]["rule"], "encoding.http.complete");
      EXPECT_EQ(ended.report["findings"][0]["stability"], "deterministic");
    }
  }
}

// The state cannot be read; that the lists are not lists can still be said.
TEST(Run, JudgesTheFormOfListsWithoutAState) {
  const auto server = Server::Start(BuiltIn(), {}, "127.0.0.1", 0, {}, {},
                                    FindFaults({"shape.body.wrapped"}).value());
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, "--discover --target " + (*server)->Url());
  EXPECT_EQ(ended.code, 1) << ended.output;
  EXPECT_NE(ended.output.find("without a state only the form of lists was judged"),
            std::string::npos);
  EXPECT_FALSE(ended.report["findings"].empty());
}

TEST(Run, EndsWith3IfNoTestIsSelected) {
  const TestFolder folder;
  EXPECT_EQ(RunAssay(folder, "--only 'no.such.rule'").code, 3);
  EXPECT_EQ(RunAssay(folder, "--skip '*'").code, 3);
}

TEST(Run, SelectsTestsByPattern) {
  const TestFolder folder;
  const EndedRun page = RunAssay(folder, "--only 'page.*'");
  EXPECT_EQ(page.code, 0) << page.output;
  const EndedRun less = RunAssay(folder, "--only 'page.*' --skip 'page.walk.*'");
  EXPECT_EQ(less.code, 0) << less.output;
  EXPECT_LT(less.report["totals"]["exchanges"], page.report["totals"]["exchanges"]);
  EXPECT_LT(page.report["totals"]["exchanges"], 100);
}

TEST(Run, SharesAddUpToTheWhole) {
  const TestFolder folder;
  const auto exchanges = [&](const char* arguments, const char* environment = "") {
    const EndedRun ended = RunAssay(folder, arguments, environment);
    EXPECT_EQ(ended.code, 0) << arguments << ended.output;
    return ended.report["totals"]["exchanges"].get<int>();
  };
  const int whole = exchanges("");
  const int first = exchanges("--shard 1/2");
  EXPECT_GT(first, 0);
  EXPECT_EQ(first, exchanges("", "GTEST_TOTAL_SHARDS=2 GTEST_SHARD_INDEX=0"));
  const int second = exchanges("--shard 2/2");
  EXPECT_GT(second, 0);
  // Each lists the region around its own suites.
  EXPECT_GE(first + second, whole);
  EXPECT_LT(first + second, whole + whole / 100);
}

TEST(Run, PassesOverKnownFindings) {
  const FaultyEndpoint endpoint(ForgetStatus);
  const TestFolder folder;
  const std::string known = (folder / "known.json").string();
  EXPECT_EQ(RunAssay(folder, endpoint.Flag() + " --write-known " + known).code, 1);
  const EndedRun accepted = RunAssay(folder, endpoint.Flag() + " --known " + known);
  EXPECT_EQ(accepted.code, 0) << accepted.output << accepted.errors;
  EXPECT_GT(accepted.report["totals"]["known"], 0);
  const EndedRun fixed = RunAssay(folder, "--known " + known);
  EXPECT_EQ(fixed.code, 1) << fixed.output;
  EXPECT_NE(fixed.output.find("no longer found"), std::string::npos) << fixed.output;
  EXPECT_EQ(RunAssay(folder, "--only 'page.*' --known " + known).code, 0);
}

TEST(Run, AcceptedEntriesOutliveARunThatShowsNothing) {
  const FaultyEndpoint endpoint(ForgetStatus);
  const TestFolder folder;
  const std::string known = (folder / "known.json").string();
  EXPECT_EQ(RunAssay(folder, endpoint.Flag() + " --write-known " + known).code, 1);
  const auto entries = [&] {
    std::ifstream in(known);
    return nlohmann::json::parse(in)["findings"].size();
  };
  const std::size_t written = entries();
  EXPECT_GT(written, 0U);
  EXPECT_EQ(RunAssay(folder, "--target http://127.0.0.1:1 --write-known " + known).code, 3);
  EXPECT_GE(entries(), written);
  (void)RunAssay(folder, endpoint.Flag() + " --max-requests 30 --write-known " + known);
  EXPECT_GE(entries(), written);
}

TEST(Run, RefusesLimitsThatAreNone) {
  const TestFolder folder;
  for (const char* limit : {"-1", "99999999999999999999999", "many"}) {
    EXPECT_EQ(RunAssay(folder, std::string("--max-violations ") + limit).code, 2) << limit;
  }
}

TEST(Run, CountsWarningsIfItIsStrict) {
  // JSON where no format is asked for: admitted, but advised against.
  const FaultyEndpoint endpoint([](Request& request, HttpResponse&) {
    if (!request.Find("Format")) request.Set("Format", "JSON");
  });
  const TestFolder folder;
  const EndedRun lenient = RunAssay(folder, endpoint.Flag());
  EXPECT_EQ(lenient.code, 0) << lenient.output;
  EXPECT_GT(lenient.report["totals"]["warnings"], 0);
  EXPECT_EQ(RunAssay(folder, endpoint.Flag() + " --strict").code, 1);
}

TEST(Run, ServesTheReadingThatItIsGiven) {
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, "--reading observed");
  EXPECT_EQ(ended.code, 0) << ended.output;
}

TEST(Run, KeepsToOneFormat) {
  const TestFolder folder;
  for (const char* arguments : {"--format json", "--format xml"}) {
    EXPECT_EQ(RunAssay(folder, arguments).code, 0) << arguments;
  }
}

const char* const kKeyInEnvironment =
    "ALIBABA_CLOUD_ACCESS_KEY_ID=testid ALIBABA_CLOUD_ACCESS_KEY_SECRET=testsecret";

GatewayOptions Signed() {
  return {.authenticate = true, .keys = {{.key_id = "testid", .secret = "testsecret"}}};
}

std::uint64_t Exercised(const EndedRun& ended, std::string_view id) {
  for (const auto& rule : ended.report["rules"]) {
    if (rule["id"] == id) return rule["exercised"].get<std::uint64_t>();
  }
  return 0;
}

TEST(Run, SignsAndForgesInBothSchemes) {
  const Dataset dataset = BuiltInDataset();
  const auto server = Server::Start(dataset, {}, "127.0.0.1", 0, {}, Signed());
  const TestFolder folder;
  for (const char* scheme : {"v1", "v3"}) {
    const EndedRun ended =
        RunAssay(folder, fmt::format("--target {} --signature {}", (*server)->Url(), scheme),
                 kKeyInEnvironment);
    EXPECT_EQ(ended.code, 0) << ended.output << ended.errors;
    for (const char* rule :
         {"auth.signature.required", "auth.signature.verified", "auth.signature.covers_parameters",
          "auth.time.limited", "auth.nonce.once", "auth.key.known", "auth.refusal.code",
          "auth.refusal.text"}) {
      EXPECT_GT(Exercised(ended, rule), 0u) << scheme << " " << rule;
    }
    EXPECT_EQ(JournalText(folder / "report").find("testsecret"), std::string::npos);
  }
}

TEST(Run, ReportsAnEndpointThatAcceptsForgedSignatures) {
  const Dataset dataset = BuiltInDataset();
  const auto server = Server::Start(dataset, {}, "127.0.0.1", 0);
  const TestFolder folder;
  for (const char* scheme : {"v1", "v3"}) {
    const EndedRun ended =
        RunAssay(folder,
                 fmt::format("--target {} --signature {} --strict --only 'auth.*'",
                             (*server)->Url(), scheme),
                 kKeyInEnvironment);
    EXPECT_EQ(ended.code, 1) << ended.output << ended.errors;
    // What sends it again has to sign in the same way.
    const std::size_t again = ended.output.find("  again ");
    ASSERT_NE(again, std::string::npos) << ended.output;
    EXPECT_NE(ended.output.find(fmt::format(" --signature {}\n", scheme), again), std::string::npos)
        << ended.output;
    std::set<std::string> rules;
    for (const auto& finding : ended.report["findings"]) rules.insert(finding["rule"]);
    std::set<std::string> expected = {"auth.key.known",
                                      "auth.nonce.once",
                                      "auth.signature.covers_method",
                                      "auth.signature.covers_parameters",
                                      "auth.signature.method",
                                      "auth.signature.required",
                                      "auth.signature.verified",
                                      "auth.signature.whole",
                                      "auth.time.given",
                                      "auth.time.limited"};
    if (scheme == std::string_view("v3")) {
      expected.insert({"auth.signature.covers_body", "auth.signature.covers_headers"});
    }
    EXPECT_EQ(rules, expected) << scheme;
  }
}

TEST(Run, IsPatientWithATargetThatThrottles) {
  const Dataset dataset = BuiltInDataset();
  const auto server = Server::Start(dataset, {}, "127.0.0.1", 0, {}, {.rate = 200});
  const TestFolder folder;
  const EndedRun ended =
      RunAssay(folder, "--target " + (*server)->Url() + " --only 'filter.*' --only 'page.*'");
  EXPECT_EQ(ended.code, 0) << ended.output << ended.errors;
  EXPECT_GT(ended.report["totals"]["throttled"].get<int>(), 0) << ended.report["totals"].dump();
  EXPECT_EQ(ended.report["totals"]["judged"], ended.report["totals"]["exchanges"]);
}

TEST(Run, SaysWhichMustRulesAStateCannotShow) {
  const TestFolder folder;
  const std::string file = (folder / "dataset.json").string();
  Dataset poor = GenerateDataset(12, 1);
  for (Snapshot& snapshot : poor.snapshots) snapshot.tags.clear();
  std::ofstream(file) << DatasetText(poor);
  const EndedRun ended = RunAssay(folder, "-v --dataset " + file);
  EXPECT_EQ(ended.code, 3) << ended.output;
  EXPECT_NE(ended.output.find("response.tag.tag_key"), std::string::npos) << ended.output;
}

}  // namespace
}  // namespace assay
