#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reference/dataset.h"
#include "reference/message.h"
#include "spec/result.h"
#include "spec/rule_case.h"

namespace assay {

// What a snapshot must be like so that a text's placeholders can speak of it.
struct Wish {
  std::vector<std::pair<Field, std::string>> where;  // "" means unset
  bool untagged = false;
  std::vector<Field> fields;  // set, and neither empty nor with a blank at an end
  std::size_t tags = 0;       // usable tags, at least
  bool other_value = false;   // two tags whose values differ in more than letter case
};

// A case made concrete. A NextToken of `$token.CASE` is left for the script that has the answer.
struct ConcreteCase {
  Request request;
  std::vector<std::pair<std::string, std::string>> every;  // as in the case's expectation
};

// Makes the placeholders of spec/cases.md concrete from the state in one region. Beyond them it
// knows, for probes and combinations: `$elsewhere.FIELD` (a value that only other regions have),
// `$group.default`, `$link.unused` (a chain without a snapshot), `$crowd.tag.key` and its `value`
// and `region` (what more than 1,000 snapshots of a region share), `$crowd.group.id` and its
// `region`,
// `$time.hit.seconds` (the minute, written with seconds), `$beginning(TEXT)` and `$ending(TEXT)`
// (its halves), `$swapped(TEXT)` (capital letters small and small ones capital); and where a case
// asks for a CreationTime of `*:00Z` any time that ends so.
class Values {
 public:
  // `dataset` outlives the object. `seed` decides which of several fitting snapshots is taken.
  Values(const Dataset& dataset, std::string region, std::uint64_t seed);

  const std::string& region() const { return region_; }
  const Dataset& dataset() const { return dataset_; }
  std::uint64_t seed() const { return seed_; }

  // What the case asks of its snapshot; texts of a wish may be added.
  static Wish WishOf(const RuleCase& rule_case);
  static void AddNeeds(std::string_view text, Wish& wish);

  // The snapshot of the region that fulfils the wish; of several, one by the seed and `salt`. The
  // Error says what the dataset lacks.
  Result<const Snapshot*> Choose(const Wish& wish, std::string_view salt) const;
  // The one that fulfils the most of the wish; nullptr only in a region without snapshots.
  const Snapshot* ChooseNearest(const Wish& wish, std::uint64_t salt) const;

  // The text with its placeholders replaced. `hit` may be nullptr where no placeholder needs it.
  // With `lenient` a field that `hit` lacks comes from another snapshot of the dataset. The Error
  // names the placeholder that the state cannot satisfy.
  Result<std::string> Replace(std::string_view text, const Snapshot* hit,
                              bool lenient = false) const;

  // Adds Tag.1 to Tag.`count` as `$tags` of a case does.
  Done AddTags(const std::string& count, const Snapshot* hit, Request& request) const;

  // The case's request, Format first set to `format` ("JSON", "XML"; "" for none). The Error's
  // `where` is `name` and the case.
  Result<ConcreteCase> Make(const RuleCase& rule_case, const std::string& name,
                            const std::string& format) const;

 private:
  class Replacement;
  Result<std::string> Placeholder(std::string_view name, const Snapshot* hit, bool lenient) const;
  Result<std::string> OfSnapshot(std::string_view which, const FieldInfo& field,
                                 const Snapshot* hit, bool lenient) const;
  Result<std::string> Region(std::string_view name) const;
  Result<std::string> Crowd(std::string_view name) const;
  Result<std::string> Time(std::string_view name, const Snapshot* hit) const;
  Result<std::string> TagText(std::string_view name, const Snapshot* hit, bool lenient) const;
  Result<std::string> Ids(std::string_view name, const Snapshot* hit) const;
  std::optional<std::string> AnyValue(Field field, const std::string* except) const;
  std::optional<std::string> Elsewhere(Field field) const;
  // A value of the field's shape that the state holds nowhere, not even as a part; another one for
  // each number.
  std::optional<std::string> Miss(Field field, int number = 0) const;
  std::optional<std::string> MakeMiss(Field field, int number) const;
  std::string MissTag(std::string_view prefix) const;
  // What all regions hold of a field, in small letters; looked for often, so it is kept.
  struct Held {
    std::string joined;                       // each value a line
    std::vector<std::string> shortest_first;  // each value once
  };
  const Held& HeldBy(Field field) const;
  Result<ConcreteCase> MakeUnnamed(const RuleCase& rule_case, const std::string& name,
                                   const std::string& format) const;

  // What of a snapshot a case may speak of; looked for often, so it is kept.
  struct Traits {
    std::uint32_t usable = 0;  // fields, a bit each
    std::size_t tags = 0;
    bool two_values = false;  // of tags
  };
  static Traits TraitsOf(const Snapshot& snapshot);
  // How much of a wish is fulfilled, and how much there is to fulfil.
  struct Fulfilment {
    int fulfilled = 0;
    int wished = 0;
  };
  static Fulfilment Weigh(const Wish& wish, const Snapshot& snapshot, const Traits& traits);
  // Calls `take` with each snapshot of the region and its fulfilment.
  template <typename Take>
  void WeighAll(const Wish& wish, const Take& take) const;

  const Dataset& dataset_;
  std::string region_;
  std::uint64_t seed_;
  std::vector<std::uint32_t> positions_;  // of the region's snapshots
  mutable std::vector<Traits> traits_;    // one a position, or none yet
  mutable std::map<Field, Held> held_;
  mutable std::map<std::pair<Field, int>, std::optional<std::string>> misses_;
  mutable std::set<std::string> tag_texts_;  // keys and values, in small letters
};

// A request of the text `name=value&…` (form encoding, placeholders kept): Action and RegionId of
// `$region` first unless the text sets them, and `format` where it is not "".
RuleCase CaseOfText(std::string_view text);

// False for a value that is empty or has a blank at an end: how it is read is open.
bool IsUsable(std::string_view text);

// The smallest valid request of the region.
Request SmallestRequest(const std::string& region, const std::string& format);

// 64 bits that depend on both, the same on every machine.
std::uint64_t Scramble(std::uint64_t seed, std::string_view text);

}  // namespace assay
