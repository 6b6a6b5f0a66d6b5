// Measures what judging costs: requests a second against a server, judged or only sent, and the
// cost of one judgement by the size of the state. See BENCHMARKS.md.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <ctime>
#include <iostream>
#include <limits>
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

// What is asked of a large state: everything, and filters that select much or little.
struct Asked {
  const char* name;
  Request request;
};

std::vector<Asked> RequestsFor(const Dataset& dataset) {
  const std::vector<std::uint32_t>& region = dataset.In(dataset.regions.front());
  const auto has_all = [&](std::uint32_t position) {
    const Snapshot& snapshot = dataset.snapshots[position];
    return snapshot.Has(Field::kSnapshotName) && snapshot.Has(Field::kInstanceId) &&
           !snapshot.tags.empty() && !snapshot.tags.front().value.empty();
  };
  const auto some = std::find_if(region.begin() + std::ssize(region) / 2, region.end(), has_all);
  const Snapshot& snapshot = dataset.snapshots[some == region.end() ? region.back() : *some];
  const std::string time = snapshot[Field::kCreationTime].substr(0, 16) + "Z";
  const Parameter status{"Status", snapshot[Field::kStatus]};
  const Parameter disk{"DiskId", snapshot[Field::kSourceDiskId]};
  const std::vector<Parameter> since = {{"Filter.1.Key", "CreationStartTime"},
                                        {"Filter.1.Value", time}};
  std::vector<Parameter> tag = {{"Tag.1.Key", "env"}, {"Tag.1.Value", "prod"}};
  if (!snapshot.tags.empty()) {
    tag = {{"Tag.1.Key", snapshot.tags.front().key}, {"Tag.1.Value", snapshot.tags.front().value}};
  }
  std::vector<Asked> out;
  const auto add = [&](const char* name, std::initializer_list<std::vector<Parameter>> filters) {
    out.push_back({name, PageRequest(dataset, 0)});
    for (const auto& some_filters : filters) {
      for (const Parameter& filter : some_filters) out.back().request.parameters.push_back(filter);
    }
  };
  add("all", {});
  add("SnapshotIds", {{{"SnapshotIds", "[\"" + snapshot[Field::kSnapshotId] + "\"]"}}});
  add("Status", {{status}});
  add("DiskId", {{disk}});
  add("created since", {since});
  add("SnapshotName", {{{"SnapshotName", snapshot[Field::kSnapshotName]}}});
  add("a tag", {tag});
  add("six filters", {{status,
                       disk,
                       {"InstanceId", snapshot[Field::kInstanceId]},
                       {"ResourceGroupId", snapshot[Field::kResourceGroupId]}},
                      since,
                      tag});
  return out;
}

// Of this program's own time, so that the figures are those of a machine that does nothing else.
double Seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

template <typename Work>
double Microseconds(Work work) {
  std::uint64_t turns = 0;
  const double start = Seconds();
  do {
    work();
    ++turns;
  } while (Seconds() - start < 0.5);
  return (Seconds() - start) / static_cast<double>(turns) * 1e6;
}

// Microseconds of one answer of the model's server, and of one judgement of it.
int BySize(const std::vector<std::size_t>& sizes, bool plain) {
  for (const std::size_t size : sizes) {
    const double begin = Seconds();
    Dataset dataset = GenerateDataset(size, 1);
    fmt::print("{} snapshots, generated in {:.1f} s\n", size, Seconds() - begin);
    if (plain) dataset.indexed_from = std::numeric_limits<std::size_t>::max();
    ModelTarget target(dataset, {});
    Judge judge(dataset);
    ExchangeReader reader;
    for (const auto& [name, request] : RequestsFor(dataset)) {
      const double first = Seconds();
      const auto response = Send(target, request);
      bool alarm = judge.Peek(reader.Read(0, request, *response)).HasViolation();
      const double beginning = Seconds() - first;
      const double answered = Microseconds([&] { (void)Send(target, request); });
      const double judged = Microseconds(
          [&] { alarm |= judge.Peek(reader.Read(0, request, *response)).HasViolation(); });
      if (alarm) return 1;
      const auto count = reader.Read(0, request, *response).answer.total_count.text;
      fmt::print(
          "  {:<14} {:>9} match: {:>9.1f} us an answer, {:>9.1f} us a judgement, {:.2f} s "
          "the first time\n",
          name, count, answered, judged, beginning);
    }
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
  bool plain = false;
  app.add_option("--target", target, "URL of a server that holds the dataset");
  app.add_option("--dataset", dataset_file, "the dataset; without it, the built-in one");
  app.add_option("--count", count, "requests a round");
  app.add_option("--rounds", rounds);
  app.add_option("--sizes", sizes, "sizes of the state to answer and to judge with");
  app.add_flag("--plain", plain, "with --sizes: compare every snapshot, as the plain model does");
  CLI11_PARSE(app, argc, argv);
  if (!sizes.empty()) return assay::BySize(sizes, plain);
  const auto dataset = assay::LoadDatasetOrBuiltIn(dataset_file);
  if (!dataset) {
    std::cerr << dataset.error().Text() << '\n';
    return 2;
  }
  return assay::AgainstTarget(target, *dataset, count, rounds);
}
