// Build tool: turns the JSON files of spec/<operation>/ into one C++ source that holds their text,
// and one header that lists the ids of rules, questions and options, so that a misspelt id in the
// code does not compile.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
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
    for (const json& rule : data) rules.insert(rule.at("id").get<std::string>());
  } else if (file.name == "questions.json") {
    for (const json& question : data) {
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
      "#include <string>\n\n#include \"spec/embedded.h\"\n\n"
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
  } catch (const std::exception& e) {
    std::cerr << "embed_spec: " << argv[1] << ": " << e.what() << '\n';
    return 2;
  }
  return 0;
}
