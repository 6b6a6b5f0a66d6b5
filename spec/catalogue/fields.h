#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "spec/catalogue/field_names.gen.h"
#include "spec/catalogue/ids.h"

namespace assay {

// The scalar fields of a snapshot (`Field`) are the "state" of operation.json, in its order: the
// `kDocumentedFieldCount` fields of the base document, those of newer editions, those that no
// answer shows.
enum class FieldType : std::uint8_t { kString, kInteger, kBoolean };

struct FieldInfo {
  Field field;
  std::string_view name;
  FieldType type;                 // the type in a dataset file
  bool required;                  // in a dataset file
  Rule rule;                      // what judges it in an answer; kNoRule: no answer shows it
  std::optional<Question> unset;  // how a text that is unset may look
  std::string_view noun;          // what one of `values` is called: "a status"
  std::span<const std::string_view> values;  // of a dataset file; empty: any
  std::span<const std::string_view> shown;   // of answers, in any letters; empty: any
};
extern const std::array<FieldInfo, kFieldCount> kFields;

inline const FieldInfo& InfoOf(Field field) { return kFields[static_cast<std::size_t>(field)]; }

// The field of that API name, or nullptr.
const FieldInfo* FindField(std::string_view name);

}  // namespace assay
