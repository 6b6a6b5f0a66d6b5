#include "reference/judge/telling_snapshot.h"

#include <fmt/format.h>

#include <algorithm>

#include "reference/answer/observed.h"
#include "reference/describe_snapshots/model.h"
#include "reference/describe_snapshots/parameters.h"
#include "reference/judge/situations.h"
#include "reference/reading/path_choices.h"

namespace assay {
namespace {

constexpr std::size_t kLongestRequest = 200;  // of a request

bool Has(const std::vector<std::uint32_t>& positions, std::uint32_t position) {
  return std::ranges::find(positions, position) != positions.end();
}

// What a request selects in its own meaning and in the other list's.
struct Selected {
  Page own, other;

  // The page shows whether the snapshot is in the list; otherwise only TotalCount tells.
  bool Shows(std::uint32_t position, const std::vector<std::uint32_t>& listed) const {
    const bool whole = own.start == 0 && own.count == static_cast<std::int64_t>(own.matches.size());
    return whole || Has(listed, position);
  }
  bool Differs(std::uint32_t position) const {
    return own.matches.Contains(position) != other.matches.Contains(position);
  }
};

class Describer {
 public:
  Describer(Question question, const MeantList& one, const MeantList& other, const Dataset& dataset,
            const Domains& domains, const HiddenValues* hidden)
      : question_(question),
        one_(one),
        other_(other),
        dataset_(dataset),
        domains_(domains),
        hidden_(hidden) {}

  std::optional<TwoMeanings> Describe() {
    const auto mine = SelectedBy(one_, other_), theirs = SelectedBy(other_, one_);
    if (!mine || !theirs) return std::nullopt;
    std::optional<std::uint32_t> best;
    int shown_by_best = -1;
    for (std::uint32_t position = 0; position < dataset_.snapshots.size(); ++position) {
      if (!Tells(position, *mine, *theirs)) continue;
      const int shown = mine->Shows(position, one_.listed) + theirs->Shows(position, other_.listed);
      if (shown <= shown_by_best) continue;
      best = position;
      shown_by_best = shown;
    }
    if (best) return Text(*best, *best, *mine, *theirs);
    // The values are not the same: a snapshot for each tells.
    for (const bool in_mine : {true, false}) {
      const auto shown = TellingIn(one_, *mine, in_mine),
                 missed = TellingIn(other_, *theirs, !in_mine);
      if (shown && missed) return Text(*shown, *missed, *mine, *theirs);
    }
    return std::nullopt;
  }

 private:
  // Nothing if the request would be refused.
  std::optional<Page> PageOf(const MeantList& list, OptionSet meaning) const {
    Domains domains = domains_;
    domains[Index(question_)] = meaning;
    PathChoices choices(domains, [](const Refusal&) { return false; });
    const Answer answer =
        DescribeSnapshots(list.request, dataset_, &list.tokens, choices, nullptr, hidden_);
    if (answer.refused()) return std::nullopt;
    return answer.page;
  }
  std::optional<Selected> SelectedBy(const MeantList& list, const MeantList& opposite) const {
    const auto only = [](OptionSet these, OptionSet those) {
      return (these - those).empty() ? these : these - those;
    };
    const auto own = PageOf(list, only(list.meaning, opposite.meaning));
    const auto other = PageOf(list, only(opposite.meaning, list.meaning));
    if (!own || !other) return std::nullopt;
    return Selected{*own, *other};
  }

  // It is in one of the lists, and by the other one's meaning it would be in both or in none.
  bool Tells(std::uint32_t position, const Selected& mine, const Selected& theirs) const {
    if (!mine.Differs(position) || !theirs.Differs(position)) return false;
    const bool in_mine = mine.own.matches.Contains(position);
    if (in_mine == theirs.own.matches.Contains(position)) return false;
    // What is seen must agree with what is said.
    return (in_mine || !Has(one_.listed, position)) &&
           (!in_mine || !Has(other_.listed, position)) && Agrees(position, mine, one_) &&
           Agrees(position, theirs, other_);
  }
  static bool Agrees(std::uint32_t position, const Selected& selected, const MeantList& list) {
    return !selected.Shows(position, list.listed) ||
           Has(list.listed, position) == selected.own.matches.Contains(position);
  }

  // A snapshot that the list holds or lacks, and that the other meaning would treat otherwise; seen
  // on the page, if there is one.
  std::optional<std::uint32_t> TellingIn(const MeantList& list, const Selected& selected,
                                         bool holds) const {
    std::optional<std::uint32_t> counted;
    for (std::uint32_t position = 0; position < dataset_.snapshots.size(); ++position) {
      if (!selected.Differs(position) || selected.own.matches.Contains(position) != holds) continue;
      if (!Agrees(position, selected, list)) continue;
      if (selected.Shows(position, list.listed)) return position;
      if (!counted) counted = position;
    }
    return counted;
  }

  // `ours` is in the one list or not, as `other` is not in the other list or is.
  TwoMeanings Text(std::uint32_t ours, std::uint32_t other, const Selected& mine,
                   const Selected& theirs) const {
    const auto id_of = [&](std::uint32_t position) {
      return dataset_.snapshots[position][Field::kSnapshotId];
    };
    const bool in_mine = mine.own.matches.Contains(ours);
    const auto side = [&](const MeantList& list, const Selected& selected, bool in) {
      const std::uint32_t position = &list == &one_ ? ours : other;
      const std::string id = id_of(position);
      const bool shows = selected.Shows(position, list.listed);
      return fmt::format(
          "`{}` {} {}{}: {}", Excerpt(RequestText(list.request), kLongestRequest),
          in ? (shows ? "lists" : "counts") : (shows ? "does not list" : "does not count"), id,
          in ? "" : Though(list), list.answered);
    };
    const std::string with = in_mine ? side(one_, mine, true) : side(other_, theirs, true);
    const std::string without = in_mine ? side(other_, theirs, false) : side(one_, mine, false);
    return {ours == other
                ? fmt::format("{} in both lists or in neither", id_of(ours))
                : fmt::format("{} and {} each in its list, or neither", id_of(ours), id_of(other)),
            fmt::format("answered in two ways ({}): {}; {}",
                        WithoutDot(Catalogue::Get()[question_].situation), with, without)};
  }

  // ", though it satisfies Status=failed": what the request asks for besides.
  std::string Though(const MeantList& list) const {
    const MeantList& opposite = &list == &one_ ? other_ : one_;
    const std::vector<Parameter> there = FilterParameters(opposite.request);
    const auto& subjects = SubjectsOf(question_);
    Request besides;
    for (const Parameter& filter : FilterParameters(list.request)) {
      const bool same = std::ranges::find(there, filter) != there.end() ||
                        std::ranges::find(subjects, filter.name) != subjects.end();
      if (!same) besides.parameters.push_back(filter);
    }
    return besides.parameters.empty()
               ? ""
               : fmt::format(", though it satisfies {}", Excerpt(besides.Text(), kLongestRequest));
  }

  static std::string_view WithoutDot(std::string_view sentence) {
    if (sentence.ends_with('.')) sentence.remove_suffix(1);
    return sentence;
  }

  // Without what every request has, and a region that both have.
  std::string RequestText(const Request& request) const {
    const bool same_region = one_.request.Find("RegionId") == other_.request.Find("RegionId");
    Request shown = request;
    std::erase_if(shown.parameters, [&](const Parameter& parameter) {
      const std::string& name = parameter.name;
      if (name == "RegionId") return same_region;
      return IsCommonParameter(name) || name == "Action" || name == "Version" || name == "Format";
    });
    return shown.parameters.empty() ? request.Text() : shown.Text();
  }

  const Question question_;
  const MeantList& one_;
  const MeantList& other_;
  const Dataset& dataset_;
  const Domains& domains_;
  const HiddenValues* hidden_;
};

}  // namespace

std::optional<TwoMeanings> DescribeTwoMeanings(Question question, const MeantList& one,
                                               const MeantList& other, const Dataset& dataset,
                                               const Domains& domains, const HiddenValues* hidden) {
  return Describer(question, one, other, dataset, domains, hidden).Describe();
}

}  // namespace assay
