#include "reports/text/wrap.h"

#include <algorithm>

namespace assay {
namespace {

constexpr std::size_t kNarrowest = 30;    // below it nothing is gained
constexpr std::size_t kWidestLabel = 26;  // a column further to the right is no label's

// Characters, without escape sequences.
std::size_t WidthOf(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b')
      i = std::min(text.find('m', i), text.size() - 1);
    else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80)
      ++width;
  }
  return width;
}

bool IsCommand(std::string_view line) {
  return line.starts_with("  try ") || line.starts_with("  again ");
}

// Where the text begins behind a label ("  rule says  Usage …"), otherwise a bit behind the indent.
std::size_t HangOf(std::string_view line) {
  const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t gap = line.find("  ", indent);
  const std::size_t text = line.find_first_not_of(' ', std::min(gap, line.size()));
  return text <= kWidestLabel ? text : indent + 2;
}

std::string WrapLine(std::string_view line, std::size_t columns) {
  if (WidthOf(line) <= columns || IsCommand(line)) return std::string(line);
  const std::size_t hang = HangOf(line);
  std::string out;
  std::size_t column = 0;
  bool has_word = false;
  while (!line.empty()) {
    const std::size_t gap = std::min(line.find_first_not_of(' '), line.size());
    std::string_view word = line.substr(gap);
    if (gap < 2 || !word.starts_with("assay ")) word = word.substr(0, word.find(' '));
    line.remove_prefix(gap + word.size());
    const std::size_t width = WidthOf(word);
    if (has_word && column + gap + width > columns) {
      out += "\n" + std::string(hang, ' ');
      column = hang;
    } else {
      out.append(gap, ' ');
      column += gap;
    }
    out += word;
    column += width;
    has_word = true;
  }
  return out;
}

}  // namespace

std::string WrapWords(std::string_view text, std::size_t columns) {
  if (columns < kNarrowest) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out += WrapLine(text.substr(0, end), columns);
    if (end == std::string_view::npos) break;
    out += '\n';
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace assay
