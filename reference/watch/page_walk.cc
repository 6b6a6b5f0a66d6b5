#include "reference/watch/page_walk.h"

#include <utility>

namespace assay {

Request WholeList(const std::string& region, const std::string& format) {
  Request request;
  request.Set("Action", "DescribeSnapshots");
  request.Set("RegionId", region);
  request.Set("Format", format);
  return request;
}

PageWalk::PageWalk(Request list, By by, std::vector<std::int64_t> sizes, OnPage on_page)
    : list_(std::move(list)), by_(by), sizes_(std::move(sizes)), on_page_(std::move(on_page)) {}

bool PageWalk::Next(const ObservedAnswer* previous, Request& request) {
  if (asked_ > 0) {
    if (!previous || !on_page_(*previous)) return false;
    token_ = previous->next_token.text;
    if (by_ == By::kToken && token_.empty()) return false;
  }
  request = list_;
  const std::string size = std::to_string(sizes_[asked_ % sizes_.size()]);
  ++asked_;
  if (by_ == By::kToken) {
    request.Set("MaxResults", size);
    if (!token_.empty()) request.Set("NextToken", token_);
  } else {
    request.Set("PageNumber", std::to_string(asked_));
    request.Set("PageSize", size);
  }
  return true;
}

}  // namespace assay
