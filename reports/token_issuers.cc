#include "reports/token_issuers.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace assay {
namespace {

bool IsTokenName(std::string_view name) {
  return std::ranges::equal(name, std::string_view("nexttoken"),
                            [](char c, char letter) { return (c | 0x20) == letter; });
}

}  // namespace

std::uint64_t TokenIssuers::IssuerOf(const std::string& token) const {
  const auto issuer = issuers_.lower_bound(token);
  return issuer != issuers_.end() && issuer->first.starts_with(token) ? issuer->second : 0;
}

void TokenIssuers::Take(const ExchangeRecord& exchange) {
  for (const auto& [name, value] : exchange.parameters) {
    if (value.empty() || !IsTokenName(name)) continue;
    if (const std::uint64_t issuer = IssuerOf(value)) came_from_[exchange.id] = issuer;
  }
  if (!exchange.next_token.empty()) issuers_[exchange.next_token] = exchange.id;
}

bool TokenIssuers::Know(const ExchangeRecord& exchange) const {
  return std::ranges::all_of(exchange.parameters, [&](const auto& parameter) {
    const auto& [name, value] = parameter;
    return value.empty() || !IsTokenName(name) || IssuerOf(value) != 0;
  });
}

std::set<std::uint64_t> TokenIssuers::Complete(std::set<std::uint64_t> exchanges) const {
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
