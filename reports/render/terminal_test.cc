#include "reports/render/terminal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "reports/journal/sample_run_for_test.h"
#include "reports/render/overview.h"
#include "reports/text/text.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

std::string Plain(const RecordedRun& run) { return TerminalSummary(run, "", {}); }

TEST(TerminalSummaries, SayAllThatANewcomerNeeds) {
  const std::string text = Plain(SampleRun(""));
  for (const char* part :
       {"1,000 exchanges, of which 990 judged", "500 a second",
        "1 held, 2 broken, 1 warned of, 1 not settled, 1 not shown", "VIOLATION fuzz",
        "describe-snapshots, PageSize", "GET RegionId=cn-hangzhou&PageSize=101",
        "400, or at most 100 snapshots", "exchanges 7, 9", "curl --silent",
        "1 choice where the document is silent", "assay report DIR --show learned",
        "2 questions not settled", "1 rule not shown", "VIOLATIONS: 2 rules are broken",
        "6 findings (3 violations, ", "), those that explain most first", "Exit code 1"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  }
  EXPECT_EQ(text.find("assay replay"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(TerminalSummaries, NameTheOptionsThatTheTargetIsReachedWith) {
  RecordedRun run = SampleRun("");
  run.header.options = {{"--ca-file", "own.pem"},
                        {"--format", "json"},
                        {"--header", "X-A: b"},
                        {"--client-cert", "c.pem"},
                        {"--client-key", "k.pem"}};
  EXPECT_NE(Plain(run).find("  reached with --ca-file own.pem, --header X-A: b, --client-cert "
                            "c.pem, --client-key k.pem\n"),
            std::string::npos)
      << Plain(run);
}

TEST(TerminalSummaries, EndWithTheFindingsAndTheVerdict) {
  const std::string text = Plain(SampleRun(""));
  EXPECT_GT(text.find("VIOLATION fuzz"), text.find("--show learned"));
  EXPECT_GT(text.find("VIOLATIONS: "), text.find("those that explain most first"));
}

TEST(TerminalSummaries, TellEachFindingInALine) {
  RecordedRun run = SampleRun("");
  run.findings.resize(1);
  run.findings[0].kind = FindingKind::kViolation;
  run.findings[0].cause = "lists every snapshot for Usage=none";
  run.findings[0].occurrences = 557;
  EXPECT_NE(Plain(run).find("   1  types.b.c  lists every snapshot for Usage=none   557 answers, "
                            "deterministic, as paging.page_size.unlimited\n"),
            std::string::npos)
      << Plain(run);
}

TEST(TerminalSummaries, FitOnAScreenHoweverMuchThereIs) {
  RecordedRun run = SampleRun(HostileText());
  run.notes.assign(20, "note");
  for (int i = 0; i < 500; ++i) {
    run.findings.push_back(
        SampleFinding("n" + std::to_string(i), "r", FindingKind::kViolation, ""));
    run.findings.back().before.assign(30, {});
    run.trailer.not_exercised.push_back("r" + std::to_string(i) + ": x");
    run.trailer.reading.push_back({"q" + std::to_string(i), {"a", "b"}, false, 2, {}, "why"});
    run.trailer.unforeseen.push_back({"GET", "a", "b", 1});
  }
  run.trailer.parameters = {{"Usage", 5, 2, 0}};
  const std::string text = Plain(run);
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), static_cast<long>(kSummaryLines)) << text;
  EXPECT_NE(text.find("and 496 more"), std::string::npos) << text;
  const std::string all = TerminalSummary(run, "", {}, true);
  EXPECT_GT(std::count(all.begin(), all.end(), '\n'), 2000);
}

// A line that is wider than the terminal takes several rows of it.
TEST(TerminalSummaries, FitOnANarrowScreen) {
  RecordedRun run = SampleRun("");
  run.notes.assign(5, std::string(150, 'n'));
  run.trailer.campaign.emplace();
  run.header.options = {{"--header", "X-A: b"}, {"--ca-file", "own.pem"}};
  for (int i = 0; i < 40; ++i) {
    run.findings.push_back(SampleFinding("n" + std::to_string(i), "a.long.name.of.a.rule",
                                         FindingKind::kViolation, ""));
    Finding& finding = run.findings.back();
    finding.cause = "lists snapshots of the other region if Usage and PageSize are given together";
    run.trailer.not_exercised.push_back("r" + std::to_string(i) + ": x");
  }
  for (const int columns : {60, 80, 100, 120, 200}) {
    const std::string text =
        TerminalSummary(run, "", {.is_terminal = true, .columns = columns}, false);
    std::size_t rows = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const auto width = static_cast<std::size_t>(columns);
      rows += std::max<std::size_t>(1, (line.size() + width - 1) / width);
    }
    EXPECT_LE(rows, kSummaryLines) << columns << " columns\n" << text;
    EXPECT_NE(text.find("VIOLATIONS: "), std::string::npos);
    EXPECT_NE(text.find("  try "), std::string::npos) << text;
    EXPECT_NE(text.find(" more"), std::string::npos) << text;
  }
}

TEST(TerminalSummaries, HostileTextCannotSteerTheTerminal) {
  const std::string text = TerminalSummary(SampleRun(HostileText()), "", {});
  EXPECT_TRUE(IsValidUtf8(text));
  EXPECT_TRUE(std::none_of(text.begin(), text.end(),
                           [](char c) { return (c >= 0 && c < 0x20 && c != '\n') || c == 0x7f; }));
}

TEST(TerminalSummaries, LongValuesAreShortenedButCommandsAreWhole) {
  const std::string text = TerminalSummary(SampleRun(std::string(5000, 'y')), "", {});
  EXPECT_NE(text.find(" bytes in all)"), std::string::npos);
  EXPECT_EQ(text.find(std::string(2001, 'y')), std::string::npos);
  EXPECT_EQ(text.find("  try "), std::string::npos);
}

TEST(TerminalSummaries, ASourceIsCutOnlyIfThatMakesItMuchShorter) {
  RecordedRun run = SampleRun("");
  run.findings = {SampleFinding("f-1", "page.size.limits", FindingKind::kViolation, "")};
  run.findings[0].source = "first, " + std::string(300, 'x') + "; the second";
  EXPECT_NE(TerminalSummary(run, "", {}).find("; the second\n"), std::string::npos);
  run.findings[0].source = "first, " + std::string(400, 'x') + "; the second";
  const std::string text = TerminalSummary(run, "", {});
  EXPECT_EQ(text.find("; the second\n"), std::string::npos);
  EXPECT_NE(text.find("(cut; 419 bytes in all)"), std::string::npos) << text;
}

TEST(TerminalSummaries, ColoursComeOnlyIfWelcome) {
  EXPECT_NE(TerminalSummary(SampleRun(""), "", {true, true, 80}).find("\x1b[31;1m"),
            std::string::npos);
}

TEST(TerminalSummaries, SayWhatWasFoundThoughTheWholeIsNotJudged) {
  RecordedRun run = SampleRun("");
  run.trailer.verdict = RunVerdict::kInconclusive;
  run.trailer.exit_code = 3;
  run.trailer.reason = "shard 2/3 is missing";
  const std::string text = Plain(run);
  for (const char* part : {"VIOLATION fuzz", "INCONCLUSIVE: shard 2/3 is missing.",
                           "Exit code 3: no judgement of the whole; what is above was found."}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  }
  for (const std::string& caution : Cautions(run)) EXPECT_FALSE(caution.starts_with("Nothing"));
  EXPECT_EQ(text.find("nothing is said"), std::string::npos) << text;
}

TEST(TerminalSummaries, BreakNoWordOnANarrowTerminal) {
  RecordedRun run = SampleRun("");
  run.trailer.reason = "the target was asked for too much, and what it said is not clear at all";
  run.trailer.reading.assign(20, {"paging.size.above", {"refused"}, true, 2, {}, ""});
  const auto widest = [](const std::string& text) {
    std::size_t width = 0;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
      if (!line.starts_with("  try ")) width = std::max(width, line.size());
    }
    return width;
  };
  for (const int columns : {60, 80}) {
    const auto most = static_cast<std::size_t>(columns);
    EXPECT_LE(widest(TerminalSummary(run, "", {true, false, columns})), most);
    EXPECT_LE(widest(TerminalSection(run, "", Section::kLearned, {true, false, columns})), most);
  }
  EXPECT_GT(widest(Plain(run)), 120U);
}

TEST(TerminalSections, ListWhatTheSummaryCounts) {
  RecordedRun run = SampleRun("");
  run.trailer.parameters = {{"Status", 9, 4, 3}, {"Usage", 5, 2, 0}};
  const auto section = [&](Section which) { return TerminalSection(run, "", which); };
  EXPECT_NE(section(Section::kLearned).find("paging.size                above=refused"),
            std::string::npos);
  EXPECT_NE(section(Section::kOpen).find("filters.name: whole or part"), std::string::npos);
  EXPECT_NE(section(Section::kOpen).find("never asked\n                             never.asked"),
            std::string::npos)
      << section(Section::kOpen);
  EXPECT_NE(section(Section::kNotShown).find("never.b.c: the dataset has no such snapshot"),
            std::string::npos);
  EXPECT_NE(section(Section::kWithoutEffect).find("Usage: ignored"), std::string::npos);
  EXPECT_NE(section(Section::kUnforeseen).find("none"), std::string::npos);
  EXPECT_NE(section(Section::kFindings).find("curl --silent"), std::string::npos);
}

TEST(TerminalSummaries, TheReplayCommandIsGivenIfItsFileExists) {
  char name[] = "/tmp/assay_terminal_XXXXXX";
  const std::string directory = mkdtemp(name);
  std::filesystem::create_directory(directory + "/repro");
  std::ofstream(directory + "/repro/v-1.ndjson") << "x";
  std::ofstream(directory + "/report.json") << "x";
  RecordedRun run = SampleRun("");
  std::erase_if(run.findings, [](const Finding& finding) { return finding.id != "v-1"; });
  std::ofstream(directory + "/report.html") << "x";
  const std::string text = TerminalSummary(run, directory, {});
  EXPECT_NE(
      text.find("assay replay " + directory + "/repro/v-1.ndjson --target http://127.0.0.1:1/"),
      std::string::npos);
  EXPECT_NE(text.find("Look at " + directory + "/report.html"), std::string::npos);
  EXPECT_NE(text.find("assay report " + directory + " --show not-shown"), std::string::npos);
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace assay
