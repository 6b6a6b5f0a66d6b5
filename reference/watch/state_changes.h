#pragma once

#include <cstddef>
#include <string>

#include "reference/watch/listing.h"

namespace assay {

// How a later listing differs from an earlier one.
struct StateChanges {
  std::size_t created = 0, deleted = 0, renamed = 0, tagged = 0, completed = 0, changed = 0;
  std::string example;  // a SnapshotId

  bool any() const { return created + deleted + renamed + tagged + completed + changed > 0; }
  void Add(const StateChanges& more);
  // "3 created, 1 deleted, 2 renamed, 1 completed: s-…"
  std::string Text() const;
};
StateChanges ChangesBetween(const Listing& before, const Listing& after);

// Applies the change from `before` to `after` to the state `known`. What both listings share is
// left as it is known, right or wrong: only a change alters what is expected.
Dataset ApplyChanges(const Dataset& known, const Listing& before, const Listing& after);

}  // namespace assay
