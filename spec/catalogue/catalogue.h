#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/catalogue/ids.h"
#include "spec/catalogue/rule_case.h"
#include "spec/record/level.h"
#include "spec/text/enum_names.h"

namespace assay {

// Where a rule, question or error comes from. `document` is an id of source.md; `quote` is a short
// phrase that is verbatim in the document ("" if it is data, such as a recording, or if the point
// is that it says nothing). `completes` marks a value list that the base document holds cut off,
// and that another edition completes.
struct SourceReference {
  std::string document;
  std::string where;
  std::string quote;
  bool completes = false;
};

struct RuleInfo {
  Rule id;
  std::string topic;  // the file it is in: "paging"
  Level level;
  std::string statement;
  std::vector<SourceReference> sources;
  std::vector<RuleCase> cases;
  std::vector<std::string> subjects;  // parameters, fields and error codes that the rule speaks of
};

struct OptionInfo {
  Option id;
  std::string statement;
};

// What a question is about.
enum class QuestionKind {
  kChoice,    // what becomes of an odd request, which may also be refused
  kMeaning,   // what the value of a filter means: the same alone and beside other parameters
  kOrdinary,  // how a valid request is answered, which may not be refused
  kForm,      // how something is written: read off an answer directly rather than explored
};
template <>
inline constexpr std::array<std::string_view, 4> kNamesOf<QuestionKind> = {"choice", "meaning",
                                                                           "ordinary", "form"};

struct QuestionInfo {
  Question id;
  std::string situation;
  QuestionKind kind = QuestionKind::kChoice;
  std::vector<OptionInfo> options;  // all admissible; the first is the reference server's default
  std::vector<SourceReference> sources;
  // The requests that ask it, sent in order and named by their numbers: `$token.1` is the token of
  // the first one's answer. A repeated one uses another snapshot each time.
  std::vector<RuleCase> probes;

  bool form() const { return kind == QuestionKind::kForm; }
  // Position of the option in `options`, or -1.
  int PositionOf(Option option) const;
};

struct ErrorInfo {
  std::string code;
  int status;
  std::string message;  // as documented, misspellings included
  Level level;
  std::string description;
  Rule status_rule = kNoRule;           // what the status of an answer with this code is judged by
  Rule message_rule = kNoRule;          // and its text
  std::vector<std::string> parameters;  // whose refusal the code says, as "Tag.N.Key"
  std::vector<std::string> reserves;    // see IsReserved
  std::vector<SourceReference> sources;
};

// Everything the spec knows, read once from the embedded data.
class Catalogue {
 public:
  // The embedded catalogue; its data is checked by tests, so reading it cannot fail.
  static const Catalogue& Get();

  const RuleInfo& operator[](Rule rule) const { return rules_[Index(rule)]; }
  const QuestionInfo& operator[](Question question) const { return questions_[Index(question)]; }
  const std::vector<RuleInfo>& rules() const { return rules_; }              // in the order of Rule
  const std::vector<QuestionInfo>& questions() const { return questions_; }  // of Question
  // In the order of questions.json, in which a run asks them.
  const std::vector<Question>& asked() const { return asked_; }
  const std::vector<ErrorInfo>& errors() const { return errors_; }
  // The documented error of that code, or nullptr.
  const ErrorInfo* FindError(std::string_view code) const;
  // True for a code that means something else than "the value of that parameter is refused".
  bool IsReserved(std::string_view code) const;

 private:
  Catalogue();
  std::vector<RuleInfo> rules_;
  std::vector<QuestionInfo> questions_;
  std::vector<Question> asked_;
  std::vector<ErrorInfo> errors_;
};

std::optional<Rule> FindRule(std::string_view id);
std::optional<Question> FindQuestion(std::string_view id);

// SHA-256 (hex) over all embedded files.
std::string SpecHash();

}  // namespace assay
