#pragma once

#include <string_view>
#include <vector>

#include "reports/journal/journal.h"

namespace assay {

// In a merged run the exchange N of shard K has the id K × 1,000,000,000 + N.
inline constexpr std::uint64_t kShardExchanges = 1000000000;

// Why a shard of a full run does not show a rule, unless nothing could: this, perhaps with more. A
// must rule of which all shards say so keeps the merged run from conforming.
inline constexpr std::string_view kNotInShard = "no answer of this shard showed it";

// True for several runs of one target that are no shards: they show it over time.
bool AreOfOneTarget(const std::vector<RecordedRun>& runs);

// Adds the findings to those that are there: what has one id or one cause becomes one finding.
void MergeFindings(const std::vector<Finding>& from, std::vector<Finding>* to);

// One run for each target, in the order of first appearance. Of whole runs of one target the last
// is kept; a note names the others. Shards must be of one run (same seed, spec hash, tests and
// number of shards; the error names two that are not) and are merged: findings of equal id become
// one, tallies and seconds are added, readings intersected. A missing or doubled shard is noted in
// `notes`, and with a missing one the run does not conform.
Result<std::vector<RecordedRun>> MergeShards(std::vector<RecordedRun> runs);

}  // namespace assay
