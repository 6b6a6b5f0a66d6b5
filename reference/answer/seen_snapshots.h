#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "reference/answer/observed.h"

namespace assay {

// Snapshots that were read before, by how they are written: a target writes a snapshot in the same
// way in most of its answers, so it need not be read again. Bounded.
class SeenSnapshots {
 public:
  // The snapshot that the text begins with, if it was seen, or null; valid until the next Add().
  const ObservedSnapshot* Find(std::string_view text);
  // Remembers the snapshot that is written in these bytes.
  void Add(std::string_view written, const ObservedSnapshot& snapshot);

 private:
  struct Seen {
    std::string_view written;
    ObservedSnapshot snapshot;
  };
  bool IsOfUse() const;

  std::unordered_map<std::uint64_t, Seen> seen_;  // by a hash of how they begin
  std::uint64_t found_ = 0, missed_ = 0;
};

}  // namespace assay
