#include "fuzz/input_script.h"

#include <string>

namespace assay {

bool InputScript::Next(const Exchange* previous, Request& request) {
  if (previous != nullptr) {
    if (seen_) seen_(next_ - 1, *previous);
    std::string token = NextTokenOf(previous->answer);
    if (!token.empty()) {
      tokens_.Add(std::to_string(next_), token);
      tokens_.Add("last", std::move(token));
    }
  }
  if (next_ == input_.requests.size()) return false;
  request = std::move(input_.requests[next_++]);
  (void)tokens_.Substitute(request);
  return true;
}

}  // namespace assay
