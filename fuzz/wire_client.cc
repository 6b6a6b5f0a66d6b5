#include "fuzz/wire_client.h"

#include <algorithm>
#include <utility>

#include "reference/wire/wire_request.h"
#include "spec/text/letters.h"
#include "spec/text/percent.h"

namespace assay {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPause{5};
constexpr milliseconds kLookAtSign{100};

bool IsDecisive(const WireFraming& framing) {
  return framing.certain || framing.has_no_length || framing.has_both_lengths;
}

}  // namespace

bool AsksForNothingElse(std::string_view bytes) {
  constexpr std::string_view kName = "action", kOwn = "describesnapshots";
  const std::string text = SmallLetters(FormDecode(bytes));
  for (std::size_t at = 0; (at = text.find(kName, at)) != std::string::npos; ++at) {
    std::string_view value = std::string_view(text).substr(at + kName.size());
    value.remove_prefix(std::min(value.find_first_not_of("=: \t\r\n"), value.size()));
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto end = std::ranges::find_if_not(value, is_letter);
    const std::string_view word = value.substr(0, static_cast<std::size_t>(end - value.begin()));
    // What mutations left of the own name, or put behind a part of it, names no operation.
    if (word.size() >= 4 && !word.starts_with(kOwn.substr(0, 4))) return false;
  }
  return true;
}

WireClient::WireClient(Endpoint endpoint, HttpTargetOptions http, Request plain)
    : endpoint_(std::move(endpoint)), http_(std::move(http)), plain_(std::move(plain)) {}

void WireClient::NoteLatency(std::chrono::microseconds latency) {
  grace_ = std::clamp<std::chrono::microseconds>(10 * latency, milliseconds(20),
                                                 std::min(milliseconds(500), http_.timeout));
}

WireRequest WireClient::LaidOut(const Request& request) {
  WireRequest wire;
  wire.host = endpoint_.Authority();
  wire.path = endpoint_.path;
  LayOut(request, http_.version, &wire);
  wire.headers = http_.headers;
  if (http_.sign) http_.sign(request, wire);
  return wire;
}

std::string WireClient::PlainText() {
  std::string bytes;
  Encode(LaidOut(plain_), UserAgent(), &bytes);
  return WriteRawMessage(bytes);
}

// Signed anew each time: a nonce counts once.
RawValues WireClient::Values() {
  Request posted = plain_;
  posted.method = "POST";
  posted.placement = Placement::kForm;
  RawValues values = {{"host", endpoint_.Authority()}, {"path", endpoint_.path}};
  for (const Request& request : {plain_, posted}) {
    const WireRequest wire = LaidOut(request);
    const bool is_form = &request != &plain_ && request.placement == Placement::kForm;
    std::string& headers = values[is_form ? "form_headers" : "headers"];
    for (const auto& [name, value] : wire.headers) headers += name + ": " + value + "\r\n";
    AppendForm(wire.query, &values[is_form ? "form_query" : "query"], wire.encoding);
    if (!is_form) continue;
    values["form"] = wire.Body();
    values["form_length"] = std::to_string(wire.Body().size());
  }
  return values;
}

// False if the rest is not to be waited for: the steps say that the connection is closed.
bool WireClient::SendSteps(const std::vector<RawStep>& steps, WireConnection& connection) {
  const auto until = Clock::now() + http_.timeout;
  for (const RawStep& step : steps) {
    if (step.kind == RawStep::Kind::kClose) return false;
    if (step.kind == RawStep::Kind::kPause) (void)connection.Receive(Clock::now() + kPause);
    if (step.kind == RawStep::Kind::kWait) {
      for (auto quiet = grace_; connection.Receive(Clock::now() + quiet); quiet = kPause) continue;
    }
    if (step.kind == RawStep::Kind::kSend && !connection.Send(BytesOf({step}), until)) break;
  }
  return true;
}

// Receive(), until then or until the campaign is stopped.
bool WireClient::Hears(WireConnection& connection, Clock::time_point until) const {
  while (!IsStopped()) {
    const auto now = Clock::now();
    if (connection.Receive(std::min(until, now + kLookAtSign))) return true;
    if (connection.state() != WireConnection::State::kOpen || now >= until) return false;
  }
  return false;
}

void WireClient::Await(WireConnection& connection, WireOutcome& outcome) {
  using State = WireConnection::State;
  const WireFraming& framing = outcome.framing;
  const std::size_t expected = framing.certain ? framing.methods.size() : 1;
  auto until = Clock::now() + (framing.certain ? http_.timeout : grace_);
  while (true) {
    WireAnswers& answers = outcome.answers;
    answers =
        ReadAnswers(connection.received(), framing.methods, connection.state() != State::kOpen);
    if (connection.state() != State::kOpen || answers.changed || !answers.problem.empty()) break;
    const bool enough = answers.whole.size() >= expected && !answers.is_cut;
    if (enough && framing.certain) break;
    if (Hears(connection, enough ? std::min(until, Clock::now() + kPause) : until)) continue;
    if (enough && connection.state() == State::kOpen) break;
    if (connection.state() != State::kOpen) continue;
    if (IsStopped() || framing.certain || outcome.half_closed) {
      outcome.end = IsStopped() ? WireOutcome::End::kLeft : WireOutcome::End::kHung;
      return;
    }
    connection.EndSending();
    outcome.half_closed = true;
    until = Clock::now() + http_.timeout;
  }
  outcome.end = connection.state() == State::kOpen     ? WireOutcome::End::kOpen
                : connection.state() == State::kClosed ? WireOutcome::End::kClosed
                                                       : WireOutcome::End::kReset;
}

// Only where the message is known to be over, or the target has to close.
void WireClient::AskNext(WireConnection& connection, WireOutcome& outcome) {
  using Next = WireOutcome::Next;
  const WireAnswers& before = outcome.answers;
  if (outcome.end != WireOutcome::End::kOpen || outcome.half_closed || before.changed ||
      !before.problem.empty() || before.whole.empty() || !before.whole.back().keeps_alive) {
    return;
  }
  if (!IsDecisive(outcome.framing)) return;
  const bool certain = outcome.framing.certain;
  if (certain && !outcome.framing.keeps_alive) return;
  const std::size_t begin = connection.received().size();
  std::string bytes;
  Encode(LaidOut(plain_), UserAgent(), &bytes);
  const auto until = Clock::now() + (certain ? http_.timeout : grace_);
  (void)connection.Send(bytes, until);
  outcome.next = Next::kHung;
  while (true) {
    const bool ended = connection.state() != WireConnection::State::kOpen;
    WireAnswers next =
        ReadAnswers(std::string_view(connection.received()).substr(begin), {plain_.method}, ended);
    if (!next.whole.empty()) {
      outcome.next = Next::kAnswered;
      outcome.next_answer = std::move(next.whole.front());
    } else if (!next.problem.empty()) {
      outcome.next = Next::kMalformed;
      outcome.why = next.problem;
    } else if (ended) {
      outcome.next = Next::kClosed;
    } else if (IsStopped()) {
      outcome.next = Next::kNotAsked;
    } else if (Hears(connection, until) || connection.state() != WireConnection::State::kOpen) {
      continue;
    }
    return;
  }
}

bool WireClient::MaySend(std::string_view text) {
  return AsksForNothingElse(BytesOf(ReadRawMessage(text, Values())));
}

WireFraming WireClient::FramingOf(std::string_view text) {
  return ReadFraming(BytesOf(ReadRawMessage(text, Values())));
}

WireOutcome WireClient::Send(std::string_view text) {
  WireOutcome outcome;
  const std::vector<RawStep> steps = ReadRawMessage(text, Values());
  outcome.framing = ReadFraming(BytesOf(steps));
  Result<WireConnection> connection = WireConnection::Open(endpoint_, http_.timeout);
  if (!connection) {
    outcome.end = WireOutcome::End::kUnreachable;
    outcome.why = connection.error().Text();
    return outcome;
  }
  if (!SendSteps(steps, *connection)) {
    outcome.framing.certain = false;
    outcome.end = WireOutcome::End::kLeft;
    return outcome;
  }
  Await(*connection, outcome);
  AskNext(*connection, outcome);
  return outcome;
}

}  // namespace assay
