#pragma once

#include "spec/record/record.h"

namespace assay {

// Keeps nothing: for sessions whose findings are all that is wanted.
class NullRecorder : public Recorder {
 public:
  void Begin(const RunHeader&) override {}
  void Add(const ExchangeRecord&) override {}
  void Add(const Finding&) override {}
  void End(const RunTrailer&) override {}
};

}  // namespace assay
