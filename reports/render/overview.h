#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/journal/journal.h"
#include "spec/text/enum_names.h"

namespace assay {

// What all renderers say about a run, counted and ordered once.

struct Totals {
  std::uint64_t violations = 0;  // findings, not exchanges
  std::uint64_t warnings = 0;
  std::uint64_t known = 0;
  std::uint64_t inconclusive = 0;
  std::uint64_t held = 0, broken = 0, warned = 0, explained = 0;  // rules
  std::uint64_t not_settled = 0, not_shown = 0;
  std::uint64_t unforeseen = 0;  // answers
  std::uint64_t rules = 0;
  bool finished = false;           // the run came to its end
  double requests_per_second = 0;  // 0 if unknown
};
Totals CountTotals(const RecordedRun& run);

// What a run says of a rule: held only if an answer showed it and none broke it; explained if only
// answers broke it that are part of the findings of other rules; not settled if a finding could
// neither be confirmed nor ruled out.
enum class RuleState { kHeld, kBroken, kWarnedOf, kExplained, kNotSettled, kNotShown };
template <>
inline constexpr std::array<std::string_view, 6> kNamesOf<RuleState> = {
    "held", "broken", "warned", "explained", "not_settled", "not_shown"};
RuleState StateOf(const RecordedRun& run, const RuleTally& rule);
// "142 held, 3 broken, 51 not shown", or that nothing was counted.
std::string RulesText(const Totals& totals);
// Why a run that counted no rules did not: "not counted, since the run did not end".
std::string NotCountedText(const Totals& totals);

// "broken only by answers that finding 2 explains": of a rule in the state kExplained.
std::string ExplainedText(const RecordedRun& run, std::string_view rule);
// The finding that such a rule is part of, or nullptr if none names it.
const Finding* ExplainingFinding(const RecordedRun& run, std::string_view rule);

// The findings: violations, warnings, known, inconclusive; each with those first that explain most
// answers.
std::vector<const Finding*> SortFindings(const RecordedRun& run);

// What happened, in a few words: what the target does, if a diagnosis says so, otherwise what was
// wrong with the answer.
std::string HeadlineOf(const Finding& finding);

// A text as a sentence begins: with a capital, unless its first word is no ordinary one.
std::string StartSentence(std::string text);

// What a reader has to know before the verdict means anything, one sentence each: what kept the run
// from judging, or how little it showed.
std::vector<std::string> Cautions(const RecordedRun& run);

// "must", "should", or "" for a rule that the run does not list.
std::string_view LevelOf(const RecordedRun& run, std::string_view rule);

// What tells a run from others of its target: the label that it was given, or when it began.
std::string NameOfRun(const RecordedRun& run);

// "paging" of "paging.page_size.maximum".
std::string TopicOf(std::string_view rule);

// "GET RegionId=cn-hangzhou&PageSize=101": the request without secrets, values readable but for
// the characters that would make it ambiguous.
std::string RequestText(const Request& request);

// The same of the requests that go before the finding's, in order.
std::vector<std::string> TextsBefore(const Finding& finding);

// "deterministic", "intermittent", "not seen again" or "not sent again".
std::string StabilityInShort(const Finding& finding);
// The same with what was tried: "intermittent: 9 of 103 times alone, 2 of 96 times at once".
std::string StabilityText(const Finding& finding);
// "answers as if paging.last_page.drops_one", a text for each fault that was named, or one that
// says that none was. Empty for what was not diagnosed.
std::vector<std::string> DiagnosisTexts(const Finding& finding);

// (rule, why no answer showed it) for each rule of that kind; the reason may be "".
std::vector<std::pair<std::string, std::string>> UnexercisedRules(const RecordedRun& run);

// The same by reason, that of most rules first; those without a reason last.
struct NotShown {
  std::string why;
  std::vector<std::string> rules;
};
std::vector<NotShown> NotShownByReason(const RecordedRun& run);
// "14 of them: no request is signed", for each reason that several rules share.
std::vector<std::string> WhyNotShown(const RecordedRun& run);

// The questions that no judgement depended on.
std::vector<std::string> UnreachedQuestions(const RecordedRun& run);

// Documented parameters that were given beside equal requests without them, and never changed an
// answer: the target ignores them, or the dataset cannot show them.
std::vector<std::string> ParametersWithoutEffect(const RecordedRun& run);

// "VIOLATIONS: 2 rules are broken.", "CONFORMS: …", "INCONCLUSIVE: why." as plain text.
std::string VerdictText(const RecordedRun& run);

// The exchange of the finding's evidence that LoadRun() brought, or nullptr.
const RecordedExchange* FirstEvidence(const RecordedRun& run, const Finding& finding);

// "exchanges 3, 17, 20 and 4 more": at most `limit` are named.
std::string EvidenceText(const Finding& finding, std::size_t limit);

// The file's name for a finding's repro script without folder and ending: its id if that is a safe
// name, otherwise made safe, with a number that keeps different ids apart.
std::string ReproName(const Finding& finding);

}  // namespace assay
