// Writes the dictionary and the seed corpora from the spec: `make_corpus FOLDER`.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz/exchange_input.h"
#include "fuzz/seeds.h"
#include "reference/server/service.h"
#include "reference/target/target.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

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
      WriteSeed(folder / std::to_string(number++),
                (response->status == 200 ? "\x06" : "\x08") + response->body);
    }
  }
}

void WriteAll(const fs::path& folder) {
  const Dataset dataset = GenerateDataset(60, 1);
  WriteSeed(folder / "assay.dict", DictionaryText());
  WriteExchangeSeeds(folder / "exchange_fuzz", dataset);
  WriteAnswers(folder / "answer_fuzz", GenerateDataset(20, 1));
  for (const std::size_t count : {0, 1, 5}) {
    WriteSeed(folder / "dataset_fuzz" / std::to_string(count),
              DatasetText(GenerateDataset(count, 1)));
  }
  for (const auto& entry : fs::directory_iterator(folder / "exchange_fuzz")) {
    std::ifstream in(entry.path(), std::ios::binary);
    const ExchangeInput input =
        ParseExchangeInput(std::string{std::istreambuf_iterator<char>(in), {}});
    WriteSeed(folder / "parser_fuzz" / entry.path().filename(), input.requests.front().Text());
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
