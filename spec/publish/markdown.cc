#include "spec/publish/markdown.h"

#include <fmt/format.h>

#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/operation.h"

namespace assay {
namespace {

std::string LevelName(Level level) { return std::string(NameOf(level)); }

std::string Code(const std::string& text) { return text.empty() ? "" : "`" + text + "`"; }

std::string Codes(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + Code(text);
  return joined;
}

// One line of a table; a bar within a cell would end it.
std::string Row(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) {
    row += ' ';
    for (const char c : cell) row += c == '|' ? std::string("\\|") : std::string(1, c);
    row += " |";
  }
  return row + "\n";
}

std::string TableHead(const std::vector<std::string>& names) {
  return Row(names) + Row(std::vector<std::string>(names.size(), "---"));
}

std::string Limits(const ParameterInfo& parameter) {
  std::string limits;
  if (parameter.minimum) limits += fmt::format("from {} ", *parameter.minimum);
  if (parameter.maximum) limits += fmt::format("to {} ", *parameter.maximum);
  if (parameter.items_maximum) limits += fmt::format("{} at most ", *parameter.items_maximum);
  if (!limits.empty()) limits.pop_back();
  return limits;
}

std::string Parameters(const OperationInfo& operation) {
  std::string text =
      "## Request parameters\n\n" + TableHead({"name", "type", "required", "default",
                                               "valid values", "limits", "level", "meaning"});
  for (const ParameterInfo& parameter : operation.parameters) {
    text += Row({Code(parameter.name), parameter.type, parameter.required ? "yes" : "",
                 Code(parameter.default_value.value_or("")), Codes(parameter.values),
                 Limits(parameter), LevelName(parameter.level),
                 parameter.description + (parameter.deprecated ? " Deprecated." : "")});
  }
  return text + "\n";
}

std::string Fields(const std::string& title, const std::vector<AnswerField>& fields) {
  std::string text =
      "## " + title + "\n\n" +
      TableHead({"name", "in", "type", "valid values", "example", "level", "meaning"});
  for (const AnswerField& field : fields) {
    text += Row({Code(field.name), field.in,
                 field.also.empty() ? field.type : field.type + " or " + field.also,
                 Codes(field.values), Code(field.example), LevelName(field.level),
                 field.description + (field.optional ? " May be absent." : "") +
                     (field.deprecated ? " Deprecated." : "")});
  }
  return text + "\n";
}

std::string Errors(const Catalogue& catalogue) {
  std::string text =
      "## Error codes\n\n" + TableHead({"status", "code", "text", "level", "meaning"});
  for (const ErrorInfo& error : catalogue.errors()) {
    text += Row({std::to_string(error.status), Code(error.code), error.message,
                 LevelName(error.level), error.description});
  }
  return text + "\n";
}

std::string FirstSource(const std::vector<SourceReference>& sources) {
  if (sources.empty()) return "";
  return fmt::format("{}: {}", sources.front().document, sources.front().where);
}

std::string Rules(const Catalogue& catalogue) {
  std::string text = "## Rules\n";
  std::string topic;
  for (const RuleInfo& rule : catalogue.rules()) {
    if (rule.topic != topic) {
      topic = rule.topic;
      text +=
          fmt::format("\n### {}\n\n", topic) + TableHead({"id", "level", "statement", "source"});
    }
    text += Row({Code(std::string(Id(rule.id))), LevelName(rule.level), rule.statement,
                 FirstSource(rule.sources)});
  }
  return text + "\n";
}

std::string Questions(const Catalogue& catalogue) {
  std::string text =
      "## Open questions\n\nEvery option listed is admissible; a target that takes one keeps to "
      "it.\n";
  for (const QuestionInfo& question : catalogue.questions()) {
    text += fmt::format("\n### {}\n\n{}\n\n", Id(question.id), question.situation);
    for (const OptionInfo& option : question.options) {
      text += fmt::format("- `{}`: {}\n", Id(option.id), option.statement);
    }
  }
  return text;
}

}  // namespace

std::string MarkdownDocument() {
  const OperationInfo& operation = OperationInfo::Get();
  const Catalogue& catalogue = Catalogue::Get();
  return fmt::format("# {}, API version {}\n\n{} Called by {} on `{}`.\n\n", operation.action,
                     operation.version, operation.summary, fmt::join(operation.methods, " or "),
                     operation.path) +
         Parameters(operation) + Fields("Fields of a list", operation.fields) +
         Fields("Fields of an error", operation.error_fields) + Errors(catalogue) +
         Rules(catalogue) + Questions(catalogue);
}

}  // namespace assay
