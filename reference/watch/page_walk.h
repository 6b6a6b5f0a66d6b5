#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "reference/answer/observed.h"
#include "reference/wire/message.h"

namespace assay {

// The request for all snapshots of a region, without paging.
Request WholeList(const std::string& region, const std::string& format);

// Asks for the pages of one list, one after the other.
class PageWalk {
 public:
  enum class By { kNumber, kToken };
  // Called with each page; returns whether another one is wanted. A walk by token also ends with
  // the page that has no token.
  using OnPage = std::function<bool(const ObservedAnswer& page)>;
  // `sizes` of the pages, in turn.
  PageWalk(Request list, By by, std::vector<std::int64_t> sizes, OnPage on_page);

  // Fills in the request of the next page; false at the end. `previous` is the page asked for last,
  // nullptr for the first call and if there was no answer: then the walk ends.
  bool Next(const ObservedAnswer* previous, Request& request);
  std::size_t asked() const { return asked_; }  // pages

 private:
  const Request list_;
  const By by_;
  const std::vector<std::int64_t> sizes_;
  const OnPage on_page_;
  std::size_t asked_ = 0;
  std::string token_;
};

}  // namespace assay
