#include "fuzz/seen_values.h"

#include "fuzz/exchange_input.h"
#include "spec/text/random.h"

namespace assay {
namespace {

constexpr std::size_t kMostNames = 64, kMostValues = 512, kLongest = 256;

}  // namespace

void SeenValues::Add(std::string_view input) {
  for (const Request& request : ParseExchangeInput(input, "").requests) {
    for (const auto& [name, value] : request.parameters) {
      if (value.size() > kLongest || name.size() > kLongest) continue;
      const auto at = of_.find(name);
      if (at == of_.end() && names_.size() == kMostNames) continue;
      Values& values = at == of_.end() ? of_[name] : at->second;
      if (values.list.empty()) names_.push_back(name);
      if (values.list.size() == kMostValues || !values.known.insert(value).second) continue;
      values.list.push_back(value);
    }
  }
}

std::string SeenValues::SetSome(std::string_view input, std::uint64_t seed) const {
  ExchangeInput out = ParseExchangeInput(input, "");
  if (names_.empty()) return WriteExchangeInput(out);
  Random random(seed);
  if (out.requests.empty()) out.requests.emplace_back();
  Request& request = out.requests[random.Below(out.requests.size())];
  for (std::size_t left = 1 + random.Below(3); left > 0; --left) {
    const std::string& name = random.Pick(names_);
    request.Set(name, random.Pick(of_.at(name).list));
  }
  return WriteExchangeInput(out);
}

}  // namespace assay
