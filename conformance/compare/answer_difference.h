#pragma once

#include <optional>
#include <string>

#include "reference/judge/exchange.h"

namespace assay {

// Where two answers to one request differ. Texts of request ids and tokens do not count.
struct AnswerDifference {
  std::string field;  // "status", "Code", "TotalCount", "Snapshots", "Snapshot.Description", …
  std::string first, second;  // what each answer says there, for people
};

// The first such place; nothing if both say the same.
std::optional<AnswerDifference> DifferenceBetween(const Exchange& first, const Exchange& second);

}  // namespace assay
