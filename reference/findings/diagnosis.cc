#include "reference/findings/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>
#include <chrono>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <utility>

#include "reference/faults/catalogue.h"
#include "reference/faults/variants.h"
#include "reference/findings/trigger.h"
#include "reference/server/server.h"
#include "reference/server/service.h"
#include "reference/target/http_client.h"
#include "reference/target/repeated.h"
#include "spec/record/token_trail.h"

namespace assay {
namespace {

constexpr std::size_t kMostObservations = 20'000;
constexpr std::size_t kSymptom = 1'000;         // observations of one symptom that are looked at
constexpr std::size_t kMostFailing = 6;         // of a group, that a fault has to reproduce
constexpr std::size_t kSample = 200;            // observations that rank the faults that do
constexpr std::size_t kLongAnswer = 32 * 1024;  // bytes; beyond, an observation ranks nothing
constexpr std::size_t kMostCandidates = 48;
constexpr std::size_t kStart = 150;       // of a run, observations
constexpr std::size_t kWholeRun = 1'300;  // observations, where order matters
constexpr std::size_t kMostNamed = 3;
constexpr std::size_t kMostFlips = 8;          // of options, one after the other
constexpr std::size_t kLongChain = 6;          // pages of a walk
constexpr std::size_t kLookedAt = 16;          // of a group, of which most must be explained
constexpr std::size_t kContrast = 32;          // right answers to requests of the same kind
constexpr std::size_t kWiderContrast = 96;     // … that ask for a part of it
constexpr std::size_t kLookedAtForFlips = 16;  // observations that say which one
constexpr int kOverlapping = 64;               // requests, as many at once as the target takes
constexpr std::chrono::milliseconds kImitationTimeout{5000};
constexpr std::size_t kNoBound = 1'000'000;

// At most so many, evenly spread.
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

namespace {

// Answers as the target might have.
class Imitator {
 public:
  virtual ~Imitator() = default;
  virtual Result<Response> Answer(const Request& request) = 0;
  // What the last answer depends on.
  std::bitset<kQuestionCount> asked;
};

FaultList With(FaultList faults, const Fault& fault) {
  faults.push_back(&fault);
  return faults;
}

class InProcess : public Imitator {
 public:
  InProcess(const Judge& judge, const Reading& reading, const FaultList& faults)
      : service_(judge.dataset(), reading, faults, judge.hidden()) {}
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
  // Null if no server can be started.
  static std::unique_ptr<OverHttp> Start(const Judge& judge, const Reading& reading,
                                         const FaultList& faults) {
    auto server = Server::Start(judge.dataset(), reading, "127.0.0.1", 0, {.threads = 2}, {},
                                faults, judge.hidden());
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
  Imitation(const Diagnosis& diagnosis, const Judge& judge, const Reading& reading,
            const FaultList& faults)
      : Imitation(diagnosis, std::make_unique<InProcess>(judge, reading, faults)) {}

  // Its answer to what observation `index` asked.
  AnswerDigest Ask(std::size_t index) {
    const Observation& observation = diagnosis_.observations_[index];
    Request request = observation.request;
    for (Parameter& parameter : request.parameters) {
      const auto at = tokens_.find(parameter.value);
      if (parameter.name == "NextToken" && at != tokens_.end()) parameter.value = at->second;
    }
    ++diagnosis_.asked_;
    const Result<Response> response = imitator_->Answer(request);
    if (!response) return AnswerDigest::OfBroken(response.error());
    thread_local AnswerReader reader;  // keeps its buffers
    AnswerDigest digest = digester_.Of(reader.Read(*response), *response);
    if (!observation.digest.next_token.empty()) {
      tokens_[observation.digest.next_token] = digest.next_token;
    }
    return digest;
  }
  // The same, after those whose tokens that needs.
  AnswerDigest AskWithChain(std::size_t index) {
    AnswerDigest digest;
    for (const std::size_t step : diagnosis_.Chain(index)) digest = Ask(step);
    return digest;
  }
  // How far its answer is from what the target answered; 0: they are alike.
  std::size_t Wrong(std::size_t index) {
    return Distance(AskWithChain(index).Unlike(diagnosis_.observations_[index].digest));
  }
  const std::bitset<kQuestionCount>& asked() const { return imitator_->asked; }

 private:
  const Diagnosis& diagnosis_;
  std::unique_ptr<Imitator> imitator_;
  AnswerDigester digester_;
  std::unordered_map<std::string, std::string> tokens_;  // the target's -> its own
};

void Diagnosis::Observe(const Exchange& exchange, const std::vector<std::string>& failures) {
  if (observations_.size() >= kMostObservations) return;
  const std::size_t index = observations_.size();
  observations_.push_back({exchange.id, exchange.request,
                           digester_.Of(exchange.answer, exchange.response), !failures.empty(),
                           IsSlow(exchange.response), exchange.response.body.size()});
  const std::string& token = observations_.back().digest.next_token;
  if (!token.empty()) issued_.emplace(token, index);
  for (const std::string& failure : failures) failing_[failure].push_back(index);
}

void Diagnosis::Observe(std::uint64_t exchange, const Request& request, const Error& broken,
                        const std::vector<std::string>& failures) {
  if (observations_.size() >= kMostObservations) return;
  for (const std::string& failure : failures) failing_[failure].push_back(observations_.size());
  observations_.push_back({.exchange = exchange,
                           .request = request,
                           .digest = AnswerDigest::OfBroken(broken),
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
    if (!observation.digest.next_token.empty()) {
      tokens.emplace(observation.digest.next_token, TokenOfAnswer(out.size()));
    }
  }
  return out;
}

std::vector<Request> Diagnosis::RequestsBefore(std::uint64_t exchange, std::size_t most) const {
  const auto end = std::ranges::lower_bound(observations_, exchange, {}, &Observation::exchange);
  const auto count = std::min(end - observations_.begin(), static_cast<std::ptrdiff_t>(most));
  std::vector<Request> out;
  std::transform(end - count, end, std::back_inserter(out),
                 [](const Observation& observation) { return observation.request; });
  return out;
}

std::optional<AnswerDigest> Diagnosis::DigestOf(std::uint64_t exchange) const {
  const auto index = Find(exchange);
  return index ? std::optional(observations_[*index].digest) : std::nullopt;
}

bool Diagnosis::WasRight(const Request& request) const {
  return std::ranges::any_of(observations_, [&](const Observation& observation) {
    return !observation.fails && !observation.broken && observation.request == request;
  });
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

std::vector<std::size_t> Diagnosis::TellingObservations(
    const std::vector<std::size_t>& failing) const {
  constexpr std::size_t kLooked = 64;
  std::vector<std::size_t> out = Spread(failing, kLooked);
  // By the cost of asking it again: a page of a walk needs all pages before it.
  std::ranges::stable_sort(out, {},
                           [&](std::size_t i) { return Chain(i).size() * observations_[i].size; });
  if (out.size() > kMostFailing) out.resize(kMostFailing);
  return out;
}

// Those with the symptom that ask for what the group asks for.
std::vector<std::size_t> Diagnosis::FailingOf(const Failure& failure) const {
  const auto at = failing_.find(failure.key);
  if (at == failing_.end()) return {};
  std::vector<std::size_t> out = Spread(at->second, kSymptom);
  std::erase_if(out, [&](std::size_t index) {
    return observations_[index].broken ||
           !std::ranges::includes(KindOfRequest(observations_[index].request), failure.asks);
  });
  return out.empty() ? at->second : out;
}

Diagnosis::Evidence Diagnosis::EvidenceOf(const Failure& failure, const Judge& judge,
                                          const Reading& reading, const FaultList& known) const {
  Evidence out{.telling = TellingObservations(FailingOf(failure))};
  // So that a RequestId that comes again does so here.
  out.primed = failure.key.starts_with(Id("response.request_id.unique"_rule));
  for (const std::size_t index : out.telling) {
    Imitation imitation(*this, judge, reading, known);
    if (out.primed) imitation.Ask(0);
    out.without.push_back(imitation.AskWithChain(index));
  }
  return out;
}

template <typename Judgement>
bool Diagnosis::IsRightAbout(const Evidence& evidence, const Fault& fault, const Judge& judge,
                             const Reading& reading, const FaultList& known,
                             const Judgement& judgement) const {
  const FaultList faults = With(known, fault);
  std::size_t misses = evidence.telling.size() / 3;  // a wrong reading may spoil some
  bool hit = false;
  for (std::size_t i = 0; i < evidence.telling.size(); ++i) {
    std::unique_ptr<Imitator> imitator;
    if (fault.wire) imitator = OverHttp::Start(judge, reading, faults);
    if (!fault.wire) imitator = std::make_unique<InProcess>(judge, reading, faults);
    if (!imitator) return false;
    Imitation imitation(*this, std::move(imitator));
    if (evidence.primed) imitation.Ask(0);
    const AnswerDigest answer = imitation.AskWithChain(evidence.telling[i]);
    const AnswerDigest& seen = observations_[evidence.telling[i]].digest;
    const AnswerDigest::Parts changed = answer.Unlike(evidence.without[i]);
    // What becomes an error has to be the error that was seen.
    AnswerDigest::Parts to_agree = changed | AnswerDigest::Parts().set(AnswerDigest::kOutcome);
    if (changed[AnswerDigest::kOutcome])
      to_agree.set(AnswerDigest::kStatus).set(AnswerDigest::kCode);
    const Effect effect{evidence.without[i].Unlike(seen), changed, answer.Unlike(seen),
                        changed.any() && answer.Agrees(seen, to_agree)};
    const Says says = judgement(effect);
    hit |= says == Says::kYes;
    if (says == Says::kNo && misses-- == 0) return false;
  }
  return hit;
}

bool Diagnosis::Accounts(const Fault& fault, const Failure& failure, bool breaks_it,
                         const Judge& judge, const Reading& reading, const FaultList& known) const {
  const Evidence evidence = EvidenceOf(failure, judge, reading, known);
  AnswerDigest::Parts shown = failure.shown;
  if (!evidence.primed) shown.reset(AnswerDigest::kRepeated);  // nothing came before
  return IsRightAbout(evidence, fault, judge, reading, known, [&](const Effect& effect) {
    const bool mends = breaks_it ? (effect.changed & shown).any() : (effect.wrong & shown).none();
    if (effect.agrees && mends) return Says::kYes;
    // Of several causes of one symptom, another one was found before.
    return !known.empty() && (effect.wrong_before & shown).none() ? Says::kNothing : Says::kNo;
  });
}

bool Diagnosis::Reconciles(const Fault& fault, const std::vector<std::uint64_t>& exchanges,
                           const Judge& judge, const Reading& reading,
                           const FaultList& known) const {
  const auto gives_all = [&](const FaultList& faults) {
    return std::ranges::all_of(exchanges, [&](std::uint64_t exchange) {
      const auto index = Find(exchange);
      return index && Imitation(*this, judge, reading, faults).Wrong(*index) == 0;
    });
  };
  FaultList others = known;
  std::erase(others, &fault);
  return gives_all(known) && !gives_all(others);
}

bool Diagnosis::Helps(const Fault& fault, const Judge& judge, const Reading& reading,
                      const FaultList& known) const {
  const std::vector<std::size_t> sample = Sample();
  const std::size_t without = Disagreements({*this, judge, reading, known}, sample, kNoBound);
  return Disagreements({*this, judge, reading, With(known, fault)}, sample, without) < without;
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
    out += Distance(imitation.Ask(index).Unlike(observations_[index].digest));
    if (out > bound) break;
  }
  return out;
}

// Those that disagree least.
FaultList Diagnosis::BestNamed(Ranked ranked) {
  std::ranges::stable_sort(ranked, {}, [](const auto& entry) { return entry.first; });
  FaultList out;
  for (const auto& [disagreements, fault] : ranked) {
    if (out.size() < kMostNamed) out.push_back(fault);
  }
  return out;
}

Diagnosis::Named Diagnosis::Explain(const Failure& failure, Pattern pattern, const Judge& judge,
                                    const Reading& reading, const FaultList& known) const {
  const auto at = failing_.find(failure.key);
  if (at == failing_.end()) return {};
  const auto is_broken = [this](std::size_t index) { return observations_[index].broken; };
  // Of answers that another mistake spoils, too, few are.
  if (2 * std::ranges::count_if(at->second, is_broken) >= std::ssize(at->second))
    return {ExplainOverHttp(at->second, judge, reading, known)};
  if (pattern == Pattern::kAlways) return ExplainByGroup(failure, judge, reading, known);
  const FaultList& named = ExplainByWholeRun(judge, reading);
  if (!named.empty() || pattern == Pattern::kNowAndThen) return {named};
  return {ExplainOverlapping(failure.key, judge, reading)};
}

namespace {

// A right answer to a request that asks for a part of what failing ones ask for.
struct Partial {
  std::size_t index;        // of the observation
  std::size_t lacks, asks;  // how many of their filters and ways of paging; how many it has
  bool elsewhere;           // it asks in another region
};

// For each of what they ask for as many: half of those that lack least, half of the plainest, those
// of the same region first.
std::vector<std::size_t> ContrastOf(std::map<std::string, std::vector<Partial>> partial) {
  std::set<std::size_t> out;
  for (auto& [family, all] : partial) {
    const std::size_t half = kWiderContrast / partial.size() / 2;
    const auto take = [&](auto&& order) {
      std::ranges::stable_sort(all, {}, order);
      for (std::size_t i = 0; i < std::min(half, all.size()); ++i) out.insert(all[i].index);
    };
    take([](const Partial& entry) { return std::pair(entry.lacks, entry.elsewhere); });
    take([](const Partial& entry) { return std::pair(entry.asks, entry.elsewhere); });
  }
  return {out.begin(), out.end()};
}

}  // namespace

// To ask again.
bool Diagnosis::IsCheap(std::size_t index) const {
  return observations_[index].size <= kLongAnswer && Chain(index).size() <= kLongChain;
}

Diagnosis::Search Diagnosis::SearchFor(const Failure& failure, const Judge& judge,
                                       const Reading& reading, const FaultList& known) const {
  Search out{failure,  judge, reading, known, EvidenceOf(failure, judge, reading, known),
             Sample(), {},    {}};
  const auto& telling = out.evidence.telling;
  out.sample.insert(out.sample.end(), telling.begin(), telling.end());
  std::ranges::sort(out.sample);
  for (const std::size_t index : Spread(FailingOf(failure), kLookedAt)) {
    if (!IsCheap(index)) continue;
    out.more.telling.push_back(index);
    Imitation imitation(*this, judge, reading, known);
    if (out.evidence.primed) imitation.Ask(0);
    out.more.without.push_back(imitation.AskWithChain(index));
  }
  const std::set<std::string> needed =
      failure.steps.empty() ? failure.asks : KindOfRequest(failure.steps.back());
  // A mistake that only one region shows has to be told from others there.
  const std::string region(
      failure.steps.empty() ? "" : failure.steps.back().Find("RegionId").value_or(""));
  std::vector<std::size_t> as_much, as_much_there;
  std::map<std::string, std::vector<Partial>> partial;  // by what of it they ask for
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    const Observation& other = observations_[i];
    if (other.fails || other.broken || !IsCheap(i)) continue;
    const std::set<std::string> asks = KindOfRequest(other.request);
    std::vector<std::string> shared;
    std::ranges::set_intersection(needed, asks, std::back_inserter(shared));
    const bool there = other.request.Find("RegionId") == region;
    if (shared.size() == needed.size()) {
      (there ? as_much_there : as_much).push_back(i);
      continue;
    }
    for (const std::string& family : shared) {
      partial[family].push_back({i, needed.size() - shared.size(), asks.size(), !there});
    }
  }
  const std::vector<std::size_t> part = ContrastOf(std::move(partial));
  const auto answered = [&](const std::vector<std::size_t>& all, std::size_t most, Evidence& kept) {
    for (const std::size_t index : Spread(all, most)) {
      kept.telling.push_back(index);
      kept.without.push_back(Imitation(*this, judge, reading, known).AskWithChain(index));
    }
  };
  answered(as_much_there, kContrast / 2, out.contrast);
  answered(as_much, kContrast - out.contrast.telling.size(), out.contrast);
  answered(part, part.size(), out.wider);
  return out;
}

template <typename Judgement>
FaultList Diagnosis::Fitting(const Search& search, const std::vector<Fault>& faults,
                             const Judgement& judgement) const {
  FaultList out;
  for (const Fault& fault : faults) {
    if (IsSpent() || out.size() == kMostCandidates) break;
    if (fault.wire || fault.history) continue;
    if (IsRightAbout(search.evidence, fault, search.judge, search.reading, search.known,
                     judgement)) {
      out.push_back(&fault);
    }
  }
  return out;
}

// In how many of the group's answers the fault gives what is wrong, not just in short ones; and how
// many there are that show it: a list in another order hides what else is wrong in it.
std::pair<std::size_t, std::size_t> Diagnosis::Explained(const Search& search,
                                                         const Fault& fault) const {
  const AnswerDigest::Parts& shown = search.failure.shown;
  const std::vector<std::size_t>& telling = search.more.telling;
  std::size_t right = 0, all = 0;
  for (std::size_t i = 0; i < telling.size(); ++i) {
    Imitation imitation(*this, search.judge, search.reading, With(search.known, fault));
    if (search.evidence.primed) imitation.Ask(0);
    const AnswerDigest answer = imitation.AskWithChain(telling[i]);
    const AnswerDigest& seen = observations_[telling[i]].digest;
    const AnswerDigest::Parts mended =
        answer.Unlike(search.more.without[i]) & search.more.without[i].Unlike(seen);
    // One part is enough: equal times may be in another order.
    const bool is_right = (mended & shown & ~answer.Unlike(seen)).any();
    right += is_right ? 1 : 0;
    all += is_right || (search.more.without[i].Unlike(seen) & shown).any() ? 1 : 0;
  }
  return {right, all};
}

Diagnosis::Spoils Diagnosis::SpoilsOfTheRest(const Search& search, const Fault& fault) const {
  const FaultList faults = With(search.known, fault);
  const auto spoiled_of = [&](const Evidence& right) {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < right.telling.size(); ++i) {
      const AnswerDigest& seen = observations_[right.telling[i]].digest;
      Imitation imitation(*this, search.judge, search.reading, faults);
      const AnswerDigest::Parts changed =
          imitation.AskWithChain(right.telling[i]).Unlike(right.without[i]);
      if ((changed & right.without[i].Alike(seen)).any()) out.push_back(right.telling[i]);
    }
    return out;
  };
  const std::vector<std::size_t> spoiled = spoiled_of(search.contrast);
  if (3 * spoiled.size() <= search.contrast.telling.size()) {
    // Most of them are refused or empty anyway.
    const bool some = spoiled.size() + spoiled_of(search.wider).size() > 1;
    return some ? Spoils::kSome : Spoils::kNothing;
  }
  const auto have = [&](const std::vector<std::size_t>& list, const std::string& family) {
    return std::ranges::count_if(list, [&](std::size_t index) {
      return KindOfRequest(observations_[index].request).contains(family);
    });
  };
  const std::vector<std::size_t>& telling = search.evidence.telling;
  const std::set<std::string> first = KindOfRequest(observations_[telling.front()].request);
  const bool without = std::ranges::any_of(first, [&](const std::string& family) {
    return have(telling, family) == std::ssize(telling) &&
           5 * have(spoiled, family) <= std::ssize(spoiled);
  });
  return without ? Spoils::kSome : Spoils::kMuch;
}

// Whether the fault changes the answer to the smallest request in the part that shows the group; of
// two that are answered in two ways, one of the answers.
bool Diagnosis::ShowsInSmallest(const Search& search, const Fault& fault) const {
  const Failure& failure = search.failure;
  const bool needs_token = std::ranges::any_of(
      failure.steps, [](const Request& step) { return step.Find("NextToken").has_value(); });
  if (failure.answer.status == 0 || failure.steps.empty() || needs_token || search.evidence.primed)
    return true;
  AnswerReader reader;
  const auto digest = [&](const Response& response) {
    return AnswerDigester().Of(reader.Read(response), response);
  };
  const auto of_reference = [&](const FaultList& faults) {
    InProcess reference(search.judge, search.reading, faults);
    std::vector<AnswerDigest> answers;
    for (const Request& step : failure.steps) answers.push_back(digest(*reference.Answer(step)));
    asked_ += failure.steps.size();
    return answers;
  };
  const std::vector<AnswerDigest> without = of_reference(search.known);
  const std::vector<AnswerDigest> with = of_reference(With(search.known, fault));
  if (failure.of_two) {
    return !std::ranges::equal(with, without, [](const AnswerDigest& a, const AnswerDigest& b) {
      return a.Unlike(b).none();
    });
  }
  const AnswerDigest seen = digest({.status = failure.answer.status,
                                    .content_type = failure.answer.content_type,
                                    .body = failure.answer.body});
  // Under a wrong reading nothing can be told of it.
  if (without.back().Unlike(seen).test(AnswerDigest::kOutcome)) return true;
  return (with.back().Unlike(without.back()) & failure.shown).any();
}

// The answers of failing requests, of whatever group, that meet the first conditions, but not all.
Diagnosis::Evidence Diagnosis::FailingWithout(const Search& search, const Conditions& fewer,
                                              const Conditions& all) const {
  std::vector<std::size_t> failing;
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    const Observation& other = observations_[i];
    if (other.fails && !other.broken && IsCheap(i) && MeetsAll(other.request, fewer) &&
        !MeetsAll(other.request, all)) {
      failing.push_back(i);
    }
  }
  Evidence out{.telling = Spread(failing, kLookedAt)};
  for (const std::size_t index : out.telling) {
    Imitation imitation(*this, search.judge, search.reading, search.known);
    out.without.push_back(imitation.AskWithChain(index));
  }
  return out;
}

const Fault* Diagnosis::Narrow(const Search& search, const Fault& fault) const {
  const Failure& failure = search.failure;
  if (failure.steps.empty() || failure.of_two) return nullptr;
  const auto holds = [&](const Fault& narrowed) {
    return !IsSpent() && SpoilsOfTheRest(search, narrowed) == Spoils::kNothing &&
           ShowsInSmallest(search, narrowed);
  };
  const auto agrees = [](const Effect& effect) { return effect.agrees ? Says::kYes : Says::kNo; };
  const Conditions any_filter{{}};
  if (GivesFilter(failure.steps.back()) && holds(Narrowed(fault, any_filter))) {
    return &narrowed_.emplace_back(Narrowed(fault, any_filter));
  }
  for (const Values values : {Values::kNone, Values::kOfIgnored, Values::kAll}) {
    Conditions conditions = ConditionsOf(failure.steps.back(), fault, values);
    if (conditions.empty() || !holds(Narrowed(fault, conditions))) continue;
    // Each is needed to show it in that request; those that other requests do without are not.
    for (std::size_t i = conditions.size(); i-- > 0 && conditions.size() > 1;) {
      Conditions fewer = conditions;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      const Fault wider = Narrowed(fault, fewer);
      if (IsRightAbout(FailingWithout(search, fewer, conditions), wider, search.judge,
                       search.reading, search.known, agrees) &&
          holds(wider)) {
        conditions = std::move(fewer);
      }
    }
    return &narrowed_.emplace_back(Narrowed(fault, conditions));
  }
  return nullptr;
}

// How far each is from the sample; one that is farther than none goes.
Diagnosis::Ranked Diagnosis::Rank(const Search& search, const FaultList& candidates) const {
  const auto left = [&](const FaultList& faults, std::size_t bound) {
    return Disagreements({*this, search.judge, search.reading, faults}, search.sample, bound);
  };
  Ranked out;
  std::size_t best = kNoBound / 8;
  for (const Fault* fault : candidates) {
    // It is enough to know that it is far worse than the best.
    out.emplace_back(left(With(search.known, *fault), 2 * best + 80), fault);
    best = std::min(best, out.back().first);
  }
  const std::size_t without = left(search.known, kNoBound);
  std::erase_if(out, [&](const auto& entry) { return entry.first > without; });
  return out;
}

namespace {

// Parts that a mistake in one place changes alone.
AnswerDigest::Parts PartsOfOnePlace() {
  using enum AnswerDigest::Part;
  AnswerDigest::Parts out = ~AnswerDigest::Parts();
  for (const auto part : {kOutcome, kMedia, kContainer, kPageSizeKind, kPageNumberKind,
                          kTotalCountKind, kPageSize, kPageNumber, kTotalCount, kToken, kList}) {
    out.reset(part);
  }
  return out;
}

}  // namespace

namespace {

// The fault that ignores the same parameter in every request; null if it is none of that kind.
const Fault* PlainOf(const Fault& fault) {
  if (fault.ignored.empty()) return nullptr;
  const auto plain = std::ranges::find_if(
      Faults(), [&](const Fault& other) { return other.ignored == fault.ignored && !other.when; });
  return plain == Faults().end() ? nullptr : &*plain;
}

}  // namespace

Diagnosis::Named Diagnosis::ExplainByGroup(const Failure& failure, const Judge& judge,
                                           const Reading& reading, const FaultList& known) const {
  const Search search = SearchFor(failure, judge, reading, known);
  if (search.evidence.telling.empty()) return {};
  const AnswerDigest::Parts& shown = failure.shown;
  const auto gives_the_same = [&](const Effect& effect) {
    return effect.agrees && (effect.changed & shown).any() ? Says::kYes : Says::kNo;
  };
  bool varies = false;    // the first that fits shows in fewer requests
  bool fits_all = false;  // it explains the whole group
  const auto fitting = [&](const std::vector<Fault>& faults, std::size_t most) {
    Ranked out = Rank(search, Fitting(search, faults, gives_the_same));
    std::ranges::stable_sort(out, {}, &Ranked::value_type::first);
    Ranked sound;
    for (const auto& entry : out) {
      if (sound.size() == most) break;
      const Fault& fault = *entry.second;
      const auto [explained, all] = Explained(search, fault);
      if (2 * explained < all || !ShowsInSmallest(search, fault)) continue;
      const Spoils spoils = SpoilsOfTheRest(search, fault);
      if (spoils == Spoils::kMuch) continue;
      // One that is wrong about right answers, too, has to be right about nearly all wrong ones.
      if (spoils == Spoils::kSome && 10 * explained < 9 * all) continue;
      if (sound.empty()) {
        varies = spoils == Spoils::kSome;
        fits_all = explained == all;
      }
      sound.push_back(entry);
    }
    return sound;
  };
  const Ranked ranked = fitting(Faults(), kMostNamed);
  // When an intermittent fault shows, it may look like another one.
  if (known.empty() && (ranked.empty() || ranked.front().first > search.sample.size() / 20)) {
    const FaultList& named = ExplainByWholeRun(judge, reading);
    const auto is_no_farther = [&](const Fault& fault, const Fault& other) {
      const std::size_t of_other = FarFromRun(other, judge, reading, kNoBound, kNoBound).first;
      return FarFromRun(fault, judge, reading, kNoBound, of_other).first <= of_other;
    };
    if (!named.empty() &&
        (ranked.empty() || !is_no_farther(*ranked.front().second, *named.front()))) {
      return {named};
    }
  }
  Named best{BestNamed(ranked), varies, false, varies};
  // Of what shows in fewer requests, no more is known than which parameter is ignored.
  const Fault* plain = varies ? PlainOf(*best.faults.front()) : nullptr;
  if (plain && IsRightAbout(search.evidence, *plain, judge, reading, known, gives_the_same)) {
    best.faults = {plain};
  }
  if (varies) best.narrowed = Narrow(search, *best.faults.front());
  if ((fits_all && !varies) || IsSpent()) return best;
  const Ranked varied = fitting(Variants(), 1);
  if (!varied.empty() && (ranked.empty() || varied.front().first < ranked.front().first)) {
    return {BestNamed(varied), true};
  }
  if (!ranked.empty()) return best;
  return {ExplainLoosely(search), true, true};
}

// Faults that go wrong in the same parts of every answer, whatever they give there; if they are of
// one kind.
FaultList Diagnosis::ExplainLoosely(const Search& search) const {
  static const AnswerDigest::Parts kOfOnePlace = PartsOfOnePlace();
  Ranked ranked = Rank(search, Fitting(search, Faults(), [](const Effect& effect) {
                         const bool same = effect.changed == effect.wrong_before &&
                                           effect.changed.any() &&
                                           (effect.changed & ~kOfOnePlace).none();
                         return same ? Says::kYes : Says::kNo;
                       }));
  if (ranked.empty()) return {};
  const std::size_t best = std::ranges::min_element(ranked, {}, &Ranked::value_type::first)->first;
  std::erase_if(ranked, [&](const auto& entry) { return entry.first > best; });
  const std::string_view kind = KindOfFault(ranked.front().second->id);
  const bool agree = std::ranges::all_of(
      ranked, [&](const auto& entry) { return KindOfFault(entry.second->id) == kind; });
  return agree ? FaultList{ranked.front().second} : FaultList{};
}

// Answers that broke off, from a server that breaks them off.
FaultList Diagnosis::ExplainOverHttp(const std::vector<std::size_t>& failing, const Judge& judge,
                                     const Reading& reading, const FaultList& known) const {
  Ranked ranked;
  const std::vector<std::size_t> sample = Sample();
  for (const Fault& fault : Faults()) {
    if (IsLate()) return {};
    if (!fault.wire || fault.history) continue;
    auto imitator = OverHttp::Start(judge, reading, With(known, fault));
    if (!imitator) continue;
    Imitation imitation(*this, std::move(imitator));
    const bool agrees = std::ranges::all_of(TellingObservations(failing), [&](std::size_t index) {
      return imitation.Wrong(index) == 0;
    });
    if (!agrees) continue;
    const std::size_t wrong = Disagreements(std::move(imitation), sample, kNoBound);
    ranked.emplace_back(wrong, &fault);
  }
  return BestNamed(std::move(ranked));
}

FaultList Diagnosis::ExplainOverlapping(const std::string& failure, const Judge& judge,
                                        const Reading& reading) const {
  const auto at = failing_.find(failure);
  FaultList out;
  if (at == failing_.end()) return out;
  const std::vector<std::size_t> telling = TellingObservations(at->second);
  for (const Fault& fault : Faults()) {
    if (IsLate()) return {};
    if (!fault.wire || !fault.history) continue;
    auto imitator = OverHttp::Start(judge, reading, {&fault});
    if (!imitator) continue;
    const bool shows = std::ranges::any_of(telling, [&](std::size_t index) {
      const Observation& observation = observations_[index];
      Repeated repeated(observation.request, kOverlapping);
      imitator->target().Run(repeated);
      return std::ranges::any_of(repeated.answers, [&](const Result<Response>& response) {
        AnswerReader reader;
        return response && AnswerDigester()
                               .Of(reader.Read(*response), *response)
                               .Unlike(observation.digest)
                               .none();
      });
    });
    if (shows) out.push_back(&fault);
  }
  return out;
}

std::vector<std::size_t> Diagnosis::Beginning(std::size_t most) const {
  std::vector<std::size_t> out(std::min(most, observations_.size()));
  std::iota(out.begin(), out.end(), std::size_t{0});
  return out;
}

std::pair<std::size_t, Reading> Diagnosis::FarFromRun(const Fault& fault, const Judge& judge,
                                                      const Reading& reading, std::size_t at_start,
                                                      std::size_t bound) const {
  const std::vector<std::size_t> start = Beginning(kStart), run = Beginning(kWholeRun);
  std::pair<std::size_t, Reading> out{kNoBound, reading};
  // A fault that disturbs the order hides which order it is.
  for (const OptionInfo& order : Catalogue::Get()["paging.order"_question].options) {
    const Reading ordered = With(reading, "paging.order"_question, order.id);
    const FaultList faults{&fault};
    if (Disagreements({*this, judge, ordered, faults}, start, at_start) > at_start) continue;
    const std::size_t far = Disagreements({*this, judge, ordered, faults}, run, bound);
    if (far < out.first) out = {far, ordered};
  }
  return out;
}

// For faults that depend on what came before: the run again, from its beginning. The right one
// leaves next to nothing unexplained.
const FaultList& Diagnosis::ExplainByWholeRun(const Judge& judge, const Reading& reading) const {
  if (whole_run_) return *whole_run_;
  FaultList& out = whole_run_.emplace();
  const auto without = [&](std::size_t observations) {
    return Disagreements({*this, judge, reading, FaultList()}, Beginning(observations), kNoBound);
  };
  // One that is no better at the beginning is none later.
  const std::size_t at_start = without(kStart), right = without(kWholeRun);
  Ranked ranked;
  for (const Fault& fault : Faults()) {
    if (IsLate()) return out;
    if (fault.wire || !fault.history) continue;
    const std::size_t far = FarFromRun(fault, judge, reading, at_start, right / 4).first;
    if (far <= right / 4 && far < right) ranked.emplace_back(far, &fault);
  }
  out = BestNamed(std::move(ranked));
  return out;
}

bool Diagnosis::AccountsInRun(const Fault& fault, const Failure& failure, const Judge& judge,
                              const Reading& reading) const {
  if (fault.wire) return false;
  auto& [of, answers] = rerun_;
  if (of != &fault) {
    of = &fault;
    answers.clear();
    const Reading ordered = FarFromRun(fault, judge, reading, kNoBound, kNoBound).second;
    Imitation imitation(*this, judge, ordered, {&fault});
    for (std::size_t i = 0; i < observations_.size(); ++i) answers.push_back(imitation.Ask(i));
  }
  const std::vector<std::size_t> failing = FailingOf(failure);
  return std::ranges::any_of(failing, [&](std::size_t index) {
    return (answers[index].Unlike(observations_[index].digest) & failure.shown).none();
  });
}

Reading Diagnosis::BestOf(const std::vector<Reading>& readings, const Judge& judge) const {
  const std::vector<std::size_t> sample = Sample();
  std::size_t best = kNoBound;
  const Reading* chosen = &readings.front();
  for (const Reading& reading : readings) {
    const std::size_t wrong = Disagreements({*this, judge, reading, FaultList()}, sample, best);
    if (wrong >= best) continue;
    best = wrong;
    chosen = &reading;
  }
  return *chosen;
}

// Other options of what was asked, each with how many of the observations it would explain.
std::vector<Diagnosis::Flip> Diagnosis::Flips(const std::vector<std::size_t>& unexplained,
                                              const FaultList& faults, const Judge& judge,
                                              const Reading& reading) const {
  std::map<std::pair<Question, Option>, std::size_t> votes;
  for (const std::size_t index : unexplained) {
    if (Chain(index).size() > kLongChain) continue;  // costs much, and says what its beginning says
    Imitation imitation(*this, judge, reading, faults);
    const std::size_t wrong = imitation.Wrong(index);
    if (wrong == 0) continue;  // but for a token that the sample does not hold
    const auto asked = imitation.asked();
    for (const QuestionInfo& question : Catalogue::Get().questions()) {
      if (!asked[Index(question.id)]) continue;
      for (const OptionInfo& option : question.options) {
        const Reading flipped = With(reading, question.id, option.id);
        if (Imitation(*this, judge, flipped, faults).Wrong(index) < wrong) {
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
Reading Diagnosis::Fit(Reading reading, const FaultList& faults, const Judge& judge,
                       const std::vector<std::string>& failures) const {
  std::vector<std::size_t> sample = Sample();
  for (const std::string& failure : failures) {
    const auto at = failing_.find(failure);
    if (at != failing_.end())
      std::ranges::copy(TellingObservations(at->second), std::back_inserter(sample));
  }
  std::ranges::sort(sample);
  const auto twice = std::ranges::unique(sample);
  sample.erase(twice.begin(), twice.end());
  struct Unexplained {
    std::size_t distance = 0;
    std::vector<std::size_t> observations;
  };
  const auto unexplained = [&](const Reading& candidate) {
    Unexplained out;
    Imitation imitation(*this, judge, candidate, faults);
    for (const std::size_t index : sample) {
      const std::size_t wrong = Distance(imitation.Ask(index).Unlike(observations_[index].digest));
      out.distance += wrong;
      if (wrong > 0) out.observations.push_back(index);
    }
    return out;
  };
  Unexplained wrong = unexplained(reading);
  for (std::size_t step = 0; step < kMostFlips && !IsSpent(); ++step) {
    bool better = false;
    std::vector<Flip> flips =
        Flips(Spread(wrong.observations, kLookedAtForFlips), faults, judge, reading);
    if (flips.size() > kMostFlips) flips.resize(kMostFlips);
    for (const Flip& flip : flips) {
      Reading flipped = With(reading, flip.question, flip.option);
      Unexplained left = unexplained(flipped);
      if (left.distance >= wrong.distance) continue;
      reading = std::move(flipped);
      wrong = std::move(left);
      better = true;
    }
    if (!better) break;
  }
  return reading;
}

}  // namespace assay
