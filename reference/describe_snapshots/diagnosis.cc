#include "reference/describe_snapshots/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>
#include <chrono>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "reference/describe_snapshots/faults/catalogue.h"
#include "reference/describe_snapshots/service.h"
#include "reference/http_client.h"
#include "reference/repeated.h"
#include "reference/server.h"
#include "spec/record.h"

namespace assay {
namespace {

constexpr std::size_t kMostObservations = 20'000;
constexpr std::size_t kMostFailing = 6;         // of a group, that a fault has to reproduce
constexpr std::size_t kSample = 200;            // observations that rank the faults that do
constexpr std::size_t kLongAnswer = 32 * 1024;  // bytes; beyond, an observation ranks nothing
constexpr std::size_t kMostCandidates = 24;
constexpr std::size_t kWholeRun = 1'300;  // observations, where order matters
constexpr std::size_t kMostNamed = 3;
constexpr std::size_t kMostFlips = 8;          // of options, one after the other
constexpr std::size_t kLongChain = 6;          // pages of a walk
constexpr std::size_t kLookedAtForFlips = 16;  // observations that say which one
constexpr int kOverlapping = 64;               // requests, as many at once as the target takes
constexpr std::chrono::milliseconds kImitationTimeout{5000};
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

// Up to so many, evenly.
std::vector<std::size_t> Spread(const std::vector<std::size_t>& list, std::size_t most) {
  std::vector<std::size_t> out;
  const std::size_t count = std::min(most, list.size());
  for (std::size_t i = 0; i < count; ++i) out.push_back(list[i * list.size() / count]);
  return out;
}

Reading With(Reading reading, Question question, Option option) {
  std::erase_if(reading.pins, [&](const auto& pin) { return pin.first == question; });
  reading.pins.emplace_back(question, option);
  return reading;
}

}  // namespace

AnswerDigest AnswerDigester::Of(const ObservedAnswer& answer, const Response& response) {
  std::uint64_t hash = Mix(0, std::to_string(response.status));
  const std::string_view type = response.content_type;
  hash = Mix(hash, type.substr(0, type.find(';')));
  hash = Mix(hash, OtherEncodingName(answer, response));
  hash = Mix(hash, IsSlow(response) ? "slow" : "");
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

namespace {

// What a broken answer says: how it broke, and whether anything came.
std::uint64_t DigestOf(const Error& error) {
  const auto failure = FailureOf(error);
  const bool silent = error.what.find("after 0 bytes") != std::string::npos;
  return Mix(Mix(0, failure ? Beginning(*failure) : ""), silent ? "silent" : "bytes");
}

// Answers as the target might have.
class Imitator {
 public:
  virtual ~Imitator() = default;
  virtual Result<Response> Answer(const Request& request) = 0;
  // What the last answer depends on.
  std::bitset<kQuestionCount> asked;
};

std::vector<const Fault*> ListOf(const Fault* fault) {
  return fault ? std::vector<const Fault*>{fault} : std::vector<const Fault*>{};
}

class InProcess : public Imitator {
 public:
  InProcess(const Dataset& dataset, const Reading& reading, const Fault* fault)
      : service_(dataset, reading, ListOf(fault)) {}
  Result<Response> Answer(const Request& request) override {
    Response response;
    service_.Handle(request, "model", response, &asked);
    return response;
  }

 private:
  Service service_;
};

// For faults that only HTTP shows.
class OverHttp : public Imitator {
 public:
  // Nothing where no server can be had.
  static std::unique_ptr<OverHttp> Start(const Dataset& dataset, const Reading& reading,
                                         const Fault& fault) {
    auto server = Server::Start(dataset, reading, "127.0.0.1", 0, {.threads = 2}, {}, {&fault});
    if (!server) return nullptr;
    auto target = HttpTarget::Open((*server)->Url(), {.timeout = kImitationTimeout});
    if (!target) return nullptr;
    return std::unique_ptr<OverHttp>(new OverHttp(std::move(*server), std::move(*target)));
  }
  Result<Response> Answer(const Request& request) override { return Send(*target_, request); }
  Target& target() { return *target_; }

 private:
  OverHttp(std::unique_ptr<Server> server, std::unique_ptr<HttpTarget> target)
      : server_(std::move(server)), target_(std::move(target)) {}

  std::unique_ptr<Server> server_;
  std::unique_ptr<HttpTarget> target_;
};

}  // namespace

// An imitator, asked what the target was asked.
class Diagnosis::Imitation {
 public:
  Imitation(const Diagnosis& diagnosis, std::unique_ptr<Imitator> imitator)
      : diagnosis_(diagnosis), imitator_(std::move(imitator)) {}
  Imitation(const Diagnosis& diagnosis, const Dataset& dataset, const Reading& reading,
            const Fault* fault)
      : Imitation(diagnosis, std::make_unique<InProcess>(dataset, reading, fault)) {}

  // The digest of its answer to what observation `index` asked.
  std::uint64_t Ask(std::size_t index) {
    const Observation& observation = diagnosis_.observations_[index];
    Request request = observation.request;
    for (Parameter& parameter : request.parameters) {
      const auto at = tokens_.find(parameter.value);
      if (parameter.name == "NextToken" && at != tokens_.end()) parameter.value = at->second;
    }
    ++diagnosis_.asked_;
    const Result<Response> response = imitator_->Answer(request);
    if (!response) return DigestOf(response.error());
    thread_local AnswerReader reader;  // keeps its buffers
    AnswerDigest digest = digester_.Of(reader.Read(*response), *response);
    if (!observation.next_token.empty()) {
      tokens_[observation.next_token] = std::move(digest.next_token);
    }
    return digest.value;
  }
  // True where it answers the observation, and those whose tokens it needs, as the target did.
  bool AgreesOn(std::size_t index) {
    std::uint64_t digest = 0;
    for (const std::size_t step : diagnosis_.Chain(index)) digest = Ask(step);
    return digest == diagnosis_.observations_[index].digest;
  }
  const std::bitset<kQuestionCount>& asked() const { return imitator_->asked; }

 private:
  const Diagnosis& diagnosis_;
  std::unique_ptr<Imitator> imitator_;
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
                           !failures.empty(), IsSlow(response), response.body.size()});
  const std::string& token = observations_.back().next_token;
  if (!token.empty()) issued_.emplace(token, index);
  for (const std::string& failure : failures) failing_[failure].push_back(index);
}

void Diagnosis::Observe(std::uint64_t exchange, const Request& request, const Error& broken,
                        const std::vector<std::string>& failures) {
  if (observations_.size() >= kMostObservations) return;
  for (const std::string& failure : failures) failing_[failure].push_back(observations_.size());
  observations_.push_back({.exchange = exchange,
                           .request = request,
                           .digest = DigestOf(broken),
                           .fails = !failures.empty(),
                           .broken = true});
}

std::optional<std::size_t> Diagnosis::Find(std::uint64_t exchange) const {
  const auto at = std::ranges::lower_bound(observations_, exchange, {}, &Observation::exchange);
  if (at == observations_.end() || at->exchange != exchange) return std::nullopt;
  return static_cast<std::size_t>(at - observations_.begin());
}

void Diagnosis::Fail(std::uint64_t exchange, const std::string& failure) {
  const auto index = Find(exchange);
  if (!index) return;
  observations_[*index].fails = true;
  failing_[failure].push_back(*index);
}

std::vector<Request> Diagnosis::RequestsTo(const std::vector<std::uint64_t>& exchanges) const {
  std::set<std::size_t> needed;
  for (const std::uint64_t exchange : exchanges) {
    const auto index = Find(exchange);
    if (!index) return {};
    const std::vector<std::size_t> chain = Chain(*index);
    needed.insert(chain.begin(), chain.end());
  }
  std::vector<Request> out;
  std::unordered_map<std::string, std::string> tokens;  // of the run -> by the step that gives it
  for (const std::size_t index : needed) {
    const Observation& observation = observations_[index];
    out.push_back(observation.request);
    for (Parameter& parameter : out.back().parameters) {
      const auto at = tokens.find(parameter.value);
      if (parameter.name == "NextToken" && at != tokens.end()) parameter.value = at->second;
    }
    if (!observation.next_token.empty()) {
      tokens.emplace(observation.next_token, TokenOfAnswer(out.size()));
    }
  }
  return out;
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
  std::vector<std::size_t> out = Spread(failing, kLooked);
  // By what it costs to ask it again: a page of a walk needs all pages before it.
  std::ranges::stable_sort(out, {},
                           [&](std::size_t i) { return Chain(i).size() * observations_[i].size; });
  if (out.size() > kMostFailing) out.resize(kMostFailing);
  return out;
}

bool Diagnosis::Reproduces(const Fault& fault, const std::string& failure, const Dataset& dataset,
                           const Reading& reading) const {
  const auto at = failing_.find(failure);
  if (at == failing_.end()) return false;
  const std::vector<std::size_t> telling = Telling(at->second);
  // So that a RequestId that comes again does so here.
  const bool prime = failure.starts_with(Id("response.request_id.unique"_rule));
  std::size_t misses = telling.size() / 3;  // a wrong reading of another question may spoil some
  bool differs = false;
  for (const std::size_t index : telling) {
    Imitation imitation(*this, dataset, reading, &fault);
    if (prime) imitation.Ask(0);
    if (!imitation.AgreesOn(index)) {
      if (misses-- == 0) return false;
      continue;
    }
    if (differs) continue;
    Imitation right(*this, dataset, reading, nullptr);
    if (prime) right.Ask(0);
    differs = !right.AgreesOn(index);
  }
  return differs;
}

bool Diagnosis::Accounts(const Fault& fault, const std::string& failure, const Dataset& dataset,
                         const Reading& reading) const {
  const auto at = failing_.find(failure);
  if (at == failing_.end()) return false;
  const auto imitator = [&]() -> std::unique_ptr<Imitator> {
    if (fault.wire) return OverHttp::Start(dataset, reading, fault);
    return std::make_unique<InProcess>(dataset, reading, &fault);
  };
  return std::ranges::any_of(Telling(at->second), [&](std::size_t index) {
    std::unique_ptr<Imitator> one = imitator();
    return one && Imitation(*this, std::move(one)).AgreesOn(index);
  });
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
    const std::vector<std::size_t> spread = Spread(list, most);
    out.insert(out.end(), spread.begin(), spread.end());
  }
  std::ranges::sort(out);
  return out;
}

std::size_t Diagnosis::Disagreements(Imitation imitation, const std::vector<std::size_t>& sample,
                                     std::size_t bound) const {
  std::size_t out = 0;
  for (const std::size_t index : sample) {
    out += imitation.Ask(index) == observations_[index].digest ? 0 : 1;
    if (out > bound) break;
  }
  return out;
}

// The ids of those that disagree least.
std::vector<std::string> Diagnosis::BestNamed(
    std::vector<std::pair<std::size_t, const Fault*>> ranked) {
  std::ranges::stable_sort(ranked, {}, [](const auto& entry) { return entry.first; });
  std::vector<std::string> out;
  for (const auto& [disagreements, fault] : ranked) {
    if (out.size() < kMostNamed) out.push_back(fault->id);
  }
  return out;
}

std::vector<std::string> Diagnosis::Explain(const std::string& failure, Pattern pattern,
                                            const Dataset& dataset, const Reading& reading) const {
  const auto at = failing_.find(failure);
  if (at == failing_.end()) return {};
  const bool broken = std::ranges::any_of(
      at->second, [&](std::size_t index) { return observations_[index].broken; });
  if (broken) return ExplainOverHttp(at->second, dataset, reading);
  if (pattern == Pattern::kAlways) return ExplainByGroup(failure, dataset, reading);
  const std::vector<std::string>& named = ExplainByWholeRun(dataset, reading);
  if (!named.empty() || pattern == Pattern::kNowAndThen) return named;
  return ExplainOverlapping(failure, dataset, reading);
}

std::vector<std::string> Diagnosis::ExplainByGroup(const std::string& failure,
                                                   const Dataset& dataset,
                                                   const Reading& reading) const {
  std::vector<const Fault*> candidates;
  for (const Fault& fault : Faults()) {
    if (asked_ > kMostAsked) return {};
    if (fault.wire || fault.history) continue;
    if (Reproduces(fault, failure, dataset, reading)) candidates.push_back(&fault);
    if (candidates.size() == kMostCandidates) break;
  }
  std::vector<std::pair<std::size_t, const Fault*>> ranked;
  const std::vector<std::size_t> sample = Sample();
  std::size_t best = sample.size();
  for (const Fault* fault : candidates) {
    // Far worse than the best is enough to know.
    ranked.emplace_back(Disagreements({*this, dataset, reading, fault}, sample, 2 * best + 20),
                        fault);
    best = std::min(best, ranked.back().first);
  }
  // One that explains less than it makes worse is none.
  const std::size_t without =
      Disagreements({*this, dataset, reading, nullptr}, sample, sample.size());
  std::erase_if(ranked, [&](const auto& entry) { return entry.first > without; });
  // A fault that shows now and then may look like another where it does.
  if (best > sample.size() / 20) {
    const std::vector<std::string>& named = ExplainByWholeRun(dataset, reading);
    if (!named.empty()) return named;
  }
  return BestNamed(std::move(ranked));
}

// Answers that broke off, from a server that breaks them off.
std::vector<std::string> Diagnosis::ExplainOverHttp(const std::vector<std::size_t>& failing,
                                                    const Dataset& dataset,
                                                    const Reading& reading) const {
  std::vector<std::pair<std::size_t, const Fault*>> ranked;
  const std::vector<std::size_t> sample = Sample();
  for (const Fault& fault : Faults()) {
    if (!fault.wire || fault.history) continue;
    auto imitator = OverHttp::Start(dataset, reading, fault);
    if (!imitator) continue;
    Imitation imitation(*this, std::move(imitator));
    const bool agrees = std::ranges::all_of(
        Telling(failing), [&](std::size_t index) { return imitation.AgreesOn(index); });
    if (!agrees) continue;
    const std::size_t wrong = Disagreements(std::move(imitation), sample, sample.size());
    ranked.emplace_back(wrong, &fault);
  }
  return BestNamed(std::move(ranked));
}

std::vector<std::string> Diagnosis::ExplainOverlapping(const std::string& failure,
                                                       const Dataset& dataset,
                                                       const Reading& reading) const {
  const auto at = failing_.find(failure);
  std::vector<std::string> out;
  if (at == failing_.end()) return out;
  const std::vector<std::size_t> telling = Telling(at->second);
  for (const Fault& fault : Faults()) {
    if (!fault.wire || !fault.history) continue;
    auto imitator = OverHttp::Start(dataset, reading, fault);
    if (!imitator) continue;
    const bool shows = std::ranges::any_of(telling, [&](std::size_t index) {
      const Observation& observation = observations_[index];
      Repeated repeated(observation.request, kOverlapping);
      imitator->target().Run(repeated);
      return std::ranges::any_of(repeated.answers, [&](const Result<Response>& response) {
        AnswerReader reader;
        return response &&
               AnswerDigester().Of(reader.Read(*response), *response).value == observation.digest;
      });
    });
    if (shows) out.push_back(fault.id);
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
  const std::size_t right = Disagreements({*this, dataset, reading, nullptr}, run, run.size());
  std::vector<std::pair<std::size_t, const Fault*>> ranked;
  for (const Fault& fault : Faults()) {
    if (fault.wire || !fault.history) continue;
    std::size_t least = right;
    // A fault of the order hides which one it disturbs.
    for (const OptionInfo& order : Catalogue::Get()["paging.order"_question].options) {
      const Reading ordered = With(reading, "paging.order"_question, order.id);
      least = std::min(least, Disagreements({*this, dataset, ordered, &fault}, run, right / 4));
    }
    if (least <= right / 4 && least < right) ranked.emplace_back(least, &fault);
  }
  out = BestNamed(std::move(ranked));
  return out;
}

Reading Diagnosis::BestOf(const std::vector<Reading>& readings, const Dataset& dataset) const {
  const std::vector<std::size_t> sample = Sample();
  std::size_t best = sample.size() + 1;
  const Reading* chosen = &readings.front();
  for (const Reading& reading : readings) {
    const std::size_t wrong = Disagreements({*this, dataset, reading, nullptr}, sample, best);
    if (wrong >= best) continue;
    best = wrong;
    chosen = &reading;
  }
  return *chosen;
}

// Other options of what was asked, each with how many of the observations it would explain.
std::vector<Diagnosis::Flip> Diagnosis::Flips(const std::vector<std::size_t>& unexplained,
                                              const Fault* fault, const Dataset& dataset,
                                              const Reading& reading) const {
  std::map<std::pair<Question, Option>, std::size_t> votes;
  for (const std::size_t index : unexplained) {
    if (Chain(index).size() > kLongChain) continue;  // costs much, and says what its beginning says
    Imitation imitation(*this, dataset, reading, fault);
    if (imitation.AgreesOn(index)) continue;  // but for a token that the sample does not hold
    const auto asked = imitation.asked();
    for (const QuestionInfo& question : Catalogue::Get().questions()) {
      if (!asked[Index(question.id)]) continue;
      for (const OptionInfo& option : question.options) {
        const Reading flipped = With(reading, question.id, option.id);
        if (Imitation(*this, dataset, flipped, fault).AgreesOn(index)) {
          ++votes[{question.id, option.id}];
        }
      }
    }
  }
  std::vector<Flip> out;
  for (const auto& [flip, count] : votes) out.push_back({flip.first, flip.second, count});
  std::ranges::stable_sort(out, std::ranges::greater{}, &Flip::votes);
  return out;
}

// Goes uphill, one question at a time.
Reading Diagnosis::Fit(Reading reading, const Fault* fault, const Dataset& dataset,
                       const std::vector<std::string>& failures) const {
  std::vector<std::size_t> sample = Sample();
  for (const std::string& failure : failures) {
    const auto at = failing_.find(failure);
    if (at != failing_.end()) std::ranges::copy(Telling(at->second), std::back_inserter(sample));
  }
  std::ranges::sort(sample);
  const auto twice = std::ranges::unique(sample);
  sample.erase(twice.begin(), twice.end());
  const auto unexplained = [&](const Reading& candidate) {
    std::vector<std::size_t> out;
    Imitation imitation(*this, dataset, candidate, fault);
    for (const std::size_t index : sample) {
      if (imitation.Ask(index) != observations_[index].digest) out.push_back(index);
    }
    return out;
  };
  std::vector<std::size_t> wrong = unexplained(reading);
  for (std::size_t step = 0; step < kMostFlips && asked_ < kMostAsked; ++step) {
    bool better = false;
    std::vector<Flip> flips = Flips(Spread(wrong, kLookedAtForFlips), fault, dataset, reading);
    if (flips.size() > kMostFlips) flips.resize(kMostFlips);
    for (const Flip& flip : flips) {
      Reading flipped = With(reading, flip.question, flip.option);
      std::vector<std::size_t> left = unexplained(flipped);
      if (left.size() >= wrong.size()) continue;
      reading = std::move(flipped);
      wrong = std::move(left);
      better = true;
    }
    if (!better) break;
  }
  return reading;
}

}  // namespace assay
