#include "spec/record/request.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(AppendForm, WritesABlankAsTheEncodingSays) {
  const std::vector<Parameter> parameters = {{"a b", " + "}, {"c", "  "}};
  std::string percent, plus;
  AppendForm(parameters, &percent);
  AppendForm(parameters, &plus, FormEncoding::kPlus);
  EXPECT_EQ(percent, "a%20b=%20%2B%20&c=%20%20");
  EXPECT_EQ(plus, "a+b=+%2B+&c=++");
  EXPECT_EQ(ParseForm(plus), parameters);
}

TEST(AppendForm, EscapesAsTheEncodingSays) {
  const auto written = [](FormEncoding encoding) {
    std::string out;
    AppendForm({{"a", "é~]"}}, &out, encoding);
    return out;
  };
  EXPECT_EQ(written(FormEncoding::kPercent), "a=%C3%A9~%5D");
  EXPECT_EQ(written(FormEncoding::kLowerHex), "a=%c3%a9~%5d");
  EXPECT_EQ(written(FormEncoding::kEscaped), "%61=%C3%A9%7E%5D");
  for (const FormEncoding encoding : {FormEncoding::kLowerHex, FormEncoding::kEscaped}) {
    EXPECT_EQ(ParseForm(written(encoding)), (std::vector<Parameter>{{"a", "é~]"}}));
  }
}

TEST(ParseForm, KeepsOrderRepetitionsAndEmptyValues) {
  const std::vector<Parameter> expected = {
      {"b", "1"}, {"a", ""}, {"b", "2=3"}, {"c", ""}, {"", "x"}};
  EXPECT_EQ(ParseForm("b=1&a=&b=2=3&c&=x"), expected);
}

TEST(ParseForm, DropsEmptyPieces) {
  const std::vector<Parameter> expected = {{"a", "1"}, {"b", "2"}};
  EXPECT_EQ(ParseForm("&&a=1&&&b=2&"), expected);
  EXPECT_TRUE(ParseForm("").empty());
}

TEST(ParseForm, SaysWhetherAnyPieceIsBroken) {
  bool valid = true;
  ParseForm("a=1&b=%32", &valid);
  EXPECT_TRUE(valid);
  ParseForm("a=%&b=2", &valid);
  EXPECT_FALSE(valid);
}

TEST(Request, FindsTheFirstValue) {
  Request request;
  request.parameters = {{"A", "1"}, {"a", "2"}, {"A", "3"}};
  EXPECT_EQ(request.Find("A"), "1");
  EXPECT_EQ(request.Find("a"), "2");
  EXPECT_EQ(request.Find("B"), std::nullopt);
}

TEST(Request, SetReplacesEveryEarlierOneInTheFirstPlace) {
  Request request;
  request.parameters = {{"A", "1"}, {"B", "2"}, {"A", "3"}};
  request.Set("A", "4");
  EXPECT_EQ(request.Text(), "A=4&B=2");
  request.Set("C", "5");
  EXPECT_EQ(request.Text(), "A=4&B=2&C=5");
}

TEST(Request, SetTakesViewsOfItsOwnParameters) {
  Request request;
  request.parameters = {{"A", "1"}, {"A", "a value that is too long to be kept inside the string"}};
  request.Set(request.parameters[1].name, request.parameters[1].value);
  ASSERT_EQ(request.parameters.size(), 1u);
  EXPECT_EQ(request.parameters[0].value, "a value that is too long to be kept inside the string");
}

TEST(Request, UnsetRemovesEveryOneOfTheName) {
  Request request;
  request.parameters = {{"A", "1"}, {"B", "2"}, {"A", "3"}};
  request.Unset("A");
  EXPECT_EQ(request.Text(), "B=2");
  request.Unset("A");
  EXPECT_EQ(request.Text(), "B=2");
}

TEST(Request, TextIsReadBackByParseForm) {
  Request request;
  request.parameters = {{"SnapshotIds", R"(["s-1","s-2"])"}, {"Tag.1.Key", "a b&c=d"}, {"x", ""}};
  EXPECT_EQ(request.Text(), "SnapshotIds=%5B%22s-1%22%2C%22s-2%22%5D&Tag.1.Key=a%20b%26c%3Dd&x=");
  EXPECT_EQ(ParseForm(request.Text()), request.parameters);
}

TEST(Names, AreReadAsTheyAreWritten) {
  for (const Forgery forgery : {Forgery::kNone, Forgery::kTime, Forgery::kUnsigned}) {
    EXPECT_EQ(Named<Forgery>(NameOf(forgery)), forgery);
  }
  EXPECT_EQ(NameOf(Placement::kSplit), "split");
  EXPECT_EQ(Named<FormEncoding>("plus"), FormEncoding::kPlus);
  EXPECT_EQ(Named<Placement>("body"), std::nullopt);
}

}  // namespace
}  // namespace assay
