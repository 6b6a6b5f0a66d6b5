#pragma once

#include <string>
#include <vector>

#include "fuzz/wire_client.h"
#include "reference/answer/difference.h"
#include "spec/record/record.h"

namespace assay {

// What is wrong with what came of a raw message.
struct WireFault {
  Difference difference;
  std::string symptom;  // without what is odd about the message
  bool is_warning = false;
  std::string source = "";  // beside that of the rule: "RFC 9112, 6.3: …"
  bool with_next = false;   // the plain request behind it shows the fault
  ShownAnswer answer = {};
};

// Judges that. Right are, for whatever message: to close the connection, to refuse with 4xx, 501 or
// 505, and, if every server reads the message as the same requests, to answer these. `next_wrong`
// says what is wrong with the answer to the plain request behind the message, "" if nothing is.
std::vector<WireFault> FindWireFaults(const WireOutcome& outcome, const std::string& next_wrong);

// As reports show an answer.
ShownAnswer ShownAnswerOf(const Response& response);

}  // namespace assay
