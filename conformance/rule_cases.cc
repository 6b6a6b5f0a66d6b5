#include "conformance/rule_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "conformance/case_script.h"

namespace assay {
namespace {

class RuleRun {
 public:
  RuleRun(SuiteContext& context, const RuleInfo& rule)
      : context_(context), rule_(rule), origin_{"rules", std::string(Id(rule.id))} {}

  TestOutcome Run() {
    Prepare();
    std::vector<std::unique_ptr<Script>> scripts;
    for (const std::vector<CaseRun*>& group : groups_) {
      scripts.push_back(std::make_unique<CaseScript>(group));
    }
    const std::vector<ScriptResult> results = context_.session.Run(origin_, std::move(scripts));
    for (std::size_t g = 0; g < results.size(); ++g) {
      AddViolations(results[g], outcome_);
      auto exchange = results[g].begin();
      for (CaseRun* run : groups_[g]) {
        if (run->sent && exchange != results[g].end()) Conclude(*run, *exchange++);
        if (!run->sent) NotExercised(*run->rule_case, "no answer gave the token that it needs");
      }
    }
    if (sent_ == 0 && outcome_.skipped.empty()) outcome_.skipped = "no case could be sent";
    if (sent_ > 0) outcome_.skipped.clear();
    return std::move(outcome_);
  }

 private:
  void Prepare() {
    runs_.reserve(rule_.cases.size());
    for (const RuleCase& rule_case : rule_.cases) {
      if (const std::string why = LeftOut(rule_case); !why.empty()) {
        NotExercised(rule_case, why);
        continue;
      }
      Result<ConcreteCase> made = context_.values.Make(rule_case, origin_.test, context_.format());
      if (!made) {
        NotExercised(rule_case, made.error().what);
        continue;
      }
      runs_.push_back({&rule_case, std::move(*made), false, std::nullopt});
      Group(&runs_.back());
    }
  }

  // Why the run's options leave the case out, or "".
  std::string LeftOut(const RuleCase& rule_case) const {
    const SuiteFormat format = context_.options.format;
    if (rule_case.format == "xml" && format == SuiteFormat::kJson) {
      return "left out by --format json";
    }
    if (rule_case.format == "json" && format == SuiteFormat::kXml) {
      return "left out by --format xml";
    }
    const bool lists_none = context_.dataset.In(context_.values.region()).empty();
    if (lists_none && !rule_case.expect.empty.value_or(true)) {
      return fmt::format("the region {} holds no snapshot", context_.values.region());
    }
    // Genuine requests of such a rule are worth nothing without the forged ones.
    const bool forges = std::ranges::any_of(
        rule_.cases, [](const RuleCase& other) { return other.forgery != "none"; });
    if (forges && !context_.options.signs) {
      return "left out: there is no signature to forge without --signature";
    }
    return "";
  }

  // A case that needs a token, or a nonce that was used, goes into the script of the case that gets
  // or uses it.
  void Group(CaseRun* run) {
    const std::string needed = NeededToken(*run->rule_case);
    for (std::vector<CaseRun*>& group : groups_) {
      for (const CaseRun* earlier : group) {
        const bool gets_token = !needed.empty() && earlier->rule_case->name == needed;
        if (!gets_token && !IsNonceOf(*earlier, *run)) continue;
        group.push_back(run);
        return;
      }
    }
    groups_.push_back({run});
  }

  static bool IsNonceOf(const CaseRun& earlier, const CaseRun& run) {
    Request genuine = run.made.request;
    genuine.forgery = Forgery::kNone;
    return run.made.request.forgery == Forgery::kNonce && earlier.made.request == genuine;
  }

  void NotExercised(const RuleCase& rule_case, const std::string& why) {
    const std::string text = fmt::format("case {}: {}", rule_case.name, why);
    context_.notes.NotExercised(rule_.id, text);
    if (outcome_.skipped.empty()) outcome_.skipped = text;
  }

  void Conclude(const CaseRun& run, const JudgedExchange& exchange) {
    ++sent_;
    if (!run.answer || exchange.verdict.throttled) return;
    const AnswersByCase earlier = answers_;
    if (exchange.verdict.IsSound()) answers_[run.rule_case->name] = *run.answer;
    // Without an expectation too: a target whose reading never needs the rule keeps it.
    context_.notes.Checked(rule_.id);
    if (IsComplainedOf(exchange, rule_.id)) return;
    auto difference = CheckExpectation(rule_.id, {run.rule_case->expect, run.made.every},
                                       *run.answer, earlier, context_.dataset);
    if (!difference) return;
    const bool is_echo = difference->shape == "page_number" || difference->shape == "page_size";
    difference->aspect = !run.answer->is_list ? Aspect::kOutcome
                         : is_echo            ? Aspect::kForm
                                              : Aspect::kList;
    difference->shape = "expect " + difference->shape;
    ReportDifference(context_, origin_, exchange, std::move(*difference), outcome_);
  }

  SuiteContext& context_;
  const RuleInfo& rule_;
  const Origin origin_;
  std::vector<CaseRun> runs_;                  // never reallocated: scripts point into it
  std::vector<std::vector<CaseRun*>> groups_;  // one script each
  AnswersByCase answers_;
  std::size_t sent_ = 0;
  TestOutcome outcome_;
};

}  // namespace

TestOutcome RunRuleCases(SuiteContext& context, const RuleInfo& rule) {
  return RuleRun(context, rule).Run();
}

}  // namespace assay
