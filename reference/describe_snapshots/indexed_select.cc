// Each value is compared once, by the same code that compares snapshots one by one, and decides for
// all snapshots that have it. A value on which an open question decides is left unsettled until a
// snapshot has asked that question.
#include "reference/describe_snapshots/indexed_select.h"

#include <algorithm>
#include <bitset>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "reference/describe_snapshots/select.h"
#include "reference/reading/option_set.h"

namespace assay {
namespace {

// Knows which questions were asked on the way.
class NotingChoices : public Choices {
 public:
  explicit NotingChoices(Choices& choices) : choices_(choices) {}
  Option Pick(Question question) override {
    asked_.set(Index(question));
    return choices_.Pick(question);
  }
  bool HasAsked(Question question) const { return asked_[Index(question)]; }
  std::size_t count() const { return asked_.count(); }

 private:
  Choices& choices_;
  std::bitset<kQuestionCount> asked_;
};

// Asks no question that was not asked before.
class AskedChoices : public Choices {
 public:
  explicit AskedChoices(NotingChoices& choices) : choices_(choices) {}
  Option Pick(Question question) override {
    if (choices_.HasAsked(question)) return choices_.Pick(question);
    if (!unsettled) unsettled = question;
    return OptionAt(question, 0);
  }
  std::optional<Question> unsettled;  // the first that it would have to ask

 private:
  NotingChoices& choices_;
};

// The longest text without a wildcard.
std::string_view LongestPart(std::string_view pattern) {
  std::string_view longest;
  while (!pattern.empty()) {
    const std::string_view part = pattern.substr(0, pattern.find('*'));
    if (part.size() > longest.size()) longest = part;
    pattern.remove_prefix(std::min(part.size() + 1, pattern.size()));
  }
  return longest;
}

// The snapshots that satisfy a filter, and those on which questions decide that were not asked.
struct Split {
  RankSet yes, unsettled;
  std::set<Question> questions;
  bool certain = true;  // each of those on which they decide asks one of them
};

// The same by classes of snapshots that are alike.
struct Classes {
  std::vector<RankSet> yes, unsettled;
  std::set<Question> questions;
};

// So many of a region are looked up for a filter in the time that one snapshot is looked at.
constexpr std::uint32_t kManyForOne = 1024;
// One in so many is met soon on the way through the region, if they are spread, within kSoon steps.
constexpr std::uint32_t kOften = 64;
constexpr std::size_t kSoon = 256;

class IndexedSelection {
 public:
  IndexedSelection(const Plan& plan, const Dataset& dataset, const RegionIndex& region,
                   Choices& choices)
      : plan_(plan), dataset_(dataset), region_(region), choices_(choices) {}

  MatchSet Run(std::vector<std::uint32_t>& open) {
    while (true) {
      const std::optional<Split> split = SplitByAll();
      if (!split) return OneByOne(open);
      if (split->unsettled.empty()) return {region_, split->yes};
      if (split->certain && split->questions.size() == 1) {
        choices_.Pick(*split->questions.begin());
      } else if (!AskOf(split->unsettled)) {
        return {region_, Settle(*split)};
      }
    }
  }

 private:
  // Those that satisfy all filters, and those that satisfy the first ones and then come to a
  // question; the others ask nothing. Nothing if a filter cannot be looked up, or so few come to it
  // that looking at each is cheaper: then `reached_` are those that may come that far.
  std::optional<Split> SplitByAll() {
    Split all{settled_, None(), {}};
    for (std::size_t i = filters_settled_; i < plan_.filters.size(); ++i) {
      reached_ = Union(all.yes, all.unsettled);
      if (reached_.count() <= region_.size() / kManyForOne) return std::nullopt;
      const std::optional<Split> split = SplitBy(plan_.filters[i]);
      if (!split) return std::nullopt;
      const RankSet unsettled = Intersection(all.yes, split->unsettled);
      if (!unsettled.empty()) {
        all.unsettled = Union(all.unsettled, unsettled);
        all.questions.insert(split->questions.begin(), split->questions.end());
        all.certain &= split->certain;
      }
      all.yes = Intersection(all.yes, split->yes);
      if (all.unsettled.empty()) {
        settled_ = all.yes;
        filters_settled_ = i + 1;
      }
    }
    return all;
  }

  MatchSet OneByOne(std::vector<std::uint32_t>& open) {
    std::vector<std::uint32_t> out;
    const MatchSet reached(region_, reached_);
    for (const std::uint32_t position : reached.positions()) {
      const Fit fit = FitOf(plan_, dataset_.snapshots[position], dataset_, choices_);
      if (fit == Fit::kOpen) open.push_back(position);
      if (fit == Fit::kYes) out.push_back(position);
    }
    return out;
  }

  // In the model's order, until one of them asks something new; false if none does.
  bool AskOf(const RankSet& unsettled) {
    const std::size_t before = choices_.count();
    const auto asks = [&](std::uint32_t position) {
      FitOf(plan_, dataset_.snapshots[position], dataset_, choices_);
      return choices_.count() > before;
    };
    if (unsettled.count() > region_.size() / kOften) {
      const std::vector<std::uint32_t>& all = region_.positions();
      for (std::size_t i = 0; i < std::min(all.size(), kSoon); ++i) {
        if (unsettled.Contains(*region_.RankOf(all[i])) && asks(all[i])) return true;
      }
    }
    std::vector<std::uint32_t> rest = unsettled.Ranks();
    for (std::uint32_t& rank : rest) rank = region_.PositionAt(rank);
    std::ranges::make_heap(rest, std::ranges::greater());  // mostly one of the first ones asks
    for (; !rest.empty(); rest.pop_back()) {
      std::ranges::pop_heap(rest, std::ranges::greater());
      if (asks(rest.back())) return true;
    }
    return false;
  }

  // None of them came to a question after all.
  RankSet Settle(const Split& split) {
    std::vector<std::uint32_t> ranks = split.unsettled.Ranks();
    std::erase_if(ranks, [&](std::uint32_t rank) {
      return FitOf(plan_, region_.At(rank), dataset_, choices_) != Fit::kYes;
    });
    return Union(split.yes, RankSet::Of(std::move(ranks), region_.size()));
  }

  std::optional<Split> SplitBy(const Filter& filter) {
    using Kind = Filter::Kind;
    switch (filter.kind) {
      case Kind::kNothing:
        return Split{None(), None(), {}};
      case Kind::kEquals:
        return ByValues(filter.field, {filter.value});
      case Kind::kOneOf:
        return ByValues(filter.field, filter.values);
      case Kind::kEqualsAnyCase:
      case Kind::kUsage:
      case Kind::kResourceGroup:
      case Kind::kUnencrypted:
        return ByEveryValue(filter);
      case Kind::kName:
        return ByName(filter);
      case Kind::kCreatedAfter:
      case Kind::kCreatedBefore:
        return ByTime(filter);
      case Kind::kTagKey:
      case Kind::kTagPair:
      case Kind::kTagEmptyValue:
        return ByTags(filter);
    }
    return std::nullopt;
  }

  RankSet None() const { return RankSet::Of({}, region_.size()); }

  // Puts the ranks where the snapshot, which is like all of them, belongs.
  template <typename Ranks>
  void Sort(const Filter& filter, const Snapshot& example, Ranks ranks, Classes& out) {
    AskedChoices probe(choices_);
    const bool yes = Matches(filter, example, dataset_, plan_.hidden, probe);
    if (probe.unsettled) {
      out.unsettled.push_back(ranks());
      out.questions.insert(*probe.unsettled);
    } else if (yes) {
      out.yes.push_back(ranks());
    }
  }
  void SortClass(const Filter& filter, const RankClasses& classes, std::uint32_t which,
                 Classes& out) {
    const auto ranks = [&] { return classes.Ranks(which); };
    Sort(filter, region_.At(classes.Example(which)), ranks, out);
  }
  Split Joined(const Classes& classes) const {
    return {UnionOf(classes.yes, region_.size()), UnionOf(classes.unsettled, region_.size()),
            classes.questions};
  }

  std::optional<Split> ByValues(Field field, const std::vector<std::string>& values) const {
    Classes out;
    for (const std::string& value : values) {
      auto ranks = region_.With(field, value);
      if (!ranks) return std::nullopt;
      out.yes.push_back(*std::move(ranks));
    }
    return Joined(out);
  }

  std::optional<Split> ByEveryValue(const Filter& filter) {
    const RankClasses* classes = region_.Values(filter.field);
    if (!classes) return std::nullopt;
    Classes out;
    for (std::uint32_t i = 0; i < classes->count(); ++i) SortClass(filter, *classes, i, out);
    return Joined(out);
  }

  // A name matches under no reading if it does not hold what stands between two wildcards.
  std::optional<Split> ByName(const Filter& filter) {
    const std::string_view part = LongestPart(filter.value);
    if (part.empty()) return ByEveryValue(filter);
    const RankClasses* classes = region_.Values(filter.field);
    if (!classes) return std::nullopt;
    Classes out;
    for (const std::uint32_t i : region_.NamesWith(part)) {
      SortClass(filter, *classes, i, out);
    }
    return Joined(out);
  }

  // Only the minute of the filter's time may be open; on one side of it all match, on the other
  // none.
  std::optional<Split> ByTime(const Filter& filter) {
    constexpr std::int64_t kMinute = 60;
    const std::uint32_t begin = region_.CountBefore(filter.seconds);
    const std::uint32_t end = region_.CountBefore(filter.seconds + kMinute);
    const std::uint32_t size = region_.size();
    const bool after = filter.kind == Filter::Kind::kCreatedAfter;
    Classes out;
    out.yes.push_back(after ? RankSet::Range(end, size, size) : RankSet::Range(0, begin, size));
    for (std::uint32_t first = begin; first < end;) {
      const std::uint32_t next = region_.CountBefore(region_.TimeAt(first) + 1);
      const auto ranks = [&] { return RankSet::Range(first, next, size); };
      Sort(filter, region_.At(first), ranks, out);
      first = next;
    }
    return Joined(out);
  }

  // A snapshot with several tags that could match asks as their order has it.
  std::optional<Split> ByTags(const Filter& filter) {
    const RankClasses* pairs = region_.Tags();
    if (!pairs) return std::nullopt;
    Classes out;
    for (const std::uint32_t pair : region_.PairsWithKey(filter.value)) {
      Snapshot example;
      example.tags.push_back(region_.TagOf(pair));
      Sort(
          filter, example, [&] { return pairs->Ranks(pair); }, out);
    }
    Split split = Joined(out);
    split.yes = Without(split.yes, split.unsettled);
    split.certain = false;
    return split;
  }

  const Plan& plan_;
  const Dataset& dataset_;
  const RegionIndex& region_;
  NotingChoices choices_;
  RankSet reached_;
  // Those that satisfy so many of the first filters, whatever is asked later.
  RankSet settled_ = region_.All();
  std::size_t filters_settled_ = 0;
};

}  // namespace

MatchSet SelectByIndex(const Plan& plan, const Dataset& dataset, const RegionIndex& region,
                       Choices& choices, std::vector<std::uint32_t>& open) {
  return IndexedSelection(plan, dataset, region, choices).Run(open);
}

}  // namespace assay
