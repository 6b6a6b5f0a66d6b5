#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "reference/answer/observed.h"
#include "reference/judge/verdict.h"
#include "reference/wire/message.h"

namespace assay {

// What guides a campaign: all that answers show, their status alone, or nothing but that there was
// one.
enum class Guidance { kAnswers, kStatus, kNone };
void GuideBy(Guidance guidance);

// What the answers to one input were like.
class InputFeatures {
 public:
  explicit InputFeatures(std::string text) : text_(std::move(text)) {}

  // An answer of the input, the `position`-th from 0.
  void ShowAnswer(const Request& request, const Response& response, const ObservedAnswer& answer,
                  std::size_t position);
  // What the judge said of that answer, or of a request that was not answered.
  void ShowVerdict(const Verdict& verdict, int status);
  // What came of bytes that are no request of the API, as a number that stands for it.
  void ShowWire(std::uint64_t what);

  const std::string& text() const { return text_; }
  // Numbers below 65,536, each once, ascending: equal ones stand for the same features, in every
  // process.
  std::vector<std::uint32_t> numbers() const;

 private:
  template <typename... Values>
  void Count(std::uint64_t kind, Values... values);
  void ShowParameters(const Request& request, const ObservedAnswer& answer);
  void ShowRefusal(const ObservedAnswer& answer, std::size_t position);
  void ShowList(const Request& request, const ObservedAnswer& answer, std::size_t position);

  std::string text_;
  std::vector<std::uint32_t> numbers_;
};

// Shows libFuzzer what the present input's answers were like: it keeps inputs that lead to new
// kinds of answers even if the target itself is not instrumented. Without libFuzzer nothing of it
// can be seen from outside.
void TellEngine(const InputFeatures& input);
// Counts the input; the number of features that no input counted before.
std::size_t CountInput(const InputFeatures& input);

// How many features the inputs that were counted showed, and how many of them exactly one and
// exactly two inputs showed.
struct FeatureCounts {
  std::uint64_t all = 0, once = 0, twice = 0;
};
FeatureCounts CountFeatures();

}  // namespace assay
