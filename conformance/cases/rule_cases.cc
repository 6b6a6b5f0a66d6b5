#include "conformance/cases/rule_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "conformance/cases/case_script.h"
#include "reference/auth/request_signer.h"

namespace assay {
namespace {

bool Forges(const RuleInfo& rule) {
  return std::ranges::any_of(
      rule.cases, [](const RuleCase& rule_case) { return rule_case.forgery != Forgery::kNone; });
}

bool IsAboutForm(Rule rule) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"encoding.format.", "encoding.json.",
                                              "encoding.xml."},
      [&](std::string_view topic) { return Id(rule).starts_with(topic); });
}

class RuleRun {
 public:
  // With `in_parameters`, the requests are signed there in a run that signs headers.
  RuleRun(SuiteContext& context, const RuleInfo& rule, bool in_parameters = false)
      : context_(context), rule_(rule), origin_(OriginOf(rule)), in_parameters_(in_parameters) {}

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
        if (run->sent) continue;
        NotExercised(*run->rule_case, Skip::kNoValue, "no answer gave the token that it needs");
      }
    }
    if (sent_ == 0 && !outcome_.skip) outcome_.SkipFor(Skip::kNoValue, "no case could be sent");
    if (sent_ > 0) outcome_.skip.reset();
    return std::move(outcome_);
  }

 private:
  void Prepare() {
    runs_.reserve(rule_.cases.size());
    for (const RuleCase& rule_case : rule_.cases) {
      if (const auto why = WhyNotSent(rule_case)) {
        NotExercised(rule_case, why->first, why->second);
        continue;
      }
      Result<ConcreteCase> made =
          context_.values.Make(rule_case, std::string(Id(rule_.id)), context_.format());
      if (!made) {
        NotExercised(rule_case, Skip::kNoValue, made.error().what);
        continue;
      }
      if (in_parameters_) AskForParameterSignature(made->request);
      runs_.push_back({&rule_case, std::move(*made), false, std::nullopt});
      AddToGroups(&runs_.back(), groups_);
    }
  }

  // Why the case is left out without looking for its values.
  std::optional<std::pair<Skip, std::string>> WhyNotSent(const RuleCase& rule_case) const {
    const SuiteFormat format = context_.options.format;
    if (rule_case.format == "xml" && format == SuiteFormat::kJson) {
      return std::pair(Skip::kLeftOut, "left out by --format json");
    }
    if (rule_case.format == "json" && format == SuiteFormat::kXml) {
      return std::pair(Skip::kLeftOut, "left out by --format xml");
    }
    const std::string& region = context_.values.region();
    if (context_.dataset.In(region).empty() && !rule_case.expect.empty.value_or(true)) {
      return std::pair(Skip::kNoValue, fmt::format("the region {} holds no snapshot", region));
    }
    // Genuine requests of such a rule are worth nothing without the forged ones.
    if (Forges(rule_) && !context_.options.signs) {
      return std::pair(Skip::kLeftOut,
                       "no request is signed: set ALIBABA_CLOUD_ACCESS_KEY_ID and "
                       "ALIBABA_CLOUD_ACCESS_KEY_SECRET, and leave out --signature none");
    }
    if (IsOfHeaders(rule_case.forgery) && (in_parameters_ || !context_.options.signs_headers)) {
      return std::pair(Skip::kLeftOut, "left out: only --signature v3 signs headers");
    }
    return std::nullopt;
  }

  void NotExercised(const RuleCase& rule_case, Skip skip, const std::string& why) {
    context_.notes.NotExercised(rule_.id, skip, rule_case.name, why);
    if (!outcome_.skip) outcome_.SkipFor(skip, fmt::format("case {}: {}", rule_case.name, why));
  }

  // Without an expectation too: a target whose reading never needs the rule keeps it. What is said
  // of an error is shown by that error alone.
  bool Shows(const JudgedExchange& exchange) const {
    const Verdict& verdict = exchange.verdict;
    if (verdict.kind != Verdict::Kind::kConforms || verdict.HasViolation()) return false;
    if (verdict.unreadable) return false;  // with a warning alone: an XML document with a DTD
    const auto& errors = Catalogue::Get().errors();
    const auto error = std::ranges::find_if(errors, [&](const ErrorInfo& info) {
      return info.status_rule == rule_.id || info.message_rule == rule_.id;
    });
    return error == errors.end() || error->code == verdict.code;
  }

  void Conclude(const CaseRun& run, const JudgedExchange& exchange) {
    ++sent_;
    if (!run.answer || exchange.verdict.throttled) return;
    const AnswersByCase earlier = answers_;
    if (exchange.verdict.IsSound()) answers_[run.rule_case->name] = *run.answer;
    if (Shows(exchange)) context_.notes.Checked(rule_.id);
    if (IsComplainedOf(exchange, rule_.id)) return;
    // What cannot be read breaks the rules of its form, and says nothing of the others.
    if (exchange.verdict.unreadable && !IsAboutForm(rule_.id)) return;
    auto difference = CheckExpectation(rule_.id, {run.rule_case->expect, run.made.every},
                                       *run.answer, earlier, context_.dataset);
    if (!difference) return;
    difference->shape = "expect " + difference->shape;
    ReportDifference(context_, origin_, exchange, std::move(*difference), outcome_);
  }

  SuiteContext& context_;
  const RuleInfo& rule_;
  const Origin origin_;
  const bool in_parameters_;
  std::vector<CaseRun> runs_;  // never reallocated: scripts point into it
  CaseGroups groups_;          // one script each
  AnswersByCase answers_;
  std::size_t sent_ = 0;
  TestOutcome outcome_;
};

}  // namespace

Origin OriginOf(const RuleInfo& rule) {
  const std::string_view id = Id(rule.id);
  const std::size_t dot = id.find('.');
  return {std::string(id.substr(0, dot)), std::string(id.substr(dot + 1))};
}

TestOutcome RunRuleCases(SuiteContext& context, const RuleInfo& rule) {
  TestOutcome out = RuleRun(context, rule).Run();
  if (context.options.signs_both && Forges(rule)) {
    std::ranges::move(RuleRun(context, rule, true).Run().failures,
                      std::back_inserter(out.failures));
  }
  return out;
}

}  // namespace assay
