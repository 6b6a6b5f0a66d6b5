#include "reports/render/terminal_lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "reports/render/curl.h"
#include "reports/render/overview.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/record/raw_message.h"
#include "spec/text/count.h"

namespace assay {
namespace {

constexpr std::size_t kCurlLimit = 2000;
constexpr std::size_t kMostBefore = 4;  // requests before the last one

using Lines = std::vector<std::string>;

void AddLine(std::string_view name, const std::string& value, Lines* lines) {
  if (!value.empty()) lines->push_back(fmt::format("  {:<10} {}", name, value));
}

void AddCommands(const RecordedRun& run, const std::string& out_dir, const Finding& finding,
                 Lines* lines) {
  const std::filesystem::path repro =
      std::filesystem::path(out_dir) / "repro" / (ReproName(finding) + ".ndjson");
  std::error_code error;
  const bool has_repro = !out_dir.empty() && std::filesystem::exists(repro, error);
  const std::string curl = CurlLine(finding, run.header);
  // A command that is cut would be another command.
  if (curl.size() <= kCurlLimit) {
    AddLine("try", curl, lines);
  } else if (has_repro) {
    AddLine("try", ShellQuote((std::filesystem::path(repro).replace_extension(".sh")).string()),
            lines);
  }
  // What is judged again is requests, not bytes.
  if (!has_repro || RawMessageOf(finding.request)) return;
  AddLine("again", "assay replay " + ShellQuote(repro.string()) + ReplayFlags(run), lines);
}

std::string Options(const LearnedAnswer& answer) {
  std::string options;
  for (const std::string& option : answer.possible) {
    options += (options.empty() ? "" : " or ") + TerminalValue(option);
  }
  return options;
}

// Some texts one after the other, broken into lines.
void AddWrapped(const std::string& subject, const Lines& texts, std::size_t width, Lines* lines) {
  constexpr std::size_t kSubjectWidth = 26;
  std::string line = fmt::format("  {:<{}}", subject, kSubjectWidth);
  for (const std::string& text : texts) {
    if (line.size() + text.size() + 1 > width && line.size() > kSubjectWidth + 2) {
      lines->push_back(line);
      line.assign(kSubjectWidth + 2, ' ');
    }
    line += " " + text;
  }
  lines->push_back(line);
}

// "paging.page_size.zero" is listed under its subject "paging.page_size" as "zero=refused".
Lines LearnedLines(const RecordedRun& run, std::size_t width) {
  Lines lines;
  std::vector<std::pair<std::string, Lines>> subjects;
  for (const LearnedAnswer& answer : run.trailer.reading) {
    if (!answer.settled || answer.asked == 0) continue;
    const std::size_t dot = answer.question.rfind('.');
    const std::string subject = TerminalValue(answer.question.substr(0, dot));
    if (subjects.empty() || subjects.back().first != subject) subjects.emplace_back(subject, 0);
    subjects.back().second.push_back(TerminalValue(answer.question.substr(dot + 1)) + "=" +
                                     Options(answer));
  }
  for (const auto& [subject, answers] : subjects) AddWrapped(subject, answers, width, &lines);
  return lines;
}

Lines OpenLines(const RecordedRun& run, std::size_t width) {
  Lines lines;
  for (const LearnedAnswer& answer : run.trailer.reading) {
    if (answer.asked == 0 || answer.settled) continue;
    lines.push_back(fmt::format("  {}: {}", TerminalValue(answer.question), Options(answer)));
    if (!answer.why_open.empty()) lines.push_back("    " + TerminalValue(answer.why_open));
  }
  std::vector<std::pair<std::string, Lines>> never;  // why, the questions
  for (const LearnedAnswer& answer : run.trailer.reading) {
    if (answer.asked > 0) continue;
    const std::string why = TerminalValue(answer.why_open);
    const auto same = std::ranges::find(never, why, [](const auto& entry) { return entry.first; });
    Lines& questions = same == never.end() ? never.emplace_back(why, 0).second : same->second;
    questions.push_back(TerminalValue(answer.question));
  }
  for (const auto& [why, questions] : never) {
    lines.push_back("  never asked" + (why.empty() ? "" : ": " + why));
    AddWrapped("", questions, width, &lines);
  }
  return lines;
}

Lines NotShownLines(const RecordedRun& run, std::size_t width) {
  Lines lines;
  for (const auto& [why, rules] : NotShownByReason(run)) {
    if (rules.size() == 1) {
      lines.push_back("  " + TerminalValue(rules.front()) +
                      (why.empty() ? "" : ": " + TerminalValue(why)));
      continue;
    }
    lines.push_back("  " + (why.empty() ? "no answer showed" : TerminalValue(why)) + ":");
    Lines names;
    for (const std::string& rule : rules) names.push_back(TerminalValue(rule));
    AddWrapped("", names, width, &lines);
  }
  return lines;
}

Lines UnforeseenLines(const RecordedRun& run) {
  Lines lines;
  for (const UnforeseenAnswer& answer : run.trailer.unforeseen) {
    lines.push_back("  " + TerminalValue(answer.request));
    lines.push_back(fmt::format("    answered: {} ({}); the nearest option: {}",
                                TerminalValue(answer.answer), CountText(answer.count, "time"),
                                TerminalValue(answer.foreseen)));
  }
  return lines;
}

Lines WithoutEffectLines(const RecordedRun& run) {
  const Lines names = ParametersWithoutEffect(run);
  if (names.empty()) return {};
  return {"  " + TerminalValue(fmt::format("{}", fmt::join(names, ", ")), 2000) +
          ": ignored by the target, or the dataset cannot show them"};
}

// Cut only where that makes it much shorter: what is left out may be another source.
std::string SourceText(const Finding& finding) {
  constexpr std::size_t kShort = 160, kWorthCutting = 200;
  const std::string text = TerminalText(HideSecrets(finding.source));
  return text.size() < kShort + kWorthCutting ? text : Shorten(text, kShort);
}

Lines AllFindings(const RecordedRun& run, const std::string& out_dir) {
  Lines lines;
  for (const Finding* finding : SortFindings(run)) {
    if (!lines.empty()) lines.emplace_back();
    lines.push_back(fmt::format("{} {}", NameOf(finding->kind), TerminalValue(finding->rule)));
    std::ranges::move(FindingLines(run, out_dir, *finding, Detail::kFull),
                      std::back_inserter(lines));
  }
  return lines;
}

// The rule, and the requests before.
void AddContext(const Finding& finding, Lines* lines) {
  AddLine("rule says", TerminalValue(finding.statement), lines);
  AddLine("source", SourceText(finding), lines);
  const Lines before = TextsBefore(finding);
  for (std::size_t i = 0; i < std::min(kMostBefore, before.size()); ++i) {
    AddLine("after", TerminalValue(before[i]), lines);
  }
  if (before.size() > kMostBefore) {
    AddLine("after", CountText(before.size() - kMostBefore, "more request"), lines);
  }
}

}  // namespace

std::string TerminalValue(std::string_view text, std::size_t limit) {
  return Shorten(TerminalText(HideSecrets(text)), limit);
}

std::vector<std::string> FindingLines(const RecordedRun& run, const std::string& out_dir,
                                      const Finding& finding, Detail detail) {
  Lines lines;
  const bool full = detail == Detail::kFull;
  if (full) AddContext(finding, &lines);
  AddLine("request", TerminalValue(RequestText(finding.request)), &lines);
  AddLine("expected", TerminalValue(finding.expected), &lines);
  AddLine("actual", TerminalValue(finding.actual), &lines);
  AddLine("seen",
          fmt::format("{}, {}", CountText(finding.occurrences, "time"),
                      TerminalValue(StabilityText(finding))),
          &lines);
  if (full) AddLine("evidence", EvidenceText(finding, 5), &lines);
  for (const std::string& text : DiagnosisTexts(finding)) {
    AddLine("diagnosis", TerminalValue(text), &lines);
  }
  AddCommands(run, out_dir, finding, &lines);
  return lines;
}

std::vector<std::string> LinesOf(const RecordedRun& run, const std::string& out_dir,
                                 Section section, std::size_t width) {
  switch (section) {
    case Section::kFindings:
      return AllFindings(run, out_dir);
    case Section::kLearned:
      return LearnedLines(run, width);
    case Section::kOpen:
      return OpenLines(run, width);
    case Section::kNotShown:
      return NotShownLines(run, width);
    case Section::kUnforeseen:
      return UnforeseenLines(run);
    case Section::kWithoutEffect:
      return WithoutEffectLines(run);
  }
  return {};
}

}  // namespace assay
