#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reference/wire/message.h"
#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/reading.h"
#include "spec/text/result.h"

namespace assay {

// What the bytes of a fuzzer mean: a reading, and a few requests that are sent one after another.
//   reading 7                       (a line; 0 is the default reading, others are random ones)
//   Status=failed                   (a parameter a line, as it is; Action, RegionId and Format are
//   PageSize=10                      added if they are not given; \n, \r and \\ are the ends of
//                                    lines and a backslash in a value)
//   @POST form plus                 (a line that starts with @: method, placement, blanks as "+")
//                                   (an empty line: the next request)
// The value `$token.last` stands for the newest NextToken, `$token.2` for that of the answer to the
// second request (spec/record/token_trail.h).
struct ExchangeInput {
  std::uint32_t reading = 0;
  std::vector<Request> requests;
};

inline constexpr std::string_view kLastTokenOfInput = "$token.last";
inline constexpr std::size_t kMostRequests = 8;
// Bytes of a text; the engine reads no more of one.
inline constexpr std::size_t kLongestInput = 8192;

// Every text is an input: lines that mean nothing are left out. `region` is that of requests which
// name none, and an Action that may be another operation is left out; with "" requests stay as they
// are written, and are not to be sent.
ExchangeInput ParseExchangeInput(std::string_view text, const std::string& region = "cn-hangzhou");
// Whether a request goes on from the token of an answer, so that the others have to come before it.
bool GoesOn(const ExchangeInput& input);
// Leaves that request alone, unless the input goes on from a token.
void KeepAlone(std::size_t request, ExchangeInput& input);
std::string WriteExchangeInput(const ExchangeInput& input);
// The text in a file; one that is too long has a byte more than kLongestInput. The Error names the
// file.
Result<std::string> ReadInputFile(const std::string& path);

// "Tag.N.Key" of "Tag.3.Key": the name that the specification has. Its own names stay as they are.
std::string GeneralName(std::string_view name);
// "Tag.1.Key" of "Tag.N.Key"; other names stay as they are.
std::string FirstName(std::string_view general);
// Whether one of the requests has a parameter of the specification, as hardly any other text has.
bool NamesParameter(const ExchangeInput& input);

// A whole reading, every question pinned: number 0 is the default one, any other a random one.
Reading NumberedReading(std::uint32_t number);
// What the judge is told of that reading: all but a sixteenth of the questions, another sixteenth
// for the next number. A judge that has to learn everything explores so many paths that it would
// take nearly all of the time.
Reading KnownReading(std::uint32_t number);
inline constexpr std::uint32_t kReadings = 64;  // that inputs choose from
// The two of the input's number.
struct ReadingsOfInput {
  Reading whole, known;
};
const ReadingsOfInput& ReadingsOf(const ExchangeInput& input);

}  // namespace assay
