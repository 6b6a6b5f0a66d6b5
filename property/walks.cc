#include "property/walks.h"

#include <algorithm>
#include <utility>

namespace assay {

namespace {

constexpr std::size_t kMostPages = 100;  // of a walk; a longer one is left unfinished

}  // namespace

std::unique_ptr<Script> WalkByNumber(Request request, std::int64_t page_size) {
  for (const char* name : {"NextToken", "MaxResults"}) request.Unset(name);
  request.Set("PageSize", std::to_string(page_size));
  return std::make_unique<PageScript>(PageWalk(
      std::move(request), PageWalk::By::kNumber, {page_size},
      [page_size, pages = std::size_t{0}](const ObservedAnswer& page) mutable {
        return ++pages < kMostPages && std::cmp_greater_equal(page.snapshot_count, page_size);
      }));
}

std::unique_ptr<Script> WalkByToken(Request request, std::int64_t max_results) {
  for (const char* name : {"PageNumber", "PageSize", "NextToken"}) request.Unset(name);
  return std::make_unique<PageScript>(
      PageWalk(std::move(request), PageWalk::By::kToken, {max_results},
               [pages = std::size_t{0}](const ObservedAnswer& page) mutable {
                 return ++pages < kMostPages && !NextTokenOf(page).empty();
               }));
}

WalkResult WalkResultOf(const ScriptResult& result) {
  WalkResult out;
  if (result.empty()) return out;
  out.first = result.front();
  out.last = result.back();
  out.answered = out.first.answered;
  out.refused = out.answered && out.first.status != 200;
  for (const JudgedExchange& exchange : result) {
    out.ids.insert(out.ids.end(), exchange.verdict.listed.begin(), exchange.verdict.listed.end());
  }
  out.sound = std::ranges::all_of(
      result, [](const JudgedExchange& exchange) { return exchange.verdict.IsSound(); });
  // A page past the end may be refused; a walk that broke off says nothing about the rest. A
  // snapshot without an id cannot be told from others.
  const bool nameless = std::ranges::find(out.ids, "") != out.ids.end();
  out.complete =
      out.answered && !out.refused && out.last.answered && result.size() < kMostPages && !nameless;
  return out;
}

}  // namespace assay
