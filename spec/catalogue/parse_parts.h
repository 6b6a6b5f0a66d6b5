#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/data_file.h"

namespace assay {

// Parts that several data files share. They complain to the file and then return what they have.
std::vector<SourceReference> ReadSources(DataFile& file, ObjectReader& owner);
Level ReadLevel(ObjectReader& owner);
// Ids as the numbers that the compiler knows them by; the first one after a complaint.
Rule ReadRuleId(ObjectReader& owner, const std::string& key);
Question ReadQuestionId(ObjectReader& owner, const std::string& key);
Option ReadOptionId(ObjectReader& owner, const std::string& key);

// The elements of the list at `key`, each read by `read(file, element, place)`.
template <typename T>
std::vector<T> ReadList(DataFile& file, ObjectReader& owner, const std::string& key,
                        T (*read)(DataFile&, const nlohmann::ordered_json&, const std::string&)) {
  std::vector<T> list;
  for (const nlohmann::ordered_json* element : owner.List(key)) {
    list.push_back(read(file, *element, PlaceOfElement(owner.PlaceOf(key), list.size(), *element)));
  }
  return list;
}

// The text of an embedded file; "" if there is none of that name.
std::string_view EmbeddedText(std::string_view name);

// What is read from the embedded data. It was checked before the program was shipped: an error here
// is our own bug.
template <typename T>
T Trust(Result<T> result) {
  if (result.has_value()) return std::move(result).value();
  fmt::print(stderr, "spec/describe_snapshots/{}\n", result.error().Text());
  std::abort();
}

}  // namespace assay
