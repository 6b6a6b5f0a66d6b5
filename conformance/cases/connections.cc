#include "conformance/cases/connections.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

namespace assay {
namespace {

// A kind of request: what it adds to the plainest one.
struct RequestKind {
  const char* name;
  std::function<void(const SuiteContext& context, Request& request)> change;
};

std::vector<RequestKind> KindsBySetting() {
  const auto set = [](std::vector<Parameter> parameters) {
    return [parameters = std::move(parameters)](const SuiteContext&, Request& request) {
      for (const Parameter& parameter : parameters) request.Set(parameter.name, parameter.value);
    };
  };
  return {{"dry_run", set({{"DryRun", "true"}})},
          {"refused_status", set({{"Status", "no_such_state"}})},
          {"refused_time",
           set({{"Filter.1.Key", "CreationStartTime"}, {"Filter.1.Value", "yesterday"}})},
          {"refused_key", set({{"Filter.1.Key", "NoSuchKey"}, {"Filter.1.Value", "1"}})},
          {"refused_ids", set({{"SnapshotIds", "not json"}})},
          {"unknown_action", set({{"Action", "NoSuchActionAtAll"}})},
          {"unknown_version", set({{"Version", "2013-01-01"}})},
          {"xml", set({{"Format", "XML"}})},
          {"unknown_format", set({{"Format", "YAML"}})},
          {"status", set({{"Status", "failed"}})},
          {"encrypted", set({{"Encrypted", "true"}})},
          {"unknown_disk", set({{"DiskId", "d-bp1unknown0000000000"}})},
          {"tag", set({{"Tag.1.Key", "NoSuchKey"}, {"Tag.1.Value", "v"}})},
          {"far_future",
           set({{"Filter.1.Key", "CreationStartTime"}, {"Filter.1.Value", "2100-01-01T00:00Z"}})},
          {"page_size_1", set({{"PageSize", "1"}})},
          {"page_size_100", set({{"PageSize", "100"}})},
          {"page_2", set({{"PageNumber", "2"}})},
          {"max_results", set({{"MaxResults", "100"}})},
          {"unknown_token", set({{"NextToken", "0123456789abcdef0123456789abcdef"}})},
          {"unknown_name", set({{"NoSuchParameter", "1"}})},
          {"long", set({{"SnapshotName", std::string(2000, 'a')}})}};
}

std::vector<RequestKind> Kinds() {
  std::vector<RequestKind> out = KindsBySetting();
  out.push_back({"other_region", [](const SuiteContext& context, Request& request) {
                   const auto other =
                       context.values.placeholders().Replace("$region.other", nullptr);
                   request.Set("RegionId", other ? *other : "zz-nowhere-1");
                 }});
  out.push_back(
      {"no_region", [](const SuiteContext&, Request& request) { request.Unset("RegionId"); }});
  for (const auto& [name, placement] :
       {std::pair("form", Placement::kForm), std::pair("post_query", Placement::kQuery),
        std::pair("split", Placement::kSplit)}) {
    out.push_back({name, [placement](const SuiteContext&, Request& request) {
                     request.method = "POST";
                     request.placement = placement;
                     request.Set("Status", "failed");
                   }});
  }
  return out;
}

std::string Describe(const JudgedExchange& exchange) {
  if (!exchange.verdict.code.empty()) {
    return fmt::format("{} {}", exchange.status, exchange.verdict.code);
  }
  return fmt::format("{} and a list of {}", exchange.status, exchange.verdict.listed.size());
}

// Whether both answers are to be the same: of one state, and not put off.
bool AreComparable(const JudgedExchange& a, const JudgedExchange& b) {
  const auto counts = [](const JudgedExchange& exchange) {
    return exchange.answered && !exchange.verdict.throttled && !exchange.state.moved;
  };
  return counts(a) && counts(b) && a.state.number() == b.state.number();
}

bool IsSameAnswer(const JudgedExchange& a, const JudgedExchange& b) {
  return a.status == b.status && a.verdict.code == b.verdict.code &&
         a.verdict.listed == b.verdict.listed;
}

class KindRun {
 public:
  KindRun(SuiteContext& context, const RequestKind& kind)
      : context_(context),
        kind_(kind),
        origin_{"connections", kind.name},
        plain_(SmallestRequest(context.values.region(), context.format())),
        odd_(plain_) {
    kind_.change(context_, odd_);
  }

  TestOutcome Run() {
    if (context_.options.format != SuiteFormat::kBoth &&
        odd_.Find("Format") != plain_.Find("Format")) {
      outcome_.SkipFor(Skip::kLeftOut, "left out by --format");
      return std::move(outcome_);
    }
    // One script at a time keeps to one connection.
    const ScriptResult alone = std::move(Send({plain_, odd_, plain_}, 1).front());
    if (alone.size() == 3) Compare(alone[0], alone[1], alone[2]);
    const ScriptResult again = std::move(Send({odd_}, 1).front());
    const auto at_once = static_cast<std::size_t>(context_.session.target().Concurrency());
    for (const ScriptResult& other : Send({plain_}, std::min<std::size_t>(at_once, kMostAtOnce))) {
      if (alone.empty() || again.empty() || other.empty()) break;
      Compare(alone.front(), again.front(), other.front());
    }
    return std::move(outcome_);
  }

 private:
  static constexpr std::size_t kMostAtOnce = 8;

  std::vector<ScriptResult> Send(const std::vector<Request>& requests, std::size_t times) {
    std::vector<std::unique_ptr<Script>> scripts;
    for (std::size_t i = 0; i < times; ++i) {
      scripts.push_back(std::make_unique<FixedScript>(requests));
    }
    std::vector<ScriptResult> results = context_.session.Run(origin_, std::move(scripts));
    for (const ScriptResult& result : results) AddViolations(result, outcome_);
    return results;
  }

  // request.same.answer
  void Compare(const JudgedExchange& before, const JudgedExchange& odd,
               const JudgedExchange& after) {
    context_.notes.Checked("request.same.answer"_rule);
    if (reported_ || !AreComparable(before, after) || IsSameAnswer(before, after)) return;
    reported_ = true;
    Difference difference = OutcomeDifference(
        "request.same.answer"_rule, fmt::format("{}, as before that request", Describe(before)),
        fmt::format("{} after {}", Describe(after), odd.request.Text()), kind_.name);
    ReportDifference(context_, origin_, after, std::move(difference), outcome_,
                     {before.id, odd.id});
  }

  SuiteContext& context_;
  const RequestKind& kind_;
  const Origin origin_;
  const Request plain_;
  Request odd_;
  TestOutcome outcome_;
  bool reported_ = false;
};

}  // namespace

std::vector<SuiteTest> ConnectionTests() {
  static const std::vector<RequestKind> kinds = Kinds();
  std::vector<SuiteTest> out;
  for (const RequestKind& kind : kinds) {
    out.push_back({"connections", kind.name,
                   [&kind](SuiteContext& context) { return KindRun(context, kind).Run(); }});
  }
  return out;
}

}  // namespace assay
