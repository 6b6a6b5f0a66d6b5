#include "reports/journal/target_reading.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/reading_command.h"
#include "spec/catalogue/reading.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

std::string Write(const std::string& name, const std::string& text) {
  const std::string file =
      testing::TempDir() + "target_reading_" + std::to_string(getpid()) + "_" + name;
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

// A report in which every question has its first option, but for what `change` does to it.
std::string Report(const std::string& name, const std::function<void(Json&)>& change = {}) {
  Json rows = Json::array();
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    rows.push_back({{"question", Id(question.id)},
                    {"possible", {Id(question.options.front().id)}},
                    {"settled", true},
                    {"why_open", ""},
                    {"evidence", {1}}});
  }
  Json report = {{"schema", "assay-report/1"},
                 {"assay", ASSAY_VERSION},
                 {"verdict", "conforms"},
                 {"target", "http://127.0.0.1:8080"},
                 {"started", "2026-11-24T00:00:00Z"},
                 {"findings", Json::array()},
                 {"reading", rows}};
  if (change) change(report);
  return Write(name, report.dump());
}

Json& Row(Json& report, Question question) { return report["reading"][Index(question)]; }

std::string ErrorOf(const std::string& path) {
  const Result<TargetReading> reading = LoadTargetReading(path);
  if (!reading) return reading.error().Text();
  const Result<std::string> text = ReadingFileText(*reading);
  return text ? "" : text.error().Text();
}

constexpr Question kAbove = "paging.page_size.above_maximum"_question;
constexpr Question kNeither = "paging.neither"_question;

TEST(TargetReadings, BecomeReadingFilesThatPinWhatIsSettled) {
  const std::string report = Report("file.json", [](Json& json) {
    Row(json, kAbove)["possible"] = {"refused"};
    Row(json, kNeither)["possible"] = {"token_mode", "page_mode"};
    Row(json, kNeither)["settled"] = false;
  });
  const std::string file =
      testing::TempDir() + "target_reading_written." + std::to_string(getpid()) + ".json";
  std::ostringstream out, errors;
  ASSERT_TRUE(WriteReading(report, file, out, errors));
  EXPECT_EQ(errors.str(), "open: paging.neither: page_mode token_mode\n");
  const Result<Reading> reading = LoadReading(file);
  ASSERT_TRUE(reading) << reading.error().Text();
  EXPECT_EQ(reading->pins.size(), kQuestionCount - 1);
  EXPECT_TRUE(std::ranges::count(reading->pins, std::pair(kAbove, "refused"_option)));
  EXPECT_FALSE(std::ranges::count(reading->pins, std::pair(kNeither, "page_mode"_option)));
  const Result<TargetReading> again = LoadTargetReading(file);
  ASSERT_TRUE(again) << again.error().Text();
  EXPECT_EQ(again->rows[Index(kNeither)].possible.size(), 2U);
}

TEST(TargetReadings, OfARunWithViolationsAreRefused) {
  const std::string error = ErrorOf(Report("violated.json", [](Json& json) {
    json["verdict"] = "violations";
    json["findings"] = {{{"kind", "violation"}}};
  }));
  EXPECT_NE(error.find("found 1 violation"), std::string::npos) << error;
  EXPECT_NE(error.find("--known"), std::string::npos) << error;
}

TEST(TargetReadings, OfAnotherVersionSayWhichQuestionIsUnknown) {
  const std::string question = ErrorOf(Report("version.json", [](Json& json) {
    json["assay"] = "0.0.9";
    Row(json, kNeither)["question"] = "paging.nether";
  }));
  EXPECT_NE(question.find("unknown question `paging.nether`; did you mean `paging.neither`?"),
            std::string::npos)
      << question;
  EXPECT_NE(question.find("0.0.9"), std::string::npos) << question;
  const std::string option = ErrorOf(
      Report("option.json", [](Json& json) { Row(json, kNeither)["possible"] = {"page_modes"}; }));
  EXPECT_NE(option.find("unknown option `page_modes` of `paging.neither`; did you mean"),
            std::string::npos)
      << option;
}

TEST(TargetReadings, WhoseRowsAreMissingCountAsOpen) {
  const std::string file =
      Report("missing.json", [](Json& json) { json["reading"].erase(Index(kNeither)); });
  const Result<TargetReading> reading = LoadTargetReading(file);
  ASSERT_TRUE(reading) << reading.error().Text();
  EXPECT_FALSE(reading->rows[Index(kNeither)].settled());
  ASSERT_EQ(reading->notes.size(), 1U);
  EXPECT_NE(reading->notes[0].find("says nothing about 1 question"), std::string::npos);
  const std::string empty =
      ErrorOf(Report("empty.json", [](Json& json) { json["reading"] = Json::array(); }));
  EXPECT_NE(empty.find("learned nothing"), std::string::npos) << empty;
}

TEST(TargetReadings, ThatContradictThemselvesAreRefused) {
  const std::string none = ErrorOf(
      Report("none.json", [](Json& json) { Row(json, kNeither)["possible"] = Json::array(); }));
  EXPECT_NE(none.find("contradict"), std::string::npos) << none;
  const std::string settled =
      ErrorOf(Report("settled.json", [](Json& json) { Row(json, kNeither)["settled"] = false; }));
  EXPECT_NE(settled.find("settled: is false"), std::string::npos) << settled;
  const std::string twice = ErrorOf(
      Report("twice.json", [](Json& json) { json["reading"].push_back(Row(json, kNeither)); }));
  EXPECT_NE(twice.find("is in two rows"), std::string::npos) << twice;
}

TEST(TargetReadings, OfAForeignFileNameWhatIsExpected) {
  EXPECT_NE(ErrorOf(Write("foreign.json", R"({"a": 1})")).find("neither the report.json"),
            std::string::npos);
  EXPECT_NE(ErrorOf(Write("list.json", "[]")).find("neither the report.json"), std::string::npos);
  EXPECT_NE(ErrorOf(Write("cut.json", R"({"schema": "assay-rep)")).find("cut off"),
            std::string::npos);
  EXPECT_NE(ErrorOf(Write("run.ndjson", "{}\n{}\n")).find("is a journal"), std::string::npos);
  EXPECT_NE(ErrorOf("no/such/file.json").find("no such file"), std::string::npos);
  EXPECT_NE(ErrorOf(Write("later.json", R"({"schema": "assay-report/2"})")).find("other version"),
            std::string::npos);
  std::filesystem::create_directories(testing::TempDir() + "target_reading_folder");
  EXPECT_NE(ErrorOf(testing::TempDir() + "target_reading_folder").find("assay report"),
            std::string::npos);
}

TEST(TargetReadings, OfAReadingFileWithAWrongOpenQuestionAreRefused) {
  const auto with = [](const std::string& open) {
    return ErrorOf(
        Write("open.json",
              R"({"format": "assay-reading/1", "name": "mine", "pins": {"paging.order":
                         ")" +
                  std::string(Id(Catalogue::Get()["paging.order"_question].options.front().id)) +
                  R"("}, "open": )" + open + "}"));
  };
  EXPECT_NE(with(R"({"paging.nether": ["a"]})").find("unknown question"), std::string::npos);
  EXPECT_NE(with(R"({"paging.neither": ["page_mode"]})").find("at least two"), std::string::npos);
  EXPECT_NE(with(R"({"paging.neither": ["page_mode", "x"]})").find("unknown option"),
            std::string::npos);
  EXPECT_NE(with("[]").find(".open"), std::string::npos);
  EXPECT_EQ(with("{}"), "");
}

TEST(ReadingComparisons, TellDifferencesFromWhatIsOpen) {
  const std::string a = Report("a.json");
  const std::string b = Report("b.json", [](Json& json) {
    Row(json, kAbove)["possible"] = {"refused"};
    Row(json, kNeither)["possible"] = {"page_mode", "token_mode"};
    Row(json, kNeither)["settled"] = false;
    Row(json, kNeither)["why_open"] = "nobody asked";
  });
  std::ostringstream out;
  const Result<ExitCode> code = TellReadingsApart(a, b, out);
  ASSERT_TRUE(code);
  EXPECT_EQ(*code, ExitCode::kViolations);
  const std::string text = out.str();
  EXPECT_NE(text.find("They differ in 1 question\n  paging.page_size.above_maximum: PageSize is "
                      "above 100.\n    A  cut: The page holds at most 100 entries.\n    B  "
                      "refused: "),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("B  open: page_mode or token_mode (nobody asked)"), std::string::npos)
      << text;
}

TEST(ReadingComparisons, OfEqualReadingsEndWell) {
  std::ostringstream out;
  const std::string a = Report("same.json");
  EXPECT_EQ(*TellReadingsApart(a, a, out), ExitCode::kConforms);
  EXPECT_NE(out.str().find("No difference is known"), std::string::npos);
  // A question that is open in both may still be answered differently.
  EXPECT_EQ(*TellReadingsApart(a, "documented", out), ExitCode::kConforms);
  EXPECT_EQ(TellReadingsApart(a, "no/such", out).error().exit, ExitCode::kBadUsage);
}

TEST(ReadingComparisons, OptionsWithoutACommonOneDifferEvenIfOneIsOpen) {
  const std::string a = Report("three.json", [](Json& json) {
    Row(json, "paging.page_size.zero"_question)["possible"] = {"as_absent", "raised"};
    Row(json, "paging.page_size.zero"_question)["settled"] = false;
  });
  const ReadingComparison compared =
      CompareReadings(*LoadTargetReading(a), *LoadTargetReading(Report("first.json")));
  EXPECT_EQ(compared.differ, std::vector<Question>{"paging.page_size.zero"_question});
  EXPECT_EQ(compared.alike, kQuestionCount - 1);
}

}  // namespace
}  // namespace assay
