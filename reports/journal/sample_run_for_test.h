#pragma once

#include <string>

#include "reports/journal/journal.h"

namespace assay {

// Every kind of byte that has broken a report somewhere.
inline std::string HostileText() {
  std::string text = "\"']]>--></script><script>alert(1)</script>`|\\$(id)\r\n\t\x01\x1b[31m\x7f";
  text += '\0';
  return text + "\xff\xfe\xED\xA0\x80 你好 \u202E &amp; <!-- ";
}

inline Finding SampleFinding(const std::string& id, const std::string& rule, FindingKind kind,
                             const std::string& text) {
  Finding finding;
  finding.id = id;
  finding.rule = rule;
  finding.kind = kind;
  finding.occurrences = 3;
  finding.statement = "PageSize is at most 100. " + text;
  finding.source = "describe-snapshots, PageSize";
  finding.request.parameters = {{"RegionId", "cn-hangzhou"}, {"PageSize", "101" + text}};
  finding.expected = "400, or at most 100 snapshots" + text;
  finding.actual = "101 snapshots" + text;
  finding.repeated = {.failed = 3, .tried = 3};
  finding.evidence = {7, 9};
  finding.diagnosis = {"paging.page_size.unlimited"};
  finding.diagnosed = true;
  return finding;
}

// A run with a finding of each kind; `text` is in every place that a target or a user fills.
inline RecordedRun SampleRun(const std::string& text) {
  RecordedRun run;
  run.path = "journal.ndjson";
  run.header = {"0.1.0",
                "abc",
                "http://127.0.0.1:1/" + text,
                "built in",
                42,
                "2026-11-24T00:00:00Z",
                {{"--strength", "2" + text}}};
  run.findings = {SampleFinding("w-1", "types.b.c", FindingKind::kWarning, text),
                  SampleFinding("v-2", "paging.page_size.maximum", FindingKind::kViolation, text),
                  SampleFinding("v-1", "paging.page_size.maximum", FindingKind::kViolation, text),
                  SampleFinding("k-1", "known.b.c", FindingKind::kKnown, text),
                  SampleFinding("i-1", "inconclusive.b.c", FindingKind::kInconclusive, text),
                  SampleFinding("f-1" + text, "fuzz" + text, FindingKind::kViolation, text)};
  run.trailer.verdict = RunVerdict::kViolations;
  run.trailer.exit_code = 1;
  run.trailer.seconds = 2;
  run.trailer.exchanges = 1000;
  run.trailer.judged = 990;
  run.trailer.rules = {
      {"types.b.c", Level::kShould, 5, 1}, {"paging.page_size.maximum", Level::kMust, 40, 3},
      {"known.b.c", Level::kMust, 1, 1},   {"inconclusive.b.c", Level::kMust, 1, 0},
      {"quiet.b.c", Level::kMust, 9, 0},   {"never.b.c", Level::kMust, 0, 0}};
  run.trailer.reading = {{"paging.size.above", {"refused"}, true, 4, {7}},
                         {"filters.name", {"whole", "part" + text}, false, 2, {9}},
                         {"never.asked", {"a", "b"}, false, 0, {}}};
  run.trailer.not_exercised = {"never.b.c: the dataset has no such snapshot" + text};
  run.finished = true;
  RecordedExchange evidence;
  evidence.exchange.id = 7;
  evidence.exchange.status = 200;
  evidence.exchange.content_type = "text/html" + text;
  evidence.exchange.body = "<html>" + text;
  evidence.exchange.verdict = ExchangeVerdict::kViolation;
  evidence.body_bytes = evidence.exchange.body.size();
  run.evidence = {evidence};
  return run;
}

}  // namespace assay
