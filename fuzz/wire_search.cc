#include "fuzz/wire_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "fuzz/wire_reduction.h"
#include "reference/findings/groups.h"
#include "reference/target/patience.h"
#include "spec/record/raw_message.h"
#include "spec/text/hash.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr int kConfirmations = 3;                  // of what is to be confirmed
constexpr int kFewest = 2;                         // of these that have to show it
constexpr int kMostTries = 5;                      // of a symptom whose messages show nothing new
constexpr int kMostOfReduction = 300;              // messages
constexpr milliseconds kLongestReduction{20'000};  // at least; half a message has another kind
constexpr std::size_t kMostFindings = 100;         // more of them say nothing more
constexpr std::uint64_t kLearned = 10'000;         // answers, after which the judge learns no more
constexpr milliseconds kBetweenLooks{200};

const WireFault* Find(const std::vector<WireFault>& faults, const std::string& symptom) {
  const auto found = std::ranges::find(faults, symptom, &WireFault::symptom);
  return found == faults.end() ? nullptr : &*found;
}

std::string Listed(const ObservedAnswer& answer) {
  std::uint64_t ids = kHashStart;
  for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
    ids = MixHash(ids, answer.snapshots[i][Field::kSnapshotId].text);
  }
  return fmt::format("{} and a list of {} ({:08x})", answer.status, answer.snapshot_count,
                     static_cast<std::uint32_t>(ids));
}

Finding MessageSighting(const Difference& difference, std::string_view text) {
  return SightingOf(difference, RequestOfRawMessage(PrintableRawMessage(text)), {});
}

Finding FindingOf(const WireFault& fault, std::string_view text) {
  Finding finding = MessageSighting(fault.difference, text);
  if (fault.is_warning) finding.kind = FindingKind::kWarning;
  if (!fault.source.empty()) finding.source += "; " + fault.source;
  finding.answer = fault.answer;
  return finding;
}

// The first words of an answer, without numbers and ids, which would be news without end.
std::string WordsOf(const Response& answer) {
  const auto end = answer.body.find("RequestId");
  std::string words = answer.body.substr(0, std::min<std::size_t>(end, 64));
  std::erase_if(words, IsDigit);
  static ExchangeReader reader;
  return words.append(reader.Read(0, {}, answer).answer.code.text);
}

// What came of a message, as coarsely as messages shall be told apart by it.
void ShowOutcome(const WireOutcome& outcome, const std::vector<WireFault>& faults,
                 InputFeatures& features) {
  std::uint64_t came = MixHash(kHashStart, std::to_string(static_cast<int>(outcome.end)));
  came = MixHash(came, std::to_string(static_cast<int>(outcome.next)));
  for (std::size_t i = 0; i < std::min<std::size_t>(outcome.answers.whole.size(), 4); ++i) {
    const Response& answer = outcome.answers.whole[i].response;
    came = MixHash(came, std::to_string(answer.status));
    features.ShowWire(
        MixHash(kHashStart, fmt::format("{} {}", answer.status, answer.content_type)));
    if (answer.status >= 400) features.ShowWire(MixHash(kHashStart, WordsOf(answer)) % 1024);
  }
  features.ShowWire(came);
  features.ShowWire(MixHash(came, outcome.framing.oddity));
  features.ShowWire(MixHash(came, std::to_string(outcome.framing.methods.size())));
  for (const WireFault& fault : faults)
    features.ShowWire(MixHash(kHashStart, fault.difference.shape));
}

}  // namespace

WireSearch::WireSearch(WireClient client, Target& target, Judge& judge, const StopSign& stop,
                       double rate)
    : client_(std::move(client)),
      target_(target),
      judge_(judge),
      stop_(stop),
      rate_(rate),
      patience_(std::max<milliseconds>(milliseconds(3000), 2 * client_.timeout())) {}

WireSearch::Plain WireSearch::Read(const Response& response) {
  static ExchangeReader reader;
  const Exchange exchange = reader.Read(++judged_, client_.plain(), response);
  const Verdict verdict = judged_ <= kLearned ? judge_.Examine(exchange) : judge_.Peek(exchange);
  const ObservedAnswer& answer = exchange.answer;
  Plain plain{.answered = true, .is_list = !answer.IsError() && response.status == 200};
  plain.text = plain.is_list ? Listed(answer)
                             : fmt::format("{} {}", response.status, Excerpt(answer.code.text));
  plain.violations = verdict.violations();
  for (const Difference& difference : plain.violations) {
    plain.text += fmt::format(", against {}", Id(difference.rule));
  }
  plain.shown = ShownAnswerOf(response);
  return plain;
}

WireSearch::Plain WireSearch::Ask() {
  ++sent_;
  const Result<Response> response = assay::Send(target_, client_.plain());
  if (!response) return {.text = response.error().what};
  client_.NoteLatency(std::chrono::microseconds(response->latency_us));
  return Read(*response);
}

bool WireSearch::AwaitsFine(milliseconds most) {
  for (const auto until = Clock::now() + most; !stop_.IsUp();) {
    if (IsFine()) return true;
    if (Clock::now() >= until) return false;
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return false;
}

void WireSearch::Pace(int requests) {
  if (rate_ <= 0) return;
  next_ = std::max(next_, Clock::now());
  while (Clock::now() < next_ && !stop_.IsUp()) {
    std::this_thread::sleep_for(std::min<Clock::duration>(next_ - Clock::now(), kBetweenLooks));
  }
  const std::chrono::duration<double> time(requests / rate_);
  next_ += std::chrono::duration_cast<Clock::duration>(time);
}

WireOutcome WireSearch::Try(std::string_view text, std::vector<WireFault>& faults) {
  Pace(3);
  ++sent_;
  WireOutcome outcome = client_.Send(text);
  std::string wrong;
  if (outcome.next != WireOutcome::Next::kNotAsked) ++sent_;
  if (outcome.next == WireOutcome::Next::kAnswered && !IsThrottled(outcome.next_answer.response)) {
    const Plain next = Read(outcome.next_answer.response);
    if (next != usual_) wrong = next.text;
  }
  if (outcome.end != WireOutcome::End::kUnreachable) ++judged_;
  faults = FindWireFaults(outcome, wrong);
  return outcome;
}

std::vector<Finding> WireSearch::Send(InputFeatures& input) {
  const std::string& message = input.text();
  new_.clear();
  if (!std::exchange(begun_, true)) usual_ = Ask();
  std::vector<WireFault> faults;
  if (!client_.MaySend(message)) return {};
  const WireOutcome outcome = Try(message, faults);
  const Plain after = Ask();
  ShowOutcome(outcome, faults, input);
  for (const WireFault& fault : faults) {
    // Another state would show in the next request, too.
    if (!fault.with_next || after == usual_) Consider(message, fault);
  }
  if (after != usual_ && !stop_.IsUp()) {
    // What cannot be reached was harmed by the message before.
    const bool gone = outcome.end == WireOutcome::End::kUnreachable && !previous_.empty();
    ConsiderHarm(gone ? previous_ : message, after, outcome.framing);
  }
  previous_ = message;
  return std::move(new_);
}

std::uint64_t WireSearch::Again(const std::string& id) const {
  const auto found = findings_.find(id);
  return found == findings_.end() ? 0 : found->second;
}

void WireSearch::Add(Finding finding, Repeats repeated) {
  finding.repeated = repeated;
  const bool always = repeated.failed == repeated.tried;
  finding.stability = always ? Stability::kDeterministic : Stability::kIntermittent;
  findings_.emplace(finding.id, 0);
  new_.push_back(std::move(finding));
}

// Sends it again; what never fails again is no finding.
void WireSearch::Consider(const std::string& text, const WireFault& fault) {
  const std::string symptom = SymptomId(fault.difference);
  const auto known = known_.find(symptom);
  if (known != known_.end()) ++findings_[known->second];
  if (stop_.IsUp() || findings_.size() >= kMostFindings || tries_[symptom] >= kMostTries) return;
  ++tries_[symptom];
  std::vector<WireFault> faults;
  WireFault last = fault;
  Repeats repeated{0, kConfirmations};
  const auto fails = [&](const std::string& candidate) {
    (void)Try(candidate, faults);
    const WireFault* same = Find(faults, fault.symptom);
    if (same == nullptr || same->is_warning != fault.is_warning) return false;
    if (same->with_next && !IsFine()) return false;
    last = *same;
    return true;
  };
  for (int i = 0; i < kConfirmations; ++i) repeated.failed += fails(text) ? 1 : 0;
  if (repeated.failed < kFewest || stop_.IsUp()) return;
  std::string smallest = text;
  if (repeated.failed == kConfirmations) {
    smallest = Reduce(text, fails);
    (void)fails(smallest);
  }
  if (last.with_next)
    smallest += (smallest.ends_with('\n') ? "@wait\n" : "\n@wait\n") + client_.PlainText();
  Finding finding = FindingOf(last, smallest);
  // A reduced message of a kind that is known already has the same cause.
  const std::string reduced = SymptomId(last.difference);
  const auto [place, is_new] = known_.emplace(reduced, finding.id);
  known_.emplace(symptom, place->second);
  if (!is_new) return;
  tries_[reduced] = kMostTries;
  Add(std::move(finding), repeated);
}

std::string WireSearch::Reduce(const std::string& text, const Fails& fails) {
  const auto until = Clock::now() + std::max(kLongestReduction, 6 * client_.timeout());
  int left = kMostOfReduction;
  RawReduction reduction;
  reduction.fails = [&](const std::string& candidate) {
    if (left-- <= 0 || stop_.IsUp() || Clock::now() > until) return false;
    return client_.MaySend(candidate) && fails(candidate);
  };
  reduction.oddities = [&](const std::string& candidate) {
    return client_.FramingOf(candidate).oddities;
  };
  return ReduceRawMessage(text, reduction);
}

Difference WireSearch::HarmOf(const Plain& after, const WireFraming& framing) const {
  const std::string odd = framing.oddity.empty() ? "" : ", " + framing.oddity;
  const std::string expected =
      "the next request, on another connection, is answered as before: " + usual_.text;
  if (!after.answered) {
    return OutcomeDifference("encoding.http.complete"_rule, expected, after.text,
                             "wire: next unanswered" + odd);
  }
  const Rule rule =
      after.violations.empty() ? "request.same.answer"_rule : after.violations.front().rule;
  return OutcomeDifference(rule, expected, after.text,
                           fmt::format("wire: next {}{}", after.shown.status, odd));
}

// The next request was answered in another way than before. That it was the message shows if it
// is so each time after the message, and never without.
void WireSearch::ConsiderHarm(const std::string& text, const Plain& after,
                              const WireFraming& framing) {
  if (AwaitsFine(3 * kBetweenLooks)) return ConfirmHarm(text, after, framing);
  const Plain now = Ask();
  if (now.answered && now.is_list) {
    usual_ = now;  // the state is another one, whoever changed it
    return;
  }
  if (AwaitsFine(patience_)) return ConfirmHarm(text, after, framing);
  if (stop_.IsUp()) return;
  Finding finding = MessageSighting(HarmOf(after, framing), text);
  finding.answer = after.shown;
  lost_ = !now.answered;
  over_ = lost_ ? "the target no longer answers since a message was sent that is shown as a "
                  "finding: " +
                      now.text
                : "since a plain request is no longer answered as before";
  // Whether it was the message cannot be tried again; what a plain request gets now is wrong
  // anyway.
  if (lost_) finding.kind = FindingKind::kInconclusive;
  finding.actual += "; it stays so";
  Add(std::move(finding), {1, 1});
}

void WireSearch::ConfirmHarm(const std::string& text, const Plain& after,
                             const WireFraming& framing) {
  const Difference difference = HarmOf(after, framing);
  const std::string symptom = SymptomId(difference);
  if (const auto known = known_.find(symptom); known != known_.end()) {
    ++findings_[known->second];
    return;
  }
  if (tries_[symptom]++ >= kMostTries) return;
  Plain last = after;
  std::vector<WireFault> faults;
  const auto fails = [&](const std::string& candidate) {
    if (!IsFine() && !AwaitsFine(patience_)) return false;
    (void)Try(candidate, faults);
    const Plain next = Ask();
    if (next == usual_) return false;
    last = next;
    return AwaitsFine(patience_);
  };
  Repeats repeated{0, kConfirmations};
  for (int i = 0; i < kConfirmations; ++i) repeated.failed += fails(text) ? 1 : 0;
  if (repeated.failed < kFewest || stop_.IsUp()) return;
  const std::string smallest = repeated.failed == kConfirmations ? Reduce(text, fails) : text;
  Finding finding = MessageSighting(difference, smallest);
  finding.actual = last.text;
  finding.answer = last.shown;
  known_.emplace(symptom, finding.id);
  Add(std::move(finding), repeated);
}

}  // namespace assay
