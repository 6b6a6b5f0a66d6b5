// Stage "validate": parameters with a list of valid values.
#include <vector>

#include "reference/describe_snapshots/topic_reader.h"
#include "reference/describe_snapshots/values.h"
#include "spec/catalogue/operation.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

class EnumerationReader : public TopicReader {
 public:
  explicit EnumerationReader(PlanDraft& draft) : TopicReader(draft) {}

  void Read() {
    if (!plan_.stop) ReadStatus();
    if (!plan_.stop) ReadSnapshotType();
    if (!plan_.stop) ReadUsage();
    if (!plan_.stop) ReadSourceDiskType();
    if (!plan_.stop) ReadCategory();
  }

 private:
  using Valid = Selection::Valid;
  struct Enumeration : Selection {
    explicit Enumeration(Slot the_slot)
        : Selection(*OperationInfo::Get().FindParameter(NameOf(the_slot))->selects),
          slot(the_slot) {}
    Slot slot;
  };

  // The valid value that is meant, or nullptr.
  const Valid* FindValid(const Enumeration& e, const std::string& value) {
    for (const Valid& valid : e.values) {
      if (valid.value == value) return &valid;
    }
    if (value == "standard" || value == "flash") return SmallCategory(e, value);
    for (const Valid& valid : e.values) {
      if (SmallLetters(valid.value) != SmallLetters(value)) continue;
      if (!e.letters) return &valid;
      return Is(*e.letters, "ignored_case"_option) ? &valid : nullptr;
    }
    return nullptr;
  }

  // Documented as `Standard`; recordings and an official provider write it in lower case
  // (api-facts, 1), and so do answers.
  const Valid* SmallCategory(const Enumeration& e, const std::string& value) {
    if (e.slot != Slot::kCategory) return nullptr;
    const bool accepted = Is(*e.letters, "ignored_case"_option) ||
                          Is("value.category.small_letters"_question, "accepted"_option);
    return accepted ? &e.values[value == "standard" ? 0 : 1] : nullptr;
  }

  // Adds the filter of an enumerated parameter; returns true if the value is not valid.
  bool ReadEnumerated(const Enumeration& e) {
    if (!Value(e.slot)) choices_.Mark(e.absent);
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

  void ReadStatus() {
    static const Enumeration e(Slot::kStatus);
    if (ReadEnumerated(e)) Refuse(e.unknown, "InvalidStatus.NotFound");
  }

  void ReadSnapshotType() {
    static const Enumeration e(Slot::kSnapshotType);
    if (ReadEnumerated(e)) {
      RefuseUnknownAsRead(e, "value.snapshot_type.unknown"_question,
                          "InvalidSnapshotType.NotFound");
    }
  }

  void ReadSourceDiskType() {
    static const Enumeration e(Slot::kSourceDiskType);
    const auto& value = Value(Slot::kSourceDiskType);
    if (value && *value != SmallLetters(*value))
      choices_.Mark("filter.source_disk_type.letters"_rule);
    if (ReadEnumerated(e)) {
      RefuseUnknownAsRead(e, "value.source_disk_type.unknown"_question, "InvalidSourceDiskType");
    }
  }

  void RefuseUnknownAsRead(const Enumeration& e, Question question, const char* code) {
    const Option option = choices_.Pick(question);
    if (option == "not_found"_option) RefuseAsRead(code, NameOf(e.slot));
    if (option == "matches_nothing"_option) MatchNothing(e.unknown);
  }

  void ReadUsage() {
    static const Enumeration e(Slot::kUsage);
    if (ReadEnumerated(e)) Refuse(e.unknown, "InvalidUsage");
  }

  void ReadCategory() {
    static const Enumeration e(Slot::kCategory);
    if (ReadEnumerated(e)) {
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
