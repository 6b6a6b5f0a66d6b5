// Stage "validate": Filter.N, the window of creation times.
#include <vector>

#include "reference/describe_snapshots/topic_reader.h"
#include "reference/describe_snapshots/values.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

class TimeReader : public TopicReader {
 public:
  explicit TimeReader(PlanDraft& draft) : TopicReader(draft) {}

  void Read() {
    if (!plan_.stop) ReadTimeFilters();
  }

 private:
  void ReadTimeFilters() {
    std::vector<Filter> starts, ends;
    for (auto& [n, slot] : parameters_.filters) {
      if (n < 1 || n > 2) {
        const Option option = choices_.Pick("time.third_slot"_question);
        if (option == "refused"_option) RefuseAsRead("InvalidFilterKey.NotFound", "Filter.N.Key");
        // An empty half may be checked before the slot is left out.
        plan_.may_be_refused |= slot.key.value_or("-").empty() || slot.value.value_or("-").empty();
        if (option != "accepted"_option) continue;
      }
      TreatEmptyAsAbsent(slot.key, "value.empty.filter_key"_question, "Filter.N.Key");
      TreatEmptyAsAbsent(slot.value, "value.empty.filter_value"_question, "Filter.N.Value");
      AddBound(n, slot, starts, ends);
    }
    Combine(starts);
    Combine(ends);
    if (!starts.empty() && !ends.empty()) {
      choices_.Mark("time.window.selects"_rule);
      if (starts.front().seconds > ends.front().seconds &&
          Is("time.start_after_end"_question, "refused"_option)) {
        RefuseAsRead("InvalidFilterValue", "Filter.N.Value");
      }
    }
    if (starts.empty() != ends.empty()) choices_.Mark("time.slot.single"_rule);
    for (Filter& filter : starts) plan_.filters.push_back(std::move(filter));
    for (Filter& filter : ends) plan_.filters.push_back(std::move(filter));
  }

  void TreatEmptyAsAbsent(std::optional<std::string>& value, Question question,
                          std::string_view subject) {
    if (!value || !value->empty()) return;
    if (Is(question, "refused"_option)) RefuseAsRead("InvalidParameter", subject);
    value.reset();
  }

  void AddBound(std::int64_t n, const FilterSlot& slot, std::vector<Filter>& starts,
                std::vector<Filter>& ends) {
    if (!slot.key && !slot.value) return;
    if (!slot.key || !slot.value) {
      const Question question =
          slot.value ? "time.value_without_key"_question : "time.key_without_value"_question;
      // The half that is given may be checked as well.
      if (slot.key && !IsInItsSlot(n, *slot.key)) AllowRefusal("InvalidFilterKey.NotFound");
      if (slot.value && !IsDocumentedTime(*slot.value)) AllowRefusal("InvalidFilterValue");
      if (Is(question, "refused"_option)) RefuseAsRead("InvalidFilterKey.NotFound", "Filter.N.Key");
      return;
    }
    const auto key = KnownKey(*slot.key);
    if (!key) {
      choices_.Mark("time.key.unknown"_rule);
      Refuse("time.key.unknown"_rule, "InvalidFilterKey.NotFound");
    } else if ((*key == "CreationStartTime") != (n == 1) && n <= 2 &&
               Is("time.slots_swapped"_question, "refused"_option)) {
      RefuseAsRead("InvalidFilterKey.NotFound", "Filter.N.Key");
    }
    const bool start = key && *key == "CreationStartTime";
    if (auto filter = ReadBound(*slot.value, start)) {
      if (key) (start ? starts : ends).push_back(std::move(*filter));
    }
  }

  void AllowRefusal(const char* code) {
    plan_.may_be_refused = true;
    plan_.possible_errors.push_back(Catalogue::Get().FindError(code));
  }

  bool IsInItsSlot(std::int64_t n, const std::string& given) {
    return KnownKey(given) == (n == 1 ? "CreationStartTime" : "CreationEndTime");
  }

  std::optional<std::string> KnownKey(const std::string& given) {
    const std::string key = Trimmed(given, "value.blanks.filter_key"_question);
    for (const char* known : {"CreationStartTime", "CreationEndTime"}) {
      if (key == known) return known;
      if (SmallLetters(key) == SmallLetters(known) &&
          Is("time.key_letters"_question, "ignored_case"_option)) {
        return known;
      }
    }
    return std::nullopt;
  }

  static bool IsDocumentedTime(std::string_view text) {
    return ReadTime(text).form == TimeText::Form::kMinute;
  }

  // time.value.utc: the documented form ends in Z.
  std::optional<Filter> ReadBound(const std::string& given, bool start) {
    TimeText time = ReadTime(Trimmed(given, "value.blanks.time"_question));
    using Form = TimeText::Form;
    switch (time.form) {
      case Form::kMalformed:
        choices_.Mark("time.value.malformed"_rule);
        Refuse("time.value.malformed"_rule, "InvalidFilterValue");
        return std::nullopt;
      case Form::kImpossible:
        choices_.Mark("time.value.impossible"_rule);
        Refuse("time.value.impossible"_rule, "InvalidFilterValue");
        return std::nullopt;
      case Form::kSeconds:
        AcceptForm("time.form.seconds"_question);
        CutSeconds(time);
        break;
      case Form::kOffset:
        AcceptForm("time.form.offset"_question);
        AlsoHas(time);
        break;
      case Form::kDate:
        AcceptForm("time.form.date_alone"_question);
        break;
      case Form::kFractions:
        AcceptForm("time.form.fractions"_question);
        break;
      case Form::kWithoutZone:
        AcceptForm("time.form.without_zone"_question);
        AlsoHas(time);
        break;
      case Form::kOther:
        AcceptForm("time.form.other_standard"_question);
        AlsoHas(time);
        break;
      case Form::kLeapSecond: {
        const Option option = choices_.Pick("time.form.leap_second"_question);
        if (option == "refused"_option) RefuseAsRead("InvalidFilterValue", "Filter.N.Value");
        if (option == "as_second_59"_option) --time.seconds;
        AlsoHas(time);
        break;
      }
      case Form::kMinute:
        choices_.Mark("time.value.utc"_rule);
        break;
    }
    if (time.small_letters) AcceptForm("time.form.small_letters"_question);
    // Years before 1583 are by agreement only (ISO 8601), and not every calendar has a year 0.
    if (Trim(given) < "1583") AllowRefusal("InvalidFilterValue");
    const Rule rule = start ? "time.start.selects"_rule : "time.end.selects"_rule;
    choices_.Mark(rule);
    return Filter{.kind = start ? Filter::Kind::kCreatedAfter : Filter::Kind::kCreatedBefore,
                  .rule = rule,
                  .field = Field::kCreationTime,
                  .seconds = time.seconds,
                  .to_the_minute = time.seconds % 60 == 0,
                  .has_seconds = time.has_seconds,
                  .minute_of_creation =
                      time.has_seconds && Is("time.form.seconds"_question, "to_the_minute"_option)};
  }

  // What is refused by itself may be refused here, too, or overlooked.
  void AlsoHas(TimeText& time) {
    const bool refused =
        (time.has_seconds && Is("time.form.seconds"_question, "refused"_option)) ||
        (time.has_fractions && Is("time.form.fractions"_question, "refused"_option));
    if (refused) AllowRefusal("InvalidFilterValue");
    CutSeconds(time);
  }

  void CutSeconds(TimeText& time) {
    if (!time.has_seconds || !Is("time.form.seconds"_question, "cut_off"_option)) return;
    time.seconds -= (time.seconds % 60 + 60) % 60;
    time.has_seconds = false;
  }

  void AcceptForm(Question question) {
    if (Is(question, "refused"_option)) RefuseAsRead("InvalidFilterValue", "Filter.N.Value");
  }

  // The reading decides what several filters with one key mean.
  void Combine(std::vector<Filter>& same_key) {
    if (same_key.size() < 2) return;
    const Option option = choices_.Pick("time.same_key_twice"_question);
    if (option == "refused"_option) RefuseAsRead("InvalidFilterKey.NotFound", "Filter.N.Key");
    if (option == "last"_option) same_key.erase(same_key.begin(), same_key.end() - 1);
    if (option == "first"_option) same_key.resize(1);
  }
};

}  // namespace

void ReadTimes(PlanDraft& draft) { TimeReader(draft).Read(); }

}  // namespace assay
