#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/record/request.h"

namespace assay {

// What is done on one connection, step by step.
struct RawStep {
  enum class Kind : std::uint8_t {
    kSend,   // sends the bytes, so many times
    kWait,   // waits for an answer
    kPause,  // lets the bytes before it arrive alone
    kClose   // closes the connection; nothing comes after it
  };
  Kind kind = Kind::kSend;
  std::string bytes = {};
  std::size_t times = 1;
};

// What stands for `$host`, `$query` and the like, by name without the dollar.
using RawValues = std::map<std::string, std::string, std::less<>>;

// Reads the text of a raw message: the bytes that are sent, laid out so that people can read and
// edit them.
//   GET /?Action=DescribeSnapshots HTTP/1.1\r\n   (the end of a line in the text means nothing:
//   Host: $host\r\n                                those that are sent are written \r\n)
//   X-Odd: \x00$repeat(65536,a)\r\n               (\r \n \t \\ \xNN; a text so many times)
//   \r\n
//   @wait                                         (@pause, @close: see RawStep)
// Every text can be read; what means nothing stands for itself. At most a MiB is sent.
std::vector<RawStep> ReadRawMessage(std::string_view text, const RawValues& values);
// The text that stands for these bytes, a line for each line feed.
std::string WriteRawMessage(std::string_view bytes);
// The same message, with escapes for the bytes that cannot be printed; each `\x` has two digits.
std::string PrintableRawMessage(std::string_view text);
// All bytes that the steps send.
std::string BytesOf(const std::vector<RawStep>& steps);

// A raw message in a record whose place is that of a request: the method is RAW, and the text is
// the only parameter.
Request RequestOfRawMessage(std::string text);
// The text, if the request is a raw message.
std::optional<std::string_view> RawMessageOf(const Request& request);

}  // namespace assay
