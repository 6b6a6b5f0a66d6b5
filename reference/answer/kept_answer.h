#pragma once

#include <memory>
#include <string_view>

#include "reference/answer/observed.h"

namespace assay {

// A copy of an answer that outlives its reader.
class KeptAnswer {
 public:
  explicit KeptAnswer(const ObservedAnswer& answer) : KeptAnswer(answer, {}) {}
  // The same, valid as long as `body`, which was read, stays where it is: less has to be copied.
  KeptAnswer(const ObservedAnswer& answer, std::string_view body);

  const ObservedAnswer& operator*() const { return answer_; }
  const ObservedAnswer* operator->() const { return &answer_; }

 private:
  std::unique_ptr<char[]> texts_;  // that are copied; moving the answer leaves them in place
  ObservedAnswer answer_;
};

}  // namespace assay
