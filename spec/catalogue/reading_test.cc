#include "spec/catalogue/reading.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "spec/catalogue/catalogue.h"

namespace assay {
namespace {

std::string ErrorOf(const std::string& text) {
  const std::string file =
      testing::TempDir() + "reading_test." + std::to_string(getpid()) + ".json";
  std::ofstream(file) << text;
  const Result<Reading> reading = LoadReading(file);
  std::filesystem::remove(file);
  if (reading.has_value()) return "";
  const std::string error = reading.error().Text();
  EXPECT_TRUE(error.starts_with(file + ": ")) << error;
  return error.substr(std::min(error.size(), file.size() + 2));
}

std::string ErrorOfPins(const std::string& pins) {
  return ErrorOf(R"({"format": "assay-reading/1", "name": "mine", "pins": )" + pins + "}");
}

TEST(LoadReading, DocumentedPinsNothing) {
  const Result<Reading> reading = LoadReading("documented");
  ASSERT_TRUE(reading.has_value()) << reading.error().Text();
  EXPECT_EQ(reading->name, "documented");
  EXPECT_TRUE(reading->pins.empty());
}

TEST(LoadReading, ObservedPinsOptionsOfItsQuestions) {
  const Result<Reading> reading = LoadReading("observed");
  ASSERT_TRUE(reading.has_value()) << reading.error().Text();
  EXPECT_GE(reading->pins.size(), 10u);
  for (const auto& [question, option] : reading->pins) {
    EXPECT_GE(Catalogue::Get()[question].PositionOf(option), 0) << Id(question);
  }
}

TEST(LoadReading, ReadsAFile) {
  const std::string file =
      testing::TempDir() + "reading_sound." + std::to_string(getpid()) + ".json";
  std::ofstream(file) << R"({"format": "assay-reading/1", "name": "mine",
                             "pins": {"paging.neither": "token_mode"}})";
  const Result<Reading> reading = LoadReading(file);
  std::filesystem::remove(file);
  ASSERT_TRUE(reading.has_value()) << reading.error().Text();
  EXPECT_EQ(reading->name, "mine");
  ASSERT_EQ(reading->pins.size(), 1u);
  EXPECT_EQ(reading->pins[0].first, "paging.neither"_question);
  EXPECT_EQ(reading->pins[0].second, "token_mode"_option);
}

TEST(LoadReading, AnswersAnUnknownQuestionOrOptionWithTheNearest) {
  EXPECT_EQ(ErrorOfPins(R"({"paging.neither": "token"})"),
            ".pins.paging.neither: unknown option `token` of `paging.neither`; did you mean "
            "`token_mode`?");
  EXPECT_EQ(
      ErrorOfPins(R"({"paging.nether": "token_mode"})"),
      ".pins.paging.nether: unknown question `paging.nether`; did you mean `paging.neither`?");
}

TEST(LoadReading, RefusesAnOptionOfAnotherQuestion) {
  EXPECT_EQ(ErrorOfPins(R"({"paging.neither": "refused"})").substr(0, 77),
            ".pins.paging.neither: unknown option `refused` of `paging.neither`; did you m");
}

TEST(LoadReading, NamesTheKeyOfWhatIsWrong) {
  EXPECT_EQ(ErrorOfPins(R"({"paging.neither": 1})").substr(0, 66),
            ".pins.paging.neither: unknown option `1` of `paging.neither`; did ");
  EXPECT_EQ(ErrorOfPins("[]"), ".pins: {QUESTION: OPTION} is expected here");
  EXPECT_EQ(ErrorOf(R"({"format": "assay-reading/1", "name": "mine"})"), ".pins: is missing");
  EXPECT_EQ(ErrorOf(R"({"format": "reading", "name": "mine", "pins": {}})"),
            ".format: `reading` is not `assay-reading/1`");
  EXPECT_EQ(ErrorOf(R"({"format": "assay-reading/1", "name": "a", "pins": {}, "pin": {}})"),
            ".pin: is not a known key; known are format, name, open, pins, sources, statement");
  EXPECT_EQ(ErrorOf("[]"), "an object is expected here");
  EXPECT_TRUE(ErrorOf("{").starts_with("parse error at line 1")) << ErrorOf("{");
}

TEST(LoadReading, AFileThatCannotBeReadIsABadUsage) {
  const Result<Reading> reading = LoadReading("no/such/reading.json");
  ASSERT_FALSE(reading.has_value());
  EXPECT_EQ(reading.error().where, "no/such/reading.json");
  EXPECT_EQ(reading.error().exit, ExitCode::kBadUsage);
}

}  // namespace
}  // namespace assay
