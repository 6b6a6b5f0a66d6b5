// Measures what judging costs: requests a second against a server, judged or only sent, and the
// cost of one judgement by the size of the state. See BENCHMARKS.md.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <memory>

#include "reference/server/service.h"
#include "reference/session/null_recorder.h"
#include "reference/session/session.h"
#include "reference/state/open_dataset.h"
#include "reference/target/http_client.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Page after page of the first region, 10 snapshots each.
Request PageRequest(const Dataset& dataset, std::uint64_t turn) {
  const std::string& region = dataset.regions.front();
  const std::size_t pages = dataset.by_region.at(region).size() / 10;
  Request request;
  request.Set("Action", "DescribeSnapshots");
  request.Set("RegionId", region);
  request.Set("Format", "JSON");
  request.Set("PageSize", "10");
  request.Set("PageNumber", std::to_string(turn % std::max<std::size_t>(pages, 1) + 1));
  return request;
}

// Sends and forgets.
class Unjudged : public RequestSource {
 public:
  Unjudged(const Dataset& dataset, std::uint64_t count) : dataset_(dataset), count_(count) {}
  const Request* Next() override {
    if (sent_ == count_) return nullptr;
    requests_.push_back(std::make_unique<Request>(PageRequest(dataset_, sent_++)));
    return requests_.back().get();
  }
  void Answered(const Request* request, Result<Response>&) override {
    std::erase_if(requests_, [&](const auto& kept) { return kept.get() == request; });
  }

 private:
  const Dataset& dataset_;
  std::uint64_t count_, sent_ = 0;
  std::vector<std::unique_ptr<Request>> requests_;
};

double RunUnjudged(Target& target, const Dataset& dataset, std::uint64_t count) {
  Unjudged source(dataset, count);
  const auto start = Clock::now();
  target.Run(source);
  return static_cast<double>(count) / SecondsSince(start);
}

double RunJudged(Target& target, const Dataset& dataset, std::uint64_t count, bool* alarm) {
  Judge judge(dataset);
  NullRecorder recorder;
  Session session(target, judge, recorder, {.keep_bodies = false});
  std::uint64_t sent = 0, judged = 0;
  const auto start = Clock::now();
  session.Run(
      {"benchmark", "pages"},
      [&]() -> std::unique_ptr<Script> {
        if (sent == count) return nullptr;
        return std::make_unique<FixedScript>(PageRequest(dataset, sent++));
      },
      [&](ScriptResult&& result) { judged += result.size(); });
  const double seconds = SecondsSince(start);
  *alarm = session.violations() > 0 || judged != count;
  return static_cast<double>(judged) / seconds;
}

int AgainstTarget(const std::string& url, const Dataset& dataset, std::uint64_t count, int rounds) {
  auto target = HttpTarget::Open(url, {});
  if (!target) {
    std::cerr << target.error().Text() << '\n';
    return 2;
  }
  for (int round = 0; round < rounds; ++round) {
    bool alarm = false;
    const double judged = RunJudged(**target, dataset, count, &alarm);
    const double unjudged = RunUnjudged(**target, dataset, count);
    fmt::print("judged {:.0f}/s unjudged {:.0f}/s\n", judged, unjudged);
    if (alarm) {
      std::cerr << "the server answered wrongly, or not at all: no figure\n";
      return 1;
    }
  }
  return 0;
}

// Microseconds of one judgement alone: the answer is made beforehand.
int BySize(const std::vector<std::size_t>& sizes) {
  for (const std::size_t size : sizes) {
    const Dataset dataset = GenerateDataset(size, 1);
    ModelTarget target(dataset, {});
    const Request request = PageRequest(dataset, 0);
    const auto response = Send(target, request);
    Judge judge(dataset);
    ExchangeReader reader;
    std::uint64_t turns = 0;
    const auto start = Clock::now();
    do {
      if (judge.Peek(reader.Read(0, request, *response)).HasViolation()) return 1;
      ++turns;
    } while (SecondsSince(start) < 1);
    fmt::print("{:>9} snapshots {:>10.1f} us a judgement, body {} bytes\n", size,
               SecondsSince(start) / static_cast<double>(turns) * 1e6, response->body.size());
  }
  return 0;
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  CLI::App app{"Measures what judging costs."};
  std::string target, dataset_file;
  std::uint64_t count = 100'000;
  int rounds = 3;
  std::vector<std::size_t> sizes;
  app.add_option("--target", target, "URL of a server that holds the dataset");
  app.add_option("--dataset", dataset_file, "the dataset; without it, the built-in one");
  app.add_option("--count", count, "requests a round");
  app.add_option("--rounds", rounds);
  app.add_option("--sizes", sizes, "sizes of the state to judge one answer with");
  CLI11_PARSE(app, argc, argv);
  if (!sizes.empty()) return assay::BySize(sizes);
  const auto dataset = assay::LoadDatasetOrBuiltIn(dataset_file);
  if (!dataset) {
    std::cerr << dataset.error().Text() << '\n';
    return 2;
  }
  return assay::AgainstTarget(target, *dataset, count, rounds);
}
