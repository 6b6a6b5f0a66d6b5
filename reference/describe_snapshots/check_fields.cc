// The answer's own form, and its fields against the state, whatever was asked.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "reference/describe_snapshots/checks.h"
#include "spec/letters.h"

namespace assay {
namespace {

using Kind = ObservedValue::Kind;

// The rule of each field, in the order of Field; InstanceId is never shown.
constexpr std::array<Rule, kFieldCount> kFieldRules = {
    "response.field.snapshot_id"_rule,
    "response.field.snapshot_name"_rule,
    "response.field.description"_rule,
    "response.field.status"_rule,
    "response.field.progress"_rule,
    "response.field.creation_time"_rule,
    "response.field.last_modified_time"_rule,
    "response.field.source_disk_id"_rule,
    "response.field.source_disk_size"_rule,
    "response.field.source_disk_type"_rule,
    "response.field.source_storage_type"_rule,
    "response.field.snapshot_type"_rule,
    "response.field.usage"_rule,
    "response.field.category"_rule,
    "response.field.encrypted"_rule,
    "response.field.instant_access"_rule,
    "response.field.available"_rule,
    "response.field.instant_access_retention_days"_rule,
    "response.field.retention_days"_rule,
    "response.field.remain_time"_rule,
    "response.field.kms_key_id"_rule,
    "response.field.resource_group_id"_rule,
    "response.field.snapshot_sn"_rule,
    "response.field.product_code"_rule,
    "response.field.source_snapshot_id"_rule,
    "response.field.source_region_id"_rule,
    "response.field.region_id"_rule,
    "response.field.snapshot_link_id"_rule,
    kNoRule};

// How an unset text may look: the question of each optional text field.
struct UnsetForm {
  Field field;
  Question question;
};
constexpr std::array<UnsetForm, 8> kUnsetForms = {{
    {Field::kSnapshotName, "form.unset.snapshot_name"_question},
    {Field::kDescription, "form.unset.description"_question},
    {Field::kKMSKeyId, "form.unset.kms_key_id"_question},
    {Field::kSnapshotSN, "form.unset.snapshot_sn"_question},
    {Field::kProductCode, "form.unset.product_code"_question},
    {Field::kSourceSnapshotId, "form.unset.source_snapshot_id"_question},
    {Field::kSourceRegionId, "form.unset.source_region_id"_question},
    {Field::kSourceStorageType, "form.unset.source_storage_type"_question},
}};

bool IsInteger(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// True where the value has the type; in XML every scalar is text, so its spelling is looked at.
bool HasType(const ObservedValue& value, FieldType type, bool xml) {
  switch (type) {
    case FieldType::kString:
      return value.kind == Kind::kText;
    case FieldType::kInteger:
      return xml ? IsInteger(value.text) : value.kind == Kind::kInteger;
    case FieldType::kBoolean:
      return xml ? value.text == "true" || value.text == "false" : value.kind == Kind::kBoolean;
  }
  return false;
}

std::string_view Words(FieldType type) {
  return type == FieldType::kString    ? "a string"
         : type == FieldType::kInteger ? "an integer"
                                       : "a Boolean";
}

std::string Shown(const ObservedValue& value) {
  if (!value.given()) return "nothing";
  if (value.kind == Kind::kText) return fmt::format("\"{}\"", Excerpt(value.text));
  return value.text.empty() ? std::string(NameOf(value.kind)) : std::string(value.text);
}

class FieldChecker {
 public:
  FieldChecker(bool xml, Findings& findings) : xml_(xml), findings_(findings) {}

  // Type and form only; true where the value may be compared.
  bool Type(const FieldInfo& info, const ObservedValue& value) {
    if (value.kind == Kind::kNull) return false;  // response.null.absent speaks already
    if (!xml_ && info.field == Field::kSourceDiskSize) {
      if (value.kind == Kind::kInteger || (value.kind == Kind::kText && IsInteger(value.text))) {
        findings_.Answers("form.source_disk_size"_question,
                          value.kind == Kind::kInteger ? "number"_option : "string"_option);
        return true;
      }
    } else if (!xml_ && info.field == Field::kAvailable) {
      const bool text =
          value.kind == Kind::kText && (value.text == "true" || value.text == "false");
      if (text || value.kind == Kind::kBoolean) {
        findings_.Answers("form.available"_question, text ? "string"_option : "boolean"_option);
        return true;
      }
    } else if (HasType(value, info.type, xml_)) {
      return true;
    }
    findings_.Add(RuleOf(info.field), fmt::format("{} as {}", info.name, Words(info.type)),
                  fmt::format("{}: {}", info.name, Shown(value)),
                  fmt::format("type {}", NameOf(value.kind)));
    return false;
  }

  // True where the SnapshotId can be looked up.
  bool Identifies(const ObservedValue& id) {
    const FieldInfo& info = kFields[static_cast<std::size_t>(Field::kSnapshotId)];
    findings_.Use(RuleOf(info.field));
    if (id.given()) return Type(info, id);
    findings_.Add(RuleOf(info.field), "SnapshotId of every snapshot", "nothing", "missing");
    return false;
  }

  void Value(const FieldInfo& info, const ObservedValue& value, const Snapshot& snapshot) {
    const std::string& expected = snapshot[info.field];
    if (!snapshot.Has(info.field) || expected.empty()) return Unset(info, value, snapshot);
    findings_.Use(RuleOf(info.field));
    if (!value.given()) {
      return Differ(info, snapshot, fmt::format("\"{}\"", Excerpt(expected)), value, "missing");
    }
    if (!Type(info, value)) return;
    if (info.field == Field::kSnapshotType && expected == "auto") {
      if (value.text == "auto" || value.text == "timer") {
        return findings_.Answers("form.automatic_snapshot_type"_question,
                                 value.text == "auto" ? "auto"_option : "timer"_option);
      }
    }
    const bool any_case = info.field == Field::kSourceDiskType || info.field == Field::kCategory;
    if (any_case ? EqualAnyCase(value.text, expected) : value.text == expected) return;
    Differ(info, snapshot, fmt::format("\"{}\"", Excerpt(expected)), value, "value");
  }

  // Fields of newer editions: looked at where they are given.
  void Undocumented(const FieldInfo& info, const ObservedValue& value, const Snapshot& snapshot) {
    if (!value.given() || info.field == Field::kInstanceId) return;
    findings_.Use(RuleOf(info.field));
    if (value.text != snapshot[info.field]) {
      Differ(info, snapshot, snapshot[info.field], value, "value");
    }
  }

  void Tags(const ObservedSnapshot& seen, const Snapshot& snapshot) {
    findings_.Use("response.tags.complete"_rule);
    if (seen.tags_kind == Kind::kAbsent && snapshot.tags.empty()) {
      if (!xml_) findings_.Answers("form.no_tags"_question, "absent"_option);
      return;
    }
    if (seen.tags_kind != Kind::kAbsent && seen.tags_kind != Kind::kObject) return;
    if (snapshot.tags.empty() && seen.tags.empty() && !xml_) {
      findings_.Answers("form.no_tags"_question, "empty_list"_option);
    }
    // Nearly always they come in the order of the state.
    if (std::ranges::equal(seen.tags, snapshot.tags, [](const ObservedTag& a, const Tag& b) {
          return a.key.text == b.key && a.value.text == b.value;
        })) {
      return;
    }
    std::vector<Tag> listed;
    for (const ObservedTag& tag : seen.tags) {
      listed.push_back({std::string(tag.key.text), std::string(tag.value.text)});
    }
    if (std::ranges::is_permutation(listed, snapshot.tags)) return;
    findings_.Add(
        "response.tags.complete"_rule,
        fmt::format("the tags {} of {}", Text(snapshot.tags), snapshot[Field::kSnapshotId]),
        fmt::format("the tags {}", Text(listed)), "");
  }

 private:
  static Rule RuleOf(Field field) { return kFieldRules[static_cast<std::size_t>(field)]; }

  // "This parameter is returned only if …", and recordings that show "" instead.
  void Unset(const FieldInfo& info, const ObservedValue& value, const Snapshot& snapshot) {
    const auto form = std::ranges::find(kUnsetForms, info.field, &UnsetForm::field);
    if (value.kind == Kind::kNull) return;
    findings_.Use(RuleOf(info.field));
    const bool text_field = form != kUnsetForms.end();
    if (!value.given()) {
      if (text_field && !xml_) findings_.Answers(form->question, "absent"_option);
    } else if (text_field && value.kind == Kind::kText && value.text.empty()) {
      if (!xml_) findings_.Answers(form->question, "empty_string"_option);
    } else if (!xml_ || !value.text.empty()) {
      Differ(info, snapshot, "nothing, since it is unset", value, "set");
    }
  }

  void Differ(const FieldInfo& info, const Snapshot& snapshot, const std::string& expected,
              const ObservedValue& value, std::string shape) {
    findings_.Add(RuleOf(info.field),
                  fmt::format("{} of {}: {}", info.name, snapshot[Field::kSnapshotId], expected),
                  fmt::format("{}: {}", info.name, Shown(value)), std::move(shape));
  }

  static std::string Text(const std::vector<Tag>& tags) {
    std::string out = "{";
    for (const Tag& tag : tags) {
      if (out.size() > 1) out += ", ";
      out += fmt::format("{}={}", Excerpt(tag.key, 40), Excerpt(tag.value, 40));
    }
    return Excerpt(out + "}", 300);
  }

  bool xml_;
  Findings& findings_;
};

void CheckRequestId(const ObservedAnswer& answer, Rule rule, Findings& findings) {
  findings.Use(rule);
  if (answer.request_id.kind != Kind::kText || answer.request_id.text.empty()) {
    findings.Add(rule, "RequestId as a string that is not empty", Shown(answer.request_id),
                 std::string(NameOf(answer.request_id.kind)));
    return;
  }
  findings.Use("response.request_id.form"_rule);
  const std::string_view text = answer.request_id.text;
  constexpr std::string_view kPattern = "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX";
  const bool uuid = std::ranges::equal(text, kPattern, [](char c, char p) {
    return p == '-' ? c == '-' : (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
  });
  if (!uuid) {
    findings.Add("response.request_id.form"_rule, "an upper-case UUID", Shown(answer.request_id));
  }
}

void CheckInteger(const char* name, const ObservedValue& value, Rule rule, bool xml,
                  Findings& findings) {
  if (!value.given() || value.kind == Kind::kNull) return;
  findings.Use(rule);
  if (HasType(value, FieldType::kInteger, xml)) return;
  findings.Add(rule, fmt::format("{} as an integer", name), Shown(value),
               std::string(NameOf(value.kind)));
}

void CheckMediaType(const ObservedAnswer& answer, const Response& response, Findings& findings) {
  std::string type = SmallLetters(response.content_type.substr(0, response.content_type.find(';')));
  while (type.ends_with(' ')) type.pop_back();
  const Rule rule = answer.xml ? "encoding.media_type.xml"_rule : "encoding.media_type.json"_rule;
  findings.Use(rule);
  const bool right =
      answer.xml ? type == "text/xml" || type == "application/xml" : type == "application/json";
  if (right) return;
  findings.Add(rule, answer.xml ? "text/xml or application/xml" : "application/json",
               type.empty() ? std::string("no media type") : Excerpt(type), Excerpt(type));
}

void CheckRequestIdHeader(const ObservedAnswer& answer, const Response& response,
                          Findings& findings) {
  if (response.request_id.empty() || answer.request_id.kind != Kind::kText) return;
  findings.Use("response.request_id.header"_rule);
  if (response.request_id == answer.request_id.text) return;
  findings.Add("response.request_id.header"_rule,
               fmt::format("x-acs-request-id: {}", Excerpt(answer.request_id.text)),
               Excerpt(response.request_id));
}

}  // namespace

bool IsDocumentedValue(Field field, std::string_view text) {
  const auto any_of = [&](std::initializer_list<std::string_view> values) {
    return std::ranges::any_of(values, [&](std::string_view v) { return EqualAnyCase(v, text); });
  };
  switch (field) {
    case Field::kStatus:
      return any_of({"progressing", "accomplished", "failed"});
    case Field::kSnapshotType:
      return any_of({"auto", "user", "timer", "all"});
    case Field::kUsage:
      return any_of({"image", "disk", "image_disk", "none"});
    case Field::kSourceDiskType:
      return any_of({"system", "data"});
    case Field::kCategory:
      return any_of({"standard", "flash", "archive"});
    case Field::kCreationTime:
    case Field::kLastModifiedTime: {
      std::int64_t seconds = 0;
      return ParseTime(text, &seconds);
    }
    case Field::kProgress:
      return text.ends_with('%') && IsInteger(text.substr(0, text.size() - 1));
    case Field::kSnapshotId:
      return !text.empty();
    default:
      return true;
  }
}

void Findings::Add(Rule rule, std::string expected, std::string actual, std::string shape) {
  differences.push_back({rule, std::move(expected), std::move(actual), std::move(shape)});
}

void Findings::Answers(Question question, Option option) {
  const auto bit = static_cast<OptionSet>(1U << Catalogue::Get()[question].PositionOf(option));
  const Restriction answer{question, bit};
  if (std::ranges::find(answers, answer) == answers.end()) answers.push_back(answer);
}

void CheckForm(const ObservedAnswer& answer, const Response& response, Findings& findings) {
  CheckMediaType(answer, response, findings);
  if (const std::string name = OtherEncodingName(answer, response); !name.empty()) {
    findings.Add("encoding.utf8.valid"_rule, "UTF-8, and no other name of an encoding",
                 fmt::format("UTF-8 that is called {}", Excerpt(name)), "name");
  }
  CheckRequestIdHeader(answer, response, findings);
  for (const Rule rule : {"encoding.utf8.valid"_rule, "response.null.absent"_rule}) {
    findings.Use(rule);
  }
  if (answer.xml) {
    findings.Use("encoding.xml.well_formed"_rule);
    findings.Use("encoding.xml.root"_rule);
  } else {
    findings.Use("encoding.json.well_formed"_rule);
    findings.Use("encoding.json.unique_names"_rule);
  }
  CheckInteger("PageSize", answer.page_size, "response.page_size.type"_rule, answer.xml, findings);
  CheckInteger("PageNumber", answer.page_number, "response.page_number.type"_rule, answer.xml,
               findings);
  CheckInteger("TotalCount", answer.total_count, "response.total_count.type"_rule, answer.xml,
               findings);
  if (answer.next_token.given() && answer.next_token.kind != Kind::kNull) {
    findings.Use("response.next_token.type"_rule);
    if (answer.next_token.kind != Kind::kText) {
      findings.Add("response.next_token.type"_rule, "NextToken as a string",
                   Shown(answer.next_token), std::string(NameOf(answer.next_token.kind)));
    }
  }
}

void CheckErrorEnvelope(const ObservedAnswer& answer, Findings& findings) {
  for (const Rule rule :
       {"error.envelope.code"_rule, "error.envelope.message"_rule, "error.envelope.host_id"_rule,
        "error.envelope.no_list"_rule, "error.status.matches"_rule}) {
    findings.Use(rule);
  }
  if (answer.message.kind != Kind::kText) {
    findings.Add("error.envelope.message"_rule, "Message as a string", Shown(answer.message),
                 std::string(NameOf(answer.message.kind)));
  }
  CheckRequestId(answer, "error.envelope.request_id"_rule, findings);
  if (answer.host_id.kind != Kind::kText || answer.host_id.text.empty()) {
    findings.Add("error.envelope.host_id"_rule, "HostId as a string", Shown(answer.host_id));
  }
  if (answer.snapshot_count > 0) {
    findings.Add("error.envelope.no_list"_rule, "no snapshots in an error",
                 fmt::format("{} snapshots", answer.snapshot_count));
  }
}

namespace {

// What every list has, known state or not.
void CheckListFrame(const ObservedAnswer& answer, Findings& findings) {
  CheckRequestId(answer, "response.request_id.given"_rule, findings);
  for (const Rule rule : {"response.snapshots.container"_rule, "response.snapshot.object"_rule,
                          "response.snapshot.once"_rule}) {
    findings.Use(rule);
  }
  const bool reported = std::ranges::any_of(answer.problems, [](const Difference& problem) {
    return problem.rule == "response.snapshots.container"_rule;
  });
  if (!answer.has_list && !reported) {
    findings.Add("response.snapshots.container"_rule, "Snapshots with an array Snapshot",
                 fmt::format("Snapshots: {}", NameOf(answer.list_kind)),
                 std::string(NameOf(answer.list_kind)));
  }
}

}  // namespace

namespace {

void CheckFieldForm(const FieldInfo& info, const ObservedValue& value, FieldChecker& checker,
                    Findings& findings) {
  const bool unset = value.kind == Kind::kText && value.text.empty();
  if (!value.given() || unset || info.field == Field::kInstanceId) return;
  findings.Use(kFieldRules[static_cast<std::size_t>(info.field)]);
  if (!checker.Type(info, value) || IsDocumentedValue(info.field, value.text)) return;
  findings.Add(kFieldRules[static_cast<std::size_t>(info.field)],
               fmt::format("a documented value of {}", info.name), Shown(value), "value");
}

void CheckItemForms(const ObservedSnapshot& item, FieldChecker& checker, Findings& findings) {
  for (const FieldInfo& info : kFields) {
    CheckFieldForm(info, item[info.field], checker, findings);
  }
}

// A field that no list showed, or not as the document has it: the form is all there is to compare.
void CheckUnknown(const FieldInfo& info, const ObservedValue& value, FieldChecker& checker,
                  Findings& findings) {
  const bool documented = static_cast<std::size_t>(info.field) < kDocumentedFieldCount;
  if (value.given() || !info.required || !documented) {
    return CheckFieldForm(info, value, checker, findings);
  }
  findings.Add(kFieldRules[static_cast<std::size_t>(info.field)],
               fmt::format("{} of every snapshot", info.name), "nothing", "missing");
}

}  // namespace

void CheckFields(const ObservedAnswer& answer, const Dataset& dataset, Findings& findings) {
  CheckListFrame(answer, findings);
  FieldChecker checker(answer.xml, findings);
  std::vector<std::string_view> seen;
  for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
    const ObservedSnapshot& item = answer.snapshots[i];
    const ObservedValue& id = item[Field::kSnapshotId];
    if (!checker.Identifies(id)) continue;
    findings.Use("response.snapshot.known"_rule);
    const auto at = dataset.by_id.find(id.text);
    if (at == dataset.by_id.end() && dataset.discovered) {
      // Of another region perhaps: which one was asked for the reading tells.
      CheckItemForms(item, checker, findings);
      continue;
    }
    if (at == dataset.by_id.end()) {
      findings.Add("response.snapshot.known"_rule, "a snapshot of the dataset",
                   fmt::format("SnapshotId: {}", Shown(id)), "unknown");
      continue;
    }
    if (std::ranges::find(seen, id.text) != seen.end()) {
      findings.Add("response.snapshot.once"_rule, "each snapshot once in an answer",
                   fmt::format("{} twice", id.text));
    }
    seen.push_back(id.text);
    const Snapshot& snapshot = dataset.snapshots[at->second];
    for (std::size_t f = 0; f < kFieldCount; ++f) {
      if (!snapshot.Knows(kFields[f].field)) {
        CheckUnknown(kFields[f], item.fields[f], checker, findings);
      } else if (f < kDocumentedFieldCount) {
        checker.Value(kFields[f], item.fields[f], snapshot);
      } else {
        checker.Undocumented(kFields[f], item.fields[f], snapshot);
      }
    }
    checker.Tags(item, snapshot);
  }
}

void CheckFieldForms(const ObservedAnswer& answer, Findings& findings) {
  CheckListFrame(answer, findings);
  FieldChecker checker(answer.xml, findings);
  for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
    const ObservedSnapshot& item = answer.snapshots[i];
    if (!item[Field::kSnapshotId].given()) {
      findings.Add("response.field.snapshot_id"_rule, "SnapshotId", "nothing", "missing");
    }
    CheckItemForms(item, checker, findings);
  }
}

std::vector<std::uint32_t> ListedPositions(const ObservedAnswer& answer, const Dataset& dataset) {
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
    const auto at = dataset.by_id.find(answer.snapshots[i][Field::kSnapshotId].text);
    if (at != dataset.by_id.end()) out.push_back(at->second);
  }
  return out;
}

}  // namespace assay
