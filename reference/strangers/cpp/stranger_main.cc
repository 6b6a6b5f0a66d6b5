// A small emulator of Alibaba Cloud ECS DescribeSnapshots (RPC, version 2014-05-26).
// It was written from the public documents alone and shares no code with anything else, on
// Purpose: it exists to be tested, and to test the tool that tests it.
// g++ -std=c++20 -O2 -Wall -Wextra -pthread stranger.cc -lcrypto
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

using std::string;
using std::vector;
using Pairs = vector<std::pair<string, string>>;

// Switches and mistakes.
const std::map<string, string> kSwitches = {
    {"oldest-first", "Snapshots come oldest first instead of newest first."},
    {"page-size-cut", "A PageSize over 100 is cut to 100; a MaxResults over 100 is still refused."},
    {"zero-is-default", "PageSize, MaxResults and PageNumber of 0 mean the default, not an error."},
    {"encrypted-false-no-limit", "Encrypted=false sets no limit, as the 2018 text has it."},
    {"usage-overlaps", "Usage=image and Usage=disk also find snapshots whose usage is image_disk."},
    {"enum-any-case", "Status, SnapshotType, Usage and Category are read in any letter case."},
    {"empty-ids-no-filter", "SnapshotIds=[] is no filter instead of one that nothing passes."},
    {"names-any-case", "A name in another letter case counts where the exact one is absent."},
    {"token-bound", "A NextToken sent with filters other than those it was given for is refused."},
    {"last-token-absent", "The last page has no NextToken instead of an empty one."},
    {"page-mode-no-token",
     "A request that gives PageNumber or PageSize gets an empty NextToken; one "
     "that gives no paging parameter still gets a token."},
    {"token-total-page",
     "With a NextToken in the request, TotalCount counts the page's snapshots."},
    {"dry-run-early",
     "DryRun=true is answered before the values of the other parameters are read."},
    {"link-in-region",
     "A known SnapshotLinkId whose snapshots are all in other regions gets a 404."},
    {"empty-tag-value-any",
     "An empty Tag.N.Value beside a key means any value, like a missing one."},
    {"disk-size-string", "SourceDiskSize is a JSON string, as its documented type says."},
    {"page-number-wins",
     "PageNumber or PageSize beside MaxResults (without a NextToken) makes it a "
     "page-number request, and MaxResults is ignored."},
};
const std::map<string, string> kMistakes = {
    {"stoi-throws",
     "A page number or size beyond int makes std::stoi throw, answered 500; breaks "
     "\"InternalError ... some unknown error\": a bad value is a known one."},
    {"regex-throws",
     "A name is made a std::regex to look for wildcards, which throws on an unpaired bracket, "
     "answered 500; breaks \"SnapshotName: The name of the snapshot\"."},
    {"offset-wraps",
     "The offset is computed in 32 bits, so a huge PageNumber shows snapshots of an "
     "early page; breaks \"The page number. Page starts from page 1.\""},
    {"ids-off-by-one",
     "100 SnapshotIds are refused; breaks \"a JSON array that consists of up to "
     "100 snapshot IDs\"."},
    {"tag-one-digit", "Only Tag.1 to Tag.9 are read; breaks \"Valid values of N: 1 to 20\"."},
    {"tag-map-by-key",
     "Tags are kept in a map by key, so of two values for one key only the last "
     "counts; breaks \"resources that have all these tags added are returned\"."},
    {"token-by-time",
     "A token goes on after the last CreationTime, so snapshots of that same second "
     "are lost; breaks \"used in this request to retrieve a new page of results\"."},
    {"form-plus-kept",
     "A plus in a form body stays a plus, so POST does not find names with blanks; "
     "breaks \"The name of the snapshot\" as a filter."},
    {"xml-escape-order",
     "XML escapes & after < and >, so < reads back as &lt;; breaks "
     "\"SnapshotName: The name of the snapshot\" and the like in XML answers."},
    {"xml-bool-number",
     "XML booleans are streamed without boolalpha as 1 and 0; breaks "
     "\"Encrypted | Boolean | false\"."},
    {"json-astral-escape",
     "JSON writes a character beyond U+FFFF as one \\u escape of five digits; "
     "breaks \"SnapshotName: The name of the snapshot\" for emoji."},
    {"disk-type-one-capital",
     "SourceDiskType knows system, System, data and Data only; breaks \"The "
     "value of this parameter is case-insensitive\"."},
    {"sticky-page-size",
     "The last PageSize anybody sent becomes the default in a static variable; "
     "breaks \"PageSize ... Default value: 10\"."},
    {"time-string-compare",
     "Times are compared as text, and 17:00:30Z sorts before 17:00Z; breaks "
     "CreationStartTime and CreationEndTime: \"Set the value to a time\"."},
    {"partial-page-lost",
     "The number of pages is total / size rounded down, so the last short page "
     "is empty; breaks \"PageNumber: The page number\" of all results."},
};
std::set<string> g_on;
bool on(const char* name) { return g_on.count(name) > 0; }

// Text.
string lower(string s) {
  for (char& c : s)
    if (c >= 'A' && c <= 'Z') c += 32;
  return s;
}
void put_utf8(string& out, uint32_t c) {
  if (c < 0x80) {
    out += char(c);
    return;
  }
  if (c < 0x800) {
    out += char(0xC0 | c >> 6);
  } else {
    if (c < 0x10000)
      out += char(0xE0 | c >> 12);
    else {
      out += char(0xF0 | c >> 18);
      out += char(0x80 | (c >> 12 & 63));
    }
    out += char(0x80 | (c >> 6 & 63));
  }
  out += char(0x80 | (c & 63));
}
// One character from position i on; a byte that is not UTF-8 reads as U+FFFD.
uint32_t next_char(const string& s, size_t& i) {
  unsigned char b = s[i++];
  if (b < 0x80) return b;
  int n = b >= 0xF0 ? 3 : b >= 0xE0 ? 2 : 1;
  if (b < 0xC2 || b > 0xF4) return 0xFFFD;
  uint32_t c = b & (0x3F >> n);
  size_t j = i;
  for (int k = 0; k < n; k++, j++) {
    if (j >= s.size() || (s[j] & 0xC0) != 0x80) return 0xFFFD;
    c = c << 6 | (s[j] & 0x3F);
  }
  static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
  if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return 0xFFFD;
  i = j;
  return c;
}
string json_str(const string& s) {
  string out = "\"";
  char tmp[16];
  for (size_t i = 0; i < s.size();) {
    uint32_t c = next_char(s, i);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += char(c);
    } else if (c < 0x20 || (c > 0xFFFF && on("json-astral-escape"))) {
      snprintf(tmp, sizeof tmp, "\\u%04x", c);
      out += tmp;
    } else
      put_utf8(out, c);
  }
  return out + '"';
}
string xml_str(const string& s) {
  string out;
  bool wrong_order = on("xml-escape-order");
  for (size_t i = 0; i < s.size();) {
    uint32_t c = next_char(s, i);
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += wrong_order ? "&amp;lt;" : "&lt;";
    else if (c == '>')
      out += wrong_order ? "&amp;gt;" : "&gt;";
    else if (c == '\r')
      out += "&#13;";
    else if ((c < 0x20 && c != '\t' && c != '\n') || c == 0xFFFE || c == 0xFFFF)
      out += "\uFFFD";
    else
      put_utf8(out, c);
  }
  return out;
}
string url_encode(const string& s) {
  static const char* hex = "0123456789ABCDEF";
  string out;
  for (unsigned char c : s) {
    if ((c < 0x80 && isalnum(c)) || (c && strchr("-_.~", c)))
      out += char(c);
    else {
      out += '%';
      out += hex[c >> 4];
      out += hex[c & 15];
    }
  }
  return out;
}
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 32;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
string url_decode(const string& s, bool plus) {
  string out;
  for (size_t i = 0; i < s.size(); i++) {
    if (s[i] == '+' && plus)
      out += ' ';
    else if (s[i] == '%' && i + 2 < s.size() && hex_digit(s[i + 1]) >= 0 &&
             hex_digit(s[i + 2]) >= 0) {
      out += char(hex_digit(s[i + 1]) * 16 + hex_digit(s[i + 2]));
      i += 2;
    } else
      out += s[i];
  }
  return out;
}
Pairs parse_form(const string& text, bool plus = true) {
  Pairs out;
  for (size_t at = 0; at <= text.size();) {
    size_t end = std::min(text.find('&', at), text.size());
    string part = text.substr(at, end - at);
    at = end + 1;
    if (part.empty()) continue;
    size_t eq = part.find('=');
    out.emplace_back(url_decode(part.substr(0, eq), plus),
                     eq == string::npos ? "" : url_decode(part.substr(eq + 1), plus));
  }
  return out;
}
bool all_digits(const string& s) {
  return !s.empty() && s.find_first_not_of("0123456789") == string::npos;
}

// JSON reader.
struct Member;
struct Json {
  enum Kind { Null, Bool, Number, String, Array, Object } kind = Null;
  bool b = false, integer = false;
  double num = 0;
  string s;
  vector<Json> items;
  vector<Member> members;
  Json();
  Json(const Json&);
  Json(Json&&) noexcept;
  Json& operator=(const Json&);
  Json& operator=(Json&&) noexcept;
  ~Json();
  const Json* get(const string& key) const;
};
struct Member {
  string key;
  Json value;
};
Json::Json() = default;
Json::Json(const Json&) = default;
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(const Json&) = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;
const Json* Json::get(const string& key) const {
  for (auto& [k, v] : members)
    if (k == key) return &v;
  return nullptr;
}
struct BadJson : std::runtime_error {
  using runtime_error::runtime_error;
};
class JsonReader {
 public:
  explicit JsonReader(const string& text) : t(text) {}
  Json read() {
    Json v = value(0);
    blanks();
    if (i != t.size()) fail("text after the value");
    return v;
  }

 private:
  const string& t;
  size_t i = 0;
  [[noreturn]] void fail(const string& why) {
    throw BadJson("not JSON at byte " + std::to_string(i) + ": " + why);
  }
  void blanks() {
    while (i < t.size() && t[i] && strchr(" \t\r\n", t[i])) i++;
  }
  bool take(char c) {
    blanks();
    if (i < t.size() && t[i] == c) {
      i++;
      return true;
    }
    return false;
  }
  void need(char c) {
    if (!take(c)) fail(string("expected ") + c);
  }
  bool word(const char* w) {
    if (t.compare(i, strlen(w), w)) return false;
    i += strlen(w);
    return true;
  }
  Json value(int depth) {
    if (depth > 32) fail("nested too deep");
    Json v;
    blanks();
    if (i >= t.size()) fail("ends early");
    if (take('{')) {
      v.kind = Json::Object;
      if (take('}')) return v;
      do {
        blanks();
        string key = str();
        need(':');
        v.members.push_back({key, value(depth + 1)});
      } while (take(','));
      need('}');
    } else if (take('[')) {
      v.kind = Json::Array;
      if (take(']')) return v;
      do v.items.push_back(value(depth + 1));
      while (take(','));
      need(']');
    } else if (t[i] == '"') {
      v.kind = Json::String;
      v.s = str();
    } else if (word("true")) {
      v.kind = Json::Bool;
      v.b = true;
    } else if (word("false"))
      v.kind = Json::Bool;
    else if (!word("null"))
      number(v);
    return v;
  }
  void number(Json& v) {
    size_t from = i;
    auto digits = [&] {
      size_t at = i;
      while (i < t.size() && t[i] >= '0' && t[i] <= '9') i++;
      if (at == i) fail("unexpected character");
    };
    if (t[i] == '-') i++;
    size_t first = i;
    digits();
    if (t[first] == '0' && i > first + 1) fail("leading zero");
    v.kind = Json::Number;
    v.integer = true;
    if (i < t.size() && t[i] == '.') {
      i++;
      v.integer = false;
      digits();
    }
    if (i < t.size() && (t[i] == 'e' || t[i] == 'E')) {
      v.integer = false;
      if (++i < t.size() && (t[i] == '+' || t[i] == '-')) i++;
      digits();
    }
    v.num = strtod(t.substr(from, i - from).c_str(), nullptr);
  }
  uint32_t hex4() {
    uint32_t c = 0;
    for (int k = 0; k < 4; k++, i++) {
      if (i >= t.size() || hex_digit(t[i]) < 0) fail("bad \\u escape");
      c = c * 16 + hex_digit(t[i]);
    }
    return c;
  }
  string str() {
    if (i >= t.size() || t[i] != '"') fail("expected a string");
    string out;
    for (i++; i < t.size() && t[i] != '"';) {
      if ((unsigned char)t[i] < 0x20) fail("control character in a string");
      if (t[i] != '\\') {
        out += t[i++];
        continue;
      }
      if (++i >= t.size()) break;
      char c = t[i++];
      const char *from = "\"\\/bfnrt", *to = "\"\\/\b\f\n\r\t";
      if (c == 'u') {
        uint32_t u = hex4();
        if (u >= 0xD800 && u < 0xDC00 && !t.compare(i, 2, "\\u")) {
          size_t back = i;
          i += 2;
          uint32_t low = hex4();
          if (low >= 0xDC00 && low < 0xE000)
            u = 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
          else
            i = back;
        }
        put_utf8(out, u >= 0xD800 && u < 0xE000 ? 0xFFFD : u);
      } else if (const char* p = c ? strchr(from, c) : nullptr)
        out += to[p - from];
      else
        fail("bad escape");
    }
    if (i >= t.size()) fail("string does not end");
    i++;
    return out;
  }
};

// Times: yyyy-MM-ddTHH:mm[:ss]Z.
bool parse_time(const string& s, int64_t& out) {
  string shape;
  for (char c : s) shape += c >= '0' && c <= '9' ? '0' : c;
  bool seconds = shape == "0000-00-00T00:00:00Z";
  if (!seconds && shape != "0000-00-00T00:00Z") return false;
  auto n = [&](int at, int len) { return std::stoi(s.substr(at, len)); };
  int y = n(0, 4), mo = n(5, 2), d = n(8, 2), h = n(11, 2), mi = n(14, 2);
  int sec = seconds ? n(17, 2) : 0;
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
  if (mo < 1 || mo > 12 || d < 1 || d > days[mo - 1] + (mo == 2 && leap)) return false;
  if (h > 23 || mi > 59 || sec > 59) return false;
  std::tm tm{};
  tm.tm_year = y - 1900;
  tm.tm_mon = mo - 1;
  tm.tm_mday = d;
  tm.tm_hour = h;
  tm.tm_min = mi;
  tm.tm_sec = sec;
  out = timegm(&tm);
  return true;
}

// Dataset.
struct Snapshot {
  std::map<string, string> text;
  Pairs tags;
  int64_t created = 0;
  bool encrypted = false;
  string json, xml;  // rendered once: nothing in them changes
};
struct Dataset {
  std::set<string> regions, links;
  string default_group;
  std::unordered_map<string, vector<const Snapshot*>> by_region;  // in the order of the answer
  vector<Snapshot> snapshots;
} g_data;

struct Field {
  const char* name;
  char type;
  bool required, shown;
};
const Field kFields[] = {
    // type: s string, i integer, b boolean
    {"Status", 's', true, true},
    {"CreationTime", 's', true, true},
    {"Progress", 's', true, true},
    {"InstantAccess", 'b', true, true},
    {"Available", 'b', true, true},
    {"RemainTime", 'i', false, true},
    {"SourceDiskSize", 'i', true, true},
    {"RetentionDays", 'i', false, true},
    {"SourceDiskType", 's', true, true},
    {"SourceStorageType", 's', false, true},
    {"Usage", 's', true, true},
    {"LastModifiedTime", 's', true, true},
    {"Encrypted", 'b', true, true},
    {"SnapshotType", 's', true, true},
    {"SourceDiskId", 's', true, true},
    {"SnapshotName", 's', false, true},
    {"InstantAccessRetentionDays", 'i', false, true},
    {"Description", 's', false, true},
    {"SnapshotId", 's', true, true},
    {"ResourceGroupId", 's', true, true},
    {"Category", 's', true, true},
    {"KMSKeyId", 's', false, true},
    {"SnapshotSN", 's', false, true},
    {"ProductCode", 's', false, true},
    {"SourceSnapshotId", 's', false, true},
    {"SourceRegionId", 's', false, true},
    {"RegionId", 's', true, false},
    {"SnapshotLinkId", 's', true, false},
    {"InstanceId", 's', false, false},
};
const std::map<string, std::set<string>> kEnums = {
    {"Status", {"progressing", "accomplished", "failed"}},
    {"SnapshotType", {"auto", "user"}},
    {"Usage", {"image", "disk", "image_disk", "none"}},
    {"SourceDiskType", {"system", "data"}},
    {"Category", {"standard", "flash"}},
};

void read_snapshot_tags(const Json& j, Snapshot& s,
                        const std::function<void(const string&, const string&)>& fail) {
  const Json* tags = j.get("Tags");
  if (!tags || tags->kind != Json::Array || tags->items.size() > 20)
    fail("Tags", "not an array of up to 20 tags");
  string tj, tx;
  std::set<string> keys;
  for (auto& t : tags->items) {
    const Json *k = t.get("TagKey"), *v = t.get("TagValue");
    if (!k || !v || t.members.size() != 2 || k->kind != Json::String || v->kind != Json::String)
      fail("Tags", "not a tag");
    if (!keys.insert(k->s).second) fail("Tags", "a key is given twice");
    s.tags.emplace_back(k->s, v->s);
    tj += (tj.empty() ? "" : ",") + ("{\"TagKey\":" + json_str(k->s)) +
          ",\"TagValue\":" + json_str(v->s) + "}";
    tx += "<Tag><TagKey>" + xml_str(k->s) + "</TagKey><TagValue>" + xml_str(v->s) +
          "</TagValue></Tag>";
  }
  s.json = "{" + s.json + "\"Tags\":{\"Tag\":[" + tj + "]}}";
  s.xml = "<Snapshot>" + s.xml + "<Tags>" + tx + "</Tags></Snapshot>";
}

Snapshot read_snapshot(const Json& j, const string& where, std::set<string>& ids) {
  auto fail = [&](const string& key, const string& why) {
    throw std::runtime_error(where + ": " + key + ": " + why);
  };
  if (j.kind != Json::Object) fail("snapshot", "not an object");
  Snapshot s;
  std::set<string> known = {"Tags"};
  for (auto& f : kFields) {
    known.insert(f.name);
    const Json* v = j.get(f.name);
    if (!v) {
      if (f.required) fail(f.name, "missing");
      continue;
    }
    string shown;
    if (f.type == 's') {
      if (v->kind != Json::String) fail(f.name, "not a string");
      shown = v->s;
    } else if (f.type == 'b') {
      if (v->kind != Json::Bool) fail(f.name, "not a boolean");
      shown = v->b ? "true" : "false";
    } else {
      if (v->kind != Json::Number || !v->integer || std::fabs(v->num) > 9e15)
        fail(f.name, "not an integer");
      shown = std::to_string((long long)v->num);
    }
    auto allowed = kEnums.find(f.name);
    if (allowed != kEnums.end() && !allowed->second.count(shown)) fail(f.name, "unknown value");
    s.text[f.name] = shown;
    if (!f.shown) continue;
    bool quoted = f.type == 's' ||
                  (shown.size() && !strcmp(f.name, "SourceDiskSize") && on("disk-size-string"));
    s.json += "\"" + string(f.name) + "\":" + (quoted ? json_str(shown) : shown) + ",";
    std::ostringstream x;
    if (f.type == 'b' && on("xml-bool-number"))
      x << v->b;
    else
      x << xml_str(shown);
    s.xml += "<" + string(f.name) + ">" + x.str() + "</" + f.name + ">";
  }
  std::set<string> seen;
  for (auto& [k, v] : j.members) {
    if (!known.count(k)) fail(k, "unknown key");
    if (!seen.insert(k).second) fail(k, "given twice");
  }
  read_snapshot_tags(j, s, fail);
  int64_t ignored;
  if (s.text["CreationTime"].size() != 20 || !parse_time(s.text["CreationTime"], s.created))
    fail("CreationTime", "not a time");
  if (s.text["LastModifiedTime"].size() != 20 || !parse_time(s.text["LastModifiedTime"], ignored))
    fail("LastModifiedTime", "not a time");
  s.encrypted = s.text["Encrypted"] == "true";
  if (!g_data.regions.count(s.text["RegionId"])) fail("RegionId", "unknown region");
  if (!g_data.links.count(s.text["SnapshotLinkId"])) fail("SnapshotLinkId", "unknown chain");
  if (!ids.insert(s.text["SnapshotId"]).second) fail("SnapshotId", "given twice");
  return s;
}

void load(const string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  string text((std::istreambuf_iterator<char>(in)), {});
  Json d = JsonReader(text).read();
  static const std::set<string> known = {"format", "regions", "default_resource_group",
                                         "snapshot_links", "snapshots"};
  if (d.kind != Json::Object) throw std::runtime_error("dataset is not an object");
  for (auto& m : d.members)
    if (!known.count(m.key)) throw std::runtime_error("unknown key " + m.key);
  auto need = [&](const char* key, Json::Kind kind) -> const Json& {
    const Json* v = d.get(key);
    if (!v || v->kind != kind)
      throw std::runtime_error(string(key) + ": missing or of a wrong type");
    return *v;
  };
  if (need("format", Json::String).s != "assay-dataset/1") throw std::runtime_error("bad format");
  g_data.default_group = need("default_resource_group", Json::String).s;
  for (auto [key, set] : {std::pair{"regions", &g_data.regions}, {"snapshot_links", &g_data.links}})
    for (auto& v : need(key, Json::Array).items) {
      if (v.kind != Json::String) throw std::runtime_error(string(key) + ": not a string");
      set->insert(v.s);
    }
  auto& list = need("snapshots", Json::Array).items;
  std::set<string> ids;
  for (size_t i = 0; i < list.size(); i++)
    g_data.snapshots.push_back(read_snapshot(list[i], "snapshots[" + std::to_string(i) + "]", ids));
  for (auto& s : g_data.snapshots) g_data.by_region[s.text["RegionId"]].push_back(&s);
  for (auto& entry : g_data.by_region) {
    auto& v = entry.second;
    auto older = [](auto a, auto b) { return a->created < b->created; };
    std::stable_sort(v.begin(), v.end(), older);
    if (!on("oldest-first")) std::reverse(v.begin(), v.end());
  }
}

// Requests.
struct ApiError {
  int status;
  string code, message;
};
ApiError bad_parameter(const string& name) {
  return {400, "InvalidParameter", "The specified parameter \"" + name + "\" is not valid."};
}
ApiError missing_parameter(const string& name) {
  return {400, "MissingParameter",
          "The input parameter \"" + name +
              "\" that is mandatory for processing this request is not supplied."};
}
struct Request {
  string method, path, query, body;
  Pairs headers, params, query_params;
  std::unordered_map<string, string> first, first_lower;  // of a repeated name the first counts
  string header(const string& name) const {
    for (auto& [k, v] : headers)
      if (k == name) return v;
    return "";
  }
  const string* raw(const string& name) const {
    auto it = first.find(name);
    if (it != first.end()) return &it->second;
    if (!on("names-any-case")) return nullptr;
    it = first_lower.find(lower(name));
    return it == first_lower.end() ? nullptr : &it->second;
  }
  string get(const string& name) const {  // an empty value counts as none
    auto v = raw(name);
    return v ? *v : "";
  }
  void read_params() {
    query_params = parse_form(query);
    params = query_params;
    string type = lower(header("content-type"));
    if (method == "POST" && (type.empty() || type.starts_with("application/x-www-form-urlencoded")))
      for (auto& p : parse_form(body, !on("form-plus-kept"))) params.push_back(p);
    for (auto& [k, v] : params) {
      first.emplace(k, v);
      if (on("names-any-case")) first_lower.emplace(lower(k), v);
    }
  }
};

// Signatures.
string sha256_hex(const string& s, bool mac = false, const string& key = "") {
  unsigned char md[32];
  unsigned len = 32;
  if (mac)
    HMAC(EVP_sha256(), key.data(), int(key.size()), (const unsigned char*)s.data(), s.size(), md,
         &len);
  else
    SHA256((const unsigned char*)s.data(), s.size(), md);
  string out;
  for (unsigned char c : md) {
    char t[3];
    snprintf(t, 3, "%02x", c);
    out += t;
  }
  return out;
}
string hmac_sha1_base64(const string& key, const string& s) {
  unsigned char md[20], b64[32];
  unsigned len = 20;
  HMAC(EVP_sha1(), key.data(), int(key.size()), (const unsigned char*)s.data(), s.size(), md, &len);
  int n = EVP_EncodeBlock(b64, md, 20);
  return string((char*)b64, n);
}
string canonical_query(const Pairs& params, const char* without) {
  Pairs sorted;
  for (auto& [k, v] : params)
    if (k != without) sorted.emplace_back(k, v);
  std::sort(sorted.begin(), sorted.end());
  string out;
  for (auto& [k, v] : sorted) out += (out.empty() ? "" : "&") + url_encode(k) + "=" + url_encode(v);
  return out;
}
void check_time(const string& text) {
  int64_t t;
  if (text.size() != 20 || !parse_time(text, t))
    throw ApiError{400, "InvalidTimeStamp.Format",
                   "Specified time stamp or date value is not well formatted."};
  if (std::llabs(t - int64_t(time(nullptr))) > 15 * 60)
    throw ApiError{400, "InvalidTimeStamp.Expired",
                   "Specified time stamp or date value is expired."};
}
void use_nonce(const string& nonce) {
  static std::mutex lock;
  static std::unordered_map<string, time_t> seen;
  std::lock_guard hold(lock);
  time_t now = time(nullptr);
  if (seen.size() > 200000) std::erase_if(seen, [&](auto& e) { return e.second < now - 1800; });
  if (!seen.emplace(nonce, now).second)
    throw ApiError{400, "SignatureNonceUsed", "Specified signature nonce was used already."};
}
ApiError mandatory(const string& name) {
  return {400, "Missing" + name, name + " is mandatory for this action."};
}
ApiError mismatch(const string& sts) {
  return {400, "SignatureDoesNotMatch",
          "Specified signature is not matched with our calculation. "
          "server string to sign is:" +
              sts};
}
const ApiError kNoKey{404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."};

void check_v3(const Request& r, const string& auth, const string& id, const string& secret) {
  std::map<string, string> part;
  std::stringstream in(auth.substr(auth.find(' ') + 1));
  for (string p; std::getline(in, p, ',');) {
    p.erase(0, p.find_first_not_of(' '));
    size_t eq = p.find('=');
    if (eq != string::npos) part[p.substr(0, eq)] = p.substr(eq + 1);
  }
  if (part["Credential"].empty()) throw mandatory("AccessKeyId");
  if (part["Signature"].empty()) throw mandatory("Signature");
  if (part["Credential"] != id) throw kNoKey;
  check_time(r.header("x-acs-date"));
  string head;
  std::stringstream names(part["SignedHeaders"]);
  for (string name; std::getline(names, name, ';');) {
    vector<string> values;
    for (auto& [k, v] : r.headers)
      if (k == lower(name)) values.push_back(v);
    std::sort(values.begin(), values.end());
    string joined;
    for (auto& v : values) joined += (joined.empty() ? "" : ",") + v;
    head += lower(name) + ":" + joined + "\n";
  }
  string hash = sha256_hex(r.body),
         sts = "ACS3-HMAC-SHA256\n" +
               sha256_hex(r.method + "\n/\n" + canonical_query(r.query_params, "") + "\n" + head +
                          "\n" + part["SignedHeaders"] + "\n" + hash);
  string sent = r.header("x-acs-content-sha256");
  if ((!sent.empty() && sent != hash) || sha256_hex(sts, true, secret) != part["Signature"])
    throw mismatch(sts);
  if (string nonce = r.header("x-acs-signature-nonce"); !nonce.empty()) use_nonce(nonce);
}
void check_v1(const Request& r, const string& id, const string& secret) {
  for (string name : {"AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion",
                      "Timestamp", "SignatureNonce"})
    if (r.get(name).empty()) throw mandatory(name);
  if (r.get("AccessKeyId") != id) throw kNoKey;
  if (r.get("SignatureMethod") != "HMAC-SHA1") throw bad_parameter("SignatureMethod");
  if (r.get("SignatureVersion") != "1.0") throw bad_parameter("SignatureVersion");
  check_time(r.get("Timestamp"));
  string sts = r.method + "&%2F&" + url_encode(canonical_query(r.params, "Signature"));
  if (hmac_sha1_base64(secret + "&", sts) != r.get("Signature")) throw mismatch(sts);
  use_nonce(r.get("SignatureNonce"));
}

// The operation.
int page_value(const Request& r, const char* name, int def, int max, bool cut) {
  string s = r.get(name);
  if (s.empty()) return def;
  if (!all_digits(s)) throw bad_parameter(name);
  long n;
  if (on("stoi-throws"))
    n = std::stoi(s);
  else {
    s.erase(0, std::min(s.find_first_not_of('0'), s.size() - 1));
    n = s.size() > 10 ? INT64_MAX : std::stol(s);
  }
  if (n == 0 && on("zero-is-default")) return def;
  if (n > max && cut) return max;
  if (n < 1 || n > max) throw bad_parameter(name);
  return int(n);
}
// -1 not given, 0 false, 1 true
int bool_value(const Request& r, const char* name) {
  string v = lower(r.get(name));
  if (v.empty()) return -1;
  if (v != "true" && v != "false") throw bad_parameter(name);
  return v == "true";
}
uint32_t fnv(const string& s) {
  uint32_t h = 2166136261u;
  for (unsigned char c : s) h = (h ^ c) * 16777619u;
  return h;
}
string make_token(uint32_t offset, uint32_t filters) {
  auto hex = [](uint32_t n) {
    char t[9];
    snprintf(t, sizeof t, "%08x", n);
    return string(t);
  };
  string head = hex(offset ^ filters) + hex(filters);
  return head + hex(fnv(head)) + hex(fnv("snapshots" + head));
}
struct Query {
  std::map<string, string> equal;  // field -> value it must have
  std::map<string, string> usage;
  std::unordered_set<string> ids;
  vector<std::pair<string, const string*>> tags;
  vector<std::array<string, 2>> filters;
  bool by_ids = false;
  int encrypted = -1;
  string group;
};
string enum_value(const Request& r, const string& name, bool any_case, const ApiError& error) {
  string v = r.get(name), l = lower(v);
  if (v.empty()) return "";
  if (any_case || on("enum-any-case")) v = l;
  if (v == "all" && (name == "Status" || name == "SnapshotType")) return "";
  if (!kEnums.at(name).count(v)) throw error;
  return v;
}
void read_tags(const Request& r, Query& q) {
  if (!on("tag-one-digit"))
    for (auto& [name, value] : r.params) {
      string n = on("names-any-case") ? lower(name) : name;
      if ((!n.starts_with("Tag.") && !n.starts_with("tag.")) || value.empty()) continue;
      if (n[0] == 't' && !on("names-any-case")) continue;
      size_t dot = n.find('.', 4);
      if (dot == string::npos) continue;
      string num = n.substr(4, dot - 4), rest = lower(n.substr(dot + 1));
      if (!all_digits(num) || num[0] == '0' || (rest != "key" && rest != "value")) continue;
      if (num.size() > 2 || std::stoi(num) > 20)
        throw ApiError{400, "InvalidTagCount",
                       "The specified tags are beyond the permitted range."};
    }
  for (int n = 1; n <= (on("tag-one-digit") ? 9 : 20); n++) {
    string at = "Tag." + std::to_string(n) + ".", key = r.get(at + "Key");
    const string* value = r.raw(at + "Value");
    if (key.empty()) key = r.get(at + "key");
    if (!value) value = r.raw(at + "value");
    if (key.empty() && (!value || value->empty())) continue;
    if (key.empty())
      throw ApiError{400, "InvalidTag.Mismatch",
                     "The specified Tag.n.Key and Tag.n.Value are not match."};
    if (value && value->empty() && on("empty-tag-value-any")) value = nullptr;
    if (on("tag-map-by-key")) std::erase_if(q.tags, [&](auto& t) { return t.first == key; });
    q.tags.emplace_back(key, value);
  }
}
void read_ids(const Request& r, Query& q) {
  string ids = r.get("SnapshotIds");
  if (ids.empty()) return;
  ApiError error{403, "InvalidSnapshotIds.Malformed",
                 "The amount of specified specified snapshot Ids exceeds the limit."};
  Json list;
  try {
    list = JsonReader(ids).read();
  } catch (BadJson&) {
    throw error;
  }
  size_t max = on("ids-off-by-one") ? 99 : 100;
  if (list.kind != Json::Array || list.items.size() > max) throw error;
  for (auto& v : list.items) {
    if (v.kind != Json::String) throw error;
    q.ids.insert(v.s);
  }
  q.by_ids = !(list.items.empty() && on("empty-ids-no-filter"));
}
Query read_query(const Request& r, const string& region) {
  Query q;
  for (auto [param, field] : {std::pair{"InstanceId", "InstanceId"},
                              {"DiskId", "SourceDiskId"},
                              {"SnapshotName", "SnapshotName"},
                              {"KMSKeyId", "KMSKeyId"}})
    q.equal[field] = r.get(param);
  if (on("regex-throws") && q.equal["SnapshotName"].size() < 100)
    std::regex{q.equal["SnapshotName"]};
  read_ids(r, q);
  q.equal["Status"] = enum_value(
      r, "Status", false, {404, "InvalidStatus.NotFound", "The specified Status is not found."});
  q.equal["SnapshotType"] =
      enum_value(r, "SnapshotType", false,
                 {404, "InvalidSnapshotType.NotFound", "The specfied SnapshotType is not found."});
  ApiError bad_type{404, "InvalidSourceDiskType", "The specifed SourceDiskType is not valid."};
  if (string t = r.get("SourceDiskType");
      on("disk-type-one-capital") && t.size() > 1 && t.substr(1) != lower(t.substr(1)))
    throw bad_type;
  q.equal["SourceDiskType"] = enum_value(r, "SourceDiskType", true, bad_type);
  string usage =
      enum_value(r, "Usage", false, {404, "InvalidUsage", "The specifed Usage is not valid."});
  ApiError bad_category{403, "InvalidSnapshotCategory.Malformed",
                        "The specified Category is not valid."};
  string c = r.get("Category");
  q.equal["Category"] = enum_value(r, "Category", c == "Standard" || c == "Flash", bad_category);
  (usage == "image" || usage == "disk") && on("usage-overlaps") ? q.usage["Usage"] = usage
                                                                : q.equal["Usage"] = usage;
  q.encrypted = bool_value(r, "Encrypted");
  if (q.encrypted == 0 && on("encrypted-false-no-limit")) q.encrypted = -1;
  q.group = r.get("ResourceGroupId");
  for (string at : {"Filter.1.", "Filter.2."}) {
    string key = r.get(at + "Key"), value = r.get(at + "Value");
    int64_t t;
    if (key.empty() && value.empty()) continue;
    if (key != "CreationStartTime" && key != "CreationEndTime")
      throw ApiError{404, "InvalidFilterKey.NotFound", "The specified FilterKey is not found."};
    if (!parse_time(value, t))
      throw ApiError{404, "InvalidFilterValue", "The specified FilterValue exceeds the limit."};
    q.filters.push_back({key, value});
  }
  read_tags(r, q);
  string link = r.get("SnapshotLinkId");
  q.equal["SnapshotLinkId"] = link;
  if (!link.empty()) {
    bool known = g_data.links.count(link) > 0, here = !on("link-in-region"), anywhere = false;
    for (auto& s : g_data.snapshots)
      if (s.text.at("SnapshotLinkId") == link) {
        anywhere = true;
        here |= s.text.at("RegionId") == region;
      }
    if (!known || (anywhere && !here))
      throw ApiError{404, "InvalidSnapshotLinkId.NotFound",
                     "The specified snapshot link is not found."};
  }
  std::erase_if(q.equal, [](auto& e) { return e.second.empty(); });
  return q;
}
bool matches(const Snapshot& s, const Query& q) {
  for (auto& [field, value] : q.equal) {
    auto it = s.text.find(field);
    if (it == s.text.end() || it->second != value) return false;
  }
  for (auto& [field, value] : q.usage)
    if (s.text.at(field) != value && s.text.at(field) != "image_disk") return false;
  if (q.by_ids && !q.ids.count(s.text.at("SnapshotId"))) return false;
  if (q.encrypted >= 0 && s.encrypted != (q.encrypted == 1)) return false;
  for (auto& [key, value] : q.filters) {
    int64_t t = 0;
    parse_time(value, t);
    int order = s.created < t ? -1 : s.created > t;
    if (on("time-string-compare")) order = s.text.at("CreationTime").compare(value);
    if (key == "CreationStartTime" ? order < 0 : order > 0) return false;
  }
  for (auto& [key, value] : q.tags)
    if (std::none_of(s.tags.begin(), s.tags.end(),
                     [&](auto& t) { return t.first == key && (!value || t.second == *value); }))
      return false;
  return true;
}
vector<const Snapshot*> select(const Query& q, const string& region) {
  vector<const Snapshot*> out;
  auto it = g_data.by_region.find(region);
  if (it == g_data.by_region.end()) return out;
  int in_group = 0;
  for (auto* s : it->second) {
    if (!q.tags.empty() && out.size() == 1000) break;  // "up to 1,000 resources"
    if (!matches(*s, q)) continue;
    if (!q.group.empty()) {
      auto& group = s->text.at("ResourceGroupId");
      if (group != q.group && group != g_data.default_group) continue;
      if (group == q.group && ++in_group > 1000) continue;
    }
    out.push_back(s);
  }
  return out;
}
uint32_t fingerprint(const Query& q, const string& region) {  // what a token may be bound to
  string out = region;
  auto add = [&](const string& k, const string& v) {
    out += "&" + url_encode(k) + "=" + url_encode(v);
  };
  for (auto& [k, v] : q.equal) add(k, v);
  for (auto& [k, v] : q.usage) add(k, v);
  for (auto& id : std::set<string>(q.ids.begin(), q.ids.end())) add("id", id);
  for (auto& [k, v] : q.tags) {
    add("tag", k);
    if (v) add("value", *v);
  }
  for (auto& f : q.filters) add(f[0], f[1]);
  add("by ids", q.by_ids ? "y" : "");
  add("encrypted", std::to_string(q.encrypted));
  add("group", q.group);
  return fnv(out);
}

string describe(const Request& r, const string& rid, bool json) {
  string region = r.get("RegionId");
  if (region.empty()) throw missing_parameter("RegionId");
  if (!g_data.regions.count(region))
    throw ApiError{404, "InvalidRegionId.NotFound", "The specified RegionId does not exist."};
  int dry = bool_value(r, "DryRun");
  ApiError dry_ok{400, "DryRunOperation",
                  "Request validation has been passed with DryRun flag set."};
  if (dry == 1 && on("dry-run-early")) throw dry_ok;
  string token = r.get("NextToken");
  bool page_given = !r.get("PageNumber").empty() || !r.get("PageSize").empty();
  bool by_token = !token.empty() || !r.get("MaxResults").empty();
  if (on("page-number-wins") && page_given && token.empty()) by_token = false;
  uint32_t start = 0;
  static std::atomic<int> sticky{10};
  int size, page = 1;
  if (by_token)
    size = page_value(r, "MaxResults", 10, 100, false);
  else {
    size = page_value(r, "PageSize", on("sticky-page-size") ? sticky.load() : 10, 100,
                      on("page-size-cut"));
    page = page_value(r, "PageNumber", 1, INT32_MAX, false);
    sticky = size;
  }
  Query q = read_query(r, region);
  uint32_t bound = fingerprint(q, region);
  if (!token.empty()) {
    bool hex = token.size() == 32 && token.find_first_not_of("0123456789abcdef") == string::npos;
    if (!hex) throw bad_parameter("NextToken");
    uint32_t made_for = uint32_t(std::stoul(token.substr(8, 8), nullptr, 16));
    start = uint32_t(std::stoul(token.substr(0, 8), nullptr, 16)) ^ made_for;
    if (make_token(start, made_for) != token || (on("token-bound") && made_for != bound))
      throw bad_parameter("NextToken");
  }
  if (dry == 1) throw dry_ok;
  auto found = select(q, region);
  size_t total = found.size(), from = start;
  if (!by_token) {
    from = on("offset-wraps") ? uint32_t(page - 1) * uint32_t(size) : size_t(page - 1) * size;
    if (on("partial-page-lost") && size_t(page) > std::max<size_t>(1, total / size)) from = total;
  } else {
    page = int(from / size) + 1;
    if (on("token-by-time") && from > 0 && from <= total)
      while (from < total && found[from]->created == found[start - 1]->created) from++;
  }
  from = std::min(from, total);
  size_t end = std::min(from + size, total);
  string next = end < total ? make_token(uint32_t(end), bound) : "";
  if (on("page-mode-no-token") && !by_token && page_given) next = "";
  if (on("token-total-page") && !token.empty()) total = end - from;
  bool with_token = !(next.empty() && on("last-token-absent"));
  string list, n = std::to_string(total), p = std::to_string(page), s = std::to_string(size);
  for (size_t i = from; i < end; i++)
    list += json ? (i > from ? "," : "") + found[i]->json : found[i]->xml;
  if (json)
    return "{\"RequestId\":\"" + rid + "\",\"TotalCount\":" + n + ",\"PageNumber\":" + p +
           ",\"PageSize\":" + s + (with_token ? ",\"NextToken\":\"" + next + "\"" : "") +
           ",\"Snapshots\":{\"Snapshot\":[" + list + "]}}";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeSnapshotsResponse><RequestId>" +
         rid + "</RequestId><TotalCount>" + n + "</TotalCount><PageNumber>" + p + "</PageNumber>" +
         "<PageSize>" + s + "</PageSize>" +
         (with_token ? "<NextToken>" + next + "</NextToken>" : "") + "<Snapshots>" + list +
         "</Snapshots></DescribeSnapshotsResponse>";
}

string new_request_id() {
  static thread_local std::mt19937_64 rng{std::random_device{}()};
  uint64_t a = rng(), b = rng();
  char out[40];
  snprintf(out, sizeof out, "%08X-%04X-4%03X-%04X-%012llX", unsigned(a >> 32),
           unsigned(a >> 16 & 0xFFFF), unsigned(a & 0xFFF), unsigned(b >> 48 & 0x3FFF) | 0x8000,
           (unsigned long long)(b & 0xFFFFFFFFFFFFull));
  return out;
}
string error_body(const ApiError& e, const string& rid, bool json) {
  string help = "https://api.aliyun.com/troubleshoot?q=" + e.code + "&product=Ecs&requestId=" + rid;
  Pairs parts = {{"RequestId", rid},
                 {"HostId", "ecs.aliyuncs.com"},
                 {"Code", e.code},
                 {"Message", e.message},
                 {"Recommend", help}};
  string out;
  for (auto& [k, v] : parts)
    out += json ? (out.empty() ? "{\"" : ",\"") + k + "\":" + json_str(v)
                : "<" + k + ">" + xml_str(v) + "</" + k + ">";
  return json ? out + "}"
              : "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>" + out + "</Error>";
}

string g_key_id, g_secret;
bool g_auth = false;
string run(const Request& r, const string& rid, bool json) {
  if (r.method != "GET" && r.method != "POST")
    throw ApiError{403, "UnsupportedHTTPMethod", "This http method is not supported."};
  if (r.path != "/")
    throw ApiError{404, "InvalidApi.NotFound",
                   "Specified api is not found, please check your url and method."};
  if (g_auth) {
    string auth = r.header("authorization");
    if (auth.starts_with("ACS3-HMAC-SHA256 "))
      check_v3(r, auth, g_key_id, g_secret);
    else
      check_v1(r, g_key_id, g_secret);
  }
  string action = r.get("Action"), version = r.get("Version");
  if (action.empty()) action = r.header("x-acs-action");
  if (version.empty()) version = r.header("x-acs-version");
  if (action.empty()) throw missing_parameter("Action");
  if (version.empty() && g_auth) throw missing_parameter("Version");
  if (!version.empty() && version != "2014-05-26")
    throw ApiError{400, "InvalidVersion", "Specified parameter Version is not valid."};
  if (action != "DescribeSnapshots")
    throw ApiError{404, "InvalidAction.NotFound",
                   "Specified api is not found, please check your url and method."};
  return describe(r, rid, json);
}

// HTTP.
string response(int status, const string& body, bool json, const string& rid, bool keep,
                bool head) {
  static const std::map<int, string> reasons = {{200, "OK"},
                                                {400, "Bad Request"},
                                                {403, "Forbidden"},
                                                {404, "Not Found"},
                                                {413, "Content Too Large"},
                                                {431, "Request Header Fields Too Large"},
                                                {500, "Internal Server Error"}};
  return "HTTP/1.1 " + std::to_string(status) + " " + reasons.at(status) + "\r\nContent-Type: " +
         (json ? "application/json;charset=utf-8" : "application/xml;charset=utf-8") +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nx-acs-request-id: " + rid +
         "\r\nConnection: " + (keep ? "keep-alive" : "close") + "\r\n\r\n" + (head ? "" : body);
}
string answer(Request& r, bool keep) {
  string rid = new_request_id(), body;
  int status = 200;
  bool json = true;
  try {
    r.read_params();
    string format = lower(r.get("Format"));
    bool v3 = !r.header("x-acs-action").empty();
    json = format == "json" ||
           (format != "xml" && (v3 || lower(r.header("accept")).find("json") != string::npos));
    body = run(r, rid, json);
  } catch (const ApiError& e) {
    status = e.status;
    body = error_body(e, rid, json);
  } catch (const std::exception&) {
    status = 500;
    body = error_body({500, "InternalError",
                       "The request processing has failed due to some "
                       "unknown error."},
                      rid, json);
  }
  return response(status, body, json, rid, keep, r.method == "HEAD");
}

struct Closed {};
struct HttpError {
  int status;
};
class Connection {
 public:
  explicit Connection(int fd) : fd(fd) {}
  // One that has received these bytes, and nothing more; what it sends is kept in `sent`.
  Connection(const char* bytes, size_t size) : fd(-1), buf(bytes, size) {}
  string sent;
  void serve() {
    try {
      while (true) {
        Request r;
        bool keep = read_request(r);
        send_all(answer(r, keep));
        if (!keep) return;
      }
    } catch (const Closed&) {
    } catch (const HttpError& e) {
      string rid = new_request_id(), code = e.status == 400 ? "InvalidRequest" : "RequestTooLarge";
      string body =
          error_body({e.status, code, "The request cannot be read as HTTP/1.1."}, rid, true);
      try {
        send_all(response(e.status, body, true, rid, false, false));
      } catch (const Closed&) {
      }
    }
  }

 private:
  int fd;
  string buf;
  static constexpr size_t kMaxHead = 16 << 20, kMaxBody = 32 << 20;
  void more() {
    if (fd < 0) throw Closed{};
    char chunk[65536];
    ssize_t n = recv(fd, chunk, sizeof chunk, 0);
    if (n <= 0) throw Closed{};
    buf.append(chunk, n);
  }
  void send_all(const string& s) {
    if (fd < 0) {
      sent += s;
      return;
    }
    for (size_t at = 0; at < s.size();) {
      ssize_t n = send(fd, s.data() + at, s.size() - at, MSG_NOSIGNAL);
      if (n <= 0) throw Closed{};
      at += n;
    }
  }
  string take(size_t n) {
    while (buf.size() < n) more();
    string out = buf.substr(0, n);
    buf.erase(0, n);
    return out;
  }
  string take_until(const char* mark, size_t max, int too_long) {
    size_t len = strlen(mark), at, from = 0;
    while ((at = buf.find(mark, from)) == string::npos) {
      if (buf.size() > max) throw HttpError{too_long};
      from = buf.size() < len ? 0 : buf.size() - len + 1;
      more();
    }
    string out = buf.substr(0, at);
    buf.erase(0, at + len);
    return out;
  }
  bool read_request(Request& r) {
    while (buf.empty() || buf.starts_with("\r\n")) {  // blank lines between requests are allowed
      if (buf.empty())
        more();
      else
        buf.erase(0, 2);
    }
    std::istringstream head(take_until("\r\n\r\n", kMaxHead, 431));
    string line;
    std::getline(head, line);
    if (line.ends_with('\r')) line.pop_back();
    size_t a = line.find(' '), b = line.rfind(' ');
    if (a == string::npos || a == b || !line.substr(b + 1).starts_with("HTTP/1."))
      throw HttpError{400};
    r.method = line.substr(0, a);
    string target = line.substr(a + 1, b - a - 1), version = line.substr(b + 1);
    if (lower(target.substr(0, 7)) == "http://") {
      size_t slash = target.find_first_of("/?", 7);
      target = slash == string::npos ? "/" : target.substr(slash);
    }
    size_t q = target.find('?');
    r.path = q == 0 ? "/" : target.substr(0, q);
    if (q != string::npos) r.query = target.substr(q + 1);
    while (std::getline(head, line)) {
      if (line.ends_with('\r')) line.pop_back();
      size_t colon = line.find(':');
      if (colon == string::npos || colon == 0) throw HttpError{400};
      size_t from = line.find_first_not_of(" \t", colon + 1);
      string value = from == string::npos ? "" : line.substr(from);
      value.resize(value.find_last_not_of(" \t") + 1);
      r.headers.emplace_back(lower(line.substr(0, colon)), value);
    }
    if (lower(r.header("expect")) == "100-continue") send_all("HTTP/1.1 100 Continue\r\n\r\n");
    string length = r.header("content-length");
    if (lower(r.header("transfer-encoding")).find("chunked") != string::npos) {
      while (true) {
        string size = take_until("\r\n", 4096, 400);
        size.resize(std::min(size.find_first_of("; \t"), size.size()));
        if (size.empty() || size.size() > 8) throw HttpError{400};
        size_t n = 0;
        for (char c : size) {
          if (hex_digit(c) < 0) throw HttpError{400};
          n = n * 16 + hex_digit(c);
        }
        if (r.body.size() + n > kMaxBody) throw HttpError{413};
        if (n == 0) break;
        r.body += take(n);
        if (take(2) != "\r\n") throw HttpError{400};
      }
      while (!take_until("\r\n", kMaxHead, 431).empty()) {
      }  // trailers
    } else if (!length.empty()) {
      if (!all_digits(length)) throw HttpError{400};
      if (length.size() > 9 || std::stoul(length) > kMaxBody) throw HttpError{413};
      r.body = take(std::stoul(length));
    }
    string wish = lower(r.header("connection"));
    if (version == "HTTP/1.0") return wish.find("keep-alive") != string::npos;
    return wish.find("close") == string::npos;
  }
};

int listen_on(const string& where) {
  size_t colon = where.rfind(':');
  if (colon == string::npos) throw std::runtime_error("--listen wants HOST:PORT");
  string host = where.substr(0, colon), port = where.substr(colon + 1);
  addrinfo hints{}, *found = nullptr;
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) || !found)
    throw std::runtime_error("cannot resolve " + where);
  int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, found->ai_addr, found->ai_addrlen) || listen(fd, 1024))
    throw std::runtime_error("cannot listen on " + where);
  freeaddrinfo(found);
  sockaddr_in addr{};
  socklen_t len = sizeof addr;
  getsockname(fd, (sockaddr*)&addr, &len);
  std::cout << "listening on http://" << host << ":" << ntohs(addr.sin_port) << std::endl;
  return fd;
}
void print_list() {
  auto object = [](const std::map<string, string>& m) {
    string out;
    for (auto& [k, v] : m) out += (out.empty() ? "" : ", ") + json_str(k) + ": " + json_str(v);
    return "{" + out + "}";
  };
  std::cout << "{\"switches\": " << object(kSwitches) << ", \"mistakes\": " << object(kMistakes)
            << "}" << std::endl;
}

[[noreturn]] void serve_all(int server) {
  while (true) {
    int fd = accept(server, nullptr, nullptr), yes = 1;
    if (fd < 0) {
      usleep(10000);
      continue;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    timeval idle{120, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof idle);
    try {
      std::thread([fd] {
        try {
          Connection(fd).serve();
        } catch (...) {
        }
        close(fd);
      }).detach();
    } catch (const std::system_error&) {
      close(fd);
    }
  }
}

void ask_for_signatures(const string& login) {
  size_t colon = login.find(':');
  if (colon == string::npos || colon == 0) throw std::runtime_error("--auth wants ID:SECRET");
  g_auth = true;
  g_key_id = login.substr(0, colon);
  g_secret = login.substr(colon + 1);
}

#ifdef LINKED
// Compiled with it, the emulator is no program but a part of the one that tests it, which calls
// these. STRANGER_ON names switches and mistakes, with commas between them; STRANGER_AUTH is as
// --auth; STRANGER_FAILS is "start" or "abort" for one that does not start, "hang", "overflow",
// "recursion", "exit" or "exit at once" for one that does so after STRANGER_ANSWERS (300) requests.
static string g_fails;    // how
static int g_left = 300;  // requests until then
static string deeper(const char* request, size_t depth) {
  const string more = depth == SIZE_MAX ? "" : deeper(request, depth + 1);
  return request[depth % 8] + more;
}
extern "C" int assay_start_target(const char* dataset) {
  try {
    load(dataset);
    const char* fails = getenv("STRANGER_FAILS");
    g_fails = fails ? fails : "";
    if (const char* answers = getenv("STRANGER_ANSWERS")) g_left = atoi(answers);
    if (g_fails == "abort") abort();
    if (g_fails == "start") throw std::runtime_error("as STRANGER_FAILS asks");
    const char* on = getenv("STRANGER_ON");
    std::istringstream names(on ? on : "");
    for (string name; getline(names, name, ',');) g_on.insert(name);
    if (const char* login = getenv("STRANGER_AUTH")) ask_for_signatures(login);
    return 1;
  } catch (const std::exception& e) {
    std::cerr << "stranger: " << e.what() << std::endl;
    return 0;
  }
}
extern "C" size_t assay_answer_request(const char* request, size_t size, const char** answer) {
  static string sent;
  if (!g_fails.empty() && --g_left < 0) {
    while (g_fails == "hang") pause();
    if (g_fails == "recursion") sent = deeper(request, 0);
    if (g_fails == "exit") exit(0);
    if (g_fails == "exit at once") _exit(0);
    std::vector<char> own(request, request + size);
    sent = string(own.data() + (g_fails == "overflow" ? 1 : 0), size);
  }
  Connection connection(request, size);
  connection.serve();
  sent = std::move(connection.sent);
  *answer = sent.data();
  return sent.size();
}
#else
int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  int server = -1;
  try {
    string where, dataset;
    for (int i = 1; i < argc; i++) {
      string arg = argv[i];
      if (arg == "--list") {
        print_list();
        return 0;
      }
      if (i + 1 >= argc) throw std::runtime_error(arg + ": unknown option or no value");
      string value = argv[++i];
      if (arg == "--listen")
        where = value;
      else if (arg == "--dataset")
        dataset = value;
      else if (arg == "--switch" || arg == "--mistake") {
        if (!(arg == "--switch" ? kSwitches : kMistakes).count(value))
          throw std::runtime_error("unknown " + arg.substr(2) + " " + value);
        g_on.insert(value);
      } else if (arg == "--auth") {
        ask_for_signatures(value);
      } else
        throw std::runtime_error("unknown option " + arg);
    }
    if (where.empty() || dataset.empty())
      throw std::runtime_error("--listen and --dataset are required");
    load(dataset);
    server = listen_on(where);
  } catch (const std::exception& e) {
    std::cerr << "stranger: " << e.what() << std::endl;
    return 2;
  }
  serve_all(server);
}
#endif
