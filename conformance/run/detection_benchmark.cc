// Measures what each part of the suites is worth: how many faults are seen after how many requests,
// by combinations of strength 1, 2 and 3, and by requests whose values are drawn at random. See
// BENCHMARKS.md.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <random>

#include "conformance/cases/combinations.h"
#include "reference/faults/catalogue.h"
#include "reference/server/service.h"

namespace assay {
namespace {

struct Series {
  std::string name;
  std::vector<Request> requests;
  Reading known{};  // what the judge is told of the target's reading
};

// Every question answered as the target does without a reading of its own.
Reading FirstOptions() {
  Reading out{"first options", {}};
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    out.pins.emplace_back(question.id, question.options.front().id);
  }
  return out;
}

// The number of the first request whose answer is reported, 0 for none.
std::size_t FirstDetection(const Fault& fault, const Dataset& dataset, const Series& series) {
  ModelTarget target(dataset, {}, {&fault});
  Judge judge(dataset, series.known);
  const bool warnings = OnlyWarns(fault);
  ExchangeReader reader;
  for (std::size_t i = 0; i < series.requests.size(); ++i) {
    const Result<Response> response = Send(target, series.requests[i]);
    if (!response) continue;
    const Verdict verdict = judge.Examine(reader.Read(i + 1, series.requests[i], *response));
    if (verdict.HasViolation() || (warnings && verdict.HasWarning())) return i + 1;
  }
  return 0;
}

Series Rows(const std::string& name, const ParameterModel& model, const std::vector<Row>& rows) {
  Series out{.name = name, .requests = {}};
  for (std::size_t i = 0; i < rows.size(); ++i)
    out.requests.push_back(model.MakeRequest(rows[i], i));
  return out;
}

std::vector<Row> RandomRows(const ParameterModel& model, std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Row> out(count);
  for (Row& row : out) {
    for (const AbstractParameter& parameter : model.parameters()) {
      row.push_back(static_cast<Row::value_type>(random() % parameter.values.size()));
    }
  }
  return out;
}

void Print(const Series& series, const Dataset& dataset) {
  std::vector<std::size_t> detections;
  std::size_t tried = 0;
  for (const Fault& fault : Faults()) {
    if (fault.wire || fault.blind != Forgery::kNone || fault.turned_away) continue;
    ++tried;
    if (const std::size_t seen_after = FirstDetection(fault, dataset, series))
      detections.push_back(seen_after);
  }
  fmt::print("{} ({} requests): {} of {} faults", series.name, series.requests.size(),
             detections.size(), tried);
  for (const std::size_t most : {1, 10, 30, 100, 300, 1000, 3000}) {
    fmt::print("  {}: {}", most,
               std::ranges::count_if(detections, [&](std::size_t after) { return after <= most; }));
  }
  fmt::print("\n");
  std::fflush(stdout);  // the next line takes minutes
}

int Measure(std::uint64_t seed) {
  const Dataset dataset = BuiltInDataset();
  const CaseMaker values(dataset, HomeRegion(dataset), seed);
  for (const int strength : {1, 2, 3}) {
    const auto made = MakeCombinations(values, SuiteFormat::kBoth, strength, seed);
    if (!made) {
      std::cerr << made.error().Text() << "\n";
      return 1;
    }
    Print(Rows(fmt::format("strength {}", strength), made->model, made->array.rows), dataset);
    // A request of random values breaks many rules at once, and hardly says anything of the
    // reading: the judge is told it, or such requests would take it minutes.
    const std::vector<Row> random = RandomRows(made->model, made->array.rows.size(), seed);
    Series series = Rows("random, reading known", made->model, random);
    series.known = FirstOptions();
    Print(series, dataset);
  }
  return 0;
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  CLI::App app{"Measures how many faults are seen after how many requests."};
  std::uint64_t seed = 1;
  app.add_option("--seed", seed, "of rows and values");
  CLI11_PARSE(app, argc, argv);
  return assay::Measure(seed);
}
