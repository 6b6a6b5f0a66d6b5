#include "fuzz/wire_reduction.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(WireReduction, KeepsWhatTheMessageFailsBy) {
  const auto fails = [](const std::string& text) {
    return text.find("X\\x00") != std::string::npos && text.find("\\r\\n") != std::string::npos;
  };
  EXPECT_EQ(
      ReduceRawMessage("GET / HTTP/1.1\\r\\n\nHost: h\\r\\n\nA: aX\\x00b\\r\\n\n\\r\\n\n", fails),
      "X\\x00\\r\\n");
}

TEST(WireReduction, ShortensRepetitions) {
  const auto fails = [](const std::string& text) {
    const std::size_t at = text.find("$repeat(");
    return at != std::string::npos && std::stoi(text.substr(at + 8)) >= 1000;
  };
  EXPECT_EQ(ReduceRawMessage("a\nb$repeat(65536,a)\n", fails), "$repeat(1024,a)");
}

TEST(WireReduction, NeverCutsAnEscape) {
  const auto fails = [](const std::string& text) {
    EXPECT_EQ(text.find("\\x"), text.find("\\x41"));
    return text.find("\\x41") != std::string::npos;
  };
  EXPECT_EQ(ReduceRawMessage("ab\\x41cd\n", fails), "\\x41");
}

}  // namespace
}  // namespace assay
