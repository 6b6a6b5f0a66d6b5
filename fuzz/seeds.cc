#include "fuzz/seeds.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <set>

#include "fuzz/exchange_input.h"
#include "fuzz/mutator.h"
#include "spec/catalogue/operation.h"
#include "spec/text/hash.h"

namespace assay {

// Each entry is quoted, everything but plain characters as \xNN.
std::string DictionaryEntry(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    char hex[5];
    std::snprintf(hex, sizeof hex, "\\x%02X", static_cast<unsigned char>(c));
    const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
    out += plain ? std::string(1, c) : std::string(hex);
  }
  return out + "\"\n";
}

void WriteSeed(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

std::string NameOfInput(std::string_view text) {
  return fmt::format("{:016x}", MixHash(kHashStart, text));
}

std::string DictionaryText() {
  std::set<std::string> words = {std::string(kLastTokenOfInput), "@POST form\n",
                                 "CreationStartTime", "CreationEndTime"};
  for (const ParameterInfo& parameter : OperationInfo::Get().parameters) {
    words.insert(parameter.name + "=");
    words.insert(parameter.values.begin(), parameter.values.end());
    if (!parameter.example.empty()) words.insert(parameter.example);
  }
  for (const AnswerField& field : OperationInfo::Get().fields)
    words.insert("\"" + field.name + "\":");
  for (const ErrorInfo& error : Catalogue::Get().errors()) words.insert(error.code);
  std::string out;
  for (const std::string& word : words) out += DictionaryEntry(word);
  return out;
}

std::map<std::string, std::string> ExchangeSeeds(const Dataset& dataset) {
  std::map<std::string, std::string> seeds;
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    ExchangeInput input;
    for (const RuleCase& rule_case : rule.cases) {
      Request request{.method = rule_case.method == "POST" ? "POST" : "GET"};
      for (const auto& [name, value] : rule_case.set) {
        const bool placeholder = value.find('$') != std::string::npos;
        request.Set(name, placeholder ? SomeValue(name, dataset, Index(rule.id)) : value);
      }
      if (!request.parameters.empty()) input.requests.push_back(std::move(request));
    }
    if (!input.requests.empty()) seeds[std::string(Id(rule.id))] = WriteExchangeInput(input);
  }
  return seeds;
}

void WriteExchangeSeeds(const std::filesystem::path& folder, const Dataset& dataset) {
  for (const auto& [rule, text] : ExchangeSeeds(dataset)) WriteSeed(folder / rule, text);
}

void WriteImportedSeeds(const std::filesystem::path& folder,
                        const std::vector<std::string>& texts) {
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  std::size_t number = 0;
  for (const std::string& text : texts) WriteSeed(folder / fmt::format("{:05}", ++number), text);
}

}  // namespace assay
