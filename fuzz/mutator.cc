#include "fuzz/mutator.h"

#include <algorithm>
#include <array>
#include <random>

#include "fuzz/exchange_input.h"
#include "spec/operation.h"

namespace assay {
namespace {

using Random = std::mt19937_64;

template <typename Range>
const auto& Pick(Random& random, const Range& range) {
  return range[random() % std::size(range)];
}

constexpr std::array<std::string_view, 12> kNumbers = {
    "0", "1", "-1", "9", "10", "100", "101", "999", "007", "+5", "x", "2147483648"};
constexpr std::array<std::string_view, 10> kTimes = {
    "2024-02-29T00:00Z",     "2023-02-29T00:00Z", "2019-12-13T17:00Z",
    "2099-01-01T00:00Z",     "1990-01-01T00:00Z", "2019-12-13",
    "2019-12-13T17:00:00Z",  "2019-12-13T25:00Z", "yesterday",
    "2019-12-13T17:00+08:00"};
constexpr std::array<std::string_view, 8> kBooleans = {"true", "false", "True",  "FALSE",
                                                       "1",    "yes",   "maybe", ""};
constexpr std::array<std::string_view, 7> kOdd = {"",   " ",        "all",         "*",
                                                  "[]", "\xC3\x28", "\xE4\xB8\xAD"};

// The field that a filter looks at.
Field FieldOf(std::string_view name) {
  if (name == "DiskId") return Field::kSourceDiskId;
  const FieldInfo* info = FindField(name);
  return info ? info->field : Field::kSnapshotName;
}

std::string Name(Random& random, std::string_view pattern) {
  std::string name(pattern);
  const std::size_t n = name.find(".N.");
  if (n != std::string::npos) name.replace(n + 1, 1, std::to_string(random() % 4));
  return name;
}

std::string FromDataset(Random& random, std::string_view name, const Dataset& dataset) {
  if (dataset.snapshots.empty()) return "";
  const Snapshot& snapshot = Pick(random, dataset.snapshots);
  if (name.starts_with("Tag.")) {
    if (snapshot.tags.empty()) return "Env";
    const Tag& tag = Pick(random, snapshot.tags);
    return name.ends_with("ey") ? tag.key : tag.value;
  }
  if (name == "SnapshotIds") {
    return "[\"" + snapshot[Field::kSnapshotId] + "\",\"" +
           Pick(random, dataset.snapshots)[Field::kSnapshotId] + "\"]";
  }
  if (name.starts_with("Filter.")) return snapshot[Field::kCreationTime].substr(0, 16) + "Z";
  return snapshot[FieldOf(name)];
}

std::string Value(Random& random, std::string_view name, const Dataset& dataset) {
  if (random() % 8 == 0) return std::string(Pick(random, kOdd));
  if (name == "NextToken") return std::string(kTokenPlaceholder);
  if (name.ends_with("Key") && name.starts_with("Filter.")) {
    return random() % 2 ? "CreationStartTime" : "CreationEndTime";
  }
  for (const ParameterInfo& parameter : OperationInfo::Get().parameters) {
    if (parameter.name != name) continue;
    if (parameter.type == "integer") return std::string(Pick(random, kNumbers));
    if (parameter.type == "boolean") return std::string(Pick(random, kBooleans));
    if (!parameter.values.empty() && random() % 4) return Pick(random, parameter.values);
  }
  if (name.starts_with("Filter.") && random() % 2) return std::string(Pick(random, kTimes));
  return FromDataset(random, name, dataset);
}

Parameter SomeParameter(Random& random, const Dataset& dataset) {
  const ParameterInfo& info = Pick(random, OperationInfo::Get().parameters);
  const std::string name = Name(random, info.name);
  return {name, Value(random, name, dataset)};
}

void MutateRequest(Random& random, const Dataset& dataset, Request& request) {
  auto& parameters = request.parameters;
  const auto some = [&]() {
    return parameters.begin() + static_cast<std::ptrdiff_t>(random() % parameters.size());
  };
  switch (random() % 6) {
    case 0:
    case 1:
      parameters.push_back(SomeParameter(random, dataset));
      return;
    case 2:
      if (!parameters.empty()) parameters.erase(some());
      return;
    case 3:
      if (!parameters.empty()) {
        const auto at = some();
        at->value = Value(random, at->name, dataset);
      }
      return;
    case 4:
      if (!parameters.empty()) parameters.push_back(*some());
      return;
    default:
      request.method = random() % 2 ? "GET" : "POST";
      request.placement = request.method == "GET" ? Placement::kQuery : Placement::kForm;
      request.encoding = random() % 4 ? FormEncoding::kPercent : FormEncoding::kPlus;
  }
}

}  // namespace

std::string SomeValue(std::string_view name, const Dataset& dataset, std::uint64_t seed) {
  Random random(seed);
  return Value(random, name, dataset);
}

std::string MutateExchange(std::string_view text, const Dataset& dataset, std::uint64_t seed) {
  Random random(seed);
  ExchangeInput input = ParseExchangeInput(text);
  const std::uint64_t choice = random() % 16;
  if (choice == 0) input.reading = static_cast<std::uint32_t>(random() % 64);
  if (input.requests.empty() || (choice == 1 && input.requests.size() < kMostRequests)) {
    Request request;
    request.parameters.push_back(SomeParameter(random, dataset));
    input.requests.push_back(std::move(request));
  } else if (choice == 2 && input.requests.size() > 1) {
    input.requests.erase(input.requests.begin());
  } else if (choice == 3 && input.requests.size() < kMostRequests) {
    input.requests.push_back(input.requests.back());
  } else {
    MutateRequest(random, dataset, input.requests[random() % input.requests.size()]);
  }
  return WriteExchangeInput(input);
}

}  // namespace assay
