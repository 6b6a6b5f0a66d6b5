// Stage "validate": Encrypted and DryRun.
#include "reference/describe_snapshots/topic_reader.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

class BooleanReader : public TopicReader {
 public:
  explicit BooleanReader(PlanDraft& draft) : TopicReader(draft) {}

  void Read() {
    if (!plan_.stop) ReadEncrypted();
    if (!plan_.stop) ReadDryRun();
  }

 private:
  struct BooleanQuestions {
    Question empty, capital, upper, mixed, digit, word, other_word, other;
  };

  // What the text means as a Boolean, or nothing if it is absent or counts as absent.
  std::optional<bool> ParseBoolean(Slot slot, const BooleanQuestions& questions, Rule rule) {
    const auto text = Text(slot, questions.empty, "value.blanks.boolean"_question, rule);
    if (!text) return std::nullopt;
    if (*text == "true" || *text == "false") return *text == "true";
    const std::string small = SmallLetters(*text);
    Question question = questions.other;
    if (*text == "True" || *text == "False") {
      question = questions.capital;
    } else if (*text == "TRUE" || *text == "FALSE") {
      question = questions.upper;
    } else if (small == "true" || small == "false") {
      question = questions.mixed;
    } else if (small == "1" || small == "0") {
      question = questions.digit;
    } else if (small == "yes" || small == "no") {
      question = *text == small ? questions.word : questions.other_word;
    }
    const Option option = choices_.Pick(question);
    if (option == "refused"_option) RefuseAsRead("InvalidParameter", NameOf(slot));
    if (option == "refused"_option || option == "as_absent"_option) return std::nullopt;
    if (option == "as_meant"_option) return small == "true" || small == "1" || small == "yes";
    return option == "as_true"_option;
  }

  void ReadEncrypted() {
    if (!Value(Slot::kEncrypted)) choices_.Mark("filter.encrypted.default"_rule);
    const auto value = ParseBoolean(
        Slot::kEncrypted,
        {"value.empty.encrypted"_question, "value.boolean.encrypted.capital"_question,
         "value.boolean.encrypted.upper"_question, "value.boolean.encrypted.mixed"_question,
         "value.boolean.encrypted.digit"_question, "value.boolean.encrypted.word"_question,
         "value.boolean.encrypted.other_word"_question, "value.boolean.encrypted.other"_question},
        "filter.encrypted.default"_rule);
    if (!value) return;
    choices_.Mark("filter.encrypted.true"_rule);
    Filter filter{.kind = Filter::Kind::kUnencrypted,
                  .rule = "filter.encrypted.default"_rule,
                  .field = Field::kEncrypted};
    if (*value) {
      filter.kind = Filter::Kind::kEquals;
      filter.rule = "filter.encrypted.true"_rule;
      filter.value = "true";
    }
    plan_.filters.push_back(std::move(filter));
  }

  void ReadDryRun() {
    if (!Value(Slot::kDryRun)) choices_.Mark("dry_run.default.normal"_rule);
    const auto value = ParseBoolean(
        Slot::kDryRun,
        {"value.empty.dry_run"_question, "value.boolean.dry_run.capital"_question,
         "value.boolean.dry_run.upper"_question, "value.boolean.dry_run.mixed"_question,
         "value.boolean.dry_run.digit"_question, "value.boolean.dry_run.word"_question,
         "value.boolean.dry_run.other_word"_question, "value.boolean.dry_run.other"_question},
        "dry_run.default.normal"_rule);
    if (!value) return;
    choices_.Mark(*value ? "dry_run.true.operation"_rule : "dry_run.false.normal"_rule);
    plan_.dry_run = *value;
    // dry_run.true.operation. With a request that is otherwise wrong either error is right.
    if (!*value) return;
    // Which status and code say so is known from other pages only.
    Add({"dry_run.true.operation"_rule, Catalogue::Get().FindError("DryRunOperation"), true,
         "DryRun"});
  }
};

}  // namespace

void ReadBooleans(PlanDraft& draft) { BooleanReader(draft).Read(); }

}  // namespace assay
