#pragma once

#include <set>
#include <string>

#include "spec/record/record.h"

namespace assay {

// What sets a finding off: the parameters of the requests that show it, after reduction. Region,
// format and the values of filters are ignored.
struct Trigger {
  std::set<std::string> filters;  // names, those of tags without their number: "Status", "Tag.Key"
  std::set<std::string> paging;   // "PageSize=1", "MaxResults=20", "NextToken"

  // The plainer one first.
  bool operator<(const Trigger& other) const;
};
Trigger TriggerOf(const Finding& finding);

// "Tag.3.Key" -> "Tag.Key"
std::string WithoutNumber(const std::string& name);

// What kind of request it is: the names of its filters, "page" or "token" for a way of paging, the
// format if it is not the usual one, and how it is sent if that is not by GET.
std::set<std::string> KindOfRequest(const Request& request);

// True if the requests of `other` contain what sets `plain` off, a filter or a way of paging, so
// that one cause may be behind both.
bool IsWithin(const Trigger& plain, const Trigger& other);
// True if both ask for lists without a filter, in one way of paging.
bool AreOfPlainLists(const Trigger& a, const Trigger& b);

}  // namespace assay
