#include "conformance/run/run_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "reference/session/preflight.h"
#include "reference/state/open_dataset.h"
#include "reference/target/http_client.h"
#include "reference/watch/inventory.h"

namespace assay {
namespace {

constexpr double kShareOfTime = 0.7;  // of --max-time, after which nothing is drawn any more

// Combinations take a while to compute; a filter may say that none of them is wanted.
bool MayWantCombinations(const std::vector<std::string>& only) {
  return only.empty() || std::ranges::any_of(only, [](const std::string& globs) {
           return globs.starts_with("*") || globs.starts_with("?") ||
                  globs.find("comb") != std::string::npos || globs.find(':') != std::string::npos ||
                  globs.find('*') < 5;
         });
}

Done ResolveRegion(const std::string& region, RunPlan& plan) {
  const auto& regions = plan.dataset->regions;
  if (!region.empty() && std::ranges::find(regions, region) == regions.end()) {
    return Error{"--region", fmt::format("the dataset has no region `{}`; it has {}", region,
                                         fmt::join(regions, ", "))};
  }
  const std::string home = HomeRegion(*plan.dataset);
  const auto is_empty = [&](const std::string& name) { return plan.dataset->In(name).empty(); };
  if (!region.empty() && is_empty(region) && !is_empty(home)) {
    return Error{"--region", fmt::format("the dataset has no snapshot in `{}`, so little can be "
                                         "judged there; {} has some",
                                         region, home)};
  }
  plan.suite.region = region.empty() ? home : region;
  return Ok();
}

// Nothing is known yet; what the server of the run holds is.
Done AwaitDiscovery(const RunOptions& options, RunPlan& plan) {
  if (!options.dataset.empty()) {
    return Error{"--discover",
                 "reads the state off the target's answers; leave --dataset out, or --discover if "
                 "the file is the target's state"};
  }
  plan.dataset = std::make_unique<Dataset>();
  if (options.target.empty()) *plan.dataset = BuiltInDataset();
  plan.dataset_name = "not discovered";
  plan.suite.region = options.region.empty() ? HomeRegion(*plan.dataset) : options.region;
  return Ok();
}

Done ResolveDataset(const RunOptions& options, std::unique_ptr<Dataset> given, RunPlan& plan) {
  if (options.discover) return AwaitDiscovery(options, plan);
  plan.dataset = std::move(given);
  plan.dataset_name = "given";
  if (!plan.dataset) {
    Result<Dataset> dataset = LoadDatasetOrBuiltIn(options.dataset);
    if (!dataset) return dataset.error();
    plan.dataset = std::make_unique<Dataset>(std::move(*dataset));
    plan.dataset_name = options.dataset.empty() ? "built in" : options.dataset;
  }
  return ResolveRegion(options.region, plan);
}

Error NoKnownFile(const std::string& file, const Error& error) {
  std::error_code failed;
  const bool is_there = std::filesystem::exists(file, failed);
  return Error{"--known",
               fmt::format("{}; {}", error.Text(),
                           is_there ? "a file of accepted findings is {\"format\": "
                                      "\"assay-known/1\", \"findings\": [...]}, as --write-known "
                                      "FILE writes it"
                                    : "--write-known FILE writes one")};
}

Done ResolveFiles(const RunOptions& options, RunPlan& plan) {
  if (!options.reading.empty()) {
    Result<Reading> reading = LoadReading(options.reading);
    if (!reading) return reading.error();
    plan.reading = std::move(*reading);
  }
  if (!options.known.empty()) {
    Result<std::vector<KnownFinding>> known = LoadKnown(options.known);
    if (!known) return NoKnownFile(options.known, known.error());
    plan.known = std::move(*known);
  }
  return Ok();
}

Result<std::unique_ptr<HttpTarget>> Connect(const std::string& url, const RunOptions& options) {
  const Result<Endpoint> endpoint = ParseEndpoint(url);
  if (!endpoint) return Error{"--target", endpoint.error().Text()};
  Result<HttpTargetOptions> made = MakeTargetOptions(options.connection, url);
  if (!made) return made.error();
  HttpTargetOptions& http = *made;
  http.connections = options.connections;
  http.rate = options.rate >= 0 ? options.rate : PoliteRate(*endpoint);
  http.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(options.timeout_s * 1000));
  return HttpTarget::Open(url, http);
}

}  // namespace

RunOptions WithStop(RunOptions options, StopSign& stop) {
  if (options.max_time_s > 0) {
    const std::chrono::duration<double> time(options.max_time_s);
    stop.StopAt(
        StopSign::Clock::now() + std::chrono::duration_cast<StopSign::Clock::duration>(time),
        fmt::format("after {:g} s (--max-time)", options.max_time_s));
  }
  options.connection.stop = &stop;
  return options;
}

Result<SuiteFormat> ParseSuiteFormat(const std::string& text) {
  if (text == "both") return SuiteFormat::kBoth;
  if (text == "json") return SuiteFormat::kJson;
  if (text == "xml") return SuiteFormat::kXml;
  return Error{"--format", fmt::format("`{}` is not one of json, xml, both", text)};
}

Result<RunPlan> MakeRunPlan(const RunOptions& options, std::unique_ptr<Dataset> dataset) {
  if (options.strict && options.fail_on == "none") {
    return Error{"--strict",
                 "lets warnings fail the run, and --fail-on none lets nothing fail it; leave one "
                 "of them out"};
  }
  RunPlan plan;
  plan.suite.strength = options.strength;
  plan.suite.seed = options.seed;
  plan.suite.signs = options.connection.signs();
  plan.suite.signs_headers = options.connection.accepts_json();
  plan.suite.few_requests = options.max_requests > 0;
  if (options.max_time_s > 0) {
    // The rest of the time is for what was found, and for the reports.
    const std::chrono::duration<double> time(kShareOfTime * options.max_time_s);
    plan.suite.draw_until = std::chrono::steady_clock::now() +
                            std::chrono::duration_cast<std::chrono::steady_clock::duration>(time);
  }
  plan.suite.combinations = MayWantCombinations(options.only);
  const Result<Endpoint> endpoint = ParseEndpoint(options.target);
  plan.suite.thorough = options.target.empty() || (endpoint && IsLoopback(*endpoint));
  const Result<SuiteFormat> format = ParseSuiteFormat(options.format);
  if (!format) return format.error();
  plan.suite.format = *format;
  const Result<ProgressMode> progress = ParseProgressMode(options.progress);
  if (!progress) return progress.error();
  plan.progress = *progress;
  const std::optional<Keep> keep = Named<Keep>(options.keep);
  if (!keep)
    return Error{"--keep", fmt::format("`{}` is not one of {}", options.keep,
                                       fmt::join(kNamesOf<Keep>, ", "))};
  plan.keep = *keep;
  for (const std::string& text : options.tolerate) {
    const auto tolerated = ParseTolerance(text);
    if (!tolerated) return tolerated.error();
    plan.tolerance.insert_or_assign(tolerated->first, tolerated->second);
  }
  Result<TestSelection> selection = MakeSelection(options.only, options.skip, options.shard);
  if (!selection) return selection.error();
  plan.selection = std::move(*selection);
  if (const Done done = ResolveDataset(options, std::move(dataset), plan); !done) {
    return done.error();
  }
  if (const Done done = ResolveFiles(options, plan); !done) return done.error();
  return plan;
}

Result<RunTarget> OpenTarget(const RunOptions& options, RunPlan& plan) {
  RunTarget out;
  std::string url = options.target;
  if (url.empty()) {
    if (options.discover) {
      out.served = std::exchange(plan.dataset, std::make_unique<Dataset>());
    }
    Result<std::unique_ptr<Server>> server =
        Server::Start(out.served ? *out.served : *plan.dataset, plan.reading, "127.0.0.1", 0);
    if (!server) return server.error();
    out.server = std::move(*server);
    url = out.server->Url();
  }
  Result<std::unique_ptr<HttpTarget>> target = Connect(url, options);
  if (!target) return target.error();
  out.target = std::move(*target);
  return out;
}

Discovery Discover(const RunOptions& options, Target& target, RunPlan& plan) {
  Discovery out;
  const std::string format = plan.suite.FreeFormat();
  out.obstacle = FindObstacle(target, plan.suite.region, format);
  ++out.requests;
  if (out.obstacle) return out;
  out.listable = true;
  InventoryOptions reading{.format = format, .most_snapshots = options.max_snapshots};
  if (options.max_requests > 0) reading.most_requests = options.max_requests - 1;
  if (options.max_requests == 1) {
    out.listable = false;
    out.obstacle = Error{"--max-requests", "one request does not suffice to read a state"};
    return out;
  }
  Result<Inventory> inventory = ReadInventory(target, plan.suite.region, reading);
  if (!inventory) {
    out.obstacle = inventory.error();
    return out;
  }
  out.requests += inventory->requests;
  *plan.dataset = std::move(inventory->dataset);
  plan.dataset_name = fmt::format("discovered ({} of {}; no answer shows {}{}{})",
                                  CountOfSnapshots(plan.dataset->snapshots.size()),
                                  plan.suite.region, fmt::join(inventory->unseen, ", "),
                                  inventory->note.empty() ? "" : "; ", inventory->note);
  return out;
}

}  // namespace assay
