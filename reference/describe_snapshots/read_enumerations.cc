// Stage "validate": parameters with a list of valid values.
#include <vector>

#include "reference/describe_snapshots/topic_reader.h"

namespace assay {
namespace {

class EnumerationReader : public TopicReader {
 public:
  explicit EnumerationReader(PlanDraft& draft) : TopicReader(draft) {}

  void Read() {
    if (!plan_.stop) Status();
    if (!plan_.stop) SnapshotType();
    if (!plan_.stop) Usage();
    if (!plan_.stop) SourceDiskType();
    if (!plan_.stop) Category();
  }

 private:
  struct Valid {
    std::string_view value;
    Rule rule;
  };
  struct Enumeration {
    Slot slot;
    Field field;
    Question empty;
    std::optional<Question> letters;  // none: documented as case-insensitive
    Rule unknown;
    Rule without;  // the rule for the parameter left out
    std::vector<Valid> valid;
  };

  // The valid value that is meant, or nullptr.
  const Valid* FindValid(const Enumeration& e, const std::string& value) {
    for (const Valid& valid : e.valid) {
      if (valid.value == value) return &valid;
    }
    if (value == "standard" || value == "flash") return SmallCategory(e, value);
    for (const Valid& valid : e.valid) {
      if (SmallLetters(valid.value) != SmallLetters(value)) continue;
      if (!e.letters) return &valid;
      return Is(*e.letters, "ignored_case"_option) ? &valid : nullptr;
    }
    return nullptr;
  }

  // Documented as `Standard`; recordings and an official provider write it small (api-facts, 1),
  // and so do answers.
  const Valid* SmallCategory(const Enumeration& e, const std::string& value) {
    if (e.slot != Slot::kCategory) return nullptr;
    const bool accepted = Is(*e.letters, "ignored_case"_option) ||
                          Is("value.category.small_letters"_question, "accepted"_option);
    return accepted ? &e.valid[value == "standard" ? 0 : 1] : nullptr;
  }

  // Adds the filter of an enumerated parameter; returns true where the value is none of the valid.
  bool Enumerated(const Enumeration& e) {
    if (!Value(e.slot)) choices_.Mark(e.without);
    const auto value = Text(e.slot, e.empty, "value.blanks.enumeration"_question, e.unknown);
    if (!value) return false;
    const Valid* valid = FindValid(e, *value);
    choices_.Mark(valid ? valid->rule : e.unknown);
    if (!valid) return true;
    if (valid->value == "all") return false;
    Filter filter{.kind = Filter::Kind::kEqualsAnyCase,
                  .rule = valid->rule,
                  .field = e.field,
                  .value = SmallLetters(valid->value)};
    if (e.slot == Slot::kUsage) filter.kind = Filter::Kind::kUsage;
    plan_.filters.push_back(std::move(filter));
    return false;
  }

  void Status() {
    static const Enumeration e{Slot::kStatus,
                               Field::kStatus,
                               "value.empty.status"_question,
                               "value.letters.status"_question,
                               "filter.status.unknown"_rule,
                               "filter.status.default"_rule,
                               {{"progressing", "filter.status.progressing"_rule},
                                {"accomplished", "filter.status.accomplished"_rule},
                                {"failed", "filter.status.failed"_rule},
                                {"all", "filter.status.all"_rule}}};
    if (Enumerated(e)) Refuse(e.unknown, "InvalidStatus.NotFound");
  }

  void SnapshotType() {
    static const Enumeration e{Slot::kSnapshotType,
                               Field::kSnapshotType,
                               "value.empty.snapshot_type"_question,
                               "value.letters.snapshot_type"_question,
                               "filter.snapshot_type.unknown"_rule,
                               "filter.snapshot_type.default"_rule,
                               {{"auto", "filter.snapshot_type.auto"_rule},
                                {"user", "filter.snapshot_type.user"_rule},
                                {"all", "filter.snapshot_type.all"_rule}}};
    if (Enumerated(e)) {
      UnknownAsRead(e, "value.snapshot_type.unknown"_question, "InvalidSnapshotType.NotFound");
    }
  }

  void SourceDiskType() {
    static const Enumeration e{Slot::kSourceDiskType,
                               Field::kSourceDiskType,
                               "value.empty.source_disk_type"_question,
                               std::nullopt,
                               "filter.source_disk_type.unknown"_rule,
                               "filter.source_disk_type.default"_rule,
                               {{"system", "filter.source_disk_type.system"_rule},
                                {"data", "filter.source_disk_type.data"_rule}}};
    const auto& value = Value(Slot::kSourceDiskType);
    if (value && *value != SmallLetters(*value))
      choices_.Mark("filter.source_disk_type.letters"_rule);
    if (Enumerated(e)) {
      UnknownAsRead(e, "value.source_disk_type.unknown"_question, "InvalidSourceDiskType");
    }
  }

  void UnknownAsRead(const Enumeration& e, Question question, const char* code) {
    const Option option = choices_.Pick(question);
    if (option == "not_found"_option) RefuseAsRead(code, NameOf(e.slot));
    if (option == "matches_nothing"_option) MatchNothing(e.unknown);
  }

  void Usage() {
    static const Enumeration e{Slot::kUsage,
                               Field::kUsage,
                               "value.empty.usage"_question,
                               "value.letters.usage"_question,
                               "filter.usage.unknown"_rule,
                               "filter.usage.default"_rule,
                               {{"image", "filter.usage.image"_rule},
                                {"disk", "filter.usage.disk"_rule},
                                {"image_disk", "filter.usage.image_disk"_rule},
                                {"none", "filter.usage.none"_rule}}};
    if (Enumerated(e)) Refuse(e.unknown, "InvalidUsage");
  }

  void Category() {
    static const Enumeration e{Slot::kCategory,
                               Field::kCategory,
                               "value.empty.category"_question,
                               "value.letters.category"_question,
                               "filter.category.unknown"_rule,
                               "filter.category.default"_rule,
                               {{"Standard", "filter.category.standard"_rule},
                                {"Flash", "filter.category.flash"_rule},
                                {"archive", "filter.category.archive"_rule}}};
    if (Enumerated(e)) {
      return Refuse(e.unknown, "InvalidSnapshotCategory.Malformed");
    }
    const std::string value = SmallLetters(Trim(Value(Slot::kCategory).value_or("")));
    if (value != "flash" && value != "archive") return;
    if (ExistsHere(Field::kCategory, value)) return;
    if (plan_.unseen_region) return;
    const Question question =
        value == "flash" ? "value.category.flash"_question : "value.category.archive"_question;
    if (Is(question, "refused"_option)) {
      Add({"request.open.admissible"_rule,
           Catalogue::Get().FindError("InvalidSnapshotCategory.Malformed"), true, "Category"});
    }
  }
};

}  // namespace

void ReadEnumerations(PlanDraft& draft) { EnumerationReader(draft).Read(); }

}  // namespace assay
