#include "reports/render/render.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <sstream>

#include "reports/command.h"
#include "reports/journal/folder_lock.h"
#include "reports/journal/journal_lines.h"
#include "reports/journal/sample_run_for_test.h"
#include "reports/render/repro.h"
#include "reports/text/text.h"
#include "spec/text/small_files_for_test.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

class RenderTest : public testing::Test {
 protected:
  RenderTest() {
    char name[] = "/tmp/assay_render_XXXXXX";
    directory_ = mkdtemp(name);
  }
  ~RenderTest() override { fs::remove_all(directory_); }

  std::string Text(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(directory_ + "/" + file, std::ios::binary).rdbuf();
    return text.str();
  }
  // Writes the run's journal into a folder of that name and returns the folder.
  std::string Record(const std::string& name, const RecordedRun& run) const {
    const std::string folder = directory_ + "/" + name;
    auto journal = std::move(Journal::Open(folder)).value();
    journal->Begin(run.header);
    for (const RecordedExchange& recorded : run.evidence) journal->Add(recorded.exchange);
    for (const Finding& finding : run.findings) journal->Add(finding);
    if (run.finished) journal->End(run.trailer);
    return folder;
  }
  int Run(std::vector<std::string> arguments) const {
    CLI::App app;
    int exit_code = -1;
    AddReportCommand(app, &exit_code);
    std::reverse(arguments.begin(), arguments.end());
    app.parse(arguments);
    return exit_code;
  }
  std::string directory_;
};

TEST_F(RenderTest, EveryFormatIsWrittenAndCanBeRead) {
  ASSERT_TRUE(RenderReports(SampleRun(HostileText()), directory_, AllReportFormats()).has_value());
  const auto report = nlohmann::json::parse(Text("report.json"));
  pugi::xml_document junit;
  EXPECT_TRUE(junit.load_string(Text("junit.xml").c_str()));
  EXPECT_NE(Text("report.html").find("</html>"), std::string::npos);
  EXPECT_NE(Text("summary.md").find("## Assay"), std::string::npos);
  for (const auto& finding : report["findings"]) {
    EXPECT_TRUE(fs::exists(directory_ + "/" + finding["repro"].get<std::string>())) << finding;
  }
}

TEST_F(RenderTest, NoDanglingReproIsNamed) {
  ASSERT_TRUE(RenderReports(SampleRun(""), directory_, {ReportFormat::kJson}).has_value());
  EXPECT_EQ(nlohmann::json::parse(Text("report.json"))["findings"][0]["repro"], "");
}

TEST_F(RenderTest, AReproIsAScriptThatBashCanReadAndItsJournalToo) {
  ASSERT_TRUE(RenderReports(SampleRun(HostileText()), directory_, {ReportFormat::kRepro}));
  EXPECT_EQ(std::system(("bash -n " + directory_ + "/repro/v-1.sh").c_str()), 0);
  EXPECT_EQ(access((directory_ + "/repro/v-1.sh").c_str(), X_OK), 0);
  std::vector<RecordedExchange> exchanges;
  const auto run = ReadJournal(directory_ + "/repro/v-1.ndjson",
                               [&](RecordedExchange& e) { exchanges.push_back(e); });
  ASSERT_TRUE(run.has_value()) << run.error().Text();
  ASSERT_EQ(run->findings.size(), 1u);
  EXPECT_EQ(run->findings[0].request.parameters,
            SampleRun(HostileText()).findings[2].request.parameters);
  ASSERT_EQ(exchanges.size(), 1u);
  EXPECT_EQ(exchanges[0].exchange.body, "<html>" + HostileText());
}

TEST_F(RenderTest, AReproWithJudgeReplaysItsOwnJournal) {
  ASSERT_TRUE(RenderReports(SampleRun(""), directory_, {ReportFormat::kRepro}));
  FILE* script = popen(("ASSAY=echo bash " + directory_ + "/repro/v-1.sh --judge").c_str(), "r");
  std::array<char, 4096> block{};
  const std::size_t got = fread(block.data(), 1, block.size(), script);
  EXPECT_EQ(pclose(script), 0);
  EXPECT_EQ(std::string(block.data(), got),
            "replay " + directory_ + "/repro/v-1.ndjson --target http://127.0.0.1:1/\n");
}

TEST_F(RenderTest, ReprosOfAnEarlierReportGoAndOtherFilesStay) {
  ASSERT_TRUE(RenderReports(SampleRun(""), directory_, {ReportFormat::kRepro}));
  std::ofstream(directory_ + "/repro/mine.sh") << "echo mine\n";
  RecordedRun run = SampleRun("");
  run.findings.clear();
  ASSERT_TRUE(RenderReports(run, directory_, {ReportFormat::kRepro}));
  EXPECT_FALSE(fs::exists(directory_ + "/repro/v-1.sh"));
  EXPECT_FALSE(fs::exists(directory_ + "/repro/v-1.ndjson"));
  EXPECT_TRUE(fs::exists(directory_ + "/repro/mine.sh"));
}

TEST_F(RenderTest, OneMessageNamesEveryReportThatCannotBeWritten) {
  RecordedRun run = SampleRun("");
  run.findings[1].request.parameters.emplace_back("Tag.1.Key", std::string(3000, 'x'));
  std::ofstream(directory_ + "/junit.xml") << "of the run before";
  const SmallFiles limit(3000);
  const Done done = RenderReports(run, directory_, AllReportFormats());
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().where, directory_);
  EXPECT_EQ(done.error().what,
            "these reports are missing: repro of 1 of 6 findings, report.html, report.json, "
            "junit.xml, summary.md, results.sarif (File too large); once there is "
            "room, `assay report` makes them of the journal");
  EXPECT_NE(Text("badge.svg").find("</svg>"), std::string::npos);
  EXPECT_TRUE(fs::exists(directory_ + "/repro/v-1.sh"));
  // What is there is of this run.
  EXPECT_FALSE(fs::exists(directory_ + "/junit.xml"));
}

TEST_F(RenderTest, AReportThatCannotBeReplacedIsSaidToBeOfAnEarlierRun) {
  fs::create_directories(directory_ + "/report.html/in");
  const Done done = RenderReports(SampleRun(""), directory_, {ReportFormat::kHtml});
  ASSERT_FALSE(done.has_value());
  EXPECT_NE(done.error().what.find("report.html (what stands there is older)"), std::string::npos)
      << done.error().what;
}

TEST_F(RenderTest, TheTrendNamesRunsByTheirLabels) {
  RecordedRun before = SampleRun(""), now = SampleRun("");
  before.header.options = {{"--label", "v1.4"}};
  now.header.options = {{"--label", "v1.5"}};
  now.header.started = "2026-11-25T00:00:00Z";
  testing::internal::CaptureStdout();
  EXPECT_EQ(Run({"report", Record("a", before), Record("b", now), "--out", directory_ + "/c"}), 1);
  const std::string text = testing::internal::GetCapturedStdout();
  EXPECT_NE(text.find("http://127.0.0.1:1/ (v1.4): VIOLATIONS"), std::string::npos) << text;
  EXPECT_NE(text.find("http://127.0.0.1:1/ (v1.5): VIOLATIONS"), std::string::npos) << text;
}

TEST_F(RenderTest, TheCommandNamesItselfOnceInAnError) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(Run({"report"}), 2);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "assay report: DIR: name at least one folder of a run\n");
}

TEST(ReportFormats, AreReadFromAList) {
  EXPECT_EQ(*ParseReportFormats("junit,html,junit"),
            (std::vector{ReportFormat::kJunit, ReportFormat::kHtml}));
  for (const char* text : {"", "pdf", "html,", "HTML", "html junit"}) {
    const auto formats = ParseReportFormats(text);
    ASSERT_FALSE(formats.has_value()) << text;
    EXPECT_NE(formats.error().what.find("html, json, junit, repro, summary, badge, sarif, har"),
              std::string::npos);
  }
}

TEST_F(RenderTest, TheCommandRebuildsReportsBesideTheJournal) {
  const std::string folder = Record("run", SampleRun(""));
  EXPECT_EQ(Run({"report", folder, "--format", "json,junit"}), 1);
  EXPECT_TRUE(fs::exists(folder + "/report.json"));
  EXPECT_TRUE(fs::exists(folder + "/junit.xml"));
  EXPECT_FALSE(fs::exists(folder + "/report.html"));
}

TEST_F(RenderTest, TheCommandSaysOfARunThatStillGoesOnThatItDoes) {
  RecordedRun run = SampleRun("");
  run.finished = false;
  const std::string folder = Record("run", run);
  {
    const Result<FolderLock> lock = FolderLock::Take(folder);
    EXPECT_EQ(Run({"report", folder, "--format", "html"}), 1);
    EXPECT_EQ(Run({"report", folder + "/" + kJournalName, "--format", "summary"}), 1);
  }
  for (const char* file : {"run/report.html", "run/summary.md"}) {
    EXPECT_NE(Text(file).find("the run still goes on; so far there are 3 exchanges"),
              std::string::npos)
        << file;
    EXPECT_EQ(Text(file).find("killed"), std::string::npos) << file;
  }
  // One that ended while its folder is locked by the next.
  const std::string ended = Record("ended", SampleRun(""));
  const Result<FolderLock> lock = FolderLock::Take(ended);
  EXPECT_EQ(Run({"report", ended, "--format", "summary"}), 1);
  EXPECT_EQ(Text("ended/summary.md").find("goes on"), std::string::npos);
}

TEST_F(RenderTest, TheCommandRendersAKilledRun) {
  RecordedRun run = SampleRun("");
  run.finished = false;
  const std::string folder = Record("run", run);
  std::ofstream(folder + "/" + kJournalName, std::ios::app) << "\x28\xB5\x2F\xFD\x24";
  EXPECT_EQ(Run({"report", folder}), 1);
  const auto report = nlohmann::json::parse(Text("run/report.json"));
  EXPECT_EQ(report["verdict"], "violations");
  EXPECT_EQ(report["findings"].size(), 6u);
  EXPECT_NE(Text("run/report.html")
                .find("was killed after at least 3 exchanges, of which its record has 1:"),
            std::string::npos);
  EXPECT_NE(Text("run/summary.md").find("cut off"), std::string::npos);
}

TEST_F(RenderTest, TheCommandMergesShards) {
  RecordedRun first = SampleRun("");
  RecordedRun second = SampleRun("");
  first.header.options = {{"--shard", "1/2"}};
  second.header.options = {{"--shard", "2/2"}};
  EXPECT_EQ(Run({"report", Record("a", first), Record("b", second), "--out", directory_ + "/c"}),
            1);
  const auto report = nlohmann::json::parse(Text("c/report.json"));
  EXPECT_EQ(report["totals"]["exchanges"], 2000);
  EXPECT_EQ(report["findings"].size(), 6u);
}

TEST_F(RenderTest, TheCommandShowsSeveralTargetsSideBySide) {
  RecordedRun other = SampleRun(HostileText());
  other.findings.clear();
  const std::string a = Record("a", SampleRun(""));
  const std::string b = Record("b", other);
  EXPECT_EQ(Run({"report", a, b, "--out", directory_ + "/c"}), 1);
  const std::string html = Text("c/matrix.html");
  EXPECT_NE(
      html.find("<code>paging.page_size.maximum</code></th><td><span class=\"tag broken\">broken"
                "</span></td><td><span class=\"tag held\">held"),
      std::string::npos)
      << html;
  EXPECT_NE(Text("c/matrix.md").find("| broken | held |"), std::string::npos);
  EXPECT_EQ(Run({"report", a, b, "--out", directory_ + "/c", "--format", "junit"}), 2);
}

TEST_F(RenderTest, TheCommandRefusesWhatItCannotRead) {
  EXPECT_EQ(Run({"report", directory_}), 2);
  EXPECT_EQ(Run({"report", directory_ + "/missing"}), 2);
  std::ofstream(directory_ + "/journal.ndjson") << "hello\n";
  EXPECT_EQ(Run({"report", directory_}), 2);
  EXPECT_EQ(Run({"report", Record("run", SampleRun("")), "--format", "pdf"}), 2);
  EXPECT_EQ(Run({"report", directory_ + "/run", "--show", "everything"}), 2);
}

}  // namespace
}  // namespace assay
