#include "conformance/run_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "conformance/preflight.h"
#include "reference/describe_snapshots/inventory.h"
#include "reference/http_client.h"

namespace assay {
namespace {

constexpr double kPoliteRate = 10;  // requests a second to a host that is not this one

// The number, or -1 where the text is none.
int ParseNumber(std::string_view text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : -1;
}

Result<std::optional<Shard>> ParseShard(const std::string& text) {
  if (text.empty()) return std::optional<Shard>();
  const std::size_t slash = std::min(text.find('/'), text.size());
  const int index = ParseNumber(std::string_view(text).substr(0, slash));
  const int count = ParseNumber(std::string_view(text).substr(std::min(slash + 1, text.size())));
  if (count < 1 || index < 1 || index > count) {
    return Error{"--shard",
                 fmt::format("`{}` is no share; write I/N with I from 1 to N, as in 1/4", text)};
  }
  return std::optional<Shard>(Shard{index, count});
}

// GoogleTest counts shards from 0.
Result<std::optional<Shard>> ShardOfEnvironment() {
  const char* total = std::getenv("GTEST_TOTAL_SHARDS");
  const char* index = std::getenv("GTEST_SHARD_INDEX");
  if (!total && !index) return std::optional<Shard>();
  const int count = ParseNumber(total ? total : "");
  const int from_zero = ParseNumber(index ? index : "");
  if (count < 1 || from_zero < 0 || from_zero >= count) {
    return Error{"GTEST_TOTAL_SHARDS, GTEST_SHARD_INDEX",
                 "set both, the index from 0 to the number of shards less one"};
  }
  return std::optional<Shard>(Shard{from_zero + 1, count});
}

// In a filter of GoogleTest a hyphen means "except" and a colon "or".
Result<std::string> JoinGlobs(const std::string& flag, const std::vector<std::string>& globs) {
  std::string out;
  for (const std::string& glob : globs) {
    if (glob.empty() || glob.find('-') != std::string::npos) {
      return Error{flag, fmt::format("`{}` matches no test: names have letters, digits, dots and "
                                     "underscores; `*` stands for any text, as in page.size.*",
                                     glob)};
    }
    out += (out.empty() ? "" : ":") + glob;
  }
  return out;
}

Result<std::string> MakeFilter(const RunOptions& options) {
  const Result<std::string> only = JoinGlobs("--only", options.only);
  if (!only) return only.error();
  const Result<std::string> skip = JoinGlobs("--skip", options.skip);
  if (!skip) return skip.error();
  return (only->empty() ? std::string("*") : *only) + (skip->empty() ? "" : "-" + *skip);
}

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
                 "reads the state off the target's answers; leave --dataset out, or "
                 "--discover where the file is the target's state"};
  }
  plan.dataset = std::make_unique<Dataset>();
  if (options.target.empty()) *plan.dataset = BuiltInDataset();
  plan.dataset_name = "not discovered";
  plan.suite.region = options.region.empty() ? HomeRegion(*plan.dataset) : options.region;
  return Ok();
}

Done ResolveDataset(const RunOptions& options, RunPlan& plan) {
  if (options.discover) return AwaitDiscovery(options, plan);
  Result<Dataset> dataset = LoadDatasetOrBuiltIn(options.dataset);
  if (!dataset) return dataset.error();
  plan.dataset = std::make_unique<Dataset>(std::move(*dataset));
  plan.dataset_name = options.dataset.empty() ? "built in" : options.dataset;
  return ResolveRegion(options.region, plan);
}

Done ResolveFiles(const RunOptions& options, RunPlan& plan) {
  if (const Done done = ResolveDataset(options, plan); !done) return done;
  if (!options.reading.empty()) {
    Result<Reading> reading = LoadReading(options.reading);
    if (!reading) return reading.error();
    plan.reading = std::move(*reading);
  }
  if (!options.known.empty()) {
    Result<std::vector<KnownFinding>> known = LoadKnown(options.known);
    if (!known) return known.error();
    plan.known = std::move(*known);
  }
  return Ok();
}

Done ResolveShare(const RunOptions& options, RunPlan& plan) {
  Result<std::optional<Shard>> shard =
      options.shard.empty() ? ShardOfEnvironment() : ParseShard(options.shard);
  if (!shard) return shard.error();
  plan.shard = *shard;
  Result<std::string> filter = MakeFilter(options);
  if (!filter) return filter.error();
  plan.filter = std::move(*filter);
  plan.full =
      options.only.empty() && options.skip.empty() && (!plan.shard || plan.shard->count == 1);
  return Ok();
}

bool IsLoopback(const Endpoint& endpoint) {
  return endpoint.host == "localhost" || endpoint.host == "::1" ||
         endpoint.host.starts_with("127.");
}

Result<std::unique_ptr<HttpTarget>> Connect(const std::string& url, const RunOptions& options) {
  const Result<Endpoint> endpoint = ParseEndpoint(url);
  if (!endpoint) return Error{"--target", endpoint.error().Text()};
  Result<HttpTargetOptions> made = MakeTargetOptions(options.connection);
  if (!made) return made.error();
  HttpTargetOptions& http = *made;
  http.connections = options.connections;
  http.rate = options.rate >= 0 ? options.rate : IsLoopback(*endpoint) ? 0 : kPoliteRate;
  http.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(options.timeout_s * 1000));
  return HttpTarget::Open(url, http);
}

}  // namespace

Result<Dataset> LoadDatasetOrBuiltIn(const std::string& file) {
  if (file.empty()) return BuiltInDataset();
  return LoadDataset(file);
}

Result<SuiteFormat> ParseSuiteFormat(const std::string& text) {
  if (text == "both") return SuiteFormat::kBoth;
  if (text == "json") return SuiteFormat::kJson;
  if (text == "xml") return SuiteFormat::kXml;
  return Error{"--format", fmt::format("`{}` is none of json, xml, both", text)};
}

Result<RunPlan> MakeRunPlan(const RunOptions& options) {
  RunPlan plan;
  plan.suite.strength = options.strength;
  plan.suite.seed = options.seed;
  plan.suite.signs = options.connection.signs();
  plan.suite.few_requests = options.max_requests > 0;
  plan.suite.combinations = MayWantCombinations(options.only);
  const Result<SuiteFormat> format = ParseSuiteFormat(options.format);
  if (!format) return format.error();
  plan.suite.format = *format;
  const Result<ProgressMode> progress = ParseProgressMode(options.progress);
  if (!progress) return progress.error();
  plan.progress = *progress;
  if (const Done done = ResolveShare(options, plan); !done) return done.error();
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
  const std::string format = plan.suite.format == SuiteFormat::kXml ? "XML" : "JSON";
  out.obstacle = FindObstacle(target, plan.suite.region, format);
  ++out.requests;
  if (out.obstacle) return out;
  out.listable = true;
  InventoryOptions reading{.format = format};
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
  plan.dataset_name = fmt::format("discovered ({} snapshots of {}; no answer shows {}{}{})",
                                  plan.dataset->snapshots.size(), plan.suite.region,
                                  fmt::join(inventory->unseen, ", "),
                                  inventory->note.empty() ? "" : "; ", inventory->note);
  return out;
}

}  // namespace assay
