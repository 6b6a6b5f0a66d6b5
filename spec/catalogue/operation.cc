#include "spec/catalogue/operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "spec/catalogue/data_file.h"
#include "spec/catalogue/parse_parts.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 5> kTypes = {"string", "integer", "boolean", "object",
                                                    "array"};

std::string ReadType(ObjectReader& reader, const std::string& key, const std::string& type) {
  if (!type.empty() && std::ranges::find(kTypes, type) == kTypes.end()) {
    reader.Complain(key, fmt::format("`{}` is not one of {}", type, fmt::join(kTypes, ", ")));
  }
  return type;
}

// What parameters and fields have in common.
template <typename T>
void ReadCommon(DataFile& file, ObjectReader& reader, T& made) {
  made.name = reader.Text("name");
  made.type = ReadType(reader, "type", reader.Text("type"));
  made.level = ReadLevel(reader);
  made.values = reader.Texts("values");
  made.any_letters = reader.OptionalBool("any_letters").value_or(false);
  made.deprecated = reader.OptionalBool("deprecated").value_or(false);
  made.example = reader.Text("example");
  made.description = reader.Text("description");
  made.sources = ReadSources(file, reader);
}

Selection ReadSelection(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  Selection made;
  const std::string field = reader.Text("field");
  if (const FieldInfo* info = FindField(field)) {
    made.field = info->field;
  } else {
    reader.Complain("field", fmt::format("`{}` is not a field of a snapshot", field));
  }
  made.empty = ReadQuestionId(reader, "empty");
  if (reader.Find("letters")) made.letters = ReadQuestionId(reader, "letters");
  made.absent = ReadRuleId(reader, "absent");
  made.unknown = ReadRuleId(reader, "unknown");
  if (const Json* values = reader.Find("values"); values && values->is_object()) {
    ObjectReader rules(file, *values, reader.PlaceOf("values"));
    for (const auto& [word, rule] : values->items()) {
      made.values.push_back({word, ReadRuleId(rules, word)});
    }
  }
  if (made.values.empty()) reader.Complain("values", "{VALUE: RULE} is expected here");
  reader.RefuseOthers();
  return made;
}

ParameterInfo ReadParameter(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  ParameterInfo made;
  ReadCommon(file, reader, made);
  made.required = reader.OptionalBool("required").value_or(false);
  made.default_value = reader.OptionalText("default");
  made.minimum = reader.OptionalInt("minimum");
  made.maximum = reader.OptionalInt("maximum");
  made.items_maximum = reader.OptionalInt("items_maximum");
  if (const Json* selects = reader.Find("selects")) {
    made.selects = ReadSelection(file, *selects, reader.PlaceOf("selects"));
  }
  reader.RefuseOthers();
  return made;
}

AnswerField ReadField(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  AnswerField made;
  ReadCommon(file, reader, made);
  made.in = reader.Text("in");
  made.also = ReadType(reader, "also", reader.TextOr("also", ""));
  made.format = reader.TextOr("format", "");
  made.optional = reader.OptionalBool("optional").value_or(false);
  reader.RefuseOthers();
  return made;
}

}  // namespace

const OperationInfo& OperationInfo::Get() {
  static const OperationInfo operation =
      Trust(ParseOperation(EmbeddedText("operation.json"), "operation.json"));
  return operation;
}

const ParameterInfo* OperationInfo::FindParameter(std::string_view wanted) const {
  const auto at = std::ranges::find(parameters, wanted, &ParameterInfo::name);
  return at == parameters.end() ? nullptr : &*at;
}

Result<OperationInfo> ParseOperation(std::string_view text, const std::string& name) {
  DataFile file(text, name);
  if (!file.sound()) return file.error();
  ObjectReader reader(file, file.root(), "");
  OperationInfo operation;
  operation.action = reader.Text("action");
  operation.version = reader.Text("version");
  operation.summary = reader.Text("summary");
  operation.methods = reader.Texts("methods");
  operation.path = reader.Text("path");
  operation.parameters = ReadList(file, reader, "parameters", ReadParameter);
  operation.fields = ReadList(file, reader, "fields", ReadField);
  operation.error_fields = ReadList(file, reader, "error_fields", ReadField);
  reader.List("state");  // kFields is made of it
  reader.RefuseOthers();
  if (!file.sound()) return file.error();
  return operation;
}

}  // namespace assay
