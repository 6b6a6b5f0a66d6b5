#include "conformance/replay/recording.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/replay/har.h"
#include "reference/answer/observed.h"
#include "reports/journal/har_entries.h"
#include "spec/catalogue/catalogue.h"

namespace assay {
namespace {

// Journals of earlier versions do not tell the token apart from the body.
void FindToken(RecordedExchange& recorded) {
  ExchangeRecord& exchange = recorded.exchange;
  if (!exchange.next_token.empty() || !IsWhole(recorded)) return;
  if (exchange.body.find("NextToken") == std::string::npos) return;
  exchange.next_token = NextTokenOf({.status = exchange.status, .body = exchange.body});
}

void NoteVersion(Recording& recording) {
  const RunHeader& header = recording.header;
  if (header.assay == ASSAY_VERSION && header.spec_hash == SpecHash()) return;
  recording.notes.push_back(
      fmt::format("recorded by assay {} under other rules (spec {:.12}); judged by assay {} under "
                  "today's (spec {:.12}), so verdicts may differ for that",
                  header.assay, header.spec_hash, ASSAY_VERSION, SpecHash()));
}

}  // namespace

Result<Recording> OpenRecording(const std::string& path) {
  if (IsHar(path)) return LoadHar(path);
  const Result<RecordedRun> run = LoadRun(path);
  if (!run) return run.error();
  Recording out{.path = run->path, .header = run->header, .findings = run->findings};
  out.notes = run->notes;
  const auto keep = [&](RecordedExchange& recorded) {
    FindToken(recorded);
    out.exchanges.push_back(std::move(recorded));
  };
  if (const auto read = ReadJournal(run->path, keep); !read) return read.error();
  out.accepts_json = OptionOf(out.header, "--signature") == "v3";
  NoteVersion(out);
  return out;
}

Response ResponseOf(const ExchangeRecord& record) {
  return {.status = record.status,
          .content_type = record.content_type,
          .body = record.body,
          .request_id = record.request_id};
}

bool IsWhole(const RecordedExchange& recorded) {
  const ExchangeRecord& exchange = recorded.exchange;
  return exchange.status != 0 && !recorded.body_cut &&
         (!exchange.body.empty() || recorded.body_bytes == 0);
}

std::string PlaceOf(const Recording& recording, std::uint64_t exchange) {
  return recording.foreign ? fmt::format("log.entries[{}]", exchange - 1)
                           : fmt::format("exchange {}", exchange);
}

}  // namespace assay
