#include "reference/judge/exploration.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reference/judge/bounds.h"
#include "reference/judge/compare_page.h"
#include "reference/judge/compare_refusal.h"
#include "reference/judge/why_valid.h"
#include "reference/reading/path_choices.h"
#include "spec/text/count.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

// A request that asks a dozen unsettled questions at once tells little and costs much.
constexpr int kMostPaths = 4096;

class Explorer {
 public:
  Explorer(const AskedAnswer& asked, const Dataset& dataset, const Domains& domains, bool bounds)
      : asked_(asked),
        dataset_(dataset),
        bounds_(bounds ? std::make_optional<Bounds>(asked, dataset) : std::nullopt),
        choices_(domains, [this](const Refusal& refusal) { return OnRefusal(refusal); }) {}

  Exploration Run() {
    int paths = 0;
    do {
      if (++paths > kMostPaths) {
        out_.too_many = true;
        break;
      }
      TakePath();
    } while (choices_.Advance());
    out_.asked = choices_.asked();
    if (bounds_ && out_.explanations.empty()) {
      out_.beyond_bounds = bounds_->Check(out_.asked, out_.nearest, choices_);
    }
    return std::move(out_);
  }

 private:
  void TakePath() {
    matched_ = false;
    warnings_.clear();
    choices_.ClearMarks();
    const Answer expected = DescribeSnapshots(asked_.request, dataset_, &asked_.tokens, choices_,
                                              nullptr, asked_.hidden);
    if (bounds_) bounds_->Add(expected, choices_);
    if (!FormatAgrees(expected)) return;
    if (asked_.answer.IsError()) {
      CompareError(expected);
    } else {
      CompareList(expected);
    }
  }

  // encoding.format.json, encoding.format.xml
  bool FormatAgrees(const Answer& expected) {
    if (expected.plan.xml == asked_.answer.xml) return true;
    // Refused before the format was read, or because of it.
    const std::string format = SmallLetters(asked_.request.Find("Format").value_or(""));
    if (asked_.answer.IsError() && format != "json" && format != "xml") return true;
    const Rule rule = expected.plan.xml ? "encoding.format.xml"_rule : "encoding.format.json"_rule;
    KeepNearest(FormDifference(rule, expected.plan.xml ? "an XML document" : "a JSON object",
                               asked_.answer.xml ? "an XML document" : "a JSON object"),
                matched_ ? 10 : -5);
    return false;
  }

  bool OnRefusal(const Refusal& refusal) {
    if (!asked_.answer.IsError()) return true;  // a list cannot be right then
    RefusalComparison comparison = CompareRefusal(refusal, asked_.answer);
    if (comparison.matches) {
      // If several refusals explain the answer, one without a warning counts.
      if (!matched_ || comparison.warnings.size() < warnings_.size()) {
        warnings_ = std::move(comparison.warnings);
        choices_.Mark(refusal.rule);
        MarkError();
      }
      matched_ = true;
      return warnings_.empty();
    }
    if (comparison.difference) {
      const bool same_code = refusal.error && refusal.error->code == asked_.answer.code.text;
      KeepNearest(std::move(*comparison.difference), same_code ? 3 : refusal.any_code ? 1 : 2);
    }
    return false;
  }

  // The answer shows the status and the text of its error.
  void MarkError() {
    const ErrorInfo* error = Catalogue::Get().FindError(asked_.answer.code.text);
    if (!error) return;
    if (error->status_rule != kNoRule) choices_.Mark(error->status_rule);
    if (error->message_rule != kNoRule) choices_.Mark(error->message_rule);
  }

  void CompareError(const Answer& expected) {
    const Plan& plan = expected.plan;
    const bool open = plan.may_be_refused && (!matched_ || !warnings_.empty());
    if (open || (plan.discouraged != kNoRule && !matched_)) {
      // Whether such a category is refused depends on what the unknown region holds.
      const ErrorInfo* category = Catalogue::Get().FindError("InvalidSnapshotCategory.Malformed");
      std::vector<const ErrorInfo*> errors = plan.possible_errors;
      errors.push_back(plan.unseen_region ? category : nullptr);
      for (const ErrorInfo* error : errors) {
        const Refusal refusal{
            .rule = "request.open.admissible"_rule, .error = error, .any_code = true};
        if (!CompareRefusal(refusal, asked_.answer).matches) continue;
        matched_ = true;
        warnings_.clear();
        if (plan.may_be_refused) continue;
        warnings_.push_back(FormDifference(
            plan.discouraged, "200 and a list",
            fmt::format("{} {}", asked_.answer.status, Excerpt(asked_.answer.code.text)),
            "refused"));
      }
    }
    if (matched_) return Explain(expected, {});
    if (expected.refused()) return;
    const std::string why = WhyValid(asked_.request, choices_.marks());
    KeepNearest(
        OutcomeDifference("request.valid.accepted"_rule,
                          fmt::format("200 and a list ({}){}{}",
                                      expected.page.matches.size() == 0
                                          ? "no snapshot matches"
                                          : CountText(expected.page.matches.size(),
                                                      "snapshot matches", "snapshots match"),
                                      why.empty() ? "" : ", since the document says of ", why),
                          asked_.answer.InWords(), Excerpt(asked_.answer.code.text)),
        0);
  }

  void CompareList(const Answer& expected) {
    if (expected.refused()) {
      const Refusal& refusal = expected.plan.refusals.front();
      const std::string code =
          refusal.any_code ? "a 4xx with an error envelope"
                           : fmt::format("{} {}", refusal.error->status, refusal.error->code);
      return KeepNearest(OutcomeDifference(refusal.rule, code, asked_.answer.InWords(), "accepted"),
                         refusal.any_code ? -3 : -2);
    }
    PageComparison comparison =
        ComparePage(asked_.request, expected, asked_.answer, asked_.listed, dataset_, choices_);
    if (comparison.difference) {
      return KeepNearest(std::move(*comparison.difference), comparison.closeness);
    }
    const bool names_format = std::ranges::any_of(
        asked_.request.parameters,
        [](const Parameter& parameter) { return EqualAnyCase(parameter.name, "Format"); });
    if (!asked_.accepts_json && !names_format && !asked_.answer.xml) {
      warnings_.push_back(
          FormDifference("encoding.format.default"_rule, "XML, since Format is not given", "JSON"));
    }
    Explain(expected, comparison.answers);
  }

  void Explain(const Answer& expected, const std::vector<Restriction>& answers) {
    Explanation explanation = choices_.Taken();
    for (const Restriction& answer : answers) {
      const auto at = std::ranges::find(explanation, answer.question, &Restriction::question);
      if (at == explanation.end()) {
        explanation.push_back(answer);
      } else {
        at->options &= answer.options;
      }
    }
    std::ranges::sort(explanation, {}, &Restriction::question);
    out_.explanations.push_back(std::move(explanation));
    NotePosition(expected.plan);
    // A path that explains the answer without a warning is the better witness.
    if (out_.plan && out_.warnings.size() <= warnings_.size()) return;
    out_.plan = expected.plan;
    out_.used = choices_.marks();
    out_.warnings = warnings_;
  }

  void NotePosition(const Plan& plan) {
    if (asked_.answer.IsError()) return;
    const TokenOrigin next =
        OriginAfter(asked_.request, plan, static_cast<std::int64_t>(asked_.listed.size()));
    const Position position{next.position, next.loose, plan.paging.number};
    if (out_.plan && position != position_) out_.several_positions = true;
    position_ = position;
  }

  void KeepNearest(Difference difference, int closeness) {
    if (out_.nearest && closeness <= closeness_) return;
    closeness_ = closeness;
    out_.nearest = std::move(difference);
  }

  const AskedAnswer& asked_;
  const Dataset& dataset_;
  std::optional<Bounds> bounds_;
  PathChoices choices_;
  Exploration out_;
  std::vector<Difference> warnings_;
  // Where in the list the page is, and the next one by token. Whether this one was asked for by
  // token makes no difference to that.
  struct Position {
    std::int64_t next = 0;
    bool loose = false;
    std::int64_t number = 0;
    friend bool operator==(const Position&, const Position&) = default;
  };
  Position position_;
  bool matched_ = false;
  int closeness_ = 0;
};

}  // namespace

Exploration Explore(const AskedAnswer& asked, const Dataset& dataset, const Domains& domains) {
  return Explorer(asked, dataset, domains, false).Run();
}

Exploration ExploreWithBounds(const AskedAnswer& asked, const Dataset& dataset,
                              const Domains& domains) {
  return Explorer(asked, dataset, domains, true).Run();
}

}  // namespace assay
