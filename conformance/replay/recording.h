#pragma once

#include <string>
#include <vector>

#include "reference/wire/message.h"
#include "reports/journal/journal.h"

namespace assay {

// Exchanges that were recorded, by Assay or by another tool.
struct Recording {
  std::string path;
  bool foreign = false;  // a HAR file: no header, no verdicts, no findings
  RunHeader header;
  std::vector<Finding> findings;
  std::vector<RecordedExchange> exchanges;  // in the order of the record
  bool accepts_json = false;                // the requests said so
  std::vector<std::string> notes;           // what a reader must know, one sentence each
};

// Reads a run's folder, its journal, a repro/*.ndjson or a HAR file. The Error names file and
// place.
Result<Recording> OpenRecording(const std::string& path);

// The answer, to be judged again.
Response ResponseOf(const ExchangeRecord& record);
// Whether the record holds the whole answer.
bool IsWhole(const RecordedExchange& recorded);

// "exchange 3", or in a HAR file "log.entries[2]".
std::string PlaceOf(const Recording& recording, std::uint64_t exchange);

}  // namespace assay
