#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reference/reading/reading_space.h"
#include "spec/record/request.h"

namespace assay {

// An option of a question that the target answers by situation.
struct SituationalOption {
  std::string option;      // "cut"; "cut or refused" if the answers do not tell
  std::string when;        // "beside MaxResults", "for PageSize=0", "at RegionId=…"
  std::uint64_t seen = 0;  // answers that showed it, of those that were kept
};

// What an answer showed of a question, and in which situation.
struct Sighting {
  Request request;
  OptionSet options;  // those that the answer can be right under
};

// The questions that a target answers otherwise in other situations, and how. The document does not
// ask for one answer to an open question, so this is told, and accuses nobody.
class Situations {
 public:
  bool Depends(Question question) const { return sightings_.contains(question); }
  bool empty() const { return sightings_.empty(); }
  // From now on the question is answered by situation.
  void Free(Question question) { sightings_[question]; }
  // Notes what an answer showed of a question that is answered by situation.
  void Note(Question question, const Request& request, OptionSet options);
  std::bitset<kQuestionCount> questions() const;

  // The options with the situations in which they were seen, most frequent first.
  std::vector<SituationalOption> Describe(Question question) const;
  // The same in words: "cut (beside Status); refused (beside MaxResults)".
  std::string Text(Question question) const;

 private:
  std::map<Question, std::vector<Sighting>> sightings_;
};

// Leaves out what the constraints say of questions that are answered by situation.
Explanations Without(const std::bitset<kQuestionCount>& questions, Explanations explanations);

// The parameters whose values a question asks about.
const std::vector<std::string>& SubjectsOf(Question question);

// True if the requests differ in nothing but the values of parameters that the question does not
// ask about.
bool AreOneSituation(Question question, const Request& a, const Request& b);

}  // namespace assay
