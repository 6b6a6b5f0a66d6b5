#include "spec/publish/openapi.h"

#include <fmt/format.h>

#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/operation.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

// JSON Schema's regular expressions know no switch for letter case.
std::string AnyLetters(const std::vector<std::string>& values) {
  std::string pattern;
  for (const std::string& value : values) {
    pattern += pattern.empty() ? "^(" : "|";
    for (const char c : value) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isalpha(byte) != 0) {
        pattern += fmt::format("[{}{}]", static_cast<char>(std::toupper(byte)),
                               static_cast<char>(std::tolower(byte)));
      } else {
        pattern += c;
      }
    }
  }
  return pattern + ")$";
}

Json Typed(const std::string& type, const std::string& text) {
  if (type == "integer" || type == "boolean") return Json::parse(text);
  return text;
}

template <typename T>
Json ValueSchema(const T& info) {
  Json schema = {{"type", info.type}};
  if (info.any_letters) {
    schema["pattern"] = AnyLetters(info.values);
  } else if (!info.values.empty()) {
    schema["enum"] = info.values;
  }
  return schema;
}

Json ParameterSchema(const ParameterInfo& parameter) {
  Json schema = ValueSchema(parameter);
  if (parameter.minimum) schema["minimum"] = *parameter.minimum;
  if (parameter.maximum) schema["maximum"] = *parameter.maximum;
  if (parameter.default_value) {
    schema["default"] = Typed(parameter.type, *parameter.default_value);
  }
  if (parameter.items_maximum && parameter.name.find(".N.") == std::string::npos) {
    schema["contentMediaType"] = "application/json";
    schema["contentSchema"] = {
        {"type", "array"}, {"items", {{"type", "string"}}}, {"maxItems", *parameter.items_maximum}};
  }
  return schema;
}

// "Tag.1.Key" to "Tag.20.Key" for "Tag.N.Key", or the name itself.
std::vector<std::string> NamesOf(const ParameterInfo& parameter) {
  const std::size_t at = parameter.name.find(".N.");
  if (at == std::string::npos) return {parameter.name};
  std::vector<std::string> names;
  for (int n = 1; n <= parameter.items_maximum.value_or(1); ++n) {
    names.push_back(
        fmt::format("{}.{}.{}", parameter.name.substr(0, at), n, parameter.name.substr(at + 3)));
  }
  return names;
}

Json QueryParameters(const OperationInfo& operation) {
  Json parameters = Json::array();
  for (const ParameterInfo& parameter : operation.parameters) {
    for (const std::string& name : NamesOf(parameter)) {
      Json entry = {{"name", name},
                    {"in", "query"},
                    {"required", parameter.required},
                    {"description", parameter.description},
                    {"schema", ParameterSchema(parameter)},
                    {"example", Typed(parameter.type, parameter.example)}};
      if (parameter.deprecated) entry["deprecated"] = true;
      parameters.push_back(std::move(entry));
    }
  }
  return parameters;
}

Json FormSchema(const OperationInfo& operation) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const ParameterInfo& parameter : operation.parameters) {
    if (parameter.required) required.push_back(parameter.name);
    for (const std::string& name : NamesOf(parameter)) {
      properties[name] = ParameterSchema(parameter);
      properties[name]["description"] = parameter.description;
      if (parameter.deprecated) properties[name]["deprecated"] = true;
    }
  }
  return {{"type", "object"}, {"required", required}, {"properties", properties}};
}

Json ObjectSchema(const std::vector<AnswerField>& fields, const std::string& in);

Json FieldSchema(const std::vector<AnswerField>& fields, const AnswerField& field) {
  Json schema;
  if (field.type == "object") {
    schema = ObjectSchema(fields, field.name);
  } else if (field.type == "array") {
    schema = {{"type", "array"}, {"items", ObjectSchema(fields, field.name)}};
  } else {
    schema = ValueSchema(field);
    if (!field.also.empty()) schema["type"] = {field.type, field.also};
    if (!field.format.empty()) schema["format"] = field.format;
    schema["examples"] = Json::array({Typed(field.type, field.example)});
  }
  schema["description"] = field.description;
  if (field.deprecated) schema["deprecated"] = true;
  return schema;
}

Json ObjectSchema(const std::vector<AnswerField>& fields, const std::string& in) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const AnswerField& field : fields) {
    if (field.in != in) continue;
    properties[field.name] = FieldSchema(fields, field);
    if (!field.optional) required.push_back(field.name);
  }
  return {{"type", "object"}, {"required", required}, {"properties", properties}};
}

// Both media types of one schema of the components.
Json Content(const std::string& schema) {
  const Json reference = {{"schema", {{"$ref", "#/components/schemas/" + schema}}}};
  return {{"application/json", reference}, {"application/xml", reference}};
}

Json Responses() {
  std::map<int, std::vector<const ErrorInfo*>> by_status;
  for (const ErrorInfo& error : Catalogue::Get().errors()) {
    by_status[error.status].push_back(&error);
  }
  Json responses = {
      {"200", {{"description", "A page of snapshots."}, {"content", Content("List")}}}};
  for (const auto& [status, errors] : by_status) {
    std::string codes = "An error. Codes:";
    for (const ErrorInfo* error : errors) {
      codes += fmt::format("\n- `{}` ({}): {}", error->code,
                           error->level == Level::kMust ? "must" : "should", error->description);
    }
    responses[std::to_string(status)] = {{"description", codes}, {"content", Content("Error")}};
  }
  return responses;
}

Json Components(const OperationInfo& operation) {
  Json list = ObjectSchema(operation.fields, "response");
  list["xml"] = {{"name", operation.action + "Response"}};
  Json error = ObjectSchema(operation.error_fields, "error");
  error["xml"] = {{"name", "Error"}};
  return {{"schemas", {{"List", list}, {"Error", error}, {"Request", FormSchema(operation)}}}};
}

Json Operations(const OperationInfo& operation) {
  const Json form = {{"application/x-www-form-urlencoded",
                      {{"schema", {{"$ref", "#/components/schemas/Request"}}}}}};
  return {{"get",
           {{"operationId", operation.action},
            {"summary", operation.summary},
            {"parameters", QueryParameters(operation)},
            {"responses", Responses()}}},
          {"post",
           {{"operationId", operation.action + "ByForm"},
            {"summary", operation.summary},
            {"requestBody", {{"required", true}, {"content", form}}},
            {"responses", Responses()}}}};
}

}  // namespace

std::string OpenApiDocument() {
  const OperationInfo& operation = OperationInfo::Get();
  const Json document = {{"openapi", "3.1.0"},
                         {"info",
                          {{"title", operation.action},
                           {"version", operation.version},
                           {"summary", operation.summary}}},
                         {"servers", Json::array({{{"url", "https://ecs.aliyuncs.com"}}})},
                         {"paths", {{operation.path, Operations(operation)}}},
                         {"components", Components(operation)}};
  return document.dump(2) + "\n";
}

}  // namespace assay
