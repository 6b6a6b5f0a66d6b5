// Writes the dictionary and the seed corpora from the spec: `make_corpus FOLDER`.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz/exchange_input.h"
#include "fuzz/seeds.h"
#include "reference/auth/request_signer.h"
#include "reference/server/service.h"
#include "reference/target/target.h"
#include "reports/journal/journal.h"
#include "reports/render/har_file.h"

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

// Requests as they travel, with signatures of both schemes and without.
void WriteSentBytes(const fs::path& folder, const Request& request) {
  const Credentials key{.key_id = "testid", .secret = "testsecret"};
  for (const SignatureScheme scheme :
       {SignatureScheme::kNone, SignatureScheme::kParameters, SignatureScheme::kHeaders}) {
    for (const char* method : {"GET", "POST"}) {
      Request sent = request;
      sent.method = method;
      if (sent.method == "POST") sent.placement = Placement::kForm;
      WireRequest wire{.host = "127.0.0.1", .path = "/"};
      LayOut(sent, "2014-05-26", &wire);
      if (const RequestSigner sign = MakeSigner(key, {.scheme = scheme})) sign(sent, wire);
      std::string bytes;
      Encode(wire, "assay", &bytes);
      WriteSeed(folder / fmt::format("{}_{}", method, static_cast<int>(scheme)),
                (scheme == SignatureScheme::kNone ? "0" : "1") + bytes);
    }
  }
  WriteSeed(folder / "chunks",
            "0POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
            "1a;x=y\r\nAction=DescribeSnapshots&F\r\n0\r\nTrailer: t\r\n\r\n");
}

void WriteReceivedBytes(const fs::path& folder, const Response& response) {
  const std::string head =
      fmt::format("HTTP/1.1 200 OK\r\nContent-Type: {}\r\n", response.content_type);
  WriteSeed(folder / "length", fmt::format("{}Content-Length: {}\r\n\r\n{}", head,
                                           response.body.size(), response.body));
  WriteSeed(folder / "chunks",
            fmt::format("{}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n", head,
                        response.body.size(), response.body));
  WriteSeed(folder / "to_the_end", head + "Connection: close\r\n\r\n" + response.body);
  WriteSeed(folder / "continued", "HTTP/1.1 100 Continue\r\n\r\n" + head + "\r\n");
}

std::string Text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A journal of one finding, packed and plain, and the HAR file of it.
void WriteRecords(const fs::path& folder, const Request& request, const Response& response) {
  const fs::path scratch = folder / "scratch";
  {
    auto journal = Journal::Open(scratch.string());
    (*journal)->Begin({.assay = "0", .target = "http://127.0.0.1:1/", .seed = 1});
    (*journal)->Add(ExchangeRecord{.id = 1,
                                   .suite = "rules",
                                   .test = "page.size.limits",
                                   .request = request,
                                   .status = response.status,
                                   .content_type = response.content_type,
                                   .body = response.body,
                                   .verdict = ExchangeVerdict::kViolation,
                                   .rules = {"page.size.limits"}});
    (*journal)->Add(Finding{.id = "page.size.limits.x",
                            .rule = "page.size.limits",
                            .statement = "at most 100",
                            .request = request,
                            .evidence = {1}});
    (*journal)->End({.exit_code = 1, .exchanges = 1, .judged = 1});
  }
  if (const auto run = LoadRun(scratch.string())) {
    WriteSeed(folder / "har_fuzz" / "one_finding", HarText(*run));
  }
  WriteSeed(folder / "journal_fuzz" / "packed", Text(scratch / kJournalName));
  std::string plain, line;
  for (auto lines = LineReader::Open((scratch / kJournalName).string()); lines->Next(&line);) {
    plain += line + "\n";
  }
  WriteSeed(folder / "journal_fuzz" / "plain", plain);
  fs::remove_all(scratch);
}

void WriteSettings(const fs::path& folder) {
  WriteSeed(folder / "reading",
            R"(0{"format":"assay-reading/1","pins":{"paging.page_size.above_maximum":"cut"}})");
  WriteSeed(folder / "known",
            R"(1{"format":"assay-known/1","findings":[{"id":"page.size.limits.x",)"
            R"("rule":"page.size.limits","reason":"later","expires":"2030-01-31"}]})");
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
  Request request;
  request.Set("Action", "DescribeSnapshots");
  request.Set("RegionId", "cn-hangzhou");
  request.Set("Format", "JSON");
  const Dataset few = GenerateDataset(5, 1);
  ModelTarget target(few, {});
  const Response response = *Send(target, request);
  WriteSentBytes(folder / "server_fuzz", request);
  WriteReceivedBytes(folder / "client_fuzz", response);
  WriteRecords(folder, request, response);
  WriteSettings(folder / "settings_fuzz");
  for (const auto& entry : fs::directory_iterator(folder / "exchange_fuzz")) {
    const ExchangeInput input = ParseExchangeInput(Text(entry.path()));
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
