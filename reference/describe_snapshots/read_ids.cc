// Stage "validate": SnapshotIds, a JSON array in a string.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "reference/describe_snapshots/topic_reader.h"
#include "reference/describe_snapshots/values.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

class IdReader : public TopicReader {
 public:
  explicit IdReader(PlanDraft& draft) : TopicReader(draft) {}

  void Read() {
    if (!plan_.stop) ReadSnapshotIds();
  }

 private:
  void ReadSnapshotIds() {
    const Rule rule = "ids.list.selects"_rule;
    const auto& value = Value(Slot::kSnapshotIds);
    if (!value) return;
    const bool blank = Trim(*value).empty();
    if (value->empty() || (blank && Is("value.blanks.identifier"_question, "trimmed"_option))) {
      return TreatEmpty(Slot::kSnapshotIds, "value.empty.snapshot_ids"_question, rule);
    }
    choices_.Mark(rule);
    // A byte that belongs to no character may be read as one, or be no JSON.
    const bool is_text = IsValidUtf8(*value);
    plan_.may_be_refused |= !is_text;
    IdListText list = ReadIdList(is_text ? *value : ReplaceInvalidUtf8(*value));
    const bool absent =
        list.form == IdListText::Form::kNull && Is("ids.null"_question, "as_absent"_option);
    if (absent || !TakeOtherForms(*value, rule, list)) return;
    CheckIdList(list, rule);
  }

  // The ids of a value that is no JSON array; false if it is none of ids.
  bool TakeOtherForms(const std::string& value, Rule rule, IdListText& list) {
    if (list.form == IdListText::Form::kArray) return true;
    if (list.form == IdListText::Form::kSingleQuoted) {
      const bool refused = Is("ids.single_quotes"_question, "refused"_option);
      if (refused) RefuseAsRead("InvalidParameter", "SnapshotIds");
      return !refused;
    }
    const bool is_json = list.form != IdListText::Form::kNotJson;
    const Option option =
        choices_.Pick(is_json ? "ids.not_array"_question : "ids.not_json"_question);
    if (option == "matches_nothing"_option) {
      MatchNothing(rule);
      return false;
    }
    if (option == "comma_list"_option || option == "loose_list"_option) {
      list.ids = IdsBetweenCommas(value, option == "loose_list"_option);
      return true;
    }
    if (option != "single_id"_option) {
      TreatNonArray(option);
      return false;
    }
    list.ids = {list.single};
    if (list.single.empty()) RefuseAsRead("InvalidParameter", "SnapshotIds");
    return !list.single.empty();
  }

  // ids.list.not_json: the code is one of two.
  void TreatNonArray(Option option) {
    choices_.Mark("ids.list.not_json"_rule);
    Refuse("ids.list.not_json"_rule,
           option == "malformed"_option ? "InvalidSnapshotIds.Malformed" : "InvalidParameter",
           "SnapshotIds");
  }

  void CheckIdList(IdListText& list, Rule rule) {
    bool is_empty = list.ids.empty() && !list.other_elements, has_texts = false;
    if (list.other_elements) {
      const Option option = choices_.Pick("ids.non_string_element"_question);
      if (option == "refused"_option) RefuseAsRead("InvalidParameter", "SnapshotIds");
      has_texts = option == "as_text"_option;
      if (has_texts) list.ids = list.as_texts;
      is_empty = list.ids.empty() && option == "left_out"_option;
    }
    if (is_empty) {
      const Option option = choices_.Pick("ids.empty_array"_question);
      if (option == "as_absent"_option) return;
      if (option == "refused"_option) RefuseAsRead("InvalidParameter", "SnapshotIds");
      return MatchNothing(rule);
    }
    CheckIdCount(list.ids);
    for (std::string& id : list.ids) {
      id = Meant(id, [&](const std::string& text) { return dataset_.by_id.contains(text); });
    }
    for (const std::string& id : list.ids) {
      if (dataset_.by_id.contains(id)) continue;
      const std::optional<bool> well_formed = LooksWellFormed(IdKind::kSnapshot, id);
      plan_.may_be_refused |= !well_formed && !has_texts;
      if (well_formed == false && Is("ids.malformed_id"_question, "refused"_option)) {
        RefuseAsRead("InvalidParameter", "SnapshotIds");
        break;
      }
      // ids.list.unknown
      if (well_formed == true && Is("ids.unknown"_question, "refused"_option)) {
        Add({"ids.list.unknown"_rule, Catalogue::Get().FindError("InvalidParameter"), true,
             "SnapshotIds"});
        break;
      }
    }
    SelectIds(list.ids, rule);
  }

  // ids.list.maximum, ids.list.above_maximum
  void CheckIdCount(const std::vector<std::string>& ids) {
    const std::size_t different = std::set<std::string_view>(ids.begin(), ids.end()).size();
    choices_.Mark(ids.size() > 100 ? "ids.list.above_maximum"_rule : "ids.list.maximum"_rule);
    if (different < ids.size()) choices_.Mark("ids.list.repeated"_rule);
    choices_.Mark(ids.size() == 1 ? "ids.list.single"_rule : "ids.list.order"_rule);
    std::size_t count = ids.size();
    if (different <= 100 && count > 100 && Is("ids.count"_question, "after"_option)) {
      count = different;
    }
    if (count > 100) Refuse("ids.list.above_maximum"_rule, "InvalidSnapshotIds.Malformed");
  }

  void SelectIds(const std::vector<std::string>& ids, Rule rule) {
    plan_.by_ids = true;
    for (const std::string& id : ids) {
      const auto at = dataset_.by_id.find(id);
      if (at == dataset_.by_id.end()) {
        choices_.Mark("ids.list.unknown"_rule);
      } else if (dataset_.snapshots[at->second][Field::kRegionId] == plan_.region) {
        plan_.candidates.push_back(at->second);
      }
    }
    std::ranges::sort(plan_.candidates);
    const auto same = std::ranges::unique(plan_.candidates);
    plan_.candidates.erase(same.begin(), same.end());  // ids.list.repeated
    plan_.filters.push_back(
        {.kind = Filter::Kind::kOneOf, .rule = rule, .field = Field::kSnapshotId, .values = ids});
  }
};

}  // namespace

void ReadIds(PlanDraft& draft) { IdReader(draft).Read(); }

}  // namespace assay
