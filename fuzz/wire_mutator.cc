#include "fuzz/wire_mutator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

#include "fuzz/seeds.h"
#include "spec/text/letters.h"
#include "spec/text/random.h"

namespace assay {
namespace {

using Lines = std::vector<std::string>;

// How a line ends that ends as it should, in the text of a message.
constexpr std::string_view kEnd = "\\r\\n";
constexpr std::size_t kMostLines = 200;

const Lines kEnds = {"\\n",         "\\r",         "",       "\\r\\r\\n",   " \\r\\n",
                     "\\t\\r\\n",   "\\r\\n\\x20", "\\n\\r", "\\x00\\r\\n", "\\x0B\\r\\n",
                     "\\r\\n\\r\\n"};
const Lines kOdd = {"\\x00",
                    "\\r",
                    "\\n",
                    "\\r\\n",
                    "\\x7F",
                    "\\xFF",
                    "\\xC3\\xA4",
                    "\\x1B",
                    " ",
                    "\\t",
                    ":",
                    "%",
                    "%zz",
                    "%00",
                    "%c3%28",
                    "\"",
                    "\\\\",
                    ";",
                    ",",
                    "#",
                    "?",
                    "//",
                    "/../",
                    "$repeat(300,a)",
                    "$repeat(9000,a)",
                    "$repeat(65536,a)",
                    "$repeat(65536,%41)"};
const Lines kNumbers = {"0",
                        "1",
                        "-1",
                        "+5",
                        "0x5",
                        "5 ",
                        "5,5",
                        "5;a=b",
                        "00000000000000005",
                        "99999999999999999",
                        "4294967296",
                        "2147483648",
                        "18446744073709551616",
                        "FFFFFFFFFFFFFFFF",
                        "FFFFFFFFFFFFFFFFF",
                        "1e3",
                        "",
                        "$repeat(40,9)"};
const Lines kMethods = {"GET",    "POST",  "HEAD",           "PUT",        "DELETE",  "OPTIONS",
                        "PATCH",  "TRACE", "CONNECT",        "get",        "G\\x00T", "PRI",
                        "GET\\t", "",      "$repeat(300,A)", "\\xC3\\x84", "M-SEARCH"};
const Lines kTargets = {"*",
                        "/",
                        "//",
                        "http://$host/",
                        "http://other.example/",
                        "$host",
                        "/%",
                        "/%00",
                        "/..%2f..",
                        "/?",
                        "?",
                        "/#",
                        "/?%zz=%",
                        "/?&&&=&",
                        "/\\xFF",
                        "$repeat(65536,/)",
                        "/?$repeat(65536,a)",
                        "/?$repeat(9000,a=b&)",
                        "https://$host/",
                        "/;a=b"};
const Lines kVersions = {"HTTP/0.9",  "HTTP/1.0", "HTTP/1.1",  "HTTP/1.2",  "HTTP/2.0",
                         "HTTP/2",    "http/1.1", "HTTP/1.10", "HTTP/11",   "HTTP/",
                         "HTTP/-1.1", "HTP/1.1",  "",          "HTTP/1.1 x"};
const Lines kHeaders = {"Host: $host",
                        "Host:",
                        "Host: a, b",
                        "Host: other.example",
                        "Host : $host",
                        "Content-Length: 0",
                        "Content-Length: 5",
                        "Content-Length: 10",
                        "Content-Length: 5, 5",
                        "Content-Length : 5",
                        "Content-Length:\\x0B5",
                        "Transfer-Encoding: chunked",
                        "Transfer-Encoding: gzip, chunked",
                        "Transfer-Encoding: chunked, gzip",
                        "Transfer-Encoding: identity",
                        "Transfer-Encoding: xchunked",
                        "Transfer-Encoding:\\x0Bchunked",
                        "Transfer-Encoding : chunked",
                        "Expect: 100-continue",
                        "Expect: odd",
                        "Connection: close",
                        "Connection: keep-alive",
                        "Connection: upgrade",
                        "Upgrade: h2c",
                        "HTTP2-Settings: AAMAAABkAAQAAP__",
                        "Upgrade: websocket",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                        "TE: trailers",
                        "Trailer: X-A",
                        "Content-Type: application/x-www-form-urlencoded",
                        "Content-Type: multipart/form-data",
                        "Content-Type: application/json",
                        "Content-Type: \\xFF",
                        "Accept: \\x00",
                        "Accept: $repeat(9000,a)",
                        "X-A: $repeat(65536,a)",
                        "$repeat(65536,a): x",
                        "X-A\\x00: x",
                        ": x",
                        "X-A",
                        "\\x20X-A: folded",
                        "X-A: a\\r b",
                        "X-A: a\\n b",
                        "Range: bytes=0-1,5-2,-",
                        "Accept-Encoding: gzip;q=x",
                        "Content-Encoding: gzip",
                        "Cookie: a=b; c",
                        "Authorization: Basic",
                        "Authorization: \\x00",
                        "Date: never",
                        "If-Modified-Since: 99",
                        "If-None-Match: \\x22",
                        "Forwarded: for=\\x22",
                        "X-Forwarded-For: \\x00",
                        "X-HTTP-Method-Override: DELETE",
                        "Max-Forwards: -1"};
const Lines kMarks = {"@wait\n", "@pause\n", "@close\n"};
const Lines kBodies = {"5\\r\\nhello\\r\\n0\\r\\n\\r\\n\n",
                       "0\\r\\n\\r\\n\n",
                       "hello\n",
                       "helloworld\n",
                       "00000000000000005\\r\\nhello\\r\\n0\\r\\n\\r\\n\n",
                       "5;a=b\\r\\nhello\\r\\n0\\r\\n\\r\\n\n",
                       "0\\r\\nX-A: b\\r\\n\\r\\n\n",
                       "-5\\r\\nhello\\r\\n",
                       "5\\nhello\\n0\\n\\n\n",
                       "$repeat(2000,1\\r\\na\\r\\n)0\\r\\n\\r\\n\n"};

Lines LinesOf(std::string_view text) {
  Lines out;
  while (!text.empty() && out.size() < kMostLines) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.push_back(std::string(text.substr(0, end)) + "\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string TextOf(const Lines& lines) { return fmt::format("{}", fmt::join(lines, "")); }

// A plain message: its lines up to the empty one, then its body.
std::string Message(std::string_view request_line, const Lines& headers, std::string_view body) {
  std::string out = fmt::format("{}{}\n", request_line, kEnd);
  for (const std::string& header : headers) out += fmt::format("{}{}\n", header, kEnd);
  out += fmt::format("{}\n", kEnd);
  return body.empty() ? out : fmt::format("{}{}\n", out, body);
}

class WireMutator {
 public:
  WireMutator(std::string_view text, std::uint64_t seed) : random_(seed), lines_(LinesOf(text)) {}

  std::string Mutate() {
    for (std::size_t left = 1 + random_.Below(3); left > 0; --left) Once();
    return TextOf(lines_);
  }

 private:
  std::size_t Place() { return random_.Below(lines_.size() + 1); }
  std::string& Line() {
    if (lines_.empty()) lines_.push_back(std::string(kEnd) + "\n");
    return lines_[random_.Below(lines_.size())];
  }
  void Insert(std::size_t at, std::string line) {
    lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(at), std::move(line));
  }

  void Once() {
    switch (random_.Below(16)) {
      case 0:
        return Insert(Place(), std::string(Line()));
      case 1:
        return Remove(1);
      case 2:
        return std::swap(Line(), Line());
      case 3:
      case 4:
      case 5:
        return AddHeader();
      case 6:
        return ChangeEnd();
      case 7:
      case 8:
        return AddOdd(random_.Pick(kOdd));
      case 9:
      case 10:
        return ChangeNumber();
      case 11:
        return ChangeRequestLine();
      case 12:
        return Insert(Place(), random_.Pick(kMarks));
      case 13:
        return Follow();
      case 14:
        return random_.Coin() ? Split() : Remove(1 + random_.Below(lines_.size() + 1));
      default:
        return ChangeBody();
    }
  }

  // So many lines, or the last ones.
  void Remove(std::size_t count) {
    const std::size_t at = random_.Below(std::max<std::size_t>(lines_.size(), 1));
    const std::size_t end = std::min(lines_.size(), at + count);
    lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(std::min(at, end)),
                 lines_.begin() + static_cast<std::ptrdiff_t>(end));
  }

  void AddHeader() {
    const std::size_t most = std::min<std::size_t>(lines_.size(), 8);
    Insert(most == 0 ? 0 : 1 + random_.Below(most),
           random_.Pick(kHeaders) + std::string(kEnd) + "\n");
  }

  void ChangeEnd() {
    std::string& line = Line();
    const std::size_t end = line.rfind(kEnd);
    if (end == std::string::npos) return;
    line.replace(end, kEnd.size(), random_.Pick(kEnds));
  }

  void AddOdd(const std::string& odd) {
    std::string& line = Line();
    line.insert(random_.Below(line.size()), odd);
  }

  // A run of digits, whether a length, a size of a chunk, a version or a value.
  void ChangeNumber() {
    std::string& line = Line();
    const std::size_t from = random_.Below(line.size());
    const auto begin =
        std::find_if(line.begin() + static_cast<std::ptrdiff_t>(from), line.end(), IsDigit);
    const auto end = std::find_if_not(begin, line.end(), IsDigit);
    if (begin == end) return;
    const auto length = static_cast<std::size_t>(end - begin);
    std::string number = random_.Pick(kNumbers);
    if (length < 9 && random_.Coin()) {
      const long value = std::stol(std::string(begin, end));
      number = std::to_string(value +
                              (random_.Coin() ? 1 : -1) * static_cast<long>(1 + random_.Below(3)));
    }
    line.replace(static_cast<std::size_t>(begin - line.begin()), length, number);
  }

  void ChangeRequestLine() {
    if (lines_.empty()) return;
    std::string& line = lines_.front();
    const std::size_t first = line.find(' '), last = line.rfind(' ');
    const std::size_t end = line.rfind(kEnd);
    if (first == std::string::npos || first >= last || end == std::string::npos || end < last)
      return;
    switch (random_.Below(4)) {
      case 0:
        line.replace(0, first, random_.Pick(kMethods));
        return;
      case 1:
        line.replace(first + 1, last - first - 1, random_.Pick(kTargets));
        return;
      case 2:
        line.replace(last + 1, end - last - 1, random_.Pick(kVersions));
        return;
      default:
        line.insert(first + 1, "http://$host");
    }
  }

  // Another message behind it.
  void Follow() {
    if (lines_.size() * 2 > kMostLines) return;
    Lines more = random_.Coin() ? lines_ : LinesOf(Message("GET / HTTP/1.1", {"Host: $host"}, ""));
    std::ranges::move(more, std::back_inserter(lines_));
  }

  // Sent in two pieces.
  void Split() {
    const std::size_t at = random_.Below(std::max<std::size_t>(lines_.size(), 1));
    if (at >= lines_.size()) return;
    const std::string line = lines_[at];
    const std::size_t place = random_.Below(line.size());
    // Not within an escape.
    if (place > 0 && line.find('\\') < place) return Insert(at, "@pause\n");
    lines_[at] = line.substr(0, place) + "\n";
    Insert(at + 1, "@pause\n");
    Insert(at + 2, line.substr(place));
  }

  void ChangeBody() {
    const auto empty = std::ranges::find(lines_, std::string(kEnd) + "\n");
    if (empty == lines_.end()) return;
    if (random_.Below(4) != 0) lines_.erase(empty + 1, lines_.end());
    const auto place = static_cast<std::size_t>(
        std::ranges::find(lines_, std::string(kEnd) + "\n") - lines_.begin());
    if (random_.Coin()) {
      const bool chunked = random_.Coin();
      Insert(place,
             fmt::format("{}{}\n", chunked ? "Transfer-Encoding: chunked" : "Content-Length: 5",
                         kEnd));
    }
    lines_.push_back(random_.Pick(kBodies));
  }

  Random random_;
  Lines lines_;
};

}  // namespace

std::string MutateRawMessage(std::string_view text, std::uint64_t seed) {
  return WireMutator(text, seed).Mutate();
}

std::string CrossRawMessages(std::string_view one, std::string_view other, std::uint64_t seed) {
  Random random(seed);
  const Lines more = LinesOf(other);
  if (more.empty() || random.Below(3) == 0) return std::string(one) + std::string(other);
  Lines lines = LinesOf(one);
  for (std::size_t left = 1 + random.Below(4); left > 0; --left) {
    const auto at = static_cast<std::ptrdiff_t>(random.Below(lines.size() + 1));
    lines.insert(lines.begin() + at, random.Pick(more));
  }
  return TextOf(lines);
}

std::vector<std::string> RawMessageSeeds(const WireClient& client) {
  // What is signed is signed anew for each message; the rest stands there to be changed.
  const bool signs = client.NeedsHeaders();
  std::string query = "Version=2014-05-26&" + client.plain().Text(), form = query;
  std::string length = std::to_string(form.size()), path = client.path();
  Lines host = {"Host: $host"}, posted = host;
  if (signs) {
    query = "$query";
    form = "$form";
    length = "$form_length";
  }
  posted.push_back("Content-Type: application/x-www-form-urlencoded");
  const auto with = [](Lines lines, const std::string& line) {
    lines.push_back(line);
    return lines;
  };
  const std::string get = fmt::format("GET {}?{} HTTP/1.1", path, query);
  const std::string post = fmt::format("POST {}{} HTTP/1.1", path, signs ? "?$form_query" : "");
  const std::string chunk = fmt::format("{:X}\\r\\n{}\\r\\n0\\r\\n\\r\\n", form.size(), form);
  const Lines sized = with(posted, "Content-Length: " + length);
  std::vector<std::string> out = {
      Message(get, host, ""),
      Message(post, sized, form),
      Message(fmt::format("POST {}?{} HTTP/1.1", path, query), with(host, "Content-Length: 0"), ""),
      Message(fmt::format("GET {}?{} HTTP/1.0", path, query), host, ""),
      Message(fmt::format("HEAD {}?{} HTTP/1.1", path, query), host, ""),
      Message("OPTIONS * HTTP/1.1", host, ""),
      Message(fmt::format("GET http://$host{}?{} HTTP/1.1", path, query), host, ""),
      Message(get, with(host, "Connection: close"), ""),
      Message(post, with(sized, "Expect: 100-continue"), "@wait\n" + form),
      Message(get, with(host, "Content-Length: 5"), "hello"),
      Message(get, host, "") + Message(get, host, "")};
  if (!signs) out.push_back(Message(post, with(posted, "Transfer-Encoding: chunked"), chunk));
  if (!signs) return out;
  for (std::string& message : out) {
    const bool of_form = message.find("$form") != std::string::npos;
    const std::size_t at = message.find("Host: ");
    message.insert(at, of_form ? "$form_headers\n" : "$headers\n");
  }
  return out;
}

constexpr std::size_t kSizedForm = 1;  // of these seeds

std::string RawMessageDictionary() {
  std::string out;
  for (const Lines* words :
       {&kOdd, &kNumbers, &kMethods, &kTargets, &kVersions, &kHeaders, &kMarks}) {
    for (const std::string& word : *words) {
      if (!word.empty()) out += DictionaryEntry(word);
    }
  }
  return out;
}

void WriteRawMessageSeeds(const std::filesystem::path& folder, const WireClient& client) {
  std::vector<std::string> seeds = RawMessageSeeds(client);
  // Readers differ about the end of such messages, and mutations come to them late.
  for (const char* other : {"Content-Length: 0", "Transfer-Encoding: chunked"}) {
    std::string seed = seeds[kSizedForm];
    seed.insert(seed.find('\n', seed.find("Content-Length: ")) + 1,
                fmt::format("{}\\r\\n\n", other));
    seeds.push_back(std::move(seed));
  }
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    WriteSeed(folder / fmt::format("message-{:02}", i + 1), seeds[i]);
  }
}

}  // namespace assay
