#pragma once

#include "reference/session/script.h"
#include "spec/record/record.h"

namespace assay {

// Puts into the record what the judge says about an exchange.
void WriteVerdict(const Verdict& verdict, bool answered, ExchangeRecord& record);

// The record of an exchange, without the answer.
ExchangeRecord RecordOf(const Origin& origin, const JudgedExchange& judged);
// Adds the answer, without its body.
void WriteAnswer(const Exchange& exchange, const Verdict& verdict, ExchangeRecord& record);

}  // namespace assay
