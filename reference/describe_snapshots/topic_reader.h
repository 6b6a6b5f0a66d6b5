#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reference/describe_snapshots/parameters.h"
#include "reference/describe_snapshots/plan.h"
#include "spec/text/letters.h"

namespace assay {

// What the readers of the topics (ids, times, tags, …) share while one request becomes a plan.
struct PlanDraft {
  const Request& request;
  const Dataset& dataset;
  const Tokens* tokens;
  Choices& choices;
  Parameters parameters;
  Plan plan;
};

// The base of a topic's reader: values, refusals and questions in the terms of the draft.
class TopicReader {
 protected:
  explicit TopicReader(PlanDraft& draft)
      : dataset_(draft.dataset),
        choices_(draft.choices),
        parameters_(draft.parameters),
        plan_(draft.plan) {}

  const std::optional<std::string>& Value(Slot slot) const { return parameters_[slot]; }

  void Refuse(Rule rule, const char* code, std::string subject = "");
  // A refusal that is one admissible option of an open question: any code that is not reserved.
  void RefuseAsRead(const char* code, std::string_view subject);
  void Add(Refusal refusal);
  void MatchNothing(Rule rule);
  bool Is(Question question, Option option) { return choices_.Pick(question) == option; }

  // The value if it is given and counts; an empty one is a question of its own.
  std::optional<std::string> Text(Slot slot, Question empty, Question blanks, Rule rule);
  void TreatEmpty(Slot slot, Question empty, Rule rule);
  std::string Trimmed(const std::string& value, Question blanks);
  // The id that is meant, if `is_known` finds it in small letters only: whether capitals count is a
  // question. Every id in the base document's examples has small letters.
  template <typename IsKnown>
  std::string Meant(const std::string& id, const IsKnown& is_known) {
    std::string small = SmallLetters(id);
    if (small == id || is_known(id) || !is_known(small)) return id;
    return Is("value.letters.identifier"_question, "ignored_case"_option) ? small : id;
  }
  // The same of the values of a field; what was only discovered may hold it unseen.
  std::string MeantId(Field field, const std::string& id);

  bool ExistsHere(Field field, std::string_view value) const;
  bool ExistsAnywhere(Field field, std::string_view value) const;
  // True for an id that may exist although the state, which was only discovered, does not hold it.
  bool IsUnseen(std::string_view id) const;

  const Dataset& dataset_;
  Choices& choices_;
  Parameters& parameters_;
  Plan& plan_;
};

// One function for each topic, in a file of its name; it reads the topic's parameters into the
// plan.
void ReadCommon(PlanDraft& draft);        // Action, Version, Format, RegionId
void ReadResources(PlanDraft& draft);     // InstanceId, DiskId, SnapshotLinkId, …, SnapshotName
void ReadIds(PlanDraft& draft);           // SnapshotIds
void ReadEnumerations(PlanDraft& draft);  // Status, SnapshotType, Usage, SourceDiskType, Category
void ReadBooleans(PlanDraft& draft);      // Encrypted, DryRun
void ReadTimes(PlanDraft& draft);         // Filter.N
void ReadTags(PlanDraft& draft);          // Tag.N
void ReadPaging(PlanDraft& draft);        // PageNumber, PageSize, NextToken, MaxResults

}  // namespace assay
