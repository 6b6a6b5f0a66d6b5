#include "reference/judge/walk_memory.h"

#include <algorithm>
#include <set>

#include "reference/describe_snapshots/parameters.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

constexpr std::size_t kMostLists = 20'000;  // bounds the memory of long campaigns
constexpr std::size_t kMostTokens = 200'000;
constexpr std::uint64_t kNoState = ~std::uint64_t{0};

// All values of the parameter, in order: which of several counts is a question.
std::string Raw(const Request& request, std::string_view name) {
  std::string out;
  for (const Parameter& parameter : request.parameters) {
    if (parameter.name != name) continue;
    out += '=';
    AppendPercentEncoded(parameter.value, &out);
  }
  return out;
}

bool IsTokenName(std::string_view name) {
  return std::ranges::equal(name, std::string_view("nexttoken"),
                            [](char c, char letter) { return (c | 0x20) == letter; });
}

// Every value that is the request's token under some reading.
std::vector<std::string_view> TokenTexts(const Request& request) {
  std::vector<std::string_view> out;
  for (const Parameter& parameter : request.parameters) {
    if (IsTokenName(parameter.name) && !parameter.value.empty()) out.push_back(parameter.value);
  }
  return out;
}

// True if no reading doubts which token the request continues: an empty one beside it may count.
bool HasOneToken(const Request& request) {
  return std::ranges::count_if(request.parameters, IsTokenName, &Parameter::name) == 1 &&
         request.Find("NextToken");
}

// The same list in the same slices: only then is the order promised to stay. The key is made of
// what was asked, not of what it means under a reading.
std::string ListKey(const Request& request) {
  std::string key = Raw(request, "PageSize") + '\n' + Raw(request, "MaxResults") + '\n';
  AppendForm(FilterParameters(request), &key);
  return key;
}

std::string PageKey(const Request& request) {
  return Raw(request, "PageNumber") + '\n' + Raw(request, "NextToken");
}

// A number as everybody writes and reads it.
bool IsPlainNumber(std::string_view text) {
  constexpr std::size_t kLongest = 9;
  return !text.empty() && text.size() <= kLongest && text.front() != '0' &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// True if the request can only be meant by number, and nobody doubts by which.
bool IsByNumber(const Request& request) {
  std::set<std::string_view> given;
  for (const auto& [name, value] : request.parameters) {
    if (!StartsWithAnyCase(name, "Page")) continue;
    const bool known = name == "PageNumber" || name == "PageSize";
    if (!known || !given.insert(name).second || !IsPlainNumber(value)) return false;
  }
  return !given.empty() && !request.Find("NextToken") && !request.Find("MaxResults");
}

// How well an origin fits a request: same filters, then same region.
int Fit(const TokenOrigin& origin, const std::vector<Parameter>& filters, std::string_view region) {
  return (origin.filters == filters ? 2 : 0) + (origin.region == region ? 1 : 0);
}

template <typename Origins>
auto BestOrigin(Origins& origins, const Request& request) {
  const auto filters = FilterParameters(request);
  const std::string_view region = request.Find("RegionId").value_or("");
  return std::ranges::max_element(
      origins, {}, [&](const auto& known) { return Fit(known.origin, filters, region); });
}

}  // namespace

std::optional<TokenOrigin> WalkMemory::View::Find(std::string_view token) const {
  const auto at = std::ranges::find(tokens_, token, &Seen::text);
  return at == tokens_.end() ? std::nullopt : at->origin;
}

bool WalkMemory::View::IsCut(std::string_view token) const {
  const auto at = std::ranges::find(tokens_, token, &Seen::text);
  return at != tokens_.end() && at->cut;
}

WalkMemory::View WalkMemory::FindTokens(const Request& request, std::uint64_t state) const {
  std::vector<View::Seen> seen;
  bool crosses = false;
  for (const std::string_view text : TokenTexts(request)) {
    seen.push_back({.text = std::string(text)});
    const auto known = tokens_.find(seen.back().text);
    if (known != tokens_.end()) {
      const KnownOrigin& best = *BestOrigin(known->second, request);
      seen.back().origin = best.origin;
      if (best.state != state) seen.back().origin->loose = crosses = true;
    } else {
      const auto longer = tokens_.lower_bound(seen.back().text);
      seen.back().cut = longer != tokens_.end() && longer->first.starts_with(text);
    }
  }
  return View(std::move(seen), crosses);
}

void WalkMemory::Use(const Request& request, bool certainly) {
  const bool one_token = HasOneToken(request);
  for (const std::string_view text : TokenTexts(request)) {
    const auto known = tokens_.find(std::string(text));
    if (known == tokens_.end()) continue;
    TokenOrigin& origin = BestOrigin(known->second, request)->origin;
    (certainly && one_token ? origin.used : origin.perhaps_used) = true;
    origin.loose |= certainly && !one_token;
  }
}

WalkMemory::Page::Page(const Request& the_request, const Plan& the_plan,
                       const std::vector<std::uint32_t>& the_listed, std::uint64_t the_state)
    : request(the_request), plan(the_plan), listed(the_listed), state(the_state) {
  const Paging& paging = plan.paging;
  if (paging.loose || paging.unknowable || paging.empty || paging.instead) return;
  list_key = ListKey(request);
  if (state > 0) list_key += '\n' + std::to_string(state);
  // The order is promised to stay for one request, not from one format or method to another.
  list_key += '\n' + Raw(request, "Format") + '\n' + request.method;
  list_key += NameOf(request.placement);
  page_key = PageKey(request);
}

std::optional<WalkMemory::Clash> WalkMemory::Check(const Page& page) const {
  const auto list = lists_.find(page.list_key);
  if (page.list_key.empty() || list == lists_.end()) return std::nullopt;
  const auto seen = list->second.pages.find(page.page_key);
  if (seen != list->second.pages.end() && seen->second.listed != page.listed) {
    return Clash{seen->second.exchange, true, page.listed.empty() ? 0 : page.listed.front()};
  }
  if (!IsByNumber(page.request)) return std::nullopt;
  for (const std::uint32_t position : page.listed) {
    const auto at = list->second.placements.find(position);
    if (at != list->second.placements.end() && at->second.page != page.plan.paging.number) {
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
  // A walk that branches (a longer or shorter page after the same token) must not disturb the first
  // one: what it lists is not what the token of the other page comes after.
  const auto later =
      std::ranges::count_if(*delivered, [&](const auto& entry) { return entry.second >= page; });
  const bool branches = later > 0 && (later != std::ssize(listed) ||
                                      std::ranges::any_of(listed, [&](std::uint32_t position) {
                                        const auto at = delivered->find(position);
                                        return at == delivered->end() || at->second < page;
                                      }));
  if (branches) {
    delivered = std::make_shared<std::unordered_map<std::uint32_t, std::int64_t>>(*delivered);
    std::erase_if(*delivered, [&](const auto& entry) { return entry.second >= page; });
  }
  for (const std::uint32_t position : listed) delivered->emplace(position, page);
  return delivered;
}

void WalkMemory::Remember(std::uint64_t exchange, const Page& page, std::string_view next_token) {
  if (!page.list_key.empty() && lists_.size() < kMostLists) {
    SeenList& list = lists_[page.list_key];
    const bool is_new =
        list.pages.try_emplace(page.page_key, SeenPage{exchange, page.listed}).second;
    if (is_new && IsByNumber(page.request)) {
      for (const std::uint32_t position : page.listed) {
        list.placements.try_emplace(position, Placement{page.plan.paging.number, exchange});
      }
    }
  }
  if (next_token.empty() || tokens_.size() >= kMostTokens) return;
  TokenOrigin origin =
      OriginAfter(page.request, page.plan, static_cast<std::int64_t>(page.listed.size()));
  if (!origin.loose) origin.delivered = Delivered(page.plan, page.listed);
  Keep(next_token, {std::move(origin), page.state});
}

void WalkMemory::Keep(std::string_view token, KnownOrigin known) {
  auto& origins = tokens_[std::string(token)];
  const auto same = std::ranges::find_if(origins, [&](const KnownOrigin& other) {
    return other.origin.filters == known.origin.filters &&
           other.origin.position == known.origin.position;
  });
  if (same == origins.end()) {
    origins.push_back(std::move(known));
  } else if (same->state != known.state) {
    *same = std::move(known);
  }
}

void WalkMemory::RememberLoose(const Request& request, std::string_view next_token) {
  if (next_token.empty() || tokens_.size() >= kMostTokens) return;
  TokenOrigin origin{.filters = FilterParameters(request),
                     .region = std::string(request.Find("RegionId").value_or("")),
                     .loose = true};
  Keep(next_token, {std::move(origin), kNoState});
}

}  // namespace assay
