#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reference/answer/observed.h"
#include "reference/reading/reading_space.h"
#include "reference/state/dataset.h"
#include "reference/wire/message.h"

namespace assay {

// What one check of an answer found: what is wrong, which open questions the answer settles, and
// which rules were used.
struct CheckResult {
  std::vector<Difference> differences;
  std::vector<Restriction> answers;  // forms, read off directly; a question may occur twice
  std::bitset<kRuleCount> used;

  void Use(Rule rule) { used.set(Index(rule)); }
  void Add(Rule rule, std::string expected, std::string actual, std::string shape = "");
  // Notes that the answer shows this option.
  void Show(Question question, Option option);
  void Show(const Restriction& answer);
};

// Which snapshots, of those that are written alike in several answers, were right, and what they
// show: all for one state, in JSON.
class RightSnapshots {
 public:
  struct Right {
    std::shared_ptr<const SeenSnapshot> snapshot;  // so that no other one comes to its place
    std::uint32_t position = 0;                    // in the dataset
    CheckResult result;
  };
  // Null if it was not seen to be right.
  const Right* Find(const ObservedSnapshot& snapshot) const;
  void Add(const ObservedSnapshot& snapshot, std::uint32_t position, const CheckResult& result);

 private:
  std::unordered_map<const SeenSnapshot*, Right> right_;
};

// The answer's form and its fields against the state, whatever was asked: types, values, envelope.
void CheckForm(const ObservedAnswer& answer, const Response& response, CheckResult& result);
// `right` is kept from answer to answer, if given.
void CheckFields(const ObservedAnswer& answer, const Dataset& dataset, CheckResult& result,
                 RightSnapshots* right = nullptr);
void CheckErrorEnvelope(const ObservedAnswer& answer, CheckResult& result);
// The fields of a list whose state is not known: types and enumerated values only.
void CheckFieldForms(const ObservedAnswer& answer, CheckResult& result);

// True if the document lets the field have that text: enumerated values (those of its samples
// included), times, percentages; any text for the other fields.
bool IsDocumentedValue(Field field, std::string_view text);

// True if the text holds what stack traces of common languages hold, and texts for people do not.
bool LooksLikeATrace(std::string_view text);

// Positions in the dataset of the snapshots listed, in order; unknown ones are left out.
std::vector<std::uint32_t> ListedPositions(const ObservedAnswer& answer, const Dataset& dataset);

}  // namespace assay
