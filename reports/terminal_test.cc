#include "reports/terminal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "reports/sample_run_for_test.h"
#include "reports/text.h"

namespace assay {
namespace {

using std::chrono::milliseconds;

class ProgressTest : public testing::Test {
 protected:
  std::unique_ptr<Progress> Show(ProgressMode mode, bool is_terminal, int columns = 80) {
    return std::make_unique<Progress>(out_, mode, TerminalStyle{is_terminal, false, columns},
                                      [this] { return now_; });
  }
  // The lines as a terminal shows them one after the other.
  std::vector<std::string> Drawn() const {
    std::vector<std::string> lines;
    std::string text = out_.str();
    for (std::size_t at; (at = text.find("\r\x1b[K")) != std::string::npos;) {
      text.erase(0, at + 4);
      lines.push_back(text.substr(0, text.find_first_of("\r\n")));
    }
    return lines;
  }

  std::ostringstream out_;
  std::chrono::steady_clock::time_point now_;
};

TEST_F(ProgressTest, ABarIsDrawnAtMostTenTimesASecond) {
  auto progress = Show(ProgressMode::kAuto, true);
  progress->Begin("rules", 1000);
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    now_ += milliseconds(1);
    progress->Update(i, 0);
  }
  progress->End();
  EXPECT_EQ(Drawn().size(), 12u);  // the beginning, ten in the second, the end
  EXPECT_EQ(Drawn()[5],
            "rules: 500 of 1,000 exchanges, 0 findings [###############...............]");
}

TEST_F(ProgressTest, ABarNeverWraps) {
  for (int columns = 1; columns < 90; ++columns) {
    out_.str("");
    auto progress = Show(ProgressMode::kAuto, true, columns);
    progress->Begin("combinations", 100000);
    now_ += milliseconds(200);
    progress->Update(99999, 12);
    for (const std::string& line : Drawn()) {
      EXPECT_LT(line.size(), static_cast<std::size_t>(std::max(2, columns)));
    }
  }
}

TEST_F(ProgressTest, ElsewhereThereIsALineEveryFiveSeconds) {
  auto progress = Show(ProgressMode::kAuto, false);
  progress->Begin("rules", 0);
  for (std::uint64_t i = 1; i <= 12; ++i) {
    now_ += milliseconds(1000);
    progress->Update(i, 1);
  }
  progress->Begin("walks", 5);
  progress->End();
  progress->End();
  EXPECT_EQ(out_.str(),
            "rules: begun\nrules: 5 exchanges, 1 finding\nrules: 10 exchanges, 1 finding\n"
            "rules: 12 exchanges, 1 finding, 12.0 s\nwalks: begun, 5 exchanges\n"
            "walks: 0 of 5 exchanges, 1 finding, 0.0 s\n");
}

TEST_F(ProgressTest, PlainIsPlainOnATerminalToo) {
  Show(ProgressMode::kPlain, true)->Begin("rules", 1);
  EXPECT_EQ(out_.str().find('\r'), std::string::npos);
  EXPECT_NE(out_.str(), "");
}

TEST_F(ProgressTest, OffIsSilent) {
  auto progress = Show(ProgressMode::kOff, true);
  progress->Begin("rules", 1);
  now_ += milliseconds(60000);
  progress->Update(1, 1);
  progress->End();
  EXPECT_EQ(out_.str(), "");
}

TEST(ProgressModes, AreParsed) {
  EXPECT_EQ(*ParseProgressMode("plain"), ProgressMode::kPlain);
  EXPECT_FALSE(ParseProgressMode("loud").has_value());
}

TEST(TerminalSummaries, SayAllThatANewcomerNeeds) {
  const std::string text = TerminalSummary(SampleRun(""), "", {});
  for (const char* part :
       {"1,000, of which 990 judged", "500 requests a second", "5 of 6 exercised",
        "VIOLATION paging.page_size.maximum (must)", "describe-snapshots, PageSize",
        "GET RegionId=cn-hangzhou&PageSize=101", "400, or at most 100 snapshots", "exchanges 7, 9",
        "curl --silent", "paging.size                above=refused", "filters.name: whole or part",
        "never.b.c: the dataset has no such snapshot", "VIOLATIONS: 2 rules are broken",
        "Exit code 1"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  }
  EXPECT_EQ(text.find("assay replay"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(TerminalSummaries, HostileTextCannotSteerTheTerminal) {
  const std::string text = TerminalSummary(SampleRun(HostileText()), "", {});
  EXPECT_TRUE(IsUtf8(text));
  EXPECT_TRUE(std::none_of(text.begin(), text.end(),
                           [](char c) { return (c >= 0 && c < 0x20 && c != '\n') || c == 0x7f; }));
}

TEST(TerminalSummaries, LongValuesAreShortenedButCommandsAreWhole) {
  const std::string text = TerminalSummary(SampleRun(std::string(5000, 'y')), "", {});
  EXPECT_NE(text.find("bytes)"), std::string::npos);
  EXPECT_EQ(text.find(std::string(2001, 'y')), std::string::npos);
  EXPECT_EQ(text.find("  try "), std::string::npos);
}

TEST(TerminalSummaries, ColoursComeOnlyWhereWelcome) {
  EXPECT_NE(TerminalSummary(SampleRun(""), "", {true, true, 80}).find("\x1b[31;1m"),
            std::string::npos);
}

TEST(TerminalSummaries, NameWhatNeverShowed) {
  RecordedRun run = SampleRun("");
  run.trailer.parameters = {{"Status", 9, 4, 3}, {"Usage", 5, 2, 0}};
  const std::string text = TerminalSummary(run, "", {});
  EXPECT_NE(text.find("never asked: never.asked"), std::string::npos) << text;
  EXPECT_NE(text.find("Parameters that never changed an answer\n  Usage: ignored"),
            std::string::npos)
      << text;
  run.trailer.parameters.pop_back();
  EXPECT_EQ(TerminalSummary(run, "", {}).find("never changed"), std::string::npos);
}

TEST(TerminalSummaries, ManyUnexercisedRulesAreCounted) {
  RecordedRun run = SampleRun("");
  for (int i = 0; i < 30; ++i) run.trailer.not_exercised.push_back("r" + std::to_string(i) + ": x");
  EXPECT_NE(TerminalSummary(run, "", {}).find("and 11 more, see report.json"), std::string::npos);
}

TEST(TerminalSummaries, TheReplayCommandIsGivenWhereItsFileExists) {
  char name[] = "/tmp/assay_terminal_XXXXXX";
  const std::string directory = mkdtemp(name);
  std::filesystem::create_directory(directory + "/repro");
  std::ofstream(directory + "/repro/v-1.ndjson") << "x";
  std::ofstream(directory + "/report.json") << "x";
  const std::string text = TerminalSummary(SampleRun(""), directory, {});
  EXPECT_NE(
      text.find("assay replay " + directory + "/repro/v-1.ndjson --target http://127.0.0.1:1/"),
      std::string::npos);
  EXPECT_NE(text.find("Reports in " + directory + ": report.json"), std::string::npos);
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace assay
