#include "spec/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "spec/data_file.h"
#include "spec/nearest.h"
#include "spec/parse_parts.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

// The file's value, or the first thing that was wrong with it.
template <typename T>
Result<T> Finish(const DataFile& file, T value) {
  if (!file.sound()) return file.error();
  return value;
}

const std::vector<const Json*> Elements(DataFile& file) {
  std::vector<const Json*> elements;
  if (!file.sound()) return elements;
  if (!file.root().is_array()) file.Complain("", "a list is expected");
  for (const Json& element : file.root()) elements.push_back(&element);
  return elements;
}

// The id at `key` as the number that the compiler knows it by; 0 after a complaint.
template <typename Id, typename Ids>
Id ReadId(ObjectReader& reader, const std::string& key, std::string_view what, const Ids& ids) {
  const std::string text = reader.Text(key);
  const std::size_t position = PositionOfId(ids, text);
  if (position < ids.size()) return static_cast<Id>(position);
  reader.Complain(key, UnknownWord(what, text, ids));
  return static_cast<Id>(0);
}

// "page" from "rules/page.json".
std::string TopicOf(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  const std::string file = slash == std::string::npos ? name : name.substr(slash + 1);
  return file.substr(0, file.find('.'));
}

template <typename T, typename Member>
void RefuseRepeated(DataFile& file, const std::vector<T>& items, Member member) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (items[i].*member != items[j].*member) continue;
      file.Complain(fmt::format("[{}]", i), fmt::format("has the id of [{}]", j));
    }
  }
}

RuleInfo ReadRule(DataFile& file, const Json& value, const std::string& place,
                  const std::string& topic) {
  ObjectReader reader(file, value, place);
  RuleInfo rule;
  rule.id = ReadId<Rule>(reader, "id", "rule", kRuleIds);
  rule.topic = topic;
  rule.level = ReadLevel(reader);
  rule.statement = reader.Text("statement");
  rule.sources = ReadSources(file, reader);
  rule.subjects = reader.Texts("subjects");
  rule.cases = ReadCases(file, reader);
  reader.RefuseOthers();
  if (!Id(rule.id).starts_with(topic + ".")) {
    reader.Complain("id", fmt::format("a rule of this file begins with `{}.`", topic));
  }
  return rule;
}

OptionInfo ReadOption(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  OptionInfo option;
  option.id = ReadId<Option>(reader, "id", "option", kOptionIds);
  option.statement = reader.Text("statement");
  reader.RefuseOthers();
  return option;
}

QuestionInfo ReadQuestion(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  QuestionInfo question;
  question.id = ReadId<Question>(reader, "id", "question", kQuestionIds);
  question.situation = reader.Text("situation");
  const std::string kind = reader.Text("kind");
  question.form = kind == "form";
  if (kind != "form" && kind != "choice") {
    reader.Complain("kind", fmt::format("`{}` is not one of choice, form", kind));
  }
  for (const Json* element : reader.List("options")) {
    question.options.push_back(
        ReadOption(file, *element,
                   PlaceOfElement(reader.PlaceOf("options"), question.options.size(), *element)));
  }
  if (question.options.size() < 2) reader.Complain("options", "a question has two or more");
  RefuseRepeated(file, question.options, &OptionInfo::id);
  question.sources = ReadSources(file, reader);
  reader.RefuseOthers();
  return question;
}

ErrorInfo ReadError(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  ErrorInfo error;
  error.code = reader.Text("code");
  error.status = reader.OptionalInt("status").value_or(0);
  error.message = reader.Text("message");
  error.level = ReadLevel(reader);
  error.description = reader.Text("description");
  error.sources = ReadSources(file, reader);
  reader.RefuseOthers();
  if (error.status < 400 || error.status > 599) {
    reader.Complain("status", "an HTTP status from 400 to 599 is expected here");
  }
  return error;
}

Option ReadPin(DataFile& file, const std::string& place, const QuestionInfo& question,
               const Json& value) {
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  std::vector<std::string_view> options;
  for (const OptionInfo& option : question.options) {
    if (Id(option.id) == text) return option.id;
    options.push_back(Id(option.id));
  }
  file.Complain(place, UnknownWord(fmt::format("option of `{}`", Id(question.id)), text, options));
  return question.options.front().id;
}

void ReadPins(DataFile& file, const Json& pins, Reading& reading) {
  if (!pins.is_object()) return file.Complain(".pins", "{QUESTION: OPTION} is expected here");
  for (const auto& [id, value] : pins.items()) {
    const std::string place = ".pins." + id;
    if (const std::optional<Question> question = FindQuestion(id)) {
      reading.pins.emplace_back(*question,
                                ReadPin(file, place, Catalogue::Get()[*question], value));
    } else {
      file.Complain(place, UnknownWord("question", id, kQuestionIds));
    }
  }
}

}  // namespace

std::vector<SourceReference> ReadSources(DataFile& file, ObjectReader& owner) {
  std::vector<SourceReference> sources;
  for (const Json* element : owner.List("source")) {
    ObjectReader reader(file, *element,
                        PlaceOfElement(owner.PlaceOf("source"), sources.size(), *element));
    SourceReference source;
    source.document = reader.Text("document");
    source.where = reader.Text("where");
    source.quote = reader.Text("quote");
    source.completes = reader.OptionalBool("completes").value_or(false);
    reader.RefuseOthers();
    sources.push_back(std::move(source));
  }
  return sources;
}

Level ReadLevel(ObjectReader& owner) {
  const std::string level = owner.Text("level");
  if (level != "must" && level != "should") {
    owner.Complain("level", fmt::format("`{}` is not one of must, should", level));
  }
  return level == "must" ? Level::kMust : Level::kShould;
}

Result<std::vector<RuleInfo>> ParseRules(std::string_view text, const std::string& name) {
  DataFile file(text, name);
  std::vector<RuleInfo> rules;
  for (const Json* element : Elements(file)) {
    rules.push_back(
        ReadRule(file, *element, PlaceOfElement("", rules.size(), *element), TopicOf(name)));
  }
  RefuseRepeated(file, rules, &RuleInfo::id);
  return Finish(file, std::move(rules));
}

Result<std::vector<QuestionInfo>> ParseQuestions(std::string_view text, const std::string& name) {
  DataFile file(text, name);
  std::vector<QuestionInfo> questions;
  for (const Json* element : Elements(file)) {
    questions.push_back(
        ReadQuestion(file, *element, PlaceOfElement("", questions.size(), *element)));
  }
  RefuseRepeated(file, questions, &QuestionInfo::id);
  return Finish(file, std::move(questions));
}

Result<std::vector<ErrorInfo>> ParseErrors(std::string_view text, const std::string& name) {
  DataFile file(text, name);
  std::vector<ErrorInfo> errors;
  for (const Json* element : Elements(file)) {
    errors.push_back(ReadError(file, *element, PlaceOfElement("", errors.size(), *element)));
  }
  RefuseRepeated(file, errors, &ErrorInfo::code);
  return Finish(file, std::move(errors));
}

Result<Reading> ParseReading(std::string_view text, const std::string& name) {
  DataFile file(text, name);
  if (!file.sound()) return file.error();
  ObjectReader reader(file, file.root(), "");
  Reading reading;
  const std::string format = reader.Text("format");
  if (format != "assay-reading/1") {
    reader.Complain("format", fmt::format("`{}` is not `assay-reading/1`", format));
  }
  reading.name = reader.Text("name");
  reader.TextOr("statement", "");
  reader.Find("sources");
  reader.Find("open");  // what a run left open: for people, and `assay compare-readings`
  if (const Json* pins = reader.Find("pins")) {
    ReadPins(file, *pins, reading);
  } else {
    reader.Complain("pins", "is missing");
  }
  reader.RefuseOthers();
  return Finish(file, std::move(reading));
}

}  // namespace assay
