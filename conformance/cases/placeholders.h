#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reference/state/dataset.h"
#include "reference/wire/message.h"
#include "spec/text/result.h"

namespace assay {

// Makes the placeholders of spec/cases.md concrete from the state in one region.
class Placeholders {
 public:
  // `dataset` outlives the object.
  Placeholders(const Dataset& dataset, std::string region);

  const std::string& region() const { return region_; }
  const Dataset& dataset() const { return dataset_; }
  // Of the region's snapshots.
  const std::vector<std::uint32_t>& positions() const { return positions_; }

  // The text with its placeholders replaced. `hit` may be nullptr if no placeholder needs it.
  // With `lenient` a field that `hit` lacks comes from another snapshot of the dataset. The Error
  // names the placeholder that the state cannot satisfy.
  Result<std::string> Replace(std::string_view text, const Snapshot* hit,
                              bool lenient = false) const;

  // Adds Tag.1 to Tag.`count` as `$tags` of a case does.
  void AddTags(const std::string& count, const Snapshot* hit, Request& request) const;

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
  // What all regions hold of a field, in small letters; needed often, so it is kept.
  struct Held {
    std::string joined;                       // each value a line
    std::vector<std::string> shortest_first;  // each value once
  };
  const Held& HeldBy(Field field) const;

  const Dataset& dataset_;
  std::string region_;
  std::vector<std::uint32_t> positions_;
  mutable std::map<Field, Held> held_;
  mutable std::map<std::pair<Field, int>, std::optional<std::string>> misses_;
  mutable std::set<std::string> tag_texts_;  // keys and values, in small letters
};

// False for a value that is empty or has a blank at an end: how it is read is open.
bool IsUsable(std::string_view text);
bool HasUsable(const Snapshot& snapshot, Field field);

// The tags that a case may speak of: no two keys are alike but for their letters, since whether
// letter case counts is open.
std::vector<Tag> UsableTags(const Snapshot& snapshot);

// Two tags whose values differ in more than letter case, the keys too: first key and value, then
// the other value.
struct TwoValues {
  Tag tag;
  std::string other;
};
std::optional<TwoValues> FindTwoValues(const Snapshot& snapshot);

// Small letters as capitals, and capitals as small letters.
std::string SwappedLetters(std::string_view text);

// "11" of ".11.reversed"; advances behind it.
std::optional<std::size_t> TakeNumber(std::string_view& text);

}  // namespace assay
