#include "reference/session/exchange_record.h"

#include <string>
#include <string_view>

#include "spec/text/quick_hash.h"

namespace assay {
namespace {

// Equal if the answers are but for request ids, tokens and the fields of snapshots.
std::uint64_t Fingerprint(const ObservedAnswer& answer, const Verdict& verdict) {
  std::uint64_t hash = static_cast<std::uint64_t>(answer.status) * 2 + (answer.xml ? 1 : 0);
  for (const std::string_view text : {std::string_view(verdict.code), answer.total_count.text,
                                      answer.page_number.text, answer.page_size.text}) {
    hash = MixQuickHash(hash, text);
  }
  for (const std::string& id : verdict.listed) hash = MixQuickHash(hash, id);
  return hash;
}

}  // namespace

void WriteVerdict(const Verdict& verdict, bool answered, ExchangeRecord& record) {
  using enum ExchangeVerdict;
  record.verdict = verdict.HasViolation()                      ? kViolation
                   : !answered                                 ? kUnanswered
                   : verdict.kind == Verdict::Kind::kNotJudged ? kNotJudged
                   : verdict.HasWarning()                      ? kWarning
                   : !verdict.unforeseen.empty()               ? kUnforeseen
                                                               : kConforms;
  for (const Difference& d : verdict.violations()) record.rules.emplace_back(Id(d.rule));
  for (const Difference& d : verdict.warnings()) record.rules.emplace_back(Id(d.rule));
  if (record.verdict == kUnforeseen) record.rules.push_back(verdict.unforeseen);
  if (!verdict.reason.empty()) record.rules.push_back(verdict.reason);
}

ExchangeRecord RecordOf(const Origin& origin, const JudgedExchange& judged) {
  ExchangeRecord out{.id = judged.id,
                     .suite = origin.suite,
                     .test = origin.test,
                     .request = judged.request,
                     .status = judged.status};
  WriteVerdict(judged.verdict, judged.answered, out);
  return out;
}

void WriteAnswer(const Exchange& exchange, const Verdict& verdict, ExchangeRecord& record) {
  const Response& response = exchange.response;
  record.next_token = exchange.answer.next_token.text;
  record.answer = Fingerprint(exchange.answer, verdict);
  record.content_type = response.content_type;
  record.request_id = response.request_id;
  record.latency_us = response.latency_us;
}

}  // namespace assay
