// Stage "validate": Tag.N.
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "reference/describe_snapshots/topic_reader.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

class TagReader : public TopicReader {
 public:
  explicit TagReader(PlanDraft& draft) : TopicReader(draft) {}

  void Read() {
    if (!plan_.stop) ReadTagFilters();
  }

 private:
  void ReadTagFilters() {
    std::vector<Tag> pairs;  // key, value; the value "" also means no value
    std::int64_t expected = 1, counted = 0;
    bool after_gap = false, mixed_numbers = false, without_key = false;
    for (auto& [n, slot] : parameters_.tags) {
      CheckSpellings(slot);
      ResolveSpelling(slot.key, slot.lower_key, slot.lower_key_is_last, "tag.key.lower_case"_rule);
      ResolveSpelling(slot.value, slot.lower_value, slot.lower_value_is_last,
                      "tag.value.lower_case"_rule);
      ++counted;
      if (n == 0) {
        if (Is("tag.number_zero"_question, "refused"_option)) {
          RefuseAsRead("InvalidParameter", "Tag.N.Key");
        }
        --counted;
        continue;
      }
      if (n > 20 && Is("tag.number_above_twenty"_question, "ignored"_option)) continue;
      mixed_numbers |= n != expected;
      if (n > expected && n <= 20 && !after_gap) after_gap = true;
      if (without_key && !after_gap) {
        after_gap = Is("tag.gap.without_key"_question, "gap"_option);
      }
      if (after_gap) {
        const Option option = choices_.Pick("tag.gap"_question);
        if (option == "refused"_option) RefuseAsRead("InvalidParameter", "Tag.N.Key");
        if (option == "up_to_gap"_option) {
          // What follows the gap may still be checked before it is left out.
          plan_.may_be_refused |= slot.value && !slot.key;
          continue;
        }
      }
      expected = n + 1;
      without_key |= !slot.key || slot.key->empty();
      ReadTag(slot, pairs);
    }
    CheckTagCount(counted);
    if (mixed_numbers) choices_.Mark("tag.number.any_order"_rule);
    CheckRepeatedKeys(pairs);
  }

  // Which spelling of a key goes with which of a value is not said.
  void CheckSpellings(const TagSlot& slot) {
    const bool capital = slot.key && !slot.lower_key && !slot.value && slot.lower_value;
    const bool lower = !slot.key && slot.lower_key && slot.value && !slot.lower_value;
    if (!capital && !lower) return;
    if (Is("tag.mixed_spellings"_question, "as_meant"_option)) return;
    Add({"request.open.admissible"_rule, Catalogue::Get().FindError("InvalidTag.Mismatch"), true,
         "Tag.N.Key"});
  }

  // Both spellings are documented; both at once for one N are not.
  void ResolveSpelling(std::optional<std::string>& capital, std::optional<std::string>& lower,
                       bool lower_is_last, Rule lower_case) {
    if (!lower) return;
    choices_.Mark(lower_case);
    if (!capital) {
      capital = lower;
      return;
    }
    const Option option = choices_.Pick("tag.both_spellings"_question);
    if (option == "refused"_option) RefuseAsRead("InvalidParameter", "Tag.N.Key");
    const bool lower_counts = option == "lower"_option ||
                              (option == "last"_option && lower_is_last) ||
                              (option == "first"_option && !lower_is_last);
    if (lower_counts) capital = lower;
  }

  // tag.number.above_maximum, tag.number.twenty
  void CheckTagCount(std::int64_t count) {
    if (count == 0) return;
    choices_.Mark(count > 20 ? "tag.number.above_maximum"_rule : "tag.number.twenty"_rule);
    if (count > 20) return Refuse("tag.number.above_maximum"_rule, "InvalidTagCount");
    if (parameters_.tags.rbegin()->first > 20 &&
        Is("tag.number_above_twenty"_question, "count"_option)) {
      Refuse("tag.number.above_maximum"_rule, "InvalidTagCount");
    }
  }

  void ReadTag(const TagSlot& slot, std::vector<Tag>& pairs) {
    std::optional<std::string> key = slot.key;
    if (key && key->empty()) {
      const Option option = choices_.Pick("value.empty.tag_key"_question);
      if (option == "refused"_option) RefuseAsRead("InvalidParameter", "Tag.N.Key");
      if (option == "matches_nothing"_option) MatchNothing("tag.key.selects"_rule);
      key.reset();
      if (option != "as_absent"_option) return;
    }
    if (!key) return TreatValueWithoutKey(slot.value);
    plan_.has_tags = true;
    Filter filter{.kind = Filter::Kind::kTagKey,
                  .rule = "tag.key.selects"_rule,
                  .value = Trimmed(*key, "value.blanks.tag"_question)};
    choices_.Mark(filter.rule);
    ReadTagValue(slot.value, filter);
    pairs.push_back({filter.value, filter.second});
    if (pairs.size() == 2) choices_.Mark("tag.several.all"_rule);
    plan_.filters.push_back(std::move(filter));
  }

  // tag.mismatch.code: a key or a value may also be refused as one that is missing.
  void RefuseMismatch(const char* subject) {
    Add({.rule = "request.open.admissible"_rule,
         .error = Catalogue::Get().FindError("InvalidTag.Mismatch"),
         .any_code = true,
         .subject = subject,
         .code_rule = "tag.mismatch.code"_rule});
  }

  void TreatValueWithoutKey(const std::optional<std::string>& value) {
    if (!value) return;
    if (value->empty()) {
      const Option option = choices_.Pick("value.empty.tag_value_alone"_question);
      if (option == "refused"_option) RefuseAsRead("InvalidParameter", "Tag.N.Value");
      if (option != "as_value"_option) return;
    }
    choices_.Mark("tag.mismatch.code"_rule);
    if (Is("tag.value_without_key"_question, "mismatch"_option)) RefuseMismatch("Tag.N.Value");
  }

  void ReadTagValue(const std::optional<std::string>& given, Filter& filter) {
    if (given && !given->empty()) {
      filter.kind = Filter::Kind::kTagPair;
      filter.rule = "tag.value.selects"_rule;
      filter.second = Trimmed(*given, "value.blanks.tag"_question);
      choices_.Mark(filter.rule);
      choices_.Mark("tag.pair.one_tag"_rule);
      choices_.Mark("tag.text.exact"_rule);
      return;
    }
    if (given) {
      const Option option = choices_.Pick("value.empty.tag_value"_question);
      if (option == "refused"_option) RefuseAsRead("InvalidParameter", "Tag.N.Value");
      if (option == "as_value"_option) filter.kind = Filter::Kind::kTagEmptyValue;
      if (option != "as_absent"_option) return;
    }
    const Option option = choices_.Pick("tag.key_without_value"_question);
    if (option == "mismatch"_option) {
      choices_.Mark("tag.mismatch.code"_rule);
      RefuseMismatch("Tag.N.Key");
    }
    if (option == "empty_value"_option) filter.kind = Filter::Kind::kTagEmptyValue;
  }

  void CheckRepeatedKeys(const std::vector<Tag>& pairs) {
    bool two_values = false, same_pair = false;
    std::unordered_map<std::string, std::unordered_set<std::string>> values;  // of each key
    for (const Tag& pair : pairs) {
      auto& of_key = values[pair.key];
      two_values |= !of_key.empty() && (of_key.size() > 1 || !of_key.contains(pair.value));
      same_pair |= !of_key.insert(pair.value).second;
    }
    std::unordered_set<std::string> small;
    for (const auto& [key, of_key] : values) small.insert(SmallLetters(key));
    const bool alike = small.size() < values.size();
    // If letter case does not count, they may be taken for one key, or only be compared as such.
    plan_.may_be_refused |= alike && Is("tag.key_letters"_question, "ignored_case"_option);
    if (two_values && Is("tag.same_key_two_values"_question, "refused"_option)) {
      RefuseAsRead("InvalidParameter", "Tag.N.Key");
    }
    if (same_pair && Is("tag.same_pair_twice"_question, "refused"_option)) {
      RefuseAsRead("InvalidParameter", "Tag.N.Key");
    }
  }
};

}  // namespace

void ReadTags(PlanDraft& draft) { TagReader(draft).Read(); }

}  // namespace assay
