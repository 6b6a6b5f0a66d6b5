// How long it takes to read, mask, record and show bodies that are meant to take long: nanoseconds
// a byte, for sizes that double. What is linear shows the same figure in a row.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "reference/answer/observed.h"
#include "reports/journal/journal_lines.h"
#include "reports/render/har_file.h"
#include "reports/render/html.h"
#include "reports/render/junit.h"
#include "reports/render/report_json.h"
#include "reports/render/sarif.h"
#include "reports/render/summary.h"
#include "reports/render/terminal.h"
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

// A run with one finding, which shows the body in every place that a body can have.
RecordedRun RunWith(const std::string& body) {
  RecordedExchange recorded;
  recorded.exchange.id = 1;
  recorded.exchange.status = 200;
  recorded.exchange.body = body;
  recorded.body_bytes = body.size();
  const Finding shown{.id = "page.size.limits.1",
                      .rule = "page.size.limits",
                      .occurrences = 1,
                      .expected = "a list",
                      .actual = body,
                      .evidence = {1},
                      .answer = {200, "", body},
                      .example = {200, "", body + "x"}};
  Finding by_evidence = shown;
  by_evidence.id += "1";
  by_evidence.answer = by_evidence.example = {};
  return {.findings = {shown, by_evidence}, .evidence = {recorded}};
}

template <typename Render>
Work Rendered(Render render) {
  return [=](const std::string& text) { return render(RunWith(text)).size(); };
}

std::vector<std::pair<const char*, Work>> Renderers() {
  return {{"journal",
           [](const std::string& text) {
             const RecordedRun run = RunWith(text);
             fmt::memory_buffer out;
             AppendExchangeLine(run.evidence.front().exchange, text.size(), &out);
             return out.size() + FindingLine(run.findings.front()).size();
           }},
          {"report.html", Rendered([](const RecordedRun& run) { return HtmlPage(run, ""); })},
          {"report.json", Rendered([](const RecordedRun& run) { return ReportJson(run, true); })},
          {"junit.xml", Rendered(JunitXml)},
          {"results.sarif", Rendered(SarifText)},
          {"summary.md", Rendered([](const RecordedRun& run) { return SummaryMarkdown(run); })},
          {"evidence.har", Rendered(HarText)},
          {"terminal",
           Rendered([](const RecordedRun& run) { return TerminalSummary(run, "", {}, true); })}};
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
      {"HTML text", [](const std::string& text) { return HtmlText(text).size(); }},
      {"XML text", [](const std::string& text) { return XmlText(text).size(); }},
      {"Markdown", [](const std::string& text) { return MarkdownText(text).size(); }},
      {"terminal text", [](const std::string& text) { return TerminalText(text).size(); }},
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
  std::vector<std::pair<const char*, Work>> works = Works();
  std::ranges::move(Renderers(), std::back_inserter(works));
  for (const auto& [work_name, work] : works) {
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
