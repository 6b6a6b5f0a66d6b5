#include "reference/faults/fault.h"

#include <algorithm>
#include <utility>

namespace assay {

std::string_view NameOf(Stage stage) {
  constexpr std::string_view kNames[] = {"receive", "authenticate", "parse",  "validate", "select",
                                         "order",   "page",         "render", "send"};
  return kNames[static_cast<std::size_t>(stage)];
}

std::optional<std::string> FaultMemory::Find(const std::string& key) const {
  const std::scoped_lock lock(mutex_);
  const auto at = texts_.find(key);
  return at == texts_.end() ? std::nullopt : std::optional(at->second);
}
void FaultMemory::Keep(const std::string& key, std::string text) {
  const std::scoped_lock lock(mutex_);
  if (texts_.size() < kMost) texts_[key] = std::move(text);
}
int FaultMemory::Count(const std::string& key) {
  const std::scoped_lock lock(mutex_);
  if (counts_.size() >= kMost) counts_.clear();
  return counts_[key]++;
}

bool Scene::HasIndexed(std::string_view prefix) const {
  return std::ranges::any_of(request.parameters, [&](const Parameter& parameter) {
    return parameter.name.starts_with(prefix) && parameter.name.size() > prefix.size() &&
           parameter.name[prefix.size()] == '.';
  });
}

}  // namespace assay
