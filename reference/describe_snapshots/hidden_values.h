#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "reference/state/dataset.h"
#include "reference/state/quiet_state.h"

namespace assay {

// What lists taught about the fields that no answer shows (InstanceId, SnapshotLinkId): a snapshot
// that is listed under a value has that value and no other; one that is left out, and could only be
// left out for that value, has another. So the lists of one filter are compared with each other.
class HiddenValues {
 public:
  // Whether the snapshot (by its position) has the value; nothing if that is open.
  std::optional<bool> Is(std::uint32_t position, Field field, std::string_view value) const;
  // Learns it; what is known already stays.
  void Learn(std::uint32_t position, Field field, const std::string& value, bool has);

 private:
  using Place = std::pair<std::uint32_t, Field>;

  std::map<Place, std::string> values_;
  std::map<Place, std::set<std::string, std::less<>>> others_;  // that it has not
};

struct ObservedAnswer;
struct Plan;
struct Request;
// Teaches the hidden values what a right list says of the one hidden field that its request asks
// for; nothing if any reading may take the request otherwise.
void LearnHidden(const Request& request, const Plan& plan, const ObservedAnswer& answer,
                 const Dataset& dataset, HiddenValues& hidden);

// Whether it cannot be told what the request lists: it filters by a field that answers do not show,
// and snapshots were created that are known from answers only.
bool IsHidden(const AnswerState& state, const Request& request);

}  // namespace assay
