#include "spec/catalogue/fields.h"

#include <unordered_map>

namespace assay {

const FieldInfo* FindField(std::string_view name) {
  static const auto* const by_name = [] {
    auto* map = new std::unordered_map<std::string_view, const FieldInfo*>;
    for (const FieldInfo& info : kFields) map->emplace(info.name, &info);
    return map;
  }();
  const auto at = by_name->find(name);
  return at == by_name->end() ? nullptr : at->second;
}

}  // namespace assay
