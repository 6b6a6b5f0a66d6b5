#include <simdjson.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <string_view>

#include "reports/journal.h"
#include "reports/text.h"
#include "reports/token_issuers.h"

namespace assay {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;
using Pairs = std::vector<std::pair<std::string, std::string>>;

// A text, or the {"base64": …} that stands for one which is not UTF-8.
bool ReadText(const element& value, std::string* text) {
  std::string_view view;
  if (value.get(view) == simdjson::SUCCESS) {
    *text = view;
    return true;
  }
  if (value["base64"].get(view) != simdjson::SUCCESS) return false;
  return ParseBase64(view, text);
}

// Reads the members of one object and remembers the first that is missing or of another type.
class Members {
 public:
  explicit Members(const object& members) : members_(members) {}

  const std::string& problem() const { return problem_; }

  void Read(std::string_view key, std::string* text) {
    element value;
    if (Find(key, &value) && !ReadText(value, text)) Complain(key, "no string");
  }
  void Read(std::string_view key, std::uint64_t* number) {
    element value;
    if (Find(key, &value) && value.get(*number) != simdjson::SUCCESS) Complain(key, "no number");
  }
  void Read(std::string_view key, std::int64_t* number) {
    element value;
    if (Find(key, &value) && value.get(*number) != simdjson::SUCCESS) Complain(key, "no number");
  }
  void Read(std::string_view key, int* number) {
    std::int64_t wide = 0;
    Read(key, &wide);
    *number = static_cast<int>(wide);
  }
  void Read(std::string_view key, double* number) {
    element value;  // nlohmann writes null for an infinite number
    if (Find(key, &value) && !value.is_null() && value.get(*number) != simdjson::SUCCESS) {
      Complain(key, "no number");
    }
  }
  void Read(std::string_view key, bool* truth) {
    element value;
    if (Find(key, &value) && value.get(*truth) != simdjson::SUCCESS) Complain(key, "no Boolean");
  }
  void Read(std::string_view key, std::vector<std::string>* texts) {
    ReadEach(key, texts,
             [](const element& value, std::string* text) { return ReadText(value, text); });
  }
  void Read(std::string_view key, std::vector<std::uint64_t>* numbers) {
    ReadEach(key, numbers, [](const element& value, std::uint64_t* number) {
      return value.get(*number) == simdjson::SUCCESS;
    });
  }
  void Read(std::string_view key, Pairs* pairs) {
    ReadEach(key, pairs, [](const element& value, std::pair<std::string, std::string>* pair) {
      array both;
      return value.get(both) == simdjson::SUCCESS && both.size() == 2 &&
             ReadText(both.at(0).value_unsafe(), &pair->first) &&
             ReadText(both.at(1).value_unsafe(), &pair->second);
    });
  }
  // Reads an array of objects; `read` takes the members of one.
  template <typename T>
  void ReadObjects(std::string_view key, std::vector<T>* values,
                   void (*read)(Members& members, T* value)) {
    ReadEach(key, values, [this, read](const element& value, T* into) {
      object object_value;
      if (value.get(object_value) != simdjson::SUCCESS) return false;
      Members members(object_value);
      read(members, into);
      if (!members.problem().empty()) problem_ = members.problem();
      return members.problem().empty();
    });
  }
  bool Has(std::string_view key) const { return members_.at_key(key).error() == simdjson::SUCCESS; }

 private:
  template <typename T, typename ReadOne>
  void ReadEach(std::string_view key, std::vector<T>* values, ReadOne read_one) {
    element value;
    if (!Find(key, &value)) return;
    array items;
    if (value.get(items) != simdjson::SUCCESS) return Complain(key, "no array");
    values->clear();
    for (const element item : items) {
      values->emplace_back();
      if (!read_one(item, &values->back())) return Complain(key, "of another type inside");
    }
  }
  bool Find(std::string_view key, element* value) {
    if (members_.at_key(key).get(*value) == simdjson::SUCCESS) return true;
    Complain(key, "missing");
    return false;
  }
  void Complain(std::string_view key, const char* what) {
    if (problem_.empty()) problem_ = "`" + std::string(key) + "` is " + what;
  }

  const object members_;
  std::string problem_;
};

void ReadHeader(Members& members, RunHeader* header) {
  members.Read("assay", &header->assay);
  members.Read("spec_hash", &header->spec_hash);
  members.Read("target", &header->target);
  members.Read("dataset", &header->dataset);
  members.Read("seed", &header->seed);
  members.Read("started", &header->started);
  members.Read("options", &header->options);
}

void ReadRepeats(Members& members, std::string_view key, Repeats* repeats) {
  std::vector<std::uint64_t> numbers;
  members.Read(key, &numbers);
  if (numbers.size() != 2) return;
  repeats->failed = static_cast<int>(numbers[0]);
  repeats->tried = static_cast<int>(numbers[1]);
}

void ReadRequest(Members& members, RequestRecord* request) {
  members.Read("method", &request->method);
  members.Read("placement", &request->placement);
  members.Read("encoding", &request->encoding);
  members.Read("parameters", &request->parameters);
}

void ReadFinding(Members& members, Finding* finding) {
  members.Read("id", &finding->id);
  members.Read("rule", &finding->rule);
  members.Read("kind", &finding->kind);
  members.Read("stability", &finding->stability);
  members.Read("occurrences", &finding->occurrences);
  members.Read("statement", &finding->statement);
  members.Read("source", &finding->source);
  members.Read("method", &finding->method);
  members.Read("placement", &finding->placement);
  if (members.Has("encoding")) members.Read("encoding", &finding->encoding);
  if (members.Has("forgery")) members.Read("forgery", &finding->forgery);
  members.Read("parameters", &finding->parameters);
  if (members.Has("repeated")) ReadRepeats(members, "repeated", &finding->repeated);
  if (members.Has("overlapping")) ReadRepeats(members, "overlapping", &finding->overlapping);
  if (members.Has("before")) members.ReadObjects("before", &finding->before, ReadRequest);
  members.Read("expected", &finding->expected);
  members.Read("actual", &finding->actual);
  members.Read("evidence", &finding->evidence);
  members.Read("diagnosis", &finding->diagnosis);
  if (members.Has("diagnosed")) members.Read("diagnosed", &finding->diagnosed);
  if (members.Has("also")) members.Read("also", &finding->also);
}

void ReadRule(Members& members, RuleTally* rule) {
  members.Read("id", &rule->id);
  members.Read("level", &rule->level);
  members.Read("exercised", &rule->exercised);
  members.Read("violations", &rule->violations);
}

void ReadAnswer(Members& members, LearnedAnswer* answer) {
  members.Read("question", &answer->question);
  members.Read("possible", &answer->possible);
  members.Read("settled", &answer->settled);
  members.Read("asked", &answer->asked);
  members.Read("evidence", &answer->evidence);
  if (members.Has("why_open")) members.Read("why_open", &answer->why_open);
}

void ReadParameter(Members& members, ParameterTally* parameter) {
  members.Read("name", &parameter->name);
  members.Read("given", &parameter->given);
  members.Read("compared", &parameter->compared);
  members.Read("effective", &parameter->effective);
}

void ReadTrailer(Members& members, RunTrailer* trailer) {
  members.Read("verdict", &trailer->verdict);
  members.Read("exit_code", &trailer->exit_code);
  members.Read("seconds", &trailer->seconds);
  members.Read("exchanges", &trailer->exchanges);
  members.Read("judged", &trailer->judged);
  if (members.Has("throttled")) members.Read("throttled", &trailer->throttled);
  members.Read("reason", &trailer->reason);
  members.ReadObjects("rules", &trailer->rules, ReadRule);
  members.ReadObjects("reading", &trailer->reading, ReadAnswer);
  members.Read("not_exercised", &trailer->not_exercised);
  if (members.Has("parameters")) {
    members.ReadObjects("parameters", &trailer->parameters, ReadParameter);
  }
}

void ReadBody(Members& members, RecordedExchange* recorded) {
  members.Read("body_bytes", &recorded->body_bytes);
  if (members.Has("cut")) members.Read("cut", &recorded->body_cut);
  if (!members.Has("body_base64")) return members.Read("body", &recorded->exchange.body);
  std::string text;
  members.Read("body_base64", &text);
  if (!ParseBase64(text, &recorded->exchange.body)) recorded->body_cut = true;
}

void ReadExchange(Members& members, RecordedExchange* recorded) {
  ExchangeRecord& exchange = recorded->exchange;
  members.Read("id", &exchange.id);
  members.Read("verdict", &exchange.verdict);
  members.Read("rules", &exchange.rules);
  members.Read("suite", &exchange.suite);
  members.Read("test", &exchange.test);
  members.Read("method", &exchange.method);
  members.Read("placement", &exchange.placement);
  if (members.Has("encoding")) members.Read("encoding", &exchange.encoding);
  if (members.Has("forgery")) members.Read("forgery", &exchange.forgery);
  if (members.Has("request_id")) members.Read("request_id", &exchange.request_id);
  if (members.Has("next_token")) members.Read("next_token", &exchange.next_token);
  members.Read("parameters", &exchange.parameters);
  members.Read("status", &exchange.status);
  members.Read("latency_us", &exchange.latency_us);
  members.Read("content_type", &exchange.content_type);
  ReadBody(members, recorded);
}

bool IsSameRun(const RunHeader& a, const RunHeader& b) {
  return a.target == b.target && a.seed == b.seed && a.spec_hash == b.spec_hash;
}

// Reads a journal line by line into a run.
class Reading {
 public:
  Reading(std::string path, const std::function<void(RecordedExchange&)>& visit) : visit_(visit) {
    run_.path = std::move(path);
  }

  // "" or what is wrong with the line, which may grow by the padding that simdjson wants.
  std::string Take(std::string* line) {
    line->reserve(line->size() + simdjson::SIMDJSON_PADDING);
    object members;
    std::string_view type;
    if (parser_.parse(line->data(), line->size(), false).get(members) != simdjson::SUCCESS ||
        members["type"].get(type) != simdjson::SUCCESS) {
      return "not a JSON object with a `type`: not a line of a journal";
    }
    if (!has_header_ && type != "header") return "the first line of a journal is its header";
    Members reader(members);
    if (type == "exchange") return TakeExchange(reader);
    if (type == "finding") return TakeFinding(reader);
    if (type == "header") return TakeHeader(reader);
    if (type == "trailer") return TakeTrailer(reader);
    return "unknown type `" + std::string(type) + "`; it may come from a newer version";
  }

  void SetCut() { run_.cut = true; }

  Result<RecordedRun> Finish() {
    if (!has_header_) {
      return Error{run_.path, "no header: this is no journal, or one of a run that never began"};
    }
    if (run_.cut) {
      run_.notes.push_back("The journal's last line was cut off and is left out.");
    }
    if (!run_.finished) DescribeKilledRun();
    return std::move(run_);
  }

 private:
  std::string TakeHeader(Members& reader) {
    RunHeader header;
    ReadHeader(reader, &header);
    if (!reader.problem().empty()) return reader.problem();
    if (has_header_ && !IsSameRun(header, run_.header)) {
      return "a second header of another run (target, seed or spec differ)";
    }
    if (!has_header_) run_.header = std::move(header);
    has_header_ = true;
    return "";
  }

  std::string TakeExchange(Members& reader) {
    recorded_ = RecordedExchange{};
    if (visit_) {
      ReadExchange(reader, &recorded_);
    } else {
      reader.Read("id", &recorded_.exchange.id);
      reader.Read("verdict", &recorded_.exchange.verdict);
    }
    if (!reader.problem().empty()) return reader.problem();
    const std::string& verdict = recorded_.exchange.verdict;
    ++exchanges_;
    if (verdict != "not judged" && verdict != "unanswered") ++judged_;
    run_.last_exchange = std::max(run_.last_exchange, recorded_.exchange.id);
    if (visit_) visit_(recorded_);
    return "";
  }

  std::string TakeFinding(Members& reader) {
    Finding finding;
    ReadFinding(reader, &finding);
    if (!reader.problem().empty()) return reader.problem();
    const auto same = std::find_if(run_.findings.begin(), run_.findings.end(),
                                   [&](const Finding& f) { return f.id == finding.id; });
    if (same == run_.findings.end()) {
      run_.findings.push_back(std::move(finding));
    } else {
      *same = std::move(finding);
    }
    return "";
  }

  std::string TakeTrailer(Members& reader) {
    run_.trailer = RunTrailer{};
    ReadTrailer(reader, &run_.trailer);
    run_.finished = true;
    return reader.problem();
  }

  void DescribeKilledRun() {
    run_.trailer.verdict = "inconclusive";
    run_.trailer.exit_code = static_cast<int>(ExitCode::kCouldNotJudge);
    run_.trailer.reason = "the run was stopped before its end: its journal has no trailer";
    run_.trailer.exchanges = exchanges_;
    run_.trailer.judged = judged_;
  }

  const std::function<void(RecordedExchange&)>& visit_;
  RecordedRun run_;
  simdjson::dom::parser parser_;
  RecordedExchange recorded_;
  bool has_header_ = false;
  std::uint64_t exchanges_ = 0;
  std::uint64_t judged_ = 0;
};

Result<std::string> JournalPath(const std::string& given) {
  std::error_code error;
  if (!std::filesystem::is_directory(given, error)) return given;
  const std::string path = (std::filesystem::path(given) / kJournalName).string();
  if (!std::filesystem::exists(path, error)) {
    return Error{given, std::string("no ") + kJournalName +
                            " in this folder; give the folder that "
                            "`assay run --out` wrote"};
  }
  return path;
}

std::set<std::uint64_t> EvidenceOf(const std::vector<Finding>& findings) {
  std::set<std::uint64_t> out;
  for (const Finding& finding : findings) {
    out.insert(finding.evidence.begin(), finding.evidence.end());
  }
  return out;
}

// The exchanges of these ids and those that their tokens come from.
Result<std::vector<RecordedExchange>> ReadWithIssuers(const std::string& path,
                                                      const std::set<std::uint64_t>& ids) {
  TokenIssuers issuers;
  const auto note = [&](RecordedExchange& recorded) { issuers.Take(recorded.exchange); };
  if (const auto read = ReadJournal(path, note); !read) return read.error();
  const std::set<std::uint64_t> wanted = issuers.Complete(ids);
  std::vector<RecordedExchange> out;
  const auto keep = [&](RecordedExchange& recorded) {
    if (wanted.count(recorded.exchange.id) > 0) out.push_back(std::move(recorded));
  };
  if (const auto read = ReadJournal(path, keep); !read) return read.error();
  return out;
}

}  // namespace

Result<RecordedRun> ReadJournal(const std::string& path,
                                const std::function<void(RecordedExchange&)>& visit) {
  std::vector<char> buffer(1 << 20);
  std::ifstream file;
  file.rdbuf()->pubsetbuf(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  file.open(path, std::ios::binary);
  if (!file) return Error{path, std::string("the journal cannot be read: ") + std::strerror(errno)};
  Reading reading(path, visit);
  std::string line;
  for (std::uint64_t number = 1; std::getline(file, line); ++number) {
    const bool whole = !file.eof();
    const std::string problem = reading.Take(&line);
    if (problem.empty()) continue;
    if (whole) return Error{path + ":" + std::to_string(number), problem};
    reading.SetCut();
  }
  if (file.bad()) return Error{path, std::string("reading broke off: ") + std::strerror(errno)};
  return reading.Finish();
}

Result<RecordedRun> LoadRun(const std::string& directory_or_journal) {
  const Result<std::string> path = JournalPath(directory_or_journal);
  if (!path) return path.error();
  Result<RecordedRun> run = ReadJournal(*path);
  if (!run) return run;
  const std::set<std::uint64_t> ids = EvidenceOf(run->findings);
  if (ids.empty()) return run;
  Result<std::vector<RecordedExchange>> evidence = ReadWithIssuers(*path, ids);
  if (!evidence) return evidence.error();
  run->evidence = std::move(*evidence);
  return run;
}

}  // namespace assay
