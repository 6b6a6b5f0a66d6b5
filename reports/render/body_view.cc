#include "reports/render/body_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "spec/text/count.h"

namespace assay {
namespace {

constexpr std::size_t kContext = 2;            // lines around a difference
constexpr std::size_t kMostCells = 4'000'000;  // of the table that compares two texts
constexpr std::size_t kDeepest = 64;           // levels of a body that are indented
constexpr std::size_t kMostSnapshotLines = 1000;
constexpr std::size_t kLongestSnapshotLine = 56;
constexpr std::size_t kIdLength = 6;  // letters and digits of an id at the least

void Break(std::size_t depth, std::string* line, std::vector<std::string>* lines) {
  if (line->find_first_not_of(' ') != std::string::npos) lines->push_back(*line);
  line->assign(2 * std::min(depth, kDeepest), ' ');
}

// Breaks JSON into lines without parsing it, so that no body is too odd to be shown.
std::vector<std::string> JsonLines(std::string_view body) {
  std::vector<std::string> lines;
  std::string line;
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (in_string) {
      line += c;
      if (c == '\\' && i + 1 < body.size()) line += body[++i];
      in_string = c != '"';
      continue;
    }
    const bool empty =
        (c == '{' || c == '[') && i + 1 < body.size() && (body[i + 1] == '}' || body[i + 1] == ']');
    if (empty) {
      line += body.substr(i++, 2);
    } else if (c == '{' || c == '[') {
      line += c;
      Break(++depth, &line, &lines);
    } else if (c == '}' || c == ']') {
      Break(depth > 0 ? --depth : 0, &line, &lines);
      line += c;
    } else if (c == ',') {
      line += c;
      Break(depth, &line, &lines);
    } else if (c == '"') {
      line += c;
      in_string = true;
    } else if (c == ':') {
      line += ": ";
    } else if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
      line += c;
    }
  }
  Break(0, &line, &lines);
  return lines;
}

// Where the next line begins: an element with only a text, or with none, stays on one.
std::size_t EndOfXmlLine(std::string_view body, std::size_t at) {
  std::size_t end = body.find("><", at);
  if (end == std::string_view::npos) return body.size();
  const std::string_view rest = body.substr(end + 1);
  const bool is_empty = rest.starts_with("</") && body.substr(at, 2) != "</" &&
                        body.substr(at + 1, end - at - 1) == rest.substr(2, end - at - 1);
  if (!is_empty) return end + 1;
  end = body.find('>', end + 1);
  return end == std::string_view::npos ? body.size() : end + 1;
}

std::vector<std::string> XmlLines(std::string_view body) {
  std::vector<std::string> lines;
  std::size_t depth = 0;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = EndOfXmlLine(body, at);
    std::string_view piece = body.substr(at, end - at);
    at = end;
    const bool closes = piece.starts_with("</");
    const bool opens = !closes && piece.starts_with("<") && !piece.starts_with("<?") &&
                       !piece.ends_with("/>") && piece.find("</") == std::string_view::npos;
    if (closes && depth > 0) --depth;
    lines.push_back(std::string(2 * std::min(depth, kDeepest), ' ') + std::string(piece));
    if (opens) ++depth;
  }
  return lines;
}

std::vector<std::string> PlainLines(std::string_view body) {
  std::vector<std::string> lines;
  while (!body.empty()) {
    const std::size_t end = body.find('\n');
    lines.emplace_back(body.substr(0, end));
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
  }
  return lines;
}

bool IsByChance(std::string_view line) {
  return line.find("RequestId") != std::string_view::npos ||
         line.find("NextToken") != std::string_view::npos ||
         line.find("HostId") != std::string_view::npos;
}

// The text of a line without what its place among others adds.
std::string_view Bare(std::string_view line) {
  if (line.ends_with(',')) line.remove_suffix(1);
  return line;
}

// The name in a line, with what stands before it.
std::string_view NameIn(std::string_view line) { return line.substr(0, line.find_first_of(":>")); }

// The text of a line however its characters are escaped or quoted.
std::string Unescaped(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    static constexpr std::pair<std::string_view, char> kEscapes[] = {
        {"&quot;", '"'}, {"&#34;", '"'}, {"&apos;", '\''}, {"&#39;", '\''}, {"\\/", '/'}};
    const auto escape = std::ranges::find_if(
        kEscapes, [&](const auto& known) { return line.substr(i).starts_with(known.first); });
    if (escape == std::end(kEscapes)) {
      out += line[i];
    } else {
      out += escape->second;
      i += escape->first.size() - 1;
    }
  }
  return out;
}

bool IsAlike(std::string_view a, std::string_view b) {
  if (Bare(a) == Bare(b)) return true;
  if (NameIn(a) != NameIn(b)) return a.starts_with("<?xml ") && b.starts_with("<?xml ");
  if (IsByChance(a) && IsByChance(b)) return true;
  const auto has_escape = [](std::string_view line) {
    return line.find_first_of("&\\") != std::string_view::npos;
  };
  return (has_escape(a) || has_escape(b)) && Unescaped(Bare(a)) == Unescaped(Bare(b));
}

using Lines = std::vector<std::string>;
using Compared = std::vector<ComparedLine>;

// Puts what differs side by side, as far as both have lines.
void Pair(const Lines& left, const Lines& right, Compared* out) {
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    out->push_back({ComparedLine::Kind::kDifferent, i < left.size() ? left[i] : "",
                    i < right.size() ? right[i] : ""});
  }
}

// The longest common sequence of what lies between equal beginnings and ends.
Compared Align(const Lines& left, const Lines& right) {
  const std::size_t rows = left.size(), columns = right.size();
  Compared out;
  if (rows * columns > kMostCells) {
    Pair(left, right, &out);
    return out;
  }
  std::vector<std::uint32_t> length((rows + 1) * (columns + 1), 0);
  const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& {
    return length[i * (columns + 1) + j];
  };
  for (std::size_t i = rows; i-- > 0;) {
    for (std::size_t j = columns; j-- > 0;) {
      at(i, j) =
          IsAlike(left[i], right[j]) ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    }
  }
  Lines only_left, only_right;
  const auto flush = [&] {
    Pair(only_left, only_right, &out);
    only_left.clear();
    only_right.clear();
  };
  std::size_t i = 0, j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && IsAlike(left[i], right[j])) {
      flush();
      out.push_back({ComparedLine::Kind::kSame, left[i++], right[j++]});
    } else if (j == columns || (i < rows && at(i + 1, j) >= at(i, j + 1))) {
      only_left.push_back(left[i++]);
    } else {
      only_right.push_back(right[j++]);
    }
  }
  flush();
  return out;
}

// Leaves out what is far from a difference.
Compared WithoutFarLines(const Compared& all) {
  std::vector<bool> near(all.size(), false);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].kind == ComparedLine::Kind::kSame) continue;
    const std::size_t begin = i < kContext ? 0 : i - kContext;
    const std::size_t end = std::min(all.size(), i + kContext + 1);
    std::fill(near.begin() + static_cast<std::ptrdiff_t>(begin),
              near.begin() + static_cast<std::ptrdiff_t>(end), true);
  }
  Compared out;
  for (std::size_t i = 0; i < all.size();) {
    if (near[i]) {
      out.push_back(all[i++]);
      continue;
    }
    const std::size_t begin = i;
    while (i < all.size() && !near[i]) ++i;
    const std::string text = fmt::format("… {} alike …", CountText(i - begin, "line"));
    out.push_back({ComparedLine::Kind::kGap, text, text});
  }
  return out;
}

bool IsIdCharacter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// What a text quotes: `…`, "…" and ids.
std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words = NamedIds(text);
  for (const char quote : {'`', '"'}) {
    for (std::size_t at = 0; (at = text.find(quote, at)) != std::string_view::npos;) {
      const std::size_t end = text.find(quote, at + 1);
      if (end == std::string_view::npos) break;
      if (end > at + 2) words.emplace_back(text.substr(at + 1, end - at - 1));
      at = end + 1;
    }
  }
  return words;
}

}  // namespace

std::vector<std::string> ReadableLines(std::string_view body) {
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  const char c = body[first];
  if (c == '{' || c == '[') return JsonLines(body.substr(first));
  if (c == '<' && body.find("><") != std::string_view::npos) return XmlLines(body.substr(first));
  return PlainLines(body);
}

namespace {

std::size_t IndentOf(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

// The name and value of `"Name": value,` or `<Name>value</Name>`; the name is "" for anything else.
std::pair<std::string, std::string> MemberOf(std::string_view line) {
  line.remove_prefix(IndentOf(line));
  if (line.starts_with('"')) {
    const std::size_t end = line.find("\": ");
    if (end == std::string_view::npos) return {};
    return {std::string(line.substr(1, end - 1)), std::string(Bare(line.substr(end + 3)))};
  }
  const std::size_t open = line.find('>'), close = line.rfind("</");
  if (!line.starts_with('<') || open == std::string_view::npos || close == std::string_view::npos ||
      close < open) {
    return {};
  }
  return {std::string(line.substr(1, open - 1)),
          std::string(line.substr(open + 1, close - open - 1))};
}

// A line with those that are indented below it, and the one that closes them.
struct Block {
  std::string line;
  std::vector<Block> children;
  std::string close = "";

  // What tells it from those beside it: the name of a member, the id of a snapshot, or its text.
  std::string Key() const;
};

std::string Block::Key() const {
  const std::string_view bare = std::string_view(line).substr(IndentOf(line));
  if (std::string name = MemberOf(line).first; !name.empty()) return name;
  if (children.empty() || (bare != "{" && bare != "<Snapshot>" && bare != "<Tag>")) {
    return std::string(bare);
  }
  std::string text;
  for (const Block& child : children) {
    const auto [name, value] = MemberOf(child.line);
    if (name == "SnapshotId") return value;
    text += Bare(child.line);
  }
  return text;
}

std::vector<Block> BlocksOf(const Lines& lines, std::size_t indent, std::size_t& at) {
  std::vector<Block> out;
  while (at < lines.size() && IndentOf(lines[at]) >= indent) {
    const std::string_view bare = std::string_view(lines[at]).substr(IndentOf(lines[at]));
    const bool closes = bare.starts_with('}') || bare.starts_with(']') || bare.starts_with("</");
    if (closes && !out.empty() && out.back().close.empty()) {
      out.back().close = lines[at++];
      continue;
    }
    out.push_back({lines[at++], {}});
    if (at < lines.size() && IndentOf(lines[at]) > indent) {
      out.back().children = BlocksOf(lines, IndentOf(lines[at]), at);
    }
  }
  return out;
}

std::vector<Block> BlocksOf(const Lines& lines) {
  std::size_t at = 0;
  return BlocksOf(lines, 0, at);
}

// Puts blocks in the order of those of the model that have the same key; the others stay where they
// follow.
void Arrange(const std::vector<Block>& model, std::vector<Block>& blocks) {
  if (model.size() == 1 && blocks.size() == 1) {
    return Arrange(model.front().children, blocks.front().children);
  }
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < model.size(); ++i) places.emplace(model[i].Key(), i);
  std::vector<std::pair<std::size_t, Block>> ranked;
  std::size_t rank = 0;
  for (Block& block : blocks) {
    const auto place = places.find(block.Key());
    if (place != places.end()) {
      rank = place->second;
      Arrange(model[rank].children, block.children);
    }
    ranked.emplace_back(rank, std::move(block));
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<std::size_t, Block>::first);
  std::ranges::transform(ranked, blocks.begin(),
                         [](auto& entry) { return std::move(entry.second); });
}

void Write(const std::vector<Block>& blocks, bool json, Lines* out) {
  for (const Block& block : blocks) {
    // Whoever stands last has no comma behind it.
    const auto with_comma = [&](const std::string& line) {
      if (!json) return line;
      return std::string(Bare(line)) + (&block == &blocks.back() ? "" : ",");
    };
    out->push_back(block.close.empty() ? with_comma(block.line) : block.line);
    Write(block.children, json, out);
    if (!block.close.empty()) out->push_back(with_comma(block.close));
  }
}

// The snapshots within, by their ids.
void FindSnapshots(const std::vector<Block>& blocks, std::map<std::string, const Block*>& out) {
  for (const Block& block : blocks) {
    const bool lists = std::ranges::any_of(block.children, [](const Block& child) {
      return MemberOf(child.line).first == "SnapshotId";
    });
    if (lists) out.emplace(block.Key(), &block);
    if (!lists) FindSnapshots(block.children, out);
  }
}

// The text of a member, whatever the order within it.
std::string TextOf(const Block& block) {
  std::string out = Unescaped(Bare(block.line));
  for (const Block& child : block.children) out += TextOf(child);
  return out;
}

// "Snapshot s-…, Usage disk" of the lines of one snapshot; a line for each field if that is long.
Lines SnapshotLines(const Lines& lines, std::size_t begin, std::size_t end, const Lines& fields) {
  const std::size_t indent = IndentOf(lines[begin]);
  std::string id = "?";
  Lines shown;
  for (std::size_t i = begin + 1; i < end; ++i) {
    if (IndentOf(lines[i]) != indent + 2) continue;
    const auto [name, value] = MemberOf(lines[i]);
    if (name == "SnapshotId") id = value;
    if (std::ranges::find(fields, name) != fields.end()) shown.push_back(name + " " + value);
  }
  const std::string head = std::string(indent, ' ') + "Snapshot " + id;
  const std::string line =
      fmt::format("{}{}{}", head, shown.empty() ? "" : ", ", fmt::join(shown, ", "));
  if (line.size() <= kLongestSnapshotLine) return {line};
  Lines out{head};
  for (const std::string& field : shown) out.push_back(std::string(indent + 2, ' ') + field);
  return out;
}

}  // namespace

std::vector<std::string> InOrderOf(const std::vector<std::string>& model,
                                   const std::vector<std::string>& lines) {
  std::vector<Block> blocks = BlocksOf(lines);
  Arrange(BlocksOf(model), blocks);
  Lines out;
  const bool json = !lines.empty() && (lines[0].starts_with('{') || lines[0].starts_with('['));
  Write(blocks, json, &out);
  return out;
}

std::vector<std::string> DifferingFields(const std::vector<std::string>& left,
                                         const std::vector<std::string>& right) {
  const std::vector<Block> left_blocks = BlocksOf(left), right_blocks = BlocksOf(right);
  std::map<std::string, const Block*> ours, theirs;
  FindSnapshots(left_blocks, ours);
  FindSnapshots(right_blocks, theirs);
  std::set<std::string> fields;
  for (const auto& [id, snapshot] : ours) {
    const auto other = theirs.find(id);
    if (other == theirs.end()) continue;
    std::map<std::string, std::string> texts;
    for (const Block& field : snapshot->children) texts[field.Key()] = TextOf(field);
    for (const Block& field : other->second->children) {
      const auto text = texts.find(field.Key());
      if (text == texts.end() || text->second != TextOf(field)) fields.insert(field.Key());
      if (text != texts.end()) texts.erase(text);
    }
    for (const auto& [name, text] : texts) fields.insert(name);
  }
  return {fields.begin(), fields.end()};
}

std::vector<std::string> CollapseSnapshots(const std::vector<std::string>& lines,
                                           const std::vector<std::string>& fields) {
  Lines out;
  bool in_list = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view bare = std::string_view(lines[i]).substr(IndentOf(lines[i]));
    in_list |= bare.starts_with("\"Snapshot\": [");
    const std::string_view end = bare == "<Snapshot>"     ? "</Snapshot>"
                                 : in_list && bare == "{" ? "}"
                                                          : "";
    std::size_t close = i + 1;
    const std::size_t most = std::min(lines.size(), close + kMostSnapshotLines);
    while (!end.empty() && close < most &&
           (IndentOf(lines[close]) != IndentOf(lines[i]) ||
            !std::string_view(lines[close]).substr(IndentOf(lines[close])).starts_with(end))) {
      ++close;
    }
    if (end.empty() || close >= most) {
      in_list &= !bare.starts_with("]");
      out.push_back(lines[i]);
      continue;
    }
    std::ranges::move(SnapshotLines(lines, i, close, fields), std::back_inserter(out));
    i = close;
  }
  return out;
}

std::vector<ComparedLine> CompareLines(const std::vector<std::string>& left,
                                       const std::vector<std::string>& right) {
  std::size_t begin = 0;
  const std::size_t least = std::min(left.size(), right.size());
  while (begin < least && IsAlike(left[begin], right[begin])) ++begin;
  std::size_t end = 0;
  while (end < least - begin && IsAlike(left[left.size() - 1 - end], right[right.size() - 1 - end]))
    ++end;
  if (begin + end == left.size() && begin + end == right.size()) return {};
  Compared all;
  for (std::size_t i = 0; i < begin; ++i) {
    all.push_back({ComparedLine::Kind::kSame, left[i], right[i]});
  }
  const auto middle = [&](const Lines& lines) {
    return Lines(lines.begin() + static_cast<std::ptrdiff_t>(begin),
                 lines.end() - static_cast<std::ptrdiff_t>(end));
  };
  std::ranges::move(Align(middle(left), middle(right)), std::back_inserter(all));
  for (std::size_t i = end; i > 0; --i) {
    all.push_back({ComparedLine::Kind::kSame, left[left.size() - i], right[right.size() - i]});
  }
  return WithoutFarLines(all);
}

std::vector<std::string> Excerpt(const std::vector<std::string>& lines, std::string_view text,
                                 std::size_t most) {
  const std::vector<std::string> words = WordsOf(text);
  const auto tells = std::ranges::find_if(lines, [&](const std::string& line) {
    return std::ranges::any_of(
        words, [&](const std::string& word) { return line.find(word) != std::string::npos; });
  });
  const std::size_t found =
      tells == lines.end() ? 0 : static_cast<std::size_t>(tells - lines.begin());
  const std::size_t begin = found < most / 2 ? 0 : found - most / 2;
  const std::size_t end = std::min(lines.size(), begin + most);
  Lines out;
  if (begin > 0) out.push_back(fmt::format("… {} before …", CountText(begin, "line")));
  out.insert(out.end(), lines.begin() + static_cast<std::ptrdiff_t>(begin),
             lines.begin() + static_cast<std::ptrdiff_t>(end));
  if (end < lines.size())
    out.push_back(fmt::format("… {} …", CountText(lines.size() - end, "more line")));
  return out;
}

std::vector<std::string> ListedIds(std::string_view body) {
  constexpr std::string_view kName = "SnapshotId";
  std::vector<std::string> out;
  for (std::size_t at = 0; (at = body.find(kName, at)) != std::string_view::npos;) {
    const std::size_t name = at;
    at += kName.size();
    // Neither the end of another name nor an element's end.
    if (name == 0 || (body[name - 1] != '"' && body[name - 1] != '<')) continue;
    if (at >= body.size() || (body[at] != '"' && body[at] != '>')) continue;
    const std::size_t begin = body.find_first_not_of("\": >", at);
    if (begin == std::string_view::npos) break;
    const std::size_t end = body.find_first_of("\"<", begin);
    if (end == std::string_view::npos) break;
    out.emplace_back(body.substr(begin, end - begin));
    at = end;
  }
  return out;
}

std::vector<std::string> NamedIds(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; (at = text.find("s-", at)) != std::string_view::npos; at += 2) {
    if (at > 0 && (IsIdCharacter(text[at - 1]) || text[at - 1] == '-')) continue;
    std::size_t end = at + 2;
    while (end < text.size() && IsIdCharacter(text[end])) ++end;
    std::string id(text.substr(at, end - at));
    if (id.size() < kIdLength + 2 || std::ranges::find(out, id) != out.end()) continue;
    out.push_back(std::move(id));
  }
  return out;
}

}  // namespace assay
