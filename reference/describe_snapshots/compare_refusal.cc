#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reference/describe_snapshots/checks.h"

namespace assay {
namespace {

// The rules of each error of the base document.
struct ErrorRules {
  std::string_view code;
  Rule status, message;
};
const std::array<ErrorRules, 9>& DocumentedErrors() {
  static const std::array<ErrorRules, 9> errors = {{
      {"InvalidTag.Mismatch", "error.invalid_tag_mismatch.status"_rule,
       "error.invalid_tag_mismatch.message"_rule},
      {"InvalidTagCount", "error.invalid_tag_count.status"_rule,
       "error.invalid_tag_count.message"_rule},
      {"InvalidSnapshotIds.Malformed", "error.invalid_snapshot_ids_malformed.status"_rule,
       "error.invalid_snapshot_ids_malformed.message"_rule},
      {"InvalidSnapshotCategory.Malformed", "error.invalid_snapshot_category_malformed.status"_rule,
       "error.invalid_snapshot_category_malformed.message"_rule},
      {"InvalidFilterKey.NotFound", "error.invalid_filter_key_not_found.status"_rule,
       "error.invalid_filter_key_not_found.message"_rule},
      {"InvalidFilterValue", "error.invalid_filter_value.status"_rule,
       "error.invalid_filter_value.message"_rule},
      {"InvalidUsage", "error.invalid_usage.status"_rule, "error.invalid_usage.message"_rule},
      {"InvalidStatus.NotFound", "error.invalid_status_not_found.status"_rule,
       "error.invalid_status_not_found.message"_rule},
      {"InvalidSnapshotLinkId.NotFound", "error.invalid_snapshot_link_id_not_found.status"_rule,
       "error.invalid_snapshot_link_id_not_found.message"_rule},
  }};
  return errors;
}

const ErrorRules* FindDocumented(std::string_view code) {
  const auto& errors = DocumentedErrors();
  const auto at = std::ranges::find(errors, code, &ErrorRules::code);
  return at == errors.end() ? nullptr : &*at;
}

// Codes that mean something else than "this value is refused": the base document's own, and those
// of the gateway. error.code.belongs
bool IsReserved(std::string_view code) {
  return FindDocumented(code) || code == "DryRunOperation" || code == "InternalError" ||
         code == "ServiceUnavailable" || code.starts_with("Throttling") ||
         code.starts_with("Signature") || code.starts_with("InvalidAccessKeyId") ||
         code == "Forbidden" || code.starts_with("Forbidden.RAM");
}

// Codes of the base document that say what a refusal of that parameter says. A parameter of several
// documented mistakes has several.
bool BelongsTo(std::string_view code, std::string_view subject) {
  struct Own {
    std::string_view subject, code;
  };
  static constexpr Own kOwn[] = {
      {"Status", "InvalidStatus.NotFound"},
      {"Usage", "InvalidUsage"},
      {"Category", "InvalidSnapshotCategory.Malformed"},
      {"SnapshotLinkId", "InvalidSnapshotLinkId.NotFound"},
      {"SnapshotIds", "InvalidSnapshotIds.Malformed"},
      {"Filter.N.Key", "InvalidFilterKey.NotFound"},
      {"Filter.N.Key", "InvalidFilterValue"},  // a key without a value
      {"Filter.N.Value", "InvalidFilterValue"},
      {"Filter.N.Value", "InvalidFilterKey.NotFound"},
      {"Tag.N.Key", "InvalidTag.Mismatch"},
      {"Tag.N.Key", "InvalidTagCount"},
      {"Tag.N.Value", "InvalidTag.Mismatch"},
  };
  return std::ranges::any_of(
      kOwn, [&](const Own& own) { return own.subject == subject && own.code == code; });
}

std::string_view WithoutPeriod(std::string_view text) {
  while (text.ends_with('.')) text.remove_suffix(1);
  return text;
}

// A documented text, with or without the final period.
void CheckMessage(std::string_view code, const ObservedAnswer& answer,
                  std::vector<Difference>& warnings) {
  const ErrorInfo* error = Catalogue::Get().FindError(code);
  const ErrorRules* rules = FindDocumented(code);
  Rule rule = rules ? rules->message : kNoRule;
  if (code == "DryRunOperation") rule = "error.dry_run_operation.message"_rule;
  if (!error || rule == kNoRule) return;
  if (WithoutPeriod(answer.message.text) == WithoutPeriod(error->message)) return;
  warnings.push_back({rule, fmt::format("the text \"{}\"", error->message),
                      fmt::format("the text \"{}\"", Excerpt(answer.message.text, 200)), ""});
}

std::string Text(int status, std::string_view code) { return fmt::format("{} {}", status, code); }

RefusalComparison CompareAnyCode(const Refusal& refusal, const ObservedAnswer& answer) {
  RefusalComparison out;
  const std::string_view code = answer.code.text;
  const bool own = refusal.error && refusal.error->code == code;
  const bool belongs = BelongsTo(code, refusal.subject);
  if (answer.status < 400 || answer.status > 499) {
    return out;
  }
  if (!own && !belongs && IsReserved(code)) {
    out.difference = Difference{
        "error.code.belongs"_rule,
        fmt::format("a code for {} that the document does not reserve for something else",
                    refusal.subject.empty() ? "the value" : refusal.subject),
        Text(answer.status, code), fmt::format("{} {}", refusal.subject, code), Aspect::kOutcome};
    return out;
  }
  out.matches = true;
  if (refusal.error && !belongs && (!own || refusal.error->status != answer.status)) {
    out.warnings.push_back(
        {"error.code.known"_rule, Text(refusal.error->status, refusal.error->code),
         Text(answer.status, Excerpt(code)), fmt::format("{} {}", refusal.subject, Excerpt(code))});
  }
  if (own) CheckMessage(code, answer, out.warnings);
  return out;
}

}  // namespace

RefusalComparison CompareRefusal(const Refusal& refusal, const ObservedAnswer& answer) {
  if (refusal.any_code) return CompareAnyCode(refusal, answer);
  RefusalComparison out;
  const ErrorInfo& error = *refusal.error;
  const std::string_view code = answer.code.text;
  if (code != error.code) {
    out.difference =
        Difference{refusal.rule, Text(error.status, error.code), Text(answer.status, Excerpt(code)),
                   Excerpt(code), Aspect::kOutcome};
    return out;
  }
  if (answer.status != error.status) {
    const ErrorRules* rules = FindDocumented(code);
    out.difference =
        Difference{rules ? rules->status : refusal.rule, Text(error.status, error.code),
                   Text(answer.status, code), std::to_string(answer.status), Aspect::kOutcome};
    return out;
  }
  out.matches = true;
  CheckMessage(code, answer, out.warnings);
  return out;
}

}  // namespace assay
