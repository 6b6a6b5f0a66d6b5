// The files that `assay run` reads and leaves behind, as its users meet them.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "conformance/cases/bench_for_test.h"
#include "conformance/run/run_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/server.h"
#include "reference/state/dataset.h"
#include "reference/wire/http_server.h"
#include "spec/text/small_files_for_test.h"

namespace assay {
namespace {

// Something that listens and gives one answer to everything.
class StubbornEndpoint {
 public:
  explicit StubbornEndpoint(HttpResponse answer) {
    http_ = std::move(*HttpServer::Listen(
        "127.0.0.1", 0,
        [answer = std::move(answer)](const HttpRequest&, HttpResponse& out) { out = answer; }));
  }
  std::string Flag() const { return "--target " + http_->Url(); }

 private:
  std::unique_ptr<HttpServer> http_;
};

StubbornEndpoint WebPage() {
  return StubbornEndpoint({.status = 200,
                           .headers = {{"Content-Type", "text/html"}},
                           .body = "<!DOCTYPE html><html><body>Welcome</body></html>"});
}

std::vector<nlohmann::json> JournalOf(const TestFolder& folder) {
  std::vector<nlohmann::json> out;
  std::istringstream in(JournalText(folder / "report"));
  for (std::string line; std::getline(in, line);) {
    out.push_back(nlohmann::json::parse(line, nullptr, false));
    EXPECT_FALSE(out.back().is_discarded()) << line;
  }
  return out;
}

// Header first, trailer last, with the exit code of the process.
void ExpectWholeJournal(const TestFolder& folder, int code) {
  const std::vector<nlohmann::json> lines = JournalOf(folder);
  ASSERT_GE(lines.size(), 2U);
  EXPECT_NE(lines.front().dump().find("spec_hash"), std::string::npos) << lines.front().dump();
  EXPECT_EQ(lines.back().value("exit_code", -1), code) << lines.back().dump();
}

TEST(RunFiles, DatasetsThatCannotBeReadAreReportedWithTheirName) {
  const TestFolder folder;
  folder.Write("empty.json", "");
  folder.Write("text.json", "snapshots: none\n");
  folder.Write("cut.json", DatasetText(BuiltIn()).substr(0, 5000));
  folder.Write("list.json", "[]");
  folder.Write("other.json", R"({"format": "assay-known/1", "findings": []})");
  folder.Write("newer.json", R"({"format": "assay-dataset/9", "regions": []})");
  std::filesystem::create_directory(folder / "folder.json");
  for (const char* name : {"empty.json", "text.json", "cut.json", "list.json", "other.json",
                           "newer.json", "folder.json", "missing.json"}) {
    const EndedRun ended = RunAssay(folder, "--dataset '" + (folder / name).string() + "'");
    EXPECT_EQ(ended.code, 2) << name << ended.output;
    EXPECT_NE(ended.errors.find(name), std::string::npos) << name << ": " << ended.errors;
    EXPECT_FALSE(std::filesystem::exists(folder / "report")) << name;
  }
}

TEST(RunFiles, AMistakeInTheCallKeepsTheJournalOfTheRunBefore) {
  const TestFolder folder;
  EXPECT_EQ(RunAssay(folder, "--only page.size.echo").code, 0);
  const std::string before = ReadText(folder / "report" / kJournalName);
  EXPECT_FALSE(before.empty());
  for (const char* arguments : {"--no-such-flag", "--strength 0", "--connections 0", "--timeout -1",
                                "--rate x", "--dataset /no/such/file"}) {
    const EndedRun ended = RunAssay(folder, arguments, "", true);
    EXPECT_EQ(ended.code, 2) << arguments;
    EXPECT_FALSE(ended.errors.empty()) << arguments;
    EXPECT_EQ(ReadText(folder / "report" / kJournalName), before) << arguments;
  }
}

TEST(RunFiles, TheProgressOfAStoppedRunIsWhatWasDone) {
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, "--rate 200 --max-time 6 --progress plain");
  EXPECT_NE(ended.errors.find(" % stopping: "), std::string::npos) << ended.errors;
  EXPECT_EQ(ended.errors.find("100 %"), std::string::npos) << ended.errors;
  EXPECT_NE(RunAssay(folder, "--only page.size.echo --progress plain")
                .errors.find("100 % naming causes: "),
            std::string::npos);
}

TEST(RunFiles, AWebPageIsNotAnEndpoint) {
  const StubbornEndpoint endpoint = WebPage();
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, endpoint.Flag());
  EXPECT_EQ(ended.code, 3) << ended.output;
  EXPECT_NE(ended.output.find("web page"), std::string::npos) << ended.output;
  EXPECT_TRUE(ended.report["findings"].empty());
}

TEST(RunFiles, ATargetThatPerformsNothingIsToldInOneSentence) {
  const StubbornEndpoint endpoint(
      {.status = 501,
       .headers = {{"Content-Type", "application/json"}},
       .body = R"({"Code": "NotImplemented", "Message": "no", "RequestId": "A", "HostId": "x"})"});
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, endpoint.Flag() + " --max-retries 300 --only 'page.*'");
  EXPECT_EQ(ended.code, 1) << ended.output;
  EXPECT_NE(
      ended.output.find("VIOLATIONS: 1 rule is broken, 1 violation (every request was answered "
                        "501).\n"),
      std::string::npos)
      << ended.output;
  // Everywhere the same count.
  const std::string not_shown = ended.report["totals"]["not_shown"].dump();
  EXPECT_NE(ended.output.find("  " + not_shown + " rules not shown "), std::string::npos)
      << ended.output;
  const std::string summary = ReadText(folder / "report/summary.md");
  EXPECT_NE(summary.find("Rules not shown: " + not_shown + " "), std::string::npos) << summary;
  EXPECT_NE(summary.find("> " + not_shown + " of "), std::string::npos) << summary;
}

TEST(RunFiles, TheJournalIsKeptHoweverARunEnds) {
  const TestFolder folder;
  const StubbornEndpoint page = WebPage();
  const StubbornEndpoint silent({.delay = std::chrono::seconds(4)});
  const StubbornEndpoint nonsense({.status = 200, .body = "{\"Snapshots\":"});
  const Dataset other = GenerateDataset(40, 4);
  const auto stranger = Server::Start(other, {}, "127.0.0.1", 0);
  std::string nobody;
  { nobody = "--target " + (*Server::Start(other, {}, "127.0.0.1", 0))->Url(); }
  for (const auto& [arguments, code] :
       std::vector<std::pair<std::string, int>>{{"--only 'page.*'", 0},
                                                {"--only page.size.echo " + nonsense.Flag(), 1},
                                                {nobody, 3},
                                                {silent.Flag() + " --timeout 0.1", 3},
                                                {page.Flag(), 3},
                                                {"--target " + (*stranger)->Url(), 3},
                                                {"--only no.such.test", 3}}) {
    const EndedRun ended = RunAssay(folder, arguments);
    EXPECT_EQ(ended.code, code) << arguments << ended.output << ended.errors;
    ExpectWholeJournal(folder, code);
  }
}

TEST(RunFiles, ADiskThatIsFullLeavesTheVerdictAndNamesWhatIsMissing) {
  const TestFolder folder;
  EXPECT_EQ(RunAssay(folder, "--only page.size.echo").code, 0);
  const SmallFiles limit(10'000);
  const EndedRun ended = RunAssay(folder, "--only 'page.*'", "", true);
  EXPECT_EQ(ended.code, 3) << ended.errors;
  EXPECT_NE(ended.output.find("Verdict: conforms ("), std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("exit code 3"), std::string::npos) << ended.output;
  EXPECT_NE(ended.errors.find("the record of this run is incomplete; these reports are missing: "
                              "report.html, report.json, junit.xml, repro, summary.md, badge.svg, "
                              "results.sarif, evidence.har"),
            std::string::npos)
      << ended.errors;
  EXPECT_FALSE(std::filesystem::exists(folder / "report/report.html"));  // of the run before
}

TEST(RunFiles, ARunOfWhichAReportIsMissingIsNoSuccess) {
  const TestFolder folder;
  const SmallFiles limit(40'000);  // enough for the journal
  const EndedRun ended = RunAssay(folder, "--only page.size.echo", "", true);
  EXPECT_EQ(ended.code, 3) << ended.output << ended.errors;
  EXPECT_NE(ended.output.find("CONFORMS"), std::string::npos) << ended.output;
  EXPECT_NE(ended.errors.find("report.html"), std::string::npos) << ended.errors;
  EXPECT_NE(ended.errors.find("so the exit code is 3"), std::string::npos) << ended.errors;
}

TEST(RunFiles, AListOfAcceptedFindingsThatCannotBeReadIsExplained) {
  const TestFolder folder;
  const auto errors = [&](const std::string& file) {
    const EndedRun ended = RunAssay(folder, "--only page.size.echo --known '" + file + "'");
    EXPECT_EQ(ended.code, 2) << file;
    return ended.errors;
  };
  EXPECT_NE(errors("/no/nope.json")
                .find("assay run: --known: /no/nope.json: the known findings cannot be read: No "
                      "such file or directory; --write-known FILE writes one"),
            std::string::npos)
      << errors("/no/nope.json");
  for (const char* text : {"[]", R"({"format": "assay-known/1", "findings": {}})", "{}"}) {
    EXPECT_NE(
        errors(folder.Write("known.json", text))
            .find(R"(a file of accepted findings is {"format": "assay-known/1", "findings": )"),
        std::string::npos)
        << errors(folder.Write("known.json", text));
  }
}

TEST(RunFiles, ThatWarningsFailARunWhichNothingFailsIsRefused) {
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, "--strict --fail-on none");
  EXPECT_EQ(ended.code, 2);
  EXPECT_NE(ended.errors.find("--strict: lets warnings fail the run, and --fail-on none"),
            std::string::npos)
      << ended.errors;
}

// An accepted finding that is past its day, and one of a rule that is not.
TEST(RunFiles, KnownFindingsThatCountNoMoreFailTheRun) {
  const TestFolder folder;
  const auto known = [&](const std::string& entry) {
    return "--only page.size.echo --known '" +
           folder.Write("known.json",
                        R"({"format": "assay-known/1", "findings": [)" + entry + "]}") +
           "'";
  };
  EXPECT_EQ(RunAssay(folder, known("")).code, 0);
  const EndedRun expired =
      RunAssay(folder, known(R"({"id": "page.size.echo.00000001", "rule": "page.size.echo",)"
                             R"( "reason": "being fixed", "expires": "2020-01-01"})"));
  EXPECT_EQ(expired.code, 1) << expired.output;
  EXPECT_NE(expired.output.find("accepted only until 2020-01-01"), std::string::npos)
      << expired.output;
  const EndedRun unknown =
      RunAssay(folder, known(R"({"id": "page.no.rule.00000001", "rule": "page.no.rule",)"
                             R"( "reason": "a mistake in writing"})"));
  EXPECT_EQ(unknown.code, 1) << unknown.output;
  EXPECT_NE(unknown.output.find("unknown rule `page.no.rule`"), std::string::npos)
      << unknown.output;
}

// What a run writes is accepted by the next; without a part of it, that part is named.
TEST(RunFiles, AcceptedPartsAreWrittenAndMissed) {
  const TestFolder folder;
  const Dataset dataset = BuiltInDataset();
  const auto server =
      Server::Start(dataset, {}, "127.0.0.1", 0, {}, {}, {FindFault("filter.usage.ignored")});
  const std::string file = (folder / "known.json").string();
  const std::string run = "--target " + (*server)->Url() + " --only 'filter.usage.*' ";
  EXPECT_EQ(RunAssay(folder, run + "--write-known '" + file + "'").code, 1);
  nlohmann::json known = nlohmann::json::parse(ReadText(file));
  ASSERT_GE(known["findings"].size(), 2U) << known.dump(1);
  EXPECT_NE(known["findings"][0]["reason"], known["findings"][1]["reason"]) << known.dump(1);
  EXPECT_EQ(RunAssay(folder, run + "--known '" + file + "'").code, 0);
  const std::string part = known["findings"].back()["id"];
  const std::string symptom = part.substr(0, part.size() - 4);
  std::erase_if(known["findings"].get_ref<nlohmann::json::array_t&>(), [&](const auto& entry) {
    return entry["id"].template get<std::string>().starts_with(symptom);
  });
  const EndedRun ended =
      RunAssay(folder, run + "--known '" + folder.Write("less.json", known.dump()) + "'");
  EXPECT_EQ(ended.code, 1) << ended.output;
  EXPECT_NE(ended.output.find("but not what is the same finding: "), std::string::npos)
      << ended.output;
  EXPECT_NE(ended.output.find(part), std::string::npos) << part << ended.output;
}

}  // namespace
}  // namespace assay
