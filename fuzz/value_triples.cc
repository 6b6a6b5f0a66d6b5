#include "fuzz/value_triples.h"

#include <string_view>
#include <utility>

#include "fuzz/exchange_input.h"
#include "fuzz/mutator.h"
#include "spec/catalogue/operation.h"
#include "spec/text/letters.h"
#include "spec/text/random.h"

namespace assay {
namespace {

// "system", "System", "SYSTEM"
std::vector<std::string> InSeveralLetters(const std::string& value) {
  std::string first = value, all = value;
  if (!first.empty()) first[0] = CapitalLetter(first[0]);
  for (char& c : all) c = CapitalLetter(c);
  return {value, std::move(first), std::move(all)};
}

// The value of a key comes with the key; walks and pages have searches of their own.
bool IsLeftOut(std::string_view name) {
  return name == "Action" || name == "RegionId" || name == "NextToken" || name == "PageNumber" ||
         name.ends_with(".Value") || name.ends_with(".value") || name.ends_with(".key");
}

std::vector<std::string> ValuesOf(const ParameterInfo& parameter) {
  std::vector<std::string> out;
  for (const std::string& value : parameter.values) {
    if (!parameter.any_letters) {
      out.push_back(value);
    } else {
      for (std::string& written : InSeveralLetters(value)) out.push_back(std::move(written));
    }
  }
  if (parameter.type == "boolean") out = {"true", "false"};
  return out;
}

}  // namespace

ValueTriples::ValueTriples(const Dataset& dataset, std::uint64_t seed) : dataset_(dataset) {
  for (const ParameterInfo& parameter : OperationInfo::Get().parameters) {
    if (IsLeftOut(parameter.name)) continue;
    const std::string name = FirstName(parameter.name);
    const std::vector<std::string> values = ValuesOf(parameter);
    if (values.empty()) given_.push_back({name, std::nullopt});
    for (const std::string& value : values) given_.push_back({name, value});
  }
  const auto differ = [&](std::size_t i, std::size_t j) {
    return given_[i].name != given_[j].name;
  };
  for (std::size_t i = 0; i < given_.size(); ++i) {
    for (std::size_t j = i + 1; j < given_.size(); ++j) {
      for (std::size_t k = j + 1; k < given_.size(); ++k) {
        if (!differ(i, j) || !differ(j, k)) continue;
        triples_.push_back({static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(j),
                            static_cast<std::uint8_t>(k)});
      }
    }
  }
  Random(seed).Shuffle(&triples_);
}

// Equal seeds take the key and the value of a tag from the same snapshot.
void ValueTriples::Set(const Given& given, std::uint64_t seed, Request& request) const {
  request.Set(given.name, given.value ? *given.value : SomeValue(given.name, dataset_, seed));
  if (!given.name.ends_with(".Key")) return;
  std::string value = given.name;
  value.replace(value.size() - 3, 3, "Value");
  request.Set(value, SomeValue(value, dataset_, seed));
}

std::string ValueTriples::Next() {
  const std::array<std::uint8_t, 3> triple = triples_[next_ % triples_.size()];
  ExchangeInput input;
  Request& request = input.requests.emplace_back();
  for (const std::uint8_t at : triple) Set(given_[at], next_, request);
  ++next_;
  return WriteExchangeInput(input);
}

}  // namespace assay
