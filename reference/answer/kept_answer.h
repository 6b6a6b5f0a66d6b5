#pragma once

#include <memory>

#include "reference/answer/observed.h"

namespace assay {

// A copy of an answer that outlives its reader.
class KeptAnswer {
 public:
  explicit KeptAnswer(const ObservedAnswer& answer);

  const ObservedAnswer& operator*() const { return answer_; }
  const ObservedAnswer* operator->() const { return &answer_; }

 private:
  std::unique_ptr<char[]> texts_;  // of all values; moving the answer leaves them in place
  ObservedAnswer answer_;
};

}  // namespace assay
