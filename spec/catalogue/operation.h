#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/fields.h"
#include "spec/text/result.h"

namespace assay {

// How a parameter with listed values filters, and by which rules and questions.
struct Selection {
  struct Valid {
    std::string value;
    Rule rule;
  };
  Field field{};
  Question empty{};                 // what an empty value means
  std::optional<Question> letters;  // whether letter case counts; none: it does not
  Rule absent = kNoRule;            // the rule for the parameter left out
  Rule unknown = kNoRule;           // and for any other value
  std::vector<Valid> values;        // in the order of ParameterInfo::values
};

// A request parameter as the document describes it. "Tag.N.Key" stands for N from 1 to
// `items_maximum`; for SnapshotIds that is the number of ids in the array.
struct ParameterInfo {
  std::string name;
  std::string type;  // "string", "integer", "boolean"
  bool required = false;
  Level level = Level::kMust;
  std::optional<std::string> default_value;
  std::vector<std::string> values;  // empty if any is valid
  bool any_letters = false;         // letter case of `values` does not matter
  std::optional<int> minimum, maximum, items_maximum;
  bool deprecated = false;
  std::string example;
  std::string description;
  std::optional<Selection> selects;
  std::vector<SourceReference> sources;
};

// A field of an answer. `in` is the field that holds it, or "response", or "error".
struct AnswerField {
  std::string name;
  std::string in;
  std::string type;  // those above, "object", "array"
  std::string also;  // a second admissible type, or ""
  Level level = Level::kMust;
  bool optional = false;
  std::vector<std::string> values;
  bool any_letters = false;
  std::string format;  // "date-time" or ""
  bool deprecated = false;
  std::string example;
  std::string description;
  std::vector<SourceReference> sources;
};

// The outside of the operation: operation.json.
struct OperationInfo {
  std::string action;
  std::string version;
  std::string summary;
  std::vector<std::string> methods;
  std::string path;
  std::vector<ParameterInfo> parameters;
  std::vector<AnswerField> fields;        // of a list, those of an object behind the object
  std::vector<AnswerField> error_fields;  // of the error envelope

  // The embedded one; its data is checked by tests.
  static const OperationInfo& Get();
  // The parameter of that name, or nullptr.
  const ParameterInfo* FindParameter(std::string_view name) const;
};

// Errors name the file, the position and the key.
Result<OperationInfo> ParseOperation(std::string_view text, const std::string& name);

}  // namespace assay
