#include "conformance/preflight.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "conformance/case_answer.h"
#include "reference/transport_failure.h"
#include "spec/letters.h"

namespace assay {
namespace {

Error Obstacle(const Target& target, std::string what) {
  return {target.Name(), std::move(what), ExitCode::kCouldNotJudge};
}

bool IsWebPage(const Response& response) {
  std::string_view body = response.body;
  body.remove_prefix(std::min(body.find_first_not_of(" \t\r\n\xEF\xBB\xBF"), body.size()));
  const auto begins = [&](std::string_view with) {
    return body.size() >= with.size() && EqualAnyCase(body.substr(0, with.size()), with);
  };
  return response.content_type.starts_with("text/html") || begins("<!doctype html") ||
         begins("<html");
}

// The codes by which a gateway refuses the caller, not the request (api-facts, 5.1).
bool IsRefusedCaller(std::string_view code) {
  constexpr std::array<std::string_view, 8> kBeginnings = {
      "InvalidAccessKeyId", "SignatureDoesNotMatch", "IncompleteSignature",  "MissingAccessKeyId",
      "Forbidden",          "InvalidSecurityToken",  "MissingSecurityToken", "NoPermission"};
  return std::ranges::any_of(
      kBeginnings, [&](std::string_view beginning) { return code.starts_with(beginning); });
}

std::optional<Error> ObstacleIn(const Target& target, const Response& response,
                                const CaseAnswer& answer) {
  if (IsWebPage(response)) {
    return Obstacle(target, fmt::format("answers {} with a web page; is this the API's endpoint?",
                                        response.status));
  }
  if (IsRefusedCaller(answer.code)) {
    return Obstacle(
        target, fmt::format("refuses the caller: {} {} (without --signature requests go unsigned; "
                            "with it, the key is that of the environment)",
                            answer.status, answer.code));
  }
  return std::nullopt;
}

// An answer that breaks off is wrong, and for the judge.
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
  return ObstacleIn(target, *response, ReadCaseAnswer(request, *response, {}));
}

std::optional<Error> FindObstacle(Target& target, const Dataset& dataset,
                                  const std::string& dataset_name, const std::string& format) {
  bool listed_any = false, listed_all = true;
  std::string region_asked = HomeRegion(dataset);
  for (const std::string& region : dataset.regions) {
    const bool has_snapshots = !dataset.In(region).empty();
    if (!has_snapshots && region != region_asked) continue;
    Request request = SmallestRequest(region, format);
    request.parameters.push_back({"PageSize", "100"});
    const Result<Response> response = Send(target, request);
    if (!response) {
      if (auto obstacle = ObstacleIn(target, response.error())) return obstacle;
      listed_all = false;
      continue;
    }
    const CaseAnswer answer = ReadCaseAnswer(request, *response, {});
    if (auto obstacle = ObstacleIn(target, *response, answer)) return obstacle;
    const bool known = std::ranges::any_of(
        answer.ids, [&](const std::string& id) { return dataset.by_id.contains(id); });
    // Snapshots that have no id, or not all of them, are wrong in any state.
    const bool nameless =
        std::ranges::any_of(answer.ids, [](const std::string& id) { return id.empty(); });
    if (known || nameless || !has_snapshots) return std::nullopt;
    listed_any |= !answer.ids.empty();
    listed_all &= answer.is_list;
  }
  if (!listed_all) return std::nullopt;  // refusals and unreadable answers are the judge's
  return Obstacle(
      target, fmt::format("{}; load it into the target first",
                          listed_any ? fmt::format("the target's snapshots are not those of the "
                                                   "dataset {}",
                                                   dataset_name)
                                     : fmt::format("the target lists no snapshot, the dataset {} "
                                                   "has {}",
                                                   dataset_name, dataset.snapshots.size())));
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
