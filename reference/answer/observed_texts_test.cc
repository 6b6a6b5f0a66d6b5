// Texts of JSON bodies: with and without escapes, at every place in a register, on every processor.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "reference/answer/observed.h"

namespace assay {
namespace {

// The value of Message in a body, or nothing if the body cannot be read.
std::optional<std::string> Read(const std::string& body) {
  AnswerReader reader;
  Response response;
  response.body = body;
  const ObservedAnswer& answer = reader.Read(response);
  if (!answer.readable) return std::nullopt;
  EXPECT_EQ(answer.message.kind, ObservedValue::Kind::kText) << body;
  return std::string(answer.message.text);
}

std::optional<std::string> ReadByAnother(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  return json.at("Message").get<std::string>();
}

// Each as the text of a value, between quotes, with so many letters before and after it.
std::vector<std::string> BodiesWith(const std::string& piece) {
  std::vector<std::string> out;
  for (const int before : {0, 1, 7, 30, 31, 32, 63, 64, 200}) {
    for (const char* after : {"", "z", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"}) {
      for (const char* end :
           {"\"}", "\" \t\r\n }", "\",\"Code\":\"c\"}", "\"\n,\"Code\" : \"c\"}"}) {
        out.push_back(
            fmt::format("{{\"Message\":\"{}{}{}{}", std::string(before, 'a'), piece, after, end));
      }
    }
  }
  return out;
}

const std::vector<std::string>& Pieces() {
  static const std::vector<std::string> pieces = {
      "", "b", "é", "\U0001F600", "'", "{[,:]}", R"(\")", R"(\\)", R"(\\\")", R"(\n\t\/\b\f\r)",
      R"(\u0041)", R"(\u00e9)", R"(\ud83d\ude00)", R"(\u0000)",
      // What is no text.
      "\x01", "\n", "\t", std::string(1, '\0'), "\"", R"(\x)", R"(\u12)", R"(\ud83d)",
      R"(\ud83d\u0041)", R"(\)", "\xFF", "\xC3", "\"x", "\"\"", "\"\\"};
  return pieces;
}

TEST(ObservedTexts, AreThoseThatAnotherParserReads) {
  int readable = 0, broken = 0;
  for (const std::string& piece : Pieces()) {
    for (const std::string& body : BodiesWith(piece)) {
      const auto text = Read(body);
      EXPECT_EQ(text, ReadByAnother(body)) << body;
      ++(text ? readable : broken);
    }
  }
  EXPECT_GT(readable, 1000);
  EXPECT_GT(broken, 1000);
}

class EveryProcessor : public testing::Test {
 protected:
  void TearDown() override { simdjson::get_active_implementation() = usual_; }

 private:
  const simdjson::implementation* usual_ = simdjson::get_active_implementation();
};

TEST_F(EveryProcessor, ReadsTheSameTexts) {
  std::vector<std::vector<std::optional<std::string>>> read;
  for (const auto* implementation : simdjson::get_available_implementations()) {
    if (!implementation->supported_by_runtime_system()) continue;
    simdjson::get_active_implementation() = implementation;
    std::vector<std::optional<std::string>>& texts = read.emplace_back();
    for (const std::string& piece : Pieces()) {
      for (const std::string& body : BodiesWith(piece)) texts.push_back(Read(body));
    }
    EXPECT_EQ(texts, read.front()) << implementation->name();
  }
  EXPECT_GE(read.size(), 1u);
}

}  // namespace
}  // namespace assay
