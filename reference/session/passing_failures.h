#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reference/wire/message.h"
#include "spec/record/record.h"
#include "spec/text/enum_names.h"
#include "spec/text/result.h"

namespace assay {

// How an answer failed that was right when it was asked for again.
enum class PassingFailure {
  kServerError,  // 5xx
  kCut,          // closed, reset, cut short or malformed
  kTimeout       // none came in time
};
template <>
inline constexpr std::array<std::string_view, 3> kNamesOf<PassingFailure> = {"5xx", "cut",
                                                                             "timeout"};

// The share of all answers that may fail so before it counts as a violation; by default one in a
// thousand.
using Tolerance = std::map<PassingFailure, double>;
inline constexpr double kToleratedShare = 0.001;

// "5xx=1%" or "cut=0.02". The Error names the flag.
Result<std::pair<PassingFailure, double>> ParseTolerance(std::string_view text);

// Counts the failures that passed, and makes findings of them.
class PassingFailures {
 public:
  // One try that failed; nothing if the response is none of these failures.
  struct Failure {
    PassingFailure kind;
    std::string what;  // "500 InternalError"
  };
  static std::optional<Failure> Of(const Result<Response>& response);

  // The exchange is the one that was right in the end.
  void Add(const Failure& failure, std::uint64_t exchange, const Request& request);
  // One finding a kind; `exchanges` were judged in all.
  std::vector<Finding> Findings(std::uint64_t exchanges, const Tolerance& tolerance) const;

 private:
  struct Tally {
    std::uint64_t count = 0;
    std::map<std::string, std::uint64_t> texts;  // a bounded number
    std::vector<std::uint64_t> evidence;
    Request request;
  };
  Finding Write(PassingFailure kind, const Tally& tally, std::uint64_t exchanges,
                const Tolerance& tolerance) const;

  std::map<PassingFailure, Tally> tallies_;
  std::uint64_t failed_ = 0;
};

}  // namespace assay
