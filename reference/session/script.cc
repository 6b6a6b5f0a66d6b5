#include "reference/session/script.h"

namespace assay {

bool FixedScript::Next(const Exchange*, Request& request) {
  if (next_ == requests_.size()) return false;
  request = requests_[next_++];
  return true;
}

bool PageScript::Next(const Exchange* previous, Request& request) {
  return walk_.Next(previous ? &previous->answer : nullptr, request);
}

}  // namespace assay
