#include "property/walks.h"

#include <algorithm>

namespace assay {

PageWalk::PageWalk(Request request, std::size_t page_size)
    : request_(std::move(request)), page_size_(page_size) {
  for (const char* name : {"NextToken", "MaxResults"}) request_.Unset(name);
  request_.Set("PageSize", std::to_string(page_size));
}

bool PageWalk::Next(const Response* previous, Request& request) {
  if (page_ > 0) {
    const bool full = previous && reader_.Read(*previous).snapshot_count >= page_size_;
    if (!full || page_ == kMostPages) return false;
  }
  request_.Set("PageNumber", std::to_string(++page_));
  request = request_;
  return true;
}

TokenWalk::TokenWalk(Request request, std::size_t max_results) : request_(std::move(request)) {
  for (const char* name : {"PageNumber", "PageSize", "NextToken"}) request_.Unset(name);
  request_.Set("MaxResults", std::to_string(max_results));
}

bool TokenWalk::Next(const Response* previous, Request& request) {
  if (page_ > 0) {
    const std::string token = previous ? NextTokenOf(*previous) : "";
    if (token.empty() || page_ == kMostPages) return false;
    request_.Set("NextToken", token);
  }
  ++page_;
  request = request_;
  return true;
}

Listing ListingOf(const ScriptResult& result) {
  Listing out;
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
  // A page past the end may be refused; one that broke off says nothing about the rest.
  out.complete = out.answered && !out.refused && out.last.answered && result.size() < kMostPages;
  return out;
}

}  // namespace assay
