#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/features.h"
#include "fuzz/wire_client.h"
#include "fuzz/wire_oracle.h"
#include "reference/judge/judge.h"
#include "reference/target/stop_sign.h"
#include "reference/target/target.h"

namespace assay {

// Sends raw messages to a target, asks it a plain request after each, and makes findings of what is
// wrong: sent again, reduced, one for each kind.
class WireSearch {
 public:
  // `target` takes the plain requests, over other connections; `judge` judges their answers.
  // `rate` is that of all together, 0 for no limit.
  WireSearch(WireClient client, Target& target, Judge& judge, const StopSign& stop, double rate);

  // Sends the message that the input is, and adds the features of its answers. Returns the new
  // findings.
  std::vector<Finding> Send(InputFeatures& input);

  std::uint64_t sent() const { return sent_; }      // plain requests included
  std::uint64_t judged() const { return judged_; }  // the same
  // How often the finding of that id showed again.
  std::uint64_t Again(const std::string& id) const;
  // Why the search cannot go on, "" if it can: the target no longer answers a plain request.
  const std::string& over() const { return over_; }
  bool lost() const { return lost_; }

 private:
  // An answer to the plain request.
  struct Plain {
    std::string text;  // what it says, in short; equal texts are equal answers
    bool answered = false;
    bool is_list = false;
    std::vector<Difference> violations = {};
    ShownAnswer shown = {};
    friend bool operator==(const Plain& a, const Plain& b) { return a.text == b.text; }
  };
  using Fails = std::function<bool(const std::string& text)>;

  Plain Read(const Response& response);
  Plain Ask();
  bool IsFine() { return Ask() == usual_; }
  bool AwaitsFine(std::chrono::milliseconds most);
  WireOutcome Try(std::string_view text, std::vector<WireFault>& faults);
  void Pace(int requests);
  void Consider(const std::string& text, const WireFault& fault);
  void ConsiderHarm(const std::string& text, const Plain& after, const WireFraming& framing);
  void ConfirmHarm(const std::string& text, const Plain& after, const WireFraming& framing);
  Difference HarmOf(const Plain& after, const WireFraming& framing) const;
  std::string Reduce(const std::string& text, const Fails& fails);
  void Add(Finding finding, Repeats repeated);

  WireClient client_;
  Target& target_;
  Judge& judge_;
  const StopSign& stop_;
  const double rate_;
  const std::chrono::milliseconds patience_;
  Plain usual_;
  bool begun_ = false;
  std::string previous_;                           // the text before
  std::map<std::string, std::string> known_;       // symptoms of messages -> ids of findings
  std::map<std::string, int> tries_;               // of a symptom that came to nothing new
  std::map<std::string, std::uint64_t> findings_;  // by id, how often they showed again
  std::vector<Finding> new_;
  std::uint64_t sent_ = 0, judged_ = 0;
  std::chrono::steady_clock::time_point next_ = {};
  std::string over_;
  bool lost_ = false;
};

}  // namespace assay
