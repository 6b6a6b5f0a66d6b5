#include "reference/describe_snapshots/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <set>
#include <unordered_map>
#include <utility>

#include "reference/describe_snapshots/checks.h"
#include "reference/describe_snapshots/exploration.h"
#include "reference/describe_snapshots/forgery.h"
#include "reference/describe_snapshots/hidden_values.h"
#include "reference/describe_snapshots/walk_memory.h"
#include "reference/moment.h"
#include "spec/letters.h"

namespace assay {
namespace {

using Kind = ObservedValue::Kind;

constexpr std::uint64_t kNoOnesMoment = ~std::uint64_t{1};  // no token comes from there
constexpr std::size_t kLongWitness = 16 * 1024;     // bytes of an answer; longer ones are not kept
constexpr std::uint8_t kMostWitnesses = 4;          // for each question
constexpr std::size_t kMostRequestIds = 2'000'000;  // bounds the memory of long campaigns

bool IsMust(const Difference& difference) {
  return Catalogue::Get()[difference.rule].level == Level::kMust;
}

// Everything that one exchange says about the reading: all of these hold.
using Constraints = std::vector<Explanations>;

// An exchange that taught something: kept so that a contradiction can be explained.
struct Lesson {
  std::uint64_t id;
  Request request;
  Response response;
  WalkMemory::View tokens;
  std::shared_ptr<const Moment> moment;
  std::optional<Constraints> constraints = std::nullopt;  // found when first asked for
};

// Forms are read off directly; one that an answer shows in two ways leaves nothing possible.
Constraints FormConstraints(const std::vector<Restriction>& answers) {
  Constraints out;
  for (const Restriction& answer : answers) out.push_back({{answer}});
  return out;
}

// What the constraints leave of the question; all its options where they say nothing about it.
OptionSet Left(const Constraints& constraints, Question question) {
  OptionSet left = static_cast<OptionSet>(~0U);
  for (const Explanations& explanations : constraints) {
    OptionSet any = 0;
    for (const Explanation& explanation : explanations) {
      const auto at = std::ranges::find(explanation, question, &Restriction::question);
      any |= at == explanation.end() ? static_cast<OptionSet>(~0U) : at->options;
    }
    left &= any;
  }
  return left;
}

// The questions that a set of constraints is about.
std::string Subjects(const Constraints& constraints) {
  std::set<std::string_view> out;
  for (const Explanations& explanations : constraints) {
    for (const Explanation& explanation : explanations) {
      for (const Restriction& restriction : explanation) out.insert(Id(restriction.question));
    }
  }
  return fmt::format("{}", fmt::join(out, ", "));
}

// The question that two sets of constraints answer differently, "" where it is no single one.
std::string Disputed(const Constraints& mine, const Constraints& theirs) {
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    if ((Left(mine, question.id) & Left(theirs, question.id)) == 0) {
      return std::string(Id(question.id));
    }
  }
  return "";
}

// What can be taken back.
struct LearnedSoFar {
  ReadingSpace space;
  std::size_t lessons = 0, witnesses = 0;
  std::vector<std::uint8_t> witnessed;
  std::vector<std::vector<std::uint64_t>> evidence;
  std::vector<std::uint64_t> violations;
};

// The state without a snapshot: what is wrong with it as with any other, no state decides.
Dataset Emptied(const Dataset& dataset) {
  Dataset out;
  out.regions = dataset.regions;
  out.default_resource_group = dataset.default_resource_group;
  out.snapshot_links = dataset.snapshot_links;
  out.Index();
  return out;
}

}  // namespace

struct Judge::State {
  State(const Dataset& the_dataset, const Reading& the_pins, JudgeOptions the_options)
      : dataset(the_dataset),
        options(the_options),
        pins(the_pins),
        space(the_pins),
        all(the_pins) {}

  const Dataset& dataset;
  const JudgeOptions options;
  Reading pins;
  ReadingSpace space;      // what is still possible
  const ReadingSpace all;  // what the pins allow
  WalkMemory memory;
  AnswerReader reader;
  std::unordered_map<std::size_t, std::uint64_t> request_ids;  // hash -> exchange
  std::vector<Lesson> lessons;
  // Exchanges that taught nothing new, but may have, alone, what several lessons taught together:
  // so that a contradiction is shown by as few exchanges as possible.
  std::vector<Lesson> witnesses;
  std::vector<std::uint8_t> witnessed = std::vector<std::uint8_t>(kQuestionCount);
  std::vector<std::vector<std::uint64_t>> evidence =
      std::vector<std::vector<std::uint64_t>>(kQuestionCount);
  std::vector<std::uint64_t> asked = std::vector<std::uint64_t>(kQuestionCount);
  std::vector<std::uint64_t> unexplored = std::vector<std::uint64_t>(kQuestionCount);
  std::vector<std::uint64_t> exercised = std::vector<std::uint64_t>(kRuleCount);
  std::vector<std::uint64_t> violations = std::vector<std::uint64_t>(kRuleCount);
  std::uint64_t judged = 0;
  Standing standing;
  std::optional<LearnedSoFar> secured;
  std::optional<Dataset> emptied;  // made when first needed

  LearnedSoFar Now() const {
    return {space, lessons.size(), witnesses.size(), witnessed, evidence, violations};
  }
};

namespace {

// Judges one exchange; with `learn` it also changes what the judge knows.
class Examination {
 public:
  Examination(Judge::State& state, std::uint64_t id, const Request& request,
              const Response& response, const Standing& standing, bool learn);
  Verdict Run();

 private:
  bool OtherMethod();
  bool Unreadable();
  bool IsOfExpiredToken() const;
  bool Unclear();
  void Encoding();
  void InTime();
  void Form();
  void Forged();
  void RequestId();
  void Reading();
  void Unsettled();
  bool WithAnyState(const Difference& difference);
  void Doubt(const Difference& difference);
  void DoubtHidden(std::size_t of_form);
  void Learn(Exploration exploration);
  bool IsPinBroken(const ReadExchange& exchange);
  void PinsBroken(const Constraints& constraints);
  void Contradiction();
  std::vector<Lesson*> Contradicted(const Constraints& mine);
  const Constraints& ConstraintsOf(Lesson& lesson) const;
  Constraints AllConstraints(const Request& request, const Response& response,
                             const WalkMemory::View& tokens, const Dataset& dataset) const;
  void Walk(const Plan& plan);
  bool Restrict(Constraints news);
  void Witness(const std::vector<Question>& asked);
  void CountForms(const Explanations& explanations);
  void Keep(ReadingSpace next);
  void Report(Difference difference);
  void Count();
  bool IsError() const { return answer_.code.kind == Kind::kText && !answer_.code.text.empty(); }

  Judge::State& state_;
  std::uint64_t id_;
  const Request& request_;
  const Response& response_;
  const Standing& standing_;
  const Dataset& dataset_;  // of the answer's moment
  bool learn_;
  const ObservedAnswer& answer_;
  std::vector<std::uint32_t> listed_;
  WalkMemory::View tokens_;
  Findings findings_;
  Verdict verdict_;
};

Examination::Examination(Judge::State& state, std::uint64_t id, const Request& request,
                         const Response& response, const Standing& standing, bool learn)
    : state_(state),
      id_(id),
      request_(request),
      response_(response),
      standing_(standing),
      dataset_(standing_.moment ? standing_.moment->dataset : state.dataset),
      learn_(learn),
      answer_(state.reader.Read(response)),
      listed_(ListedPositions(answer_, dataset_)),
      tokens_(state.memory.Look(request, standing_.moved ? kNoOnesMoment : standing_.number())) {}

Verdict Examination::Run() {
  if (!OtherMethod() && !Unreadable() && !Unclear()) {
    Form();
    if (request_.forgery != Forgery::kNone) {
      Forged();
    } else if (standing_.moved) {
      Unsettled();
    } else {
      const std::size_t of_form = verdict_.violations.size();
      Reading();
      DoubtHidden(of_form);
    }
  }
  InTime();
  // A wrong form counts even where the reading was too much to explore.
  if (!verdict_.violations.empty()) verdict_.kind = Verdict::Kind::kViolation;
  if (learn_) Count();
  return std::move(verdict_);
}

void Examination::Report(Difference difference) {
  findings_.Use(difference.rule);
  auto& list = IsMust(difference) ? verdict_.violations : verdict_.warnings;
  const bool known = std::ranges::any_of(list, [&](const Difference& other) {
    return other.rule == difference.rule && other.shape == difference.shape;
  });
  if (!known) list.push_back(std::move(difference));
}

bool IsOtherMethod(const Request& request) {
  return request.method != "GET" && request.method != "POST";
}

std::string OptionText(Question question, Option option) {
  return fmt::format("{}={}", Id(question), Id(option));
}

// The violation of a reading file: `which` it pins, `shown` are the options that the answer has.
Difference BrokenPin(const std::string& which, const std::vector<std::string>& shown,
                     Aspect aspect) {
  return {"request.reading.consistent"_rule, fmt::format("{}, as the reading given has it", which),
          shown.empty() ? std::string("an answer that is right under other options only")
                        : fmt::format("an answer of {}", fmt::join(shown, " or ")),
          which, aspect};
}

// What is wrong with an answer of the option where a reading file pins another one.
std::optional<Difference> PinnedOtherwise(const Judge::State& state, Question question,
                                          Option option) {
  for (const auto& [pinned, wanted] : state.pins.pins) {
    if (pinned != question || wanted == option) continue;
    return BrokenPin(OptionText(question, wanted), {OptionText(question, option)},
                     Aspect::kOutcome);
  }
  return std::nullopt;
}

// Refusing some methods and closing on others is no contradiction worth an alarm: both are open.
void LearnAboutMethods(Judge::State& state, std::uint64_t id, Option option) {
  const Question question = "encoding.method.other"_question;
  Findings findings;
  findings.Answers(question, option);
  bool learned = false;
  if (state.space.Restrict({findings.answers}, &learned) && learned) {
    state.evidence[Index(question)].push_back(id);
  }
}

// encoding.method.other
bool Examination::OtherMethod() {
  if (!IsOtherMethod(request_)) return false;
  const Question question = "encoding.method.other"_question;
  findings_.Use("encoding.method.other"_rule);
  if (learn_) ++state_.asked[Index(question)];
  if (response_.status < 400) {
    Report({"encoding.method.other"_rule, "a refusal (405, 403, 400 or 501)",
            fmt::format("{} to {}", response_.status, request_.method), request_.method});
  } else if (auto broken_pin = PinnedOtherwise(state_, question, "refused"_option)) {
    Report(std::move(*broken_pin));
  } else if (learn_) {
    LearnAboutMethods(state_, id_, "refused"_option);
  }
  return true;
}

bool Examination::Unreadable() {
  if (response_.status >= 500) {
    // error.internal_error.unprovoked
    verdict_.server_error = true;
    const ErrorInfo& documented = *Catalogue::Get().FindError("InternalError");
    if (answer_.code.text == documented.code && answer_.message.text != documented.message) {
      Report({"error.internal_error.message"_rule, documented.message,
              Excerpt(answer_.message.text), ""});
    }
    Report({"error.internal_error.unprovoked"_rule, "an answer",
            fmt::format("{} {}", response_.status, Excerpt(response_.body)),
            std::to_string(response_.status)});
    return true;
  }
  if (answer_.readable) return false;
  verdict_.unreadable = true;
  for (const Difference& problem : answer_.problems) Report(problem);
  return true;
}

// How long a token lasts no document says. Where all of them expire at once, rules about walks are
// left without an answer, which a run tells.
bool Examination::IsOfExpiredToken() const {
  if (request_.Find("NextToken").value_or("").empty()) return false;
  const std::string text =
      SmallLetters(fmt::format("{} {}", answer_.code.text, answer_.message.text));
  return text.find("expire") != std::string::npos;
}

// error.status.matches, error.envelope.code: neither an error nor a list.
bool Examination::Unclear() {
  verdict_.code = std::string(answer_.code.text);
  if (IsError() && answer_.code.text.starts_with("Throttling") && response_.status >= 400) {
    verdict_.kind = Verdict::Kind::kNotJudged;
    verdict_.throttled = true;
    verdict_.reason = "throttled";
    return true;
  }
  if (IsError() && response_.status >= 400 && IsOfExpiredToken()) {
    verdict_.kind = Verdict::Kind::kNotJudged;
    verdict_.reason = "the token had expired";
    return true;
  }
  if (IsError() && response_.status < 400) {
    Report({"error.status.matches"_rule, "a status of 4xx or 5xx with an error Code",
            fmt::format("{} with Code {}", response_.status, Excerpt(answer_.code.text)), ""});
    return true;
  }
  if (IsError()) return false;
  if (response_.status >= 400) {
    Report({"error.envelope.code"_rule, "an error answer with a Code",
            fmt::format("{} without Code: {}", response_.status, Excerpt(response_.body)), ""});
    return true;
  }
  if (response_.status == 200) return false;
  Report({"error.status.matches"_rule, "200 with a list",
          fmt::format("{} with {}", response_.status, Excerpt(response_.body)),
          std::to_string(response_.status)});
  return true;
}

// encoding.http.in_time
void Examination::InTime() {
  if (response_.latency_us == 0) return;  // not measured
  findings_.Use("encoding.http.in_time"_rule);
  if (!IsSlow(response_)) return;
  Report({"encoding.http.in_time"_rule, "an answer within 3 s",
          fmt::format("one after {:.1f} s", static_cast<double>(response_.latency_us) / 1e6), ""});
}

// The rules about how a request travels: used by every request that travels so.
void Examination::Encoding() {
  if (request_.method == "POST") {
    findings_.Use(request_.placement == Placement::kForm    ? "encoding.request.form"_rule
                  : request_.placement == Placement::kSplit ? "encoding.request.split"_rule
                                                            : "encoding.request.post_query"_rule);
  }
  for (const Parameter& parameter : request_.parameters) {
    for (const char c : parameter.value) {
      if (static_cast<unsigned char>(c) >= 0x80) findings_.Use("encoding.request.non_ascii"_rule);
      if (c == '%' || c == '&' || c == '=' || c == '+') {
        findings_.Use("encoding.request.percent"_rule);
      }
      if (c == ' ') findings_.Use("encoding.request.plus"_rule);
    }
  }
}

void Examination::Form() {
  Encoding();
  for (const Difference& problem : answer_.problems) Report(problem);
  CheckForm(answer_, response_, findings_);
  if (IsError()) {
    CheckErrorEnvelope(answer_, findings_);
  } else {
    // A walk may list what was there when it began.
    if (standing_.moved || tokens_.crosses_moments()) {
      CheckFieldForms(answer_, findings_);
    } else {
      CheckFields(answer_, dataset_, findings_);
    }
    for (std::size_t i = 0; i < answer_.snapshot_count; ++i) {
      verdict_.listed.emplace_back(answer_.snapshots[i][Field::kSnapshotId].text);
    }
  }
  RequestId();
  for (Difference& difference : findings_.differences) Report(std::move(difference));
}

// A request that is signed wrongly on purpose. Which code says so is a choice, but the official
// clients know these.
void Examination::Forged() {
  const ForgeryRefusal expected = RefusalOf(request_.forgery);
  findings_.Use(expected.rule);
  if (!IsError()) {
    return Report({expected.rule, "a refusal",
                   fmt::format("{} and a list of {}", response_.status, answer_.snapshot_count),
                   "accepted"});
  }
  if (!expected.only_code) return;
  findings_.Use("auth.refusal.code"_rule);
  if (answer_.code.text != expected.code) {
    Report({"auth.refusal.code"_rule, std::string(expected.code), Excerpt(answer_.code.text),
            fmt::format("{} {}", NameOf(request_.forgery), Excerpt(answer_.code.text))});
  } else if (expected.code == "SignatureDoesNotMatch") {
    const std::string& text = Catalogue::Get().FindError(expected.code)->message;
    findings_.Use("auth.refusal.text"_rule);
    if (!answer_.message.text.starts_with(text)) {
      Report({"auth.refusal.text"_rule, text + "…", Excerpt(answer_.message.text), ""});
    }
  }
}

void Examination::RequestId() {
  findings_.Use("response.request_id.unique"_rule);
  if (!learn_ || answer_.request_id.text.empty()) return;
  if (state_.request_ids.size() >= kMostRequestIds) return;
  const auto [first, is_new] =
      state_.request_ids.emplace(std::hash<std::string_view>{}(answer_.request_id.text), id_);
  if (is_new) return;
  verdict_.evidence.push_back(first->second);
  findings_.Add("response.request_id.unique"_rule, "a RequestId of its own",
                fmt::format("RequestId {} for a second time", Excerpt(answer_.request_id.text)));
}

// Nothing is learned from an answer whose state is not known, and it is held only to what is wrong
// with any state.
void Examination::Unsettled() {
  const bool token = answer_.next_token.kind == Kind::kText;
  if (learn_ && token) state_.memory.RememberLoose(request_, answer_.next_token.text);
  verdict_.kind = Verdict::Kind::kNotJudged;
  verdict_.reason = "the state moved";
  if (tokens_.crosses_moments()) return;
  const ReadExchange exchange{request_, answer_,   listed_,
                              tokens_,  IsError(), state_.options.accepts_json};
  if (!IsError()) {
    Findings fields;
    CheckFields(answer_, dataset_, fields);
    for (const Difference& difference : fields.differences) Doubt(difference);
  }
  const Exploration free = Explore(exchange, dataset_, state_.all.domains());
  if (!free.explanations.empty() || free.too_many || !free.nearest) return;
  WithAnyState(*free.nearest) ? Report(*free.nearest) : Doubt(*free.nearest);
}

// Errors for valid requests, and lists for what has to be refused.
bool Examination::WithAnyState(const Difference& difference) {
  if (!IsError() && difference.shape != "accepted") return false;
  if (!state_.emptied) state_.emptied = Emptied(state_.dataset);
  const std::vector<std::uint32_t> none;
  const Exploration empty =
      Explore({request_, answer_, none, tokens_, IsError(), state_.options.accepts_json},
              *state_.emptied, state_.all.domains());
  return empty.explanations.empty() && !empty.too_many && empty.nearest &&
         empty.nearest->rule == difference.rule && empty.nearest->shape == difference.shape;
}

void Examination::Doubt(const Difference& difference) {
  const auto is_same = [&](const Difference& other) {
    return other.rule == difference.rule && other.shape == difference.shape;
  };
  const auto& sure = IsMust(difference) ? verdict_.violations : verdict_.warnings;
  if (std::ranges::any_of(sure, is_same) || std::ranges::any_of(verdict_.unsettled, is_same))
    return;
  verdict_.unsettled.push_back(difference);
}

// Which instance and chain a snapshot belongs to that was created during the run no answer shows.
void Examination::DoubtHidden(std::size_t of_form) {
  if (verdict_.violations.size() == of_form || !IsHidden(standing_, request_)) return;
  const auto first = verdict_.violations.begin() + static_cast<std::ptrdiff_t>(of_form);
  const std::vector<Difference> doubtful(first, verdict_.violations.end());
  verdict_.violations.erase(first, verdict_.violations.end());
  for (const Difference& difference : doubtful) Doubt(difference);
  verdict_.kind = Verdict::Kind::kNotJudged;
  verdict_.reason = "the state moved";
}

void Examination::Reading() {
  const ReadExchange exchange{request_, answer_,   listed_,
                              tokens_,  IsError(), state_.options.accepts_json};
  Exploration exploration = Explore(exchange, dataset_, state_.space.domains());
  if (exploration.too_many && exploration.explanations.empty()) {
    verdict_.kind = Verdict::Kind::kNotJudged;
    verdict_.reason = "more open questions at once than can be explored";
    return;
  }
  findings_.used |= exploration.used;
  if (learn_) {
    for (const Question question : exploration.asked) {
      ++state_.asked[Index(question)];
      state_.unexplored[Index(question)] += exploration.too_many ? 1 : 0;
    }
  }
  if (!exploration.explanations.empty()) {
    for (Difference& warning : exploration.warnings) Report(std::move(warning));
    return Learn(std::move(exploration));
  }
  const Exploration free = Explore(exchange, dataset_, state_.all.domains());
  // What was learned says best what the target should have done.
  if (free.explanations.empty()) {
    if (IsPinBroken(exchange)) return;
    return Report(exploration.nearest ? *exploration.nearest : *free.nearest);
  }
  Contradiction();
}

// request.reading.consistent: right under some reading, but not under what a reading file pins.
bool Examination::IsPinBroken(const ReadExchange& exchange) {
  if (state_.pins.pins.empty()) return false;
  static const ReadingSpace any;
  Exploration unpinned = Explore(exchange, dataset_, any.domains());
  if (unpinned.too_many || unpinned.explanations.empty()) return false;
  Constraints constraints;
  constraints.push_back(std::move(unpinned.explanations));
  PinsBroken(constraints);
  return true;
}

// The pinned options that none of the explanations has.
void Examination::PinsBroken(const Constraints& constraints) {
  std::vector<std::string> broken, shown;
  for (const auto& [question, option] : state_.pins.pins) {
    const QuestionInfo& info = Catalogue::Get()[question];
    const OptionSet left = Left(constraints, question);
    if ((left >> info.PositionOf(option)) & 1U) continue;
    broken.push_back(OptionText(question, option));
    for (std::size_t i = 0; i < info.options.size(); ++i) {
      if ((left >> i) & 1U) shown.push_back(OptionText(question, info.options[i].id));
    }
  }
  const std::string which = broken.empty() ? "pins" : fmt::format("{}", fmt::join(broken, ", "));
  Report(BrokenPin(which, shown, IsError() ? Aspect::kOutcome : Aspect::kList));
}

void Examination::Learn(Exploration exploration) {
  if (learn_) CountForms(exploration.explanations);
  // Where the walk stands is not known yet: its token is followed, but not held to a place.
  if (exploration.several_positions) exploration.plan->paging.loose = true;
  Constraints news;
  for (const Restriction& answer : findings_.answers) {
    if (!state_.space.Implies(answer)) news.push_back({{answer}});
  }
  // Explanations beyond the bound were not looked at, so nothing may be excluded by them.
  if (!exploration.too_many && !state_.space.Implies(exploration.explanations)) {
    news.push_back(std::move(exploration.explanations));
  }
  const bool nothing_new = news.empty();
  if (!nothing_new && !Restrict(std::move(news))) return Contradiction();
  if (learn_ && nothing_new) Witness(exploration.asked);
  if (learn_ && !IsError()) LearnHidden(id_, request_, *exploration.plan, answer_, state_.dataset);
  Walk(*exploration.plan);
}

// Keeps the exchange where it asks a question that took several lessons to settle.
void Examination::Witness(const std::vector<Question>& asked) {
  if (response_.body.size() > kLongWitness) return;
  bool wanted = false;
  for (const Question question : asked) {
    if (state_.evidence[Index(question)].empty() || !state_.space.Settled(question)) continue;
    if (state_.witnessed[Index(question)] >= kMostWitnesses) continue;
    ++state_.witnessed[Index(question)];
    wanted = true;
  }
  if (!wanted) return;
  state_.witnesses.push_back({id_, request_, response_, tokens_, standing_.moment});
}

// False, with nothing learned, where no reading would be left.
bool Examination::Restrict(Constraints news) {
  ReadingSpace next = state_.space;
  bool learned = false;
  for (Explanations& explanations : news) {
    bool more = false;
    if (!next.Restrict(std::move(explanations), &more)) return false;
    learned |= more;
  }
  if (learn_ && learned) Keep(std::move(next));
  return true;
}

// Forms are read off an answer, not picked on the way to it.
void Examination::CountForms(const Explanations& explanations) {
  std::bitset<kQuestionCount> shown;
  for (const Restriction& answer : findings_.answers) shown.set(Index(answer.question));
  for (const Explanation& explanation : explanations) {
    for (const Restriction& restriction : explanation) shown.set(Index(restriction.question));
  }
  for (std::size_t q = 0; q < kQuestionCount; ++q) {
    if (shown[q] && Catalogue::Get().questions()[q].form) ++state_.asked[q];
  }
}

void Examination::Keep(ReadingSpace next) {
  for (std::size_t q = 0; q < kQuestionCount; ++q) {
    if (state_.space.domains()[q] != next.domains()[q]) state_.evidence[q].push_back(id_);
  }
  state_.space = std::move(next);
  state_.lessons.push_back({id_, request_, response_, tokens_, standing_.moment});
}

// A page against the pages of the same list that were seen before.
void Examination::Walk(const Plan& plan) {
  if (IsError()) return;
  findings_.Use("page.order.stable"_rule);
  findings_.Use(plan.paging.by_token ? "token.walk.unique"_rule : "page.walk.unique"_rule);
  const WalkMemory::Page page(request_, plan, listed_, standing_.number());
  const auto clash = state_.memory.Check(page);
  if (clash) {
    const std::string& name = dataset_.snapshots[clash->snapshot][Field::kSnapshotId];
    if (learn_) verdict_.evidence.push_back(clash->exchange);
    Report(clash->repeated
               ? Difference{"page.order.stable"_rule,
                            fmt::format("the same page as in exchange {}", clash->exchange),
                            "another one", "", Aspect::kList}
               : Difference{"page.walk.unique"_rule,
                            fmt::format("snapshots that exchange {} did not list", clash->exchange),
                            fmt::format("{} on another page of the same list", name), "",
                            Aspect::kList});
  }
  if (!learn_) return;
  state_.memory.Use(request_);
  const bool token = answer_.next_token.kind == Kind::kText;
  state_.memory.Remember(id_, page, token ? answer_.next_token.text : std::string_view());
}

// Everything that an exchange says about the reading, whatever was learned meanwhile.
Constraints Examination::AllConstraints(const Request& request, const Response& response,
                                        const WalkMemory::View& tokens,
                                        const Dataset& dataset) const {
  AnswerReader reader;
  const ObservedAnswer& answer = reader.Read(response);
  const auto listed = ListedPositions(answer, dataset);
  const bool is_error = answer.code.kind == Kind::kText && !answer.code.text.empty();
  Exploration exploration =
      Explore({request, answer, listed, tokens, is_error, state_.options.accepts_json}, dataset,
              state_.all.domains());
  Findings findings;
  if (!is_error && !tokens.crosses_moments()) CheckFields(answer, dataset, findings);
  Constraints constraints = FormConstraints(findings.answers);
  if (!exploration.too_many && !exploration.explanations.empty()) {
    Simplify(exploration.explanations, state_.all.domains());
    constraints.push_back(std::move(exploration.explanations));
  }
  return constraints;
}

const Constraints& Examination::ConstraintsOf(Lesson& lesson) const {
  if (!lesson.constraints) {
    lesson.constraints = AllConstraints(lesson.request, lesson.response, lesson.tokens,
                                        lesson.moment ? lesson.moment->dataset : state_.dataset);
    lesson.response = {};
    lesson.moment = nullptr;
  }
  return *lesson.constraints;
}

// Lessons that contradict the constraints and of which none can be left out; one where one is
// enough. Empty where the constraints contradict themselves, or more was learned than can be shown.
std::vector<Lesson*> Examination::Contradicted(const Constraints& mine) {
  const auto consistent = [&](const std::vector<Lesson*>& chosen) {
    std::vector<const Explanations*> all;
    for (const Explanations& explanations : mine) all.push_back(&explanations);
    for (Lesson* lesson : chosen) {
      for (const Explanations& explanations : ConstraintsOf(*lesson)) all.push_back(&explanations);
    }
    return ReadingSpace::Consistent(state_.pins, all);
  };
  if (!consistent({})) return {};
  std::vector<Lesson*> needed;
  for (Lesson& lesson : state_.lessons) needed.push_back(&lesson);
  std::vector<Lesson*> alone = needed;
  for (Lesson& witness : state_.witnesses) alone.push_back(&witness);
  for (Lesson* lesson : alone) {
    if (!consistent({lesson})) return {lesson};
  }
  if (consistent(needed)) return {};
  for (std::size_t i = 0; i < needed.size();) {
    std::vector<Lesson*> without = needed;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    if (consistent(without)) {
      ++i;
    } else {
      needed = std::move(without);
    }
  }
  return needed;
}

// request.reading.consistent
void Examination::Contradiction() {
  const Constraints mine = AllConstraints(request_, response_, tokens_, dataset_);
  const std::vector<Lesson*> needed = Contradicted(mine);
  if (needed.empty() && !state_.pins.pins.empty()) return PinsBroken(mine);
  std::string exchanges;
  Constraints others;
  for (Lesson* lesson : needed) {
    verdict_.evidence.push_back(lesson->id);
    exchanges += fmt::format("{}{} ({})", exchanges.empty() ? "" : ", ", lesson->id,
                             Excerpt(lesson->request.Text(), 160));
    const Constraints& theirs = ConstraintsOf(*lesson);
    others.insert(others.end(), theirs.begin(), theirs.end());
  }
  const std::string question = Disputed(mine, needed.empty() ? mine : others);
  Report(
      {"request.reading.consistent"_rule,
       needed.empty() ? std::string("one answer to each open question within one answer")
                      : fmt::format("an answer that one reading explains together with exchange {}",
                                    exchanges),
       question.empty() ? fmt::format("no reading explains them together: this answer tells of "
                                      "{}, which do not go with the other",
                                      Subjects(mine))
                        : fmt::format("no reading explains them together: they answer {} "
                                      "differently",
                                      question),
       question.empty() ? Subjects(mine) : question, IsError() ? Aspect::kOutcome : Aspect::kList});
}

void Examination::Count() {
  if (verdict_.kind == Verdict::Kind::kNotJudged) return;
  ++state_.judged;
  for (const Difference& difference : verdict_.violations) {
    findings_.Use(difference.rule);
    ++state_.violations[Index(difference.rule)];
  }
  for (const Difference& difference : verdict_.warnings) {
    ++state_.violations[Index(difference.rule)];
  }
  for (std::size_t rule = 0; rule < kRuleCount; ++rule) {
    state_.exercised[rule] += findings_.used[rule] ? 1 : 0;
  }
}

// Why the answers leave the question open.
std::string WhyOpen(const Judge::State& state, Question question) {
  if (state.asked[Index(question)] == 0) return "nothing that was judged asks it";
  std::string out = "every answer that asks it is right under each of these options";
  std::vector<std::string_view> tied;
  for (const Question other : state.space.TiedTo(question)) tied.push_back(Id(other));
  if (!tied.empty()) {
    out = fmt::format("its answers can be explained by it or by {}, and nothing decides which",
                      fmt::join(tied, ", "));
  }
  if (const std::uint64_t count = state.unexplored[Index(question)]; count > 0) {
    out += fmt::format("; {} more asked too many open questions at once to learn from", count);
  }
  return out;
}

}  // namespace

bool Verdict::IsSound() const {
  return !unreadable && std::ranges::all_of(violations, [](const Difference& difference) {
    return difference.aspect == Aspect::kForm;
  });
}

Judge::Judge(const Dataset& dataset, const Reading& pins, JudgeOptions options)
    : state_(std::make_unique<State>(dataset, pins, options)) {}
Judge::Judge(Judge&&) noexcept = default;
Judge::~Judge() = default;

Judge Judge::Fresh(Knows knows) const {
  struct Reading pins = state_->pins;
  if (knows == Knows::kReading) {
    pins.pins.clear();
    for (const QuestionInfo& question : Catalogue::Get().questions()) {
      if (!state_->space.Settled(question.id)) continue;
      const auto option = static_cast<std::size_t>(
          std::countr_zero(static_cast<unsigned>(state_->space.Possible(question.id))));
      pins.pins.emplace_back(question.id, question.options[option].id);
    }
  }
  return Judge(state_->dataset, pins, state_->options);
}

Verdict Judge::Examine(std::uint64_t id, const Request& request, const Response& response) {
  return Examination(*state_, id, request, response, state_->standing, true).Run();
}

Verdict Judge::Peek(const Request& request, const Response& response) const {
  return Peek(request, response, state_->standing);
}

Verdict Judge::Peek(const Request& request, const Response& response,
                    const Standing& standing) const {
  return Examination(*state_, 0, request, response, standing, false).Run();
}

std::optional<Difference> Judge::MustAnswer(const Request& request) const {
  if (!IsOtherMethod(request)) return std::nullopt;
  return PinnedOtherwise(*state_, "encoding.method.other"_question, "closed"_option);
}

void Judge::ConnectionClosed(std::uint64_t id, const Request& request) {
  if (!IsOtherMethod(request)) return;
  ++state_->asked[Index("encoding.method.other"_question)];
  if (!MustAnswer(request)) LearnAboutMethods(*state_, id, "closed"_option);
}

void Judge::AnswersAreOf(const Standing& standing) { state_->standing = standing; }
const Standing& Judge::standing() const { return state_->standing; }

void Judge::Secure() { state_->secured = state_->Now(); }

void Judge::Unlearn() {
  const LearnedSoFar before =
      state_->secured ? *state_->secured : State(state_->dataset, state_->pins, {}).Now();
  state_->space = before.space;
  std::vector<Lesson>& lessons = state_->lessons;
  lessons.erase(lessons.begin() + static_cast<std::ptrdiff_t>(before.lessons), lessons.end());
  std::vector<Lesson>& witnesses = state_->witnesses;
  witnesses.erase(witnesses.begin() + static_cast<std::ptrdiff_t>(before.witnesses),
                  witnesses.end());
  state_->witnessed = before.witnessed;
  state_->evidence = before.evidence;
  state_->violations = before.violations;
}

const ObservedAnswer& Judge::last_answer() const { return state_->reader.last(); }
const Dataset& Judge::dataset() const { return state_->dataset; }
const ReadingSpace& Judge::readings() const { return state_->space; }
std::uint64_t Judge::judged() const { return state_->judged; }
std::uint64_t Judge::Exercised(Rule rule) const { return state_->exercised[Index(rule)]; }

std::vector<LearnedAnswer> Judge::Learned() const {
  std::vector<LearnedAnswer> out;
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    const OptionSet possible = state_->space.Attainable(question.id);
    LearnedAnswer row{.question = std::string(Id(question.id)),
                      .settled = std::has_single_bit(possible),
                      .asked = state_->asked[Index(question.id)],
                      .evidence = state_->evidence[Index(question.id)]};
    if (!row.settled) row.why_open = WhyOpen(*state_, question.id);
    for (std::size_t i = 0; i < question.options.size(); ++i) {
      if ((possible >> i) & 1U) {
        row.possible.emplace_back(Id(question.options[i].id));
      }
    }
    out.push_back(std::move(row));
  }
  return out;
}

std::vector<RuleTally> Judge::Tallies() const {
  std::vector<RuleTally> out;
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    out.push_back({std::string(Id(rule.id)), rule.level == Level::kMust ? "must" : "should",
                   state_->exercised[Index(rule.id)], state_->violations[Index(rule.id)]});
  }
  return out;
}

}  // namespace assay
