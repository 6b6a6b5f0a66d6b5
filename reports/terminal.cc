#include "reports/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <ostream>

#include "reports/curl.h"
#include "reports/overview.h"
#include "reports/secrets.h"
#include "reports/text.h"

namespace assay {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::milliseconds kBarInterval{100};
constexpr std::chrono::seconds kPlainInterval{5};

constexpr std::size_t kValueLimit = 300;
constexpr std::size_t kCurlLimit = 2000;
constexpr std::size_t kUnexercisedLimit = 20;

constexpr std::string_view kRed = "\x1b[31;1m";
constexpr std::string_view kGreen = "\x1b[32;1m";
constexpr std::string_view kYellow = "\x1b[33;1m";
constexpr std::string_view kBold = "\x1b[1m";

bool IsSet(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool IsDumb() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

double Seconds(steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string DrawBar(std::uint64_t done, std::uint64_t expected, std::size_t width) {
  const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(expected));
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
  return "[" + std::string(filled, '#') + std::string(width - filled, '.') + "]";
}

// Builds the summary, section by section.
class Summary {
 public:
  Summary(const RecordedRun& run, const std::string& out_dir, const TerminalStyle& style)
      : run_(run), out_dir_(out_dir), style_(style) {}

  std::string Text() {
    AddJudged();
    for (const Finding* finding : SortFindings(run_)) AddFinding(*finding);
    AddReading();
    AddUnexercised();
    AddWithoutEffect();
    AddVerdict();
    AddReports();
    return std::move(text_);
  }

 private:
  std::string Paint(std::string_view colour, const std::string& text) const {
    return style_.colours ? std::string(colour) + text + "\x1b[0m" : text;
  }

  static std::string Value(std::string_view text, std::size_t limit = kValueLimit) {
    return Shorten(TerminalText(HideSecrets(text)), limit);
  }

  void AddLine(std::string_view name, const std::string& value) {
    if (!value.empty()) text_ += fmt::format("  {:<10} {}\n", name, value);
  }

  void AddJudged() {
    const Totals totals = CountTotals(run_);
    text_ += "\n" + Paint(kBold, "Assay judged " + Value(run_.header.target)) + "\n";
    AddLine("exchanges", fmt::format("{}, of which {} judged", Thousands(run_.trailer.exchanges),
                                     Thousands(run_.trailer.judged)));
    if (run_.trailer.throttled > 0) {
      AddLine("throttled", fmt::format("{} answers; the requests were sent again more slowly",
                                       Thousands(run_.trailer.throttled)));
    }
    if (totals.requests_per_second > 0) {
      AddLine("time",
              fmt::format("{:.1f} s, {} requests a second", run_.trailer.seconds,
                          Thousands(static_cast<std::uint64_t>(totals.requests_per_second))));
    }
    AddLine("rules", fmt::format("{} of {} exercised", totals.rules_exercised, totals.rules));
    AddLine("dataset", Value(run_.header.dataset));
    AddLine("seed", std::to_string(run_.header.seed));
    for (const std::string& note : run_.notes) AddLine("note", Value(note));
  }

  std::string Heading(const Finding& finding) const {
    std::string kind = TerminalText(finding.kind);
    for (char& c : kind) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return Paint(finding.kind == "violation" ? kRed : kYellow, kind);
  }

  void AddFinding(const Finding& finding) {
    const std::string level = LevelOf(run_, finding.rule);
    text_ += "\n" + Heading(finding) + " " + Paint(kBold, Value(finding.rule)) +
             (level.empty() ? "" : " (" + Value(level) + ")") + "\n";
    AddLine("rule says", Value(finding.statement));
    AddLine("source", Value(finding.source));
    for (const std::string& before : TextsBefore(finding)) AddLine("after", Value(before));
    AddLine("request", Value(RequestText(finding)));
    AddLine("expected", Value(finding.expected));
    AddLine("actual", Value(finding.actual));
    AddLine("seen", fmt::format("{} {}, {}", Thousands(finding.occurrences),
                                finding.occurrences == 1 ? "time" : "times",
                                Value(StabilityText(finding))));
    AddLine("evidence", EvidenceText(finding, 5));
    for (const std::string& text : DiagnosisTexts(finding)) AddLine("diagnosis", Value(text));
    AddCommands(finding);
  }

  void AddCommands(const Finding& finding) {
    const std::filesystem::path repro =
        std::filesystem::path(out_dir_) / "repro" / (ReproName(finding) + ".ndjson");
    std::error_code error;
    const bool has_repro = std::filesystem::exists(repro, error);
    const std::string curl = CurlLine(finding, run_.header.target);
    // A command that is cut would be another command.
    if (curl.size() <= kCurlLimit) {
      AddLine("try", curl);
    } else if (has_repro) {
      AddLine("try", ShellQuote((std::filesystem::path(repro).replace_extension(".sh")).string()));
    }
    if (!has_repro) return;
    AddLine("again", "assay replay " + ShellQuote(repro.string()) + ReplayFlags(run_));
  }

  void AddReading() {
    std::vector<std::pair<std::string, std::vector<std::string>>> settled;  // by situation
    std::string open;
    std::vector<std::pair<std::string, std::string>> never;  // why, the questions
    for (const LearnedAnswer& answer : run_.trailer.reading) {
      if (answer.asked == 0) {
        AddNever(answer, never);
      } else if (answer.settled) {
        AddSettled(answer, settled);
      } else {
        open += "  " + Value(answer.question) + ": " + Options(answer) +
                (answer.why_open.empty() ? "" : "\n    " + Value(answer.why_open)) + "\n";
      }
    }
    if (!settled.empty()) {
      text_ += "\n" + Paint(kBold, "Learned where the document is silent") + "\n";
      for (const auto& [subject, answers] : settled) AddWrapped(subject, answers);
    }
    if (!open.empty()) {
      text_ += "\n" + Paint(kBold, "Not settled by what was asked") + "\n" + open;
    }
    for (const auto& [why, questions] : never) {
      text_ += fmt::format("  (never asked: {}{}{})\n", questions, why.empty() ? "" : ": ", why);
    }
  }

  // A part of the suites leaves dozens out for one reason: the first three stand for them.
  void AddNever(const LearnedAnswer& answer,
                std::vector<std::pair<std::string, std::string>>& never) const {
    const std::string why = Value(answer.why_open);
    const auto same = std::find_if(never.begin(), never.end(),
                                   [&](const auto& entry) { return entry.first == why; });
    if (same == never.end()) {
      never.emplace_back(why, Value(answer.question));
      return;
    }
    const auto named = std::count(same->second.begin(), same->second.end(), ',');
    if (named < 2) same->second += ", " + Value(answer.question);
    if (named == 2) same->second += ", …";
  }

  std::string Options(const LearnedAnswer& answer) const {
    std::string options;
    for (const std::string& option : answer.possible) {
      options += (options.empty() ? "" : " or ") + Value(option);
    }
    return options;
  }

  // "paging.page_size.zero" stands under its subject "paging.page_size" as "zero=refused".
  void AddSettled(const LearnedAnswer& answer,
                  std::vector<std::pair<std::string, std::vector<std::string>>>& settled) const {
    const std::size_t dot = answer.question.rfind('.');
    const std::string subject = Value(answer.question.substr(0, dot));
    if (settled.empty() || settled.back().first != subject) settled.emplace_back(subject, 0);
    settled.back().second.push_back(Value(answer.question.substr(dot + 1)) + "=" + Options(answer));
  }

  void AddWrapped(const std::string& subject, const std::vector<std::string>& answers) {
    constexpr std::size_t kSubjectWidth = 26, kLineWidth = 100;
    std::string line = fmt::format("  {:<{}}", subject, kSubjectWidth);
    for (const std::string& answer : answers) {
      if (line.size() + answer.size() + 1 > kLineWidth && line.size() > kSubjectWidth + 2) {
        text_ += line + "\n";
        line.assign(kSubjectWidth + 2, ' ');
      }
      line += " " + answer;
    }
    text_ += line + "\n";
  }

  void AddUnexercised() {
    const auto rules = UnexercisedRules(run_);
    if (rules.empty()) return;
    text_ += "\n" + Paint(kBold, "Rules never exercised") + "\n";
    for (std::size_t i = 0; i < std::min(kUnexercisedLimit, rules.size()); ++i) {
      const auto& [rule, reason] = rules[i];
      text_ += "  " + Value(rule) + (reason.empty() ? "" : ": " + Value(reason)) + "\n";
    }
    if (rules.size() > kUnexercisedLimit) {
      text_ += fmt::format("  and {} more, see report.json\n", rules.size() - kUnexercisedLimit);
    }
  }

  void AddWithoutEffect() {
    const std::vector<std::string> names = ParametersWithoutEffect(run_);
    if (names.empty()) return;
    text_ += "\n" + Paint(kBold, "Parameters that never changed an answer") + "\n  " +
             Value(fmt::format("{}", fmt::join(names, ", "))) +
             ": ignored by the target, or the dataset cannot show them\n";
  }

  void AddVerdict() {
    const std::string& verdict = run_.trailer.verdict;
    const std::string_view colour = verdict == "conforms"     ? kGreen
                                    : verdict == "violations" ? kRed
                                                              : kYellow;
    text_ += "\n" + Paint(colour, Value(VerdictText(run_), 1000)) + "\n" + ExitMeaning() + "\n";
  }

  std::string ExitMeaning() const {
    switch (run_.trailer.exit_code) {
      case 0:
        return "Exit code 0: nothing speaks against the target.";
      case 1:
        return "Exit code 1: the target breaks what the document says.";
      case 2:
        return "Exit code 2: the command or a file has to be mended first.";
      default:
        return "Exit code 3: no judgement; nothing is said for or against the target.";
    }
  }

  void AddReports() {
    if (out_dir_.empty()) return;
    std::string found;
    for (const char* file :
         {"report.html", "report.json", "junit.xml", "summary.md", "repro", kJournalName}) {
      std::error_code error;
      if (!std::filesystem::exists(std::filesystem::path(out_dir_) / file, error)) continue;
      found += (found.empty() ? "" : ", ") + std::string(file);
    }
    if (!found.empty()) text_ += "Reports in " + TerminalText(out_dir_) + ": " + found + "\n";
  }

  const RecordedRun& run_;
  const std::string& out_dir_;
  const TerminalStyle& style_;
  std::string text_;
};

}  // namespace

TerminalStyle DescribeTerminal(int file_descriptor) {
  TerminalStyle style;
  style.is_terminal = isatty(file_descriptor) == 1;
  style.colours = style.is_terminal && !IsSet("NO_COLOR") && !IsDumb();
  winsize size{};
  if (style.is_terminal && ioctl(file_descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    style.columns = size.ws_col;
  }
  return style;
}

Result<ProgressMode> ParseProgressMode(const std::string& text) {
  if (text == "auto") return ProgressMode::kAuto;
  if (text == "plain") return ProgressMode::kPlain;
  if (text == "off") return ProgressMode::kOff;
  return Error{"--progress", "`" + text + "` is none of auto, plain, off"};
}

Progress::Progress(std::ostream& out, ProgressMode mode, const TerminalStyle& style, Clock clock)
    : out_(out),
      off_(mode == ProgressMode::kOff),
      bar_(mode == ProgressMode::kAuto && style.is_terminal),
      style_(style),
      clock_(std::move(clock)) {}

Progress::~Progress() { End(); }

void Progress::Begin(std::string_view suite, std::uint64_t expected) {
  End();
  suite_ = TerminalText(suite);
  expected_ = expected;
  done_ = 0;
  begun_ = shown_ = clock_();
  if (off_) return;
  if (bar_) return Show();
  out_ << suite_ << ": begun";
  if (expected_ > 0) out_ << ", " << Thousands(expected_) << " exchanges";
  out_ << std::endl;
}

void Progress::Update(std::uint64_t done, std::uint64_t findings) {
  done_ = done;
  findings_ = findings;
  if (off_ || suite_.empty()) return;
  const auto now = clock_();
  if (now - shown_ < (bar_ ? steady_clock::duration(kBarInterval) : kPlainInterval)) return;
  shown_ = now;
  Show();
}

void Progress::End() {
  if (!off_ && !suite_.empty()) {
    if (bar_) out_ << "\r\x1b[K";
    out_ << Line() << ", " << fmt::format("{:.1f} s", Seconds(clock_() - begun_)) << std::endl;
  }
  suite_.clear();
}

std::string Progress::Line() const {
  std::string line = suite_ + ": " + Thousands(done_);
  if (expected_ > 0) line += " of " + Thousands(expected_);
  return line + " exchanges, " + Thousands(findings_) + (findings_ == 1 ? " finding" : " findings");
}

void Progress::Show() {
  if (!bar_) {
    out_ << Line() << std::endl;
    return;
  }
  // One column stays free: some terminals wrap as soon as the last one is written.
  const auto columns = static_cast<std::size_t>(std::max(1, style_.columns - 1));
  std::string line = Line();
  if (expected_ > 0 && line.size() + 13 <= columns) {
    const std::size_t width = std::min<std::size_t>(30, columns - line.size() - 3);
    line += " " + DrawBar(done_, expected_, width);
  }
  out_ << "\r\x1b[K" << CutUtf8(line, columns) << std::flush;
}

std::string TerminalSummary(const RecordedRun& run, const std::string& out_dir,
                            const TerminalStyle& style) {
  return Summary(run, out_dir, style).Text();
}

}  // namespace assay
