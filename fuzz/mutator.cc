#include "fuzz/mutator.h"

#include <algorithm>
#include <iterator>

#include "fuzz/exchange_input.h"
#include "spec/catalogue/operation.h"
#include "spec/catalogue/parameter_values.h"
#include "spec/text/random.h"

namespace assay {
namespace {

// One of the odd values of a kind in parameters.json.
std::string PickOdd(Random& random, std::string_view kind) {
  const OddValues& odd = ParameterValues::Get().Odd(kind);
  const std::size_t at = random.Below(odd.values.size() + odd.fuzzed.size());
  return at < odd.values.size() ? odd.values[at] : odd.fuzzed[at - odd.values.size()];
}

// The field that a filter looks at.
Field FieldOf(std::string_view name) {
  if (name == "DiskId") return Field::kSourceDiskId;
  const FieldInfo* info = FindField(name);
  return info ? info->field : Field::kSnapshotName;
}

std::string Name(Random& random, std::string_view pattern) {
  std::string name(pattern);
  const std::size_t n = name.find(".N.");
  if (n != std::string::npos) name.replace(n + 1, 1, std::to_string(random.Below(4)));
  return name;
}

// A snapshot of the region in which requests mostly ask.
const Snapshot& PickSnapshot(Random& random, const Dataset& dataset) {
  const std::vector<std::uint32_t>& home = dataset.In(HomeRegion(dataset));
  return home.empty() ? random.Pick(dataset.snapshots) : dataset.snapshots[random.Pick(home)];
}

std::string FromSnapshot(Random& random, std::string_view name, const Snapshot& snapshot) {
  if (name.starts_with("Tag.")) {
    if (snapshot.tags.empty()) return "Env";
    const Tag& tag = random.Pick(snapshot.tags);
    return name.ends_with("ey") ? tag.key : tag.value;
  }
  if (name.starts_with("Filter.")) return snapshot[Field::kCreationTime].substr(0, 16) + "Z";
  return snapshot[FieldOf(name)];
}

std::string FromDataset(Random& random, std::string_view name, const Dataset& dataset) {
  if (dataset.snapshots.empty()) return "";
  const Snapshot& snapshot = PickSnapshot(random, dataset);
  if (name == "SnapshotIds") {
    return "[\"" + snapshot[Field::kSnapshotId] + "\",\"" +
           PickSnapshot(random, dataset)[Field::kSnapshotId] + "\"]";
  }
  return FromSnapshot(random, name, snapshot);
}

// Most numbers that matter are small.
std::string PickNumber(Random& random) {
  return random.Coin() ? PickOdd(random, "number") : std::to_string(1 + random.Below(100));
}

std::string Value(Random& random, std::string_view name, const Dataset& dataset) {
  if (random.Below(8) == 0) return PickOdd(random, "any");
  if (name == "NextToken") return std::string(kLastTokenOfInput);
  if (name.ends_with("Key") && name.starts_with("Filter.")) {
    return random.Below(2) ? "CreationStartTime" : "CreationEndTime";
  }
  for (const ParameterInfo& parameter : OperationInfo::Get().parameters) {
    if (parameter.name != name) continue;
    if (parameter.type == "integer") return PickNumber(random);
    if (parameter.type == "boolean") return PickOdd(random, "boolean");
    if (!parameter.values.empty() && random.Below(4)) return random.Pick(parameter.values);
  }
  if (name.starts_with("Filter.") && random.Below(2)) return PickOdd(random, "time");
  return FromDataset(random, name, dataset);
}

Parameter SomeParameter(Random& random, const Dataset& dataset) {
  const ParameterInfo& info = random.Pick(OperationInfo::Get().parameters);
  const std::string name = Name(random, info.name);
  return {name, Value(random, name, dataset)};
}

// Up to three filters that one snapshot satisfies: filters of several would select nothing.
void AskForOneSnapshot(Random& random, const Dataset& dataset, Request& request) {
  if (dataset.snapshots.empty()) return;
  const Snapshot& snapshot = PickSnapshot(random, dataset);
  for (std::size_t left = 1 + random.Below(3); left > 0; --left) {
    const std::string& name = random.Pick(OperationInfo::Get().parameters).name;
    if (name.starts_with("Tag.") && !snapshot.tags.empty()) {
      const Tag& tag = random.Pick(snapshot.tags);
      request.Set("Tag.1.Key", tag.key);
      request.Set("Tag.1.Value", tag.value);
    } else if (name == "DiskId" || (FindField(name) != nullptr && name != "RegionId")) {
      request.Set(name, snapshot[FieldOf(name)]);
    }
  }
}

// Goes on with the walk of one of the requests, or begins one.
void Walk(Random& random, ExchangeInput& input) {
  Request& page = input.requests[random.Below(input.requests.size())];
  if (!page.Find("MaxResults")) page.Set("MaxResults", std::to_string(1 + random.Below(10)));
  Request next = page;
  next.Set("NextToken", kLastTokenOfInput);
  if (random.Below(8) == 0) next.Set("Format", random.Coin() ? "XML" : "JSON");
  input.requests.push_back(std::move(next));
}

void MutateRequest(Random& random, const Dataset& dataset, Request& request) {
  auto& parameters = request.parameters;
  const auto some = [&]() {
    return parameters.begin() + static_cast<std::ptrdiff_t>(random.Below(parameters.size()));
  };
  switch (random.Below(8)) {
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
    case 5:
    case 6:
      AskForOneSnapshot(random, dataset, request);
      return;
    default:
      request.method = random.Below(2) ? "GET" : "POST";
      request.placement = request.method == "GET" ? Placement::kQuery : Placement::kForm;
      request.encoding = random.Below(4) ? FormEncoding::kPercent : FormEncoding::kPlus;
  }
}

}  // namespace

std::string SomeValue(std::string_view name, const Dataset& dataset, std::uint64_t seed) {
  Random random(seed);
  return Value(random, name, dataset);
}

std::string MutateExchange(std::string_view text, const Dataset& dataset, std::uint64_t seed,
                           const std::optional<Hint>& hint) {
  Random random(seed);
  ExchangeInput input = ParseExchangeInput(text, "");
  if (hint && hint->request < input.requests.size() && random.Coin()) {
    input.requests[hint->request].Set(hint->parameter, Value(random, hint->parameter, dataset));
    return WriteExchangeInput(input);
  }
  const std::uint64_t choice = random.Below(16);
  if (choice == 0) input.reading = static_cast<std::uint32_t>(random.Below(64));
  if (input.requests.empty() || (choice == 1 && input.requests.size() < kMostRequests)) {
    Request request;
    request.parameters.push_back(SomeParameter(random, dataset));
    input.requests.push_back(std::move(request));
  } else if (choice == 2 && input.requests.size() > 1) {
    input.requests.erase(input.requests.begin());
  } else if (choice == 3 && input.requests.size() < kMostRequests) {
    input.requests.push_back(input.requests.back());
  } else if (choice == 4 && input.requests.size() < kMostRequests) {
    Walk(random, input);
  } else {
    MutateRequest(random, dataset, input.requests[random.Below(input.requests.size())]);
  }
  return WriteExchangeInput(input);
}

std::string ResizePage(std::string_view text, std::uint64_t step) {
  ExchangeInput input = ParseExchangeInput(text, "");
  if (input.requests.empty()) input.requests.emplace_back();
  const std::size_t at = Random(step).Below(input.requests.size());
  const std::uint64_t turn = step / 3;
  const bool by_size = step % 3 < 2;
  const char* const name = by_size ? "PageSize" : turn / 100 % 2 == 0 ? "MaxResults" : "PageNumber";
  const std::uint64_t number = by_size ? 2 * turn + step % 3 : turn;
  // Near numbers of one mate are far apart, and come to all hundred.
  input.requests[at].Set(name, std::to_string(1 + number * 37 % 100));
  KeepAlone(at, input);
  return WriteExchangeInput(input);
}

std::string CrossExchanges(std::string_view one, std::string_view other, std::uint64_t seed) {
  Random random(seed);
  ExchangeInput out = ParseExchangeInput(one, "");
  const ExchangeInput more = ParseExchangeInput(other, "");
  if (more.requests.empty()) return WriteExchangeInput(out);
  const Request& given = random.Pick(more.requests);
  if (out.requests.empty() || (random.Below(3) == 0 && out.requests.size() < kMostRequests)) {
    out.requests.push_back(given);
    return WriteExchangeInput(out);
  }
  Request& taker = out.requests[random.Below(out.requests.size())];
  for (const Parameter& parameter : given.parameters) {
    if (random.Coin()) taker.Set(parameter.name, parameter.value);
  }
  return WriteExchangeInput(out);
}

}  // namespace assay
