// Writes the dictionary and the seed corpora from the spec: `make_corpus FOLDER`.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "fuzz/exchange_input.h"
#include "fuzz/mutator.h"
#include "reference/server/service.h"
#include "reference/target/target.h"
#include "spec/catalogue/operation.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

void Write(const fs::path& file, std::string_view text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

// libFuzzer's form: each entry quoted, everything but plain characters as \xNN.
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

std::string Dictionary() {
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

// One input a rule: the requests of its cases, if they need no placeholder.
void WriteExchanges(const fs::path& folder, const Dataset& dataset) {
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
    if (!input.requests.empty())
      Write(folder / std::string(Id(rule.id)), WriteExchangeInput(input));
  }
}

void WriteAnswers(const fs::path& folder, const Dataset& dataset) {
  ModelTarget target(dataset, {});
  int number = 0;
  for (const char* format : {"JSON", "XML"}) {
    for (const char* status : {"all", "failed", "unknown"}) {
      Request request;
      request.Set("Action", "DescribeSnapshots");
      request.Set("RegionId", "cn-hangzhou");
      request.Set("Format", format);
      request.Set("Status", status);
      const auto response = Send(target, request);
      Write(folder / std::to_string(number++),
            (response->status == 200 ? "\x06" : "\x08") + response->body);
    }
  }
}

void WriteAll(const fs::path& folder) {
  const Dataset dataset = GenerateDataset(60, 1);
  Write(folder / "assay.dict", Dictionary());
  WriteExchanges(folder / "exchange_fuzz", dataset);
  WriteAnswers(folder / "answer_fuzz", GenerateDataset(20, 1));
  for (const std::size_t count : {0, 1, 5}) {
    Write(folder / "dataset_fuzz" / std::to_string(count), DatasetText(GenerateDataset(count, 1)));
  }
  for (const auto& entry : fs::directory_iterator(folder / "exchange_fuzz")) {
    std::ifstream in(entry.path(), std::ios::binary);
    const ExchangeInput input =
        ParseExchangeInput(std::string{std::istreambuf_iterator<char>(in), {}});
    Write(folder / "parser_fuzz" / entry.path().filename(), input.requests.front().Text());
  }
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_corpus FOLDER\n");
    return 2;
  }
  assay::WriteAll(argv[1]);
  return 0;
}
