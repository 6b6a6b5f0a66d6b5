// Build tool: turns the JSON files of spec/<operation>/ into C++: one source that holds their text,
// a header that lists the ids of rules, questions and options, so that a misspelt id in the code
// does not compile, and the table of a snapshot's fields.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct File {
  std::string name;  // relative to the operation's folder
  std::string text;
};

std::vector<File> ReadFiles(const fs::path& folder) {
  std::vector<File> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    if (entry.path().parent_path().filename() == "schemas") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    files.push_back({fs::relative(entry.path(), folder).generic_string(), std::move(text)});
  }
  std::ranges::sort(files, {}, &File::name);
  return files;
}

void CollectIds(const File& file, std::set<std::string>& rules, std::set<std::string>& questions,
                std::set<std::string>& options) {
  const json data = json::parse(file.text);
  if (file.name.starts_with("rules/")) {
    for (const json& rule : data.at("rules")) rules.insert(rule.at("id").get<std::string>());
  } else if (file.name == "questions.json") {
    for (const json& question : data.at("questions")) {
      questions.insert(question.at("id").get<std::string>());
      for (const json& option : question.at("options")) {
        options.insert(option.at("id").get<std::string>());
      }
    }
  }
}

std::string IdList(const char* name, const std::set<std::string>& ids) {
  std::string out =
      fmt::format("inline constexpr std::array<std::string_view, {}> {} = {{\n", ids.size(), name);
  for (const std::string& id : ids) out += fmt::format("    \"{}\",\n", id);
  return out + "};\n\n";
}

std::string IdsHeader(const std::vector<File>& files) {
  std::set<std::string> rules, questions, options;
  for (const File& file : files) CollectIds(file, rules, questions, options);
  return "// Made by embed_spec from spec/describe_snapshots; sorted.\n#pragma once\n\n"
         "#include <array>\n#include <string_view>\n\nnamespace assay {\n\n" +
         IdList("kRuleIds", rules) + IdList("kQuestionIds", questions) +
         IdList("kOptionIds", options) + "}  // namespace assay\n";
}

const File& Find(const std::vector<File>& files, std::string_view name) {
  const auto at = std::ranges::find(files, name, &File::name);
  if (at == files.end()) throw std::runtime_error(fmt::format("{} is missing", name));
  return *at;
}

// The "state" of operation.json with what it leaves to the field of that name.
std::vector<json> StateFields(const std::vector<File>& files) {
  const json operation = json::parse(Find(files, "operation.json").text);
  std::vector<json> out;
  for (json field : operation.at("state")) {
    for (const json& shown : operation.at("fields")) {
      if (shown.at("in") != "Snapshot" || shown.at("name") != field.at("name")) continue;
      field["documented"] = shown.at("level") == "must";
      if (!field.contains("type")) field["type"] = shown.at("type");
      if (!field.contains("required")) field["required"] = !shown.value("optional", false);
      if (!field.contains("values") && shown.contains("values")) field["values"] = shown["values"];
    }
    if (!field.contains("shown") && field.contains("values")) field["shown"] = field["values"];
    out.push_back(std::move(field));
  }
  return out;
}

std::string FieldNamesHeader(const std::vector<json>& fields) {
  std::string names;
  for (const json& field : fields) {
    names += fmt::format("  k{},\n", field.at("name").get<std::string>());
  }
  const auto documented = std::ranges::count_if(
      fields, [](const json& field) { return field.value("documented", false); });
  return fmt::format(
      "// Made by embed_spec from spec/describe_snapshots/operation.json.\n#pragma once\n\n"
      "#include <cstddef>\n#include <cstdint>\n\nnamespace assay {{\n\n"
      "enum class Field : std::uint8_t {{\n{}}};\n"
      "inline constexpr std::size_t kFieldCount = {};\n"
      "inline constexpr std::size_t kDocumentedFieldCount = {};\n\n}}  // namespace assay\n",
      names, fields.size(), documented);
}

std::string TextList(const std::string& name, const json& field, const char* key) {
  if (!field.contains(key)) return "";
  std::string texts;
  for (const json& text : field[key]) texts += fmt::format("\"{}\", ", text.get<std::string>());
  return fmt::format("constexpr std::string_view {}[] = {{{}}};\n", name, texts);
}

std::string FieldRow(const json& field, const std::string& values, const std::string& shown) {
  const std::string name = field.at("name"), type = field.at("type");
  const auto id = [&](const char* key, const char* suffix, const char* none) {
    if (!field.contains(key)) return std::string(none);
    return fmt::format("\"{}\"_{}", field[key].get<std::string>(), suffix);
  };
  return fmt::format(
      "    {{Field::k{}, \"{}\", FieldType::k{}, {}, {}, {}, \"{}\", {}, {}}},\n", name, name,
      type == "string"    ? "String"
      : type == "integer" ? "Integer"
                          : "Boolean",
      field.at("required").get<bool>(), id("rule", "rule", "kNoRule"),
      id("unset", "question", "std::nullopt"), field.value("noun", ""), values, shown);
}

std::string FieldsSource(const std::vector<json>& fields) {
  std::string lists, rows;
  for (const json& field : fields) {
    const std::string name = field.at("name");
    const std::string values = field.contains("values") ? "kValuesOf" + name : "{}";
    const std::string shown = field.contains("shown") ? "kShownOf" + name : "{}";
    lists += TextList(values, field, "values") + TextList(shown, field, "shown");
    rows += FieldRow(field, values, shown);
  }
  return fmt::format(
      "// Made by embed_spec from spec/describe_snapshots/operation.json.\n"
      "#include \"spec/catalogue/fields.h\"\n\nnamespace assay {{\nnamespace {{\n\n{}\n"
      "}}  // namespace\n\n"
      "constinit const std::array<FieldInfo, kFieldCount> kFields = {{{{\n{}}}}};\n\n"
      "}}  // namespace assay\n",
      lists, rows);
}

// One string literal; the compiler joins its lines.
std::string Literal(std::string_view text) {
  std::string out = "\n    \"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n\"\n    \"";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7F) {
      out += fmt::format("\\{:03o}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// Compilers need not take a literal of more than 65,536 characters, so a file is put together from
// several.
std::string Literals(std::string_view text) {
  constexpr std::size_t kLongest = 30'000;
  std::string out;
  for (; !text.empty(); text.remove_prefix(std::min(kLongest, text.size()))) {
    out += fmt::format("{}std::string_view({}, {})", out.empty() ? "" : ",",
                       Literal(text.substr(0, kLongest)), std::min(kLongest, text.size()));
  }
  return out;
}

std::string EmbeddedSource(const std::vector<File>& files) {
  std::string out =
      "// Made by embed_spec from spec/describe_snapshots.\n#include <initializer_list>\n"
      "#include <string>\n\n#include \"spec/catalogue/embedded.h\"\n\n"
      "namespace assay {\n\nnamespace {\n\n"
      "std::string Joined(std::initializer_list<std::string_view> pieces) {\n"
      "  std::string out;\n  for (const std::string_view piece : pieces) out += piece;\n"
      "  return out;\n}\n\n}  // namespace\n\n"
      "const std::vector<EmbeddedFile>& EmbeddedFiles() {\n";
  for (std::size_t i = 0; i < files.size(); ++i) {
    out += fmt::format("  static const std::string text{} = Joined({{{}}});\n", i,
                       Literals(files[i].text));
  }
  out += "  static const std::vector<EmbeddedFile> files = {\n";
  for (std::size_t i = 0; i < files.size(); ++i) {
    out += fmt::format("      {{\"{}\", text{}}},\n", files[i].name, i);
  }
  return out + "  };\n  return files;\n}\n\n}  // namespace assay\n";
}

void Write(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: embed_spec OPERATION_FOLDER OUTPUT_FOLDER\n";
    return 2;
  }
  try {
    const std::vector<File> files = ReadFiles(argv[1]);
    fs::create_directories(argv[2]);
    Write(fs::path(argv[2]) / "ids.gen.h", IdsHeader(files));
    Write(fs::path(argv[2]) / "embedded.gen.cc", EmbeddedSource(files));
    const std::vector<json> fields = StateFields(files);
    Write(fs::path(argv[2]) / "field_names.gen.h", FieldNamesHeader(fields));
    Write(fs::path(argv[2]) / "fields.gen.cc", FieldsSource(fields));
  } catch (const std::exception& e) {
    std::cerr << "embed_spec: " << argv[1] << ": " << e.what() << '\n';
    return 2;
  }
  return 0;
}
