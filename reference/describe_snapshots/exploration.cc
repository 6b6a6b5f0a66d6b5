#include "reference/describe_snapshots/exploration.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reference/path_choices.h"
#include "spec/letters.h"

namespace assay {
namespace {

// A request that asks a dozen unsettled questions at once tells little and costs much.
constexpr int kMostPaths = 4096;

class Explorer {
 public:
  Explorer(const ReadExchange& exchange, const Dataset& dataset,
           const std::array<OptionSet, kQuestionCount>& domains)
      : exchange_(exchange),
        dataset_(dataset),
        choices_(domains, [this](const Refusal& refusal) { return OnRefusal(refusal); }) {}

  Exploration Run() {
    int paths = 0;
    do {
      if (++paths > kMostPaths) {
        out_.too_many = true;
        break;
      }
      Path();
    } while (choices_.Advance());
    out_.asked = choices_.asked();
    return std::move(out_);
  }

 private:
  void Path() {
    matched_ = false;
    warnings_.clear();
    choices_.ClearMarks();
    const Answer expected =
        DescribeSnapshots(exchange_.request, dataset_, &exchange_.tokens, choices_);
    if (!FormatAgrees(expected)) return;
    if (exchange_.is_error) {
      Error(expected);
    } else {
      List(expected);
    }
  }

  // encoding.format.json, encoding.format.xml
  bool FormatAgrees(const Answer& expected) {
    if (expected.plan.xml == exchange_.answer.xml) return true;
    // Refused on the way, before the format was looked at, or for it.
    const std::string format = SmallLetters(exchange_.request.Find("Format").value_or(""));
    if (exchange_.is_error && format != "json" && format != "xml") return true;
    const Rule rule = expected.plan.xml ? "encoding.format.xml"_rule : "encoding.format.json"_rule;
    Nearest({rule, expected.plan.xml ? "an XML document" : "a JSON object",
             exchange_.answer.xml ? "an XML document" : "a JSON object", ""},
            matched_ ? 10 : -5);
    return false;
  }

  bool OnRefusal(const Refusal& refusal) {
    if (!exchange_.is_error) return true;  // a list cannot be right any more
    RefusalComparison comparison = CompareRefusal(refusal, exchange_.answer);
    if (comparison.matches) {
      // Of several refusals that explain the answer the one without a warning counts.
      if (!matched_ || comparison.warnings.size() < warnings_.size()) {
        warnings_ = std::move(comparison.warnings);
        choices_.Mark(refusal.rule);
      }
      matched_ = true;
      return warnings_.empty();
    }
    if (comparison.difference) {
      const bool same_code = refusal.error && refusal.error->code == exchange_.answer.code.text;
      Nearest(std::move(*comparison.difference), same_code ? 3 : refusal.any_code ? 1 : 2);
    }
    return false;
  }

  void Error(const Answer& expected) {
    if (expected.plan.may_be_refused && (!matched_ || !warnings_.empty())) {
      // Whether a region that nobody knows holds such a category decides about its refusal.
      const ErrorInfo* category = Catalogue::Get().FindError("InvalidSnapshotCategory.Malformed");
      std::vector<const ErrorInfo*> errors = expected.plan.possible_errors;
      errors.push_back(expected.plan.unseen_region ? category : nullptr);
      for (const ErrorInfo* error : errors) {
        const Refusal any{.rule = "request.open.admissible"_rule, .error = error, .any_code = true};
        if (!CompareRefusal(any, exchange_.answer).matches) continue;
        matched_ = true;
        warnings_.clear();
      }
    }
    if (matched_) return Explained(expected, {});
    if (expected.refused()) return;
    Nearest({"request.valid.accepted"_rule,
             fmt::format("200 and a list ({} snapshots match)", expected.page.matches.size()),
             fmt::format("{} {}", exchange_.answer.status, Excerpt(exchange_.answer.code.text)),
             Excerpt(exchange_.answer.code.text), Aspect::kOutcome},
            0);
  }

  void List(const Answer& expected) {
    if (expected.refused()) {
      const Refusal& refusal = expected.plan.refusals.front();
      const std::string code =
          refusal.any_code ? "a 4xx with an error envelope"
                           : fmt::format("{} {}", refusal.error->status, refusal.error->code);
      return Nearest(
          {refusal.rule, code, fmt::format("200 and a list of {}", exchange_.answer.snapshot_count),
           "accepted", Aspect::kOutcome},
          refusal.any_code ? -3 : -2);
    }
    PageComparison comparison = ComparePage(exchange_.request, expected, exchange_.answer,
                                            exchange_.listed, dataset_, choices_);
    if (comparison.difference) {
      return Nearest(std::move(*comparison.difference), comparison.closeness);
    }
    if (!exchange_.accepts_json && !exchange_.request.Find("Format") && !exchange_.answer.xml) {
      warnings_.push_back(
          {"encoding.format.default"_rule, "XML, since Format is not given", "JSON", ""});
    }
    Explained(expected, comparison.answers);
  }

  void Explained(const Answer& expected, const std::vector<Restriction>& answers) {
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
    Position(expected.plan);
    // A path that explains the answer without a warning is the better witness.
    if (out_.plan && out_.warnings.size() <= warnings_.size()) return;
    out_.plan = expected.plan;
    out_.used = choices_.marks();
    out_.warnings = warnings_;
  }

  void Position(const Plan& plan) {
    if (exchange_.is_error) return;
    const TokenOrigin next =
        OriginAfter(exchange_.request, plan, static_cast<std::int64_t>(exchange_.listed.size()));
    if (out_.plan && (next.position != position_ || next.loose != loose_)) {
      out_.several_positions = true;
    }
    position_ = next.position;
    loose_ = next.loose;
  }

  void Nearest(Difference difference, int closeness) {
    if (out_.nearest && closeness <= closeness_) return;
    closeness_ = closeness;
    out_.nearest = std::move(difference);
  }

  const ReadExchange& exchange_;
  const Dataset& dataset_;
  PathChoices choices_;
  Exploration out_;
  std::vector<Difference> warnings_;
  std::int64_t position_ = 0;
  bool loose_ = false;
  bool matched_ = false;
  int closeness_ = 0;
};

}  // namespace

Exploration Explore(const ReadExchange& exchange, const Dataset& dataset,
                    const std::array<OptionSet, kQuestionCount>& domains) {
  return Explorer(exchange, dataset, domains).Run();
}

}  // namespace assay
