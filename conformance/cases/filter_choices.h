#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conformance/cases/suite_context.h"

namespace assay {

// A filter with one of its values.
struct FilterChoice {
  std::vector<Parameter> parameters;
  std::vector<std::uint64_t> matches;  // a bit for each snapshot of the region
  std::size_t count = 0;               // of them
};

// Values for filters in company. A target that forgets one filter answers like any other as long
// as the rest selects the same, so values are chosen such that each one makes a difference.
class FilterChoices {
 public:
  // The values of the region's snapshots; if there are many, of some of them.
  explicit FilterChoices(const CaseMaker& values);

  // Every filter of the operation, Filter.1 and Filter.2 apart.
  static std::size_t Filters();
  // The values that select more than `least` snapshots, at most so many of each filter: those that
  // list about a third of the region first.
  std::vector<const FilterChoice*> SelectingMoreThan(std::size_t least, std::size_t most) const;

  // Filters together, and how many snapshots match all of them.
  struct Company {
    std::vector<Parameter> parameters;
    std::size_t count = 0;
  };
  // Of the values that one snapshot has, those by which most of the filters make a difference, and
  // of these the ones that select most; then, for each filter that makes none there, others by
  // which it does, if need be such that nothing matches. Empty if no snapshot has all that the
  // filters ask for.
  std::vector<Company> Together(const std::vector<std::size_t>& filters) const;
  // Values that one snapshot has, another one for each number; empty if none has all of them.
  std::vector<Parameter> Of(const std::vector<std::size_t>& filters, std::size_t number) const;

 private:
  std::size_t Remember(std::vector<Parameter> parameters);
  std::vector<Parameter> Join(const std::vector<std::size_t>& filters,
                              const std::vector<std::size_t>& choices) const;
  // How many snapshots match all filters but the one, all if it is none of them.
  std::size_t CountWithout(std::size_t left_out, const std::vector<std::size_t>& filters,
                           const std::vector<std::size_t>& choices) const;
  std::optional<Company> Telling(std::size_t filter, const std::vector<std::size_t>& filters) const;

  const CaseMaker& values_;
  std::vector<FilterChoice> choices_;
  std::vector<std::vector<std::size_t>> of_snapshot_;  // for each filter a position in `choices_`
  std::vector<std::vector<std::size_t>> of_filter_;    // some positions for each
};

// Those of the run's region, made once.
const FilterChoices& ChoicesOf(SuiteContext& context);

}  // namespace assay
