// Stage "validate": Tag.N.
#include <vector>

#include "reference/describe_snapshots/topic_reader.h"

namespace assay {
namespace {

class TagReader : public TopicReader {
 public:
  explicit TagReader(PlanDraft& draft) : TopicReader(draft) {}

  void Read() {
    if (!plan_.stop) Tags();
  }

 private:
  void Tags() {
    std::vector<Tag> pairs;  // key, value; the value "" also stands for none
    std::int64_t expected = 1, counted = 0;
    bool after_gap = false, mixed_numbers = false;
    for (auto& [n, slot] : parameters_.tags) {
      ResolveSpelling(slot.key, slot.lower_key, "tag.key.lower_case"_rule);
      ResolveSpelling(slot.value, slot.lower_value, "tag.value.lower_case"_rule);
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
      if (after_gap) {
        const Option option = choices_.Pick("tag.gap"_question);
        if (option == "refused"_option) RefuseAsRead("InvalidParameter", "Tag.N.Key");
        if (option == "up_to_gap"_option) {
          // What stands behind the gap may still be looked at before it is left out.
          plan_.may_be_refused |= slot.value && !slot.key;
          continue;
        }
      }
      expected = n + 1;
      OneTag(slot, pairs);
    }
    TagCount(counted);
    if (mixed_numbers) choices_.Mark("tag.number.any_order"_rule);
    CheckRepeatedKeys(pairs);
  }

  // Both spellings are documented; both at once for one N are not.
  void ResolveSpelling(std::optional<std::string>& capital, std::optional<std::string>& lower,
                       Rule lower_case) {
    if (!lower) return;
    choices_.Mark(lower_case);
    if (!capital) {
      capital = lower;
      return;
    }
    const Option option = choices_.Pick("tag.both_spellings"_question);
    if (option == "refused"_option) RefuseAsRead("InvalidParameter", "Tag.N.Key");
    if (option == "lower"_option) capital = lower;
  }

  // tag.number.above_maximum, tag.number.twenty
  void TagCount(std::int64_t count) {
    if (count == 0) return;
    choices_.Mark(count > 20 ? "tag.number.above_maximum"_rule : "tag.number.twenty"_rule);
    if (count > 20) return Refuse("tag.number.above_maximum"_rule, "InvalidTagCount");
    if (parameters_.tags.rbegin()->first > 20 &&
        Is("tag.number_above_twenty"_question, "count"_option)) {
      Refuse("tag.number.above_maximum"_rule, "InvalidTagCount");
    }
  }

  void OneTag(const TagSlot& slot, std::vector<Tag>& pairs) {
    std::optional<std::string> key = slot.key;
    if (key && key->empty()) {
      const Option option = choices_.Pick("value.empty.tag_key"_question);
      if (option == "refused"_option) RefuseAsRead("InvalidParameter", "Tag.N.Key");
      if (option == "matches_nothing"_option) MatchNothing("tag.key.selects"_rule);
      key.reset();
      if (option != "as_absent"_option) return;
    }
    if (!key) return ValueWithoutKey(slot.value);
    plan_.has_tags = true;
    Filter filter{.kind = Filter::Kind::kTagKey,
                  .rule = "tag.key.selects"_rule,
                  .value = Trimmed(*key, "value.blanks.tag"_question)};
    choices_.Mark(filter.rule);
    TagValue(slot.value, filter);
    pairs.push_back({filter.value, filter.second});
    if (pairs.size() == 2) choices_.Mark("tag.several.all"_rule);
    plan_.filters.push_back(std::move(filter));
  }

  void ValueWithoutKey(const std::optional<std::string>& value) {
    if (!value) return;
    if (value->empty()) {
      const Option option = choices_.Pick("value.empty.tag_value_alone"_question);
      if (option == "refused"_option) RefuseAsRead("InvalidParameter", "Tag.N.Value");
      if (option != "as_value"_option) return;
    }
    choices_.Mark("tag.mismatch.code"_rule);
    if (Is("tag.value_without_key"_question, "mismatch"_option)) {
      Refuse("tag.mismatch.code"_rule, "InvalidTag.Mismatch");
    }
  }

  void TagValue(const std::optional<std::string>& given, Filter& filter) {
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
      Refuse("tag.mismatch.code"_rule, "InvalidTag.Mismatch");
    }
    if (option == "empty_value"_option) filter.kind = Filter::Kind::kTagEmptyValue;
  }

  void CheckRepeatedKeys(const std::vector<Tag>& pairs) {
    bool two_values = false, same_pair = false, alike = false;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (pairs[i].key != pairs[k].key) {
          alike |= EqualAnyCase(pairs[i].key, pairs[k].key);
          continue;
        }
        (pairs[i].value == pairs[k].value ? same_pair : two_values) = true;
      }
    }
    // Where letter case does not count they may be taken for one key, or only be compared as such.
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
