#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "reference/describe_snapshots/hidden_values.h"
#include "reference/describe_snapshots/parameters.h"
#include "reference/describe_snapshots/plan.h"
#include "reference/describe_snapshots/values.h"
#include "spec/letters.h"

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

std::string_view Trim(std::string_view text);  // blanks and tabs

// The base of a topic's reader: values, refusals and questions in the terms of the draft.
class TopicReader {
 protected:
  explicit TopicReader(PlanDraft& draft)
      : dataset_(draft.dataset),
        choices_(draft.choices),
        parameters_(draft.parameters),
        plan_(draft.plan) {}

  const std::optional<std::string>& Value(Slot slot) const { return parameters_[slot]; }

  void Refuse(Rule rule, const char* code, std::string subject = "") {
    Add({rule, Catalogue::Get().FindError(code), false, std::move(subject)});
  }
  // A refusal that is one admissible option of an open question: any code that is not reserved.
  void RefuseAsRead(const char* code, std::string_view subject) {
    Add({"request.open.admissible"_rule, Catalogue::Get().FindError(code), true,
         std::string(subject)});
  }
  void Add(Refusal refusal) {
    plan_.stop |= choices_.Refuse(refusal);
    plan_.refusals.push_back(std::move(refusal));
  }
  void MatchNothing(Rule rule) {
    plan_.filters.push_back({.kind = Filter::Kind::kNothing, .rule = rule});
  }
  bool Is(Question question, Option option) { return choices_.Pick(question) == option; }

  // The value where it is given and counts; an empty one is a question of its own.
  std::optional<std::string> Text(Slot slot, Question empty, Question blanks, Rule rule) {
    const std::optional<std::string>& value = Value(slot);
    if (!value) return std::nullopt;
    if (value->empty()) {
      Empty(slot, empty, rule);
      return std::nullopt;
    }
    std::string text = Trimmed(*value, blanks);
    if (!text.empty()) return text;
    Empty(slot, empty, rule);
    return std::nullopt;
  }

  void Empty(Slot slot, Question empty, Rule rule) {
    const Option option = choices_.Pick(empty);
    if (option == "refused"_option) RefuseAsRead("InvalidParameter", NameOf(slot));
    if (option == "matches_nothing"_option) MatchNothing(rule);
    if (option == "as_false"_option) {
      plan_.filters.push_back(
          {.kind = Filter::Kind::kUnencrypted, .rule = rule, .field = Field::kEncrypted});
    }
  }

  std::string Trimmed(const std::string& value, Question blanks) {
    const std::string_view trimmed = Trim(value);
    if (trimmed.size() == value.size()) return value;
    return Is(blanks, "trimmed"_option) ? std::string(trimmed) : value;
  }

  bool ExistsHere(Field field, std::string_view value) const {
    return std::ranges::any_of(dataset_.In(plan_.region), [&](std::uint32_t i) {
      return dataset_.snapshots[i][field] == value;
    });
  }
  bool ExistsAnywhere(Field field, std::string_view value) const {
    return std::ranges::any_of(dataset_.snapshots,
                               [&](const Snapshot& s) { return s[field] == value; });
  }

  // True for an id that a state which was only discovered may hold all the same.
  bool IsUnseen(std::string_view id) const {
    return dataset_.discovered && IsWellFormedId(id, "") && !IsMadeUp(id);
  }

  const Dataset& dataset_;
  Choices& choices_;
  Parameters& parameters_;
  Plan& plan_;
};

// One function a topic; each reads its parameters into the draft's plan.
void ReadResources(PlanDraft& draft);     // InstanceId, DiskId, SnapshotLinkId, …, SnapshotName
void ReadIds(PlanDraft& draft);           // SnapshotIds
void ReadEnumerations(PlanDraft& draft);  // Status, SnapshotType, Usage, SourceDiskType, Category
void ReadBooleans(PlanDraft& draft);      // Encrypted, DryRun
void ReadTimes(PlanDraft& draft);         // Filter.N
void ReadTags(PlanDraft& draft);          // Tag.N
void ReadPaging(PlanDraft& draft);        // PageNumber, PageSize, NextToken, MaxResults

}  // namespace assay
