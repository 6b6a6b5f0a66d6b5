#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "reference/dataset.h"
#include "reference/target.h"

namespace assay {

// What a target lists without filters, as it shows it: nothing in it is judged.
struct Look {
  struct Item {
    std::uint64_t digest = 0;
    Snapshot snapshot;
  };
  std::unordered_map<std::string, Item> items;         // by SnapshotId
  std::unordered_map<std::string, std::size_t> pages;  // that each region took
  bool consistent = true;  // every page says that there are as many as came
};
bool operator==(const Look& a, const Look& b);

// Reads the lists of the regions by number, 100 a page, side by side; as many pages at once as
// `before` took. Throttled requests and passing failures are sent again. Nothing where some page is
// no list. What comes is of one state only where a second look shows the same.
std::optional<Look> TakeLook(Target& target, const std::vector<std::string>& regions,
                             const std::string& format, const Look* before);

// How a later look differs from an earlier one.
struct Motion {
  std::size_t created = 0, deleted = 0, renamed = 0, tagged = 0, completed = 0, changed = 0;
  std::string example;  // a SnapshotId

  bool any() const { return created + deleted + renamed + tagged + completed + changed > 0; }
  void Add(const Motion& more);
  // "3 created, 1 deleted, 2 renamed, 1 completed: s-…"
  std::string Text() const;
};
Motion MotionBetween(const Look& before, const Look& after);

// The state that was known when the target looked like `before`, after it moved on to `after`. What
// the looks share is left as it is known, right or wrong: motion alone changes what is expected.
// What a target would show that holds the state, for a first MoveOn: of a target that moves the
// known state is an earlier one.
Look LookOf(const Dataset& known);
Dataset MoveOn(const Dataset& known, const Look& before, const Look& after);

}  // namespace assay
