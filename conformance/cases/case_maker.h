#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/cases/placeholders.h"
#include "reference/session/smallest_request.h"
#include "spec/catalogue/rule_case.h"

namespace assay {

// What a snapshot must be like for a text's placeholders to refer to it.
struct SnapshotNeeds {
  std::vector<std::pair<Field, std::string>> where;  // "" means unset
  bool untagged = false;
  std::vector<Field> fields;  // set, and neither empty nor with a blank at an end
  std::size_t tags = 0;       // usable tags, at least
  bool other_value = false;   // two tags whose values differ in more than letter case
};

// What the case asks of its snapshot, beside what is asked already.
void AddNeeds(const RuleCase& rule_case, SnapshotNeeds& needs);

// A case made concrete. A NextToken of `$token.CASE` is left for the script that has the answer.
struct ConcreteCase {
  Request request;
  std::vector<std::pair<std::string, std::string>> every;  // as in the case's expectation
};

// Makes cases concrete from the state in one region.
class CaseMaker {
 public:
  // `dataset` outlives the object. `seed` decides which of several fitting snapshots is taken.
  CaseMaker(const Dataset& dataset, std::string region, std::uint64_t seed);

  const std::string& region() const { return placeholders_.region(); }
  const Dataset& dataset() const { return placeholders_.dataset(); }
  std::uint64_t seed() const { return seed_; }
  const Placeholders& placeholders() const { return placeholders_; }

  // The snapshot of the region that meets the needs; of several, one by the seed and `salt`. The
  // Error says what the dataset lacks.
  Result<const Snapshot*> Choose(const SnapshotNeeds& needs, std::string_view salt) const;
  // The one that meets most of the needs; nullptr only in a region without snapshots.
  const Snapshot* ChooseNearest(const SnapshotNeeds& needs, std::uint64_t salt) const;

  // Changes the parameters of the request as the case says. The Error names the placeholder that
  // the state cannot satisfy; with `lenient` a field that `hit` lacks comes from another snapshot.
  Done ChangeParameters(const RuleCase& change, const Snapshot* hit, bool lenient,
                        Request& request) const;

  // The case's request, Format first set to `format` ("JSON", "XML"; "" for none). The Error's
  // `where` is `name` and the case.
  Result<ConcreteCase> Make(const RuleCase& rule_case, const std::string& name,
                            const std::string& format) const;

 private:
  Result<ConcreteCase> MakeUnnamed(const RuleCase& rule_case, const std::string& name,
                                   const std::string& format) const;

  // What a case may use of a snapshot; needed often, so it is kept.
  struct Traits {
    std::uint32_t usable = 0;  // fields, a bit each
    std::size_t tags = 0;
    bool two_values = false;  // of tags
  };
  static Traits TraitsOf(const Snapshot& snapshot);
  // How many of the needs are met, of how many.
  struct Fit {
    int met = 0;
    int needed = 0;
  };
  static Fit Weigh(const SnapshotNeeds& needs, const Snapshot& snapshot, const Traits& traits);
  // Calls `take` with each snapshot of the region and its fit.
  template <typename Take>
  void WeighAll(const SnapshotNeeds& needs, const Take& take) const;

  Placeholders placeholders_;
  std::uint64_t seed_;
  mutable std::vector<Traits> traits_;  // one a position, or none yet
};

// 64 bits that depend on both, the same on every machine.
std::uint64_t Scramble(std::uint64_t seed, std::string_view text);

}  // namespace assay
