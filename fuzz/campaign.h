#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/campaign_options.h"
#include "spec/text/result.h"

namespace assay {

// One worker of a fuzzing campaign: every input is sent to the target, judged and recorded as in a
// run. What is found is confirmed, reduced, diagnosed and grouped, and set aside; the campaign goes
// on. The folder `out` then holds the journal.
class Campaign {
 public:
  // `worker` of `workers`, from 1; `begun` is when the campaign as a whole began. The Error names
  // what cannot be opened. `plan`, `options` and `errors` (for the progress) outlive the object.
  static Result<std::unique_ptr<Campaign>> Open(const CampaignOptions& options,
                                                const CampaignPlan& plan, int worker,
                                                const std::string& out, std::ostream& errors);
  ~Campaign();

  // Sends the input of that text (fuzz/exchange_input.h) and its siblings, all at once, and tells
  // the engine the features of the input's answers. A sibling that shows new ones is written to the
  // corpus.
  void Run(std::string_view input, const std::vector<std::string>& siblings);
  // How many of them it wants: with several inputs on their way, the target does not wait for the
  // judge, nor the judge for the target.
  std::size_t siblings() const;
  // True once one of its limits is reached, the target is lost or a signal came.
  bool IsOver();
  // Settles what was found and ends the journal; nothing is sent after it.
  ExitCode Finish();

 private:
  struct State;
  explicit Campaign(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace assay
