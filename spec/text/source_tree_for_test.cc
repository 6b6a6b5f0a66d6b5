#include "spec/text/source_tree_for_test.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLines = 70;

// The rooms of each folder, each of which may include those before it. "" is the folder itself: a
// folder that lacks it holds no file of its own.
const std::map<std::string, std::vector<std::string>>& Rooms() {
  static const std::map<std::string, std::vector<std::string>> rooms = {
      {"spec", {"text", "record", "catalogue", "publish"}},
      {"reference",
       {"wire", "auth", "target", "state", "reading", "answer", "describe_snapshots", "faults",
        "server", "judge", "watch", "findings", "session", "clients", "strangers", "hostile"}},
      {"reports", {"text", "journal", "render", ""}},
      {"conformance", {"covering", "cases", "run", "replay", "selftest", "compare", "example"}},
      {"property", {""}},
      {"fuzz", {""}}};
  return rooms;
}

// The folders whose files each folder may include besides its own.
const std::map<std::string, std::vector<std::string>>& MayInclude() {
  static const std::map<std::string, std::vector<std::string>> folders = {
      {"spec", {}},
      {"reference", {"spec"}},
      {"reports", {"spec"}},
      {"conformance", {"spec", "reference", "reports"}},
      {"property", {"spec", "reference", "reports"}},
      {"fuzz", {"spec", "reference", "reports"}}};
  return folders;
}

bool IsForTest(const std::string& path) {
  return path.ends_with("_test.cc") || path.find("_for_test.") != std::string::npos;
}

std::string At(const std::string& path, int line, const std::string& what) {
  return fmt::format("{}:{}: {}", path, line, what);
}

int LineOf(const std::string& text, std::size_t position) {
  return 1 + static_cast<int>(std::count(
                 text.begin(), text.begin() + static_cast<std::ptrdiff_t>(position), '\n'));
}

std::string FolderOf(const std::string& path) { return path.substr(0, path.find('/')); }

// "wire" of "reference/wire/message.h"; "" for a file of the folder itself.
std::string RoomOf(const std::string& path) {
  const std::size_t first = path.find('/'), second = path.find('/', first + 1);
  return second == std::string::npos ? "" : path.substr(first + 1, second - first - 1);
}

template <typename Range, typename Value>
std::ptrdiff_t PositionIn(const Range& range, const Value& value) {
  const auto at = std::ranges::find(range, value);
  return at == range.end() ? -1 : at - range.begin();
}

// What is wrong with the one including the other, or nothing.
std::string WhyNot(const std::string& includer, const std::string& included) {
  if (includer.ends_with("_main.cc")) return "";  // a program of its own
  const std::string from = FolderOf(includer), to = FolderOf(included);
  if (from != to) {
    const bool may = PositionIn(MayInclude().at(from), to) >= 0;
    return may ? "" : fmt::format("{}/ may not include {}/", from, to);
  }
  if (IsForTest(includer)) return "";
  const auto& rooms = Rooms().at(from);
  if (PositionIn(rooms, RoomOf(included)) <= PositionIn(rooms, RoomOf(includer))) return "";
  return fmt::format("{}/{} is above {}/{}", to, RoomOf(included), from, RoomOf(includer));
}

// The same text, of the same length, with blanks in place of literals and preprocessor lines, and
// of comments unless they are kept: the braces that are left are code.
class Blanker {
 public:
  enum class Comments { kBlanked, kKept };
  explicit Blanker(std::string text, Comments comments = Comments::kBlanked)
      : text_(std::move(text)), keeps_comments_(comments == Comments::kKept) {}

  std::string Run() {
    while (at_ < text_.size()) Step();
    return std::move(text_);
  }

 private:
  bool Starts(std::string_view word) const { return text_.compare(at_, word.size(), word) == 0; }
  bool IsAtLineStart() const {
    const std::size_t before = text_.find_last_not_of(" \t", at_ == 0 ? 0 : at_ - 1);
    return at_ == 0 || before == std::string::npos || text_[before] == '\n';
  }
  // Blanks everything up to `end`, line ends aside.
  void BlankTo(std::size_t end) {
    for (end = std::min(end, text_.size()); at_ < end; ++at_) {
      if (text_[at_] != '\n') text_[at_] = ' ';
    }
  }
  void EndComment(std::size_t end) {
    if (keeps_comments_) {
      at_ = end;
    } else {
      BlankTo(end);
    }
  }
  std::size_t After(std::string_view word, std::size_t from) const {
    const std::size_t found = text_.find(word, from);
    return found == std::string::npos ? text_.size() : found + word.size();
  }
  std::size_t EndOfLiteral(char quote) const {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote) end += text_[end] == '\\' ? 2 : 1;
    return end + 1;
  }
  void Step() {
    if (Starts("//")) return EndComment(std::min(text_.find('\n', at_), text_.size()));
    if (Starts("/*")) return EndComment(After("*/", at_ + 2));
    if (Starts("R\"")) {
      const std::size_t open = text_.find('(', at_);
      return BlankTo(After(")" + text_.substr(at_ + 2, open - at_ - 2) + "\"", open));
    }
    if (Starts("\"")) return BlankTo(EndOfLiteral('"'));
    const bool digits = at_ > 0 && std::isxdigit(static_cast<unsigned char>(text_[at_ - 1])) != 0;
    if (Starts("'") && !digits) return BlankTo(EndOfLiteral('\''));
    if (Starts("#") && IsAtLineStart()) {
      std::size_t end = text_.find('\n', at_);
      while (end != std::string::npos && text_[end - 1] == '\\') end = text_.find('\n', end + 1);
      return BlankTo(end);
    }
    ++at_;
  }

  std::string text_;
  const bool keeps_comments_;
  std::size_t at_ = 0;
};

// Without what is in parentheses: "f(int x = 1) const" becomes "f() const".
std::string WithoutArguments(const std::string& text) {
  std::string out;
  int depth = 0;
  for (const char c : text) {
    if (c == ')') --depth;
    if (depth == 0) out += c;
    if (c == '(') ++depth;
  }
  return out;
}

enum class Scope { kNamespace, kUnnamed, kType, kFunction, kOther };

Scope ScopeOf(const std::string& head) {
  static const std::regex unnamed(R"(^\s*namespace\s*$)"), space(R"(^\s*(inline )?namespace\b)"),
      type(R"((^|\s)(class|struct|union|enum)\b[^()]*$)"), operators(R"(operator\s*[^\s\w(]+)"),
      other(R"((=|\breturn)\s*[^()]*$|^\s*extern\b)");
  const std::string plain = std::regex_replace(WithoutArguments(head), operators, "operator");
  if (std::regex_search(plain, unnamed)) return Scope::kUnnamed;
  if (std::regex_search(plain, space)) return Scope::kNamespace;
  if (std::regex_search(plain, other)) return Scope::kOther;
  if (plain.find(')') != std::string::npos) return Scope::kFunction;
  return std::regex_search(plain, type) ? Scope::kType : Scope::kOther;
}

// Is told what a file declares and defines outside functions.
struct Visitor {
  // A function with its body, from the line of its signature to that of its closing brace.
  std::function<void(int first, int last)> function = [](int, int) {};
  // A statement that ends with ";", at the line of its end.
  std::function<void(const std::string& statement, int line)> statement = [](const std::string&,
                                                                             int) {};
  // A type that is defined in a namespace that others see.
  std::function<void(const std::string& head, int line)> type = [](const std::string&, int) {};
};

class Walker {
 public:
  Walker(const std::string& text, const Visitor& visitor)
      : text_(Blanker(text).Run()), visitor_(visitor) {}

  void Run() {
    for (std::size_t at = 0; at < text_.size(); ++at) {
      if (text_[at] == '\n') ++line_;
      if (text_[at] == '{') Open(at);
      if (text_[at] == '}') Close(at);
      if (text_[at] == ';' && IsOutside()) {
        visitor_.statement(text_.substr(begin_, at - begin_), line_);
        Begin(at + 1);
      }
    }
  }

 private:
  struct Brace {
    Scope scope;
    int line;
  };
  bool IsOutside() const {
    return std::ranges::none_of(open_, [](const Brace& one) {
      return one.scope == Scope::kFunction || one.scope == Scope::kOther;
    });
  }
  bool IsPublic() const {
    return std::ranges::all_of(open_,
                               [](const Brace& one) { return one.scope == Scope::kNamespace; });
  }
  // A statement begins there, at its first character that is not a blank.
  void Begin(std::size_t at) {
    begin_ = std::min(text_.find_first_not_of(" \n", at), text_.size());
    begin_line_ = line_ + static_cast<int>(std::count(
                              text_.begin() + static_cast<std::ptrdiff_t>(at),
                              text_.begin() + static_cast<std::ptrdiff_t>(begin_), '\n'));
  }
  void Open(std::size_t at) {
    const std::string head = IsOutside() ? text_.substr(begin_, at - begin_) : "";
    const Scope scope = IsOutside() ? ScopeOf(head) : Scope::kOther;
    if (scope == Scope::kType && IsPublic()) visitor_.type(head, line_);
    open_.push_back({scope, begin_line_});
    if (scope != Scope::kOther) Begin(at + 1);
  }
  void Close(std::size_t at) {
    if (open_.empty()) return;
    const Brace last = open_.back();
    open_.pop_back();
    if (last.scope == Scope::kFunction) visitor_.function(last.line, line_);
    if (last.scope != Scope::kOther) Begin(at + 1);
  }

  const std::string text_;
  const Visitor& visitor_;
  std::vector<Brace> open_;
  int line_ = 1;
  std::size_t begin_ = 0;  // of the statement that is being read
  int begin_line_ = 1;
};

// Whether the statement declares a function that some .cc has to define.
bool NeedsDefinition(const std::string& statement) {
  static const std::regex elsewhere(R"(^\s*(using|typedef|static_assert|template|extern)\b)"),
      declares(R"(\w\s*\(\)\s*(const|noexcept|override|final|&|\s)*$)"),
      label(R"((public|private|protected)\s*:)"), deduced(R"(->[^()]*$)");
  std::string plain = std::regex_replace(WithoutArguments(statement), label, "");
  plain = std::regex_replace(plain, deduced, "");
  return plain.find('=') == std::string::npos && !std::regex_search(plain, elsewhere) &&
         std::regex_search(plain, declares);
}

bool IsHeader(const std::string& path) { return path.ends_with(".h"); }

}  // namespace

SourceTree ReadSourceTree(const fs::path& root, const std::vector<std::string>& folders) {
  SourceTree out;
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension();
      if (extension != ".cc" && extension != ".h") continue;
      std::ifstream in(entry.path());
      out[fs::relative(entry.path(), root)] = {std::istreambuf_iterator<char>(in), {}};
    }
  }
  return out;
}

std::vector<std::string> CheckIncludes(const SourceTree& tree) {
  static const std::regex include("#include \"([a-z_]+/[^\"]+)\"");
  std::vector<std::string> out;
  for (const auto& [path, text] : tree) {
    if (PositionIn(Rooms().at(FolderOf(path)), RoomOf(path)) < 0) {
      out.push_back(At(path, 1, "this folder is not one of those that hold code"));
      continue;
    }
    for (std::sregex_iterator at(text.begin(), text.end(), include), end; at != end; ++at) {
      const std::string why = WhyNot(path, (*at)[1]);
      const int line = LineOf(text, static_cast<std::size_t>(at->position()));
      if (!why.empty()) out.push_back(At(path, line, (*at)[1].str() + ": " + why));
    }
  }
  return out;
}

std::vector<std::string> CheckFunctionLengths(const SourceTree& tree) {
  std::vector<std::string> out;
  for (const auto& [path, text] : tree) {
    Visitor visitor;
    visitor.function = [&](int first, int last) {
      const int lines = last - first + 1;
      if (lines <= kMostLines) return;
      out.push_back(
          At(path, first,
             fmt::format("a function of {} lines; at most {} are allowed", lines, kMostLines)));
    };
    Walker(text, visitor).Run();
  }
  return out;
}

std::vector<std::string> CheckBanners(const SourceTree& tree) {
  static const std::regex banner(R"((//|/\*)\s*[-=*#/~_]{3,})");
  std::vector<std::string> out;
  for (const auto& [path, text] : tree) {
    const std::string comments = Blanker(text, Blanker::Comments::kKept).Run();
    for (std::sregex_iterator at(comments.begin(), comments.end(), banner), end; at != end; ++at) {
      const auto position = static_cast<std::size_t>(at->position());
      out.push_back(At(path, LineOf(comments, position), "a banner comment"));
    }
  }
  return out;
}

std::vector<std::string> CheckHeaders(const SourceTree& tree) {
  std::vector<std::string> out;
  for (const auto& [path, text] : tree) {
    if (!IsHeader(path)) continue;
    const std::string stem = path.substr(0, path.size() - 2);
    const std::string generated = stem.substr(stem.rfind('/') + 1) + ".gen.cc";
    if (tree.contains(stem + ".cc") || text.find(generated) != std::string::npos) continue;
    Visitor visitor;
    visitor.statement = [&](const std::string& statement, int line) {
      if (!NeedsDefinition(statement)) return;
      out.push_back(At(path, line, "declares a function, but there is no .cc of this name"));
    };
    Walker(text, visitor).Run();
  }
  return out;
}

std::vector<std::string> CheckTypeNames(const SourceTree& tree) {
  static const std::regex name(R"((class|struct|union)\s+(\w+)\s*(final\s*)?(:[^:].*)?$)");
  std::vector<std::string> out;
  std::map<std::string, std::string> first;
  for (const auto& [path, text] : tree) {
    if (!IsHeader(path) || IsForTest(path)) continue;
    Visitor visitor;
    visitor.type = [&](const std::string& head, int line) {
      std::smatch match;
      if (!std::regex_search(head, match, name)) return;
      const auto [at, is_new] = first.emplace(match[2], fmt::format("{}:{}", path, line));
      if (!is_new) out.push_back(At(path, line, match[2].str() + " is defined in " + at->second));
    };
    Walker(text, visitor).Run();
  }
  return out;
}

}  // namespace assay
