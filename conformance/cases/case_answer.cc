#include "conformance/cases/case_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "spec/text/letters.h"

namespace assay {
namespace {

std::optional<std::int64_t> Integer(const ObservedValue& value) {
  std::int64_t number = 0;
  const char* end = value.text.data() + value.text.size();
  const auto [stop, error] = std::from_chars(value.text.data(), end, number);
  if (value.text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return number;
}

// What makes two spellings of a field's value one (spec/cases.md, `every`).
std::string Normal(Field field, std::string_view text) {
  if (field == Field::kSourceDiskType || field == Field::kCategory) return SmallLetters(text);
  if (field == Field::kSnapshotType && text == "timer") return "auto";
  return std::string(text);
}

// Fields that an answer may leave out.
bool IsLookedUp(Field field) {
  return field == Field::kRegionId || field == Field::kInstanceId ||
         field == Field::kSnapshotLinkId;
}

std::string Number(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : "nothing";
}

class Check {
 public:
  Check(const ConcreteExpectation& expectation, const CaseAnswer& answer,
        const AnswersByCase& earlier, const Dataset& dataset)
      : expect_(expectation.expect),
        every_(expectation.every),
        answer_(answer),
        earlier_(earlier),
        dataset_(dataset) {}

  std::optional<Difference> Run() {
    CheckAcceptance();
    CheckNumbers();
    CheckCounts();
    CheckEvery();
    CheckRelations();
    return std::move(difference_);
  }

 private:
  // `of_list`: what is wrong with the answer if it is a list as expected.
  void Differ(const char* key, std::string expected, std::string actual,
              Aspect of_list = Aspect::kList) {
    if (difference_) return;
    difference_ = Difference{kNoRule, std::move(expected), std::move(actual), key,
                             answer_.is_list ? of_list : Aspect::kOutcome};
  }

  std::string Shown() const {
    if (answer_.is_list) return fmt::format("200 and a list of {}", answer_.ids.size());
    return fmt::format("{} {}", answer_.status,
                       answer_.code.empty() ? "without Code" : answer_.code);
  }

  void CheckAcceptance() {
    if (expect_.accepted && *expect_.accepted != answer_.is_list) {
      Differ("accepted", *expect_.accepted ? "200 and a list" : "a refusal", Shown());
    }
    if (!expect_.refused) return;
    const bool refused = answer_.status >= 400 && answer_.status < 500 && !answer_.code.empty();
    if (refused && (expect_.refused->empty() || *expect_.refused == answer_.code)) return;
    Differ("refused",
           expect_.refused->empty() ? std::string("a 4xx with an error envelope")
                                    : fmt::format("a 4xx with Code {}", *expect_.refused),
           Shown());
  }

  void CheckNumber(const char* key, const std::optional<int>& expected,
                   const std::optional<std::int64_t>& actual, Aspect aspect) {
    if (!expected || (answer_.is_list && actual == *expected)) return;
    Differ(key, fmt::format("a list with {} {}", key, *expected),
           answer_.is_list ? fmt::format("{} {}", key, Number(actual)) : Shown(), aspect);
  }

  void CheckNumbers() {
    CheckNumber("page_number", expect_.page_number, answer_.page_number, Aspect::kForm);
    CheckNumber("page_size", expect_.page_size, answer_.page_size, Aspect::kForm);
    CheckNumber("total_count", expect_.total_count, answer_.total, Aspect::kList);
    if (expect_.next_token &&
        (!answer_.is_list || *expect_.next_token == answer_.next_token.empty())) {
      Differ(
          "next_token",
          *expect_.next_token ? "a list with a NextToken" : "a list without NextToken",
          answer_.is_list ? fmt::format("NextToken \"{}\"", Excerpt(answer_.next_token)) : Shown());
    }
  }

  void CheckCounts() {
    const auto count = static_cast<int>(answer_.ids.size());
    const auto need = [&](const char* key, bool holds, std::string expected) {
      if (!answer_.is_list || !holds) Differ(key, std::move(expected), Shown());
    };
    if (expect_.items) {
      need("items", count == *expect_.items, fmt::format("a list of {}", *expect_.items));
    }
    if (expect_.at_most) {
      need("at_most", count <= *expect_.at_most,
           fmt::format("a list of at most {}", *expect_.at_most));
    }
    if (expect_.empty) {
      need("empty", (count == 0) == *expect_.empty,
           *expect_.empty ? "an empty list" : "a list that is not empty");
    }
  }

  void CheckEvery() {
    for (std::size_t f = 0; f < every_.size(); ++f) {
      const FieldInfo* field = FindField(every_[f].first);
      for (std::size_t i = 0; field && i < answer_.ids.size(); ++i) {
        const bool looked_up = IsLookedUp(field->field);
        // A field that no answer shows is not known for a snapshot created during the run.
        if (looked_up && !IsKnown(field->field, answer_.ids[i])) continue;
        const std::string actual =
            looked_up ? LookUp(field->field, answer_.ids[i]) : answer_.fields[i][f];
        if (Normal(field->field, actual) == Normal(field->field, every_[f].second)) continue;
        return Differ("every",
                      fmt::format("every snapshot with {} {}", field->name, every_[f].second),
                      fmt::format("{} of {} is {}", field->name, Excerpt(answer_.ids[i]),
                                  actual.empty() ? "unset" : Excerpt(actual)));
      }
    }
  }

  bool IsKnown(Field field, const std::string& id) const {
    const auto at = dataset_.by_id.find(id);
    return at != dataset_.by_id.end() && dataset_.snapshots[at->second].Knows(field);
  }
  std::string LookUp(Field field, const std::string& id) const {
    return dataset_.snapshots[dataset_.by_id.find(id)->second][field];
  }

  const CaseAnswer* Other(const std::string& name) const {
    const auto at = name.empty() ? earlier_.end() : earlier_.find(name);
    return at == earlier_.end() ? nullptr : &at->second;
  }

  // As many snapshots as TotalCount says.
  static bool IsComplete(const CaseAnswer& answer) {
    return answer.total && *answer.total == static_cast<std::int64_t>(answer.ids.size());
  }

  void CheckRelations() {
    if (!answer_.is_list) return;
    const std::set<std::string> mine(answer_.ids.begin(), answer_.ids.end());
    if (const CaseAnswer* other = Other(expect_.same_as)) CheckSameAs(*other, mine);
    if (const CaseAnswer* other = Other(expect_.subset_of)) CheckSubsetOf(*other);
    if (const CaseAnswer* other = Other(expect_.disjoint_from)) {
      for (const std::string& id : other->ids) {
        if (mine.contains(id)) {
          Differ("disjoint_from", fmt::format("no snapshot of case {}", expect_.disjoint_from),
                 fmt::format("{} again", Excerpt(id)));
        }
      }
    }
  }

  void CheckSameAs(const CaseAnswer& other, const std::set<std::string>& mine) {
    if (!other.is_list) return;
    if (other.request == answer_.request) {
      if (other.ids == answer_.ids) return;
    } else {
      if (!IsComplete(other) || !IsComplete(answer_)) return;
      if (mine == std::set<std::string>(other.ids.begin(), other.ids.end())) return;
    }
    Differ("same_as",
           fmt::format("the snapshots of case {} ({})", expect_.same_as, other.ids.size()),
           fmt::format("another list of {}", answer_.ids.size()));
  }

  void CheckSubsetOf(const CaseAnswer& other) {
    const bool same = other.request == answer_.request;
    if (!other.is_list || (!same && (!IsComplete(other) || !IsComplete(answer_)))) return;
    for (const std::string& id : answer_.ids) {
      if (std::ranges::find(other.ids, id) != other.ids.end()) continue;
      return Differ("subset_of", fmt::format("only snapshots of case {}", expect_.subset_of),
                    fmt::format("{} besides", Excerpt(id)));
    }
  }

  const Expectation& expect_;
  const std::vector<std::pair<std::string, std::string>>& every_;
  const CaseAnswer& answer_;
  const AnswersByCase& earlier_;
  const Dataset& dataset_;
  std::optional<Difference> difference_;
};

}  // namespace

CaseAnswer CaseAnswerOf(const Request& request, const ObservedAnswer& answer,
                        const std::vector<std::string>& fields) {
  CaseAnswer out{.request = request,
                 .status = answer.status,
                 .code = std::string(answer.code.text),
                 .is_list = answer.status == 200 && answer.has_list,
                 .total = Integer(answer.total_count),
                 .page_number = Integer(answer.page_number),
                 .page_size = Integer(answer.page_size),
                 .next_token = std::string(answer.next_token.text)};
  for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
    const ObservedSnapshot& snapshot = answer.snapshots[i];
    out.ids.emplace_back(snapshot[Field::kSnapshotId].text);
    out.fields.emplace_back();
    for (const std::string& name : fields) {
      const FieldInfo* field = FindField(name);
      out.fields.back().emplace_back(field ? snapshot[field->field].text : std::string_view());
    }
  }
  return out;
}

std::optional<Difference> CheckExpectation(Rule rule, const ConcreteExpectation& expectation,
                                           const CaseAnswer& answer, const AnswersByCase& earlier,
                                           const Dataset& dataset) {
  std::optional<Difference> difference = Check(expectation, answer, earlier, dataset).Run();
  if (difference) difference->rule = rule;
  return difference;
}

}  // namespace assay
