#include "fuzz/wire_reduction.h"

#include <gtest/gtest.h>

#include "fuzz/wire_framing.h"
#include "spec/record/raw_message.h"

namespace assay {
namespace {

constexpr char kOrdinary[] = "GET / HTTP/1.1\\r\\n\nHost: h\\r\\n\n";

// What is sent has "odd" methods, names and values, as the text says.
std::set<std::string> OdditiesOf(const std::string& text) {
  return ReadFraming(
             BytesOf(ReadRawMessage(text, {{"path", "/"}, {"query", "a=b"}, {"host", "h"}})))
      .oddities;
}

std::string Reduced(const std::string& text, const std::function<bool(const std::string&)>& fails) {
  return ReduceRawMessage(text, {.fails = fails, .oddities = OdditiesOf});
}

TEST(WireReduction, KeepsWhatTheMessageFailsBy) {
  const auto fails = [](const std::string& text) {
    return text.find("X\\x00") != std::string::npos && text.find("\\r\\n") != std::string::npos;
  };
  EXPECT_EQ(Reduced(std::string(kOrdinary) + "A: aX\\x00b\\r\\n\n\\r\\n\n", fails),
            "GET / HTTP/1.1\\r\\n\nHost:h\\r\\n\nX\\x00\\r\\n\n\\r\\n\n");
}

// However odd the message was that was found: one cause has one smallest message.
TEST(WireReduction, LeavesNothingOddThatItNeedNotHaveToFail) {
  const auto fails = [](const std::string& text) {
    return text.find("\\x00") != std::string::npos;
  };
  for (const char* text :
       {"  HTTP/1.1\\r\\n\n\\x00", "POST / HTTP/1.1\\r\\n\n\\r\\n\n  HTTP/1.1\\r\\n\n\\x00\n",
        "GET /$repeat(9999,a) HTTP/1.1\\r\\n\n5\\r\\nhello\\r\\n0\\r\\n\\r\\n\n  "
        "HTTP/1.1\\r\\n\n\\x00\\n\n",
        "GET $path HTTP/1.1\\r\\n\nHost: h\\r\\n\nA: \\x0$path\\r\\n\n\\r\\n\n",
        "POST / HTTP/1.1\\r\\n\n\nHost:\\r\\n\n\\r\\n\n\n  HTTP/1.1\\r\\n\n\\x00\\n\n",
        "POST / "
        "HTTP/1.1\\r\\n\nHost:h\\r\\n\nContent-Length:9\\r\\n\n\\r\\n\nP/1.1\\r\\n\n:N\nOPTIONS  "
        "HTTP/1.1\\r\\n\n\\x00\\n\n",
        "  HTTP/1.1\\r\\nHost:h\\r\\nA: \\x00\\r\\n\\r\\n\n",
        "POST \n HTTP/1.1\\r\\n\n\\x00\\r\\n\nHost:h\\r\\n\n\\r\\n\n",
        "\\xC3\\x84 * HTTP/9.9\\n\nHost: a, b\\r\\n\nA: \\x00\\r\\n\n\\r\\n\n",
        "GET / HTTP/1.1\\r\\n\nHost :\\r\\n\n\\x00\\r\\n\nA : b\\r\\n\n\\r\\n\n"}) {
    const std::string reduced = Reduced(text, fails);
    EXPECT_EQ(OdditiesOf(reduced), std::set<std::string>{"a NUL in a header"}) << reduced;
  }
}

// Its own fault would be another one.
TEST(WireReduction, MakesNoMessageOddThatWasSound) {
  const auto fails = [](const std::string& text) { return text.find('X') != std::string::npos; };
  const std::string reduced =
      Reduced(std::string(kOrdinary) + "A: X\\r\\n\nB: c\\r\\n\n\\r\\n\n", fails);
  EXPECT_EQ(OdditiesOf(reduced), std::set<std::string>{}) << reduced;
  EXPECT_EQ(reduced.find('B'), std::string::npos) << reduced;
}

TEST(WireReduction, ShortensRepetitions) {
  const auto fails = [](const std::string& text) {
    const std::size_t at = text.find("$repeat(");
    return at != std::string::npos && std::stoi(text.substr(at + 8)) >= 1000;
  };
  EXPECT_EQ(Reduced("a\nb$repeat(65536,a)\n", fails), "$repeat(1024,a)\n");
}

TEST(WireReduction, NeverCutsAnEscape) {
  const auto fails = [](const std::string& text) {
    EXPECT_EQ(text.find("\\x"), text.find("\\x41"));
    return text.find("\\x41") != std::string::npos;
  };
  EXPECT_EQ(Reduced("ab\\x41cd\n", fails), "\\x41\n");
}

}  // namespace
}  // namespace assay
