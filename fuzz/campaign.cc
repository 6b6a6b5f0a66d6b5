#include "fuzz/campaign.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <optional>
#include <ostream>

#include "fuzz/campaign_recorder.h"
#include "fuzz/exchange_input.h"
#include "fuzz/features.h"
#include "fuzz/input_script.h"
#include "fuzz/linked_target.h"
#include "fuzz/seeds.h"
#include "fuzz/wire_search.h"
#include "reference/findings/set_aside.h"
#include "reference/server/service.h"
#include "reference/session/session.h"
#include "reference/watch/watched_target.h"
#include "reports/journal/journal.h"
#include "reports/journal/merge.h"
#include "reports/render/overview.h"
#include "reports/render/terminal.h"
#include "spec/catalogue/catalogue.h"
#include "spec/text/count.h"
#include "spec/text/time.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

// Exchanges after which what was found is settled and a new session begins: as many as a diagnosis
// remembers. Memory stays bounded, however long the campaign is.
constexpr std::uint64_t kExchangesOfASession = 20'000;
// As few as a diagnosis can do with.
constexpr std::uint64_t kFewestOfASession = 2'000;
constexpr std::size_t kMostSamples = 300;
constexpr std::size_t kMostUnforeseen = 1000;
constexpr std::size_t kSiblings = 7;
constexpr int kTries = 3;  // of inputs in whose time the state moved
const Origin kOrigin = {"fuzz", "input"};

std::string Now() { return FormatTime(static_cast<std::int64_t>(std::time(nullptr))); }

double SecondsSince(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

std::size_t CountOf(const std::vector<Finding>& findings, FindingKind kind) {
  return static_cast<std::size_t>(std::ranges::count(findings, kind, &Finding::kind));
}

std::uint64_t CountFiles(const std::string& folder) {
  std::error_code error;
  const std::filesystem::directory_iterator entries(folder, error);
  return error ? 0 : static_cast<std::uint64_t>(std::distance(begin(entries), end(entries)));
}

void AddTallies(const std::vector<RuleTally>& from, std::vector<RuleTally>& to) {
  if (to.empty())
    to = from;
  else
    for (std::size_t i = 0; i < from.size(); ++i) {
      to[i].exercised += from[i].exercised;
      to[i].violations += from[i].violations;
    }
}

// Every session learns anew. What one of them settled stays settled.
void AddLearned(std::vector<LearnedAnswer> from, std::vector<LearnedAnswer>& to) {
  if (to.empty()) to.swap(from);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::uint64_t asked = to[i].asked + from[i].asked;
    if (!to[i].settled && from[i].asked > 0) to[i] = std::move(from[i]);
    to[i].asked = asked;
  }
}

void AddUnforeseen(const std::vector<UnforeseenAnswer>& from, std::vector<UnforeseenAnswer>& to) {
  for (const UnforeseenAnswer& answer : from) {
    const auto same = std::ranges::find_if(to, [&](const UnforeseenAnswer& other) {
      return other.foreseen == answer.foreseen && other.answer == answer.answer;
    });
    if (same != to.end()) {
      same->count += answer.count;
    } else if (to.size() < kMostUnforeseen) {
      to.push_back(answer);
    }
  }
  std::ranges::stable_sort(to, std::greater(), &UnforeseenAnswer::count);
}

}  // namespace

struct Campaign::State {
  State(const CampaignOptions& the_options, const CampaignPlan& the_plan, int the_worker,
        std::ostream& errors)
      : options(the_options),
        plan(the_plan),
        worker(the_worker),
        progress(errors, worker == 1 ? plan.progress : ProgressMode::kOff,
                 DescribeTerminal(STDERR_FILENO)) {}

  Done Open(const std::string& out);
  void BeginSession();
  void EndSession();
  void TakeFindings();
  std::size_t AddScripts(InputFeatures& features, std::vector<std::unique_ptr<Script>>& scripts);
  void Send(std::vector<InputFeatures>& batch);
  void Take(const std::vector<InputFeatures>& batch);
  Done OpenWire();
  void SendRaw(InputFeatures& input);
  std::string WhyEnough() const;
  void Sample();
  std::string WhyOver() const;
  RunHeader Header() const;
  Target& target() { return watched ? static_cast<Target&>(*watched) : *model; }
  std::uint64_t exchanges() const { return session->exchanges() + (wire ? wire->sent() : 0); }
  std::vector<std::string> ApplyKnownTo(std::vector<Finding>& findings) const {
    return ApplyKnown(plan.known, false, Now().substr(0, 10), findings);
  }
  ExitCode Conclude(const std::vector<std::string>& stale);
  std::string WhyNothingCanBeSaid() const;

  const CampaignOptions& options;
  const CampaignPlan& plan;
  const int worker;
  StopSign stop;
  ConnectionOptions connection;
  std::unique_ptr<Target> endpoint;
  std::unique_ptr<ModelTarget> model;
  std::unique_ptr<WatchedTarget> watched;
  std::unique_ptr<Journal> journal;
  Progress progress;
  std::optional<CampaignRecorder> recorder;

  std::unique_ptr<Judge> judge;
  std::unique_ptr<Session> session;
  std::uint32_t sessions = 0;
  std::uint64_t session_begin = 0;    // exchanges before it
  std::uint64_t symptoms_before = 0;  // the session
  std::unique_ptr<WireSearch> wire;   // of --wire; then the session sends nothing
  SetAside aside;
  std::vector<Finding> found;
  RunTrailer trailer;
  CampaignTally tally;
  std::uint64_t inputs = 0;
  Clock::time_point begun = Clock::now(), sampled = begun, news = begun;
  std::string over;  // why
};

Done Campaign::State::Open(const std::string& out) {
  if (options.max_time_s > 0) {
    const std::chrono::duration<double> time(options.max_time_s);
    stop.StopAt(begun + std::chrono::duration_cast<Clock::duration>(time),
                fmt::format("after {:g} s (--max-time)", options.max_time_s));
  }
  if (!options.target.empty()) {
    CampaignOptions own = options;
    own.connection.stop = &stop;
    Result<std::unique_ptr<Target>> opened = OpenCampaignTarget(own);
    if (!opened) return opened.error();
    endpoint = std::move(*opened);
    watched = std::make_unique<WatchedTarget>(*endpoint, *plan.dataset);
  }
  Result<std::unique_ptr<Journal>> opened = Journal::Open(out);
  if (!opened) return opened.error();
  journal = std::move(*opened);
  recorder.emplace(*journal, progress);
  BeginSession();
  if (const Done done = OpenWire(); !done) return done.error();
  recorder->Begin(Header());
  if (watched) watched->Begin();
  return Ok();
}

Done Campaign::State::OpenWire() {
  if (!options.wire) return Ok();
  CampaignOptions own = options;
  own.connection.stop = &stop;
  Result<WireClient> client = OpenWireClient(own, plan);
  if (!client) return client.error();
  const double rate = RateOf(options, *ParseEndpoint(options.target));
  wire = std::make_unique<WireSearch>(std::move(*client), *endpoint, *judge, stop, rate);
  return Ok();
}

RunHeader Campaign::State::Header() const {
  RunHeader header{.assay = ASSAY_VERSION,
                   .spec_hash = SpecHash(),
                   .target = options.linked ? kLinkedTarget
                             : watched      ? watched->Name()
                                            : "model",
                   .dataset = plan.dataset_name,
                   .seed = options.seed,
                   .started = Now(),
                   .options = {{"--region", plan.region}}};
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) header.options.emplace_back(flag, value);
  };
  add("--target", options.linked ? kLinkedTarget : options.target);
  add("--dataset", options.dataset);
  for (auto& option : DescribeConnection(options.connection, options.target)) {
    header.options.push_back(std::move(option));
  }
  if (options.connection.signs()) add("--signature", options.connection.signature);
  add("--reading", options.reading);
  add("--known", options.known);
  add("--corpus", options.corpus);
  for (const std::string& place : options.from) add("--from", place);
  if (options.wire) header.options.emplace_back("--wire", "");
  if (options.max_requests > 0) add("--max-requests", std::to_string(options.max_requests));
  if (options.jobs > 1) add("--shard", fmt::format("{}/{}", worker, options.jobs));
  return header;
}

// In process every session is of another reading, of which the judge is told nearly all.
void Campaign::State::BeginSession() {
  const std::uint64_t before = session ? exchanges() : 0;
  session.reset();
  Reading known = plan.reading;
  if (options.target.empty()) {
    const std::uint32_t number = (static_cast<std::uint32_t>(worker - 1) + sessions) % kReadings;
    model = std::make_unique<ModelTarget>(*plan.dataset, NumberedReading(number));
    known = KnownReading(number);
  }
  judge = std::make_unique<Judge>(*plan.dataset, known,
                                  JudgeOptions{.accepts_json = options.connection.accepts_json()});
  const auto timeout =
      std::chrono::milliseconds(static_cast<std::int64_t>(options.connection.timeout_s * 1000));
  session = std::make_unique<Session>(target(), *judge, *recorder,
                                      SessionOptions{.timeout = timeout,
                                                     .exchanges_before = before,
                                                     .finds_exchanged = false,
                                                     .stop = &stop,
                                                     .set_aside = &aside,
                                                     .watched = watched.get()});
  ++sessions;
  session_begin = before;
  symptoms_before = recorder->symptoms();
}

// Confirms, reduces, diagnoses and groups what the session found, and sets it aside.
void Campaign::State::TakeFindings() {
  const std::vector<Finding> findings = session->Findings();
  recorder->EndInput();
  MergeFindings(findings, &found);
  for (const Finding& finding : findings) aside.Add(finding);
}

void Campaign::State::EndSession() {
  TakeFindings();
  AddTallies(judge->Tallies(), trailer.rules);
  AddLearned(judge->Learned(), trailer.reading);
  AddUnforeseen(judge->Unforeseen(), trailer.unforeseen);
  trailer.judged += wire ? wire->judged() : judge->judged();
  trailer.throttled += session->throttled();
}

// Adds what the requests of the input are sent in: one script each, or one for all if one needs an
// answer before it. How many.
std::size_t Campaign::State::AddScripts(InputFeatures& features,
                                        std::vector<std::unique_ptr<Script>>& scripts) {
  ExchangeInput input = ParseExchangeInput(features.text(), plan.region);
  const auto seen = [&features](std::size_t position, const Exchange& exchange) {
    features.ShowAnswer(exchange.request, exchange.response, exchange.answer, position);
  };
  if (GoesOn(input) || !watched) {
    scripts.push_back(std::make_unique<InputScript>(std::move(input), seen));
    return 1;
  }
  for (std::size_t i = 0; i < input.requests.size(); ++i) {
    ExchangeInput alone;
    alone.requests.push_back(std::move(input.requests[i]));
    scripts.push_back(std::make_unique<InputScript>(
        std::move(alone), [seen, i](std::size_t, const Exchange& exchange) { seen(i, exchange); }));
  }
  return input.requests.size();
}

void Campaign::State::SendRaw(InputFeatures& input) {
  for (Finding& finding : wire->Send(input)) {
    recorder->AddSighting(finding);
    found.push_back(std::move(finding));
  }
}

void Campaign::State::Send(std::vector<InputFeatures>& batch) {
  std::vector<std::unique_ptr<Script>> scripts;
  std::vector<InputFeatures*> input_of;  // for each script
  for (InputFeatures& input : batch) {
    input = InputFeatures(input.text());
    input_of.insert(input_of.end(), AddScripts(input, scripts), &input);
  }
  std::size_t at = 0;
  for (const ScriptResult& result : session->Run(kOrigin, std::move(scripts))) {
    for (const JudgedExchange& exchange : result) {
      input_of[at]->ShowVerdict(exchange.verdict, exchange.status);
    }
    ++at;
  }
}

// The first is libFuzzer's own; it reads the others, if they are worth it, from the corpus.
void Campaign::State::Take(const std::vector<InputFeatures>& batch) {
  TellEngine(batch.front());
  for (const InputFeatures& input : batch) {
    ++inputs;
    if (CountInput(input) == 0) continue;
    news = Clock::now();
    if (&input == &batch.front()) continue;
    WriteSeed(std::filesystem::path(plan.corpus) / NameOfInput(input.text()), input.text());
  }
}

void Campaign::State::Sample() {
  tally.samples.push_back({.seconds = SecondsSince(begun),
                           .inputs = inputs,
                           .requests = exchanges(),
                           .features = CountFeatures().all,
                           .findings = recorder->symptoms(),
                           .corpus = CountFiles(plan.corpus)});
  sampled = Clock::now();
  if (tally.samples.size() <= kMostSamples) return;
  std::vector<CampaignSample> fewer;
  for (std::size_t i = 0; i < tally.samples.size(); i += 2) fewer.push_back(tally.samples[i]);
  tally.samples = std::move(fewer);
}

// Of findings, "" if it is not so.
std::string Campaign::State::WhyEnough() const {
  const std::size_t most = options.max_findings;
  if (most == 0 || found.size() < most) return "";
  std::vector<Finding> settled = found;
  (void)ApplyKnownTo(settled);
  if (CountOf(settled, FindingKind::kViolation) < most) return "";
  return fmt::format("after {} (--max-findings)", CountText(most, "finding"));
}

std::string Campaign::State::WhyOver() const {
  if (session->lost()) return "since the target was lost";
  if (session->stopped()) return stop.Why();
  if (session->cut_short()) return "early: " + session->WhySpent();
  if (wire && !wire->over().empty()) return wire->over();
  if (options.max_requests > 0 && exchanges() >= options.max_requests) {
    return fmt::format("after {} (--max-requests)", CountText(exchanges(), "request"));
  }
  if (options.quiet_for_s > 0 && SecondsSince(news) >= options.quiet_for_s) {
    return fmt::format("since nothing new was seen for {:g} s (--quiet-for)", options.quiet_for_s);
  }
  return "";
}

std::string Campaign::State::WhyNothingCanBeSaid() const {
  if (session->lost()) {
    return fmt::format("the target was lost during the campaign: {}", session->lost()->Text());
  }
  if (wire && wire->lost()) return wire->over();
  if (trailer.judged > 0 || !found.empty()) return "";
  return session->stopped() ? "the campaign was stopped " + stop.Why()
                            : "no answer could be judged";
}

ExitCode Campaign::State::Conclude(const std::vector<std::string>& stale) {
  trailer.reason = WhyNothingCanBeSaid();
  if (!trailer.reason.empty()) return ExitCode::kCouldNotJudge;
  if (!stale.empty()) {
    trailer.reason = fmt::format("{} is out of date: {}", options.known, fmt::join(stale, "; "));
    return ExitCode::kViolations;
  }
  if (CountOf(found, FindingKind::kViolation) > 0) return ExitCode::kViolations;
  if (session->cut_short() && !session->stopped()) {
    trailer.reason = session->WhySpent() + "; what was judged until then is right";
    return ExitCode::kCouldNotJudge;
  }
  if (CountOf(found, FindingKind::kInconclusive) > 0) {
    trailer.reason = fmt::format(
        "the target's state kept changing ({}), so not every finding "
        "could be confirmed",
        watched->changes().Text());
    return ExitCode::kCouldNotJudge;
  }
  return ExitCode::kConforms;
}

Result<std::unique_ptr<Campaign>> Campaign::Open(const CampaignOptions& options,
                                                 const CampaignPlan& plan, int worker,
                                                 const std::string& out, std::ostream& errors) {
  auto state = std::make_unique<State>(options, plan, worker, errors);
  if (const Done done = state->Open(out); !done) return done.error();
  return std::unique_ptr<Campaign>(new Campaign(std::move(state)));
}

Campaign::Campaign(std::unique_ptr<State> state) : state_(std::move(state)) {}
Campaign::~Campaign() = default;

void Campaign::Run(std::string_view input, const std::vector<std::string>& siblings) {
  State& state = *state_;
  const std::uint64_t symptoms = state.recorder->symptoms();
  std::vector<InputFeatures> batch;
  batch.emplace_back(std::string(input));
  for (const std::string& sibling : siblings) batch.emplace_back(sibling);
  if (state.wire) {
    state.SendRaw(batch.front());
  } else {
    state.session->RunTest([&] { state.Send(batch); }, kTries);
  }
  state.recorder->EndInput();
  state.Take(batch);
  if (state.recorder->symptoms() > symptoms) state.news = Clock::now();
  if (SecondsSince(state.sampled) < 1) return;
  state.Sample();
  state.progress.Begin(fmt::format("fuzzing, {}, {}", CountText(state.inputs, "input"),
                                   CountText(CountFeatures().all, "feature")),
                       static_cast<std::uint64_t>(SecondsSince(state.begun)),
                       static_cast<std::uint64_t>(state.options.max_time_s));
}

// What a sibling reaches in a target that is linked would count for the input.
std::size_t Campaign::siblings() const {
  return state_->watched && !state_->wire && !state_->options.linked ? kSiblings : 0;
}

bool Campaign::IsOver() {
  State& state = *state_;
  if (state.over.empty()) state.over = state.WhyOver();
  if (!state.over.empty()) return true;
  if (state.wire) {
    state.over = state.WhyEnough();
    return !state.over.empty();
  }
  const std::size_t most = state.options.max_findings;
  const std::uint64_t suspected =
      state.found.size() + state.recorder->symptoms() - state.symptoms_before;
  const std::uint64_t exchanges = state.exchanges() - state.session_begin;
  const bool full = exchanges >= kExchangesOfASession;
  const bool may_suffice = most > 0 && exchanges >= kFewestOfASession &&
                           state.recorder->symptoms() > state.symptoms_before && suspected >= most;
  if (!full && !may_suffice) return false;
  state.EndSession();
  state.over = state.WhyEnough();
  state.BeginSession();
  return !state.over.empty();
}

ExitCode Campaign::Finish() {
  State& state = *state_;
  if (state.over.empty()) state.over = "as the flags after -- say";
  state.EndSession();
  state.progress.End();
  for (Finding& finding : state.found) {
    finding.occurrences += state.aside.Again(finding.id);
    if (state.wire) finding.occurrences += state.wire->Again(finding.id);
  }
  const std::vector<std::string> stale = state.ApplyKnownTo(state.found);
  state.Sample();
  RunTrailer& trailer = state.trailer;
  const ExitCode code = state.Conclude(stale);
  trailer.verdict = VerdictOf(code);
  trailer.exit_code = static_cast<int>(code);
  trailer.seconds = SecondsSince(state.begun);
  trailer.exchanges = state.exchanges();
  trailer.parameters = state.recorder->effects().Tallies();
  for (const RuleTally& rule : trailer.rules) {
    if (rule.exercised > 0) continue;
    trailer.not_exercised.push_back(rule.id + ": no answer of the campaign showed it");
  }
  const FeatureCounts features = CountFeatures();
  state.tally.ended = state.over;
  state.tally.shown_once = features.once;
  state.tally.shown_twice = features.twice;
  trailer.campaign = std::move(state.tally);
  for (const Finding& finding : state.found) state.recorder->Add(finding);
  state.recorder->End(trailer);
  state.session.reset();
  state.journal.reset();
  return code;
}

}  // namespace assay
