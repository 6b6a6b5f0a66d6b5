#include "spec/publish/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/operation.h"
#include "spec/text/nearest.h"

namespace assay {
namespace {

std::string Sources(const std::vector<SourceReference>& sources) {
  std::string text;
  for (const SourceReference& source : sources) {
    text += fmt::format("  source: {}, {}{}\n", source.document, source.where,
                        source.completes ? " (completes the base document)" : "");
    if (!source.quote.empty()) text += fmt::format("          \"{}\"\n", source.quote);
  }
  return text;
}

using Words = std::vector<std::string>;

void AddPairs(Words& words, const std::vector<std::pair<std::string, std::string>>& pairs,
              const char* prefix) {
  for (const auto& [name, value] : pairs)
    words.push_back(fmt::format("{}{}={}", prefix, name, value));
}

template <typename T>
void Add(Words& words, const char* name, const std::optional<T>& value) {
  if (value) words.push_back(fmt::format("{} {}", name, *value));
}

void AddName(Words& words, const char* name, const std::string& value) {
  if (!value.empty()) words.push_back(fmt::format("{} `{}`", name, value));
}

std::string Request(const RuleCase& made) {
  Words words;
  if (made.method != "GET") words.push_back(made.method);
  if (made.placement != Placement::kQuery) words.emplace_back(NameOf(made.placement));
  if (!made.format.empty()) words.push_back(made.format);
  if (made.encoding == FormEncoding::kPlus) {
    words.push_back("blanks as +");
  } else if (made.encoding != FormEncoding::kPercent) {
    words.push_back(std::string(NameOf(made.encoding)));
  }
  AddPairs(words, made.set, "");
  for (const std::string& name : made.unset) words.push_back("without " + name);
  AddPairs(words, made.where, "where ");
  return words.empty() ? "the smallest request" : fmt::format("{}", fmt::join(words, ", "));
}

std::string Expected(const Expectation& expect) {
  Words words;
  if (expect.accepted) words.push_back(*expect.accepted ? "accepted" : "not accepted");
  if (expect.refused) words.push_back("refused " + *expect.refused);
  Add(words, "page_number", expect.page_number);
  Add(words, "page_size", expect.page_size);
  Add(words, "total_count", expect.total_count);
  Add(words, "next_token", expect.next_token);
  Add(words, "items", expect.items);
  Add(words, "at most", expect.at_most);
  Add(words, "empty", expect.empty);
  AddName(words, "same as", expect.same_as);
  AddName(words, "subset of", expect.subset_of);
  AddName(words, "disjoint from", expect.disjoint_from);
  AddPairs(words, expect.every, "every ");
  return words.empty() ? "as the judge decides" : fmt::format("{}", fmt::join(words, ", "));
}

std::string ExplainRule(const RuleInfo& rule) {
  std::string text =
      fmt::format("rule {} ({})\n  {}\n", Id(rule.id), NameOf(rule.level), rule.statement);
  text += Sources(rule.sources);
  if (!rule.subjects.empty()) text += fmt::format("  about: {}\n", fmt::join(rule.subjects, ", "));
  for (const RuleCase& made : rule.cases) {
    text += fmt::format("  case {}: {} -> {}\n", made.name, Request(made), Expected(made.expect));
  }
  return text;
}

std::string_view KindText(QuestionKind kind) {
  switch (kind) {
    case QuestionKind::kChoice:
      return "what becomes of an odd request: a choice of the target, a refusal included";
    case QuestionKind::kMeaning:
      return "what the value of a filter means: a choice of the target, the same in every request";
    case QuestionKind::kOrdinary:
      return "how a valid request is answered: a choice of the target, but no refusal";
    case QuestionKind::kForm:
      return "read off the answer";
  }
  return "";
}

std::string ExplainQuestion(const QuestionInfo& question) {
  std::string text = fmt::format("question {} ({})\n  {}\n", Id(question.id),
                                 KindText(question.kind), question.situation);
  text += Sources(question.sources);
  for (const OptionInfo& option : question.options) {
    text += fmt::format("  option {}: {}\n", Id(option.id), option.statement);
  }
  return text;
}

// The rules that speak of a parameter, field or error code.
std::string RulesAbout(const std::string& subject) {
  std::string text;
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    if (std::ranges::find(rule.subjects, subject) != rule.subjects.end()) {
      text += fmt::format("  rule: {}\n", Id(rule.id));
    }
  }
  return text;
}

std::string ExplainError(const ErrorInfo& error) {
  return fmt::format("error {} ({}, {})\n  {}\n  text: {}\n", error.code, error.status,
                     NameOf(error.level), error.description, error.message) +
         Sources(error.sources) + RulesAbout(error.code);
}

template <typename T>
std::string ExplainPart(const char* what, const T& part) {
  std::string text = fmt::format("{} {} ({}, {})\n  {}\n", what, part.name, part.type,
                                 NameOf(part.level), part.description);
  if (!part.values.empty()) text += fmt::format("  values: {}\n", fmt::join(part.values, ", "));
  return text + Sources(part.sources) + RulesAbout(part.name);
}

// Everything that has an id, in the order in which it is listed.
std::vector<Described> Everything(const std::vector<Described>& more) {
  std::vector<Described> all;
  const Catalogue& catalogue = Catalogue::Get();
  for (const RuleInfo& rule : catalogue.rules()) {
    all.push_back({std::string(Id(rule.id)), rule.statement, ExplainRule(rule)});
  }
  for (const QuestionInfo& question : catalogue.questions()) {
    all.push_back({std::string(Id(question.id)), question.situation, ExplainQuestion(question)});
  }
  for (const ErrorInfo& error : catalogue.errors()) {
    all.push_back({error.code, error.description, ExplainError(error)});
  }
  for (const ParameterInfo& parameter : OperationInfo::Get().parameters) {
    all.push_back({parameter.name, parameter.description, ExplainPart("parameter", parameter)});
  }
  for (const AnswerField& field : OperationInfo::Get().fields) {
    all.push_back({field.name, field.description, ExplainPart("field", field)});
  }
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

// `*` in a pattern stands for any text, `?` for a character.
bool MatchesPattern(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    return MatchesPattern(pattern.substr(1), text) ||
           (!text.empty() && MatchesPattern(pattern, text.substr(1)));
  }
  if (text.empty() || (pattern.front() != '?' && pattern.front() != text.front())) return false;
  return MatchesPattern(pattern.substr(1), text.substr(1));
}

// The entries that begin with the words of `prefix`, or match it as a pattern, one a line.
std::string List(const std::vector<Described>& all, std::string_view prefix) {
  std::string text;
  for (const Described& entry : all) {
    const bool begins =
        entry.id.starts_with(prefix) && entry.id.substr(prefix.size()).starts_with(".");
    if (begins || MatchesPattern(prefix, entry.id))
      text += fmt::format("{:<46} {}\n", entry.id, entry.summary);
  }
  return text;
}

}  // namespace

Result<std::string> Explain(std::string_view id, const std::vector<Described>& more) {
  // A question with the option that a run learned, as reports print it: `page.below_ten=raised`.
  id = id.substr(0, id.find('='));
  const std::vector<Described> all = Everything(more);
  std::string text;
  std::vector<std::string_view> ids;
  for (const Described& entry : all) {
    // A parameter and a field may have one name.
    if (std::ranges::find(ids, entry.id) == ids.end()) ids.push_back(entry.id);
    if (entry.id == id) text += (text.empty() ? "" : "\n") + entry.text;
  }
  if (text.empty()) text = List(all, id);
  if (!text.empty()) return text;
  return Error{std::string(id), fmt::format("unknown id; the nearest are {}",
                                            fmt::join(NearestTo(id, ids, 3), ", "))};
}

}  // namespace assay
