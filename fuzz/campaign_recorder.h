#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reference/session/parameter_effects.h"
#include "reports/render/progress.h"
#include "spec/record/record.h"

namespace assay {

// Passes the exchanges of a campaign on to its journal: at first all; later the inputs of which an
// answer fails, as long as its rule has not failed often. Whole inputs, since an answer may need
// those before it.
class CampaignRecorder : public Recorder {
 public:
  CampaignRecorder(Recorder& journal, Progress& progress)
      : journal_(journal), progress_(progress) {}

  void Begin(const RunHeader& header) override { journal_.Begin(header); }
  void Add(const ExchangeRecord& exchange) override;
  void Add(const Finding& finding) override { journal_.Add(finding); }
  void AddSighting(const Finding& finding) override;
  void End(const RunTrailer& trailer) override { journal_.End(trailer); }

  // The input is over; writes what of it is to be kept.
  void EndInput();

  const ParameterEffects& effects() const { return effects_; }
  // Symptoms that were seen first in this campaign.
  std::uint64_t symptoms() const { return symptoms_; }

 private:
  Recorder& journal_;
  Progress& progress_;
  ParameterEffects effects_;
  std::vector<ExchangeRecord> held_;
  bool keeps_ = false;                   // what is held
  std::map<std::string, int> failures_;  // by rule
  std::uint64_t exchanges_ = 0, symptoms_ = 0;
};

}  // namespace assay
