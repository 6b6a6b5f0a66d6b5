#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "reports/journal/journal.h"
#include "reports/journal/shared_bodies.h"
#include "reports/text/text.h"
#include "spec/record/token_trail.h"
#include "spec/text/base64.h"
#include "spec/text/count.h"

namespace assay {
namespace {

constexpr std::string_view kCutNote = "The journal's end was cut off and is left out.";

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// A text, or the {"base64": …} that stands for one that is not UTF-8.
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
    if (Find(key, &value) && !ReadText(value, text)) Complain(key, "not a string");
  }
  void Read(std::string_view key, std::uint64_t* number) {
    element value;
    if (Find(key, &value) && value.get(*number) != simdjson::SUCCESS) Complain(key, "not a number");
  }
  void Read(std::string_view key, std::int64_t* number) {
    element value;
    if (Find(key, &value) && value.get(*number) != simdjson::SUCCESS) Complain(key, "not a number");
  }
  void Read(std::string_view key, int* number) {
    std::int64_t wide = 0;
    Read(key, &wide);
    *number = static_cast<int>(wide);
  }
  void Read(std::string_view key, double* number) {
    element value;  // nlohmann writes null for an infinite number
    if (Find(key, &value) && !value.is_null() && value.get(*number) != simdjson::SUCCESS) {
      Complain(key, "not a number");
    }
  }
  void Read(std::string_view key, bool* truth) {
    element value;
    if (Find(key, &value) && value.get(*truth) != simdjson::SUCCESS) Complain(key, "not a Boolean");
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
  // An array of [NAME, VALUE].
  template <typename NameAndValue>
  void ReadPairs(std::string_view key, std::vector<NameAndValue>* pairs) {
    ReadEach(key, pairs, [](const element& value, NameAndValue* pair) {
      array both;
      auto& [name, text] = *pair;
      return value.get(both) == simdjson::SUCCESS && both.size() == 2 &&
             ReadText(both.at(0).value_unsafe(), &name) &&
             ReadText(both.at(1).value_unsafe(), &text);
    });
  }
  template <NamedEnum Enum>
  void Read(std::string_view key, Enum* value) {
    std::string name;
    Read(key, &name);
    if (!problem_.empty()) return;
    if (const std::optional<Enum> named = Named<Enum>(name)) {
      *value = *named;
    } else {
      problem_ =
          fmt::format("`{}` is `{}`, which is not one of {}; it may come from a newer version", key,
                      name, fmt::join(kNamesOf<Enum>, ", "));
    }
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
  template <typename T>
  void ReadObject(std::string_view key, T* into, void (*read)(Members& members, T* into)) {
    element value;
    if (!Find(key, &value)) return;
    object object_value;
    if (value.get(object_value) != simdjson::SUCCESS) return Complain(key, "not an object");
    Members members(object_value);
    read(members, into);
    if (!members.problem().empty()) problem_ = members.problem();
  }
  bool Has(std::string_view key) const { return members_.at_key(key).error() == simdjson::SUCCESS; }

  template <typename T, typename ReadOne>
  void ReadEach(std::string_view key, std::vector<T>* values, ReadOne read_one) {
    element value;
    if (!Find(key, &value)) return;
    array items;
    if (value.get(items) != simdjson::SUCCESS) return Complain(key, "not an array");
    values->clear();
    for (const element item : items) {
      values->emplace_back();
      if (!read_one(item, &values->back()))
        return Complain(key, "an array with an element of another type");
    }
  }

 private:
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
  members.ReadPairs("options", &header->options);
}

void ReadRepeats(Members& members, std::string_view key, Repeats* repeats) {
  std::vector<std::uint64_t> numbers;
  members.Read(key, &numbers);
  if (numbers.size() != 2) return;
  repeats->failed = static_cast<int>(numbers[0]);
  repeats->tried = static_cast<int>(numbers[1]);
}

// Journals of earlier versions leave out the usual values.
void ReadRequest(Members& members, Request* request) {
  members.Read("method", &request->method);
  members.Read("placement", &request->placement);
  if (members.Has("encoding")) members.Read("encoding", &request->encoding);
  if (members.Has("forgery")) members.Read("forgery", &request->forgery);
  members.ReadPairs("parameters", &request->parameters);
}

// Earlier versions wrote "<NextToken of answer 2>" for `$token.2`.
void RenewTokens(Request* request) {
  constexpr std::string_view kBegin = "<NextToken of answer ";
  for (Parameter& parameter : request->parameters) {
    std::string_view text = parameter.value;
    if (!text.starts_with(kBegin) || !text.ends_with('>')) continue;
    text.remove_prefix(kBegin.size());
    text.remove_suffix(1);
    const TokenReference reference{std::string(text)};
    if (reference.number() > 0) parameter.value = TokenOfAnswer(reference.number());
  }
}

void ReadAnswer(Members& members, std::string_view key, ShownAnswer* answer) {
  if (!members.Has(key)) return;
  members.ReadObject(
      key, answer, +[](Members& inner, ShownAnswer* into) {
        inner.Read("status", &into->status);
        inner.Read("content_type", &into->content_type);
        inner.Read("body", &into->body);
      });
}

void ReadFinding(Members& members, Finding* finding) {
  members.Read("id", &finding->id);
  members.Read("rule", &finding->rule);
  members.Read("kind", &finding->kind);
  members.Read("stability", &finding->stability);
  members.Read("occurrences", &finding->occurrences);
  members.Read("statement", &finding->statement);
  members.Read("source", &finding->source);
  ReadRequest(members, &finding->request);
  if (members.Has("repeated")) ReadRepeats(members, "repeated", &finding->repeated);
  if (members.Has("overlapping")) ReadRepeats(members, "overlapping", &finding->overlapping);
  if (members.Has("before")) members.ReadObjects("before", &finding->before, ReadRequest);
  RenewTokens(&finding->request);
  std::ranges::for_each(finding->before, [](Request& request) { RenewTokens(&request); });
  members.Read("expected", &finding->expected);
  members.Read("actual", &finding->actual);
  members.Read("evidence", &finding->evidence);
  members.Read("diagnosis", &finding->diagnosis);
  if (members.Has("diagnosed")) members.Read("diagnosed", &finding->diagnosed);
  if (members.Has("also")) members.Read("also", &finding->also);
  if (members.Has("variant")) members.Read("variant", &finding->variant);
  if (members.Has("cause")) members.Read("cause", &finding->cause);
  ReadAnswer(members, "answer", &finding->answer);
  ReadAnswer(members, "example", &finding->example);
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

void ReadUnforeseen(Members& members, UnforeseenAnswer* answer) {
  members.Read("request", &answer->request);
  members.Read("foreseen", &answer->foreseen);
  members.Read("answer", &answer->answer);
  members.Read("count", &answer->count);
}

void ReadSample(Members& members, CampaignSample* sample) {
  members.Read("seconds", &sample->seconds);
  members.Read("inputs", &sample->inputs);
  members.Read("requests", &sample->requests);
  members.Read("features", &sample->features);
  members.Read("findings", &sample->findings);
  members.Read("corpus", &sample->corpus);
}

void ReadCampaign(Members& members, CampaignTally* campaign) {
  members.Read("ended", &campaign->ended);
  members.Read("workers", &campaign->workers);
  members.Read("shown_once", &campaign->shown_once);
  members.Read("shown_twice", &campaign->shown_twice);
  members.ReadObjects("samples", &campaign->samples, ReadSample);
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
  if (members.Has("unforeseen")) {
    members.ReadObjects("unforeseen", &trailer->unforeseen, ReadUnforeseen);
  }
  if (members.Has("campaign")) {
    members.ReadObject("campaign", &trailer->campaign.emplace(), ReadCampaign);
  }
}

void ReadOwn(Members& members, std::vector<SplitBody::Own>* own) {
  members.ReadEach("own", own, [](const element& value, SplitBody::Own* one) {
    array both;
    std::uint64_t at = 0;
    if (value.get(both) != simdjson::SUCCESS || both.size() != 2) return false;
    if (both.at(0).get(at) != simdjson::SUCCESS) return false;
    one->at = static_cast<std::size_t>(at);
    return ReadText(both.at(1).value_unsafe(), &one->text);
  });
}

// A body that was written before is only named.
void ReadSharedBody(Members& members, BodyShelf* shelf, RecordedExchange* recorded) {
  std::string digest;
  members.Read("body_hash", &digest);
  if (!members.Has("own")) {
    members.Read("body", &recorded->exchange.body);
    shelf->Put(digest, Split(recorded->exchange.body).common);
    return;
  }
  SplitBody split;
  ReadOwn(members, &split.own);
  recorded->body_cut = !shelf->Get(digest, &split.common) || !Join(split, &recorded->exchange.body);
}

void ReadBody(Members& members, BodyShelf* shelf, RecordedExchange* recorded) {
  members.Read("body_bytes", &recorded->body_bytes);
  if (members.Has("cut")) members.Read("cut", &recorded->body_cut);
  if (members.Has("body_hash")) return ReadSharedBody(members, shelf, recorded);
  if (!members.Has("body_base64")) return members.Read("body", &recorded->exchange.body);
  std::string text;
  members.Read("body_base64", &text);
  if (!ParseBase64(text, &recorded->exchange.body)) recorded->body_cut = true;
}

void ReadExchange(Members& members, BodyShelf* shelf, RecordedExchange* recorded) {
  ExchangeRecord& exchange = recorded->exchange;
  members.Read("id", &exchange.id);
  members.Read("verdict", &exchange.verdict);
  members.Read("rules", &exchange.rules);
  members.Read("suite", &exchange.suite);
  members.Read("test", &exchange.test);
  ReadRequest(members, &exchange.request);
  if (members.Has("request_id")) members.Read("request_id", &exchange.request_id);
  if (members.Has("next_token")) members.Read("next_token", &exchange.next_token);
  members.Read("status", &exchange.status);
  members.Read("latency_us", &exchange.latency_us);
  members.Read("content_type", &exchange.content_type);
  ReadBody(members, shelf, recorded);
}

bool IsSameRun(const RunHeader& a, const RunHeader& b) {
  return a.target == b.target && a.seed == b.seed && a.spec_hash == b.spec_hash;
}

// Reads a journal line by line into a run.
class JournalReader {
 public:
  JournalReader(std::string path, const std::function<void(RecordedExchange&)>& visit)
      : visit_(visit) {
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
    if (type == "sighting") return TakeSighting(reader);
    if (type == "kept") return TakeKept(reader);
    return "unknown type `" + std::string(type) + "`; it may come from a newer version";
  }

  void SetCut() { run_.cut = true; }

  // `empty`: the file holds nothing, or not even one whole frame.
  Result<RecordedRun> Finish(bool empty) {
    if (!has_header_ && empty) {
      return Error{run_.path,
                   "the run ended before it wrote anything, or it has only just begun; there is "
                   "nothing to report or to resume: run it again",
                   ExitCode::kCouldNotJudge};
    }
    if (!has_header_) {
      return Error{run_.path,
                   "no header: this is not a journal, or it is that of a run that never began"};
    }
    if (run_.cut) {
      run_.notes.emplace_back(kCutNote);
    }
    if (bodies_left_out_ + exchanges_left_out_ > 0) NoteLeftOut();
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
    // A resumed run finds everything again.
    run_.findings.clear();
    run_.finished = false;
    return "";
  }

  std::string TakeExchange(Members& reader) {
    recorded_ = RecordedExchange{};
    if (visit_) {
      ReadExchange(reader, &shelf_, &recorded_);
    } else {
      reader.Read("id", &recorded_.exchange.id);
      reader.Read("verdict", &recorded_.exchange.verdict);
      reader.Read("rules", &recorded_.exchange.rules);
      reader.Read("suite", &recorded_.exchange.suite);
      reader.Read("test", &recorded_.exchange.test);
      reader.Read("latency_us", &recorded_.exchange.latency_us);
    }
    if (!reader.problem().empty()) return reader.problem();
    CountTest(recorded_.exchange);
    const ExchangeVerdict verdict = recorded_.exchange.verdict;
    ++exchanges_;
    if (verdict != ExchangeVerdict::kNotJudged && verdict != ExchangeVerdict::kUnanswered) {
      ++judged_;
    }
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

  std::string TakeSighting(Members& reader) {
    Finding finding;
    ReadFinding(reader, &finding);
    if (!reader.problem().empty()) return reader.problem();
    sightings_[finding.id] = std::move(finding);
    return "";
  }

  std::string TakeKept(Members& reader) {
    reader.Read("bodies_left_out", &bodies_left_out_);
    reader.Read("exchanges_left_out", &exchanges_left_out_);
    return reader.problem();
  }

  void NoteLeftOut() {
    std::string what;
    if (bodies_left_out_ > 0) {
      what = bodies_left_out_ == 1
                 ? "the body of 1 answer"
                 : fmt::format("the bodies of {} answers", Thousands(bodies_left_out_));
    }
    if (exchanges_left_out_ > 0) {
      what += (what.empty() ? "" : " and ") + CountText(exchanges_left_out_, "exchange");
    }
    // Bodies that were not wanted at all need no other reason.
    const bool told =
        exchanges_left_out_ == 0 && OptionOf(run_.header, "--keep") == NameOf(Keep::kNone);
    run_.notes.push_back(
        told ? fmt::format("The journal leaves out {} (--keep none).", what)
             : fmt::format(
                   "To stay small, the journal leaves out {}; those that show findings come first.",
                   what));
  }

  void CountTest(const ExchangeRecord& exchange) {
    TestTime& time = run_.tests[exchange.suite + "." + exchange.test];
    ++time.exchanges;
    time.seconds += static_cast<double>(std::max<std::int64_t>(0, exchange.latency_us)) / 1e6;
    if (exchange.verdict != ExchangeVerdict::kViolation &&
        exchange.verdict != ExchangeVerdict::kWarning) {
      return;
    }
    for (const std::string& rule : exchange.rules) {
      if (broken_.insert(rule).second) run_.curve.push_back({exchange.id, rule});
    }
  }

  std::string TakeTrailer(Members& reader) {
    run_.trailer = RunTrailer{};
    ReadTrailer(reader, &run_.trailer);
    run_.finished = true;
    return reader.problem();
  }

  void DescribeKilledRun() {
    for (auto& [id, finding] : sightings_) run_.findings.push_back(std::move(finding));
    const bool broken =
        std::ranges::count(run_.findings, FindingKind::kViolation, &Finding::kind) > 0;
    const ExitCode code = broken ? ExitCode::kViolations : ExitCode::kCouldNotJudge;
    run_.trailer.verdict = VerdictOf(code);
    run_.trailer.exit_code = static_cast<int>(code);
    // What was seen is written at once, exchanges some at a time.
    std::uint64_t most_seen = 0;
    for (const Finding& finding : run_.findings) {
      most_seen = std::max(most_seen, finding.occurrences);
    }
    const std::string after =
        most_seen <= exchanges_
            ? CountText(exchanges_, "exchange")
            : fmt::format("at least {}, of which its record has {}",
                          CountText(most_seen, "exchange"), Thousands(exchanges_));
    run_.trailer.reason =
        fmt::format("the {} was killed after {}: nothing is confirmed or diagnosed; {}",
                    IsCampaign() ? "campaign" : "run", after, HowItGoesOn());
    run_.trailer.exchanges = std::max(exchanges_, most_seen);
    run_.trailer.judged = std::max(judged_, most_seen);
  }

  bool IsCampaign() const {
    return OptionOf(run_.header, "--corpus") != "" || run_.tests.contains("fuzz.input");
  }

  std::string HowItGoesOn() const {
    if (IsCampaign()) return "the next one with the same --out or --corpus goes on from its corpus";
    const std::string folder = std::filesystem::path(run_.path).parent_path().string();
    return fmt::format("`assay run --resume {}` goes on with it",
                       ShellQuote(folder.empty() ? "." : folder));
  }

  const std::function<void(RecordedExchange&)>& visit_;
  RecordedRun run_;
  simdjson::dom::parser parser_;
  RecordedExchange recorded_;
  BodyShelf shelf_;
  std::map<std::string, Finding> sightings_;  // by id
  std::set<std::string> broken_;              // rules
  std::uint64_t bodies_left_out_ = 0, exchanges_left_out_ = 0;
  bool has_header_ = false;
  std::uint64_t exchanges_ = 0;
  std::uint64_t judged_ = 0;
};

Result<std::string> JournalPath(const std::string& given) {
  std::error_code error;
  if (!std::filesystem::is_directory(given, error)) return given;
  for (const char* name : {kJournalName, kPlainJournalName}) {
    const std::string path = (std::filesystem::path(given) / name).string();
    if (std::filesystem::exists(path, error)) return path;
  }
  if (const auto workers = WorkerFolders(given); !workers.empty()) {
    return Error{given,
                 "the campaign in this folder had several workers, with a journal each; "
                 "give the folder of one, as " +
                     workers[0]};
  }
  return Error{given, std::string("no ") + kJournalName +
                          " in this folder; give the folder that `assay run --out` wrote"};
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
  TokenTrail trail;
  const auto note = [&](RecordedExchange& recorded) {
    const ExchangeRecord& exchange = recorded.exchange;
    trail.Add(exchange.id, exchange.request, exchange.next_token);
  };
  if (const auto read = ReadJournal(path, note); !read) return read.error();
  const std::set<std::uint64_t> wanted = trail.Complete(ids);
  std::vector<RecordedExchange> out;
  const auto keep = [&](RecordedExchange& recorded) {
    if (wanted.count(recorded.exchange.id) > 0) out.push_back(std::move(recorded));
  };
  if (const auto read = ReadJournal(path, keep); !read) return read.error();
  return out;
}

}  // namespace

std::string OptionOf(const RunHeader& header, std::string_view flag) {
  const auto at = std::ranges::find(
      header.options, flag, [](const auto& option) { return std::string_view(option.first); });
  return at == header.options.end() ? "" : at->second;
}

Result<RecordedRun> ReadJournal(const std::string& path,
                                const std::function<void(RecordedExchange&)>& visit) {
  Result<LineReader> file = LineReader::Open(path);
  if (!file) return file.error();
  JournalReader reading(path, visit);
  std::string line;
  bool any = false;
  for (std::uint64_t number = 1; file->Next(&line); ++number) {
    any = true;
    const std::string problem = reading.Take(&line);
    if (problem.empty()) continue;
    if (file->whole()) return Error{path + ":" + std::to_string(number), problem};
    reading.SetCut();
  }
  if (const Done done = file->status(); !done) return done.error();
  if (file->torn()) reading.SetCut();
  return reading.Finish(!any || (file->framed() && file->whole_bytes() == 0));
}

void MarkAsGoingOn(RecordedRun* run) {
  const std::uint64_t count = run->trailer.exchanges;
  run->trailer.reason = fmt::format(
      "the run still goes on; so far there {} {}, and nothing is confirmed or diagnosed",
      count == 1 ? "is" : "are", CountText(count, "exchange"));
  run->cut = false;  // its last frame is only being written
  std::erase(run->notes, kCutNote);
}

std::vector<std::string> WorkerFolders(const std::string& campaign) {
  std::vector<std::string> out;
  std::error_code error;
  while (true) {
    const auto folder = std::filesystem::path(campaign) / fmt::format("worker-{}", out.size() + 1);
    if (!std::filesystem::exists(folder / kJournalName, error)) return out;
    out.push_back(folder.string());
  }
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
