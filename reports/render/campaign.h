#pragma once

#include <string>

#include "reports/journal/journal.h"
#include "spec/record/record.h"

namespace assay {

// The probability that the next input of a campaign shows a new feature, between 0 and 1, and the
// bounds of its 95 % interval.
struct DiscoveryEstimate {
  double probability = 1;
  double low = 0, high = 1;
};

// Good and Turing: features that one input alone showed, by inputs (I. J. Good, Biometrika 40,
// 1953; for fuzzing: M. Böhme, "STADS", ACM TOSEM 27, 2018). The bounds are those of W. W. Esty,
// Annals of Statistics 11, 1983; the upper one is never below 3 by inputs ("rule of three"). The
// formulas hold for inputs that are drawn alike; a campaign learns, so they are approximations.
DiscoveryEstimate EstimateDiscovery(const CampaignTally& campaign);

// "12,345 inputs, 678 features, 90 inputs kept", and what is left to expect, as plain text.
std::string CampaignText(const CampaignTally& campaign);

// The part of a page about the campaign, with curves over time; "" for a run that is none.
std::string CampaignSection(const RecordedRun& run);

}  // namespace assay
