#include "reference/session/preflight.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>
#include <utility>

#include "reference/answer/observed.h"
#include "reference/auth/request_signer.h"
#include "reference/session/gateway.h"
#include "reference/session/other_endpoint.h"
#include "reference/session/smallest_request.h"
#include "reference/target/patience.h"
#include "reference/wire/transport_failure.h"
#include "spec/text/count.h"

namespace assay {
namespace {

Error Obstacle(const Target& target, std::string what) {
  return {target.Name(), std::move(what), ExitCode::kCouldNotJudge};
}

std::optional<Error> ObstacleIn(const Target& target, const Response& response,
                                const ObservedAnswer& answer) {
  if (IsThrottled(response)) {
    return Obstacle(target, fmt::format("answers {} only that requests come too fast, for {} s",
                                        response.status, kLongestWait.count()));
  }
  if (std::string other = OtherEndpoint(response); !other.empty()) {
    return Obstacle(target, std::move(other));
  }
  const std::string_view code = answer.IsError() ? answer.code.text : "";
  if (const std::string why = WhySaysNothing(answer.status, code); !why.empty()) {
    return Obstacle(target,
                    fmt::format("refuses the caller: {} (without --signature requests go unsigned; "
                                "with it, the key is that of the environment)",
                                why));
  }
  return std::nullopt;
}

// An answer that breaks off is wrong, but that is for the judge to say.
std::optional<Error> ObstacleIn(const Target& target, const Error& error) {
  if (BeganToAnswer(error)) return std::nullopt;
  const bool silent = FailureOf(error) == TransportFailure::kTimeout;
  return Obstacle(target, error.what + (silent ? "; a longer --timeout may help" : ""));
}

}  // namespace

std::optional<Error> FindObstacle(Target& target, const std::string& region,
                                  const std::string& format) {
  const Request request = SmallestRequest(region, format);
  const Result<Response> response = Send(target, request);
  if (!response) return ObstacleIn(target, response.error());
  AnswerReader reader;
  return ObstacleIn(target, *response, reader.Read(*response));
}

namespace {

constexpr std::size_t kLargestPage = 100;
constexpr std::size_t kMostPages = 20;
constexpr std::size_t kMostMissing = 3;  // snapshots that are asked for by name

std::optional<std::int64_t> Integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = !text.empty() && error == std::errc() && stop == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

// What a target lists of one region.
struct Listed {
  bool is_list = false;
  bool nameless = false;  // snapshots that have no id, or not all of them, are wrong in any state
  std::set<std::string> ids;
  std::size_t known = 0;              // of them
  std::optional<std::int64_t> total;  // as the target says

  void Add(const std::string& id, const Dataset& dataset) {
    if (ids.insert(id).second && dataset.by_id.contains(id)) ++known;
  }
};

class StateCheck {
 public:
  StateCheck(Target& target, const Dataset& dataset, const std::string& name,
             const std::string& format)
      : target_(target), dataset_(dataset), name_(name), format_(format) {}

  std::optional<Error> Run() {
    bool listed_all = true;
    std::optional<std::string> strange;  // a region where it lists others alone
    for (const std::string& region : dataset_.regions) {
      const bool has_snapshots = !dataset_.In(region).empty();
      if (!has_snapshots && region != HomeRegion(dataset_)) continue;
      const Listed listed = ListOf(region);
      if (obstacle_) return obstacle_;
      if (listed.nameless || !has_snapshots) return std::nullopt;
      if (listed.known > 0) return DifferenceIn(region, listed);
      listed_all &= listed.is_list;
      if (!strange && !listed.ids.empty()) strange = region;
    }
    if (strange) {
      if (WritesIdsWrongly(*strange)) return std::nullopt;
      return Obstacle(target_,
                      fmt::format("the target's snapshots are not those of the dataset {}; load it "
                                  "into the target first, or name the file that is loaded with "
                                  "--dataset",
                                  name_));
    }
    if (!listed_all) return std::nullopt;  // refusals and unreadable answers are the judge's
    return Obstacle(target_, fmt::format("the target lists no snapshot, the dataset {} has {}; "
                                         "load it into the target first",
                                         name_, dataset_.snapshots.size()));
  }

 private:
  // One page that is empty may be a mistake of that page: then others are asked for.
  Listed ListOf(const std::string& region) {
    Listed out = Ask(region, {{"PageSize", "100"}}, true);
    if (!out.is_list || !out.ids.empty() || out.nameless) return out;
    for (const std::vector<Parameter>& other :
         {std::vector<Parameter>{}, {{"MaxResults", "100"}}, {{"PageSize", "10"}}}) {
      Listed another = Ask(region, other, false);
      if (!another.ids.empty() || another.nameless) return another;
    }
    return out;
  }

  // With `gives_up`, what is no answer at all is an obstacle.
  Listed Ask(const std::string& region, const std::vector<Parameter>& more, bool gives_up) {
    Listed out;
    Request request = SmallestRequest(region, format_);
    for (const Parameter& parameter : more) request.parameters.push_back(parameter);
    const Result<Response> response = Send(target_, request);
    if (!response) {
      if (gives_up) obstacle_ = ObstacleIn(target_, response.error());
      return out;
    }
    AnswerReader reader;
    const ObservedAnswer& answer = reader.Read(*response);
    if (gives_up) obstacle_ = ObstacleIn(target_, *response, answer);
    out.is_list = answer.status == 200 && answer.has_list;
    out.total = Integer(answer.total_count.text);
    for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
      const std::string id(answer.snapshots[i][Field::kSnapshotId].text);
      out.nameless |= id.empty();
      out.Add(id, dataset_);
    }
    return out;
  }

  // Whether the target holds another state than the dataset, of which it has some snapshots.
  std::optional<Error> DifferenceIn(const std::string& region, Listed listed) {
    const std::size_t count = dataset_.In(region).size();
    if (std::cmp_equal(listed.total.value_or(static_cast<std::int64_t>(count)), count)) {
      return std::nullopt;
    }
    ListTheRest(region, listed);
    const std::size_t strange = listed.ids.size() - listed.known;
    if (4 * strange <= listed.ids.size() && !LacksSome(region, listed)) return std::nullopt;
    return Obstacle(target_,
                    fmt::format("lists {} in {}, the dataset {} has {}; of these {} in it. Load it "
                                "into the target, or judge the target by it all the same with "
                                "--force",
                                CountOfSnapshots(listed.ids.size()), region, name_, count,
                                CountText(listed.known, "is", "are")));
  }

  // Whether the snapshot is found by its id, though another one is written.
  bool WritesIdsWrongly(const std::string& region) {
    const std::vector<std::uint32_t>& own = dataset_.In(region);
    if (own.empty()) return false;
    const std::string& id = dataset_.snapshots[own.front()][Field::kSnapshotId];
    const Listed found = Ask(region, {{"SnapshotIds", fmt::format("[\"{}\"]", id)}}, false);
    return found.is_list && found.ids.size() == 1;
  }

  void ListTheRest(const std::string& region, Listed& listed) {
    for (std::size_t page = 2; page <= kMostPages && listed.ids.size() >= kLargestPage; ++page) {
      const Listed more =
          Ask(region, {{"PageSize", "100"}, {"PageNumber", std::to_string(page)}}, false);
      const std::size_t before = listed.ids.size();
      for (const std::string& id : more.ids) listed.Add(id, dataset_);
      if (more.ids.size() < kLargestPage || listed.ids.size() == before) return;
    }
  }

  // A mistake may hide snapshots, too. Those that the target has come if all about them is asked
  // for.
  bool LacksSome(const std::string& region, const Listed& listed) {
    std::vector<const Snapshot*> missing;
    for (const std::uint32_t position : dataset_.In(region)) {
      const Snapshot& snapshot = dataset_.snapshots[position];
      if (!listed.ids.contains(snapshot[Field::kSnapshotId])) missing.push_back(&snapshot);
    }
    if (missing.empty()) return false;
    for (std::size_t i = 0; i < kMostMissing; ++i) {
      const Snapshot& snapshot = *missing[i * (missing.size() - 1) / (kMostMissing - 1)];
      std::vector<Parameter> all = {
          {"SnapshotIds", fmt::format("[\"{}\"]", snapshot[Field::kSnapshotId])}};
      for (const Field field : {Field::kStatus, Field::kSnapshotType, Field::kUsage,
                                Field::kSourceDiskType, Field::kCategory, Field::kEncrypted}) {
        all.push_back({std::string(InfoOf(field).name), snapshot[field]});
      }
      const Listed found = Ask(region, all, false);
      if (!found.is_list || !found.ids.empty()) return false;
    }
    return true;
  }

  Target& target_;
  const Dataset& dataset_;
  const std::string name_, format_;
  std::optional<Error> obstacle_;
};

}  // namespace

std::optional<Error> FindObstacle(Target& target, const Dataset& dataset,
                                  const std::string& dataset_name, const std::string& format) {
  return StateCheck(target, dataset, dataset_name, format).Run();
}

bool TakesParameterSignature(Target& target, const std::string& region, const std::string& format) {
  Request request = SmallestRequest(region, format);
  AskForParameterSignature(request);
  const Result<Response> response = Send(target, request);
  return response && response->status == 200;
}

void AskForLists(Session& session, const std::string& region, const std::string& format) {
  Request request = SmallestRequest(region, format);
  (void)session.Send({"discovery", "smallest"}, request);
  Request by_token = request;
  request.Set("PageSize", "100");
  request.Set("PageNumber", "1");
  (void)session.Send({"discovery", "by_number"}, request);
  by_token.Set("MaxResults", "100");
  (void)session.Send({"discovery", "by_token"}, by_token);
}

}  // namespace assay
