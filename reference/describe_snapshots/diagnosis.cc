#include "reference/describe_snapshots/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "reference/describe_snapshots/faults/catalogue.h"
#include "reference/describe_snapshots/service.h"

namespace assay {
namespace {

constexpr std::size_t kMostObservations = 20'000;
constexpr std::size_t kMostFailing = 6;         // of a group, that a fault has to reproduce
constexpr std::size_t kSample = 200;            // observations that rank the faults that do
constexpr std::size_t kLongAnswer = 32 * 1024;  // bytes; beyond, an observation ranks nothing
constexpr std::size_t kMostCandidates = 24;
constexpr std::size_t kWholeRun = 1'300;  // observations, where order matters
constexpr std::size_t kMostNamed = 3;
constexpr std::size_t kMostAsked = 100'000;  // of all imitations; then no cause is looked for

std::uint64_t Mix(std::uint64_t hash, std::string_view text) {
  return (hash ^ std::hash<std::string_view>{}(text)) * 0x9E3779B97F4A7C15ULL;
}
std::uint64_t Mix(std::uint64_t hash, const ObservedValue& value) {
  return Mix(Mix(hash, NameOf(value.kind)), value.text);
}

// What of a RequestId is not chance: its type and its form.
std::string FormOf(std::string_view id) {
  std::string out;
  for (const char c : id) {
    out += c >= '0' && c <= '9' ? 'X' : c >= 'A' && c <= 'F' ? 'X' : c >= 'a' && c <= 'f' ? 'x' : c;
  }
  // Letters are chance, too; only small ones are a form.
  if (out.find('x') != std::string::npos) std::ranges::replace(out, 'X', 'x');
  return out;
}

}  // namespace

AnswerDigest AnswerDigester::Of(const ObservedAnswer& answer, const Response& response) {
  std::uint64_t hash = Mix(0, std::to_string(response.status));
  const std::string_view type = response.content_type;
  hash = Mix(hash, type.substr(0, type.find(';')));
  for (const Difference& problem : answer.problems) {
    hash = Mix(Mix(hash, Id(problem.rule)), problem.shape);
  }
  if (!answer.readable) return {Mix(hash, std::to_string(response.body.empty())), ""};
  hash = Mix(hash, answer.xml ? "xml" : "json");
  hash = Mix(hash, NameOf(answer.request_id.kind));
  hash = Mix(hash, FormOf(answer.request_id.text));
  const bool again =
      !answer.request_id.text.empty() &&
      !request_ids_.insert(std::hash<std::string_view>{}(answer.request_id.text)).second;
  const bool other_header =
      !response.request_id.empty() && response.request_id != answer.request_id.text;
  hash = Mix(hash, fmt::format("{} {} {}", again, other_header, NameOf(answer.host_id.kind)));
  hash = Mix(Mix(hash, answer.code), answer.message);
  hash = Mix(hash, NameOf(answer.next_token.kind));
  hash = Mix(hash, answer.next_token.text.empty() ? "" : "token");
  hash = Mix(Mix(Mix(hash, answer.page_size), answer.page_number), answer.total_count);
  hash = Mix(Mix(hash, NameOf(answer.list_kind)), answer.has_list ? "list" : "none");
  for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
    const ObservedSnapshot& snapshot = answer.snapshots[i];
    for (const ObservedValue& value : snapshot.fields) hash = Mix(hash, value);
    hash = Mix(hash, NameOf(snapshot.tags_kind));
    for (const ObservedTag& tag : snapshot.tags) hash = Mix(Mix(hash, tag.key), tag.value);
  }
  const bool token = answer.next_token.kind == ObservedValue::Kind::kText;
  return {hash, token ? std::string(answer.next_token.text) : ""};
}

// The reference with a fault, asked what the target was asked.
class Diagnosis::Imitation {
 public:
  Imitation(const Diagnosis& diagnosis, const Dataset& dataset, const Reading& reading,
            const Fault* fault)
      : diagnosis_(diagnosis),
        service_(dataset, reading,
                 fault ? std::vector<const Fault*>{fault} : std::vector<const Fault*>{}) {}

  // The digest of its answer to what observation `index` asked.
  std::uint64_t Ask(std::size_t index) {
    const Observation& observation = diagnosis_.observations_[index];
    Request request = observation.request;
    for (Parameter& parameter : request.parameters) {
      const auto at = tokens_.find(parameter.value);
      if (parameter.name == "NextToken" && at != tokens_.end()) parameter.value = at->second;
    }
    Response response;
    ++diagnosis_.asked_;
    service_.Handle(request, "model", response);
    thread_local AnswerReader reader;  // keeps its buffers
    AnswerDigest digest = digester_.Of(reader.Read(response), response);
    if (!observation.next_token.empty()) {
      tokens_[observation.next_token] = std::move(digest.next_token);
    }
    return digest.value;
  }

 private:
  const Diagnosis& diagnosis_;
  Service service_;
  AnswerDigester digester_;
  std::unordered_map<std::string, std::string> tokens_;  // the target's -> its own
};

void Diagnosis::Observe(std::uint64_t exchange, const Request& request,
                        const ObservedAnswer& answer, const Response& response,
                        const std::vector<std::string>& failures) {
  if (observations_.size() >= kMostObservations) return;
  const std::size_t index = observations_.size();
  AnswerDigest digest = digester_.Of(answer, response);
  observations_.push_back({exchange, request, std::move(digest.next_token), digest.value,
                           !failures.empty(), response.body.size()});
  const std::string& token = observations_.back().next_token;
  if (!token.empty()) issued_.emplace(token, index);
  for (const std::string& failure : failures) failing_[failure].push_back(index);
}

void Diagnosis::Fail(std::uint64_t exchange, const std::string& failure) {
  const auto at = std::ranges::lower_bound(observations_, exchange, {}, &Observation::exchange);
  if (at == observations_.end() || at->exchange != exchange) return;
  at->fails = true;
  failing_[failure].push_back(static_cast<std::size_t>(at - observations_.begin()));
}

// The observation after those whose tokens it needs.
std::vector<std::size_t> Diagnosis::Chain(std::size_t index) const {
  std::vector<std::size_t> out{index};
  while (out.size() < 100) {
    const auto token = observations_[out.back()].request.Find("NextToken");
    const auto at = token ? issued_.find(std::string(*token)) : issued_.end();
    if (at == issued_.end() || at->second >= out.back()) break;
    out.push_back(at->second);
  }
  std::ranges::reverse(out);
  return out;
}

std::vector<std::size_t> Diagnosis::Telling(const std::vector<std::size_t>& failing) const {
  constexpr std::size_t kLooked = 64;
  std::vector<std::size_t> out;
  const std::size_t count = std::min(kLooked, failing.size());
  for (std::size_t i = 0; i < count; ++i) out.push_back(failing[i * failing.size() / count]);
  // By what it costs to ask it again: a page of a walk needs all pages before it.
  std::ranges::stable_sort(out, {},
                           [&](std::size_t i) { return Chain(i).size() * observations_[i].size; });
  if (out.size() > kMostFailing) out.resize(kMostFailing);
  return out;
}

bool Diagnosis::Reproduces(const Fault& fault, const std::string& failure, const Dataset& dataset,
                           const Reading& reading, Share share) const {
  const auto at = failing_.find(failure);
  if (at == failing_.end()) return false;
  const std::vector<std::size_t> telling = Telling(at->second);
  // So that a RequestId that comes again does so here.
  const bool prime = failure.starts_with(Id("response.request_id.unique"_rule));
  // A wrong reading of another question may spoil some.
  std::size_t misses = share == Share::kAny ? telling.size() - 1 : telling.size() / 3;
  bool differs = false;
  for (const std::size_t index : telling) {
    Imitation imitation(*this, dataset, reading, &fault);
    const std::vector<std::size_t> chain = Chain(index);
    if (prime) imitation.Ask(0);
    std::uint64_t digest = 0;
    for (const std::size_t step : chain) digest = imitation.Ask(step);
    if (digest != observations_[index].digest) {
      if (misses-- == 0) return false;
      continue;
    }
    if (differs) continue;
    Imitation right(*this, dataset, reading, nullptr);
    if (prime) right.Ask(0);
    for (const std::size_t step : chain) digest = right.Ask(step);
    differs = digest != observations_[index].digest;
  }
  return differs;
}

// Evenly over the run; failing ones weigh as much as the others.
std::vector<std::size_t> Diagnosis::Sample() const {
  std::vector<std::size_t> failing, others;
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    if (observations_[i].size > kLongAnswer) continue;
    (observations_[i].fails ? failing : others).push_back(i);
  }
  std::vector<std::size_t> out;
  for (const auto& [list, most] : {std::pair(failing, kSample / 3), std::pair(others, kSample)}) {
    const std::size_t count = std::min(most, list.size());
    for (std::size_t i = 0; i < count; ++i) out.push_back(list[i * list.size() / count]);
  }
  std::ranges::sort(out);
  return out;
}

std::size_t Diagnosis::Disagreements(const Fault* fault, const std::vector<std::size_t>& sample,
                                     const Dataset& dataset, const Reading& reading,
                                     std::size_t bound) const {
  Imitation imitation(*this, dataset, reading, fault);
  std::size_t out = 0;
  for (const std::size_t index : sample) {
    out += imitation.Ask(index) == observations_[index].digest ? 0 : 1;
    if (out > bound) break;
  }
  return out;
}

std::vector<std::string> Diagnosis::Explain(const std::string& failure, const Dataset& dataset,
                                            const Reading& reading) const {
  const auto at = failing_.find(failure);
  if (at == failing_.end()) return {};
  std::vector<const Fault*> candidates;
  for (const Fault& fault : Faults()) {
    if (asked_ > kMostAsked) return {};
    if (fault.wire || fault.history) continue;
    if (Reproduces(fault, failure, dataset, reading)) candidates.push_back(&fault);
    if (candidates.size() == kMostCandidates) break;
  }
  if (candidates.empty()) return ExplainByWholeRun(dataset, reading);
  std::vector<std::pair<std::size_t, const Fault*>> ranked;
  const std::vector<std::size_t> sample = Sample();
  std::size_t best = sample.size();
  for (const Fault* fault : candidates) {
    // Far worse than the best is enough to know.
    ranked.emplace_back(Disagreements(fault, sample, dataset, reading, 2 * best + 20), fault);
    best = std::min(best, ranked.back().first);
  }
  std::ranges::stable_sort(ranked, {}, [](const auto& entry) { return entry.first; });
  std::vector<std::string> out;
  // A fault that shows now and then may look like another where it does.
  if (best > sample.size() / 20) out = ExplainByWholeRun(dataset, reading);
  if (!out.empty()) return out;
  for (const auto& [disagreements, fault] : ranked) {
    if (out.size() < kMostNamed) out.push_back(fault->id);
  }
  return out;
}

// For faults that depend on what came before: the run again, from its beginning. The one that is
// committed leaves next to nothing unexplained.
const std::vector<std::string>& Diagnosis::ExplainByWholeRun(const Dataset& dataset,
                                                             const Reading& reading) const {
  if (whole_run_) return *whole_run_;
  std::vector<std::string>& out = whole_run_.emplace();
  std::vector<std::size_t> run;
  for (std::size_t i = 0; i < std::min(kWholeRun, observations_.size()); ++i) run.push_back(i);
  const std::size_t right = Disagreements(nullptr, run, dataset, reading, run.size());
  std::vector<std::pair<std::size_t, const Fault*>> ranked;
  for (const Fault& fault : Faults()) {
    if (fault.wire || !fault.history) continue;
    const std::size_t wrong = Disagreements(&fault, run, dataset, reading, right / 4);
    if (wrong <= right / 4 && wrong < right) ranked.emplace_back(wrong, &fault);
  }
  std::ranges::stable_sort(ranked, {}, [](const auto& entry) { return entry.first; });
  for (const auto& [wrong, fault] : ranked) {
    if (out.size() < kMostNamed) out.push_back(fault->id);
  }
  return out;
}

Reading Diagnosis::BestOf(const std::vector<Reading>& readings, const Dataset& dataset) const {
  const std::vector<std::size_t> sample = Sample();
  std::size_t best = sample.size() + 1;
  const Reading* chosen = &readings.front();
  for (const Reading& reading : readings) {
    const std::size_t wrong = Disagreements(nullptr, sample, dataset, reading, best);
    if (wrong >= best) continue;
    best = wrong;
    chosen = &reading;
  }
  return *chosen;
}

}  // namespace assay
