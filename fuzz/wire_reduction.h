#pragma once

#include <functional>
#include <string>

namespace assay {

// Leaves out of the text of a raw message what it fails without: lines, repetitions, characters.
// `fails` sends a text; once it is to end early, it says false.
std::string ReduceRawMessage(std::string text,
                             const std::function<bool(const std::string&)>& fails);

}  // namespace assay
