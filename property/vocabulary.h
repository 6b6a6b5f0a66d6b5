#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "property/dice.h"
#include "reference/state/dataset.h"
#include "reference/wire/message.h"

namespace assay {

// What a dataset makes worth asking for. Requests are drawn around one snapshot, so that a
// conjunction of many filters still lists something.
class Vocabulary {
 public:
  // `dataset` outlives the vocabulary.
  explicit Vocabulary(const Dataset& dataset);

  // Action, RegionId and Format, then some filters whose values are valid; each name once, tags and
  // times numbered as documented. Without any snapshot in the dataset there are no filters.
  Request DrawValid(Dice& dice) const;
  // A valid or bare request bent in a few places: wrong, odd and boundary values, odd names,
  // repetitions, both kinds of paging, other methods.
  Request DrawAny(Dice& dice) const;
  // One to `most` requests of any kind that follow each other, often as a walk by token that is
  // bent on its way; NextToken may be one of those below.
  std::vector<Request> DrawSequence(Dice& dice, std::size_t most) const;

  // Smaller texts that may replace the value, smallest first; each is as valid.
  std::vector<std::string> Simpler(std::string_view name, std::string_view value) const;

  const Dataset& dataset() const { return dataset_; }

 private:
  Request DrawBare(Dice& dice) const;

  const Dataset& dataset_;
  std::vector<std::uint32_t> listed_;  // positions of the snapshots whose region is known
};

// Refer to tokens of earlier answers in the same walk (spec/record/token_trail.h): the newest, the
// oldest, the first half of the newest.
inline constexpr std::string_view kLastToken = "$token.last";
inline constexpr std::string_view kFirstToken = "$token.first";
inline constexpr std::string_view kCutToken = "$token.last.cut";

// The part of a name that belongs together: "Tag.1" of "Tag.1.Key", otherwise the name.
std::string_view UnitOf(std::string_view name);
// The different units of a request, in order, without Action, RegionId and Format.
std::vector<std::string> UnitsOf(const Request& request);
// The request without the units for which `dropped` is true, tags renumbered from 1 without gaps.
Request WithoutUnits(const Request& request, const std::vector<bool>& dropped);

}  // namespace assay
