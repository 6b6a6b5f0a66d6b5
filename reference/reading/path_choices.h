#pragma once

#include <functional>
#include <vector>

#include "reference/reading/choices.h"
#include "reference/reading/reading_space.h"

namespace assay {

// Walks through every combination of the options that are still possible, depth first: run the
// model, call Advance(), run it again, until Advance() says that no path is left.
class PathChoices : public Choices {
 public:
  // `on_refusal` is called for each refusal and returns true to stop the model early.
  PathChoices(const Domains& domains, std::function<bool(const Refusal&)> on_refusal)
      : domains_(domains), on_refusal_(std::move(on_refusal)) {}

  Option Pick(Question question) override;
  bool Refuse(const Refusal& refusal) override { return on_refusal_(refusal); }

  // Goes to the next path; false if all were taken.
  bool Advance();
  // What this path chose, sorted by question; questions with one possible option are left out.
  Explanation Taken() const;
  // Every question that any path asked.
  const std::vector<Question>& asked() const { return asked_; }

 private:
  struct Step {
    Question question;
    OptionSet rest;  // options that later paths still take
    int position;    // the option of this path
  };

  const Domains& domains_;
  std::function<bool(const Refusal&)> on_refusal_;
  std::vector<Step> trail_;
  std::size_t depth_ = 0;  // steps of the trail that this run asked for so far
  std::vector<Question> asked_;
};

}  // namespace assay
