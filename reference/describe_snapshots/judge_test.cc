#include "reference/describe_snapshots/judge.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "reference/describe_snapshots/test_requests.h"

namespace assay {
namespace {

std::string Text(const std::vector<Difference>& differences) {
  std::string out;
  for (const Difference& d : differences) {
    out += std::string(Id(d.rule)) + ": expected " + d.expected + ", got " + d.actual + "\n";
  }
  return out;
}

// The first question whose true option the judge has excluded, or "".
std::string Eliminated(const Judge& judge, const Reading& truth) {
  for (const auto& [question, option] : truth.pins) {
    const int position = Catalogue::Get()[question].PositionOf(option);
    if (!((judge.readings().Possible(question) >> position) & 1U)) {
      return std::string(Id(question));
    }
  }
  return "";
}

// Sends sampled requests to the reference under the reading; the judge may not complain.
void ExpectNoAlarm(const Reading& reading, std::uint64_t seed, int requests) {
  Service service(TestDataset(), reading);
  Judge judge(TestDataset());
  RequestSampler sampler(seed);
  std::string token;
  for (int i = 1; i <= requests; ++i) {
    const Request request = sampler.Draw(token);
    const Response response = AnswerOf(service, request);
    const Verdict verdict = judge.Examine(static_cast<std::uint64_t>(i), request, response);
    ASSERT_TRUE(verdict.violations.empty())
        << "seed " << seed << ", request " << i << ": " << request.Text() << "\n"
        << response.status << " " << response.body.substr(0, 600) << "\n" << Text(verdict.violations);
    ASSERT_EQ(Eliminated(judge, reading), "")
        << "seed " << seed << ", request " << i << ": " << request.Text() << "\n"
        << response.status << " " << response.body.substr(0, 600);
    const std::string next = NextTokenOf(response);
    if (!next.empty()) token = next;
  }
}

TEST(Judge, RaisesNoAlarmUnderTheDefaultReading) { ExpectNoAlarm(DefaultReading(), 1, 600); }

TEST(Judge, RaisesNoAlarmUnderTheOppositeReading) { ExpectNoAlarm(LastReading(), 2, 600); }

TEST(Judge, RaisesNoAlarmUnderTheObservedReading) {
  Reading reading = DefaultReading();
  const Reading observed = LoadReading("observed").value();
  for (auto& [question, option] : reading.pins) {
    for (const auto& [pinned, as] : observed.pins) {
      if (pinned == question) option = as;
    }
  }
  ExpectNoAlarm(reading, 3, 600);
}

class AnyReading : public testing::TestWithParam<int> {};

TEST_P(AnyReading, RaisesNoAlarm) {
  const auto seed = static_cast<std::uint64_t>(GetParam());
  ExpectNoAlarm(RandomReading(seed), seed, 300);
}

INSTANTIATE_TEST_SUITE_P(Judge, AnyReading, testing::Range(100, 130));

// --- wrong answers ----------------------------------------------------------------------------

using Json = nlohmann::ordered_json;

// An answer that is being made wrong. `raw`, where given, is the body as it is.
struct Edited {
  Service& service;  // under the reading that answers
  int status;
  std::string content_type;
  Json body;
  std::string raw;

  Json& items() { return body["Snapshots"]["Snapshot"]; }
  Json& first() { return items()[0]; }
};

struct Wrong {
  std::string name;
  Request request;
  std::function<void(Edited&)> edit;
  Rule rule;            // the one that is to be reported …
  Rule also = kNoRule;  // … or this one, which depends on the reading
};

Request WithIdOf(const Snapshot& snapshot) {
  return Ask({{"SnapshotIds", "[\"" + snapshot[Field::kSnapshotId] + "\"]"}});
}

Rule RuleNamed(const std::string& id) { return FindRule(id).value(); }

// "SourceDiskId" -> "response.field.source_disk_id"
Rule RuleOfField(const FieldInfo& info) {
  std::string id = "response.field.";
  for (std::size_t i = 0; i < info.name.size(); ++i) {
    const char c = info.name[i];
    const bool capital = c >= 'A' && c <= 'Z';
    const auto small = [&](std::size_t at) {
      return at < info.name.size() && info.name[at] >= 'a' && info.name[at] <= 'z';
    };
    if (capital && i > 0 && (small(i - 1) || small(i + 1))) id += '_';
    id += capital ? static_cast<char>(c + 32) : c;
  }
  return RuleNamed(id);
}

std::vector<Wrong> WrongFields() {
  std::vector<Wrong> out;
  for (std::size_t f = 0; f < kDocumentedFieldCount; ++f) {
    const FieldInfo& info = kFields[f];
    const std::string name(info.name);
    const Request request = WithIdOf(SnapshotWith(info.field));
    const Rule rule = RuleOfField(info);
    const bool is_id = info.field == Field::kSnapshotId;
    out.push_back({name + " missing", request, [=](Edited& e) { e.first().erase(name); }, rule});
    out.push_back({name + " null", request, [=](Edited& e) { e.first()[name] = nullptr; },
                   "response.null.absent"_rule});
    out.push_back({name + " an object", request,
                   [=](Edited& e) { e.first()[name] = Json::object(); }, rule});
    out.push_back({name + " an array", request, [=](Edited& e) { e.first()[name] = {1}; }, rule});
    out.push_back({name + " another type", request,
                   [=, type = info.type](Edited& e) {
                     e.first()[name] = type == FieldType::kString ? Json(7) : Json("seven");
                   },
                   rule});
    out.push_back({name + " a fraction", request, [=](Edited& e) { e.first()[name] = 40.5; }, rule});
    out.push_back({name + " another value", request,
                   [=](Edited& e) {
                     const Json old = e.first()[name];
                     if (old.is_boolean()) {
                       e.first()[name] = !old.get<bool>();
                     } else if (old.is_number()) {
                       e.first()[name] = old.get<int>() + 1;
                     } else if (old == "true" || old == "false") {
                       e.first()[name] = old == "true" ? "false" : "true";
                     } else {
                       e.first()[name] = old.get<std::string>() + "1";
                     }
                   },
                   is_id ? "response.snapshot.known"_rule : rule});
  }
  return out;
}

// Fields that the snapshot does not have.
std::vector<Wrong> InventedFields() {
  std::vector<Wrong> out;
  for (const FieldInfo& info : kFields) {
    if (info.required || info.field == Field::kInstanceId) continue;
    for (const Snapshot& snapshot : TestDataset().snapshots) {
      if (snapshot.Has(info.field) || snapshot[Field::kRegionId] != "cn-hangzhou") continue;
      const std::string name(info.name);
      out.push_back({name + " invented", WithIdOf(snapshot),
                     [=, type = info.type](Edited& e) {
                       e.first()[name] = type == FieldType::kInteger ? Json(5) : Json("x");
                     },
                     RuleOfField(info)});
      break;
    }
  }
  return out;
}

const Snapshot& TaggedSnapshot() {
  for (const Snapshot& snapshot : TestDataset().snapshots) {
    if (snapshot.tags.size() == 2 && snapshot[Field::kRegionId] == "cn-hangzhou") return snapshot;
  }
  return TestDataset().snapshots.front();
}

std::vector<Wrong> WrongTags() {
  const Request request = WithIdOf(TaggedSnapshot());
  const auto tags = [](Edited& e) -> Json& { return e.first()["Tags"]["Tag"]; };
  const Rule complete = "response.tags.complete"_rule, container = "response.tags.container"_rule;
  return {
      {"tags absent", request, [](Edited& e) { e.first().erase("Tags"); }, complete},
      {"tags empty", request, [=](Edited& e) { tags(e) = Json::array(); }, complete},
      {"a tag missing", request, [=](Edited& e) { tags(e).erase(0); }, complete},
      {"a tag twice", request, [=](Edited& e) { tags(e).push_back(tags(e)[0]); }, complete},
      {"a tag more", request,
       [=](Edited& e) { tags(e).push_back({{"TagKey", "a"}, {"TagValue", "b"}}); }, complete},
      {"another value", request, [=](Edited& e) { tags(e)[0]["TagValue"] = "other"; }, complete},
      {"values swapped", request,
       [=](Edited& e) { std::swap(tags(e)[0]["TagKey"], tags(e)[0]["TagValue"]); }, complete},
      {"tags as a map", request,
       [=](Edited& e) { tags(e) = {{"env", "prod"}}; }, container},
      {"Tags an array", request, [=](Edited& e) { e.first()["Tags"] = Json(tags(e)); }, container},
      {"Tags null", request, [](Edited& e) { e.first()["Tags"] = nullptr; },
       "response.null.absent"_rule},
      {"Tags a string", request, [](Edited& e) { e.first()["Tags"] = ""; }, container},
      {"Tags without Tag", request, [](Edited& e) { e.first()["Tags"] = Json::object(); },
       container},
      {"Tag null", request, [=](Edited& e) { tags(e) = nullptr; }, container},
      {"a tag is a string", request, [=](Edited& e) { tags(e)[0] = "env=prod"; },
       "response.tag.object"_rule},
      {"Key and Value", request,
       [=](Edited& e) {
         tags(e)[0] = {{"Key", tags(e)[0]["TagKey"]}, {"Value", tags(e)[0]["TagValue"]}};
       },
       "response.tag.tag_key"_rule},
      {"TagValue null", request, [=](Edited& e) { tags(e)[0]["TagValue"] = nullptr; },
       "response.tag.tag_value"_rule},
      {"TagKey a number", request, [=](Edited& e) { tags(e)[0]["TagKey"] = 1; },
       "response.tag.tag_key"_rule},
  };
}

std::vector<Wrong> WrongLists() {
  const Request page = Ask({{"PageSize", "20"}});
  const Request failed = Ask({{"Status", "failed"}, {"PageSize", "100"}});
  const Json foreign_item = [] {
    Service service(TestDataset(), DefaultReading());
    return Json::parse(AnswerOf(service, Ask({{"RegionId", "cn-shanghai"}})).body)["Snapshots"]
                      ["Snapshot"][0];
  }();
  const Json accomplished_item = [] {
    Service service(TestDataset(), DefaultReading());
    return Json::parse(AnswerOf(service, Ask({{"Status", "accomplished"}})).body)["Snapshots"]
                      ["Snapshot"][0];
  }();
  return {
      {"an item twice", page, [](Edited& e) { e.items()[1] = e.items()[0]; },
       "response.snapshot.once"_rule},
      {"an item dropped", page, [](Edited& e) { e.items().erase(0); }, "page.size.limits"_rule},
      {"an item too many", Ask({{"PageSize", "100"}, {"Status", "all"}}),
       [](Edited& e) { e.items().push_back(e.items()[0]); }, "page.size.limits"_rule},
      {"an item of another region", page, [=](Edited& e) { e.items()[0] = foreign_item; },
       "request.region_id.selects"_rule},
      {"an item that does not match", failed, [=](Edited& e) { e.items()[0] = accomplished_item; },
       "filter.status.failed"_rule},
      {"an unknown item", page, [](Edited& e) { e.first()["SnapshotId"] = "s-nowhere"; },
       "response.snapshot.known"_rule},
      {"an item is a string", page, [](Edited& e) { e.first() = "s-1"; },
       "response.snapshot.object"_rule},
      {"an item is null", page, [](Edited& e) { e.first() = nullptr; },
       "response.snapshot.object"_rule},
      {"Snapshot an object", page, [](Edited& e) { e.items() = Json(e.first()); },
       "response.snapshots.container"_rule},
      {"Snapshot missing", page, [](Edited& e) { e.body["Snapshots"] = Json::object(); },
       "response.snapshots.container"_rule},
      {"Snapshots an array", page, [](Edited& e) { e.body["Snapshots"] = Json(e.items()); },
       "response.snapshots.container"_rule},
      {"Snapshots null", page, [](Edited& e) { e.body["Snapshots"] = nullptr; },
       "response.snapshots.container"_rule},
      {"Snapshots missing", page, [](Edited& e) { e.body.erase("Snapshots"); },
       "response.snapshots.container"_rule},
      {"all dropped", failed,
       [](Edited& e) {
         e.items() = Json::array();
         e.body["TotalCount"] = 0;
       },
       "filter.status.failed"_rule},
      {"a name twice", page,
       [](Edited& e) {
         e.raw = e.body.dump();
         e.raw.insert(e.raw.rfind('}'), ",\"TotalCount\":1");
       },
       "encoding.json.unique_names"_rule},
      {"a field twice", page,
       [](Edited& e) {
         e.raw = e.body.dump();
         const std::size_t at = e.raw.find("\"SnapshotId\"");
         e.raw.insert(at, "\"SnapshotId\":\"s-1\",");
       },
       "encoding.json.unique_names"_rule},
  };
}

std::vector<Wrong> WrongTopLevel() {
  const Request page = Ask({{"PageSize", "20"}, {"PageNumber", "2"}});
  std::vector<Wrong> out;
  const auto set = [&](const std::string& name, const Json& value, Rule rule) {
    out.push_back({name + " " + value.dump(), page, [=](Edited& e) { e.body[name] = value; }, rule});
  };
  const auto erase = [&](const std::string& name, Rule rule) {
    out.push_back({name + " missing", page, [=](Edited& e) { e.body.erase(name); }, rule});
  };
  const Rule null = "response.null.absent"_rule;
  set("TotalCount", 180, "page.total_count.matches"_rule);
  set("TotalCount", 182, "page.total_count.matches"_rule);
  set("TotalCount", 20, "page.total_count.matches"_rule);
  set("TotalCount", "181", "response.total_count.type"_rule);
  set("TotalCount", 181.0, "response.total_count.type"_rule);
  set("TotalCount", nullptr, null);
  set("TotalCount", Json::array(), "response.total_count.type"_rule);
  erase("TotalCount", "page.total_count.matches"_rule);
  set("PageNumber", 1, "page.number.echo"_rule);
  set("PageNumber", 3, "page.number.echo"_rule);
  set("PageNumber", "2", "response.page_number.type"_rule);
  set("PageNumber", true, "response.page_number.type"_rule);
  set("PageNumber", nullptr, null);
  erase("PageNumber", "page.number.echo"_rule);
  set("PageSize", 10, "page.size.echo"_rule);
  set("PageSize", 21, "page.size.echo"_rule);
  set("PageSize", "20", "response.page_size.type"_rule);
  set("PageSize", nullptr, null);
  erase("PageSize", "page.size.echo"_rule);
  set("NextToken", 5, "response.next_token.type"_rule);
  set("NextToken", nullptr, null);
  set("NextToken", Json::object(), "response.next_token.type"_rule);
  set("RequestId", 5, "response.request_id.given"_rule);
  set("RequestId", "", "response.request_id.given"_rule);
  set("RequestId", nullptr, null);
  set("RequestId", "473469c7-aa6f-4dc5-b3db-a3dc0de3c83e", "response.request_id.form"_rule);
  set("RequestId", "473469C7AA6F4DC5B3DBA3DC0DE3C83E", "response.request_id.form"_rule);
  erase("RequestId", "response.request_id.given"_rule);
  set("Code", "InvalidUsage", "error.status.matches"_rule);
  return out;
}

// In token mode the total and the echoed numbers may be missing; their types and the token count.
std::vector<Wrong> WrongTokenPages() {
  const Request first = Ask({{"MaxResults", "20"}});
  const Request last = Ask({{"MaxResults", "20"}, {"DiskId", "d-bp1exactcount00001"}});
  return {
      {"the token is missing", first, [](Edited& e) { e.body.erase("NextToken"); },
       "token.walk.complete"_rule, "token.next.given"_rule},
      {"the token is empty", first, [](Edited& e) { e.body["NextToken"] = ""; },
       "token.walk.complete"_rule, "token.next.given"_rule},
      {"the token is null", first, [](Edited& e) { e.body["NextToken"] = nullptr; },
       "response.null.absent"_rule},
      {"more than MaxResults", first,
       [](Edited& e) {
         const Response more = AnswerOf(e.service, Ask({{"PageSize", "21"}}));
         e.items() = Json::parse(more.body)["Snapshots"]["Snapshot"];
       },
       "token.max_results.limits"_rule},
      {"an empty list and no token", last,
       [](Edited& e) {
         e.items() = Json::array();
         e.body.erase("NextToken");
       },
       "filter.disk_id.selects"_rule},
      {"PageNumber below 0", first, [](Edited& e) { e.body["PageNumber"] = -1; },
       "page.number.echo"_rule},
      {"PageSize of another request", first, [](Edited& e) { e.body["PageSize"] = 33; },
       "page.size.echo"_rule},
  };
}

std::vector<Wrong> WrongErrors() {
  const Request bad = Ask({{"Status", "no_such_state"}});
  const Rule unknown = "filter.status.unknown"_rule;
  const auto set = [](const char* name, const Json& value) {
    return [=](Edited& e) { e.body[name] = value; };
  };
  const auto erase = [](const char* name) { return [=](Edited& e) { e.body.erase(name); }; };
  const auto status = [](int code) { return [=](Edited& e) { e.status = code; }; };
  return {
      {"status 400", bad, status(400), "error.invalid_status_not_found.status"_rule},
      {"status 403", bad, status(403), "error.invalid_status_not_found.status"_rule},
      {"status 200", bad, status(200), "error.status.matches"_rule},
      {"status 302", bad, status(302), "error.status.matches"_rule},
      {"status 500", bad, status(500), "error.internal_error.unprovoked"_rule},
      {"another code", bad, set("Code", "InvalidParameter"), unknown},
      {"a code of another value", bad, set("Code", "InvalidUsage"), unknown},
      {"a code in other letters", bad, set("Code", "invalidStatus.NotFound"), unknown},
      {"a code with a blank", bad, set("Code", "InvalidStatus.NotFound "), unknown},
      {"Code missing", bad, erase("Code"), "error.envelope.code"_rule},
      {"Code empty", bad, set("Code", ""), "error.envelope.code"_rule},
      {"Code a number", bad, set("Code", 404), "error.envelope.code"_rule},
      {"Code null", bad, set("Code", nullptr), "error.envelope.code"_rule},
      {"Message missing", bad, erase("Message"), "error.envelope.message"_rule},
      {"Message null", bad, set("Message", nullptr), "response.null.absent"_rule},
      {"Message an object", bad, set("Message", Json::object()), "error.envelope.message"_rule},
      {"Message reworded", bad, set("Message", "Status is wrong."),
       "error.invalid_status_not_found.message"_rule},
      {"RequestId missing", bad, erase("RequestId"), "error.envelope.request_id"_rule},
      {"RequestId empty", bad, set("RequestId", ""), "error.envelope.request_id"_rule},
      {"RequestId a number", bad, set("RequestId", 12), "error.envelope.request_id"_rule},
      {"HostId missing", bad, erase("HostId"), "error.envelope.host_id"_rule},
      {"a list beside the error", bad,
       [](Edited& e) { e.body["Snapshots"]["Snapshot"] = {{{"SnapshotId", "s-1"}}}; },
       "error.envelope.no_list"_rule},
      {"another answer with 404", Ask(),
       [](Edited& e) { e.status = 404; }, "error.envelope.code"_rule},
      {"an error to a valid request", Ask({{"Status", "all"}}),
       [](Edited& e) {
         e.status = 400;
         e.body = {{"Code", "InvalidParameter"}, {"Message", "No."}, {"HostId", "h"},
                   {"RequestId", "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C800"}};
       },
       "request.valid.accepted"_rule},
      {"a list for a bad value", bad,
       [](Edited& e) {
         e.status = 200;
         e.body = Json::parse(AnswerOf(e.service, Ask()).body);
       },
       unknown},
      {"a reserved code for an open question", Ask({{"PageSize", "nonsense"}}),
       [](Edited& e) {
         e.status = 404;
         e.body = {{"Code", "InvalidUsage"}, {"Message", "No."}, {"HostId", "h"},
                   {"RequestId", "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C801"}};
       },
       "error.code.belongs"_rule, "request.valid.accepted"_rule},
      {"no RegionId, and a list", Ask({{"RegionId", ""}}),
       [](Edited& e) {
         e.status = 200;
         e.body = Json::parse(AnswerOf(e.service, Ask()).body);
       },
       "request.region_id.required"_rule},
      {"a dry run that lists", Ask({{"DryRun", "true"}}),
       [](Edited& e) {
         e.status = 200;
         e.body = Json::parse(AnswerOf(e.service, Ask()).body);
       },
       "dry_run.true.operation"_rule},
  };
}

std::vector<Wrong> WrongBodies() {
  const Request valid = Ask();
  const auto raw = [](const std::string& text) { return [=](Edited& e) { e.raw = text; }; };
  const auto type = [](const std::string& text) { return [=](Edited& e) { e.content_type = text; }; };
  const Rule malformed = "encoding.json.well_formed"_rule;
  return {
      {"empty body", valid, [](Edited& e) { e.raw = " "; }, malformed},
      {"cut body", valid,
       [](Edited& e) {
         e.raw = e.body.dump();
         e.raw.resize(e.raw.size() / 2);
       },
       malformed},
      {"last brace missing", valid,
       [](Edited& e) {
         e.raw = e.body.dump();
         e.raw.pop_back();
       },
       malformed},
      {"trailing text", valid, [](Edited& e) { e.raw = e.body.dump() + " x"; }, malformed},
      {"two objects", valid, [](Edited& e) { e.raw = e.body.dump() + e.body.dump(); }, malformed},
      {"plain text", valid, raw("OK"), malformed},
      {"an array", valid, [](Edited& e) { e.raw = "[" + e.body.dump() + "]"; },
       "encoding.format.json"_rule},
      {"HTML", valid, raw("<html><body>It works!</body></html>"), "encoding.format.json"_rule},
      {"HTML that is no XML", valid, raw("<html><br><p>It works!</html>"),
       "encoding.xml.well_formed"_rule},
      {"XML for JSON", valid,
       [](Edited& e) {
         e.raw = AnswerOf(e.service, Ask({{"Format", "XML"}})).body;
         e.content_type = "text/xml";
       },
       "encoding.format.json"_rule},
      {"JSON for XML", Ask({{"Format", "XML"}}),
       [](Edited& e) {
         e.raw = AnswerOf(e.service, Ask()).body;
         e.content_type = "application/json";
       },
       "encoding.format.xml"_rule},
      {"an error in XML for JSON", Ask({{"Status", "x"}, {"Usage", "x"}}),
       [](Edited& e) {
         e.raw = AnswerOf(e.service, Ask({{"Status", "x"}, {"Format", "XML"}})).body;
         e.content_type = "text/xml";
       },
       "encoding.format.json"_rule},
      {"octets that are no text", valid,
       [](Edited& e) {
         e.raw = e.body.dump();
         e.raw.insert(e.raw.find("RequestId") + 13, "\xC3\x28");
       },
       "encoding.utf8.valid"_rule},
      {"no media type", valid, type(""), "encoding.media_type.json"_rule},
      {"text/html", valid, type("text/html; charset=utf-8"), "encoding.media_type.json"_rule},
      {"XML as JSON", Ask({{"Format", "XML"}}), type("application/json"),
       "encoding.media_type.xml"_rule},
      {"status 204", valid, [](Edited& e) { e.status = 204; }, "error.status.matches"_rule},
      {"status 503", valid, [](Edited& e) { e.status = 503; },
       "error.internal_error.unprovoked"_rule},
  };
}

bool Reports(const Verdict& verdict, Rule rule) {
  if (rule == kNoRule) return false;
  const bool must = Catalogue::Get()[rule].level == Level::kMust;
  const auto& list = must ? verdict.violations : verdict.warnings;
  return std::ranges::find(list, rule, &Difference::rule) != list.end();
}

Response Made(Service& service, const Wrong& wrong) {
  Response response = AnswerOf(service, wrong.request);
  Edited edited{service, response.status, response.content_type,
                response.body.starts_with("{") ? Json::parse(response.body) : Json(), ""};
  wrong.edit(edited);
  const bool untouched = edited.body.is_null() && edited.raw.empty();
  response.status = edited.status;
  response.content_type = edited.content_type;
  if (!untouched) response.body = edited.raw.empty() ? edited.body.dump() : edited.raw;
  return response;
}

// Each wrong answer, to a judge that knows the reading and to one that has only seen the right
// answer before it.
void ExpectCaught(const std::vector<Wrong>& table, const Reading& reading) {
  for (const Wrong& wrong : table) {
    Service service(TestDataset(), reading);
    const Response right = AnswerOf(service, wrong.request);
    const Response made = Made(service, wrong);
    for (const bool knows : {true, false}) {
      Judge judge(TestDataset(), knows ? reading : Reading{});
      const Verdict before = judge.Examine(1, wrong.request, right);
      EXPECT_TRUE(before.violations.empty()) << wrong.name << ": " << Text(before.violations);
      const Verdict peeked = judge.Peek(wrong.request, made);
      const Verdict verdict = judge.Examine(2, wrong.request, made);
      const std::string said = Text(verdict.violations) + Text(verdict.warnings);
      EXPECT_TRUE(Reports(verdict, wrong.rule) || Reports(verdict, wrong.also))
          << wrong.name << " (" << reading.name << ", " << (knows ? "known" : "unknown")
          << ") does not break " << Id(wrong.rule) << " but\n" << said;
      EXPECT_TRUE(Reports(peeked, wrong.rule) || Reports(peeked, wrong.also)) << wrong.name << ", peeked";
      EXPECT_EQ(verdict.kind == Verdict::Kind::kViolation, !verdict.violations.empty())
          << wrong.name;
    }
  }
}

Reading Named(std::string name, Reading reading) {
  reading.name = std::move(name);
  return reading;
}

class WrongAnswers : public testing::TestWithParam<int> {
 protected:
  static Reading reading() {
    switch (GetParam()) {
      case 0: return Named("default", DefaultReading());
      case 1: return Named("opposite", LastReading());
      default: return Named("random", RandomReading(static_cast<std::uint64_t>(GetParam())));
    }
  }
};

TEST_P(WrongAnswers, OfFieldsAreCaught) { ExpectCaught(WrongFields(), reading()); }
TEST_P(WrongAnswers, OfInventedFieldsAreCaught) { ExpectCaught(InventedFields(), reading()); }
TEST_P(WrongAnswers, OfTagsAreCaught) { ExpectCaught(WrongTags(), reading()); }
TEST_P(WrongAnswers, OfListsAreCaught) { ExpectCaught(WrongLists(), reading()); }
TEST_P(WrongAnswers, OfTheTopLevelAreCaught) { ExpectCaught(WrongTopLevel(), reading()); }
TEST_P(WrongAnswers, OfTokenPagesAreCaught) { ExpectCaught(WrongTokenPages(), reading()); }
TEST_P(WrongAnswers, OfErrorsAreCaught) { ExpectCaught(WrongErrors(), reading()); }
TEST_P(WrongAnswers, OfBodiesAreCaught) { ExpectCaught(WrongBodies(), reading()); }

INSTANTIATE_TEST_SUITE_P(Judge, WrongAnswers, testing::Values(0, 1, 41, 42, 43));

}  // namespace
}  // namespace assay
