#include "fuzz/campaign_recorder.h"

namespace assay {
namespace {

constexpr std::uint64_t kAllUpTo = 2'000;  // exchanges
constexpr int kMostOfARule = 200;

bool IsFailure(const ExchangeRecord& exchange) {
  return exchange.verdict == ExchangeVerdict::kViolation ||
         exchange.verdict == ExchangeVerdict::kWarning;
}

}  // namespace

void CampaignRecorder::Add(const ExchangeRecord& exchange) {
  effects_.Add(exchange);
  progress_.CountRequest();
  if (IsFailure(exchange)) {
    for (const std::string& rule : exchange.rules) keeps_ |= ++failures_[rule] <= kMostOfARule;
  }
  if (++exchanges_ <= kAllUpTo) {
    journal_.Add(exchange);
  } else {
    held_.push_back(exchange);
  }
}

void CampaignRecorder::AddSighting(const Finding& finding) {
  EndInput();
  journal_.AddSighting(finding);
  if (finding.occurrences != 1) return;
  ++symptoms_;
  progress_.CountFailure();
}

void CampaignRecorder::EndInput() {
  if (keeps_) {
    for (const ExchangeRecord& exchange : held_) journal_.Add(exchange);
  }
  held_.clear();
  keeps_ = false;
}

}  // namespace assay
