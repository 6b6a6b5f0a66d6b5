#include "spec/record/raw_message.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <utility>

namespace assay {
namespace {

constexpr std::size_t kMostTimes = 65536;
constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::string_view kMethod = "RAW", kParameter = "message";

// The value of one or two hexadecimal digits at the beginning, which are taken away; nothing if
// there are none.
std::optional<char> TakeHex(std::string_view& text) {
  unsigned value = 0;
  const char* const begin = text.data();
  const char* const end = begin + std::min<std::size_t>(2, text.size());
  const auto [stop, error] = std::from_chars(begin, end, value, 16);
  if (error != std::errc{} || stop == begin) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - begin));
  return static_cast<char>(value);
}

// What the escape behind a backslash means; a backslash that begins none stands for itself.
char TakeEscape(std::string_view& text) {
  const char kind = text.empty() ? '\0' : text.front();
  constexpr std::string_view kNames = "rnt\\", kMeanings = "\r\n\t\\";
  if (const std::size_t at = kNames.find(kind); !text.empty() && at != std::string_view::npos) {
    text.remove_prefix(1);
    return kMeanings[at];
  }
  if (kind != 'x') return '\\';
  std::string_view digits = text.substr(1);
  const std::optional<char> value = TakeHex(digits);
  if (!value) return '\\';
  text = digits;
  return *value;
}

std::string Escaped(char c) {
  char hex[5];
  std::snprintf(hex, sizeof hex, "\\x%02X", static_cast<unsigned char>(c));
  return hex;
}

bool IsPrintable(char c) { return c >= ' ' && c <= '~'; }

std::string Unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    out += c == '\\' ? TakeEscape(text) : c;
  }
  return out;
}

class Reader {
 public:
  explicit Reader(const RawValues& values) : values_(values) {}

  std::vector<RawStep> Read(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ReadLine(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(steps_);
  }

 private:
  void ReadLine(std::string_view line) {
    using Kind = RawStep::Kind;
    for (const auto& [mark, kind] :
         {std::pair("@wait", Kind::kWait), {"@pause", Kind::kPause}, {"@close", Kind::kClose}}) {
      if (line == mark) return steps_.push_back({.kind = kind});
    }
    while (!line.empty()) {
      const char c = line.front();
      line.remove_prefix(1);
      if (c == '$' && (TakeRepeat(line) || TakeValue(line))) continue;
      const char byte = c == '\\' ? TakeEscape(line) : c;
      Append({&byte, 1});
    }
  }

  // "repeat(3,ab)"
  bool TakeRepeat(std::string_view& line) {
    constexpr std::string_view kName = "repeat(";
    if (!line.starts_with(kName)) return false;
    std::size_t times = 0;
    const char* const begin = line.data() + kName.size();
    const auto [stop, error] = std::from_chars(begin, line.data() + line.size(), times);
    const std::size_t comma = static_cast<std::size_t>(stop - line.data());
    const std::size_t end = line.find(')', comma);
    if (error != std::errc{} || comma >= line.size() || line[comma] != ',' || end == line.npos) {
      return false;
    }
    std::string bytes = Unescaped(line.substr(comma + 1, end - comma - 1));
    line.remove_prefix(end + 1);
    times = std::min(times, kMostTimes);
    if (times * bytes.size() <= kMostBytes - sent_ && !bytes.empty() && times > 0) {
      sent_ += times * bytes.size();
      steps_.push_back({.bytes = std::move(bytes), .times = times});
    }
    return true;
  }

  bool TakeValue(std::string_view& line) {
    // The longest name first: "form_length" before "form".
    for (auto value = values_.rbegin(); value != values_.rend(); ++value) {
      if (!line.starts_with(value->first)) continue;
      line.remove_prefix(value->first.size());
      Append(value->second);
      return true;
    }
    return false;
  }

  void Append(std::string_view bytes) {
    if (bytes.size() > kMostBytes - sent_) return;
    sent_ += bytes.size();
    const bool goes_on =
        !steps_.empty() && steps_.back().kind == RawStep::Kind::kSend && steps_.back().times == 1;
    if (!goes_on) steps_.emplace_back();
    steps_.back().bytes += bytes;
  }

  const RawValues& values_;
  std::vector<RawStep> steps_;
  std::size_t sent_ = 0;
};

}  // namespace

std::vector<RawStep> ReadRawMessage(std::string_view text, const RawValues& values) {
  return Reader(values).Read(text);
}

std::string WriteRawMessage(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const bool begins = out.empty() || out.back() == '\n';
    constexpr std::string_view kNames = "rt\\", kMeanings = "\r\t\\";
    if (const std::size_t at = kMeanings.find(c); at != std::string_view::npos) {
      out.append("\\").append(1, kNames[at]);
    } else if (c == '\n') {
      out += "\\n\n";
    } else if (!IsPrintable(c) || c == '$' || (c == '@' && begins)) {
      out += Escaped(c);
    } else {
      out += c;
    }
  }
  return out;
}

std::string PrintableRawMessage(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view rest = text;
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '\\') {
      const char byte = TakeEscape(text);
      const std::size_t length = rest.size() - text.size();
      const bool by_number = length > 2;
      out += length == 1 ? "\\\\" : by_number ? Escaped(byte) : rest.substr(0, length);
    } else {
      out += IsPrintable(c) || c == '\n' ? std::string(1, c) : Escaped(c);
    }
  }
  return out;
}

std::string BytesOf(const std::vector<RawStep>& steps) {
  std::string out;
  for (const RawStep& step : steps) {
    if (step.kind != RawStep::Kind::kSend) continue;
    for (std::size_t i = 0; i < step.times; ++i) out += step.bytes;
  }
  return out;
}

Request RequestOfRawMessage(std::string text) {
  return {.method = std::string(kMethod),
          .parameters = {{std::string(kParameter), std::move(text)}}};
}

std::optional<std::string_view> RawMessageOf(const Request& request) {
  if (request.method != kMethod || request.parameters.size() != 1) return std::nullopt;
  if (request.parameters.front().name != kParameter) return std::nullopt;
  return request.parameters.front().value;
}

}  // namespace assay
