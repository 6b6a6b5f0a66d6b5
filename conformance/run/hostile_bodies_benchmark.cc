// How long it takes to read, mask and show bodies that are meant to take long: nanoseconds a byte,
// for sizes that double. What is linear shows the same figure in a row.
#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "reference/answer/observed.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/text/secret_mask.h"

namespace assay {
namespace {

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kSizes[] = {256 * kKiB, 512 * kKiB, 1024 * kKiB, 2048 * kKiB, 4096 * kKiB};

std::string Repeated(const std::string& piece, std::size_t size) {
  std::string out;
  while (out.size() < size) out += piece;
  return out;
}

std::string Numbered(const char* before, const char* after, std::size_t size) {
  std::string out;
  for (int i = 0; out.size() < size; ++i) out += before + std::to_string(i) + after;
  return out;
}

using Maker = std::function<std::string(std::size_t)>;
using Work = std::function<std::size_t(const std::string&)>;

std::vector<std::pair<const char*, Maker>> Bodies() {
  const auto wrapped = [](const char* before, Maker inner, const char* after) {
    return [=](std::size_t size) { return before + inner(size) + after; };
  };
  const auto many = [](const char* piece) {
    return [=](std::size_t size) { return Repeated(piece, size); };
  };
  return {
      {"a text", wrapped("{\"Message\":\"", many("a"), "\"}")},
      {"snapshots", wrapped("{\"Snapshots\":{\"Snapshot\":[{}", many(",{}"), "]}}")},
      {"names",
       wrapped(
           "{\"a\":1", [](std::size_t size) { return Numbered(",\"n", "\":1", size); }, "}")},
      {"one name", wrapped("{\"a\":1", many(",\"a\":1"), "}")},
      {"depth", wrapped("{\"a\":", many("["), "}")},
      {"elements", wrapped("<Error>", many("<a/>"), "</Error>")},
      {"attributes",
       wrapped(
           "<Error", [](std::size_t size) { return Numbered(" a", "=''", size); }, "/>")},
      {"addresses", many("http://u:p@h ")},
      {"beginnings", many("Signature=abcdef&SecurityToken%3D")},
      {"parts of secrets", many("canary-secre")},
      {"escapes", many("\x1b[2J\u202e<&\"'`|")},
  };
}

std::vector<std::pair<const char*, Work>> Works() {
  static AnswerReader reader;
  static const SecretMask mask = [] {
    SecretMask out;
    out.Add("canary-secret");
    return out;
  }();
  return {
      {"read",
       [](const std::string& text) {
         return reader.Read({.status = 200, .content_type = "", .body = text}).problems.size();
       }},
      {"mask by name", [](const std::string& text) { return HideSecrets(text).size(); }},
      {"mask by value",
       [](const std::string& text) {
         std::string copy = text;
         mask.Hide(copy);
         return copy.size();
       }},
      {"HTML", [](const std::string& text) { return HtmlText(text).size(); }},
      {"JUnit", [](const std::string& text) { return XmlText(text).size(); }},
      {"Markdown", [](const std::string& text) { return MarkdownText(text).size(); }},
      {"terminal", [](const std::string& text) { return TerminalText(text).size(); }},
      {"shell", [](const std::string& text) { return ShellQuote(text).size(); }},
  };
}

double NanosecondsAByte(const Work& work, const std::string& text) {
  const auto begun = std::chrono::steady_clock::now();
  const std::size_t result = work(text);
  const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - begun;
  return result == static_cast<std::size_t>(-1) ? 0
                                                : time.count() / static_cast<double>(text.size());
}

int Measure() {
  for (const auto& [work_name, work] : Works()) {
    for (const auto& [body_name, make] : Bodies()) {
      fmt::print("{:<14} {:<18}", work_name, body_name);
      for (const std::size_t size : kSizes)
        fmt::print("{:8.1f}", NanosecondsAByte(work, make(size)));
      fmt::print("\n");
    }
  }
  return 0;
}

}  // namespace
}  // namespace assay

int main() { return assay::Measure(); }
