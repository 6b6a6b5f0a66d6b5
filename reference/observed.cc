#include "reference/observed.h"

#include <fmt/format.h>

#include <utility>

#include "reference/observed_body.h"
#include "reference/utf8.h"
#include "spec/letters.h"

namespace assay {
namespace {

bool LooksLikeXml(std::string_view body) {
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '<';
}

}  // namespace

std::string_view NameOf(ObservedValue::Kind kind) {
  switch (kind) {
    case ObservedValue::Kind::kAbsent:
      return "nothing";
    case ObservedValue::Kind::kNull:
      return "null";
    case ObservedValue::Kind::kText:
      return "a string";
    case ObservedValue::Kind::kInteger:
      return "an integer";
    case ObservedValue::Kind::kFraction:
      return "a number that is no integer";
    case ObservedValue::Kind::kBoolean:
      return "a Boolean";
    case ObservedValue::Kind::kArray:
      return "an array";
    case ObservedValue::Kind::kObject:
      return "an object";
  }
  return "";
}

std::string Excerpt(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : text.substr(0, most)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  while (!out.empty() && !IsValidUtf8(out)) out.pop_back();
  if (out.empty() && !text.empty()) return fmt::format("{} bytes that are no text", text.size());
  if (text.size() > most) out += "…";
  return out;
}

ObservedValue* FindTopLevel(ObservedAnswer& answer, std::string_view name) {
  if (name == "RequestId") return &answer.request_id;
  if (name == "NextToken") return &answer.next_token;
  if (name == "PageSize") return &answer.page_size;
  if (name == "PageNumber") return &answer.page_number;
  if (name == "TotalCount") return &answer.total_count;
  if (name == "Code") return &answer.code;
  if (name == "Message") return &answer.message;
  if (name == "HostId") return &answer.host_id;
  if (name == "Recommend") return &answer.recommend;
  return nullptr;
}

ObservedSnapshot& AddSnapshot(ObservedAnswer& answer) {
  if (answer.snapshot_count < kMostSnapshotsKept) ++answer.snapshot_count;
  if (answer.snapshot_count > answer.snapshots.size()) answer.snapshots.emplace_back();
  ObservedSnapshot& snapshot = answer.snapshots[answer.snapshot_count - 1];
  snapshot.fields.fill({});
  snapshot.tags.clear();
  snapshot.tags_kind = ObservedValue::Kind::kAbsent;
  return snapshot;
}

void AddTag(const ObservedTag& tag, ObservedSnapshot& snapshot, ObservedAnswer& answer) {
  const auto check = [&](const ObservedValue& value, Rule rule, std::string_view name) {
    if (value.kind == ObservedValue::Kind::kText) return;
    AddProblem(answer, rule, fmt::format("{} as a string", name), std::string(NameOf(value.kind)),
               std::string(NameOf(value.kind)));
  };
  check(tag.key, "response.tag.tag_key"_rule, "TagKey");
  check(tag.value, "response.tag.tag_value"_rule, "TagValue");
  if (snapshot.tags.size() < kMostTagsKept) snapshot.tags.push_back(tag);
}

void AddProblem(ObservedAnswer& answer, Rule rule, std::string expected, std::string actual,
                std::string shape) {
  if (answer.problems.size() >= kMostProblemsKept) return;
  answer.problems.push_back({rule, std::move(expected), std::move(actual), std::move(shape)});
}

void AddRepeatedName(ObservedAnswer& answer, std::string_view name) {
  AddProblem(answer, "encoding.json.unique_names"_rule, "each name once in an object",
             fmt::format("the name {} twice in one object", Excerpt(name)), Excerpt(name));
}

struct AnswerReader::Buffers {
  JsonBodyReader json;
  XmlBodyReader xml;
};

AnswerReader::AnswerReader() : buffers_(std::make_unique<Buffers>()) {}
AnswerReader::~AnswerReader() = default;
AnswerReader::AnswerReader(AnswerReader&&) noexcept = default;

const ObservedAnswer& AnswerReader::Read(const Response& response) {
  std::vector<ObservedSnapshot> snapshots = std::move(answer_.snapshots);
  answer_ = ObservedAnswer{};
  answer_.snapshots = std::move(snapshots);
  answer_.status = response.status;
  answer_.xml = LooksLikeXml(response.body);
  // The JSON parser reads nothing that is not UTF-8; the other one does.
  if (!answer_.xml) buffers_->json.Read(response.body, answer_);
  if (!answer_.readable && !IsValidUtf8(response.body)) {
    answer_.problems.assign(1, {"encoding.utf8.valid"_rule, "a body in valid UTF-8",
                                "a body with octets that are no UTF-8", ""});
  } else if (answer_.xml) {
    buffers_->xml.Read(response.body, answer_);
  }
  return answer_;
}

std::string OtherEncodingName(const ObservedAnswer& answer, const Response& response) {
  const std::string type = SmallLetters(response.content_type);
  std::string charset;
  if (const std::size_t at = type.find("charset="); at != std::string::npos) {
    charset = type.substr(at + 8, type.find(';', at) - at - 8);
    std::erase_if(charset, [](char c) { return c == '"' || c == '\'' || c == ' '; });
  }
  for (const std::string& name : {charset, SmallLetters(answer.declared_encoding)}) {
    if (name.empty() || name == "utf-8" || name == "utf8") continue;
    const bool is_ascii = std::ranges::all_of(
        response.body, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return is_ascii ? "" : name;
  }
  return "";
}

std::string NextTokenOf(const Response& response) {
  AnswerReader reader;
  const ObservedAnswer& answer = reader.Read(response);
  const bool given = answer.readable && answer.next_token.kind == ObservedValue::Kind::kText;
  return given ? std::string(answer.next_token.text) : "";
}

}  // namespace assay
