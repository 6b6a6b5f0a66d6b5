#pragma once

#include <string>
#include <vector>

#include "spec/catalogue.h"
#include "spec/result.h"

namespace assay {

// What a run learned, or a reading file pins, of every question of the catalogue.
struct TargetReading {
  struct Row {
    std::vector<Option> possible;  // in the catalogue's order; one: settled
    std::string why_open;          // in words, "" where unknown or settled
    bool settled() const { return possible.size() == 1; }
  };
  std::string file;
  std::string name;                // the target of the run, or the name of the reading
  std::string started;             // of the run; "" for a reading file
  std::uint64_t violations = 0;    // findings of the run that it is charged with
  std::vector<Row> rows;           // by question
  std::vector<std::string> notes;  // what a reader has to know, a sentence each
};

// Reads a report.json, the folder of a run, a reading file or the name of a built-in reading. The
// error names file and place: no such file, cut off, of another kind or of another version.
Result<TargetReading> LoadTargetReading(const std::string& path);

// A reading file that pins what is settled and lists what stayed open. An Error for a run with
// violations: its answers follow no reading.
Result<std::string> ReadingFileText(const TargetReading& reading);

// Where two targets answer differently, and where that cannot be told.
struct ReadingComparison {
  std::vector<Question> differ;  // no option is possible for both
  std::vector<Question> open;    // open in one of them, with an option in common
  std::size_t alike = 0;         // settled the same way
};
ReadingComparison CompareReadings(const TargetReading& a, const TargetReading& b);

// The comparison in words, for a terminal.
std::string ComparisonText(const TargetReading& a, const TargetReading& b);

}  // namespace assay
