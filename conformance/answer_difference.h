#pragma once

#include <optional>
#include <string>

#include "reference/message.h"
#include "reference/observed.h"

namespace assay {

// Where two answers to one request differ. Texts of request ids and tokens do not count.
struct AnswerDifference {
  std::string field;  // "status", "Code", "TotalCount", "Snapshots", "Snapshot.Description", …
  std::string first, second;  // what each answer says there, for people
};

// The first such place; nothing where both say the same.
class AnswerComparer {
 public:
  std::optional<AnswerDifference> Compare(const Response& first, const Response& second);

 private:
  AnswerReader first_reader_, second_reader_;
};

}  // namespace assay
