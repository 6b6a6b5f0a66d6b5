#include "reference/watch/state_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "reference/answer/observed.h"

namespace assay {
namespace {

bool HasSameTags(const Snapshot& a, const Snapshot& b) {
  return a.tags.size() == b.tags.size() && std::ranges::is_permutation(a.tags, b.tags);
}

void Count(const Snapshot& before, const Snapshot& after, StateChanges& changes) {
  const bool completed =
      before[Field::kStatus] == "progressing" && after[Field::kStatus] != "progressing";
  if (completed) {
    ++changes.completed;
  } else if (before[Field::kSnapshotName] != after[Field::kSnapshotName]) {
    ++changes.renamed;
  } else if (!HasSameTags(before, after)) {
    ++changes.tagged;
  } else {
    ++changes.changed;
  }
}

void ApplyChanges(const Snapshot& before, const Snapshot& after, Snapshot& known) {
  // Answers need not show the others.
  for (std::size_t f = 0; f < kDocumentedFieldCount; ++f) {
    if (before.text[f] == after.text[f]) continue;
    known.text[f] = after.text[f];
    known.present = (known.present & ~(1U << f)) | (after.present & (1U << f));
  }
  if (!HasSameTags(before, after)) known.tags = after.tags;
}

}  // namespace

void StateChanges::Add(const StateChanges& more) {
  created += more.created;
  deleted += more.deleted;
  renamed += more.renamed;
  tagged += more.tagged;
  completed += more.completed;
  changed += more.changed;
  if (!more.example.empty()) example = more.example;
}

std::string StateChanges::Text() const {
  std::vector<std::string> parts;
  const auto add = [&](std::size_t count, const char* what) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, what));
  };
  add(created, "created");
  add(deleted, "deleted");
  add(renamed, "renamed");
  add(tagged, "tagged or untagged");
  add(completed, "completed");
  add(changed, "changed in other ways");
  if (parts.empty()) return "nothing that stayed";
  return fmt::format("{}: {}", fmt::join(parts, ", "), Excerpt(example, 60));
}

StateChanges ChangesBetween(const Listing& before, const Listing& after) {
  StateChanges changes;
  std::set<std::string> ids;  // sorted, so that the example does not depend on the hash
  for (const auto& [id, item] : before.items) {
    const auto at = after.items.find(id);
    if (at != after.items.end() && at->second.digest == item.digest) continue;
    ids.insert(id);
    if (at == after.items.end()) {
      ++changes.deleted;
    } else {
      Count(item.snapshot, at->second.snapshot, changes);
    }
  }
  for (const auto& [id, item] : after.items) {
    if (before.items.contains(id)) continue;
    ids.insert(id);
    ++changes.created;
  }
  if (!ids.empty()) changes.example = *ids.begin();
  return changes;
}

Dataset ApplyChanges(const Dataset& known, const Listing& before, const Listing& after) {
  Dataset out;
  out.discovered = known.discovered;
  out.changed = true;
  out.regions = known.regions;
  out.default_resource_group = known.default_resource_group;
  out.snapshot_links = known.snapshot_links;
  for (const Snapshot& snapshot : known.snapshots) {
    const std::string& id = snapshot[Field::kSnapshotId];
    const auto was = before.items.find(id), is = after.items.find(id);
    if (was != before.items.end() && is == after.items.end()) continue;
    out.snapshots.push_back(snapshot);
    if (was == before.items.end() || was->second.digest == is->second.digest) continue;
    ApplyChanges(was->second.snapshot, is->second.snapshot, out.snapshots.back());
  }
  std::set<std::string> created;
  for (const auto& [id, item] : after.items) {
    if (!before.items.contains(id) && !known.by_id.contains(id)) created.insert(id);
  }
  for (const std::string& id : created) {
    out.snapshots.push_back(after.items.at(id).snapshot);
    // No answer shows these of every snapshot that has them.
    for (const Field field : {Field::kInstanceId, Field::kSnapshotLinkId}) {
      if (out.snapshots.back().Has(field)) continue;
      out.snapshots.back().unknown |= 1U << static_cast<unsigned>(field);
    }
  }
  out.Index();
  return out;
}

}  // namespace assay
