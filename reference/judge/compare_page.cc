#include "reference/judge/compare_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <span>

#include "reference/describe_snapshots/select.h"
#include "reference/describe_snapshots/values.h"
#include "spec/text/count.h"

namespace assay {
namespace {

// If pages by number may be what is asked for, and no token is given: a wrong TotalCount is
// likelier than pages by token that end too soon. More than the stages from counting on.
constexpr int kUnlikeATokenMode = 3'500;
constexpr std::size_t kLooked = 8;  // wrongly listed snapshots that tell the filter

using Kind = ObservedValue::Kind;

std::optional<std::int64_t> IntegerOf(const ObservedValue& value) {
  if (value.kind != Kind::kInteger && value.kind != Kind::kText) return std::nullopt;
  std::int64_t out = 0;
  const auto [end, error] =
      std::from_chars(value.text.data(), value.text.data() + value.text.size(), out);
  if (error != std::errc() || end != value.text.data() + value.text.size()) return std::nullopt;
  return out;
}

std::string Shown(const ObservedValue& value) {
  return value.given() ? Excerpt(value.text, 40) : std::string("nothing");
}

class PageComparer {
 public:
  PageComparer(const Request& request, const Answer& expected, const ObservedAnswer& answer,
               const std::vector<std::uint32_t>& listed, const Dataset& dataset, Choices& choices)
      : request_(request),
        page_(expected.page),
        paging_(expected.plan.paging),
        plan_(expected.plan),
        answer_(answer),
        listed_(listed),
        dataset_(dataset),
        choices_(choices) {}

  PageComparison Compare() {
    if (paging_.unknowable) return {};
    const bool open = this->open();
    // Stage by stage: the reading that gets furthest describes best what is wrong.
    for (const auto stage : {&PageComparer::CheckListed, &PageComparer::CheckMembership,
                             open ? &PageComparer::CheckOpenTotal : &PageComparer::CheckCount,
                             open ? &PageComparer::CheckOpenCount : &PageComparer::CheckTotal,
                             &PageComparer::CheckEcho, &PageComparer::CheckToken,
                             open ? &PageComparer::CheckOpenOrder : &PageComparer::CheckOrder}) {
      (this->*stage)();
      if (out_.difference) break;
      out_.closeness += 1000;
    }
    return std::move(out_);
  }

 private:
  void Differ(Rule rule, std::string expected, std::string actual, std::string shape = "") {
    out_.difference =
        ListDifference(rule, std::move(expected), std::move(actual), std::move(shape));
  }
  void DifferInEcho(Rule rule, std::string expected, std::string actual) {
    out_.difference = FormDifference(rule, std::move(expected), std::move(actual), "echo");
  }
  void Show(Question question, std::initializer_list<Option> options) {
    out_.answers.push_back({question, OptionSet::Of(question, options)});
  }
  // No snapshot of a region that the state does not know has a position.
  std::int64_t count() const {
    return static_cast<std::int64_t>(plan_.unseen_region ? answer_.snapshot_count : listed_.size());
  }
  std::int64_t total() const { return shown_total_.value_or(page_.total); }
  std::int64_t end() const { return shown_total_.value_or(page_.end); }
  bool open() const { return plan_.unseen_region || !page_.open.empty(); }
  std::string Name(std::uint32_t position) const {
    return dataset_.snapshots[position][Field::kSnapshotId];
  }

  // The rule that the presence of these snapshots breaks, and one of them that shows it: the filter
  // that most of them do not satisfy, since one that is ignored lets in what fails it alone.
  struct Blame {
    Rule rule;
    std::uint32_t shown;
  };
  Blame BlameForExtra(const std::vector<std::uint32_t>& extra) {
    for (const std::uint32_t position : extra) {
      if (dataset_.snapshots[position][Field::kRegionId] != plan_.region) {
        return {"request.region_id.selects"_rule, position};
      }
    }
    Blame out{"request.parameters.conjunction"_rule, extra.front()};
    std::size_t most = 0;
    for (const Filter& filter : plan_.filters) {
      std::size_t failing = 0;
      std::uint32_t first = 0;
      for (const std::uint32_t position : std::span(extra).first(std::min(extra.size(), kLooked))) {
        const Snapshot& snapshot = dataset_.snapshots[position];
        if (IsOpen(filter, snapshot, dataset_, plan_.hidden) ||
            Matches(filter, snapshot, dataset_, plan_.hidden, choices_)) {
          continue;
        }
        if (failing++ == 0) first = position;
      }
      // That Encrypted=false selects at all is not certain.
      const bool certain = filter.kind != Filter::Kind::kUnencrypted;
      if (2 * failing + (certain ? 1 : 0) <= most || failing == 0) continue;
      most = 2 * failing + (certain ? 1 : 0);
      out = {filter.rule, first};
    }
    return out;
  }
  // The rule that a snapshot's absence breaks: the only filter, or their conjunction.
  Rule BlameForMissing() const {
    if (plan_.filters.size() == 1) return plan_.filters.front().rule;
    return plan_.filters.empty() ? "request.parameters.unspecified"_rule
                                 : "request.parameters.conjunction"_rule;
  }

  // response.snapshot.known: a discovered state holds all that the region lists without filters.
  void CheckListed() {
    if (!dataset_.discovered || plan_.unseen_region) return;
    for (std::size_t i = 0; i < answer_.snapshot_count; ++i) {
      const std::string_view id = answer_.snapshots[i][Field::kSnapshotId].text;
      if (id.empty() || dataset_.by_id.contains(id)) continue;
      return Differ("response.snapshot.known"_rule,
                    "a snapshot that the region's whole list shows too", Excerpt(id), "unknown");
    }
  }

  void CheckMembership() {
    std::vector<std::uint32_t> extra;
    for (const std::uint32_t position : listed_) {
      if (page_.matches.Contains(position) || std::ranges::binary_search(page_.open, position)) {
        ++out_.closeness;
        continue;
      }
      extra.push_back(position);
      --out_.closeness;
    }
    if (extra.empty() || out_.difference) return;
    const Blame blame = BlameForExtra(extra);
    Differ(blame.rule, "only snapshots that match the request",
           fmt::format("{} is listed though it does not match", Name(blame.shown)), "extra");
  }

  // "; s-1 is not listed, though it matches" if one page has to hold the whole list, but does not.
  std::string Missing() const {
    const bool is_whole = page_.start == 0 && !paging_.origin && page_.count == page_.total;
    if (!is_whole || open()) return "";
    for (const std::uint32_t position : page_.matches) {
      if (std::ranges::find(listed_, position) == listed_.end()) {
        return fmt::format("; {} is not listed, though it matches", Name(position));
      }
    }
    return "";
  }

  void CheckCount() {
    if (paging_.loose) {
      if (count() > paging_.size) DifferByTooMany();
      return;
    }
    if (count() > page_.count) return DifferByTooMany();
    if (count() == page_.count) return ShowFullPage();
    if (!paging_.by_token) {
      const auto total = IntegerOf(answer_.total_count);
      const bool list_is_short = total && *total < page_.total;
      return Differ(list_is_short ? BlameForMissing() : "page.size.limits"_rule,
                    CountOfSnapshots(static_cast<std::size_t>(page_.count)) + " on the page",
                    CountOfSnapshots(static_cast<std::size_t>(count())) + Missing(), "missing");
    }
    // A short page is allowed in token mode, as long as the walk goes on.
    if (answer_.next_token.kind == Kind::kText && !answer_.next_token.text.empty()) {
      Show("paging.token.short_page"_question, {"allowed"_option});
    } else {
      Differ(
          plan_.filters.empty() || paging_.origin ? "token.walk.complete"_rule : BlameForMissing(),
          CountText(static_cast<std::uint64_t>(page_.count - count()), "more snapshot") +
              ", or a NextToken",
          CountOfSnapshots(static_cast<std::size_t>(count())) + " and no NextToken" + Missing(),
          "missing");
    }
  }
  // If more follow, a full page agrees with both options: it shows only that the question was
  // asked.
  void ShowFullPage() {
    if (!paging_.by_token || page_.start + count() >= page_.end) return;
    Show("paging.token.short_page"_question, {"never"_option, "allowed"_option});
  }

  // If the state does not tell whether some listed snapshots match: as many as the list itself
  // says, within what is possible.
  void CheckOpenTotal() {
    if (paging_.by_token || paging_.loose) return;
    const auto total = IntegerOf(answer_.total_count);
    const std::int64_t most =
        plan_.unseen_region ? std::numeric_limits<std::int64_t>::max()
                            : static_cast<std::int64_t>(page_.matches.size() + page_.open.size());
    if (total && *total >= page_.total && *total <= most) {
      shown_total_ = total;
      return;
    }
    Differ(total && *total < page_.total ? BlameForMissing() : "page.total_count.matches"_rule,
           fmt::format("TotalCount of at least {}", page_.total),
           fmt::format("TotalCount {}", Shown(answer_.total_count)), "total");
  }

  void CheckOpenCount() {
    if (count() > paging_.size) return DifferByTooMany();
    if (paging_.loose) return;
    const bool whole = paging_.by_token ? !paging_.origin && answer_.next_token.text.empty()
                                        : page_.start == 0 && total() == count();
    if (!paging_.by_token) {
      const std::int64_t expected =
          paging_.empty ? 0 : std::clamp<std::int64_t>(total() - page_.start, 0, paging_.size);
      if (count() != expected) {
        return Differ("page.size.limits"_rule,
                      CountOfSnapshots(static_cast<std::size_t>(expected)) + " on the page",
                      CountOfSnapshots(static_cast<std::size_t>(count())), "missing");
      }
    }
    if (!whole || paging_.empty) return;
    for (const std::uint32_t position : page_.matches) {
      if (std::ranges::find(listed_, position) != listed_.end()) continue;
      return Differ(BlameForMissing(), "every snapshot that matches",
                    fmt::format("{} is not listed", Name(position)), "missing");
    }
  }

  // The rule that says how many such a request gets on a page.
  Rule RuleOfSize() const {
    if (paging_.by_token && request_.Find("MaxResults")) return "token.max_results.limits"_rule;
    if (paging_.by_token && request_.Find("NextToken")) return "token.max_results.default"_rule;
    return "page.size.limits"_rule;
  }

  void DifferByTooMany() {
    const bool beyond_size = count() > paging_.size;
    const Rule rule = beyond_size        ? RuleOfSize()
                      : paging_.by_token ? "token.walk.unique"_rule
                                         : "page.size.limits"_rule;
    Differ(rule, AtMostText(static_cast<std::uint64_t>(page_.count), "snapshot"),
           CountOfSnapshots(static_cast<std::size_t>(count())), "too many");
  }

  void CheckTotal() {
    const auto total = IntegerOf(answer_.total_count);
    if (paging_.by_token) {
      const Question question = "paging.total_count.token_mode"_question;
      if (!answer_.total_count.given()) return Show(question, {"absent"_option});
      if (total == 0 && page_.total == 0) {
        return Show(question, {"all"_option, "zero"_option, "anything"_option});
      }
      if (total == page_.total) return Show(question, {"all"_option, "anything"_option});
      if (total == 0) return Show(question, {"zero"_option, "anything"_option});
      // What is documented as invalid is the total of a walk by token. If the request asks for
      // none, it is the target that pages so, and its total counts all or what it lists.
      const bool asks = request_.Find("MaxResults") || request_.Find("NextToken");
      if (asks || total == count()) return Show(question, {"anything"_option});
    }
    if (total == page_.total) return;
    // If the page has them all, they are only counted wrongly.
    const bool other_list = total && plan_.filters.size() > 0 && *total < page_.total &&
                            page_.start > 0 && page_.total <= paging_.size;
    Differ(other_list ? BlameForMissing() : "page.total_count.matches"_rule,
           fmt::format("TotalCount {}", page_.total),
           fmt::format("TotalCount {}{}", Shown(answer_.total_count), Missing()), "total");
  }

  // The number that the request gave, if it may be echoed in place of the one applied.
  std::optional<std::int64_t> GivenInteger(const char* name) const {
    const auto text = request_.Find(name);
    if (!text) return std::nullopt;
    const IntegerText integer = ReadInteger(*text);
    if (integer.form == IntegerText::Form::kNotInteger) return std::nullopt;
    return integer.value;
  }

  void CheckEcho() {
    if (paging_.by_token) return CheckTokenModeEcho();
    const auto number = IntegerOf(answer_.page_number);
    if (paging_.instead && paging_.loose && number && *number > 0) return;  // the last, whichever
    if (number != paging_.number && (!number || number != GivenInteger("PageNumber"))) {
      return DifferInEcho("page.number.echo"_rule, fmt::format("PageNumber {}", paging_.number),
                          fmt::format("PageNumber {}", Shown(answer_.page_number)));
    }
    const auto size = IntegerOf(answer_.page_size);
    if (size != paging_.size && (!size || size != GivenInteger("PageSize"))) {
      DifferInEcho("page.size.echo"_rule, fmt::format("PageSize {}", paging_.size),
                   fmt::format("PageSize {}", Shown(answer_.page_size)));
    }
  }

  void CheckTokenModeEcho() {
    const Question number_question = "paging.page_number.token_mode"_question;
    const auto number = IntegerOf(answer_.page_number);
    if (!answer_.page_number.given()) {
      Show(number_question, {"absent"_option});
    } else if (number == 0) {
      Show(number_question, {"zero"_option});
    } else if (number && *number > 0) {
      Show(number_question, {"given"_option});
    } else {
      return DifferInEcho("page.number.echo"_rule, "a page number, 0, or none",
                          fmt::format("PageNumber {}", Shown(answer_.page_number)));
    }
    const Question size_question = "paging.page_size.token_mode"_question;
    const auto size = IntegerOf(answer_.page_size);
    OptionSet options;
    const auto allow = [&](Option option) { options |= OptionSet::Of(size_question, {option}); };
    if (!answer_.page_size.given()) allow("absent"_option);
    if (size == 0) allow("zero"_option);
    if (size == paging_.size || size == paging_.largest ||
        (size && size == GivenInteger("MaxResults"))) {
      allow("max_results"_option);
    }
    if (size == paging_.size_given) allow("given"_option);
    // Pages of the target's own size: no option describes it, but a size it is.
    if (options.empty() && size && *size >= count() && *size <= kMaximumPageSize) return;
    if (options.empty()) {
      return DifferInEcho(
          "page.size.echo"_rule,
          fmt::format("PageSize {}, {}, 0, or none", paging_.size, paging_.size_given),
          fmt::format("PageSize {}", Shown(answer_.page_size)));
    }
    out_.answers.push_back({size_question, options});
  }

  bool MayBeByNumber() const {
    const bool asks_for_a_page = request_.Find("PageNumber") || request_.Find("PageSize");
    return !request_.Find("NextToken") && (asks_for_a_page || !request_.Find("MaxResults"));
  }

  void CheckToken() {
    const bool given = answer_.next_token.kind == Kind::kText && !answer_.next_token.text.empty();
    if (paging_.loose || paging_.empty) return;
    if (open() && !shown_total_) return;
    const std::int64_t rest = end() - page_.start - count();
    const bool more = rest > 0;
    if (!paging_.by_token) {
      if (more) {
        Show("paging.next_token.page_mode"_question, {given ? "continues"_option : "none"_option});
      } else if (given) {
        CheckFullLastPage();
      } else {
        ShowLastPageForm();
      }
      return;
    }
    if (more && !given) {
      if (MayBeByNumber()) out_.closeness -= kUnlikeATokenMode;
      return Differ("token.next.given"_rule,
                    "a NextToken, since " +
                        CountText(static_cast<std::uint64_t>(rest), "more follows", "more follow"),
                    "no NextToken", "no token");
    }
    if (more) return;
    if (!given) {
      if (count() == paging_.size && count() > 0) {
        Show("paging.next_token.full_last_page"_question, {"none"_option});
      }
      return ShowLastPageForm();
    }
    // Pages may be cut before the filters apply, so that many are short or empty.
    const auto region = static_cast<std::int64_t>(dataset_.In(plan_.region).size());
    const std::int64_t most = 2 * std::max(region, page_.total) + 50;
    if (paging_.origin && paging_.origin->page > most) {
      return Differ("token.walk.ends"_rule, "a page without NextToken at the end of the walk",
                    "another NextToken after " +
                        CountText(static_cast<std::uint64_t>(paging_.origin->page), "page"),
                    "");
    }
    CheckFullLastPage();
  }

  void CheckFullLastPage() {
    if (!paging_.by_token && page_.start >= end() && end() > 0) return;
    if (count() == paging_.size) {
      Show("paging.next_token.full_last_page"_question, {"continues"_option});
    } else if (paging_.by_token) {
      Show("paging.token.short_page"_question, {"allowed"_option});
    }
    // By number it says nothing: the document's sample, one of one snapshot, has a token, too.
  }

  void ShowLastPageForm() {
    if (answer_.xml) return;  // an empty element and none are the same to an XML client
    Show(paging_.by_token ? "paging.next_token.last_page"_question
                          : "paging.next_token.page_mode_form"_question,
         {answer_.next_token.given() ? "empty_string"_option : "absent"_option});
  }

  // WalkMemory checks page.order.stable; here: which of the named orders the page agrees with.
  void CheckOrder() {
    CheckRepeats();
    if (listed_.empty() || out_.difference) return;
    if (page_.end != static_cast<std::int64_t>(page_.matches.size()) || paging_.loose) return;
    if (!page_.matches.region() &&
        !std::ranges::all_of(page_.matches, [&](auto at) { return KnowsTime(at); })) {
      return;
    }
    ShowOrder(OrdersThatAgree());
  }
  bool KnowsTime(std::uint32_t position) const {
    return dataset_.snapshots[position].Knows(Field::kCreationTime);
  }

  void CheckRepeats() {
    if (auto again = ListedAgain(paging_, listed_, dataset_)) out_.difference = std::move(again);
  }

  // What lies between is not known: only the snapshots of the page tell.
  void CheckOpenOrder() {
    CheckRepeats();
    if (listed_.empty() || paging_.loose || plan_.unseen_region || out_.difference) return;
    if (!std::ranges::all_of(listed_, [&](auto at) { return KnowsTime(at); })) return;
    const auto time = [&](std::uint32_t at) { return dataset_.snapshots[at].creation_time; };
    ShowOrder({std::ranges::is_sorted(listed_, std::ranges::greater{}, time),
               std::ranges::is_sorted(listed_, std::ranges::less{}, time)});
  }

  struct Orders {
    bool newest_first = true, oldest_first = true;
  };
  void ShowOrder(const Orders& orders) {
    const Question question = "paging.order"_question;
    const auto [newest, oldest] = orders;
    OptionSet options = OptionSet::Of(question, {"any"_option});
    if (newest) options |= OptionSet::Of(question, {"newest_first"_option});
    if (oldest) options |= OptionSet::Of(question, {"oldest_first"_option});
    out_.answers.push_back({question, options});
  }

  // How many matches were created before and after the snapshots of one second.
  struct Neighbours {
    std::int64_t older = 0, newer = 0;
  };

  // Equal creation times may come in any order, so a snapshot at rank r fits if at most r matches
  // come before its time, and at least r + 1 up to it.
  template <typename NeighboursOf>
  Orders OrdersThatAgree(NeighboursOf neighbours_of) const {
    Orders agree;
    const auto all = static_cast<std::int64_t>(page_.matches.size());
    for (std::size_t i = 0; i < listed_.size(); ++i) {
      const auto [older, newer] = neighbours_of(dataset_.snapshots[listed_[i]].creation_time);
      const std::int64_t rank = page_.start + static_cast<std::int64_t>(i);
      agree.newest_first &= newer <= rank && all - older > rank;
      agree.oldest_first &= older <= rank && all - newer > rank;
      if (!agree.newest_first && !agree.oldest_first) break;
    }
    return agree;
  }

  Orders OrdersThatAgree() const {
    if (page_.matches.region()) {
      return OrdersThatAgree([&](std::int64_t time) -> Neighbours {
        return {CountOlder(page_.matches, time), CountNewer(page_.matches, time)};
      });
    }
    return OrdersOneByOne();
  }

  // Of the matches only those between the page's first and last time tell its snapshots apart.
  Orders OrdersOneByOne() const {
    const auto time_of = [&](std::uint32_t position) {
      return dataset_.snapshots[position].creation_time;
    };
    const auto [oldest, newest] = std::ranges::minmax(listed_, {}, time_of);
    const std::int64_t first = time_of(oldest), last = time_of(newest);
    std::int64_t before = 0, after = 0;
    std::vector<std::int64_t> between;
    for (const std::uint32_t position : page_.matches) {
      const std::int64_t time = time_of(position);
      if (time < first) {
        ++before;
      } else if (time > last) {
        ++after;
      } else {
        between.push_back(time);
      }
    }
    return OrdersThatAgree([&](std::int64_t time) {
      Neighbours out{before, after};
      for (const std::int64_t other : between) {
        out.older += other < time ? 1 : 0;
        out.newer += other > time ? 1 : 0;
      }
      return out;
    });
  }

  const Request& request_;
  const Page& page_;
  const Paging& paging_;
  const Plan& plan_;
  const ObservedAnswer& answer_;
  const std::vector<std::uint32_t>& listed_;
  const Dataset& dataset_;
  Choices& choices_;
  std::optional<std::int64_t> shown_total_;  // of a list that is open
  PageComparison out_;
};

}  // namespace

std::optional<Difference> ListedAgain(const Paging& paging,
                                      const std::vector<std::uint32_t>& listed,
                                      const Dataset& dataset) {
  if (!paging.by_token || !paging.origin || !paging.origin->delivered) return std::nullopt;
  for (const std::uint32_t position : listed) {
    const auto at = paging.origin->delivered->find(position);
    if (at == paging.origin->delivered->end() || at->second >= paging.origin->page) continue;
    return ListDifference("token.walk.unique"_rule, "snapshots that the walk has not listed yet",
                          fmt::format("{} again", dataset.snapshots[position][Field::kSnapshotId]),
                          "again");
  }
  return std::nullopt;
}

PageComparison ComparePage(const Request& request, const Answer& expected,
                           const ObservedAnswer& answer, const std::vector<std::uint32_t>& listed,
                           const Dataset& dataset, Choices& choices) {
  return PageComparer(request, expected, answer, listed, dataset, choices).Compare();
}

}  // namespace assay
