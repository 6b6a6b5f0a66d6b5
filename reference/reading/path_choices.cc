#include "reference/reading/path_choices.h"

#include <algorithm>

namespace assay {

Option PathChoices::Pick(Question question) {
  const QuestionInfo& info = Catalogue::Get()[question];
  for (std::size_t i = 0; i < depth_; ++i) {
    if (trail_[i].question == question) {
      return info.options[static_cast<std::size_t>(trail_[i].position)].id;
    }
  }
  // The model is a function of its choices: on the way to the step that changed it asks the same
  // questions in the same order.
  if (depth_ == trail_.size()) {
    const OptionSet possible = domains_[Index(question)];
    const int first = possible.First();
    trail_.push_back({question, possible - OptionSet::At(first), first});
    if (std::ranges::find(asked_, question) == asked_.end()) asked_.push_back(question);
  }
  return info.options[static_cast<std::size_t>(trail_[depth_++].position)].id;
}

bool PathChoices::Advance() {
  trail_.resize(depth_);
  depth_ = 0;
  while (!trail_.empty() && trail_.back().rest.empty()) trail_.pop_back();
  if (trail_.empty()) return false;
  Step& step = trail_.back();
  step.position = step.rest.First();
  step.rest = step.rest - OptionSet::At(step.position);
  return true;
}

Explanation PathChoices::Taken() const {
  Explanation taken;
  for (std::size_t i = 0; i < depth_; ++i) {
    if (domains_[Index(trail_[i].question)].Only()) continue;
    taken.push_back({trail_[i].question, OptionSet::At(trail_[i].position)});
  }
  std::ranges::sort(taken, {}, &Restriction::question);
  return taken;
}

}  // namespace assay
