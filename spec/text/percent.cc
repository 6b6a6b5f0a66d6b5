#include "spec/text/percent.h"

#include <cstddef>

namespace assay {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that "%XX" at `at` stands for, or -1.
int DecodeTriplet(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return -1;
  const int high = HexValue(text[at + 1]);
  const int low = HexValue(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

}  // namespace

void AppendPercentEncoded(std::string_view text, std::string* out) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::size_t copied = 0;  // what needs no encoding is copied in runs
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (IsUnreserved(text[i])) continue;
    out->append(text, copied, i - copied);
    const unsigned char byte = static_cast<unsigned char>(text[i]);
    const char triplet[] = {'%', kHex[byte >> 4], kHex[byte & 15]};
    out->append(triplet, sizeof triplet);
    copied = i + 1;
  }
  out->append(text, copied);
}

std::string PercentEncode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  AppendPercentEncoded(text, &out);
  return out;
}

std::string FormDecode(std::string_view text, bool* valid) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = text[i] == '%' ? DecodeTriplet(text, i) : -1;
    if (byte >= 0) {
      out.push_back(static_cast<char>(byte));
      i += 2;
      continue;
    }
    if (text[i] == '%' && valid != nullptr) *valid = false;
    out.push_back(text[i] == '+' ? ' ' : text[i]);
  }
  return out;
}

}  // namespace assay
