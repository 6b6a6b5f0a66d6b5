#include "fuzz/wire_reduction.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/record/raw_message.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

using Pieces = std::vector<std::string>;

const std::string kPlainLine = "GET $path?$query HTTP/1.1\\r\\n\n";
const std::string kHostLine = "Host: $host\\r\\n\n";
const std::string kEndOfLine = "\\r\\n\n";

std::string Joined(const Pieces& pieces) {
  std::string out;
  for (const std::string& piece : pieces) out += piece;
  return out;
}

Pieces PiecesByLine(std::string_view text) {
  Pieces out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

// How long the escape, or the value, at the beginning is; 1 for a character.
std::size_t LengthOfOne(std::string_view text) {
  const auto whole = [&](std::size_t length) { return std::min(length, text.size()); };
  if (text.starts_with("\\x")) return whole(4);
  if (text.starts_with("\\")) return whole(2);
  if (!text.starts_with("$")) return 1;
  if (text.starts_with("$repeat("))
    return whole(text.find(')')) == text.size() ? 1 : text.find(')') + 1;
  const auto goes_on = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return static_cast<std::size_t>(std::find_if_not(text.begin() + 1, text.end(), goes_on) -
                                  text.begin());
}

Pieces CharactersOf(std::string_view text) {
  Pieces out;
  while (!text.empty()) {
    const std::size_t length = LengthOfOne(text);
    out.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return out;
}

// By the lines of the message, whatever the lines of the text are.
Pieces PiecesByWireLine(std::string_view text) {
  Pieces out;
  bool ended = true;
  for (const std::string& character : CharactersOf(text)) {
    if (ended && (character != "\n" || out.empty())) out.emplace_back();
    out.back() += character;
    ended = character == "\\n" || (ended && character == "\n" && out.back() != "\n");
  }
  return out;
}

std::string WithoutTextEnd(const std::string& line) {
  return line.substr(0, line.find_last_not_of('\n') + 1);
}

bool EndsHead(const std::string& line) { return WithoutTextEnd(line) == "\\r\\n"; }

// What an ordinary message has in the place of that line: the request line, its Host, or the end.
std::string OrdinaryLine(const std::string& line, bool is_first) {
  if (is_first) return kPlainLine;
  if (SmallLetters(line).starts_with("host")) return kHostLine;
  const std::string start = WithoutTextEnd(line);
  if (!start.ends_with("\\n") || start.ends_with("\\r\\n")) return line;
  return start.substr(0, start.size() - 2) + kEndOfLine;
}

// Leaves out runs of pieces, long ones first.
template <typename Fails>
Pieces LeaveOut(Pieces pieces, const Fails& fails) {
  for (std::size_t run = std::max<std::size_t>(1, pieces.size() / 2); run > 0; run /= 2) {
    for (std::size_t at = 0; at < pieces.size();) {
      Pieces fewer = pieces;
      const auto begin = fewer.begin() + static_cast<std::ptrdiff_t>(at);
      fewer.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(run, pieces.size() - at)));
      if (fails(fewer)) {
        pieces = std::move(fewer);
      } else {
        at += run;
      }
    }
  }
  return pieces;
}

// A smaller number of times in the first repetition at or after that place; "" if there is none.
std::string Halved(const std::string& text, std::size_t& at) {
  constexpr std::string_view kName = "$repeat(";
  at = text.find(kName, at);
  if (at == std::string::npos) return "";
  std::size_t times = 0;
  const std::size_t begin = at + kName.size();
  const auto [end, error] = std::from_chars(text.data() + begin, text.data() + text.size(), times);
  if (error != std::errc{} || times < 2) return "";
  const std::size_t length = static_cast<std::size_t>(end - text.data()) - begin;
  return std::string(text).replace(begin, length, std::to_string(times / 2));
}

class Reducer {
 public:
  Reducer(std::string text, const RawReduction& reduction)
      : reduction_(reduction), text_(std::move(text)), oddities_(reduction.oddities(text_)) {}

  std::string Reduce() {
    StartLater();
    Transplant();
    Repair();
    LeaveOutLines();
    ShortenRepetitions();
    LeaveOutCharacters();
    return std::move(text_);
  }

 private:
  // Takes the text if its message fails, too, and has nothing odd that this one has not.
  bool Takes(std::string text) { return Takes(std::move(text), oddities_.size()); }
  // The same, if less is odd than now.
  bool TakesOrdinary(std::string text) {
    return !oddities_.empty() && Takes(std::move(text), oddities_.size() - 1);
  }
  // The same, if at most so much is odd.
  bool Takes(std::string text, std::size_t most) {
    std::set<std::string> oddities = reduction_.oddities(text);
    if (oddities.size() > most || !std::ranges::includes(oddities_, oddities)) return false;
    if (!reduction_.fails(text)) return false;
    text_ = std::move(text);
    oddities_ = std::move(oddities);
    return true;
  }

  // A request before the one that matters may be odd, too, and hide what is odd with that one.
  void StartLater() {
    const Pieces lines = PiecesByWireLine(text_);
    for (std::size_t first = lines.size(); first-- > 1;) {
      if (!EndsHead(lines[first - 1])) continue;
      std::string later = Joined({lines.begin() + static_cast<std::ptrdiff_t>(first), lines.end()});
      if (!reduction_.fails(later)) continue;
      text_ = std::move(later);
      oddities_ = reduction_.oddities(text_);
      return;
    }
  }

  // A line by which it fails may do so in an ordinary message, too.
  void Transplant() {
    for (const std::string& line : PiecesByWireLine(text_)) {
      if (oddities_.size() < 2) return;
      const std::string one = OrdinaryLine(line, false);
      if (TakesOrdinary(kPlainLine + kHostLine + one + kEndOfLine)) return;
      if (TakesOrdinary(one + kHostLine + kEndOfLine)) return;
    }
  }

  void Repair() {
    if (oddities_.empty() || text_.empty()) return;
    Pieces lines = PiecesByWireLine(text_);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      Pieces others = lines;
      others[i] = OrdinaryLine(lines[i], i == 0);
      if (others[i] != lines[i] && TakesOrdinary(Joined(others))) lines = std::move(others);
    }
    const std::string before = text_.ends_with('\n') ? "" : "\n";
    for (const std::string& end : {kEndOfLine, kEndOfLine + kEndOfLine}) {
      TakesOrdinary(text_ + before + end);
    }
    lines = PiecesByWireLine(text_);
    lines.insert(lines.begin() + 1, kHostLine);
    TakesOrdinary(Joined(lines));
  }

  void LeaveOutLines() {
    (void)LeaveOut(PiecesByLine(text_), [&](const Pieces& lines) { return Takes(Joined(lines)); });
  }

  void ShortenRepetitions() {
    for (std::size_t at = 0; at != std::string::npos;) {
      const std::string smaller = Halved(text_, at);
      if (at != std::string::npos && (smaller.empty() || !Takes(smaller))) ++at;
    }
  }

  void LeaveOutCharacters() {
    Pieces lines = PiecesByLine(text_);
    for (std::string& line : lines) {
      // Where it ends in the text means nothing, and is for readers.
      const std::string end = line.ends_with('\n') ? "\n" : "";
      const std::string whole = line.substr(0, line.size() - end.size());
      const Pieces fewer = LeaveOut(CharactersOf(whole), [&](const Pieces& pieces) {
        line = Joined(pieces) + end;
        return Takes(Joined(lines));
      });
      line = Joined(fewer) + end;
    }
  }

  const RawReduction& reduction_;
  std::string text_;
  std::set<std::string> oddities_;
};

}  // namespace

std::string ReduceRawMessage(std::string text, const RawReduction& reduction) {
  return Reducer(PrintableRawMessage(text), reduction).Reduce();
}

}  // namespace assay
