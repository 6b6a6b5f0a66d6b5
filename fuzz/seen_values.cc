#include "fuzz/seen_values.h"

#include "fuzz/exchange_input.h"
#include "spec/catalogue/operation.h"
#include "spec/text/random.h"

namespace assay {
namespace {

constexpr std::size_t kMostValues = 512, kLongest = 256;

// "Tag.1.Key" of "Tag.3.Key"; "" if the documents have no such parameter.
std::string Documented(const std::string& name) {
  const std::size_t dot = name.find('.'), end = name.find('.', dot + 1);
  std::string general = name;
  if (end != std::string::npos) general.replace(dot + 1, end - dot - 1, "N");
  const ParameterInfo* info = OperationInfo::Get().FindParameter(general);
  if (info == nullptr || name == "Action") return "";
  if (end != std::string::npos) general[dot + 1] = '1';
  return general;
}

}  // namespace

void SeenValues::Add(std::string_view input) {
  for (const Request& request : ParseExchangeInput(input, "").requests) {
    for (const auto& [given, value] : request.parameters) {
      const std::string name = Documented(given);
      if (value.size() > kLongest || name.empty()) continue;
      Values& values = of_[name];
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
  const std::size_t at = random.Below(out.requests.size());
  for (std::size_t left = 1 + random.Below(3); left > 0; --left) {
    const std::string& name = random.Pick(names_);
    out.requests[at].Set(name, random.Pick(of_.at(name).list));
  }
  if (random.Below(4) > 0) KeepAlone(at, out);
  return WriteExchangeInput(out);
}

}  // namespace assay
