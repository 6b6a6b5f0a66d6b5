#include "spec/operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "spec/data_file.h"
#include "spec/embedded.h"
#include "spec/parse_parts.h"

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

ParameterInfo ReadParameter(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  ParameterInfo made;
  ReadCommon(file, reader, made);
  made.required = reader.OptionalBool("required").value_or(false);
  made.default_value = reader.OptionalText("default");
  made.minimum = reader.OptionalInt("minimum");
  made.maximum = reader.OptionalInt("maximum");
  made.items_maximum = reader.OptionalInt("items_maximum");
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

template <typename T>
std::vector<T> ReadList(DataFile& file, ObjectReader& owner, const std::string& key,
                        T (*read)(DataFile&, const Json&, const std::string&)) {
  std::vector<T> list;
  for (const Json* element : owner.List(key)) {
    list.push_back(read(file, *element, PlaceOfElement(owner.PlaceOf(key), list.size(), *element)));
  }
  return list;
}

OperationInfo Embedded() {
  for (const EmbeddedFile& file : EmbeddedFiles()) {
    if (file.name != "operation.json") continue;
    Result<OperationInfo> operation = ParseOperation(file.text, std::string(file.name));
    if (operation.has_value()) return std::move(operation).value();
    fmt::print(stderr, "spec/describe_snapshots/{}\n", operation.error().Text());
  }
  std::abort();
}

}  // namespace

const OperationInfo& OperationInfo::Get() {
  static const OperationInfo operation = Embedded();
  return operation;
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
  reader.RefuseOthers();
  if (!file.sound()) return file.error();
  return operation;
}

}  // namespace assay
