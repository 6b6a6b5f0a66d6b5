// Faults of the form of an answer: names, types, containers.
#include <fmt/format.h>

#include <cctype>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "reference/describe_snapshots/topic_reader.h"
#include "reference/faults/families.h"
#include "spec/text/letters.h"
#include "spec/text/time.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

std::string Snake(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool capital = name[i] >= 'A' && name[i] <= 'Z';
    const bool before = i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z';
    const bool after = i > 0 && i + 1 < name.size() && name[i + 1] >= 'a' && name[i + 1] <= 'z';
    if (capital && (before || after)) out += '_';
    out += capital ? static_cast<char>(name[i] + 32) : name[i];
  }
  return out;
}

Rule FieldRule(Field field) {
  const std::string_view name = kFields[static_cast<std::size_t>(field)].name;
  return *FindRule("response.field." + Snake(name));
}

using BodyChange = std::function<void(const Scene&, Json&)>;

void AddBody(std::vector<Fault>& out, std::string id, std::string title, int difficulty,
             std::vector<Rule> breaks, BodyChange change) {
  out.push_back({.id = std::move(id),
                 .title = std::move(title),
                 .stage = Stage::kRender,
                 .difficulty = difficulty,
                 .breaks = std::move(breaks),
                 .json = [change = std::move(change)](const Scene& scene, Json& body) {
                   if (body.contains("Snapshots")) change(scene, body);
                 }});
}

void AddSnapshot(std::vector<Fault>& out, std::string id, std::string title, int difficulty,
                 std::vector<Rule> breaks, BodyChange change) {
  AddBody(out, std::move(id), std::move(title), difficulty, std::move(breaks),
          [change = std::move(change)](const Scene& scene, Json& body) {
            for (Json& snapshot : body["Snapshots"]["Snapshot"]) change(scene, snapshot);
          });
}

// Fields that every snapshot has.
void AddMissing(std::vector<Fault>& out) {
  for (const Field field :
       {Field::kSnapshotId, Field::kStatus, Field::kProgress, Field::kCreationTime,
        Field::kLastModifiedTime, Field::kSourceDiskId, Field::kSourceDiskSize,
        Field::kSourceDiskType, Field::kSnapshotType, Field::kUsage, Field::kCategory,
        Field::kEncrypted, Field::kInstantAccess, Field::kAvailable, Field::kResourceGroupId}) {
    const std::string name(kFields[static_cast<std::size_t>(field)].name);
    AddSnapshot(out, fmt::format("shape.field.no_{}", Snake(name)),
                fmt::format("leaves {} out", name), 1,
                {FieldRule(field), "response.snapshot.known"_rule},
                [name](const Scene&, Json& snapshot) { snapshot.erase(name); });
  }
}

// Fields of another type or form than documented.
std::string TextOf(const Json& snapshot, std::string_view name) {
  return snapshot.value(std::string(name), "");
}
void WriteText(Json& snapshot, std::string_view name) {
  const auto at = snapshot.find(name);
  if (at != snapshot.end() && !at->is_string()) *at = at->dump();
}
void WriteBit(Json& snapshot, std::string_view name) {
  const auto at = snapshot.find(name);
  if (at != snapshot.end()) *at = *at == true ? 1 : 0;
}
void WriteYes(Json& snapshot, std::string_view name) {
  Json& value = snapshot[std::string(name)];
  value = value == true || value == "true" ? "yes" : "no";
}
void WriteNumber(Json& snapshot, std::string_view name) {
  snapshot[std::string(name)] = std::atoi(TextOf(snapshot, name).c_str());
}
void WriteWithoutSign(Json& snapshot, std::string_view name) {
  std::string text = TextOf(snapshot, name);
  if (text.ends_with('%')) text.pop_back();
  snapshot[std::string(name)] = text;
}
void WriteUnit(Json& snapshot, std::string_view name) {
  Json& size = snapshot[std::string(name)];
  size = (size.is_string() ? size.get<std::string>() : size.dump()) + "GB";
}
void ReplaceZ(Json& snapshot, std::string_view name, const char* by) {
  std::string text = TextOf(snapshot, name);
  if (text.ends_with('Z')) text.replace(text.size() - 1, 1, by);
  snapshot[std::string(name)] = text;
}
void WriteOffset(Json& snapshot, std::string_view name) { ReplaceZ(snapshot, name, "+00:00"); }
void WriteMilliseconds(Json& snapshot, std::string_view name) { ReplaceZ(snapshot, name, ".000Z"); }
void WriteWithoutSeconds(Json& snapshot, std::string_view name) {
  std::string text = TextOf(snapshot, name);
  if (text.size() == 20) text.erase(16, 3);
  snapshot[std::string(name)] = text;
}
void WriteSecondsSince1970(Json& snapshot, std::string_view name) {
  std::int64_t seconds = 0;
  ParseTime(TextOf(snapshot, name), &seconds);
  snapshot[std::string(name)] = seconds;
}
void WriteCapitals(Json& snapshot, std::string_view name) {
  std::string text = TextOf(snapshot, name);
  for (char& c : text) c = static_cast<char>(std::toupper(c));
  snapshot[std::string(name)] = text;
}
void WriteNull(Json& snapshot, std::string_view name) {
  if (TextOf(snapshot, name).empty()) snapshot[std::string(name)] = nullptr;
}

struct TypeFault {
  Field field;
  const char* word;   // at the end of its id
  const char* title;  // with the field's name in place of {}
  void (*write)(Json& snapshot, std::string_view name);
};

constexpr TypeFault kTypeFaults[] = {
    {Field::kEncrypted, "text", "writes {} as a string", WriteText},
    {Field::kInstantAccess, "text", "writes {} as a string", WriteText},
    {Field::kRetentionDays, "text", "writes {} as a string", WriteText},
    {Field::kRemainTime, "text", "writes {} as a string", WriteText},
    {Field::kInstantAccessRetentionDays, "text", "writes {} as a string", WriteText},
    {Field::kEncrypted, "number", "writes {} as 0 or 1", WriteBit},
    {Field::kAvailable, "yes", "writes {} as yes or no", WriteYes},
    {Field::kProgress, "number", "writes {} as a number", WriteNumber},
    {Field::kProgress, "no_sign", "writes {} without its sign", WriteWithoutSign},
    {Field::kSourceDiskSize, "unit", "writes {} with a unit", WriteUnit},
    {Field::kCreationTime, "offset", "writes {} with +00:00 in place of Z", WriteOffset},
    {Field::kCreationTime, "milliseconds", "writes {} with milliseconds", WriteMilliseconds},
    {Field::kCreationTime, "no_seconds", "writes {} without seconds", WriteWithoutSeconds},
    {Field::kLastModifiedTime, "number", "writes {} as seconds since 1970", WriteSecondsSince1970},
    {Field::kStatus, "capital", "writes {} in capitals", WriteCapitals},
    {Field::kDescription, "null", "writes null for a {} that is not there", WriteNull},
    {Field::kKMSKeyId, "null", "writes null for a {} that is not there", WriteNull},
};

std::string IdOf(const TypeFault& fault) {
  return fmt::format("shape.field.{}_{}", Snake(InfoOf(fault.field).name), fault.word);
}

void AddType(std::vector<Fault>& out, const TypeFault& fault) {
  const std::string_view name = kFields[static_cast<std::size_t>(fault.field)].name;
  std::vector<Rule> breaks = {FieldRule(fault.field)};
  if (fault.write == WriteNull) breaks.push_back("response.null.absent"_rule);
  AddSnapshot(out, IdOf(fault), fmt::format(fmt::runtime(fault.title), name), 1, std::move(breaks),
              [write = fault.write, name](const Scene&, Json& snapshot) { write(snapshot, name); });
}

// Whether another field could be written so, too.
bool CanBeWrittenSo(const TypeFault& fault, const FieldInfo& other) {
  const FieldInfo& own = InfoOf(fault.field);
  const auto is_time = [](const FieldInfo& info) {
    return info.field == Field::kCreationTime || info.field == Field::kLastModifiedTime;
  };
  if (other.field == own.field || other.rule == kNoRule || other.type != own.type) return false;
  if (fault.write == WriteNumber || fault.write == WriteWithoutSign || fault.write == WriteUnit)
    return false;
  if (fault.write == WriteCapitals) return !other.values.empty();
  if (fault.write == WriteNull) return !other.required;
  return is_time(own) == is_time(other);
}

void AddTagShapes(std::vector<Fault>& out) {
  const std::vector<Rule> rules = {"response.tags.container"_rule, "response.tag.object"_rule,
                                   "response.tags.complete"_rule, "response.tag.tag_key"_rule,
                                   "response.tag.tag_value"_rule};
  const auto add = [&](const char* id, const char* title, int difficulty, auto change) {
    AddSnapshot(out, id, title, difficulty, rules, [change](const Scene&, Json& snapshot) {
      if (snapshot.contains("Tags") && !snapshot["Tags"]["Tag"].empty()) change(snapshot);
    });
  };
  add("shape.tags.map", "writes tags as a map", 2, [](Json& snapshot) {
    Json map = Json::object();
    for (const Json& tag : snapshot["Tags"]["Tag"]) {
      map[tag.at("TagKey").get<std::string>()] = tag.at("TagValue");
    }
    snapshot["Tags"] = map;
  });
  add("shape.tags.array", "writes tags without the container Tag", 2, [](Json& snapshot) {
    const Json tags = snapshot["Tags"]["Tag"];
    snapshot["Tags"] = tags;
  });
  add("shape.tags.key_value", "names the members of a tag Key and Value", 2, [](Json& snapshot) {
    for (Json& tag : snapshot["Tags"]["Tag"]) {
      tag = Json{{"Key", tag["TagKey"]}, {"Value", tag["TagValue"]}};
    }
  });
  add("shape.tags.missing", "lists no tags", 2, [](Json& snapshot) { snapshot.erase("Tags"); });
  add("shape.tags.single_object", "writes a single tag without an array", 3, [](Json& snapshot) {
    Json& tags = snapshot["Tags"]["Tag"];
    if (tags.size() != 1) return;
    const Json only = tags[0];
    tags = only;
  });
  add("shape.tags.texts", "writes tags as strings key=value", 2, [](Json& snapshot) {
    for (Json& tag : snapshot["Tags"]["Tag"]) {
      tag = tag["TagKey"].get<std::string>() + "=" + tag["TagValue"].get<std::string>();
    }
  });
}

void AddContainers(std::vector<Fault>& out) {
  const std::vector<Rule> container = {"response.snapshots.container"_rule,
                                       "response.snapshot.object"_rule};
  AddBody(out, "shape.list.single_object", "writes a single snapshot without an array", 2,
          container, [](const Scene&, Json& body) {
            Json& list = body["Snapshots"]["Snapshot"];
            if (list.size() != 1) return;
            const Json only = list[0];
            list = only;
          });
  AddBody(out, "shape.list.array", "writes Snapshots as an array", 1, container,
          [](const Scene&, Json& body) {
            const Json list = body["Snapshots"]["Snapshot"];
            body["Snapshots"] = list;
          });
  AddBody(out, "shape.list.null_when_empty", "writes null for an empty list", 2,
          {container[0], "response.null.absent"_rule}, [](const Scene&, Json& body) {
            if (body["Snapshots"]["Snapshot"].empty()) body["Snapshots"]["Snapshot"] = nullptr;
          });
  AddBody(out, "shape.list.absent_when_empty", "leaves Snapshots out if nothing is listed", 2,
          container, [](const Scene&, Json& body) {
            if (body["Snapshots"]["Snapshot"].empty()) body.erase("Snapshots");
          });
  AddBody(out, "shape.list.entries_null", "ends every list with null", 2,
          {container[1], "response.null.absent"_rule},
          [](const Scene&, Json& body) { body["Snapshots"]["Snapshot"].push_back(nullptr); });
  AddBody(out, "shape.body.wrapped", "puts the answer into an object DescribeSnapshotsResponse", 1,
          container, [](const Scene&, Json& body) {
            const Json inner = body;
            body = Json::object();
            body["DescribeSnapshotsResponse"] = inner;
          });
  out.back().breaks.push_back("response.request_id.given"_rule);
  AddBody(out, "shape.body.small_letters", "writes the names of the list in lower case", 1,
          container, [](const Scene&, Json& body) {
            const Json list = body["Snapshots"]["Snapshot"];
            body.erase("Snapshots");
            body["snapshots"] = list;
          });
  for (const char* name : {"TotalCount", "PageNumber", "PageSize"}) {
    AddBody(out, fmt::format("shape.{}.text", Snake(name)),
            fmt::format("writes {} as a string", name), 1,
            {*FindRule(fmt::format("response.{}.type", Snake(name)))},
            [name](const Scene&, Json& body) {
              if (body.contains(name)) body[name] = body[name].dump();
            });
  }
  AddBody(out, "shape.next_token.null", "writes null if there is no NextToken", 1,
          {"response.next_token.type"_rule, "response.null.absent"_rule},
          [](const Scene&, Json& body) {
            if (body.value("NextToken", "").empty()) body["NextToken"] = nullptr;
          });
  AddBody(out, "shape.next_token.number", "writes the NextToken as a number", 2,
          {"response.next_token.type"_rule}, [](const Scene& scene, Json& body) {
            if (!body.value("NextToken", "").empty()) body["NextToken"] = scene.number;
          });
}

void AddRequestIds(std::vector<Fault>& out) {
  const auto set = [](std::function<void(Json&)> change) {
    return [change](const Scene&, Json& body) { change(body); };
  };
  const auto add = [&](const char* id, const char* title, std::vector<Rule> breaks, auto change) {
    AddBody(out, id, title, 1, std::move(breaks), set(change));
  };
  add("shape.request_id.constant", "always gives the same RequestId",
      {"response.request_id.unique"_rule},
      [](Json& body) { body["RequestId"] = "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"; });
  add("shape.request_id.missing", "leaves RequestId out", {"response.request_id.given"_rule},
      [](Json& body) { body.erase("RequestId"); });
  add("shape.request_id.empty", "leaves RequestId empty", {"response.request_id.given"_rule},
      [](Json& body) { body["RequestId"] = ""; });
  add("shape.request_id.small_letters", "writes RequestId in lower case",
      {"response.request_id.form"_rule},
      [](Json& body) { body["RequestId"] = SmallLetters(body.value("RequestId", "")); });
  out.push_back({.id = "shape.request_id.other_header",
                 .title = "gives another RequestId in the header than in the body",
                 .stage = Stage::kSend,
                 .difficulty = 1,
                 .breaks = {"response.request_id.header"_rule},
                 .answer = [](const Scene&, Response& answer) {
                   if (!answer.request_id.empty()) {
                     answer.request_id[0] = answer.request_id[0] == 'A' ? 'B' : 'A';
                   }
                 }});
}

void AddTextShapes(std::vector<Fault>& out) {
  const auto body = [&](const char* id, const char* title, int difficulty, std::vector<Rule> breaks,
                        std::function<void(Response&)> change) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kRender,
                   .difficulty = difficulty,
                   .breaks = std::move(breaks),
                   .answer = [change = std::move(change)](const Scene&, Response& answer) {
                     if (answer.body.starts_with("{")) change(answer);
                   }});
  };
  const std::vector<Rule> malformed = {"encoding.json.well_formed"_rule};
  body("shape.json.trailing_comma", "ends objects in JSON with a comma", 1, malformed,
       [](Response& answer) { answer.body.insert(answer.body.size() - 1, ","); });
  body("shape.json.single_quotes", "writes JSON with single quotes", 1, malformed,
       [](Response& answer) { answer.body = ReplacedAll(answer.body, "\"", "'"); });
  body("shape.json.cut", "leaves the last character of JSON out", 1, malformed,
       [](Response& answer) { answer.body.pop_back(); });
  body("shape.json.repeated_name", "writes a name twice in one object", 1,
       {"encoding.json.unique_names"_rule},
       [](Response& answer) { answer.body.insert(answer.body.size() - 1, ",\"RequestId\":\"\""); });
  body("shape.media_type.text", "sends JSON as text/plain", 1, {"encoding.media_type.json"_rule},
       [](Response& answer) { answer.content_type = "text/plain"; });
  out.push_back({.id = "shape.media_type.xml_as_text",
                 .title = "sends XML as text/plain",
                 .stage = Stage::kRender,
                 .difficulty = 1,
                 .breaks = {"encoding.media_type.xml"_rule},
                 .answer = [](const Scene&, Response& answer) {
                   if (answer.body.starts_with("<")) answer.content_type = "text/plain";
                 }});
  out.push_back({.id = "shape.text.latin_1",
                 .title = "writes characters of Latin-1 in one byte",
                 .stage = Stage::kRender,
                 .difficulty = 2,
                 .breaks = {"encoding.utf8.valid"_rule},
                 .answer = [](const Scene&, Response& answer) {
                   for (std::size_t i = 0; i + 1 < answer.body.size(); ++i) {
                     const auto lead = static_cast<unsigned char>(answer.body[i]);
                     if (lead < 0xC3) continue;
                     answer.body.replace(i, 2, "\xE9");
                     return;
                   }
                 }});
  out.push_back({.id = "shape.text.called_latin_1",
                 .title = "says in Content-Type that its UTF-8 is ISO-8859-1",
                 .stage = Stage::kSend,
                 .difficulty = 2,
                 .breaks = {"encoding.utf8.valid"_rule},
                 .answer = [](const Scene&, Response& answer) {
                   const std::size_t end = answer.content_type.find(';');
                   answer.content_type = answer.content_type.substr(0, end) + ";charset=ISO-8859-1";
                 }});
  body("shape.media_type.missing", "sends JSON without a Content-Type", 1,
       {"encoding.media_type.json"_rule}, [](Response& answer) { answer.content_type.clear(); });
}

void AddXml(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty, std::vector<Rule> breaks,
                       std::function<void(std::string&)> change) {
    out.push_back(
        {.id = id,
         .title = title,
         .stage = Stage::kRender,
         .difficulty = difficulty,
         .breaks = std::move(breaks),
         .xml = [change = std::move(change)](const Scene&, std::string& body) { change(body); }});
  };
  const std::vector<Rule> malformed = {"encoding.xml.well_formed"_rule, "encoding.format.xml"_rule};
  const auto rename = [](const char* from, const char* to) {
    return [from = std::string(from), to = std::string(to)](std::string& body) {
      body = ReplacedAll(ReplacedAll(body, "<" + from + ">", "<" + to + ">"), "</" + from + ">",
                         "</" + to + ">");
    };
  };
  add("shape.xml.unescaped", "writes & and < in XML as they are", 2,
      {malformed[0], malformed[1], "response.field.snapshot_name"_rule,
       "response.field.description"_rule, "response.tags.complete"_rule},
      [](std::string& body) { body = ReplacedAll(ReplacedAll(body, "&lt;", "<"), "&amp;", "&"); });
  add("shape.xml.escaped_twice", "escapes texts twice in XML", 2,
      {"response.field.snapshot_name"_rule, "response.field.description"_rule,
       "response.tags.complete"_rule, "response.snapshot.known"_rule},
      [](std::string& body) { body = ReplacedAll(body, "&", "&amp;"); });
  add("shape.xml.cdata_end", "writes ]]> in XML as it is", 3, {malformed[0]},
      [](std::string& body) { body = ReplacedAll(body, "]]&gt;", "]]>"); });
  add("shape.xml.html_entity", "writes a no-break space as &nbsp; in XML", 3, {malformed[0]},
      [](std::string& body) { body = ReplacedAll(body, "\u00a0", "&nbsp;"); });
  add("shape.xml.called_latin_1", "says in its declaration that UTF-8 is ISO-8859-1", 2,
      {"encoding.utf8.valid"_rule}, [](std::string& body) {
        body = ReplacedAll(body, "encoding='UTF-8'", "encoding='ISO-8859-1'");
      });
  add("shape.xml.root", "names the root of a list Response", 1, {"encoding.xml.root"_rule},
      rename("DescribeSnapshotsResponse", "Response"));
  add("shape.xml.doctype", "writes a document type before the root of XML", 1,
      {"encoding.xml.no_doctype"_rule}, [](std::string& body) {
        const std::size_t root = body.find('<', body.starts_with("<?") ? body.find("?>") : 0);
        body.insert(root, "<!DOCTYPE api [<!ENTITY a \"b\">]>");
      });
  add("shape.xml.no_end", "does not close the root of XML", 1, malformed,
      [](std::string& body) { body.erase(body.rfind("</")); });
  add("shape.xml.other_snapshot", "names the entries of a list Item in XML", 1,
      {"response.snapshots.container"_rule, "response.snapshot.object"_rule,
       "page.size.limits"_rule},
      rename("Snapshot", "Item"));
  add("shape.xml.other_tag", "names the tags of a snapshot Item in XML", 2,
      {"response.tags.complete"_rule, "response.tag.object"_rule, "response.tags.container"_rule},
      rename("Tag", "Item"));
  add("shape.xml.capital_flags", "writes True and False in XML", 1,
      {"response.field.encrypted"_rule, "response.field.instant_access"_rule,
       "response.field.available"_rule},
      [](std::string& body) {
        body = ReplacedAll(ReplacedAll(body, ">true<", ">True<"), ">false<", ">False<");
      });
}

}  // namespace

void AddShapeFaults(std::vector<Fault>& out) {
  AddMissing(out);
  for (const TypeFault& fault : kTypeFaults) AddType(out, fault);
  AddTagShapes(out);
  AddContainers(out);
  AddRequestIds(out);
  AddTextShapes(out);
  AddXml(out);
}

// The same in JSON and in XML, of a text that stays one.
void AddTextForm(std::vector<Fault>& out, const TypeFault& fault) {
  const auto rewrite = [write = fault.write, field = fault.field](const Scene&,
                                                                  Snapshot& snapshot) {
    const std::string name(InfoOf(field).name);
    Json one = {{name, snapshot[field]}};
    write(one, name);
    if (one[name].is_string()) snapshot.Set(field, one[name].get<std::string>());
  };
  out.push_back(
      {.id = IdOf(fault),
       .title = fmt::format(fmt::runtime(fault.title), InfoOf(fault.field).name) + ", in XML, too",
       .stage = Stage::kRender,
       .breaks = {FieldRule(fault.field)},
       .snapshot = rewrite});
}

void AddTypeVariants(std::vector<Fault>& out) {
  std::set<std::pair<Field, decltype(TypeFault::write)>> done;
  for (const TypeFault& fault : kTypeFaults) done.emplace(fault.field, fault.write);
  for (const TypeFault& fault : kTypeFaults) {
    const bool text = InfoOf(fault.field).type == FieldType::kString && fault.write != WriteNull;
    if (text) AddTextForm(out, fault);
    for (const FieldInfo& other : kFields) {
      if (!CanBeWrittenSo(fault, other) || !done.emplace(other.field, fault.write).second) continue;
      if (text) {
        AddTextForm(out, {other.field, fault.word, fault.title, fault.write});
        out.back().id = IdOf(fault);
      }
      AddType(out, {other.field, fault.word, fault.title, fault.write});
      out.back().id = IdOf(fault);
    }
  }
}

}  // namespace assay
