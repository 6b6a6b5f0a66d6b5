#include "reference/session/sightings.h"

#include <bit>
#include <utility>
#include <vector>

#include "reference/findings/groups.h"

namespace assay {

void Sightings::Take(std::uint64_t exchange, const Request& request, const Verdict& verdict) {
  for (const Difference& difference : verdict.differences) {
    if (difference.doubtful) continue;
    Seen& seen = seen_[SymptomId(difference)];
    if (seen.times == 0) {
      std::vector<std::uint64_t> evidence = verdict.evidence;
      evidence.push_back(exchange);
      seen.first = SightingOf(difference, request, std::move(evidence));
    }
    seen.first.occurrences = ++seen.times;
    if (std::has_single_bit(seen.times)) recorder_.AddSighting(seen.first);
  }
}

}  // namespace assay
