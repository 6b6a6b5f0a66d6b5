#pragma once

#include <functional>
#include <set>
#include <string>

namespace assay {

struct RawReduction {
  // Sends a text; once the reduction is to end early, it says false.
  std::function<bool(const std::string& text)> fails;
  // WireFraming::oddities of the message.
  std::function<std::set<std::string>(const std::string& text)> oddities;
};

// Leaves out the requests before the one by which the message of that text fails. Makes ordinary
// what that one need not have odd to fail: all but one line, or its request line, its Host, its
// end. Then leaves out what it fails without: lines, repetitions, characters. What is left has
// nothing odd that the message had not, so it shows by what it fails.
std::string ReduceRawMessage(std::string text, const RawReduction& reduction);

}  // namespace assay
