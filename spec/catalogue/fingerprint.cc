#include "spec/catalogue/fingerprint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace assay {
namespace {

constexpr std::string_view kFormat = "assay-fingerprint/1";
constexpr std::size_t kWordsPerLine = 10;

std::vector<std::string> Words(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// FNV-1a over salt and word in 64 bits, folded to 32.
std::uint32_t Hash(std::string_view salt, std::string_view word) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const std::string_view part : {salt, word}) {
    for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  }
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace

bool Fingerprint::Holds(std::string_view quote) const {
  const std::vector<std::uint32_t> run = FingerprintOf(quote, salt).words;
  return !run.empty() && !std::ranges::search(words, run).empty();
}

std::string Fingerprint::Text() const {
  std::string text = fmt::format("{} {} {}", kFormat, salt, words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += fmt::format("{}{:08x}", i % kWordsPerLine == 0 ? '\n' : ' ', words[i]);
  }
  return text + "\n";
}

Fingerprint FingerprintOf(std::string_view document, const std::string& salt) {
  Fingerprint fingerprint{salt, {}};
  for (const std::string& word : Words(document)) {
    fingerprint.words.push_back(Hash(salt, word));
  }
  return fingerprint;
}

Result<Fingerprint> ParseFingerprint(std::string_view text, const std::string& name) {
  const std::vector<std::string> words = Words(text);
  if (words.size() < 3 || words[0] != kFormat) {
    return Error{name, fmt::format("does not begin with `{} SALT COUNT`", kFormat)};
  }
  Fingerprint fingerprint{words[1], {}};
  for (std::size_t i = 3; i < words.size(); ++i) {
    std::uint32_t hash = 0;
    const char* end = words[i].data() + words[i].size();
    const auto [stop, failure] = std::from_chars(words[i].data(), end, hash, 16);
    if (failure != std::errc{} || stop != end || words[i].size() != 8) {
      return Error{name, fmt::format("word {}: `{}` is not eight hex digits", i - 2, words[i])};
    }
    fingerprint.words.push_back(hash);
  }
  if (words[2] != std::to_string(fingerprint.words.size())) {
    return Error{name,
                 fmt::format("promises {} words and holds {}", words[2], fingerprint.words.size())};
  }
  return fingerprint;
}

}  // namespace assay
