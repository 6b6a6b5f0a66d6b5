#include "property/law_script.h"

#include <utility>

namespace assay {

bool LawScript::Next(const Exchange* previous, Request& request) {
  if (previous) {
    const std::string token = NextTokenOf(previous->answer);
    if (!token.empty()) {
      if (!std::exchange(has_token_, true)) tokens_.Add("first", token);
      tokens_.Add("last", token);
    }
  }
  if (next_ == requests_.size()) return false;
  request = requests_[next_++];
  PutTokenIn(request);
  return true;
}

void LawScript::PutTokenIn(Request& request) const {
  const auto wanted = ParseTokenReference(request.Find("NextToken").value_or(""));
  if (!wanted) return;
  if (!has_token_) return request.Unset("NextToken");
  request.Set("NextToken", tokens_.Of(*wanted));
}

}  // namespace assay
