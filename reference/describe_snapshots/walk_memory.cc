#include "reference/describe_snapshots/walk_memory.h"

#include <algorithm>

namespace assay {
namespace {

constexpr std::size_t kMostLists = 20'000;  // bounds the memory of long campaigns
constexpr std::size_t kMostTokens = 200'000;

std::string Raw(const Request& request, const char* name) {
  const auto value = request.Find(name);
  return value ? "=" + std::string(*value) : "";
}

// The same list in the same slices: only then is the order promised to stay. The key is made of
// what was asked, not of what a reading makes of it.
std::string ListKey(const Request& request) {
  std::string key = Raw(request, "PageSize") + '\n' + Raw(request, "MaxResults");
  for (const Parameter& parameter : FilterParameters(request)) {
    key += '\n';
    key += parameter.name;
    key += '=';
    key += parameter.value;
  }
  return key;
}

std::string PageKey(const Request& request) {
  return Raw(request, "PageNumber") + '\n' + Raw(request, "NextToken");
}

// True where the request can only be meant by number.
bool IsByNumber(const Request& request) {
  return (request.Find("PageNumber") || request.Find("PageSize")) &&
         !request.Find("NextToken") && !request.Find("MaxResults");
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
  const auto list = lists_.find(ListKey(request));
  if (list == lists_.end()) return std::nullopt;
  const auto page = list->second.pages.find(PageKey(request));
  if (page != list->second.pages.end() && page->second.listed != listed) {
    return Clash{page->second.exchange, true, listed.empty() ? 0 : listed.front()};
  }
  if (!IsByNumber(request)) return std::nullopt;
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
  if (!plan.paging.loose && !plan.paging.empty && lists_.size() < kMostLists) {
    SeenList& list = lists_[ListKey(request)];
    list.pages.try_emplace(PageKey(request), SeenPage{exchange, listed});
    for (const std::uint32_t position : IsByNumber(request) ? listed : std::vector<std::uint32_t>{}) {
      list.placements.try_emplace(position, Placement{plan.paging.number, exchange});
    }
  }
  if (next_token.empty() || tokens_.size() >= kMostTokens) return;
  TokenOrigin origin = OriginAfter(request, plan, static_cast<std::int64_t>(listed.size()));
  if (!origin.loose) origin.delivered = Delivered(plan, listed);
  auto& origins = tokens_[std::string(next_token)];
  const auto same = std::ranges::find_if(origins, [&](const TokenOrigin& known) {
    return known.filters == origin.filters && known.position == origin.position;
  });
  if (same == origins.end()) origins.push_back(std::move(origin));
}

}  // namespace assay
