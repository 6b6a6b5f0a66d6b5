#include "fuzz/wire_framing.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "spec/text/letters.h"

namespace assay {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

bool IsVisible(char c) { return c > ' ' && c <= '~'; }

// RFC 9110, 5.6.2
bool IsTokenCharacter(char c) {
  const char small = static_cast<char>(c | 0x20);
  return IsDigit(c) || (small >= 'a' && small <= 'z') ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}
bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsTokenCharacter);
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

// A number of these digits, or nothing if it is none or too long for every server to read.
std::optional<std::size_t> NumberOf(std::string_view text, int base) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{} || end != text.data() + text.size() || text.size() > 8) return {};
  return number;
}

class FramingReader {
 public:
  explicit FramingReader(std::string_view bytes) : rest_(bytes) {}

  WireFraming Read() {
    const std::string_view first = rest_.substr(0, std::min(rest_.find('\n'), rest_.size()));
    out_.has_version = first.ends_with(" HTTP/1.1\r") || first.ends_with(" HTTP/1.0\r");
    out_.keeps_alive = true;
    const std::string small = SmallLetters(rest_);
    bool sound = !rest_.empty();
    if (!sound) Odd("nothing at all");
    while (sound && !rest_.empty()) sound = ReadRequest();
    out_.certain = sound;
    out_.keeps_alive &= sound;
    out_.may_lack_body =
        !sound && (small.find("head") != small.npos || small.find("connect") != small.npos);
    return std::move(out_);
  }

 private:
  struct Head {
    bool old = false, closes = false, chunked = false, other_coding = false;
    int hosts = 0;
    std::vector<std::string> lengths;
  };

  bool Odd(const std::string& what) {
    if (out_.oddity.empty()) out_.oddity = what;
    out_.oddities.insert(what);
    return false;
  }

  bool ReadRequest() {
    if (!out_.keeps_alive) return Odd("a request after the last one");
    std::string method;
    Head head;
    std::optional<Line> line = TakeLine("the request line");
    if (line && line->is_sound) ReadRequestLine(line->text, method, head);
    while (line && (line = TakeLine("a header")) && !line->text.empty()) {
      if (line->is_sound) ReadField(line->text, head);
    }
    if (head.hosts != 1) Odd(head.hosts == 0 ? "no Host" : "more than one Host");
    if (!line) return false;
    std::size_t length = 0;
    if (!ReadLength(head, length) || (head.chunked ? !SkipChunks() : !Skip(length))) return false;
    if (!out_.oddities.empty()) return false;
    out_.methods.push_back(std::move(method));
    out_.keeps_alive = !head.old && !head.closes;
    return true;
  }

  struct Line {
    std::string_view text;  // without its end
    bool is_sound = true;   // its end is CRLF and nothing else
  };

  // Nothing if there is no whole line any more.
  std::optional<Line> TakeLine(const std::string& what) {
    const std::size_t end = rest_.find('\n');
    Line line = {rest_.substr(0, end)};
    const bool has_end = line.text.ends_with('\r');
    if (has_end) line.text.remove_suffix(1);
    if (line.text.find('\r') != std::string_view::npos)
      line.is_sound = Odd("a bare carriage return in " + what);
    if (line.text.find('\0') != std::string_view::npos) line.is_sound = Odd("a NUL in " + what);
    if (end == std::string_view::npos) {
      Odd(what + " without an end");
      return std::nullopt;
    }
    rest_.remove_prefix(end + 1);
    if (!has_end) line.is_sound = Odd("a bare line feed after " + what);
    return line;
  }

  bool ReadRequestLine(std::string_view line, std::string& method, Head& head) {
    const std::size_t first = line.find(' '), last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return Odd("a request line of few words");
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    method = line.substr(0, first);
    const auto known = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"};
    if (std::ranges::find(known, method) == known.end()) return Odd("another method");
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return Odd("another version");
    if (!target.starts_with('/')) return Odd("a target of another form");
    if (!std::ranges::all_of(target, IsVisible)) return Odd("an odd character in the target");
    if (line.size() > kLongestLine) return Odd("a long request line");
    head.old = version == "HTTP/1.0";
    return true;
  }

  bool ReadField(std::string_view line, Head& head) {
    if (line.front() == ' ' || line.front() == '\t') return Odd("a folded header");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return Odd("a header without a colon");
    const std::string name = SmallLetters(line.substr(0, colon));
    if (!IsToken(name)) return Odd("an odd name of a header");
    const std::string_view value = Trimmed(line.substr(colon + 1));
    const bool plain =
        std::ranges::all_of(value, [](char c) { return IsVisible(c) || c == ' ' || c == '\t'; });
    if (!plain) return Odd("an odd character in a header");
    head_bytes_ += line.size();
    if (head_bytes_ > kLongestLine) return Odd("long headers");
    const std::string small = SmallLetters(value);
    if (name == "host") head.hosts += value.empty() ? 2 : 1;
    if (name == "content-length") head.lengths.push_back(small);
    if (name == "transfer-encoding") {
      (small == "chunked" && !head.chunked ? head.chunked : head.other_coding) = true;
    }
    if (name == "connection") {
      if (small != "close" && small != "keep-alive") return Odd("another Connection");
      head.closes |= small == "close";
    }
    for (const char* special : {"expect", "upgrade", "te", "trailer", "http2-settings"}) {
      if (name == special) return Odd("the header " + name);
    }
    return true;
  }

  // RFC 9112, 6.3
  bool ReadLength(const Head& head, std::size_t& length) {
    const bool coded = head.chunked || head.other_coding;
    const bool is_first = out_.methods.empty() && out_.oddities.empty();
    if (coded && !head.lengths.empty()) {
      out_.has_both_lengths = is_first && head.chunked && !head.other_coding;
      return Odd("a length beside a transfer coding");
    }
    if (head.other_coding) return Odd("another transfer coding");
    if (head.chunked && head.old) return Odd("chunks in HTTP/1.0");
    if (head.lengths.empty()) return true;
    const bool equal = std::ranges::all_of(
        head.lengths, [&](const std::string& other) { return other == head.lengths.front(); });
    const std::string& first = head.lengths.front();
    if (!equal || first.empty() || !std::ranges::all_of(first, IsDigit)) {
      // "5, 5" may be taken for 5.
      out_.has_no_length = is_first && first.find(',') == std::string::npos;
      return Odd(equal ? "a length that is none" : "two lengths");
    }
    if (head.lengths.size() > 1) return Odd("a length twice");
    const auto number = NumberOf(first, 10);
    if (!number) return Odd("a huge length");
    length = *number;
    return true;
  }

  bool Skip(std::size_t count) {
    if (count > rest_.size()) return Odd("a body that is cut short");
    rest_.remove_prefix(count);
    return true;
  }

  bool SkipChunks() {
    while (true) {
      const std::optional<Line> line = TakeLine("the size of a chunk");
      if (!line || !line->is_sound) return false;
      if (line->text.size() > 8) return Odd("a long size of a chunk");
      const auto size = NumberOf(line->text, 16);
      if (!size) return Odd("a size of a chunk that is none");
      if (*size > 0 && !Skip(*size)) return false;
      if (!rest_.starts_with(kLineEnd))
        return Odd(*size > 0 ? "a chunk without an end" : "a trailer");
      rest_.remove_prefix(kLineEnd.size());
      if (*size == 0) return true;
    }
  }

  // Every server takes that much (RFC 9112, 3: 8000 octets of a request line at least).
  static constexpr std::size_t kLongestLine = 4000;

  std::string_view rest_;
  std::size_t head_bytes_ = 0;
  WireFraming out_;
};

}  // namespace

WireFraming ReadFraming(std::string_view bytes) { return FramingReader(bytes).Read(); }

}  // namespace assay
