#include "conformance/rule_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "conformance/case_answer.h"

namespace assay {
namespace {

// One case on its way.
struct CaseRun {
  const RuleCase* rule_case = nullptr;
  ConcreteCase made;
  std::optional<CaseAnswer> answer;
  bool sent = false;
};

constexpr std::string_view kToken = "$token.";

// The case whose token the request needs, "" for none.
std::string NeededToken(const RuleCase& rule_case) {
  for (const auto& [name, value] : rule_case.set) {
    if (value.starts_with(kToken)) return value.substr(kToken.size());
  }
  return "";
}

// Sends cases one after the other, each with the tokens of those before it.
class CaseScript : public Script {
 public:
  explicit CaseScript(std::vector<CaseRun*> runs) : runs_(std::move(runs)) {}

  bool Next(const Response* previous, Request& request) override {
    if (previous && next_ > 0) Keep(*runs_[next_ - 1], *previous);
    for (; next_ < runs_.size(); ++next_) {
      CaseRun& run = *runs_[next_];
      if (!FillTokens(run.made.request)) continue;
      run.sent = true;
      request = run.made.request;
      ++next_;
      return true;
    }
    return false;
  }

 private:
  void Keep(CaseRun& run, const Response& response) {
    std::vector<std::string> fields;
    for (const auto& [field, value] : run.rule_case->expect.every) fields.push_back(field);
    run.answer = ReadCaseAnswer(run.made.request, response, fields);
    if (!run.answer->next_token.empty()) {
      tokens_.emplace_back(run.rule_case->name, run.answer->next_token);
    }
  }

  bool FillTokens(Request& request) const {
    for (Parameter& parameter : request.parameters) {
      if (!parameter.value.starts_with(kToken)) continue;
      const std::string name = parameter.value.substr(kToken.size());
      const auto token = std::ranges::find(tokens_, name, &std::pair<std::string, std::string>::first);
      if (token == tokens_.end()) return false;
      parameter.value = token->second;
    }
    return true;
  }

  std::vector<CaseRun*> runs_;
  std::size_t next_ = 0;
  std::vector<std::pair<std::string, std::string>> tokens_;
};

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
      runs_.push_back({&rule_case, std::move(*made), std::nullopt, false});
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
    return rule_case.encoding == "plus" && !SendsPlus() ? "blanks are sent as %20 only" : "";
  }
  static bool SendsPlus() { return false; }

  // A case that needs a token goes into the script of the case that gets it.
  void Group(CaseRun* run) {
    const std::string needed = NeededToken(*run->rule_case);
    for (std::vector<CaseRun*>& group : groups_) {
      for (const CaseRun* earlier : group) {
        if (needed.empty() || earlier->rule_case->name != needed) continue;
        group.push_back(run);
        return;
      }
    }
    groups_.push_back({run});
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
    answers_[run.rule_case->name] = *run.answer;
    // Without an expectation too: a target whose reading never needs the rule keeps it.
    context_.notes.Checked(rule_.id);
    if (IsComplainedOf(exchange, rule_.id)) return;
    auto difference = CheckExpectation(rule_.id, {run.rule_case->expect, run.made.every},
                                       *run.answer, earlier, context_.dataset);
    if (!difference) return;
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
