// Faults of refusals: status, code, text, envelope; and of dry runs.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "reference/faults/families.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

struct KnownError {
  const char* word;
  const char* code;
  Rule rule;    // that asks for it
  Rule status;  // the rule of its status
  int wrong_status;
  bool accepted_elsewhere = false;  // the fault of accepting it is among those of its topic
};

const std::vector<KnownError>& Errors() {
  static const std::vector<KnownError> errors = {
      {"status", "InvalidStatus.NotFound", "filter.status.unknown"_rule,
       "error.invalid_status_not_found.status"_rule, 400},
      {"usage", "InvalidUsage", "filter.usage.unknown"_rule, "error.invalid_usage.status"_rule,
       400},
      {"category", "InvalidSnapshotCategory.Malformed", "filter.category.unknown"_rule,
       "error.invalid_snapshot_category_malformed.status"_rule, 400},
      {"filter_key", "InvalidFilterKey.NotFound", "time.key.unknown"_rule,
       "error.invalid_filter_key_not_found.status"_rule, 400, true},
      {"filter_value", "InvalidFilterValue", "time.value.malformed"_rule,
       "error.invalid_filter_value.status"_rule, 400, true},
      {"snapshot_ids", "InvalidSnapshotIds.Malformed", "ids.list.above_maximum"_rule,
       "error.invalid_snapshot_ids_malformed.status"_rule, 400, true},
      {"snapshot_link", "InvalidSnapshotLinkId.NotFound", "filter.snapshot_link_id.unknown"_rule,
       "error.invalid_snapshot_link_id_not_found.status"_rule, 400},
      {"tag_count", "InvalidTagCount", "tag.number.above_maximum"_rule,
       "error.invalid_tag_count.status"_rule, 403, true}};
  return errors;
}

void AddKnownErrors(std::vector<Fault>& out) {
  for (const KnownError& e : Errors()) {
    const auto id = [&](const char* what) { return fmt::format("error.{}.{}", e.word, what); };
    const std::string code = e.code;
    out.push_back({.id = id("status"),
                   .title = fmt::format("answers {} with {}", e.code, e.wrong_status),
                   .stage = Stage::kRender,
                   .difficulty = 2,
                   .breaks = {e.status},
                   .error = [code, status = e.wrong_status](const Scene&, RenderedError& error) {
                     if (error.code == code) error.status = status;
                   }});
    out.push_back({.id = id("code"),
                   .title = fmt::format("says InvalidParameter.Conflict in place of {}", e.code),
                   .stage = Stage::kRender,
                   .difficulty = 2,
                   .breaks = {e.rule, "request.open.admissible"_rule},
                   .error = [code](const Scene&, RenderedError& error) {
                     if (error.code == code) error.code = "InvalidParameter.Conflict";
                   }});
    const std::string_view status = Id(e.status);
    const std::string message = std::string(status.substr(0, status.rfind('.'))) + ".message";
    out.push_back({.id = id("text"),
                   .title = fmt::format("answers {} with another text", e.code),
                   .stage = Stage::kRender,
                   .difficulty = 2,
                   .breaks = {*FindRule(message)},
                   .error = [code](const Scene&, RenderedError& error) {
                     if (error.code == code) error.message = "Bad request.";
                   }});
    if (e.accepted_elsewhere) continue;
    out.push_back({.id = id("accepted"),
                   .title = fmt::format("accepts what {} is for", e.code),
                   .stage = Stage::kValidate,
                   .difficulty = 2,
                   .breaks = {e.rule},
                   .validate = [code](const Scene&, Plan& plan) { Accept(plan, code); }});
  }
  out.push_back({.id = "error.snapshot_link.beginning_accepted",
                 .title = "takes the beginning of the id of a snapshot chain for one",
                 .stage = Stage::kValidate,
                 .difficulty = 4,
                 .breaks = {"filter.snapshot_link_id.unknown"_rule},
                 .validate = [](const Scene& scene, Plan& plan) {
                   const auto asked = scene.request.Find("SnapshotLinkId").value_or("");
                   const bool begins = std::ranges::any_of(
                       scene.dataset.snapshot_links,
                       [&](const std::string& link) { return link.starts_with(asked); });
                   if (begins) Accept(plan, "InvalidSnapshotLinkId.NotFound");
                 }});
  out.push_back({.id = "error.tag_mismatch.code",
                 .title = "says InvalidParameter.Conflict in place of InvalidTag.Mismatch",
                 .stage = Stage::kRender,
                 .difficulty = 3,
                 .breaks = {"tag.mismatch.code"_rule},
                 .error = [](const Scene&, RenderedError& error) {
                   if (error.code == "InvalidTag.Mismatch")
                     error.code = "InvalidParameter.Conflict";
                 }});
}

// Codes that only a `should` rule asks for, or that have no topic of their own.
void AddOtherErrors(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, std::vector<Rule> breaks,
                       const char* code, std::function<void(RenderedError&)> change) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kRender,
                   .difficulty = 3,
                   .breaks = std::move(breaks),
                   .error = [code = std::string(code), change = std::move(change)](
                                const Scene&, RenderedError& error) {
                     if (error.code == code) change(error);
                   }});
  };
  add("error.snapshot_type.code", "refuses an unknown SnapshotType with another code",
      {"filter.snapshot_type.unknown"_rule, "error.code.known"_rule},
      "InvalidSnapshotType.NotFound",
      [](RenderedError& error) { error.code = "InvalidParameter.Conflict"; });
  add("error.source_disk_type.code", "refuses an unknown SourceDiskType with another code",
      {"filter.source_disk_type.unknown"_rule, "error.code.known"_rule}, "InvalidSourceDiskType",
      [](RenderedError& error) { error.code = "InvalidParameter.Conflict"; });
  add("error.tag_mismatch.status", "answers InvalidTag.Mismatch with 404",
      {"error.invalid_tag_mismatch.status"_rule}, "InvalidTag.Mismatch",
      [](RenderedError& error) { error.status = 404; });
  add("error.tag_mismatch.text", "answers InvalidTag.Mismatch with another text",
      {"error.invalid_tag_mismatch.message"_rule}, "InvalidTag.Mismatch",
      [](RenderedError& error) { error.message = "Bad tag."; });
  add("error.internal.text", "answers an unknown Status with 500 and a text of its own",
      {"error.internal_error.message"_rule, "error.internal_error.unprovoked"_rule},
      "InvalidStatus.NotFound", [](RenderedError& error) {
        error = {.status = 500, .code = "InternalError", .message = "NullPointerException"};
      });
}

void AddEnvelopes(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty, std::vector<Rule> breaks,
                       std::function<void(const Scene&, Json&)> change) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kRender,
                   .difficulty = difficulty,
                   .breaks = std::move(breaks),
                   .json = [change = std::move(change)](const Scene& scene, Json& body) {
                     if (body.contains("Code")) change(scene, body);
                   }});
  };
  const auto without = [](const char* name) {
    return [name](const Scene&, Json& body) { body.erase(name); };
  };
  add("error.envelope.no_code", "leaves Code out of errors", 1,
      {"error.envelope.code"_rule, "error.status.matches"_rule}, without("Code"));
  add("error.envelope.no_message", "leaves Message out of errors", 1,
      {"error.envelope.message"_rule}, without("Message"));
  add("error.envelope.no_request_id", "leaves RequestId out of errors", 1,
      {"error.envelope.request_id"_rule}, without("RequestId"));
  add("error.envelope.no_host_id", "leaves HostId out of errors", 1,
      {"error.envelope.host_id"_rule}, without("HostId"));
  add("error.envelope.small_letters", "writes the names in errors in lower case", 1,
      {"error.envelope.code"_rule}, [](const Scene&, Json& body) {
        Json other = Json::object();
        for (auto& [name, value] : body.items()) {
          std::string small = name;
          small[0] = static_cast<char>(small[0] + ('a' - 'A'));
          other[small] = value;
        }
        body = std::move(other);
      });
  add("error.envelope.wrapped", "puts errors into an object Error", 1, {"error.envelope.code"_rule},
      [](const Scene&, Json& body) {
        body = Json{{"Error", body}};
      });
  add("error.envelope.with_list", "lists snapshots in errors", 2, {"error.envelope.no_list"_rule},
      [](const Scene& scene, Json& body) {
        body["Snapshots"]["Snapshot"] = Json::array();
        if (scene.dataset.snapshots.empty()) return;
        body["Snapshots"]["Snapshot"].push_back(
            {{"SnapshotId", scene.dataset.snapshots.front()[Field::kSnapshotId]}});
      });
  add("error.envelope.code_number", "gives the status as Code", 1,
      {"error.envelope.code"_rule, "request.open.admissible"_rule},
      [](const Scene&, Json& body) { body["Code"] = 400; });
  add("error.envelope.message_null", "gives null as Message", 2,
      {"error.envelope.message"_rule, "response.null.absent"_rule},
      [](const Scene&, Json& body) { body["Message"] = nullptr; });
}

void AddWhole(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty, std::vector<Rule> breaks,
                       std::function<void(const Scene&, Response&)> change) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kRender,
                   .difficulty = difficulty,
                   .breaks = std::move(breaks),
                   .answer = [change = std::move(change)](const Scene& scene, Response& answer) {
                     if (answer.status >= 400) change(scene, answer);
                   }});
  };
  const std::vector<Rule> unreadable = {
      "encoding.json.well_formed"_rule, "encoding.xml.well_formed"_rule,
      "encoding.format.json"_rule, "encoding.format.xml"_rule, "error.envelope.code"_rule};
  add("error.status.is_200", "answers errors with 200", 1, {"error.status.matches"_rule},
      [](const Scene&, Response& answer) { answer.status = 200; });
  add("error.status.is_500", "answers bad input with 500", 1,
      {"error.internal_error.unprovoked"_rule},
      [](const Scene&, Response& answer) { answer.status = 500; });
  add("error.page.html", "answers errors with an HTML page", 1, unreadable,
      [](const Scene&, Response& answer) {
        answer.content_type = "text/html";
        answer.body = fmt::format(
            "<!DOCTYPE html><html><head><title>Error {0}<p></head><body><h1>{0}</body></html>",
            answer.status);
      });
  add("error.page.text", "answers errors in plain text", 1, unreadable,
      [](const Scene&, Response& answer) {
        answer.content_type = "text/plain";
        answer.body = "Bad Request";
      });
  add("error.page.empty", "answers errors without a body", 1, unreadable,
      [](const Scene&, Response& answer) { answer.body.clear(); });
  const auto trace = [](const char* parameter, const char* expected) {
    return [=](const Scene& scene, Response& answer) {
      if (!scene.Has(parameter) || answer.body.find(expected) == std::string::npos) return;
      answer.status = 500;
      answer.content_type = "text/plain";
      answer.body = "Traceback (most recent call last):\n  File \"app.py\", line 42, in describe\n";
    };
  };
  add("error.trace.snapshot_ids", "fails with a stack trace on SnapshotIds that it cannot read", 2,
      {"error.internal_error.unprovoked"_rule}, trace("SnapshotIds", "SnapshotIds"));
  add("error.trace.filter_value", "fails with a stack trace on a time that it cannot read", 2,
      {"error.internal_error.unprovoked"_rule}, trace("Filter.1.Value", "InvalidFilterValue"));
  add("error.trace.page_number", "fails with a stack trace on a PageNumber that is not a number", 3,
      {"error.internal_error.unprovoked"_rule}, trace("PageNumber", "PageNumber"));
}

void AddDryRuns(std::vector<Fault>& out) {
  const auto dry = [](const Scene& s) { return s.Value("DryRun") == "true"; };
  out.push_back({.id = "dry_run.true.performed",
                 .title = "performs a dry run",
                 .stage = Stage::kValidate,
                 .difficulty = 2,
                 .breaks = {"dry_run.true.operation"_rule},
                 .when = dry,
                 .validate = [](const Scene&, Plan& plan) { Accept(plan, "DryRunOperation"); }});
  out.push_back({.id = "dry_run.true.empty_list",
                 .title = "answers a dry run with an empty list",
                 .stage = Stage::kValidate,
                 .difficulty = 2,
                 .breaks = {"dry_run.true.operation"_rule},
                 .when = dry,
                 .validate = [](const Scene&, Plan& plan) {
                   Accept(plan, "DryRunOperation");
                   plan.filters.push_back({.kind = Filter::Kind::kNothing});
                 }});
  const auto error = [&](const char* id, const char* title, std::vector<Rule> breaks, auto change) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kRender,
                   .difficulty = 2,
                   .breaks = std::move(breaks),
                   .error = [change](const Scene&, RenderedError& e) {
                     if (e.code == "DryRunOperation") change(e);
                   }});
  };
  error("dry_run.true.status_403", "answers a dry run with 403", {"error.code.known"_rule},
        [](RenderedError& e) { e.status = 403; });
  error("dry_run.true.code_dot", "says DryRun.Operation for a dry run",
        {"dry_run.true.operation"_rule, "request.open.admissible"_rule},
        [](RenderedError& e) { e.code = "DryRun.Operation"; });
  const auto refuse = [](const Scene&, Plan& plan) {
    RefusePlan(plan, "dry_run.true.operation"_rule, "DryRunOperation");
  };
  out.push_back({.id = "dry_run.false.dry",
                 .title = "takes DryRun=false as true",
                 .stage = Stage::kValidate,
                 .difficulty = 2,
                 .breaks = {"dry_run.false.normal"_rule, "error.code.belongs"_rule},
                 .when = [](const Scene& s) { return s.Value("DryRun") == "false"; },
                 .validate = refuse});
  out.push_back({.id = "dry_run.default.dry",
                 .title = "takes every request that filters by tags as a dry run",
                 .stage = Stage::kValidate,
                 .difficulty = 2,
                 .breaks = {"dry_run.default.normal"_rule, "error.code.belongs"_rule},
                 .when = [](const Scene& s) { return !s.Has("DryRun") && s.HasIndexed("Tag"); },
                 .validate = refuse});
}

}  // namespace

void AddErrorFaults(std::vector<Fault>& out) {
  AddKnownErrors(out);
  AddOtherErrors(out);
  AddEnvelopes(out);
  AddWhole(out);
  AddDryRuns(out);
}

}  // namespace assay
