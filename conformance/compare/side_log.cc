#include "conformance/compare/side_log.h"

#include <fmt/format.h>

#include <functional>
#include <utility>

namespace assay {

void SideLog::Add(const ExchangeRecord& record) {
  SideExchange exchange{.id = record.id,
                        .suite = record.suite,
                        .test = record.test,
                        .request = record.request,
                        .response = {.status = record.status,
                                     .content_type = record.content_type,
                                     .body = record.body,
                                     .request_id = record.request_id},
                        .verdict = record.verdict};
  FindRole(exchange);
  if (record.status != 0) {
    AnswerDigest digest = digester_.Of(reader_.Read(exchange.response), exchange.response);
    exchange.digest = digest.Whole();
    if (!digest.next_token.empty()) {
      trail_.Add(++number_, exchange.request, digest.next_token);
      issuers_[number_] = std::make_shared<TokenIssuer>(
          TokenIssuer{exchange.request, exchange.token, exchange.role});
    }
  }
  exchanges_.push_back(std::move(exchange));
}

// A token of the target is known by who got it, one that is cut as the beginning of it, any other
// by its text.
void SideLog::FindRole(SideExchange& exchange) const {
  std::string text =
      fmt::format("{} {} {} {}", exchange.request.method, NameOf(exchange.request.placement),
                  NameOf(exchange.request.encoding), NameOf(exchange.request.forgery));
  for (const Parameter& parameter : exchange.request.parameters) {
    std::string value = parameter.value;
    const auto origin = trail_.OriginOf(value);
    if (parameter.name == "NextToken" && origin) {
      const auto& issuer = issuers_.at(origin->exchange);
      const bool whole = origin->missing == 0;
      if (whole) exchange.token = issuer;
      value = whole ? fmt::format("token {}", issuer->role) : std::string("a token, cut");
    }
    text += fmt::format("&{}={}", parameter.name, value);
  }
  exchange.role = std::hash<std::string>{}(text);
}

std::vector<SideExchange> SideLog::Take() { return std::exchange(exchanges_, {}); }

std::vector<ExchangePair> PairUp(std::vector<SideExchange> a, std::vector<SideExchange> b,
                                 std::size_t* alone) {
  std::multimap<std::uint64_t, SideExchange*> others;  // keeps the order of equal keys
  for (SideExchange& exchange : b) others.emplace(exchange.role, &exchange);
  std::vector<ExchangePair> out;
  for (SideExchange& exchange : a) {
    const auto first = others.lower_bound(exchange.role);
    if (first == others.end() || first->first != exchange.role) {
      ++*alone;
      continue;
    }
    out.push_back({std::move(exchange), std::move(*first->second)});
    others.erase(first);
  }
  *alone += others.size();
  return out;
}

}  // namespace assay
