#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/ids.h"
#include "spec/result.h"
#include "spec/rule_case.h"

namespace assay {

// Where a rule, question or error comes from. `document` is an id of source.md; `quote` is a short
// phrase that stands verbatim in the document ("" where it is data, such as a recording, or where
// the point is that it says nothing). `completes` marks a value list that the base document holds
// cut off, and that another edition completes.
struct SourceReference {
  std::string document;
  std::string where;
  std::string quote;
  bool completes = false;
};

enum class Level { kMust, kShould };

struct RuleInfo {
  Rule id;
  std::string topic;  // the file it stands in: "paging"
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

struct QuestionInfo {
  Question id;
  std::string situation;
  bool form;                        // read off an answer directly rather than explored
  std::vector<OptionInfo> options;  // all admissible; the first is the reference server's default
  std::vector<SourceReference> sources;

  // Position of the option in `options`, or -1.
  int PositionOf(Option option) const;
};

struct ErrorInfo {
  std::string code;
  int status;
  std::string message;  // as documented, misspellings included
  Level level;
  std::string description;
  std::vector<SourceReference> sources;
};

// A complete or partial choice of options: what a reading file holds.
struct Reading {
  std::string name;
  std::vector<std::pair<Question, Option>> pins;
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
  const std::vector<ErrorInfo>& errors() const { return errors_; }
  // The documented error of that code, or nullptr.
  const ErrorInfo* FindError(std::string_view code) const;

 private:
  Catalogue();
  std::vector<RuleInfo> rules_;
  std::vector<QuestionInfo> questions_;
  std::vector<ErrorInfo> errors_;
};

std::optional<Rule> FindRule(std::string_view id);
std::optional<Question> FindQuestion(std::string_view id);

// "documented" and "observed" are built in; anything else is the path of a reading file:
// {"format": "assay-reading/1", "name": …, "pins": {QUESTION: OPTION}}. Errors name file and key.
Result<Reading> LoadReading(const std::string& name_or_file);

// SHA-256 (hex) over all embedded files.
std::string SpecHash();

}  // namespace assay
