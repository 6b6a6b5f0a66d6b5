#include "reference/message.h"

#include <gtest/gtest.h>

#include "reference/target.h"

namespace assay {
namespace {

TEST(PercentEncode, KeepsOnlyUnreservedCharacters) {
  EXPECT_EQ(PercentEncode("AZaz09-_.~"), "AZaz09-_.~");
  EXPECT_EQ(PercentEncode(" !'()*+&=/:"), "%20%21%27%28%29%2A%2B%26%3D%2F%3A");
}

TEST(PercentEncode, WritesEveryByteInCapitalHex) {
  EXPECT_EQ(PercentEncode("é\xff"), "%C3%A9%FF");
  EXPECT_EQ(PercentEncode(std::string_view("\0", 1)), "%00");
}

TEST(AppendForm, WritesABlankAsTheEncodingSays) {
  const std::vector<Parameter> parameters = {{"a b", " + "}, {"c", "  "}};
  std::string percent, plus;
  AppendForm(parameters, &percent);
  AppendForm(parameters, &plus, FormEncoding::kPlus);
  EXPECT_EQ(percent, "a%20b=%20%2B%20&c=%20%20");
  EXPECT_EQ(plus, "a+b=+%2B+&c=++");
  EXPECT_EQ(ParseForm(plus), parameters);
}

TEST(FormDecode, UndoesPercentEncodeForEveryByte) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  bool valid = true;
  EXPECT_EQ(FormDecode(PercentEncode(all), &valid), all);
  EXPECT_TRUE(valid);
}

TEST(FormDecode, ReadsAPlusAsABlankAndEitherCaseOfHex) {
  EXPECT_EQ(FormDecode("a+b%2Bc%2b%e9%E9"), "a b+c+\xe9\xe9");
}

TEST(FormDecode, KeepsABrokenTripletAndSaysSo) {
  for (const char* text : {"%", "a%2", "%zz", "%2g", "100%"}) {
    bool valid = true;
    EXPECT_EQ(FormDecode(text, &valid), text);
    EXPECT_FALSE(valid) << text;
  }
  EXPECT_EQ(FormDecode("%%41"), "%A");
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

// Answers every request with its own text, or not at all.
class EchoTarget : public Target {
 public:
  explicit EchoTarget(bool silent) : silent_(silent) {}
  void Run(RequestSource& source) override {
    while (const Request* request = source.Next()) {
      if (silent_) return;
      Result<Response> response = Response{200, "", request->Text()};
      source.Answered(request, response);
    }
  }
  std::string Name() const override { return "echo"; }

 private:
  bool silent_;
};

TEST(Send, GivesTheAnswerToTheRequest) {
  EchoTarget target(/*silent=*/false);
  Request request;
  request.Set("A", "1");
  const Result<Response> response = Send(target, request);
  ASSERT_TRUE(response);
  EXPECT_EQ(response.value().body, "A=1");
}

TEST(Send, IsAnErrorWhereTheTargetNeverAnswers) {
  EchoTarget target(/*silent=*/true);
  const Result<Response> response = Send(target, Request{});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().exit, ExitCode::kCouldNotJudge);
}

}  // namespace
}  // namespace assay
