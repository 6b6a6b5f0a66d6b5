#include "reference/describe_snapshots/values.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace assay {
namespace {

TEST(ReadInteger, TellsTheFormsApart) {
  using Form = IntegerText::Form;
  struct SpelledValue {
    const char* text;
    Form form;
    std::int64_t value;
  };
  for (const SpelledValue& row :
       std::vector<SpelledValue>{{"0", Form::kPlain, 0},
                                 {"7", Form::kPlain, 7},
                                 {"-7", Form::kPlain, -7},
                                 {"2147483647", Form::kPlain, 2147483647},
                                 {"-2147483648", Form::kPlain, -2147483648LL},
                                 {"+7", Form::kSign, 7},
                                 {"007", Form::kLeadingZeros, 7},
                                 {"-07", Form::kLeadingZeros, -7},
                                 {"-0", Form::kSign, 0},
                                 {"00", Form::kLeadingZeros, 0},
                                 {"2147483648", Form::kBeyond32Bits, 2147483648LL},
                                 {"-2147483649", Form::kBeyond32Bits, -2147483649LL},
                                 {"999999999999999999", Form::kBeyond32Bits, 999999999999999999LL},
                                 {"99999999999999999999999", Form::kBeyond32Bits,
                                  std::numeric_limits<std::int64_t>::max()},
                                 {"-99999999999999999999999", Form::kBeyond32Bits,
                                  -std::numeric_limits<std::int64_t>::max()},
                                 {"0000000000000000000000007", Form::kLeadingZeros, 7},
                                 {"", Form::kNotInteger, 0},
                                 {"-", Form::kNotInteger, 0},
                                 {"+", Form::kNotInteger, 0},
                                 {"--1", Form::kNotInteger, 0},
                                 {"1.0", Form::kNotInteger, 0},
                                 {"1e3", Form::kNotInteger, 0},
                                 {"0x1F", Form::kNotInteger, 0},
                                 {" 1", Form::kNotInteger, 0},
                                 {"1 ", Form::kNotInteger, 0},
                                 {"１", Form::kNotInteger, 0},
                                 {"ten", Form::kNotInteger, 0}}) {
    const IntegerText read = ReadInteger(row.text);
    EXPECT_EQ(read.form, row.form) << row.text;
    EXPECT_EQ(read.value, row.value) << row.text;
  }
}

using TimeForm = TimeText::Form;
constexpr std::int64_t kNoon = 1576238400;  // 2019-12-13T12:00:00Z

TEST(ReadTime, TellsTheFormsApart) {
  struct SpelledValue {
    const char* text;
    TimeForm form;
    std::int64_t seconds;
    bool small_letters = false;
  };
  for (const SpelledValue& row :
       std::vector<SpelledValue>{{"2019-12-13T12:00Z", TimeForm::kMinute, kNoon},
                                 {"2019-12-13T12:00:30Z", TimeForm::kSeconds, kNoon + 30},
                                 {"2019-12-13T20:00+08:00", TimeForm::kOffset, kNoon},
                                 {"2019-12-13T06:30:00-05:30", TimeForm::kOffset, kNoon},
                                 {"2019-12-13", TimeForm::kDate, kNoon - 12 * 3600},
                                 {"2019-12-13T12:00:00.5Z", TimeForm::kFractions, kNoon},
                                 {"2019-12-13T12:00:00.123456789Z", TimeForm::kFractions, kNoon},
                                 {"2019-12-13T12:00", TimeForm::kWithoutZone, kNoon},
                                 {"2019-12-13T12:00:30", TimeForm::kWithoutZone, kNoon + 30},
                                 {"2019-12-13t12:00Z", TimeForm::kMinute, kNoon, true},
                                 {"2019-12-13T12:00z", TimeForm::kMinute, kNoon, true},
                                 {"2020-02-29T00:00Z", TimeForm::kMinute, 1582934400},
                                 {"2019-02-29T00:00Z", TimeForm::kImpossible, 0},
                                 {"2019-13-01T00:00Z", TimeForm::kImpossible, 0},
                                 {"2019-00-10T00:00Z", TimeForm::kImpossible, 0},
                                 {"2019-12-32T00:00Z", TimeForm::kImpossible, 0},
                                 {"2019-12-13T24:01Z", TimeForm::kImpossible, 0},
                                 {"2019-12-13T12:60Z", TimeForm::kImpossible, 0},
                                 {"2019-02-30", TimeForm::kImpossible, 0},
                                 {"", TimeForm::kMalformed, 0},
                                 {"now", TimeForm::kMalformed, 0},
                                 {"1576238400", TimeForm::kMalformed, 0},
                                 {"2019/12/13T12:00Z", TimeForm::kMalformed, 0},
                                 {"2019-12-13T", TimeForm::kMalformed, 0},
                                 {"2019-12-13T12:00ZZ", TimeForm::kMalformed, 0},
                                 {"2019-12-13T12:00:00.Z", TimeForm::kMalformed, 0},
                                 {"2019-12-13_12:00Z", TimeForm::kMalformed, 0},
                                 {"2019-1-3T1:2Z", TimeForm::kMalformed, 0},
                                 {"2019-12-13T12:00:00,Z", TimeForm::kMalformed, 0},
                                 {"-1", TimeForm::kMalformed, 0},
                                 {"2019-W5", TimeForm::kMalformed, 0},
                                 {" 2019-12-13T12:00Z", TimeForm::kMalformed, 0},
                                 {"19-12-13T12:00Z", TimeForm::kMalformed, 0},
                                 {"2019-12-13T12:00:00Z\n", TimeForm::kMalformed, 0}}) {
    const TimeText read = ReadTime(row.text);
    EXPECT_EQ(read.form, row.form) << row.text;
    EXPECT_EQ(read.seconds, row.seconds) << row.text;
    EXPECT_TRUE(row.form == TimeForm::kMalformed || read.small_letters == row.small_letters)
        << row.text;
  }
}

// Other forms of ISO 8601 and RFC 3339, which some libraries read.
TEST(ReadTime, KnowsTheFormsOfOtherReaders) {
  struct SpelledTime {
    const char* text;
    std::int64_t seconds;
  };
  for (const SpelledTime& row :
       std::vector<SpelledTime>{{"2019-12-13 12:00Z", kNoon},
                                {"20191213T1200Z", kNoon},
                                {"20191213T120030Z", kNoon + 30},
                                {"20191213", kNoon - 12 * 3600},
                                {"2019-347T12:00Z", kNoon},
                                {"2019347T1200Z", kNoon},
                                {"2019-W50-5T12:00Z", kNoon},
                                {"2019W505T12Z", kNoon},
                                {"2019-12-12T36:00Z", 0},
                                {"2019-12-12T24:00Z", kNoon - 12 * 3600},
                                {"+2019-12-13T12:00Z", kNoon},
                                {"2019-12-13T12:00+0000", kNoon},
                                {"2019-12-13T20+08", kNoon},
                                {"2019-12-13T12:00.5Z", kNoon},
                                {"2019-12-13T12:00:00,5Z", kNoon},
                                {"2019-12-13T12:00:00.1234567890Z", kNoon},
                                {"2019-12", kNoon - 12 * 86400 - 12 * 3600},
                                {"2019-W01-1", 1546214400},
                                {"2021-W01-1", 1609718400}}) {
    const TimeText read = ReadTime(row.text);
    const TimeForm expected = row.seconds == 0 ? TimeForm::kImpossible : TimeForm::kOther;
    EXPECT_EQ(read.form, expected) << row.text;
    EXPECT_EQ(read.seconds, row.seconds) << row.text;
  }
  EXPECT_EQ(ReadTime("-2019-12-13T12:00Z").form, TimeForm::kOther);
  EXPECT_LT(ReadTime("-2019-12-13T12:00Z").seconds, ReadTime("0000-01-01T00:00Z").seconds);
  EXPECT_EQ(ReadTime("2016-12-31T23:59:60Z").form, TimeForm::kLeapSecond);
  EXPECT_EQ(ReadTime("2016-12-31T23:59:60Z").seconds, 1483228800);
  EXPECT_EQ(ReadTime("2016-12-31T23:59:61Z").form, TimeForm::kImpossible);
  EXPECT_EQ(ReadTime("20191313T1200Z").form, TimeForm::kImpossible);
  EXPECT_EQ(ReadTime("2019-366").form, TimeForm::kImpossible);
  EXPECT_EQ(ReadTime("2019-W54-1").form, TimeForm::kImpossible);
}

TEST(ReadTime, SurvivesEveryBeginning) {
  const std::string text = "2019-12-13T12:00:30.123456789+08:00";
  for (std::size_t size = 0; size <= text.size(); ++size) ReadTime(text.substr(0, size));
}

TEST(ReadIdList, ReadsArraysOfStrings) {
  const IdListText two = ReadIdList(R"(["s-1", "s-2"])");
  EXPECT_EQ(two.form, IdListText::Form::kArray);
  EXPECT_EQ(two.ids, (std::vector<std::string>{"s-1", "s-2"}));
  EXPECT_FALSE(two.other_elements);
  EXPECT_EQ(ReadIdList("[]").form, IdListText::Form::kArray);
  EXPECT_EQ(ReadIdList(R"( [ "a\u0062" ] )").ids, std::vector<std::string>{"ab"});
  const IdListText mixed = ReadIdList(R"(["s-1", 2, null, ["x"], {}])");
  EXPECT_EQ(mixed.ids, std::vector<std::string>{"s-1"});
  EXPECT_TRUE(mixed.other_elements);
}

TEST(ReadIdList, HasTheTextsOfAllElementsIfSomeAreNoText) {
  EXPECT_EQ(ReadIdList(R"(["s-1", [["s-2"], 3], null])").as_texts,
            (std::vector<std::string>{"s-1", "s-2", "3", "null"}));
  EXPECT_TRUE(ReadIdList(R"(["s-1"])").as_texts.empty());
}

TEST(ReadIdList, KnowsANumberThatNoDoubleHolds) {
  const IdListText list = ReadIdList(R"(["s-1e999\"2e999", -1.5E+9999, 2e999])");
  EXPECT_EQ(list.form, IdListText::Form::kArray);
  EXPECT_TRUE(list.has_huge_number);
  EXPECT_EQ(list.ids, (std::vector<std::string>{"s-1e999\"2e999"}));
  EXPECT_TRUE(ReadIdList("[" + std::string(400, '7') + "]").has_huge_number);
  EXPECT_FALSE(ReadIdList("[1e9]").has_huge_number);
  EXPECT_EQ(ReadIdList("[1e]").form, IdListText::Form::kNotJson);
  EXPECT_EQ(ReadIdList("[2e999").form, IdListText::Form::kNotJson);
}

TEST(IdsBetweenCommas, MayLackBracketsAndQuotes) {
  const std::vector<std::string> two{"s-1", "s-2"};
  for (const char* text :
       {"s-1,s-2", "[s-1 , s-2]", " [\"s-1\",'s-2',]", "[,s-1,,\"s-2", "'s-1', s-2"}) {
    EXPECT_EQ(IdsBetweenCommas(text, true), two) << text;
  }
  EXPECT_TRUE(IdsBetweenCommas("[", true).empty());
  EXPECT_EQ(IdsBetweenCommas("[s-1,", false), (std::vector<std::string>{"[s-1", ""}));
}

TEST(ReadIdList, TellsOtherFormsApart) {
  using Form = IdListText::Form;
  EXPECT_EQ(ReadIdList("['s-1','s-2']").form, Form::kSingleQuoted);
  EXPECT_EQ(ReadIdList("['s-1','s-2']").ids.size(), 2u);
  EXPECT_EQ(ReadIdList("\"s-1\"").form, Form::kOtherJson);
  EXPECT_EQ(ReadIdList("\"s-1\"").single, "s-1");
  EXPECT_EQ(ReadIdList(" null ").form, Form::kNull);
  for (const char* text : {"{}", "1", "true"}) {
    EXPECT_EQ(ReadIdList(text).form, Form::kOtherJson) << text;
    EXPECT_EQ(ReadIdList(text).single, "") << text;
  }
  for (const char* text : {"s-1", "s-1,s-2", "[s-1]", "[\"s-1\"", "[\"s-1\",]", "[\"s-1\"] x", "",
                           " ", "['s-1\"]", "'s-1'", "[\"\xFF\"]"}) {
    EXPECT_EQ(ReadIdList(text).form, Form::kNotJson) << text;
  }
}

TEST(ReadIdList, SurvivesDeepNesting) {
  const std::string deep(200'000, '[');
  EXPECT_EQ(ReadIdList(deep).form, IdListText::Form::kNotJson);
  EXPECT_EQ(ReadIdList(deep + std::string(200'000, ']')).form, IdListText::Form::kNotJson);
}

TEST(IsWellFormedId, LooksAtPrefixAndCharacters) {
  EXPECT_TRUE(IsWellFormedId("s-bp67acfmxazb4p****", "s-"));
  EXPECT_TRUE(IsWellFormedId("cn-hangzhou", ""));
  EXPECT_TRUE(IsWellFormedId(std::string(128, 'a'), ""));
  EXPECT_FALSE(IsWellFormedId(std::string(129, 'a'), ""));
  EXPECT_FALSE(IsWellFormedId("s-", "s-"));
  EXPECT_FALSE(IsWellFormedId("", ""));
  EXPECT_FALSE(IsWellFormedId("d-1", "s-"));
  EXPECT_FALSE(IsWellFormedId("s-a b", "s-"));
  EXPECT_FALSE(IsWellFormedId("s-é", "s-"));
}

}  // namespace
}  // namespace assay
