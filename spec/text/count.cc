#include "spec/text/count.h"

namespace assay {

std::string Thousands(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string CountText(std::uint64_t count, std::string_view one) {
  const bool has_y = one.ends_with("y");
  const std::string_view stem = has_y ? one.substr(0, one.size() - 1) : one;
  return CountText(count, one, std::string(stem) + (has_y ? "ies" : "s"));
}

std::string CountText(std::uint64_t count, std::string_view one, std::string_view many) {
  return Thousands(count) + " " + std::string(count == 1 ? one : many);
}

std::string CountInWords(std::uint64_t count, std::string_view one) {
  return count == 0 ? "no " + std::string(one) : CountText(count, one);
}

std::string AtMostText(std::uint64_t count, std::string_view one) {
  return (count == 0 ? "" : "at most ") + CountInWords(count, one);
}

}  // namespace assay
