#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz/wire_answers.h"
#include "fuzz/wire_connection.h"
#include "fuzz/wire_framing.h"
#include "reference/target/http_client.h"
#include "spec/record/raw_message.h"

namespace assay {

// What came of a raw message.
struct WireOutcome {
  enum class End : std::uint8_t {
    kOpen,         // answered, and the connection stayed open
    kClosed,       // by the target, in due form
    kReset,        // by the target, which threw away what was under way
    kHung,         // neither answered whole nor closed in time
    kLeft,         // by us, in the middle; or the campaign was stopped
    kUnreachable,  // there was no connection
  };
  // What came of a plain request behind it, on the same connection.
  enum class Next : std::uint8_t { kNotAsked, kAnswered, kClosed, kHung, kMalformed };

  WireFraming framing;
  WireAnswers answers;
  End end = End::kOpen;
  bool half_closed = false;  // it was not answered before the sending side was closed
  Next next = Next::kNotAsked;
  WireAnswer next_answer;  // if it was answered
  std::string why;         // of kUnreachable
};

// False if the bytes may be a request of another operation: those are never sent.
bool AsksForNothingElse(std::string_view bytes);

// Sends raw messages, each on a connection of its own.
class WireClient {
 public:
  // `plain` is the request that follows a message on its connection. `http` signs it, and has the
  // headers that every request needs.
  WireClient(Endpoint endpoint, HttpTargetOptions http, Request plain);

  // Sends the message of that text. What may be incomplete is waited for a moment; then the sending
  // side is closed, so that the target can tell.
  WireOutcome Send(std::string_view text);
  // How long the target took for a plain request: what is not answered in ten times of it may well
  // be incomplete.
  void NoteLatency(std::chrono::microseconds latency);

  // False if the bytes may be a request of another operation: those are never sent.
  bool MaySend(std::string_view text);
  // Of the bytes that the text stands for.
  WireFraming FramingOf(std::string_view text);

  // The plain request as the text of a raw message.
  std::string PlainText();
  bool NeedsHeaders() const { return http_.sign || !http_.headers.empty(); }
  const std::string& path() const { return endpoint_.path; }
  const Request& plain() const { return plain_; }
  std::chrono::milliseconds timeout() const { return http_.timeout; }

 private:
  using Clock = WireConnection::Clock;
  WireRequest LaidOut(const Request& request);
  RawValues Values();
  bool SendSteps(const std::vector<RawStep>& steps, WireConnection& connection);
  bool IsStopped() const { return http_.stop != nullptr && http_.stop->IsUp(); }
  bool Hears(WireConnection& connection, Clock::time_point until) const;
  void Await(WireConnection& connection, WireOutcome& outcome);
  void AskNext(WireConnection& connection, WireOutcome& outcome);

  const Endpoint endpoint_;
  const HttpTargetOptions http_;
  const Request plain_;
  std::chrono::microseconds grace_{100'000};
};

}  // namespace assay
