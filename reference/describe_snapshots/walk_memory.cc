#include "reference/describe_snapshots/walk_memory.h"

#include <algorithm>

namespace assay {
namespace {

constexpr std::size_t kMostLists = 20'000;  // bounds the memory of long campaigns
constexpr std::size_t kMostTokens = 200'000;

// The same list in the same slices: only then is the order promised to stay.
std::string ListKey(const Request& request, const Plan& plan) {
  std::string key = plan.paging.by_token ? "token " : "page ";
  key += std::to_string(plan.paging.size);
  for (const Parameter& parameter : FilterParameters(request)) {
    key += '\n';
    key += parameter.name;
    key += '=';
    key += parameter.value;
  }
  return key;
}

std::string PageKey(const Request& request, const Plan& plan) {
  if (!plan.paging.by_token) return std::to_string(plan.paging.number);
  return std::string(request.Find("NextToken").value_or(""));
}

// How well an origin fits a request: same filters, then same region.
int Fit(const TokenOrigin& origin, const std::vector<Parameter>& filters, std::string_view region) {
  return (origin.filters == filters ? 2 : 0) + (origin.region == region ? 1 : 0);
}

template <typename Origins>
auto BestOrigin(Origins& origins, const Request& request) {
  const auto filters = FilterParameters(request);
  const std::string_view region = request.Find("RegionId").value_or("");
  return std::ranges::max_element(origins, {}, [&](const TokenOrigin& origin) {
    return Fit(origin, filters, region);
  });
}

}  // namespace

WalkMemory::View WalkMemory::Look(const Request& request) const {
  const auto token = request.Find("NextToken");
  if (!token || token->empty()) return View(std::nullopt, false);
  const auto known = tokens_.find(std::string(*token));
  if (known != tokens_.end()) return View(*BestOrigin(known->second, request), false);
  const bool cut = std::ranges::any_of(
      tokens_, [&](const auto& entry) { return entry.first.starts_with(*token); });
  return View(std::nullopt, cut);
}

TokenOrigin* WalkMemory::FindOrigin(const Request& request) {
  const auto token = request.Find("NextToken");
  const auto known = token ? tokens_.find(std::string(*token)) : tokens_.end();
  if (known == tokens_.end()) return nullptr;
  return &*BestOrigin(known->second, request);
}

void WalkMemory::Use(const Request& request) {
  if (TokenOrigin* origin = FindOrigin(request)) origin->used = true;
}

std::optional<WalkMemory::Clash> WalkMemory::Check(
    const Request& request, const Plan& plan, const std::vector<std::uint32_t>& listed) const {
  if (plan.paging.loose || plan.paging.empty) return std::nullopt;
  const auto list = lists_.find(ListKey(request, plan));
  if (list == lists_.end()) return std::nullopt;
  const auto page = list->second.pages.find(PageKey(request, plan));
  if (page != list->second.pages.end() && page->second.listed != listed) {
    return Clash{page->second.exchange, true, listed.empty() ? 0 : listed.front()};
  }
  for (const std::uint32_t position : listed) {
    const auto at = list->second.placements.find(position);
    if (at != list->second.placements.end() && at->second.page != plan.paging.number) {
      return Clash{at->second.exchange, false, position};
    }
  }
  return std::nullopt;
}

std::shared_ptr<std::unordered_map<std::uint32_t, std::int64_t>> WalkMemory::Delivered(
    const Plan& plan, const std::vector<std::uint32_t>& listed) const {
  const auto& origin = plan.paging.origin;
  auto delivered = origin && origin->delivered
                       ? origin->delivered
                       : std::make_shared<std::unordered_map<std::uint32_t, std::int64_t>>();
  const std::int64_t page = origin ? origin->page : 0;
  // A walk that branches (another page size) must not disturb the first one.
  const bool branches = std::ranges::any_of(*delivered, [&](const auto& entry) {
    return entry.second >= page && std::ranges::find(listed, entry.first) == listed.end();
  });
  if (branches) {
    delivered = std::make_shared<std::unordered_map<std::uint32_t, std::int64_t>>(*delivered);
    std::erase_if(*delivered, [&](const auto& entry) { return entry.second >= page; });
  }
  for (const std::uint32_t position : listed) delivered->emplace(position, page);
  return delivered;
}

void WalkMemory::Remember(std::uint64_t exchange, const Request& request, const Plan& plan,
                          const std::vector<std::uint32_t>& listed, std::string_view next_token) {
  const Paging& paging = plan.paging;
  if (paging.loose || paging.empty) return;
  if (lists_.size() < kMostLists) {
    SeenList& list = lists_[ListKey(request, plan)];
    list.pages.try_emplace(PageKey(request, plan), SeenPage{exchange, listed});
    if (!paging.by_token) {
      for (const std::uint32_t position : listed) {
        list.placements.try_emplace(position, Placement{paging.number, exchange});
      }
    }
  }
  if (next_token.empty() || tokens_.size() >= kMostTokens) return;
  const auto count = static_cast<std::int64_t>(listed.size());
  const std::int64_t before = !paging.by_token ? (paging.number - 1) * paging.size
                              : paging.origin  ? paging.origin->position
                                               : 0;
  TokenOrigin origin{.filters = paging.origin ? paging.origin->filters : FilterParameters(request),
                     .region = plan.region,
                     .position = before + count,
                     .size = paging.size,
                     .used = false,
                     .delivered = Delivered(plan, listed),
                     .page = paging.origin ? paging.origin->page + 1 : 1};
  auto& origins = tokens_[std::string(next_token)];
  const auto same = std::ranges::find_if(origins, [&](const TokenOrigin& known) {
    return known.filters == origin.filters && known.position == origin.position;
  });
  if (same == origins.end()) origins.push_back(std::move(origin));
}

}  // namespace assay
