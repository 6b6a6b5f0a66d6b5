#include "reference/judge/check_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "spec/text/letters.h"
#include "spec/text/time.h"

namespace assay {
namespace {

using Kind = ObservedValue::Kind;

// Of any size, as in JSON.
bool IsInteger(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// True if the value has the type; in XML every scalar is text, so its spelling is looked at.
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

std::string Described(const ObservedValue& value) {
  if (!value.given()) return "nothing";
  if (value.kind == Kind::kText) return fmt::format("\"{}\"", Excerpt(value.text));
  return value.text.empty() ? std::string(NameOf(value.kind)) : std::string(value.text);
}

class FieldChecker {
 public:
  FieldChecker(bool xml, CheckResult& result) : xml_(xml), result_(result) {}

  // Type and form only; true if the value may be compared.
  bool CheckType(const FieldInfo& info, const ObservedValue& value) {
    if (value.kind == Kind::kNull) return false;  // response.null.absent says so already
    if (!xml_ && info.field == Field::kSourceDiskSize) {
      if (value.kind == Kind::kInteger || (value.kind == Kind::kText && IsInteger(value.text))) {
        result_.Show("form.source_disk_size"_question,
                     value.kind == Kind::kInteger ? "number"_option : "string"_option);
        return true;
      }
    } else if (!xml_ && info.field == Field::kAvailable) {
      const bool text =
          value.kind == Kind::kText && (value.text == "true" || value.text == "false");
      if (text || value.kind == Kind::kBoolean) {
        result_.Show("form.available"_question, text ? "string"_option : "boolean"_option);
        return true;
      }
    } else if (HasType(value, info.type, xml_)) {
      return true;
    }
    result_.Add(info.rule, fmt::format("{} as {}", info.name, Words(info.type)),
                fmt::format("{}: {}", info.name, Described(value)),
                fmt::format("type {}", NameOf(value.kind)));
    return false;
  }

  // True if the SnapshotId can be looked up.
  bool Identifies(const ObservedValue& id) {
    const FieldInfo& info = InfoOf(Field::kSnapshotId);
    result_.Use(info.rule);
    if (id.given()) return CheckType(info, id);
    result_.Add(info.rule, "SnapshotId of every snapshot", "nothing", "missing");
    return false;
  }

  void CheckValue(const FieldInfo& info, const ObservedValue& value, const Snapshot& snapshot) {
    const std::string& expected = snapshot[info.field];
    if (!snapshot.Has(info.field) || expected.empty()) return CheckUnset(info, value, snapshot);
    result_.Use(info.rule);
    if (!value.given()) {
      return Differ(info, snapshot, fmt::format("\"{}\"", Excerpt(expected)), value, "missing");
    }
    if (!CheckType(info, value)) return;
    if (info.field == Field::kSnapshotType && expected == "auto") {
      if (value.text == "auto" || value.text == "timer") {
        return result_.Show("form.automatic_snapshot_type"_question,
                            value.text == "auto" ? "auto"_option : "timer"_option);
      }
    }
    const bool any_case = info.field == Field::kSourceDiskType || info.field == Field::kCategory;
    if (any_case ? EqualAnyCase(value.text, expected) : value.text == expected) return;
    Differ(info, snapshot, fmt::format("\"{}\"", Excerpt(expected)), value, "value");
  }

  // Fields of newer editions: checked if they are given.
  void CheckUndocumented(const FieldInfo& info, const ObservedValue& value,
                         const Snapshot& snapshot) {
    if (!value.given() || info.field == Field::kInstanceId) return;
    result_.Use(info.rule);
    if (value.text != snapshot[info.field]) {
      Differ(info, snapshot, snapshot[info.field], value, "value");
    }
  }

  void CheckTags(const ObservedSnapshot& seen, const Snapshot& snapshot) {
    result_.Use("response.tags.complete"_rule);
    if (seen.tags_kind == Kind::kAbsent && snapshot.tags.empty()) {
      if (!xml_) result_.Show("form.no_tags"_question, "absent"_option);
      return;
    }
    if (seen.tags_kind != Kind::kAbsent && seen.tags_kind != Kind::kObject) return;
    if (!seen.tags_fit) return;  // what is wrong was said of their form
    if (snapshot.tags.empty() && seen.tags.empty() && !xml_) {
      result_.Show("form.no_tags"_question, "empty_list"_option);
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
    result_.Add("response.tags.complete"_rule,
                fmt::format("the tags {} of {}", Text(snapshot.tags), snapshot[Field::kSnapshotId]),
                fmt::format("the tags {}", Text(listed)), "");
  }

 private:
  // "This parameter is returned only if …", and recordings that show "" instead.
  void CheckUnset(const FieldInfo& info, const ObservedValue& value, const Snapshot& snapshot) {
    if (value.kind == Kind::kNull) return;
    result_.Use(info.rule);
    if (!value.given()) {
      if (info.unset && !xml_) result_.Show(*info.unset, "absent"_option);
    } else if (info.unset && value.kind == Kind::kText && value.text.empty()) {
      if (!xml_) result_.Show(*info.unset, "empty_string"_option);
    } else if ((!xml_ || !value.text.empty()) && !IsDefault(info, value, snapshot)) {
      Differ(info, snapshot, "nothing, since it is unset", value, "set");
    }
  }

  // Times that are unset may be 0, and that of instant access "is the same as" the other.
  static bool IsDefault(const FieldInfo& info, const ObservedValue& value,
                        const Snapshot& snapshot) {
    const bool instant = info.field == Field::kInstantAccessRetentionDays;
    if (instant && value.text == snapshot[Field::kRetentionDays]) return true;
    const bool is_time =
        instant || info.field == Field::kRetentionDays || info.field == Field::kRemainTime;
    return is_time && value.text == "0";
  }

  void Differ(const FieldInfo& info, const Snapshot& snapshot, const std::string& expected,
              const ObservedValue& value, std::string shape) {
    result_.Add(info.rule,
                fmt::format("{} of {}: {}", info.name, snapshot[Field::kSnapshotId], expected),
                fmt::format("{}: {}", info.name, Described(value)), std::move(shape));
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
  CheckResult& result_;
};

void CheckRequestId(const ObservedAnswer& answer, Rule rule, CheckResult& result) {
  result.Use(rule);
  if (answer.request_id.kind != Kind::kText || answer.request_id.text.empty()) {
    result.Add(rule, "RequestId as a string that is not empty", Described(answer.request_id),
               std::string(NameOf(answer.request_id.kind)));
    return;
  }
  result.Use("response.request_id.form"_rule);
  const std::string_view text = answer.request_id.text;
  constexpr std::string_view kPattern = "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX";
  const bool uuid = std::ranges::equal(text, kPattern, [](char c, char p) {
    return p == '-' ? c == '-' : (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
  });
  if (!uuid) {
    result.Add("response.request_id.form"_rule, "an upper-case UUID", Described(answer.request_id));
  }
}

void CheckInteger(const char* name, const ObservedValue& value, Rule rule, bool xml,
                  CheckResult& result) {
  if (!value.given() || value.kind == Kind::kNull) return;
  result.Use(rule);
  if (HasType(value, FieldType::kInteger, xml)) return;
  result.Add(rule, fmt::format("{} as an integer", name), Described(value),
             std::string(NameOf(value.kind)));
}

void CheckMediaType(const ObservedAnswer& answer, const Response& response, CheckResult& result) {
  std::string type = SmallLetters(response.content_type.substr(0, response.content_type.find(';')));
  while (type.ends_with(' ')) type.pop_back();
  const Rule rule = answer.xml ? "encoding.media_type.xml"_rule : "encoding.media_type.json"_rule;
  result.Use(rule);
  const bool right =
      answer.xml ? type == "text/xml" || type == "application/xml" : type == "application/json";
  if (right) return;
  result.Add(rule, answer.xml ? "text/xml or application/xml" : "application/json",
             type.empty() ? std::string("no media type") : Excerpt(type), Excerpt(type));
}

void CheckRequestIdHeader(const ObservedAnswer& answer, const Response& response,
                          CheckResult& result) {
  if (response.request_id.empty() || answer.request_id.kind != Kind::kText) return;
  result.Use("response.request_id.header"_rule);
  if (response.request_id == answer.request_id.text) return;
  result.Add("response.request_id.header"_rule,
             fmt::format("x-acs-request-id: {}", Excerpt(answer.request_id.text)),
             Excerpt(response.request_id));
}

}  // namespace

bool IsDocumentedValue(Field field, std::string_view text) {
  const auto& shown = InfoOf(field).shown;
  if (!shown.empty()) {
    return std::ranges::any_of(shown, [&](std::string_view v) { return EqualAnyCase(v, text); });
  }
  switch (field) {
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

void CheckResult::Add(Rule rule, std::string expected, std::string actual, std::string shape) {
  differences.push_back(
      FormDifference(rule, std::move(expected), std::move(actual), std::move(shape)));
}

void CheckResult::Show(Question question, Option option) {
  Show(Restriction{question, OptionSet::Of(question, {option})});
}

void CheckResult::Show(const Restriction& answer) {
  if (std::ranges::find(answers, answer) == answers.end()) answers.push_back(answer);
}

const RightSnapshots::Right* RightSnapshots::Find(const ObservedSnapshot& snapshot) const {
  if (!snapshot.seen) return nullptr;
  const auto at = right_.find(snapshot.seen.get());
  return at == right_.end() ? nullptr : &at->second;
}

void RightSnapshots::Add(const ObservedSnapshot& snapshot, std::uint32_t position,
                         const CheckResult& result) {
  constexpr std::size_t kMost = 2048;
  if (!snapshot.seen || !result.differences.empty()) return;
  if (right_.size() >= kMost) right_.clear();
  right_.emplace(snapshot.seen.get(), Right{snapshot.seen, position, result});
}

void CheckForm(const ObservedAnswer& answer, const Response& response, CheckResult& result) {
  CheckMediaType(answer, response, result);
  if (const std::string name = OtherEncodingName(answer, response); !name.empty()) {
    result.Add("encoding.utf8.valid"_rule, "UTF-8, declared as nothing else",
               fmt::format("UTF-8 declared as {}", Excerpt(name)), "name");
  }
  CheckRequestIdHeader(answer, response, result);
  for (const Rule rule : {"encoding.utf8.valid"_rule, "response.null.absent"_rule}) {
    result.Use(rule);
  }
  if (answer.xml) {
    result.Use("encoding.xml.well_formed"_rule);
    result.Use("encoding.xml.root"_rule);
  } else {
    result.Use("encoding.json.well_formed"_rule);
    result.Use("encoding.json.unique_names"_rule);
  }
  CheckInteger("PageSize", answer.page_size, "response.page_size.type"_rule, answer.xml, result);
  CheckInteger("PageNumber", answer.page_number, "response.page_number.type"_rule, answer.xml,
               result);
  CheckInteger("TotalCount", answer.total_count, "response.total_count.type"_rule, answer.xml,
               result);
  if (answer.next_token.given() && answer.next_token.kind != Kind::kNull) {
    result.Use("response.next_token.type"_rule);
    if (answer.next_token.kind != Kind::kText) {
      result.Add("response.next_token.type"_rule, "NextToken as a string",
                 Described(answer.next_token), std::string(NameOf(answer.next_token.kind)));
    }
  }
}

bool LooksLikeATrace(std::string_view text) {
  constexpr std::array<std::string_view, 8> kSigns = {"Traceback (most recent call last)",
                                                      "goroutine ",
                                                      "\n\tat ",
                                                      "\n    at ",
                                                      "Exception in thread",
                                                      "panicked at",
                                                      "node_modules/",
                                                      ".py\", line "};
  return std::ranges::any_of(
      kSigns, [&](std::string_view sign) { return text.find(sign) != std::string_view::npos; });
}

void CheckErrorEnvelope(const ObservedAnswer& answer, CheckResult& result) {
  for (const Rule rule : {"error.envelope.no_trace"_rule, "error.envelope.code"_rule,
                          "error.envelope.message"_rule, "error.envelope.host_id"_rule,
                          "error.envelope.no_list"_rule, "error.status.matches"_rule}) {
    result.Use(rule);
  }
  if (answer.message.kind != Kind::kText) {
    result.Add("error.envelope.message"_rule, "Message as a string", Described(answer.message),
               std::string(NameOf(answer.message.kind)));
  }
  if (LooksLikeATrace(answer.message.text)) {
    result.Add("error.envelope.no_trace"_rule, "a text that says what is wrong",
               Excerpt(answer.message.text, 200));
  }
  CheckRequestId(answer, "error.envelope.request_id"_rule, result);
  if (answer.host_id.kind != Kind::kText || answer.host_id.text.empty()) {
    result.Add("error.envelope.host_id"_rule, "HostId as a string", Described(answer.host_id));
  }
  if (answer.snapshot_count > 0) {
    result.Add("error.envelope.no_list"_rule, "no snapshots in an error",
               CountOfSnapshots(answer.snapshot_count));
  }
}

namespace {

// What every list has, whether its state is known or not.
void CheckListFrame(const ObservedAnswer& answer, CheckResult& result) {
  CheckRequestId(answer, "response.request_id.given"_rule, result);
  for (const Rule rule : {"response.snapshots.container"_rule, "response.snapshot.object"_rule,
                          "response.snapshot.once"_rule}) {
    result.Use(rule);
  }
  const bool reported = std::ranges::any_of(answer.problems, [](const Difference& problem) {
    return problem.rule == "response.snapshots.container"_rule;
  });
  if (!answer.has_list && !reported) {
    result.Add("response.snapshots.container"_rule, "Snapshots with an array Snapshot",
               fmt::format("Snapshots: {}", NameOf(answer.list_kind)),
               std::string(NameOf(answer.list_kind)));
  }
}

void CheckFieldForm(const FieldInfo& info, const ObservedValue& value, FieldChecker& checker,
                    CheckResult& result) {
  const bool unset = value.kind == Kind::kText && value.text.empty();
  if (!value.given() || unset || info.field == Field::kInstanceId) return;
  result.Use(info.rule);
  if (!checker.CheckType(info, value) || IsDocumentedValue(info.field, value.text)) return;
  result.Add(info.rule, fmt::format("a documented value of {}", info.name), Described(value),
             "value");
}

void CheckItemForms(const ObservedSnapshot& item, FieldChecker& checker, CheckResult& result) {
  for (const FieldInfo& info : kFields) {
    CheckFieldForm(info, item[info.field], checker, result);
  }
}

// A field that no list showed, or not in its documented form: only the form can be compared.
void CheckUnknown(const FieldInfo& info, const ObservedValue& value, FieldChecker& checker,
                  CheckResult& result) {
  const bool documented = static_cast<std::size_t>(info.field) < kDocumentedFieldCount;
  if (value.given() || !info.required || !documented) {
    return CheckFieldForm(info, value, checker, result);
  }
  result.Add(info.rule, fmt::format("{} of every snapshot", info.name), "nothing", "missing");
}

}  // namespace

namespace {

// What is right or wrong with all fields of a snapshot.
CheckResult CheckAllFields(const ObservedSnapshot& item, const Snapshot& snapshot, bool xml) {
  CheckResult out;
  FieldChecker checker(xml, out);
  for (std::size_t f = 0; f < kFieldCount; ++f) {
    if (!snapshot.Knows(kFields[f].field)) {
      CheckUnknown(kFields[f], item.fields[f], checker, out);
    } else if (f < kDocumentedFieldCount) {
      checker.CheckValue(kFields[f], item.fields[f], snapshot);
    } else {
      checker.CheckUndocumented(kFields[f], item.fields[f], snapshot);
    }
  }
  checker.CheckTags(item, snapshot);
  return out;
}

void Merge(const CheckResult& more, CheckResult& result) {
  result.used |= more.used;
  for (const Restriction& answer : more.answers) result.Show(answer);
  result.differences.insert(result.differences.end(), more.differences.begin(),
                            more.differences.end());
}

}  // namespace

void CheckFields(const ObservedAnswer& answer, const Dataset& dataset, CheckResult& result,
                 RightSnapshots* right) {
  CheckListFrame(answer, result);
  FieldChecker checker(answer.xml, result);
  std::vector<std::uint32_t> seen;
  const auto note = [&](std::uint32_t position, const ObservedValue& id) {
    if (std::ranges::find(seen, position) != seen.end()) {
      result.Add("response.snapshot.once"_rule, "each snapshot once in an answer",
                 fmt::format("{} twice", id.text));
    }
    seen.push_back(position);
  };
  for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
    const ObservedSnapshot& item = answer.snapshots[i];
    const ObservedValue& id = item[Field::kSnapshotId];
    if (!checker.Identifies(id)) continue;
    result.Use("response.snapshot.known"_rule);
    if (const auto* known = right ? right->Find(item) : nullptr) {
      note(known->position, id);
      Merge(known->result, result);
      continue;
    }
    const auto at = dataset.by_id.find(id.text);
    if (at == dataset.by_id.end() && dataset.discovered) {
      // Perhaps of another region: the reading tells which one was asked for.
      CheckItemForms(item, checker, result);
      continue;
    }
    if (at == dataset.by_id.end()) {
      result.Add("response.snapshot.known"_rule,
                 dataset.changed ? "a snapshot that the lists before and after show"
                                 : "a snapshot of the dataset",
                 fmt::format("SnapshotId: {}", Described(id)), "unknown");
      continue;
    }
    note(at->second, id);
    const CheckResult fields = CheckAllFields(item, dataset.snapshots[at->second], answer.xml);
    if (right) right->Add(item, at->second, fields);
    Merge(fields, result);
  }
}

void CheckFieldForms(const ObservedAnswer& answer, CheckResult& result) {
  CheckListFrame(answer, result);
  FieldChecker checker(answer.xml, result);
  for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
    const ObservedSnapshot& item = answer.snapshots[i];
    if (!item[Field::kSnapshotId].given()) {
      result.Add("response.field.snapshot_id"_rule, "SnapshotId", "nothing", "missing");
    }
    CheckItemForms(item, checker, result);
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
