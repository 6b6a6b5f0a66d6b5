#include "reference/findings/right_answer.h"

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <unordered_set>
#include <utility>
#include <vector>

#include "reference/faults/fault.h"
#include "reference/findings/answer_digest.h"
#include "reference/server/service.h"

namespace assay {
namespace {

constexpr std::size_t kLargestSearched =
    100'000;                    // snapshots of a state in which options are tried
constexpr int kMostRounds = 3;  // through the questions

using Positions = std::vector<std::uint32_t>;

// Puts `listed`, as far as they match, where the page begins; the others around them.
void Arrange(const Positions& listed, std::int64_t start, Positions& matches) {
  std::unordered_set<std::uint32_t> rest(matches.begin(), matches.end());
  Positions first;
  for (const std::uint32_t position : listed) {
    if (rest.erase(position) > 0) first.push_back(position);
  }
  std::erase_if(matches, [&](std::uint32_t position) { return !rest.contains(position); });
  const auto at = std::clamp<std::int64_t>(start, 0, std::ssize(matches));
  matches.insert(matches.begin() + at, first.begin(), first.end());
}

class NearestSearch {
 public:
  NearestSearch(const Judge& judge, const Request& request, const Response& wrong)
      : judge_(judge), request_(request) {
    AnswerReader reader;
    const ObservedAnswer& answer = reader.Read(wrong);
    for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
      const auto known = judge.dataset().by_id.find(answer.snapshots[i][Field::kSnapshotId].text);
      if (known != judge.dataset().by_id.end()) listed_.push_back(known->second);
    }
    wrong_ = AnswerDigester().Of(answer, wrong);
    as_listed_.order = [this](const Scene& scene, Positions& matches) {
      Arrange(listed_, scene.page->start, matches);
    };
  }

  Response NearestFrom(Reading reading) {
    for (auto& [question, option] : reading.pins) {
      if (question == "paging.order"_question) option = "any"_option;
    }
    Try nearest = Ask(reading);
    const bool searches = judge_.dataset().snapshots.size() <= kLargestSearched;
    for (int round = 0; searches && round < kMostRounds && nearest.distance > 0; ++round) {
      const std::size_t before = nearest.distance;
      for (auto& pin : reading.pins) {
        if (nearest.asked[Index(pin.first)]) Settle(reading, pin, nearest);
      }
      if (nearest.distance == before) break;
    }
    return std::move(nearest.response);
  }

 private:
  struct Try {
    Response response;
    std::bitset<kQuestionCount> asked;
    std::size_t distance = 0;
  };

  // Leaves the question at the option with which the answer is nearest.
  void Settle(const Reading& reading, std::pair<Question, Option>& pin, Try& nearest) {
    if (pin.first == "paging.order"_question) return;
    Option best = pin.second;
    for (const OptionInfo& option : Catalogue::Get()[pin.first].options) {
      pin.second = option.id;
      Try other = Ask(reading);
      if (other.distance >= nearest.distance) continue;
      nearest = std::move(other);
      best = option.id;
    }
    pin.second = best;
  }

  Try Ask(const Reading& reading) {
    Try out;
    Service service(judge_.dataset(), reading, {&as_listed_}, judge_.hidden());
    service.Handle(request_, "model", out.response, &out.asked);
    AnswerReader reader;
    const AnswerDigest digest = AnswerDigester().Of(reader.Read(out.response), out.response);
    out.distance = Distance(digest.Unlike(wrong_));
    return out;
  }

  const Judge& judge_;
  const Request& request_;
  Positions listed_;  // what the target lists, in its order
  AnswerDigest wrong_;
  Fault as_listed_{.id = "as_listed", .title = "lists what the target lists"};
};

}  // namespace

Response NearestRightAnswer(const Judge& judge, const Reading& learned, const Request& request,
                            const Response& wrong) {
  return NearestSearch(judge, request, wrong).NearestFrom(learned);
}

}  // namespace assay
