#include "property/law_script.h"

namespace assay {

bool LawScript::Next(const Response* previous, Request& request) {
  if (previous) {
    std::string token = NextTokenOf(*previous);
    if (!token.empty()) tokens_.push_back(std::move(token));
  }
  if (next_ == requests_.size()) return false;
  request = requests_[next_++];
  PutTokenIn(request);
  return true;
}

void LawScript::PutTokenIn(Request& request) const {
  const std::string wanted(request.Find("NextToken").value_or(""));
  if (wanted != kLastToken && wanted != kFirstToken && wanted != kCutToken) return;
  if (tokens_.empty()) return request.Unset("NextToken");
  const std::string& token = wanted == kFirstToken ? tokens_.front() : tokens_.back();
  request.Set("NextToken", wanted == kCutToken ? token.substr(0, token.size() - 1) : token);
}

}  // namespace assay
