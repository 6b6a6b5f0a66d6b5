// Stage "validate": which page is asked for. The document describes two ways of paging and does not
// say what happens if a request mixes them.
#include <algorithm>
#include <limits>

#include "reference/describe_snapshots/parameters.h"
#include "reference/describe_snapshots/topic_reader.h"
#include "reference/describe_snapshots/values.h"

namespace assay {
namespace {

// The same reading, for a request that nobody sent: its refusals do not count.
class OwnRefusals : public Choices {
 public:
  explicit OwnRefusals(Choices& choices) : choices_(choices) {}
  Option Pick(Question question) override { return choices_.Pick(question); }

 private:
  Choices& choices_;
};

// "12" of "12x", with its sign.
std::string_view LeadingDigits(std::string_view text) {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const std::size_t end = text.find_first_not_of("0123456789", sign);
  return text.substr(0, end);
}

class PagingReader : public TopicReader {
 public:
  explicit PagingReader(PlanDraft& draft)
      : TopicReader(draft), request_(draft.request), tokens_(draft.tokens) {}

  void Read() {
    number_ = IsGiven(Slot::kPageNumber, "value.empty.page_number"_question);
    size_ = IsGiven(Slot::kPageSize, "value.empty.page_size"_question);
    max_results_ = IsGiven(Slot::kMaxResults, "value.empty.max_results"_question);
    token_ = IsTokenGiven();
    if (size_ && !plan_.stop) size_ = !SizeCountsAsAbsent();
    if (plan_.stop) return;
    paging().by_token = ChooseMode() == "token_mode"_option;
    if (paging().by_token) ReadTokenMode();
    if (!paging().by_token) ReadNumberMode();  // MaxResults may turn out to count as absent
  }

 private:
  Paging& paging() { return plan_.paging; }

  bool IsGiven(Slot slot, Question empty) {
    const auto& value = Value(slot);
    if (!value) return false;
    const bool blank = Trim(*value).empty();
    if (!blank || (!value->empty() && Is("value.blanks.number"_question, "taken"_option))) {
      return true;
    }
    if (Is(empty, "refused"_option)) RefuseAsRead("InvalidParameter", NameOf(slot));
    return false;
  }

  bool IsTokenGiven() {
    const auto& value = Value(Slot::kNextToken);
    if (!value) return false;
    if (!value->empty()) return true;
    const Option option = choices_.Pick("value.empty.next_token"_question);
    if (option == "refused"_option) RefuseAsRead("InvalidParameter", "NextToken");
    if (option == "empty_page"_option) paging().empty = true;
    first_page_token_ = option == "first_page"_option || option == "empty_page"_option;
    return first_page_token_;
  }

  Option ChooseMode() {
    if (!token_ && !max_results_) {
      if (number_ || size_) return "page_mode"_option;
      return choices_.Pick("paging.neither"_question);
    }
    // token.first_request.without: MaxResults alone starts a walk.
    if (!number_ && !size_) return "token_mode"_option;
    const Option option = choices_.Pick(MixedQuestion());
    sized_by_max_results_ = option == "pages_of_max_results"_option;
    if (option != "refused"_option) return option;
    RefuseAsRead("InvalidParameter", token_ ? "NextToken" : "MaxResults");
    return "token_mode"_option;
  }

  Question MixedQuestion() const {
    if (token_) {
      return number_ && size_ ? "paging.mixed.token_with_both"_question
             : number_        ? "paging.mixed.token_with_page_number"_question
                              : "paging.mixed.token_with_page_size"_question;
    }
    return number_ && size_ ? "paging.mixed.max_results_with_both"_question
           : number_        ? "paging.mixed.max_results_with_page_number"_question
                            : "paging.mixed.max_results_with_page_size"_question;
  }

  // Whether a PageSize of a wrong value is taken as if it were not there at all, so that it does
  // not even choose the way of paging.
  bool SizeCountsAsAbsent() {
    const IntegerText integer =
        ReadInteger(Trimmed(*Value(Slot::kPageSize), "value.blanks.number"_question));
    const std::optional<Question> question = WrongSize(integer);
    return question && *question != "paging.page_size.above_maximum"_question &&
           Is(*question, "as_absent"_option);
  }

  static std::optional<Question> WrongSize(const IntegerText& integer) {
    using Form = IntegerText::Form;
    if (integer.form == Form::kNotInteger) return "paging.page_size.not_integer"_question;
    if (integer.form == Form::kBeyond32Bits) return "paging.page_size.beyond_32_bits"_question;
    if (integer.value > kMaximumPageSize) return "paging.page_size.above_maximum"_question;
    if (integer.value == 0) return "paging.page_size.zero"_question;
    if (integer.value < 0) return "paging.page_size.negative"_question;
    return std::nullopt;
  }

  // The integer, or nothing if another form counts as something else: then `*as_read` is set.
  std::optional<IntegerText> PickInteger(const std::string& text, Question not_integer,
                                         Option* as_read) {
    const std::string trimmed = Trimmed(text, "value.blanks.number"_question);
    IntegerText integer = ReadInteger(trimmed);
    if (integer.form == IntegerText::Form::kNotInteger) {
      *as_read = choices_.Pick(not_integer);
      if (*as_read != "leading_digits"_option) return std::nullopt;
      integer = ReadInteger(LeadingDigits(trimmed));
      if (integer.form == IntegerText::Form::kNotInteger) return std::nullopt;
    }
    const bool sign = integer.form == IntegerText::Form::kSign;
    if (sign || integer.form == IntegerText::Form::kLeadingZeros) {
      const Option option = choices_.Pick(sign ? "value.number.sign"_question
                                               : "value.number.leading_zeros"_question);
      if (option != "as_meant"_option) {
        *as_read = option;
        return std::nullopt;
      }
    }
    return integer;
  }

  // A parameter that takes no effect in this mode, with a value that might be looked at all the
  // same.
  void CheckIneffective(Slot slot, bool given, std::int64_t least, std::int64_t most) {
    if (!given) return;
    using Form = IntegerText::Form;
    const IntegerText integer = ReadInteger(*Value(slot));
    const bool in_range = integer.value >= least && integer.value <= most;
    if (integer.form == Form::kPlain && in_range) return;
    if (integer.form != Form::kNotInteger && in_range) {
      // Written oddly: refused only if it would be refused when it takes effect.
      const Question odd = integer.form == Form::kSign ? "value.number.sign"_question
                                                       : "value.number.leading_zeros"_question;
      plan_.may_be_refused |= !Is(odd, "as_meant"_option);
      return;
    }
    const bool typed = integer.form != Form::kNotInteger && integer.form != Form::kBeyond32Bits;
    if (Is(typed ? "paging.mixed.ineffective_value"_question
                 : "paging.mixed.ineffective_type"_question,
           "refused"_option)) {
      RefuseAsRead("InvalidParameter", NameOf(slot));
    }
  }

  void ReadNumberMode() {
    if (number_) choices_.Mark("page.number.selects"_rule);
    choices_.Mark(number_ ? "page.number.echo"_rule : "page.number.default"_rule);
    choices_.Mark(size_ ? "page.size.echo"_rule : "page.size.default"_rule);
    choices_.Mark("page.size.limits"_rule);
    choices_.Mark("page.total_count.matches"_rule);
    if (number_) paging().number = PageNumber();
    if (size_ && !plan_.stop) paging().size = PageSize();
    if (sized_by_max_results_) {
      paging().size = MaxResults(*Value(Slot::kMaxResults)).value_or(kDefaultPageSize);
    } else if (max_results_ && !as_absent_) {
      CheckIneffective(Slot::kMaxResults, true, 10, kMaximumPageSize);
    }
    if (token_ && !first_page_token_ && !plan_.stop) {
      const auto& token = *Value(Slot::kNextToken);
      if (!(tokens_ && tokens_->Find(token)) &&
          Is("paging.mixed.ineffective_value"_question, "refused"_option)) {
        RefuseAsRead("InvalidParameter", "NextToken");
      }
    }
    paging().largest = paging().size;
    paging().empty |= past_end_;
  }

  std::int64_t PageNumber() {
    Option as_read{};
    const auto integer =
        PickInteger(*Value(Slot::kPageNumber), "paging.page_number.not_integer"_question, &as_read);
    if (integer && integer->form != IntegerText::Form::kBeyond32Bits) {
      if (integer->value > 0) return FarNumber(integer->value);
      as_read = choices_.Pick(integer->value == 0 ? "paging.page_number.zero"_question
                                                  : "paging.page_number.negative"_question);
    } else if (integer) {
      as_read = choices_.Pick("paging.page_number.beyond_32_bits"_question);
    }
    if (as_read == "refused"_option) RefuseAsRead("InvalidParameter", "PageNumber");
    past_end_ = as_read == "past_end"_option;
    return 1;
  }

  // The target may compute positions in 32 bits, and refuse what does not fit.
  std::int64_t FarNumber(std::int64_t number) {
    constexpr std::int64_t kFarthest = std::numeric_limits<std::int32_t>::max();
    const bool fits = (number - 1) * kDefaultPageSize <= kFarthest;
    if (!fits && Is("paging.page_number.beyond_any_list"_question, "refused"_option)) {
      RefuseAsRead("InvalidParameter", "PageNumber");
    }
    return number;
  }

  std::int64_t PageSize() {
    Option as_read{};
    const auto integer =
        PickInteger(*Value(Slot::kPageSize), "paging.page_size.not_integer"_question, &as_read);
    if (integer) {
      const std::int64_t value = integer->value;
      if (value == kMaximumPageSize) choices_.Mark("page.size.maximum"_rule);
      if (value >= 1 && value <= kMaximumPageSize) return value;
      as_read = choices_.Pick(*WrongSize(*integer));
      if (as_read == "cut"_option) return value > 0 ? kMaximumPageSize : 1;
      if (as_read == "raised"_option) return 1;
    }
    if (as_read == "refused"_option) RefuseAsRead("InvalidParameter", "PageSize");
    return kDefaultPageSize;
  }

  void ReadTokenMode() {
    std::optional<std::int64_t> size;
    if (max_results_) size = MaxResults(*Value(Slot::kMaxResults));
    if (plan_.stop) return;
    if (as_absent_ && !token_) {
      // MaxResults counts as absent: what is left decides.
      const bool number_mode =
          number_ || size_ || choices_.Pick("paging.neither"_question) == "page_mode"_option;
      if (number_mode) {
        paging().by_token = false;
        return;
      }
    }
    choices_.Mark("token.max_results.limits"_rule);
    if (!size) choices_.Mark("token.max_results.default"_rule);
    if (!token_) choices_.Mark("token.first_request.without"_rule);
    paging().size = paging().largest = size.value_or(kDefaultPageSize);
    CheckIneffective(Slot::kPageNumber, number_, 1, 2147483647);
    CheckIneffective(Slot::kPageSize, size_, 1, kMaximumPageSize);
    if (size_) paging().size_given = ReadInteger(*Value(Slot::kPageSize)).value;
    if (token_ && !first_page_token_ && !plan_.stop) UseToken();
  }

  std::optional<std::int64_t> MaxResults(const std::string& text) {
    Option as_read{};
    const auto integer = PickInteger(text, "paging.max_results.not_integer"_question, &as_read);
    if (integer) {
      const std::int64_t value = integer->value;
      if (value == kMaximumPageSize) choices_.Mark("token.max_results.maximum"_rule);
      if (value >= kDefaultPageSize && value <= kMaximumPageSize) return value;
      if (value >= 1 && value < kDefaultPageSize) {
        return Is("paging.max_results.below_ten"_question, "honoured"_option) ? value
                                                                              : kDefaultPageSize;
      }
      as_read =
          choices_.Pick(integer->form == IntegerText::Form::kBeyond32Bits
                            ? "paging.max_results.beyond_32_bits"_question
                        : value > kMaximumPageSize ? "paging.max_results.above_maximum"_question
                        : value == 0               ? "paging.max_results.zero"_question
                                                   : "paging.max_results.negative"_question);
      if (as_read == "cut"_option) return value > 0 ? kMaximumPageSize : kDefaultPageSize;
      if (as_read == "raised"_option) return 1;
    }
    if (as_read == "refused"_option) RefuseAsRead("InvalidParameter", "MaxResults");
    as_absent_ = as_read == "as_absent"_option;
    return std::nullopt;
  }

  void UseToken() {
    choices_.Mark("token.next.continues"_rule);
    const std::string& token = *Value(Slot::kNextToken);
    const auto origin = tokens_ ? tokens_->Find(token) : std::nullopt;
    if (!origin) {
      const bool cut = tokens_ && tokens_->IsCut(token);
      return TreatUnknownToken(
          choices_.Pick(cut ? "paging.token.cut"_question : "paging.token.unknown"_question));
    }
    if (origin->loose) {
      plan_.may_be_refused = paging().loose = paging().unknowable = true;
      return;
    }
    if (origin->region != plan_.region) {
      return TreatOtherFilters(choices_.Pick("paging.token.foreign"_question), *origin);
    }
    const auto filters = FilterParameters(request_);
    if (filters == origin->filters) return Continue(*origin);
    if (HasSameMeaning(*origin)) {
      // Written differently with the same meaning: it may be the same walk to a target, or another
      // one.
      plan_.may_be_refused = paging().loose = true;
      return;
    }
    TreatOtherFilters(choices_.Pick("paging.token.other_filters"_question), *origin);
  }

  void TreatUnknownToken(Option option) {
    if (option == "refused"_option) RefuseAsRead("InvalidParameter", "NextToken");
    if (option == "empty_page"_option) paging().empty = true;
  }

  Plan OriginPlan(const TokenOrigin& origin) {
    Request request{.parameters = origin.filters};
    request.Set("Action", "DescribeSnapshots");
    request.Set("Format", plan_.xml ? "XML" : "JSON");
    OwnRefusals choices(choices_);
    return MakePlan(request, dataset_, nullptr, choices);
  }

  bool HasSameMeaning(const TokenOrigin& origin) {
    const Plan plan = OriginPlan(origin);
    return plan.refusals.empty() && plan.filters == plan_.filters;
  }

  void TreatOtherFilters(Option option, const TokenOrigin& origin) {
    if (option == "request_filters"_option) {
      // The target chooses where the walk continues in the other list.
      paging().loose = true;
    } else if (option == "token_filters"_option) {
      Plan plan = OriginPlan(origin);
      plan_.filters = std::move(plan.filters);
      plan_.region = std::move(plan.region);
      plan_.unseen_region = plan.unseen_region;
      plan_.may_be_refused |= plan.may_be_refused;
      plan_.by_ids = plan.by_ids;
      plan_.candidates = std::move(plan.candidates);
      Continue(origin);
    } else {
      TreatUnknownToken(option);
    }
  }

  void Continue(const TokenOrigin& origin) {
    if (origin.used && Is("paging.token.reused"_question, "refused"_option)) {
      RefuseAsRead("InvalidParameter", "NextToken");
    }
    plan_.may_be_refused |= origin.perhaps_used && !origin.used;
    const auto& asked = Value(Slot::kMaxResults);
    if (asked != origin.max_results) {
      TreatOtherSize(origin, asked ? "paging.token.other_max_results"_question
                                   : "paging.token.without_max_results"_question);
    }
    paging().origin = origin;
  }

  void TreatOtherSize(const TokenOrigin& origin, Question question) {
    const Option option = choices_.Pick(question);
    if (option == "refused"_option) RefuseAsRead("InvalidParameter", "MaxResults");
    if (option != "token_size"_option) return;
    const std::optional<std::int64_t> size =
        origin.max_results ? MaxResults(*origin.max_results) : std::nullopt;
    paging().size = paging().largest = size.value_or(kDefaultPageSize);
  }

  const Request& request_;
  const Tokens* tokens_;
  bool number_ = false, size_ = false, token_ = false, max_results_ = false;
  bool first_page_token_ = false;  // an empty NextToken that counts as the start of a walk
  bool as_absent_ = false;         // a MaxResults that counts as absent
  bool past_end_ = false;
  bool sized_by_max_results_ = false;  // though pages are by number
};

}  // namespace

void ReadPaging(PlanDraft& draft) { PagingReader(draft).Read(); }

}  // namespace assay
