#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference/reading/choices.h"
#include "reference/wire/message.h"

namespace assay {

// The request parameters with one name (base document, "Request parameters").
enum class Slot : std::uint8_t {
  kAction,
  kVersion,
  kFormat,
  kRegionId,
  kInstanceId,
  kDiskId,
  kSnapshotLinkId,
  kSnapshotIds,
  kSnapshotName,
  kStatus,
  kSnapshotType,
  kUsage,
  kSourceDiskType,
  kEncrypted,
  kResourceGroupId,
  kDryRun,
  kKMSKeyId,
  kCategory,
  kPageNumber,
  kPageSize,
  kNextToken,
  kMaxResults,
};
inline constexpr std::size_t kSlotCount = 22;
std::string_view NameOf(Slot slot);

struct FilterSlot {
  std::optional<std::string> key, value;
};
struct TagSlot {
  std::optional<std::string> key, lower_key, value, lower_value;
  bool lower_key_is_last = false, lower_value_is_last = false;  // of both spellings
};

// The parameters of one request by their meaning, names resolved and repetitions settled.
struct Parameters {
  std::array<std::optional<std::string>, kSlotCount> slots;
  std::map<std::int64_t, FilterSlot> filters;  // by N
  std::map<std::int64_t, TagSlot> tags;        // by N

  const std::optional<std::string>& operator[](Slot slot) const {
    return slots[static_cast<std::size_t>(slot)];
  }
};

// What became of the names of a request, and the refusals that they are worth.
struct GatheredParameters {
  Parameters parameters;
  std::vector<Refusal> refusals;
  bool stop = false;             // the explorer has seen enough
  bool may_be_refused = false;   // besides what `refusals` says, any refusal is right
  Rule discouraged = kNoRule;    // the rule that any refusal breaks, if nothing else allows it
  bool may_be_anything = false;  // so is any list: what the value of a filter is, is not clear
};
// Sorts the request's parameters into their slots under the choices.
GatheredParameters Gather(const Request& request, Choices& choices);

// True for what every action takes: signature, nonce, time, format and so on.
bool IsCommonParameter(std::string_view name);
bool IsPagingParameter(std::string_view name);

// The parameters that select snapshots, sorted: all but paging and what is common to all actions.
std::vector<Parameter> FilterParameters(const Request& request);

}  // namespace assay
