#include "reference/session/parameter_effects.h"

#include <algorithm>
#include <functional>

#include "spec/catalogue/operation.h"

namespace assay {
namespace {

constexpr std::size_t kMostSeen = 200'000;  // bounds the memory of long runs

// "Tag" of "Tag.3.Key": what belongs together comes and goes together.
std::string FamilyOf(const std::string& name) { return name.substr(0, name.find('.')); }

// The request, but for the parameters of one family ("" for none).
std::uint64_t HashWithout(const ExchangeRecord& exchange, const std::string& family) {
  std::string text = exchange.request.method;
  for (const auto& [name, value] : exchange.request.parameters) {
    if (FamilyOf(name) != family) text.append("&").append(name).append("=").append(value);
  }
  return std::hash<std::string>{}(text);
}

}  // namespace

ParameterEffects::ParameterEffects() {
  for (const ParameterInfo& parameter : OperationInfo::Get().parameters) {
    const std::string family = FamilyOf(parameter.name);
    if (parameter.level != Level::kMust || family == "Action") continue;
    if (positions_.emplace(family, names_.size()).second) names_.push_back(family);
  }
  given_.resize(names_.size());
}

void ParameterEffects::Add(const ExchangeRecord& exchange) {
  // Without an answer nothing was answered otherwise; a forged request is refused whatever it asks.
  if (exchange.status == 0 || exchange.request.forgery != Forgery::kNone) return;
  if (seen_.size() >= kMostSeen) return;
  answers_.try_emplace(HashWithout(exchange, ""), exchange.answer);
  std::vector<std::size_t> done;
  for (const auto& [name, value] : exchange.request.parameters) {
    const auto at = positions_.find(FamilyOf(name));
    if (at == positions_.end() || std::ranges::find(done, at->second) != done.end()) continue;
    done.push_back(at->second);
    ++given_[at->second];
    seen_.push_back({at->second, HashWithout(exchange, at->first), exchange.answer});
  }
}

std::vector<ParameterTally> ParameterEffects::Tallies() const {
  std::vector<ParameterTally> out;
  for (std::size_t i = 0; i < names_.size(); ++i) out.push_back({names_[i], given_[i], 0, 0});
  for (const Given& given : seen_) {
    const auto without = answers_.find(given.rest);
    if (without == answers_.end()) continue;
    ++out[given.parameter].compared;
    out[given.parameter].effective += without->second != given.answer ? 1 : 0;
  }
  return out;
}

}  // namespace assay
