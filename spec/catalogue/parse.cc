#include "spec/catalogue/parse.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "spec/catalogue/case_reader.h"
#include "spec/catalogue/data_file.h"
#include "spec/catalogue/parse_parts.h"
#include "spec/text/nearest.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

// The file's value, or the first thing that was wrong with it.
template <typename T>
Result<T> Finish(const DataFile& file, T value) {
  if (!file.sound()) return file.error();
  return value;
}

// The elements of the list that a file is, by the key that holds it.
template <typename T, typename Read>
std::vector<T> ReadFile(DataFile& file, const std::string& key, Read read) {
  std::vector<T> items;
  if (!file.sound()) return items;
  ObjectReader reader(file, file.root(), "");
  for (const Json* element : reader.List(key)) {
    const std::string place = PlaceOfElement(reader.PlaceOf(key), items.size(), *element);
    items.push_back(read(file, *element, place));
  }
  reader.RefuseOthers();
  return items;
}

// "page" from "rules/page.json".
std::string TopicOf(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  const std::string file = slash == std::string::npos ? name : name.substr(slash + 1);
  return file.substr(0, file.find('.'));
}

template <typename T, typename Member>
void RefuseRepeated(DataFile& file, const std::string& list, const std::vector<T>& items,
                    Member member) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (items[i].*member != items[j].*member) continue;
      file.Complain(fmt::format("{}[{}]", list, i), fmt::format("has the id of [{}]", j));
    }
  }
}

RuleInfo ReadRule(DataFile& file, const Json& value, const std::string& place,
                  const std::string& topic) {
  ObjectReader reader(file, value, place);
  RuleInfo rule;
  rule.id = ReadRuleId(reader, "id");
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
  option.id = ReadOptionId(reader, "id");
  option.statement = reader.Text("statement");
  reader.RefuseOthers();
  return option;
}

QuestionInfo ReadQuestion(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  QuestionInfo question;
  question.id = ReadQuestionId(reader, "id");
  question.situation = reader.Text("situation");
  const std::string kind = reader.Text("kind");
  if (const auto named = Named<QuestionKind>(kind)) {
    question.kind = *named;
  } else {
    reader.Complain("kind", fmt::format("`{}` is not one of {}", kind,
                                        fmt::join(kNamesOf<QuestionKind>, ", ")));
  }
  question.options = ReadList(file, reader, "options", ReadOption);
  if (question.options.size() < 2) reader.Complain("options", "a question has two or more");
  RefuseRepeated(file, reader.PlaceOf("options"), question.options, &OptionInfo::id);
  question.sources = ReadSources(file, reader);
  question.probes = ReadProbes(file, reader);
  reader.RefuseOthers();
  return question;
}

void ReadErrorRules(DataFile& file, const Json& value, const std::string& place, ErrorInfo& error) {
  ObjectReader reader(file, value, place);
  if (reader.Find("status")) error.status_rule = ReadRuleId(reader, "status");
  if (reader.Find("message")) error.message_rule = ReadRuleId(reader, "message");
  reader.RefuseOthers();
}

ErrorInfo ReadError(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  ErrorInfo error;
  error.code = reader.Text("code");
  error.status = reader.OptionalInt("status").value_or(0);
  error.message = reader.Text("message");
  error.level = ReadLevel(reader);
  error.description = reader.Text("description");
  if (const Json* rules = reader.Find("rules")) {
    ReadErrorRules(file, *rules, reader.PlaceOf("rules"), error);
  }
  error.parameters = reader.Texts("parameters");
  error.reserves = reader.Texts("reserves");
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

Result<std::vector<RuleInfo>> ParseRules(std::string_view text, const std::string& name) {
  DataFile file(text, name);
  auto rules = ReadFile<RuleInfo>(file, "rules", [&](auto&, const Json& value, const auto& place) {
    return ReadRule(file, value, place, TopicOf(name));
  });
  RefuseRepeated(file, ".rules", rules, &RuleInfo::id);
  return Finish(file, std::move(rules));
}

Result<std::vector<QuestionInfo>> ParseQuestions(std::string_view text, const std::string& name) {
  DataFile file(text, name);
  auto questions = ReadFile<QuestionInfo>(file, "questions", ReadQuestion);
  RefuseRepeated(file, ".questions", questions, &QuestionInfo::id);
  return Finish(file, std::move(questions));
}

Result<std::vector<ErrorInfo>> ParseErrors(std::string_view text, const std::string& name) {
  DataFile file(text, name);
  auto errors = ReadFile<ErrorInfo>(file, "errors", ReadError);
  RefuseRepeated(file, ".errors", errors, &ErrorInfo::code);
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
