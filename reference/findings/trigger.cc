#include "reference/findings/trigger.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "reference/describe_snapshots/parameters.h"

namespace assay {

std::string WithoutNumber(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  if (!name.starts_with("Tag.") || dot < 4) return name;
  return "Tag" + name.substr(dot);
}

namespace {

bool IsFrame(std::string_view name) {
  return name == "Action" || name == "RegionId" || name == "Format";
}

void Take(const std::vector<Parameter>& parameters, Trigger& out) {
  for (const auto& [name, value] : parameters) {
    if (IsPagingParameter(name)) {
      out.paging.insert(name == "NextToken" ? name : name + "=" + value);
    } else if (!IsFrame(name)) {
      out.filters.insert(WithoutNumber(name));
    }
  }
}

bool GoesByToken(const Trigger& trigger) {
  return std::ranges::any_of(trigger.paging, [](const std::string& text) {
    return text == "NextToken" || text.starts_with("MaxResults=");
  });
}

}  // namespace

bool Trigger::operator<(const Trigger& other) const {
  return std::tuple(filters.size(), paging.size()) <
         std::tuple(other.filters.size(), other.paging.size());
}

Trigger TriggerOf(const Finding& finding) {
  Trigger out;
  Take(finding.request.parameters, out);
  for (const Request& before : finding.before) Take(before.parameters, out);
  return out;
}

std::set<std::string> KindOfRequest(const Request& request) {
  std::set<std::string> out;
  if (request.method != "GET") out.insert(request.method);
  for (const auto& [name, value] : request.parameters) {
    if (IsPagingParameter(name)) {
      out.insert(name.starts_with("Page") ? "page" : "token");
    } else if (!IsFrame(name)) {
      out.insert(WithoutNumber(name));
    } else if (name == "Format" && value != "JSON") {
      out.insert("Format=" + value);
    }
  }
  return out;
}

bool IsWithin(const Trigger& plain, const Trigger& other) {
  if (!plain.filters.empty()) return std::ranges::includes(other.filters, plain.filters);
  return !plain.paging.empty() && std::ranges::includes(other.paging, plain.paging);
}

bool AreOfPlainLists(const Trigger& a, const Trigger& b) {
  return a.filters.empty() && b.filters.empty() && GoesByToken(a) == GoesByToken(b);
}

}  // namespace assay
