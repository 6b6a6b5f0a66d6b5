#include "reference/judge/judge.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/judge/examine_for_test.h"

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
    if (!judge.readings().Possible(question).Has(position)) {
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
    const Verdict verdict = Examine(judge, static_cast<std::uint64_t>(i), request, response);
    ASSERT_TRUE(verdict.violations().empty())
        << "seed " << seed << ", request " << i << ": " << request.Text() << "\n"
        << response.status << " " << response.body.substr(0, 600) << "\n"
        << Text(verdict.violations());
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

// wrong answers.

using Json = nlohmann::ordered_json;

// An answer that is being made wrong. `raw`, if given, is the body as it is.
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
    out.push_back(
        {name + " an object", request, [=](Edited& e) { e.first()[name] = Json::object(); }, rule});
    out.push_back({name + " an array", request, [=](Edited& e) { e.first()[name] = {1}; }, rule});
    out.push_back({name + " another type", request,
                   [=, type = info.type](Edited& e) {
                     e.first()[name] = type == FieldType::kString ? Json(7) : Json("seven");
                   },
                   rule});
    out.push_back(
        {name + " a fraction", request, [=](Edited& e) { e.first()[name] = 40.5; }, rule});
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
       [=](Edited& e) {
         tags(e).push_back({{"TagKey", "a"}, {"TagValue", "b"}});
       },
       complete},
      {"another value", request, [=](Edited& e) { tags(e)[0]["TagValue"] = "other"; }, complete},
      {"values swapped", request,
       [=](Edited& e) { std::swap(tags(e)[0]["TagKey"], tags(e)[0]["TagValue"]); }, complete},
      {"tags as a map", request,
       [=](Edited& e) {
         tags(e) = {{"env", "prod"}};
       },
       container},
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
    return Json::parse(
        AnswerOf(service, Ask({{"RegionId", "cn-shanghai"}})).body)["Snapshots"]["Snapshot"][0];
  }();
  const Json accomplished_item = [] {
    Service service(TestDataset(), DefaultReading());
    return Json::parse(
        AnswerOf(service, Ask({{"Status", "accomplished"}})).body)["Snapshots"]["Snapshot"][0];
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
    out.push_back(
        {name + " " + value.dump(), page, [=](Edited& e) { e.body[name] = value; }, rule});
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
      {"PageSize of another request", first, [](Edited& e) { e.body["PageSize"] = 133; },
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
       [](Edited& e) {
         e.body["Snapshots"]["Snapshot"] = {{{"SnapshotId", "s-1"}}};
       },
       "error.envelope.no_list"_rule},
  };
}

// An error in place of a list, or the other way round.
std::vector<Wrong> WrongOutcomes() {
  const Request bad = Ask({{"Status", "no_such_state"}});
  const auto list = [](Edited& e) {
    e.status = 200;
    e.body = Json::parse(AnswerOf(e.service, Ask()).body);
  };
  const auto refuse = [](int status, const char* code) {
    return [=](Edited& e) {
      e.status = status;
      e.body = {{"Code", code},
                {"Message", "No."},
                {"HostId", "h"},
                {"RequestId", "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C800"}};
    };
  };
  return {
      {"another answer with 404", Ask(), [](Edited& e) { e.status = 404; },
       "error.envelope.code"_rule},
      {"an error to a valid request", Ask({{"Status", "all"}}), refuse(400, "InvalidParameter"),
       "request.valid.accepted"_rule},
      {"a list for a bad value", bad, list, "filter.status.unknown"_rule},
      {"a reserved code for an open question", Ask({{"PageSize", "nonsense"}}),
       refuse(404, "InvalidUsage"), "error.code.belongs"_rule, "request.valid.accepted"_rule},
      {"no RegionId, and a list", Ask({{"RegionId", ""}}), list, "request.region_id.required"_rule},
      {"a dry run that lists", Ask({{"DryRun", "true"}}), list, "dry_run.true.operation"_rule},
  };
}

std::vector<Wrong> WrongBodies() {
  const Request valid = Ask();
  const auto raw = [](const std::string& text) { return [=](Edited& e) { e.raw = text; }; };
  const auto type = [](const std::string& text) {
    return [=](Edited& e) { e.content_type = text; };
  };
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
      {"HTML that is not XML", valid, raw("<html><br><p>It works!</html>"),
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
      {"octets that are not text", valid,
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
  const auto& list = must ? verdict.violations() : verdict.warnings();
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
      const Verdict before = Examine(judge, 1, wrong.request, right);
      EXPECT_TRUE(before.violations().empty()) << wrong.name << ": " << Text(before.violations());
      const Verdict peeked = Peek(judge, wrong.request, made);
      const Verdict verdict = Examine(judge, 2, wrong.request, made);
      const std::string said = Text(verdict.violations()) + Text(verdict.warnings());
      EXPECT_TRUE(Reports(verdict, wrong.rule) || Reports(verdict, wrong.also))
          << wrong.name << " (" << reading.name << ", " << (knows ? "known" : "unknown")
          << ") does not break " << Id(wrong.rule) << " but\n"
          << said;
      EXPECT_TRUE(Reports(peeked, wrong.rule) || Reports(peeked, wrong.also))
          << wrong.name << ", peeked";
      EXPECT_EQ(verdict.kind == Verdict::Kind::kViolation, !verdict.violations().empty())
          << wrong.name;
    }
  }
}

Reading Named(std::string name, Reading reading) {
  reading.name = std::move(name);
  return reading;
}

// Which tags a snapshot has is not known then; that they are missing would be another mistake.
TEST(Judge, SaysOfTagsInAnotherFormOnlyWhatIsWrongWithTheForm) {
  for (const Wrong& wrong : WrongTags()) {
    const bool of_form =
        wrong.rule == "response.tags.container"_rule || wrong.rule == "response.tag.object"_rule ||
        wrong.rule == "response.tag.tag_key"_rule || wrong.rule == "response.tag.tag_value"_rule;
    if (!of_form) continue;
    Service service(TestDataset(), DefaultReading());
    Judge judge(TestDataset(), DefaultReading());
    const Verdict verdict = Examine(judge, 1, wrong.request, Made(service, wrong));
    EXPECT_TRUE(Reports(verdict, wrong.rule)) << wrong.name;
    EXPECT_FALSE(Reports(verdict, "response.tags.complete"_rule)) << wrong.name;
  }
}

// Which snapshots are listed is not known then.
TEST(Judge, SaysOfSnapshotsWithoutIdOnlyThatTheyHaveNone) {
  Service service(TestDataset(), DefaultReading());
  Judge judge(TestDataset(), DefaultReading());
  const Request request = Ask({{"PageSize", "20"}});
  Response response = AnswerOf(service, request);
  Json body = Json::parse(response.body);
  for (Json& snapshot : body["Snapshots"]["Snapshot"]) snapshot.erase("SnapshotId");
  response.body = body.dump();
  const Verdict verdict = Examine(judge, 1, request, response);
  EXPECT_TRUE(Reports(verdict, "response.field.snapshot_id"_rule));
  EXPECT_EQ(verdict.violations().size(), 1U) << Text(verdict.violations());
}

class WrongAnswers : public testing::TestWithParam<int> {
 protected:
  static Reading reading() {
    switch (GetParam()) {
      case 0:
        return Named("default", DefaultReading());
      case 1:
        return Named("opposite", LastReading());
      default:
        return Named("random", RandomReading(static_cast<std::uint64_t>(GetParam())));
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
TEST_P(WrongAnswers, OfOutcomesAreCaught) { ExpectCaught(WrongOutcomes(), reading()); }
TEST_P(WrongAnswers, OfBodiesAreCaught) { ExpectCaught(WrongBodies(), reading()); }

INSTANTIATE_TEST_SUITE_P(Judge, WrongAnswers, testing::Values(0, 1, 41, 42, 43));

// several exchanges.

// A judge that sees the answers of a target, edited or not.
class Exchanges {
 public:
  explicit Exchanges(const Reading& reading = DefaultReading(), const Reading& pins = {})
      : service_(TestDataset(), reading), judge_(TestDataset(), pins) {}

  Verdict Judged(const Request& request, const std::function<void(Json&)>& edit = nullptr) {
    last_ = AnswerOf(service_, request);
    if (edit) {
      Json body = Json::parse(last_.body);
      edit(body);
      last_.body = body.dump();
    }
    return Examine(judge_, ++exchanges_, request, last_);
  }
  std::string token() const { return NextTokenOf(last_); }
  Json body() const { return Json::parse(last_.body); }
  Judge& judge() { return judge_; }

 private:
  Service service_;
  Judge judge_;
  std::uint64_t exchanges_ = 0;
  Response last_;
};

TEST(Judge, SeesARequestIdForTheSecondTime) {
  Exchanges session;
  std::string id;
  EXPECT_TRUE(session.Judged(Ask(), [&](Json& b) { id = b["RequestId"]; }).violations().empty());
  const Verdict verdict = session.Judged(Ask(), [&](Json& b) { b["RequestId"] = id; });
  EXPECT_TRUE(Reports(verdict, "response.request_id.unique"_rule));
  EXPECT_EQ(verdict.violations().size(), 1u) << Text(verdict.violations());
}

TEST(Judge, SeesAnotherRequestIdInTheHeader) {
  Exchanges session;
  EXPECT_TRUE(session.Judged(Ask()).warnings().empty());
  const Verdict verdict = session.Judged(
      Ask(), [&](Json& body) { body["RequestId"] = "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"; });
  ASSERT_EQ(verdict.warnings().size(), 1u) << Text(verdict.warnings());
  EXPECT_EQ(verdict.warnings().front().rule, "response.request_id.header"_rule);
  EXPECT_EQ(session.judge().Exercised("response.request_id.header"_rule), 2u);
}

TEST(Judge, SeesAPageThatChanges) {
  Exchanges session;
  const Request page = Ask({{"PageSize", "20"}, {"PageNumber", "2"}});
  EXPECT_TRUE(session.Judged(page).violations().empty());
  const auto swap = [](Json& b) {
    std::swap(b["Snapshots"]["Snapshot"][0], b["Snapshots"]["Snapshot"][19]);
  };
  Exchanges other(DefaultReading(), Pins({{"paging.order", "any"}}));
  EXPECT_TRUE(other.Judged(page).violations().empty());
  const Verdict verdict = other.Judged(page, swap);
  EXPECT_TRUE(Reports(verdict, "page.order.stable"_rule)) << Text(verdict.violations());
  EXPECT_EQ(verdict.evidence, std::vector<std::uint64_t>{1});
}

TEST(Judge, SeesASnapshotOnTwoPages) {
  Exchanges session(DefaultReading(), Pins({{"paging.order", "any"}}));
  EXPECT_TRUE(session.Judged(Ask({{"PageSize", "20"}, {"PageNumber", "1"}})).violations().empty());
  const Json first = session.body()["Snapshots"]["Snapshot"][3];
  const Verdict verdict = session.Judged(Ask({{"PageSize", "20"}, {"PageNumber", "2"}}),
                                         [&](Json& b) { b["Snapshots"]["Snapshot"][7] = first; });
  EXPECT_TRUE(Reports(verdict, "page.walk.unique"_rule)) << Text(verdict.violations());
}

// Either of the two may be the request's token, so that the next request may be the first to use
// it.
TEST(Judge, TakesATokenBesideAnotherForPerhapsUsed) {
  const Reading reading = Pins({{"paging.token.reused", "refused"}});
  const Request first = Ask({{"MaxResults", "20"}});
  for (const bool beside : {true, false}) {
    Service service(TestDataset(), reading);
    Judge judge(TestDataset(), reading);
    const Response started = AnswerOf(service, first);
    Examine(judge, 1, first, started);
    Request next = first;
    const std::string token = Json::parse(started.body)["NextToken"];
    if (beside) next.parameters.push_back({"NextToken", ""});
    next.parameters.push_back({"NextToken", token});
    Examine(judge, 2, next, AnswerOf(service, next));
    next = first;
    next.Set("NextToken", token);
    Service forgetful(TestDataset(), Pins({{"paging.token.reused", "same_page"}}));
    AnswerOf(forgetful, first);
    const Verdict verdict = Examine(judge, 3, next, AnswerOf(forgetful, next));
    EXPECT_EQ(verdict.violations().empty(), beside) << Text(verdict.violations());
  }
}

TEST(Judge, SeesASnapshotTwiceInAWalkByToken) {
  Exchanges session(DefaultReading(), Pins({{"paging.order", "any"}}));
  EXPECT_TRUE(session.Judged(Ask({{"MaxResults", "20"}})).violations().empty());
  const Json first = session.body()["Snapshots"]["Snapshot"][3];
  const Request next = Ask({{"MaxResults", "20"}, {"NextToken", session.token()}});
  const Verdict verdict =
      session.Judged(next, [&](Json& b) { b["Snapshots"]["Snapshot"][7] = first; });
  EXPECT_TRUE(Reports(verdict, "token.walk.unique"_rule)) << Text(verdict.violations());
}

// A longer page after the same token is a walk of its own: what it lists, the other has yet to
// list.
TEST(Judge, LetsAWalkBranchIntoLongerPages) {
  Exchanges session;
  EXPECT_TRUE(session.Judged(Ask({{"MaxResults", "10"}})).violations().empty());
  const std::string first = session.token();
  const Request second = Ask({{"MaxResults", "10"}, {"NextToken", first}});
  EXPECT_TRUE(session.Judged(second).violations().empty());
  const std::string next = session.token();
  EXPECT_TRUE(
      session.Judged(Ask({{"MaxResults", "20"}, {"NextToken", first}})).violations().empty());
  const Verdict verdict = session.Judged(Ask({{"MaxResults", "10"}, {"NextToken", next}}));
  EXPECT_TRUE(verdict.violations().empty()) << Text(verdict.violations());
}

TEST(Judge, SeesATokenThatDoesNotContinue) {
  // Every page is the first one again.
  Exchanges session;
  const Request first = Ask({{"MaxResults", "20"}});
  EXPECT_TRUE(session.Judged(first).violations().empty());
  const Json items = session.body()["Snapshots"];
  const Verdict verdict =
      session.Judged(Ask({{"MaxResults", "20"}, {"NextToken", session.token()}}),
                     [&](Json& b) { b["Snapshots"] = items; });
  EXPECT_TRUE(Reports(verdict, "token.walk.unique"_rule)) << Text(verdict.violations());
}

TEST(Judge, SeesAWalkThatEndsTooSoonAtItsSecondPage) {
  Exchanges session;
  EXPECT_TRUE(session.Judged(Ask({{"MaxResults", "20"}})).violations().empty());
  const Verdict verdict =
      session.Judged(Ask({{"MaxResults", "20"}, {"NextToken", session.token()}}),
                     [](Json& b) { b["NextToken"] = ""; });
  EXPECT_TRUE(Reports(verdict, "token.next.given"_rule)) << Text(verdict.violations());
}

TEST(Judge, SeesAWalkThatLosesASnapshot) {
  // A short page is allowed, but the one that follows begins too late.
  Exchanges session(DefaultReading(), Pins({{"paging.token.short_page", "allowed"}}));
  const Request by_disk = Ask({{"MaxResults", "10"}, {"DiskId", "d-bp1exactcount00020"}});
  Verdict verdict = session.Judged(by_disk, [](Json& b) { b["Snapshots"]["Snapshot"].erase(9); });
  EXPECT_TRUE(verdict.violations().empty()) << Text(verdict.violations());
  Request next = by_disk;
  next.Set("NextToken", session.token());
  verdict = session.Judged(next);
  EXPECT_TRUE(Reports(verdict, "token.next.given"_rule)) << Text(verdict.violations());
}

TEST(Judge, SeesAWalkThatDoesNotEnd) {
  Service service(TestDataset(), DefaultReading());
  Judge judge(TestDataset());
  Request request = Ask({{"MaxResults", "10"}, {"DiskId", "d-bp1exactcount00010"}});
  Response response = AnswerOf(service, request);
  Json body = Json::parse(response.body);
  int pages = 0;
  for (Verdict verdict; !Reports(verdict, "token.walk.ends"_rule) && pages < 1000; ++pages) {
    EXPECT_TRUE(verdict.violations().empty()) << pages << ": " << Text(verdict.violations());
    body["NextToken"] = fmt::format("token-{}", pages);
    body["RequestId"] = fmt::format("473469C7-AA6F-4DC5-B3DB-{:012}", pages);
    response.body = body.dump();
    verdict = Examine(judge, static_cast<std::uint64_t>(pages) + 1, request, response);
    request.Set("NextToken", fmt::format("token-{}", pages));
    body["Snapshots"]["Snapshot"] = Json::array();
  }
  EXPECT_LT(pages, 1000);
}

TEST(Judge, LearnsTheReadingOfATarget) {
  Exchanges session(LastReading());
  session.Judged(Ask({{"PageSize", "500"}}));
  session.Judged(Ask({{"PageNumber", "0"}}));
  std::size_t settled = 0;
  for (const LearnedAnswer& row : session.judge().Learned()) {
    if (row.question == "paging.page_size.above_maximum") {
      EXPECT_TRUE(row.settled);
      EXPECT_EQ(row.possible, std::vector<std::string>{"refused"});
      EXPECT_EQ(row.evidence, std::vector<std::uint64_t>{1});
    }
    settled += row.settled ? 1 : 0;
  }
  EXPECT_GE(settled, 2u);
  EXPECT_EQ(session.judge().judged(), 2u);
}

TEST(Judge, CountsRulesAndViolations) {
  Exchanges session;
  session.Judged(Ask({{"Status", "failed"}}));
  session.Judged(Ask({{"Status", "failed"}}), [](Json& b) { b["TotalCount"] = 1; });
  EXPECT_GE(session.judge().Exercised("filter.status.failed"_rule), 1u);
  EXPECT_EQ(session.judge().Exercised("filter.usage.image"_rule), 0u);
  bool counted = false;
  for (const RuleTally& tally : session.judge().Tallies()) counted |= tally.violations == 1;
  EXPECT_TRUE(counted);
}

// What is documented as invalid is the total of a walk that was asked for.
TEST(Judge, TakesAnyTotalOnlyIfTheRequestAsksForTokens) {
  const auto judged = [](const Request& request, std::int64_t total) {
    const Reading reading =
        Pins({{"paging.neither", "token_mode"}, {"paging.total_count.token_mode", "all"}});
    Service service(TestDataset(), reading);
    Judge judge(TestDataset());
    Response answer = AnswerOf(service, request);
    Json body = Json::parse(answer.body);
    body["TotalCount"] = total;
    answer.body = body.dump();
    return Text(Examine(judge, 1, request, answer).violations());
  };
  const Request tokens = Ask({{"MaxResults", "20"}});
  for (const std::int64_t total : {181, 180, 20, 10, 7, 0}) {
    EXPECT_EQ(judged(tokens, total), "") << total;
  }
  for (const std::int64_t total : {181, 10, 0}) EXPECT_EQ(judged(Ask(), total), "") << total;
  for (const std::int64_t total : {180, 182, 9, 20}) {
    EXPECT_NE(judged(Ask(), total).find("TotalCount 181"), std::string::npos) << total;
  }
}

TEST(Judge, LearnsNothingFromAPeek) {
  Exchanges session;
  Service service(TestDataset(), DefaultReading());
  const Request request = Ask({{"PageSize", "500"}});
  const auto before = session.judge().readings().domains();
  EXPECT_TRUE(Peek(session.judge(), request, AnswerOf(service, request)).violations().empty());
  EXPECT_EQ(session.judge().readings().domains(), before);
  EXPECT_EQ(session.judge().judged(), 0u);
}

TEST(Judge, DoesNotJudgeThrottling) {
  Judge judge(TestDataset());
  const Response response{
      429, "application/json",
      R"({"Code":"Throttling.User","Message":"m","HostId":"h","RequestId":"R"})"};
  const Verdict verdict = Examine(judge, 1, Ask(), response);
  EXPECT_EQ(verdict.kind, Verdict::Kind::kNotJudged);
  EXPECT_TRUE(verdict.throttled);
  EXPECT_TRUE(verdict.violations().empty());
  EXPECT_EQ(judge.judged(), 0u);
}

TEST(Judge, WantsOtherMethodsRefused) {
  Judge judge(TestDataset());
  Request request = Ask();
  request.method = "DELETE";
  EXPECT_TRUE(Examine(judge, 1, request, {405, "", ""}).warnings().empty());
  EXPECT_TRUE(Reports(Examine(judge, 2, request, {200, "", "{}"}), "encoding.method.other"_rule));
}

// Refusals that open-questions admit, each in a form that another author chose.
TEST(Judge, AdmitsWhatSaneTargetsAnswer) {
  struct Refusal {
    Request request;
    int status;
    const char* code;
    bool xml = false;
  };
  const std::string id = SnapshotWith(Field::kSnapshotId)[Field::kSnapshotId];
  const std::string unknown_links = R"(["sl-bp1nobodyhasit1","sl-bp1nobodyhasit2"])";
  std::uint64_t number = 0;
  for (const Refusal& refusal : std::vector<Refusal>{
           {Ask({{"Status", ""}}), 404, "InvalidStatus.NotFound"},
           {Ask({{"Usage", ""}}), 404, "InvalidUsage"},
           {Ask({{"Category", ""}}), 403, "InvalidSnapshotCategory.Malformed"},
           {Ask({{"Category", "standard"}}), 403, "InvalidSnapshotCategory.Malformed"},
           {Ask({{"SnapshotLinkId", ""}}), 404, "InvalidSnapshotLinkId.NotFound"},
           {Ask({{"SnapshotLinkId", unknown_links}}), 404, "InvalidSnapshotLinkId.NotFound"},
           {Ask({{"SnapshotIds", ""}}), 403, "InvalidSnapshotIds.Malformed"},
           {Ask({{"SnapshotIds", "['" + id + "']"}}), 403, "InvalidSnapshotIds.Malformed"},
           {Ask({{"SnapshotIds", "[\"no id!\"]"}}), 400, "InvalidParameter"},
           {Ask({{"Filter.1.Key", ""}}), 404, "InvalidFilterKey.NotFound"},
           {Ask({{"Filter.2.Value", ""}}), 404, "InvalidFilterValue"},
           {Ask({{"Filter.1.Key", "CreationStartTime"}}), 404, "InvalidFilterValue"},
           {Ask({{"Filter.2.Key", "nonsense"}}), 404, "InvalidFilterKey.NotFound"},
           {Ask({{"Tag.1.Key", ""}}), 400, "InvalidParameter"},
           {Ask({{"Tag.1.Key", "env"}, {"Tag.1.Value", ""}}), 400, "InvalidTag.Mismatch"},
           {Ask({{"Tag.1.Value", ""}}), 400, "InvalidParameter"},
           {Ask({{"Action", ""}}), 400, "MissingParameter"},
           {Ask({{"RegionId", " "}}), 400, "MissingParameter"},
           {Ask({{"Format", "YAML"}}), 400, "InvalidParameter", true},
           {Ask({{"Format", ""}}), 400, "InvalidParameter"},
           {Ask({{"RegionId", "CN-HANGZHOU"}}), 404, "InvalidRegionId.NotFound"},
           {Ask({{"PageSize", "101"}}), 403, "Forbidden.PageSize"},
       }) {
    Judge judge(TestDataset());
    const std::string request_id = fmt::format("473469C7-AA6F-4DC5-B3DB-{:012X}", ++number);
    const Response response =
        refusal.xml
            ? Response{refusal.status, "text/xml",
                       fmt::format("<Error><RequestId>{}</RequestId><HostId>h</HostId><Code>{}"
                                   "</Code><Message>m</Message></Error>",
                                   request_id, refusal.code)}
            : Response{refusal.status, "application/json",
                       fmt::format(R"({{"RequestId":"{}","HostId":"h","Code":"{}","Message":"m"}})",
                                   request_id, refusal.code)};
    const Verdict verdict = Examine(judge, 1, refusal.request, response);
    EXPECT_EQ(Text(verdict.violations()), "") << refusal.request.Text();
    std::string warnings;
    for (const Difference& warning : verdict.warnings()) {
      if (warning.rule == "error.code.known"_rule) warnings += warning.actual;
    }
    const bool unheard_of = std::string_view(refusal.code) == "Forbidden.PageSize";
    EXPECT_EQ(warnings.empty(), !unheard_of) << refusal.request.Text() << ": " << warnings;
  }
}

// A target may ignore unknown names and know those that every ECS operation takes, or not.
TEST(Judge, LetsATargetThatRefusesUnknownNamesTakeThoseOfEveryOperation) {
  Service strict(TestDataset(), Pins({{"name.unknown", "refused"}}));
  Judge judge(TestDataset());
  EXPECT_TRUE(
      Examine(judge, 1, Ask({{"NoSuchName", "1"}}), AnswerOf(strict, Ask({{"NoSuchName", "1"}})))
          .violations()
          .empty());
  const Request owner = Ask({{"OwnerId", "1"}});
  EXPECT_EQ(Text(Examine(judge, 2, owner, AnswerOf(strict, Ask())).violations()), "");
}

// PageSize=0 as if it were not there, if lists without paging go by token.
TEST(Judge, LetsAWrongPageSizeCountAsNotGiven) {
  const Reading absent =
      Pins({{"paging.neither", "token_mode"}, {"paging.page_size.zero", "as_absent"}});
  const Reading size =
      Pins({{"paging.neither", "token_mode"}, {"paging.page_size.zero", "default_size"}});
  for (const auto& [reading, has_page_number] : {std::pair(absent, false), std::pair(size, true)}) {
    Service service(TestDataset(), reading);
    Judge judge(TestDataset());
    const Response by_token = AnswerOf(service, Ask()),
                   zero = AnswerOf(service, Ask({{"PageSize", "0"}}));
    EXPECT_EQ(Text(Examine(judge, 1, Ask(), by_token).violations()), "");
    EXPECT_EQ(Text(Examine(judge, 2, Ask({{"PageSize", "0"}}), zero).violations()), "");
    EXPECT_EQ(NextTokenOf(zero).empty(), has_page_number);
  }
}

// contradictions.

struct Dispute {
  const char* question;
  const char* first;
  const char* second;
  Request request;
};

std::vector<Dispute> Disputes() {
  const std::string id = SnapshotWith(Field::kSnapshotId)[Field::kSnapshotId];
  Request twice = Ask({{"Status", "failed"}});
  twice.parameters.push_back({"Status", "accomplished"});
  return {
      {"paging.page_size.above_maximum", "cut", "refused", Ask({{"PageSize", "101"}})},
      {"paging.page_size.zero", "refused", "as_absent", Ask({{"PageSize", "0"}})},
      {"paging.page_number.past_end", "empty_page", "refused", Ask({{"PageNumber", "999"}})},
      {"paging.max_results.above_maximum", "cut", "refused", Ask({{"MaxResults", "101"}})},
      {"paging.mixed.max_results_with_page_size", "page_mode", "refused",
       Ask({{"MaxResults", "20"}, {"PageSize", "20"}})},
      {"value.number.sign", "as_meant", "refused", Ask({{"PageSize", "+20"}})},
      {"value.empty.status", "as_absent", "refused", Ask({{"Status", ""}})},
      {"name.unknown", "ignored", "refused", Ask({{"NoSuchName", "1"}})},
      {"name.repeated", "first", "last", twice},
      {"value.letters.status", "exact", "ignored_case", Ask({{"Status", "FAILED"}})},
      {"value.letters.usage", "exact", "ignored_case", Ask({{"Usage", "NONE"}})},
      {"value.boolean.dry_run.word", "as_meant", "as_false", Ask({{"DryRun", "yes"}})},
      {"ids.empty_array", "empty", "as_absent", Ask({{"SnapshotIds", "[]"}})},
      {"ids.not_json", "invalid_parameter", "malformed", Ask({{"SnapshotIds", id}})},
      {"filter.usage.image", "not_matched", "matched", Ask({{"Usage", "image"}})},
      {"filter.encrypted.false", "no_filter", "only_unencrypted", Ask({{"Encrypted", "false"}})},
      {"filter.resource_group.default", "also_listed", "not_listed",
       Ask({{"ResourceGroupId", "rg-bp1ng52eksl1ovh3o"}})},
      {"time.slots_swapped", "accepted", "refused",
       Ask({{"Filter.1.Key", "CreationEndTime"}, {"Filter.1.Value", "2019-12-13T22:00Z"}})},
      {"tag.value_without_key", "mismatch", "ignored", Ask({{"Tag.1.Value", "prod"}})},
      {"tag.gap", "accepted", "refused", Ask({{"Tag.1.Key", "env"}, {"Tag.3.Key", "team"}})},
      {"form.source_disk_size", "number", "string", WithIdOf(SnapshotWith(Field::kSnapshotId))},
      {"form.available", "boolean", "string", WithIdOf(SnapshotWith(Field::kSnapshotId))},
  };
}

TEST(Judge, NamesTheTwoExchangesThatContradictEachOther) {
  for (const Dispute& dispute : Disputes()) {
    Service before(TestDataset(), Pins({{dispute.question, dispute.first}}));
    Service after(TestDataset(), Pins({{dispute.question, dispute.second}}));
    Judge judge(TestDataset());
    std::uint64_t id = 0;
    const auto examine = [&](Service& service, const Request& request) {
      return Examine(judge, ++id, request, AnswerOf(service, request));
    };
    // Lessons that have nothing to do with it.
    for (const Request& other : {Ask({{"SnapshotType", "nonsense"}}), Ask({{"PageNumber", "x"}}),
                                 Ask({{"Category", "Flash"}, {"RegionId", "eu-central-1"}})}) {
      EXPECT_TRUE(examine(before, other).violations().empty());
    }
    const Verdict first = examine(before, dispute.request);
    EXPECT_TRUE(first.violations().empty()) << dispute.question << "\n" << Text(first.violations());
    EXPECT_TRUE(examine(before, Ask({{"Format", ""}})).violations().empty());
    const Verdict second = examine(after, dispute.request);
    ASSERT_TRUE(Reports(second, "request.same.answer"_rule)) << dispute.question;
    EXPECT_EQ(second.kind, Verdict::Kind::kViolation);
    EXPECT_EQ(second.violations().size(), 1u) << Text(second.violations());
    EXPECT_EQ(second.evidence, std::vector<std::uint64_t>{4}) << dispute.question;
    EXPECT_EQ(second.violations()[0].shape, dispute.question);
    // What was learned before still holds: the first answer is still right.
    EXPECT_TRUE(examine(before, dispute.request).violations().empty()) << dispute.question;
  }
}

// What the reference answers under these pins.
Response AnswerUnder(Pairs pins, const Request& request) {
  Service service(TestDataset(), Pins(pins));
  return AnswerOf(service, request);
}

Request AskTwice(std::string_view first, std::string_view second) {
  Request request = Ask({{"Status", first}});
  request.parameters.push_back({"Status", std::string(second)});
  return request;
}

// Either the first of two values counts, or letter case does not; letter case does: so the first.
class ThreeWayContradiction : public testing::Test {
 protected:
  ThreeWayContradiction() {
    Pairs either = {{"name.repeated", "last"}, {"value.letters.status", "ignored_case"}};
    const Request both = AskTwice("failed", "FAILED");
    EXPECT_TRUE(Examine(judge_, 1, both, AnswerUnder(either, both)).violations().empty());
    const Request letters = Ask({{"Status", "FAILED"}});
    const Response exact = AnswerUnder({{"value.letters.status", "exact"}}, letters);
    EXPECT_TRUE(Examine(judge_, 2, letters, exact).violations().empty());
    // Teaches something, and has no part in it.
    const Request size = Ask({{"PageSize", "101"}});
    EXPECT_TRUE(Examine(judge_, 3, size, AnswerUnder({}, size)).violations().empty());
  }

  Judge judge_{TestDataset()};
  const Request repeated_ = AskTwice("failed", "accomplished");
};

TEST_F(ThreeWayContradiction, IsToldAndAccusesNobody) {
  const Response last = AnswerUnder({{"name.repeated", "last"}}, repeated_);
  const Verdict verdict = Examine(judge_, 4, repeated_, last);
  EXPECT_FALSE(verdict.HasViolation()) << Text(verdict.violations());
  std::string why;
  for (const LearnedAnswer& answer : judge_.Learned()) why += answer.why_open + "\n";
  EXPECT_NE(why.find("it depends on the situation"), std::string::npos) << why;
  EXPECT_FALSE(verdict.by_situation.empty());
}

TEST_F(ThreeWayContradiction, NamesOneThatSufficesThoughItTaughtNothingNew) {
  const Response first = AnswerUnder({{"name.repeated", "first"}}, repeated_);
  EXPECT_TRUE(Examine(judge_, 4, repeated_, first).violations().empty());
  const Response last = AnswerUnder({{"name.repeated", "last"}}, repeated_);
  const Verdict verdict = Examine(judge_, 5, repeated_, last);
  ASSERT_TRUE(Reports(verdict, "request.same.answer"_rule)) << Text(verdict.violations());
  EXPECT_EQ(verdict.evidence, std::vector<std::uint64_t>{4});
}

TEST(Judge, SparesAnAnswerThatWritesAFieldInTwoForms) {
  Exchanges session;
  const Verdict verdict = session.Judged(Ask({{"PageSize", "20"}}), [](Json& b) {
    Json& item = b["Snapshots"]["Snapshot"][5];
    item["SourceDiskSize"] = std::to_string(item["SourceDiskSize"].get<int>());
  });
  EXPECT_FALSE(verdict.HasViolation()) << Text(verdict.violations());
}

TEST(Judge, HoldsPinsAgainstATarget) {
  Exchanges session(Pins({{"paging.page_size.above_maximum", "refused"}}),
                    Pins({{"paging.page_size.above_maximum", "cut"}}));
  const Verdict verdict = session.Judged(Ask({{"PageSize", "101"}}));
  EXPECT_FALSE(verdict.violations().empty());
}

// warnings.

TEST(Judge, WarnsOfEveryDocumentedTextThatIsReworded) {
  const std::string many = [] {
    std::string ids = "[\"s-0\"";
    for (int i = 1; i <= 100; ++i) ids += fmt::format(",\"s-{}\"", i);
    return ids + "]";
  }();
  Request tags = Ask();
  for (int i = 1; i <= 21; ++i) {
    tags.Set(fmt::format("Tag.{}.Key", i), fmt::format("k{}", i));
    tags.Set(fmt::format("Tag.{}.Value", i), "v");
  }
  const std::vector<std::pair<Request, Rule>> cases = {
      {Ask({{"Tag.1.Value", "v"}}), "error.invalid_tag_mismatch.message"_rule},
      {tags, "error.invalid_tag_count.message"_rule},
      {Ask({{"SnapshotIds", many}}), "error.invalid_snapshot_ids_malformed.message"_rule},
      {Ask({{"Category", "x"}}), "error.invalid_snapshot_category_malformed.message"_rule},
      {Ask({{"Filter.1.Key", "x"}, {"Filter.1.Value", "2019-12-13T22:00Z"}}),
       "error.invalid_filter_key_not_found.message"_rule},
      {Ask({{"Filter.1.Key", "CreationStartTime"}, {"Filter.1.Value", "x"}}),
       "error.invalid_filter_value.message"_rule},
      {Ask({{"Usage", "x"}}), "error.invalid_usage.message"_rule},
      {Ask({{"Status", "x"}}), "error.invalid_status_not_found.message"_rule},
      {Ask({{"SnapshotLinkId", "sl-x"}}), "error.invalid_snapshot_link_id_not_found.message"_rule},
      {Ask({{"DryRun", "true"}}), "error.dry_run_operation.message"_rule},
  };
  for (const auto& [request, rule] : cases) {
    Exchanges session;
    const Verdict right = session.Judged(request);
    EXPECT_TRUE(right.violations().empty() && right.warnings().empty())
        << Id(rule) << Text(right.warnings());
    const Verdict plain = session.Judged(request, [](Json& b) {
      std::string text = b["Message"];
      while (text.ends_with('.')) text.pop_back();
      b["Message"] = text;
    });
    EXPECT_TRUE(plain.warnings().empty()) << Id(rule) << ": the final period is ignored";
    const Verdict reworded = session.Judged(request, [](Json& b) { b["Message"] = "Wrong."; });
    EXPECT_TRUE(Reports(reworded, rule)) << Id(rule) << Text(reworded.warnings());
    EXPECT_TRUE(reworded.violations().empty()) << Id(rule) << Text(reworded.violations());
    EXPECT_EQ(reworded.kind, Verdict::Kind::kConforms);
  }
}

TEST(Judge, WarnsOfACodeThatNobodyHasSeen) {
  Exchanges session;
  const Request request = Ask({{"PageSize", "0"}});
  EXPECT_TRUE(Exchanges().Judged(request).warnings().empty());
  const Verdict verdict = session.Judged(request, [](Json& b) { b["Code"] = "PageSizeIsZero"; });
  EXPECT_TRUE(Reports(verdict, "error.code.known"_rule));
  EXPECT_TRUE(verdict.violations().empty()) << Text(verdict.violations());
}

TEST(Judge, WarnsOfTheMediaTypeOnly) {
  Judge judge(TestDataset());
  Service service(TestDataset(), DefaultReading());
  Response response = AnswerOf(service, Ask());
  response.content_type = "Text/JSON";
  const Verdict verdict = Examine(judge, 1, Ask(), response);
  EXPECT_TRUE(Reports(verdict, "encoding.media_type.json"_rule));
  EXPECT_EQ(verdict.kind, Verdict::Kind::kConforms);
  for (const char* right :
       {"application/json", "application/json;charset=utf-8", "APPLICATION/JSON ; charset=UTF-8"}) {
    Response again = AnswerOf(service, Ask());
    again.content_type = right;
    EXPECT_TRUE(Examine(judge, 2, Ask(), again).warnings().empty()) << right;
  }
}

TEST(Judge, WarnsOfJsonWhereNoFormatWasAskedFor) {
  Exchanges session(Pins({{"encoding.format.missing", "json"}}));
  Request request = Ask();
  request.Unset("Format");
  const Verdict verdict = session.Judged(request);
  EXPECT_TRUE(Reports(verdict, "encoding.format.default"_rule));
  EXPECT_TRUE(verdict.violations().empty());
}

}  // namespace
}  // namespace assay
