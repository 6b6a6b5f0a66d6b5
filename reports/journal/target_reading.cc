#include "reports/journal/target_reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/catalogue/data_file.h"
#include "spec/catalogue/parse.h"
#include "spec/text/count.h"
#include "spec/text/nearest.h"
#include "spec/text/text_file.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

std::vector<Option> AllOptions(const QuestionInfo& question) {
  std::vector<Option> out;
  for (const OptionInfo& option : question.options) out.push_back(option.id);
  return out;
}

TargetReading NothingKnown(const std::string& file) {
  TargetReading reading{.file = file};
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    reading.rows.push_back({.possible = AllOptions(question)});
  }
  return reading;
}

// The options of these ids, in the catalogue's order; complains of an id that is none of them.
std::vector<Option> ReadOptions(DataFile& file, const std::string& place,
                                const QuestionInfo& question, const std::vector<std::string>& ids,
                                const std::string& advice) {
  std::vector<std::string_view> known;
  for (const OptionInfo& option : question.options) known.push_back(Id(option.id));
  for (const std::string& id : ids) {
    if (std::ranges::find(known, id) != known.end()) continue;
    file.Complain(place,
                  UnknownWord(fmt::format("option of `{}`", Id(question.id)), id, known) + advice);
  }
  std::vector<Option> out = AllOptions(question);
  std::erase_if(out,
                [&](Option option) { return std::ranges::find(ids, Id(option)) == ids.end(); });
  return out;
}

// One row of a report's `reading`.
void ReadRow(DataFile& file, const Json& element, const std::string& place,
             const std::string& advice, TargetReading& reading, std::vector<bool>& seen) {
  ObjectReader row(file, element, place);
  const std::string id = row.Text("question");
  const std::vector<std::string> options = row.Texts("possible");
  const bool settled = row.OptionalBool("settled").value_or(false);
  const std::string why = row.TextOr("why_open", "");
  if (!file.sound()) return;
  const std::optional<Question> question = FindQuestion(id);
  if (!question) {
    return row.Complain("question", UnknownWord("question", id, kQuestionIds) + advice);
  }
  if (seen[Index(*question)]) return row.Complain("question", "is in two rows");
  seen[Index(*question)] = true;
  TargetReading::Row& out = reading.rows[Index(*question)];
  out.possible =
      ReadOptions(file, row.PlaceOf("possible"), Catalogue::Get()[*question], options, advice);
  out.why_open = why;
  if (out.possible.empty()) {
    row.Complain("possible", "names no option, so the answers of the run contradict each other");
  } else if (settled != out.settled()) {
    row.Complain("settled", fmt::format("is {}, but `possible` names {}", settled,
                                        CountText(out.possible.size(), "option")));
  }
}

Result<TargetReading> ParseReport(DataFile& file, const std::string& path) {
  ObjectReader report(file, file.root(), "");
  const std::string schema = report.Text("schema");
  if (schema != "assay-report/1") {
    return Error{path, fmt::format("schema: `{}` is not `assay-report/1`; it is of another version "
                                   "of Assay: run again with this one",
                                   schema)};
  }
  TargetReading reading = NothingKnown(path);
  const std::string version = report.TextOr("assay", "unknown");
  reading.name = report.Text("target");
  reading.started = report.TextOr("started", "");
  const std::string verdict = report.Text("verdict");
  for (const Json* element : report.List("findings")) {
    const bool counts = element->is_object() && element->value("kind", Json()) == "violation";
    reading.violations += counts ? 1 : 0;
  }
  // Ids change between versions, and between builds of one.
  const std::string advice = fmt::format(
      " (the report was written by another version, {}; this is {}: run again with this one)",
      version, ASSAY_VERSION);
  std::vector<bool> seen(kQuestionCount);
  std::size_t position = 0;
  for (const Json* element : report.List("reading")) {
    ReadRow(file, *element, PlaceOfElement(".reading", position++, *element), advice, reading,
            seen);
  }
  if (!file.sound()) return file.error();
  const auto missing = static_cast<std::size_t>(std::ranges::count(seen, false));
  if (missing == kQuestionCount) {
    return Error{path, "the run learned nothing: it ended before its first answer was judged"};
  }
  if (missing > 0) {
    reading.notes.push_back(fmt::format(
        "{} says nothing about {} open{}", path,
        CountText(missing, "question, so it counts as", "questions, so they count as"), advice));
  }
  if (verdict == "inconclusive") {
    reading.notes.push_back(path + " is from a run that could not judge everything");
  }
  return reading;
}

// The options that a reading file lists as still possible.
void ReadOpen(DataFile& file, TargetReading& out) {
  const auto open = file.root().find("open");
  if (open == file.root().end()) return;
  if (!open->is_object()) return file.Complain(".open", "{QUESTION: [OPTION, …]} is expected here");
  for (const auto& [id, value] : open->items()) {
    const std::string place = ".open." + id;
    const std::optional<Question> question = FindQuestion(id);
    if (!question) {
      file.Complain(place, UnknownWord("question", id, kQuestionIds));
      continue;
    }
    ObjectReader reader(file, *open, ".open");
    std::vector<Option> options =
        ReadOptions(file, place, Catalogue::Get()[*question], reader.Texts(id), "");
    if (options.size() < 2) {
      file.Complain(place, "an open question has at least two options; pin it under `pins`");
    }
    TargetReading::Row& row = out.rows[Index(*question)];
    if (row.settled()) file.Complain(place, "is pinned too; leave it out in one of the two");
    row.possible = std::move(options);
  }
}

TargetReading FromPins(const Reading& reading, const std::string& path) {
  TargetReading out = NothingKnown(path);
  out.name = reading.name;
  for (const auto& [question, option] : reading.pins) out.rows[Index(question)].possible = {option};
  return out;
}

bool HasText(const Json& root, const char* key, std::string_view beginning) {
  const auto at = root.find(key);
  return at != root.end() && at->is_string() &&
         at->get_ref<const std::string&>().starts_with(beginning);
}

Result<TargetReading> Parse(const std::string& text, const std::string& path) {
  DataFile file(text, path);
  if (!file.sound()) {
    return Error{path,
                 file.error().what +
                     "; the file is cut off or is not JSON: name a report.json that `assay run` "
                     "or `assay report` wrote, a run's folder or a reading file"};
  }
  const Json& root = file.root();
  if (root.is_object() && HasText(root, "schema", "assay-report/")) return ParseReport(file, path);
  if (root.is_object() && HasText(root, "format", "assay-reading/")) {
    const Result<Reading> reading = ParseReading(text, path);
    if (!reading) return reading.error();
    TargetReading out = FromPins(*reading, path);
    ReadOpen(file, out);
    if (!file.sound()) return file.error();
    return out;
  }
  return Error{path,
               "is neither the report.json of a run (schema assay-report/1) nor a reading file "
               "(format assay-reading/1); name one of them, or a run's folder"};
}

std::string JoinIds(const std::vector<Option>& options, std::string_view between) {
  std::string out;
  for (const Option option : options) {
    out += (out.empty() ? "" : std::string(between)) + std::string(Id(option));
  }
  return out;
}

std::string Statement(const TargetReading& reading, std::size_t settled) {
  const std::size_t open = kQuestionCount - settled;
  return fmt::format("Learned from {}{}: {} settled, {} open.", reading.name,
                     reading.started.empty() ? "" : " on " + reading.started,
                     CountText(settled, "question is", "questions are"),
                     CountText(open, "is", "are"));
}

// "A  cut: The page holds at most 100 entries."
std::string Side(char side, const QuestionInfo& question, const TargetReading::Row& row) {
  if (!row.settled()) {
    return fmt::format("    {}  open: {}{}\n", side, JoinIds(row.possible, " or "),
                       row.why_open.empty() ? "" : " (" + TerminalText(row.why_open) + ")");
  }
  const int position = question.PositionOf(row.possible.front());
  return fmt::format("    {}  {}: {}\n", side, Id(row.possible.front()),
                     question.options[static_cast<std::size_t>(position)].statement);
}

void AddRows(const std::string& heading, const std::vector<Question>& questions,
             const TargetReading& a, const TargetReading& b, std::string& out) {
  if (questions.empty()) return;
  out += "\n" + heading + "\n";
  for (const Question question : questions) {
    const QuestionInfo& info = Catalogue::Get()[question];
    out += fmt::format("  {}: {}\n", Id(question), info.situation);
    out += Side('A', info, a.rows[Index(question)]) + Side('B', info, b.rows[Index(question)]);
  }
}

bool HaveCommonOption(const TargetReading::Row& a, const TargetReading::Row& b) {
  return std::ranges::any_of(a.possible, [&](Option option) {
    return std::ranges::find(b.possible, option) != b.possible.end();
  });
}

}  // namespace

Result<TargetReading> LoadTargetReading(const std::string& path) {
  std::error_code none;
  const bool folder = std::filesystem::is_directory(path, none);
  if (!folder && !std::filesystem::exists(path, none)) {
    const Result<Reading> built_in = LoadReading(path);
    if (built_in) return FromPins(*built_in, path);
    return Error{path,
                 "no such file; name a report.json, a run's folder, a reading file, or a "
                 "built-in reading (`documented`, `observed`)"};
  }
  if (std::filesystem::path(path).extension() == ".ndjson") {
    return Error{path, "is a journal; name its folder, or its report.json"};
  }
  const std::string file = folder ? (std::filesystem::path(path) / "report.json").string() : path;
  const Result<std::string> text = ReadTextFile(file);
  if (!text) {
    return Error{file, folder ? fmt::format("cannot be read; `assay report {}` makes it from the "
                                            "journal of a run",
                                            ShellQuote(path))
                              : "cannot be read: " + text.error().what};
  }
  return Parse(*text, file);
}

Result<std::string> ReadingFileText(const TargetReading& reading) {
  if (reading.violations > 0) {
    return Error{reading.file,
                 fmt::format("the run found {} violation{}, so its answers follow no reading; fix "
                             "the target, or accept them (`assay run --write-known known.json`, "
                             "then `--known known.json`), and run again",
                             reading.violations, reading.violations == 1 ? "" : "s")};
  }
  Json pins = Json::object(), open = Json::object();
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    const TargetReading::Row& row = reading.rows[Index(question.id)];
    if (row.settled()) {
      pins[std::string(Id(question.id))] = Id(row.possible.front());
      continue;
    }
    Json& options = open[std::string(Id(question.id))] = Json::array();
    for (const Option option : row.possible) options.push_back(Id(option));
  }
  const Json file = {
      {"format", "assay-reading/1"},
      {"name", "learned"},
      {"statement", ReplaceInvalidUtf8(HideSecrets(Statement(reading, pins.size())))},
      {"pins", pins},
      {"open", open}};
  return file.dump(2) + "\n";
}

ReadingComparison CompareReadings(const TargetReading& a, const TargetReading& b) {
  ReadingComparison out;
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    const TargetReading::Row& mine = a.rows[Index(question.id)];
    const TargetReading::Row& theirs = b.rows[Index(question.id)];
    if (!HaveCommonOption(mine, theirs)) {
      out.differ.push_back(question.id);
    } else if (mine.settled() && theirs.settled()) {
      ++out.alike;
    } else {
      out.open.push_back(question.id);
    }
  }
  return out;
}

std::string ComparisonText(const TargetReading& a, const TargetReading& b) {
  const ReadingComparison compared = CompareReadings(a, b);
  std::string out;
  for (const auto& [side, reading] : {std::pair('A', &a), std::pair('B', &b)}) {
    out += fmt::format("{}  {} ({})\n", side, TerminalText(HideSecrets(reading->name)),
                       TerminalText(reading->file));
  }
  AddRows(fmt::format("They differ in {}", CountText(compared.differ.size(), "question")),
          compared.differ, a, b, out);
  AddRows(fmt::format("Open in one of them, so they may differ: {}",
                      CountText(compared.open.size(), "question")),
          compared.open, a, b, out);
  out += fmt::format("\nThe same in both: {}. {}\n", CountText(compared.alike, "question"),
                     compared.differ.empty() ? "No difference is known."
                                             : "These targets follow different readings.");
  return out;
}

}  // namespace assay
