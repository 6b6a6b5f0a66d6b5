#include "reference/describe_snapshots/made_up.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "spec/text/letters.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, kMadeUpStems> kStems = {"9e8d7c6b5a4f", "3f6e9d2c5b8a",
                                                               "7a4b1c9d6e3f"};
constexpr std::size_t kLeastStem = 6;  // of the stem that every such value holds

// A digit and an "a", three times over.
bool BeginsWithNumber(std::string_view text) {
  if (text.size() < 6) return false;
  for (std::size_t i = 0; i < 6; i += 2) {
    if (!IsDigit(text[i]) || text[i + 1] != 'a') return false;
  }
  return true;
}

}  // namespace

std::string MadeUpValue(std::string_view prefix, std::size_t stem, int number) {
  std::string tail;
  for (const char digit : fmt::format("{:03}", number)) tail += {digit, 'a'};
  const std::string_view begin = kStems[stem];
  std::string out(prefix);
  out += begin.substr(0, begin.size() - std::min(begin.size() - kLeastStem, tail.size()));
  return out + tail;
}

bool IsMadeUp(std::string_view value) {
  const std::string small = SmallLetters(value);
  if (small.find("zz-nowhere") != std::string::npos) return true;
  return std::ranges::any_of(kStems, [&](std::string_view stem) {
    const std::size_t at = small.find(stem.substr(0, kLeastStem));
    return at != std::string::npos &&
           BeginsWithNumber(std::string_view(small).substr(at + kLeastStem));
  });
}

}  // namespace assay
