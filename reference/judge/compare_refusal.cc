#include "reference/judge/compare_refusal.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {
namespace {

// True for a code that a refusal of that parameter may have: one for each of its documented
// mistakes.
bool BelongsTo(std::string_view code, std::string_view subject) {
  const ErrorInfo* error = Catalogue::Get().FindError(code);
  return error && std::ranges::find(error->parameters, subject) != error->parameters.end();
}

// Codes that public pages show for any parameter: the general ones, and those that name it, such as
// MissingParameter.RegionId, MissingRegionId and InvalidSourceDiskType (common-errors, and the
// pages of sibling operations).
bool IsKnownFor(std::string_view code, std::string_view subject) {
  std::string_view name = subject.substr(0, subject.find('.'));
  if (name.ends_with("Id")) name.remove_suffix(2);
  for (const std::string_view general :
       {"InvalidParameter", "MissingParameter", "MissingParamter"}) {
    if (code == general) return true;
    if (!name.empty() && code.starts_with(fmt::format("{}.{}", general, name))) return true;
  }
  if (name.empty()) return false;
  for (const std::string_view start : {"Invalid", "Missing"}) {
    if (code.starts_with(start) && code.substr(start.size()).starts_with(name)) return true;
  }
  return false;
}

std::string_view WithoutPeriod(std::string_view text) {
  while (text.ends_with('.')) text.remove_suffix(1);
  return text;
}

// A documented text, with or without the final period.
void CheckMessage(std::string_view code, const ObservedAnswer& answer,
                  std::vector<Difference>& warnings) {
  const ErrorInfo* error = Catalogue::Get().FindError(code);
  if (!error || error->message_rule == kNoRule) return;
  if (WithoutPeriod(answer.message.text) == WithoutPeriod(error->message)) return;
  warnings.push_back(
      FormDifference(error->message_rule, fmt::format("the text \"{}\"", error->message),
                     fmt::format("the text \"{}\"", Excerpt(answer.message.text, 200))));
}

std::string Text(int status, std::string_view code) { return fmt::format("{} {}", status, code); }

RefusalComparison CompareAnyCode(const Refusal& refusal, const ObservedAnswer& answer) {
  RefusalComparison out;
  const std::string_view code = answer.code.text;
  const bool own = refusal.error && refusal.error->code == code;
  const bool belongs = BelongsTo(code, refusal.subject);
  if (answer.status < 400 || answer.status > 499) return out;
  out.difference = CompareStatus(answer);
  if (out.difference) return out;
  if (!own && !belongs && Catalogue::Get().IsReserved(code)) {
    out.difference = OutcomeDifference(
        "error.code.belongs"_rule,
        fmt::format("a code for {} that the document does not reserve for something else",
                    refusal.subject.empty() ? "the value" : refusal.subject),
        Text(answer.status, code), fmt::format("{} {}", refusal.subject, code));
    return out;
  }
  out.matches = true;
  const bool known =
      own ? refusal.error->status == answer.status : IsKnownFor(code, refusal.subject);
  if (refusal.error && !belongs && !known) {
    out.warnings.push_back(FormDifference(
        refusal.code_rule, Text(refusal.error->status, refusal.error->code),
        Text(answer.status, Excerpt(code)), fmt::format("{} {}", refusal.subject, Excerpt(code))));
  }
  if (own) CheckMessage(code, answer, out.warnings);
  // Another page advises against this refusal.
  const RuleInfo& rule = Catalogue::Get()[refusal.rule];
  const bool refuses =
      refusal.rule == "request.open.admissible"_rule || refusal.rule == "request.action.known"_rule;
  if (rule.level == Level::kShould && !refuses) {
    out.warnings.push_back(FormDifference(refusal.rule, rule.statement,
                                          Text(answer.status, Excerpt(code)), "refused"));
  }
  return out;
}

}  // namespace

std::optional<Difference> CompareStatus(const ObservedAnswer& answer) {
  const ErrorInfo* error = Catalogue::Get().FindError(answer.code.text);
  if (!error || error->status_rule == kNoRule || error->status == answer.status) {
    return std::nullopt;
  }
  return OutcomeDifference(error->status_rule, Text(error->status, error->code),
                           Text(answer.status, error->code), std::to_string(answer.status));
}

RefusalComparison CompareRefusal(const Refusal& refusal, const ObservedAnswer& answer) {
  if (refusal.any_code) return CompareAnyCode(refusal, answer);
  RefusalComparison out;
  const ErrorInfo& error = *refusal.error;
  const std::string_view code = answer.code.text;
  if (code != error.code) {
    out.difference = OutcomeDifference(refusal.rule, Text(error.status, error.code),
                                       Text(answer.status, Excerpt(code)), Excerpt(code));
    return out;
  }
  out.difference = CompareStatus(answer);
  if (!out.difference && answer.status != error.status) {
    out.difference = OutcomeDifference(refusal.rule, Text(error.status, error.code),
                                       Text(answer.status, code), std::to_string(answer.status));
  }
  if (out.difference) return out;
  out.matches = true;
  CheckMessage(code, answer, out.warnings);
  return out;
}

}  // namespace assay
