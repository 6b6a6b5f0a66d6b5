#include "spec/text/secret_mask.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>

#include "spec/text/base64.h"
#include "spec/text/letters.h"
#include "spec/text/percent.h"
#include "spec/text/xml_entity.h"

namespace assay {
namespace {

constexpr std::string_view kMask = "***";

std::string ReplacedEach(std::string_view text,
                         const std::function<std::string(char)>& replacement) {
  std::string out;
  for (const char c : text) out += replacement(c);
  return out;
}

// The ways in which programs escape a text for JSON.
void AddJsonSpellings(std::string_view text, std::vector<std::string>& out) {
  const auto plainly = [](char c) {
    return c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  };
  out.push_back(ReplacedEach(text, plainly));
  out.push_back(
      ReplacedEach(text, [&](char c) { return c == '/' ? std::string("\\/") : plainly(c); }));
  for (const bool small : {false, true}) {
    for (const std::string_view escaped : {"<>&", "<>&+'\"`"}) {
      out.push_back(ReplacedEach(text, [&](char c) {
        if (escaped.find(c) == std::string_view::npos) return plainly(c);
        return small ? fmt::format("\\u{:04x}", static_cast<int>(c))
                     : fmt::format("\\u{:04X}", static_cast<int>(c));
      }));
    }
  }
}

void AddXmlSpelling(std::string_view text, std::vector<std::string>& out) {
  out.push_back(ReplacedEach(text, [](char c) {
    const std::string_view entity = XmlEntity(static_cast<unsigned char>(c));
    return entity.empty() ? std::string(1, c) : std::string(entity);
  }));
}

// What Base64 of any text that holds this one holds: that depends on where in it this one begins.
void AddBase64Spellings(std::string_view text, std::vector<std::string>& out) {
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string encoded = ToBase64(std::string(before, 'x') + std::string(text));
    // Letters that hold bits of a neighbour are left out.
    const std::size_t begin = before == 0 ? 0 : before + 1;
    const std::size_t end = (before + text.size()) * 8 / 6;
    if (end < begin + 5) continue;
    std::string inner = encoded.substr(begin, end - begin);
    out.push_back(inner);
    std::ranges::replace(inner, '+', '-');
    std::ranges::replace(inner, '/', '_');
    out.push_back(std::move(inner));
  }
}

std::string PercentEncoded(std::string_view text, bool small) {
  std::string out;
  AppendPercentEncoded(text, &out);
  if (!small) return out;
  for (std::size_t at = 0; (at = out.find('%', at)) != std::string::npos; at += 3) {
    for (std::size_t i = at + 1; i < std::min(at + 3, out.size()); ++i)
      out[i] = SmallLetter(out[i]);
  }
  return out;
}

}  // namespace

void SecretMask::Add(std::string_view secret) {
  if (secret.size() < 4) return;
  std::vector<std::string> all;
  const std::string once = PercentEncoded(secret, false);
  for (const std::string& text : {std::string(secret), once, PercentEncoded(secret, true)}) {
    all.push_back(text);
    AddJsonSpellings(text, all);
    AddXmlSpelling(text, all);
    AddBase64Spellings(text, all);
    for (const bool small : {false, true}) all.push_back(PercentEncoded(text, small));
  }
  std::ranges::move(all, std::back_inserter(spellings_));
  std::ranges::sort(spellings_, [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  const auto same = std::ranges::unique(spellings_);
  spellings_.erase(same.begin(), same.end());
}

void SecretMask::Hide(std::string& text) const {
  for (const std::string& spelling : spellings_) {
    std::size_t at = text.find(spelling);
    if (at == std::string::npos) continue;
    std::string out;
    std::size_t done = 0;
    for (; at != std::string::npos; at = text.find(spelling, done)) {
      out.append(text, done, at - done).append(kMask);
      done = at + spelling.size();
    }
    text = std::move(out.append(text, done));
  }
}

}  // namespace assay
