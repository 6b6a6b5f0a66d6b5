#include "spec/record/token_trail.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace assay {
namespace {

constexpr std::string_view kToken = "$token.";
constexpr std::string_view kCut = ".cut";

bool IsTokenName(std::string_view name) {
  return std::ranges::equal(name, std::string_view("nexttoken"),
                            [](char c, char letter) { return (c | 0x20) == letter; });
}

bool IsOfName(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

std::size_t TokenReference::number() const {
  std::size_t number = 0;
  const char* end = answer.data() + answer.size();
  const auto read = std::from_chars(answer.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? number : 0;
}

std::string TokenOfAnswer(std::size_t answer) {
  return std::string(kToken) + std::to_string(answer);
}

std::optional<TokenReference> ParseTokenReference(std::string_view text) {
  if (!text.starts_with(kToken)) return std::nullopt;
  text.remove_prefix(kToken.size());
  const bool cut = text.ends_with(kCut);
  if (cut) text.remove_suffix(kCut.size());
  if (text.empty() || !std::ranges::all_of(text, IsOfName)) return std::nullopt;
  return TokenReference{std::string(text), cut};
}

std::string GivenTokens::Of(const TokenReference& reference) const {
  const auto given = tokens_.find(reference.answer);
  if (given == tokens_.end()) return "";
  const std::string& token = given->second;
  return reference.cut ? token.substr(0, (token.size() + 1) / 2) : token;
}

bool GivenTokens::Substitute(Request& request) const {
  bool all_given = true;
  for (Parameter& parameter : request.parameters) {
    const std::optional<TokenReference> reference = ParseTokenReference(parameter.value);
    if (!reference) continue;
    parameter.value = Of(*reference);
    all_given = all_given && !parameter.value.empty();
  }
  return all_given;
}

void TokenTrail::Add(std::uint64_t exchange, const Request& request,
                     const std::string& next_token) {
  for (const Parameter& parameter : request.parameters) {
    if (!IsTokenName(parameter.name)) continue;
    if (const auto origin = OriginOf(parameter.value)) came_from_[exchange] = origin->exchange;
  }
  if (!next_token.empty()) issuers_[next_token] = exchange;
}

std::optional<TokenTrail::Origin> TokenTrail::OriginOf(const std::string& token) const {
  const auto issuer = issuers_.lower_bound(token);
  if (token.empty() || issuer == issuers_.end() || !issuer->first.starts_with(token)) {
    return std::nullopt;
  }
  return Origin{issuer->second, issuer->first.size() - token.size()};
}

bool TokenTrail::Knows(const Request& request) const {
  return std::ranges::all_of(request.parameters, [&](const Parameter& parameter) {
    return parameter.value.empty() || !IsTokenName(parameter.name) || OriginOf(parameter.value);
  });
}

std::set<std::uint64_t> TokenTrail::Complete(std::set<std::uint64_t> exchanges) const {
  std::vector<std::uint64_t> open(exchanges.begin(), exchanges.end());
  while (!open.empty()) {
    const auto issuer = came_from_.find(open.back());
    open.pop_back();
    if (issuer == came_from_.end()) continue;
    if (exchanges.insert(issuer->second).second) open.push_back(issuer->second);
  }
  return exchanges;
}

}  // namespace assay
