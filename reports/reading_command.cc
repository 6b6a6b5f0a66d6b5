#include "reports/reading_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "reports/journal/target_reading.h"
#include "reports/text/text.h"
#include "spec/text/count.h"

namespace assay {
namespace {

struct ReadingArguments {
  std::string from, out, a, b;
};

int Complain(const char* command, const Error& error) {
  std::cerr << command << ": " << TerminalText(error.Text()) << "\n";
  return static_cast<int>(error.exit);
}

void TellNotes(const TargetReading& reading, std::ostream& out) {
  for (const std::string& note : reading.notes) out << "note: " << TerminalText(note) << "\n";
}

void TellOpen(const TargetReading& reading, std::ostream& errors) {
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    const TargetReading::Row& row = reading.rows[Index(question.id)];
    if (row.settled()) continue;
    errors << "open: " << Id(question.id) << ":";
    for (const Option option : row.possible) errors << " " << Id(option);
    if (!row.why_open.empty()) errors << " (" << TerminalText(row.why_open) << ")";
    errors << "\n";
  }
}

}  // namespace

Done WriteReading(const std::string& run, const std::string& file, std::ostream& out,
                  std::ostream& errors) {
  const Result<TargetReading> reading = LoadTargetReading(run);
  if (!reading) return reading.error();
  const Result<std::string> text = ReadingFileText(*reading);
  if (!text) return text.error();
  if (file.empty()) {
    out << *text << std::flush;
  } else {
    std::ofstream written(file, std::ios::binary);
    written << *text;
    if (!written.flush()) {
      return Error{file, "cannot be written; name a file in a folder that exists (--out)"};
    }
  }
  TellNotes(*reading, errors);
  TellOpen(*reading, errors);
  return Ok();
}

Result<ExitCode> TellReadingsApart(const std::string& a, const std::string& b, std::ostream& out) {
  const Result<TargetReading> mine = LoadTargetReading(a);
  if (!mine) return mine.error();
  const Result<TargetReading> theirs = LoadTargetReading(b);
  if (!theirs) return theirs.error();
  for (const TargetReading* reading : {&*mine, &*theirs}) {
    TellNotes(*reading, out);
    if (reading->violations > 0) {
      out << fmt::format("note: {} found {}: not all its answers follow this reading\n",
                         TerminalText(reading->file), CountText(reading->violations, "violation"));
    }
  }
  out << ComparisonText(*mine, *theirs) << std::flush;
  return CompareReadings(*mine, *theirs).differ.empty() ? ExitCode::kConforms
                                                        : ExitCode::kViolations;
}

void AddReadingCommands(CLI::App& app, int* exit_code) {
  const auto arguments = std::make_shared<ReadingArguments>();
  CLI::App* reading = app.add_subcommand(
      "reading", "Write what a run learned as a reading file, for `--reading FILE`");
  reading->add_option("--from", arguments->from, "A run's folder or its report.json")->required();
  reading->add_option("--out", arguments->out, "File to write (default: standard output)");
  reading->callback([arguments, exit_code] {
    const Done done = WriteReading(arguments->from, arguments->out, std::cout, std::cerr);
    *exit_code = done ? 0 : Complain("assay reading", done.error());
  });
  CLI::App* compare = app.add_subcommand(
      "compare-readings",
      "List the questions that two targets answer differently; ends with 1 if there are any");
  compare
      ->add_option("A", arguments->a,
                   "A run's folder, its report.json, a reading file or a built-in reading")
      ->required();
  compare->add_option("B", arguments->b, "The same for the other target")->required();
  compare->callback([arguments, exit_code] {
    const Result<ExitCode> code = TellReadingsApart(arguments->a, arguments->b, std::cout);
    *exit_code = code ? static_cast<int>(*code) : Complain("assay compare-readings", code.error());
  });
}

}  // namespace assay
