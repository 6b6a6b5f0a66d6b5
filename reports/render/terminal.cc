#include "reports/render/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "reports/render/campaign.h"
#include "reports/render/overview.h"
#include "reports/render/terminal_lists.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "reports/text/wrap.h"
#include "spec/text/count.h"

namespace assay {
namespace {

// What there is room for.
struct Room {
  std::size_t listed;  // findings with a line each
  std::size_t notes;
  bool reasons;   // why rules were not shown
  Detail detail;  // of the first finding
};
// The widest first. The last is for terminals in which a line takes several rows.
constexpr std::array<Room, 6> kRooms = {{{10, 3, true, Detail::kFull},
                                         {10, 1, true, Detail::kFull},
                                         {5, 1, true, Detail::kFull},
                                         {5, 1, false, Detail::kFull},
                                         {3, 1, false, Detail::kBrief},
                                         {1, 0, false, Detail::kBrief}}};

// The options without which the target cannot be reached as it was.
constexpr std::array<std::string_view, 5> kReaching = {"--header", "--proxy", "--ca-file",
                                                       "--client-cert", "--client-key"};

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

std::string_view Heading(Section section) {
  switch (section) {
    case Section::kFindings:
      return "Findings";
    case Section::kLearned:
      return "Learned where the document is silent";
    case Section::kOpen:
      return "Not settled by what was asked";
    case Section::kNotShown:
      return "Rules not shown";
    case Section::kUnforeseen:
      return "Unforeseen, and right: within what the document allows";
    case Section::kWithoutEffect:
      return "Parameters that never changed an answer";
  }
  return "";
}

std::size_t WidthOfLists(const TerminalStyle& style) {
  constexpr int kWidest = 100;
  return static_cast<std::size_t>(style.is_terminal ? std::min(kWidest, style.columns) : kWidest);
}

std::string Fit(const std::string& text, const TerminalStyle& style) {
  return style.is_terminal ? WrapWords(text, static_cast<std::size_t>(style.columns)) : text;
}

// How many rows of the terminal the text takes. Escape sequences are counted as if they were seen.
std::size_t RowsOf(std::string_view text, const TerminalStyle& style) {
  std::size_t rows = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    const std::size_t more = !style.is_terminal || end == 0 ? 0 : (end - 1) / style.columns;
    rows += 1 + more;
    text.remove_prefix(end + 1);
  }
  return rows;
}

// Builds the summary, part by part.
class Summary {
 public:
  Summary(const RecordedRun& run, const std::string& out_dir, const TerminalStyle& style,
          bool verbose)
      : run_(run), out_dir_(out_dir), style_(style), verbose_(verbose) {}

  // As much as there is room for.
  std::string Text() {
    std::string text;
    for (const Room& room : kRooms) {
      room_ = &room;
      text = Fit(Build(), style_);
      if (verbose_ || RowsOf(text, style_) <= kSummaryLines) break;
    }
    return text;
  }

 private:
  std::string Build() {
    text_.clear();
    AddJudged();
    if (verbose_) {
      for (const Section section : {Section::kLearned, Section::kOpen, Section::kUnforeseen,
                                    Section::kNotShown, Section::kWithoutEffect}) {
        AddSection(section);
      }
    } else {
      AddCounts();
    }
    AddFindings();
    AddVerdict();
    return text_;
  }

  std::string Paint(std::string_view colour, const std::string& text) const {
    return style_.colours ? std::string(colour) + text + "\x1b[0m" : text;
  }

  std::string_view ColourOf(const Finding& finding) const {
    return finding.kind == FindingKind::kViolation ? kRed : kYellow;
  }

  void AddLine(const std::string& line) { text_ += line + "\n"; }

  void AddSection(Section section) {
    const std::vector<std::string> lines = LinesOf(run_, out_dir_, section, WidthOfLists(style_));
    if (lines.empty()) return;
    AddLine("\n" + Paint(kBold, std::string(Heading(section))));
    for (const std::string& line : lines) AddLine(line);
  }

  void AddJudged() {
    const RunTrailer& trailer = run_.trailer;
    text_ += "\n" + Paint(kBold, "Assay judged " + TerminalValue(run_.header.target)) +
             fmt::format(" (dataset {}, seed {})\n", TerminalValue(run_.header.dataset, 200),
                         run_.header.seed);
    std::string line =
        fmt::format("  {}, of which {} judged", CountText(trailer.exchanges, "exchange"),
                    Thousands(trailer.judged));
    if (const double speed = CountTotals(run_).requests_per_second; speed > 0) {
      line += fmt::format(", in {:.1f} s, {} a second", trailer.seconds,
                          Thousands(static_cast<std::uint64_t>(speed)));
    }
    if (trailer.throttled > 0) {
      line += fmt::format("; {} said that requests come too fast, and were sent again later",
                          Thousands(trailer.throttled));
    }
    AddLine(line);
    if (trailer.campaign) AddLine("  " + TerminalValue(CampaignText(*trailer.campaign), 400));
    std::string reached;
    for (const auto& [flag, value] : run_.header.options) {
      if (std::ranges::find(kReaching, flag) == kReaching.end()) continue;
      reached +=
          (reached.empty() ? "  reached with " : ", ") + flag + " " + TerminalValue(value, 100);
    }
    if (!reached.empty()) AddLine(reached);
    const std::size_t shown = verbose_ ? run_.notes.size() : room_->notes;
    for (std::size_t i = 0; i < std::min(shown, run_.notes.size()); ++i) {
      AddLine("  note: " + TerminalValue(run_.notes[i]));
    }
  }

  // A count, and the command that lists what it counts.
  void AddCount(const std::string& text, std::uint64_t count, Section section) {
    if (count == 0) return;
    const std::string folder = out_dir_.empty() ? "DIR" : ShellQuote(out_dir_);
    AddLine(fmt::format("  {:<44} assay report {} --show {}", text, folder, NameOf(section)));
  }

  void AddCounts() {
    const Totals totals = CountTotals(run_);
    std::uint64_t learned = 0, open = 0;
    for (const LearnedAnswer& answer : run_.trailer.reading) {
      ++(answer.settled && answer.asked > 0 ? learned : open);
    }
    AddLine("  rules: " + RulesText(totals));
    AddCount(fmt::format("{} not shown", CountText(totals.not_shown, "rule")), totals.not_shown,
             Section::kNotShown);
    if (room_->reasons) {
      for (const std::string& why : WhyNotShown(run_)) AddLine("    " + TerminalValue(why));
    }
    AddCount(fmt::format("{} where the document is silent", CountText(learned, "choice")), learned,
             Section::kLearned);
    AddCount(fmt::format("{} not settled", CountText(open, "question")), open, Section::kOpen);
    AddCount(fmt::format("{} unforeseen, and right", CountText(totals.unforeseen, "answer")),
             totals.unforeseen, Section::kUnforeseen);
    const std::size_t silent = ParametersWithoutEffect(run_).size();
    AddCount(fmt::format("{} without any effect", CountText(silent, "parameter")), silent,
             Section::kWithoutEffect);
  }

  std::string Capitals(std::string_view text) const {
    std::string out(text);
    for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return out;
  }

  void AddInFull(const Finding& finding) {
    const std::string_view level = LevelOf(run_, finding.rule);
    AddLine("\n" + Paint(ColourOf(finding), Capitals(NameOf(finding.kind))) + " " +
            Paint(kBold, TerminalValue(finding.rule)) +
            (level.empty() ? "" : fmt::format(" ({})", level)));
    const Detail detail = verbose_ ? Detail::kFull : room_->detail;
    for (const std::string& line : FindingLines(run_, out_dir_, finding, detail)) AddLine(line);
  }

  // One line: what happened, how often, and as which fault.
  std::string OneLine(std::size_t number, const Finding& finding, std::size_t width) const {
    std::string how =
        fmt::format("{}, {}", CountText(finding.occurrences, "answer"), StabilityInShort(finding));
    if (finding.kind != FindingKind::kViolation)
      how = fmt::format("{}: {}", NameOf(finding.kind), how);
    if (!finding.diagnosis.empty())
      how += (finding.variant ? ", like " : ", as ") + TerminalValue(finding.diagnosis.front());
    return fmt::format("  {:>2}  {:<{}}  {}   {}", number, TerminalValue(finding.rule, 60), width,
                       TerminalValue(HeadlineOf(finding), 110), how);
  }

  // "5 findings (1 violation, 4 warnings), those that explain most first"
  std::string FindingsText(std::size_t findings) const {
    const Totals totals = CountTotals(run_);
    std::string kinds;
    const auto add = [&](std::uint64_t count, const char* singular, const char* plural) {
      if (count > 0) kinds += (kinds.empty() ? "" : ", ") + CountText(count, singular, plural);
    };
    add(totals.violations, "violation", "violations");
    add(totals.warnings, "warning", "warnings");
    add(totals.known, "known", "known");
    add(totals.inconclusive, "inconclusive", "inconclusive");
    return fmt::format("{} ({}){}", CountText(findings, "finding"), kinds,
                       findings > 1 ? ", those that explain most first" : "");
  }

  void AddFindings() {
    const std::vector<const Finding*> findings = SortFindings(run_);
    if (findings.empty()) return;
    const std::size_t in_full = verbose_ ? findings.size() : 1;
    for (std::size_t i = 0; i < in_full; ++i) AddInFull(*findings[i]);
    const std::size_t listed =
        verbose_ ? findings.size() : std::min(room_->listed, findings.size());
    AddLine("\n" + Paint(kBold, FindingsText(findings.size())));
    std::size_t width = 0;
    for (std::size_t i = 0; i < listed; ++i) {
      width = std::max(width, TerminalValue(findings[i]->rule, 60).size());
    }
    for (std::size_t i = 0; i < listed; ++i) AddLine(OneLine(i + 1, *findings[i], width));
    if (listed < findings.size()) {
      AddCount(fmt::format("  and {} more", findings.size() - listed), findings.size(),
               Section::kFindings);
    }
  }

  void AddVerdict() {
    const RunVerdict verdict = run_.trailer.verdict;
    const std::string_view colour = verdict == RunVerdict::kConforms     ? kGreen
                                    : verdict == RunVerdict::kViolations ? kRed
                                                                         : kYellow;
    AddLine("\n" + Paint(colour, TerminalValue(VerdictText(run_), 1000)));
    AddLine(ExitMeaning());
    if (out_dir_.empty()) return;
    const std::filesystem::path page = std::filesystem::path(out_dir_) / "report.html";
    std::error_code error;
    if (std::filesystem::exists(page, error)) AddLine("Look at " + TerminalText(page.string()));
  }

  std::string ExitMeaning() const {
    switch (run_.trailer.exit_code) {
      case 0:
        return "Exit code 0: nothing fails the run.";
      case 1:
        return CountTotals(run_).violations > 0
                   ? "Exit code 1: the target breaks what the document says."
                   : "Exit code 1: the run fails for that reason, by no violation.";
      case 2:
        return "Exit code 2: fix the command line or the file first.";
      default:
        return CountTotals(run_).violations > 0
                   ? "Exit code 3: no judgement of the whole; what is above was found."
                   : "Exit code 3: no judgement; nothing is said for or against the target.";
    }
  }

  const RecordedRun& run_;
  const std::string& out_dir_;
  const TerminalStyle& style_;
  const bool verbose_;
  const Room* room_ = &kRooms.front();
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

std::string TerminalSummary(const RecordedRun& run, const std::string& out_dir,
                            const TerminalStyle& style, bool verbose) {
  return Summary(run, out_dir, style, verbose).Text();
}

std::string TerminalSection(const RecordedRun& run, const std::string& out_dir, Section section,
                            const TerminalStyle& style) {
  std::string text = std::string(Heading(section)) + "\n";
  const std::vector<std::string> lines = LinesOf(run, out_dir, section, WidthOfLists(style));
  for (const std::string& line : lines) text += line + "\n";
  return Fit(lines.empty() ? text + "  none\n" : text, style);
}

}  // namespace assay
