#include "reference/answer/observed.h"

#include <fmt/format.h>

#include <utility>

#include "reference/answer/observed_body.h"
#include "spec/text/letters.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

bool LooksLikeXml(std::string_view body) {
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '<';
}

// What a body is wrapped in so that it is no document, in words; "" for none.
std::string WrappingOf(const Response& response) {
  const std::string_view body = response.body;
  const bool is_document = body.find_first_of("{[<") == 0;
  if (body.starts_with("\x1F\x8B")) {
    return response.encoding.empty()
               ? "a body compressed with gzip, without a word (no Content-Encoding)"
               : "a body compressed with gzip, which no request asked for";
  }
  if (!response.encoding.empty() && response.encoding != "identity" && !is_document) {
    return fmt::format("a body in the Content-Encoding `{}`, which no request asked for",
                       Excerpt(response.encoding, 40));
  }
  if (body.starts_with("\xFF\xFE") || body.starts_with("\xFE\xFF")) return "a body in UTF-16";
  if (body.starts_with("\xEF\xBB\xBF{")) return "a byte order mark before the JSON document";
  if (response.status / 100 == 3 && !is_document) {
    return fmt::format("a redirect ({}) {}", response.status,
                       response.location.empty() ? "to nowhere: it has no Location"
                                                 : "to " + Excerpt(response.location));
  }
  return "";
}

}  // namespace

std::string ObservedAnswer::InWords() const {
  return IsError()
             ? fmt::format("{} {}", status, Excerpt(code.text))
             : fmt::format("{} and a list of {}{}", status, snapshot_count, xml ? " in XML" : "");
}

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

std::string ExcerptOfBody(std::string_view body, std::size_t most) {
  const std::size_t end = body.find_last_not_of("\r\n");
  return Excerpt(end == std::string_view::npos ? body : body.substr(0, end + 1), most);
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
  if (const std::string wrapping = WrappingOf(response); !wrapping.empty()) {
    AddProblem(answer_, "encoding.json.well_formed"_rule, "a JSON or XML document", wrapping,
               "wrapped");
    return answer_;
  }
  // The JSON parser reads nothing that is not UTF-8; the other one does.
  if (!answer_.xml) buffers_->json.Read(response.body, answer_);
  if (!answer_.readable && !IsValidUtf8(response.body)) {
    answer_.problems.assign(1, {"encoding.utf8.valid"_rule, "a body in valid UTF-8",
                                "a body with octets that are not UTF-8", ""});
  } else if (answer_.xml) {
    buffers_->xml.Read(response.body, answer_);
  }
  if (response.body.size() > kLongestText) CutLongTexts(answer_);
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

std::string NextTokenOf(const ObservedAnswer& answer) {
  const bool given = answer.readable && answer.next_token.kind == ObservedValue::Kind::kText;
  return given ? std::string(answer.next_token.text) : "";
}

std::string NextTokenOf(const Response& response) {
  return NextTokenOf(AnswerReader().Read(response));
}

}  // namespace assay
