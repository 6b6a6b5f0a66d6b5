#include "reports/render/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "reports/render/overview.h"
#include "reports/text/text.h"
#include "spec/text/count.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::milliseconds kDrawnInterval{100};
constexpr std::chrono::seconds kPlainInterval{5};
constexpr std::size_t kBarWidth = 20;
constexpr double kSoonest = 2;  // seconds, after which a guess means something

std::string Bar(double share) {
  const auto filled = static_cast<std::size_t>(share * kBarWidth);
  return "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "] ";
}

}  // namespace

Result<ProgressMode> ParseProgressMode(const std::string& text) {
  if (text == "auto") return ProgressMode::kAuto;
  if (text == "plain") return ProgressMode::kPlain;
  if (text == "off") return ProgressMode::kOff;
  return Error{"--progress", "`" + text + "` is none of auto, plain, off"};
}

Progress::Progress(std::ostream& out, ProgressMode mode, const TerminalStyle& style, Clock clock)
    : out_(out),
      off_(mode == ProgressMode::kOff),
      drawn_(mode == ProgressMode::kAuto && style.is_terminal),
      style_(style),
      clock_(std::move(clock)) {}

Progress::~Progress() { End(); }

void Progress::Begin(std::string_view part, std::uint64_t done, std::uint64_t of) {
  const auto now = clock_();
  if (!running_) begun_ = shown_ = now;
  const bool is_first = !running_;
  running_ = true;
  part_ = TerminalText(part);
  done_ = done;
  of_ = of;
  if (off_ || !drawn_) return;
  if (!is_first && now - shown_ < kDrawnInterval) return;
  shown_ = now;
  Show();
}

void Progress::CountRequest() {
  ++requests_;
  if (off_ || !running_) return;
  const auto now = clock_();
  if (now - shown_ < (drawn_ ? steady_clock::duration(kDrawnInterval) : kPlainInterval)) return;
  shown_ = now;
  Show();
}

void Progress::End() {
  if (running_ && !off_) {
    if (drawn_) out_ << "\r\x1b[K" << std::flush;
    if (!drawn_) out_ << Line() << std::endl;
  }
  running_ = false;
}

std::string Progress::TimeLeft(double seconds) const {
  if (done_ == 0 || done_ >= of_ || seconds < kSoonest) return "";
  const double left = seconds * static_cast<double>(of_ - done_) / static_cast<double>(done_);
  if (left < 90) return fmt::format(", about {:.0f} s left", left);
  return fmt::format(", about {:.0f} min left", left / 60);
}

std::string Progress::Line() const {
  const double seconds = std::chrono::duration<double>(clock_() - begun_).count();
  const double share = of_ == 0 ? 0 : static_cast<double>(done_) / static_cast<double>(of_);
  std::string line = of_ == 0 ? "" : fmt::format("{:3.0f} % ", share * 100);
  line += fmt::format("{}: {}", part_, CountText(requests_, "request"));
  if (seconds > 0.5) {
    line += fmt::format(
        ", {} a second",
        Thousands(static_cast<std::uint64_t>(static_cast<double>(requests_) / seconds)));
  }
  // Several may turn out to have one cause.
  line += ", " + (failures_ == 0 ? "no failure"
                                 : CountText(failures_, "kind of failure", "kinds of failures"));
  return line + TimeLeft(seconds);
}

void Progress::Show() {
  if (!drawn_) {
    out_ << Line() << std::endl;
    return;
  }
  // One column stays free: some terminals wrap as soon as the last one is written.
  const auto columns = static_cast<std::size_t>(std::max(1, style_.columns - 1));
  std::string line = Line();
  if (of_ > 0 && line.size() + kBarWidth + 3 <= columns) {
    line = Bar(std::min(1.0, static_cast<double>(done_) / static_cast<double>(of_))) + line;
  }
  out_ << "\r\x1b[K" << CutUtf8(line, columns) << std::flush;
}

}  // namespace assay
