#pragma once

#include <string>
#include <vector>

#include "spec/catalogue/catalogue.h"
#include "spec/text/result.h"

namespace assay {

// What a run learned, or a reading file pins, about every question of the catalogue.
struct TargetReading {
  struct Row {
    std::vector<Option> possible;  // in the catalogue's order; one: settled
    std::string why_open;          // in words, "" if unknown or settled
    bool settled() const { return possible.size() == 1; }
  };
  std::string file;
  std::string name;                // the target of the run, or the name of the reading
  std::string started;             // of the run; "" for a reading file
  std::uint64_t violations = 0;    // violations that the run found
  std::vector<Row> rows;           // by question
  std::vector<std::string> notes;  // what a reader has to know, one sentence each
};

// Reads a report.json, the folder of a run, a reading file or the name of a built-in reading. The
// error names file and place: missing, cut off, of another kind or of another version.
Result<TargetReading> LoadTargetReading(const std::string& path);

// A reading file that pins what is settled and lists what stayed open. An Error for a run with
// violations: its answers follow no reading.
Result<std::string> ReadingFileText(const TargetReading& reading);

// The questions that two targets answer differently, and those for which that is unknown.
struct ReadingComparison {
  std::vector<Question> differ;  // no option is possible for both
  std::vector<Question> open;    // open in at least one, with an option in common
  std::size_t alike = 0;         // settled the same way
};
ReadingComparison CompareReadings(const TargetReading& a, const TargetReading& b);

// The comparison in words, for a terminal.
std::string ComparisonText(const TargetReading& a, const TargetReading& b);

}  // namespace assay
