#include "reference/judge/examination.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <utility>

#include "reference/describe_snapshots/forgery.h"
#include "reference/describe_snapshots/hidden_values.h"
#include "reference/judge/check_fields.h"
#include "reference/judge/exploration.h"
#include "reference/target/patience.h"
#include "spec/text/hash.h"
#include "spec/text/letters.h"
#include "spec/text/percent.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

using Kind = ObservedValue::Kind;

constexpr std::uint64_t kNoOnesState = ~std::uint64_t{1};  // no token comes from there
constexpr std::size_t kMostRequestIds = 2'000'000;         // bounds the memory of long campaigns
constexpr std::size_t kMostOutcomes = 500'000;
constexpr std::size_t kMostUnforeseen = 200;
// Characters of names and values: RFC 9112, section 3, recommends to take request lines of 8,000.
constexpr std::size_t kLongRequest = 8000;

// An empty state. A difference that appears against it too does not depend on the state.
Dataset Emptied(const Dataset& dataset) {
  Dataset out;
  out.regions = dataset.regions;
  out.default_resource_group = dataset.default_resource_group;
  out.snapshot_links = dataset.snapshot_links;
  out.Index();
  return out;
}

// Equal for equal requests to one state.
std::uint64_t HashOf(const Request& request, std::uint64_t state) {
  std::uint64_t hash = MixHash(kHashStart, request.method);
  hash = MixHash(hash, NameOf(request.placement));
  for (const Parameter& parameter : request.parameters) {
    hash = MixHash(MixHash(hash, parameter.name), parameter.value);
  }
  return (hash ^ state) * 0x9E3779B97F4A7C15ULL;
}

// What is signed is sorted by name: as the name is, or as it is encoded.
bool HaveOneOrder(const std::vector<Parameter>& parameters) {
  std::vector<std::string> names, encoded;
  for (const Parameter& parameter : parameters) names.push_back(parameter.name);
  std::ranges::sort(names);
  for (const std::string& name : names) AppendPercentEncoded(name, &encoded.emplace_back());
  return std::ranges::is_sorted(encoded);
}

// What says that the request may be written in this way, if nothing else needs it.
Rule RuleOf(FormEncoding encoding) {
  switch (encoding) {
    case FormEncoding::kLowerHex:
      return "encoding.request.lower_hex"_rule;
    case FormEncoding::kEscaped:
      return "encoding.request.escaped"_rule;
    case FormEncoding::kCharset:
      return "encoding.request.charset"_rule;
    case FormEncoding::kChunked:
      return "encoding.request.chunked"_rule;
    default:
      return kNoRule;
  }
}

class Examination {
 public:
  Examination(const Exchange& exchange, bool learn, Knowledge& known);
  Verdict Run();

 private:
  bool JudgeThrottled();
  bool JudgeOtherMethod();
  bool JudgeTooLong();
  void BlameEncoding();
  bool JudgeUnreadable();
  bool IsOfExpiredToken() const;
  bool JudgeUnclear();
  void NoteEncoding();
  void CheckTime();
  void CheckAnswerForm();
  void JudgeForged();
  void CheckRequestId();
  void JudgeByReading();
  void WarnOf(const Exploration& exploration);
  void JudgeIncoherent(Exploration free);
  void CheckSameAnswer();
  void NoteUnforeseen();
  void RememberToken();
  bool RefusesAmbiguousSignature() const;
  bool RefusesSignature() const;
  bool ListsNameless() const;
  void JudgeWithoutList();
  void JudgeUnsettled();
  bool IsWrongInAnyState(const Difference& difference);
  void Doubt(Difference difference);
  void DoubtHidden(std::size_t of_form);
  void Learn(Exploration exploration);
  bool IsPinBroken();
  void CompareWithOthers(const Constraints& mine);
  void CheckWalk(const Plan& plan);
  void CountForms(const Explanations& explanations);
  void Report(Difference difference);
  bool IsError() const { return answer_.IsError(); }
  AskedAnswer Asked() const {
    // They are those of the known state.
    const HiddenValues* hidden =
        exchange_.state.quiet_state ? nullptr : known_.lessons.hidden().get();
    return {request_, answer_, listed_, tokens_, hidden, known_.accepts_json};
  }

  const Exchange& exchange_;
  const bool learn_;
  Knowledge& known_;
  const Request& request_;
  const Response& response_;
  const ObservedAnswer& answer_;
  const Dataset& dataset_;  // of the answer's state
  const std::vector<std::uint32_t> listed_;
  const WalkMemory::View tokens_;
  CheckResult result_;
  Verdict verdict_;
};

Examination::Examination(const Exchange& exchange, bool learn, Knowledge& known)
    : exchange_(exchange),
      learn_(learn),
      known_(known),
      request_(exchange.request),
      response_(exchange.response),
      answer_(exchange.answer),
      dataset_(exchange.state.quiet_state ? exchange.state.quiet_state->dataset : known.dataset),
      listed_(ListedPositions(answer_, dataset_)),
      tokens_(known.memory.FindTokens(
          request_, exchange.state.moved ? kNoOnesState : exchange.state.number())) {}

Verdict Examination::Run() {
  if (!JudgeThrottled() && !JudgeOtherMethod() && !JudgeTooLong() && !JudgeUnreadable() &&
      !JudgeUnclear()) {
    CheckAnswerForm();
    if (request_.forgery != Forgery::kNone) {
      JudgeForged();
    } else if (!IsError() && (!answer_.has_list || ListsNameless())) {
      JudgeWithoutList();
    } else if (exchange_.state.moved) {
      JudgeUnsettled();
    } else {
      const std::size_t of_form = verdict_.differences.size();
      JudgeByReading();
      CheckSameAnswer();
      DoubtHidden(of_form);
    }
  }
  CheckTime();
  BlameEncoding();
  // A wrong form counts even if there were too many readings to explore.
  if (verdict_.HasViolation()) verdict_.kind = Verdict::Kind::kViolation;
  if (!learn_) return std::move(verdict_);
  known_.tallies.Count(verdict_, result_.used);
  // Whatever came of it: the target may take the token once only.
  if (!verdict_.throttled) known_.memory.Use(request_, false);
  return std::move(verdict_);
}

void Examination::Report(Difference difference) {
  result_.Use(difference.rule);
  const bool known = std::ranges::any_of(verdict_.differences, [&](const Difference& other) {
    return !other.doubtful && IsSame(other, difference);
  });
  if (!known) verdict_.differences.push_back(std::move(difference));
}

void Examination::Doubt(Difference difference) {
  const bool known = std::ranges::any_of(
      verdict_.differences, [&](const Difference& other) { return IsSame(other, difference); });
  if (known) return;
  difference.doubtful = true;
  verdict_.differences.push_back(std::move(difference));
}

bool Examination::JudgeThrottled() {
  const bool by_code =
      IsError() && answer_.code.text.starts_with("Throttling") && response_.status >= 400;
  if (!by_code && !IsThrottledByGateway(response_)) return false;
  verdict_.code = std::string(answer_.code.text);
  verdict_.kind = Verdict::Kind::kNotJudged;
  verdict_.throttled = true;
  verdict_.reason = "throttled";
  return true;
}

// encoding.method.other
bool Examination::JudgeOtherMethod() {
  if (!IsOtherMethod(request_)) return false;
  const Question question = "encoding.method.other"_question;
  result_.Use("encoding.method.other"_rule);
  if (learn_) known_.tallies.CountAsked(question);
  if (response_.status < 400) {
    Report(FormDifference("encoding.method.other"_rule, "a refusal (405, 403, 400 or 501)",
                          fmt::format("{} to {}", response_.status, request_.method),
                          request_.method));
  } else if (auto broken_pin = known_.lessons.PinnedOtherwise(question, "refused"_option)) {
    Report(std::move(*broken_pin));
  } else if (learn_) {
    // Refusing some methods and closing on others is not worth reporting as a contradiction.
    known_.lessons.LearnOption(exchange_.id, question, "refused"_option);
  }
  return true;
}

// What is wrong with such an answer, and with no other so far, is wrong because of how the request
// was written: the same is asked in the plain way as well.
void Examination::BlameEncoding() {
  const Rule rule = RuleOf(request_.encoding);
  if (rule == kNoRule || !verdict_.HasViolation()) return;
  const std::vector<Difference> violations = verdict_.violations();
  if (std::ranges::any_of(violations, [&](const Difference& violation) {
        return known_.tallies.violations(violation.rule) > 0;
      })) {
    return;
  }
  const Difference first = violations.front();
  std::erase_if(verdict_.differences,
                [](const Difference& difference) { return IsMust(difference); });
  if (verdict_.kind == Verdict::Kind::kViolation) verdict_.kind = Verdict::Kind::kConforms;
  Report(FormDifference(rule, "the answer to the same request, written plainly", first.actual));
}

// A server may bound how long a request is, in front of the operation and in its own words.
bool Examination::JudgeTooLong() {
  constexpr std::array<int, 3> kTooLong = {413, 414, 431};
  if (std::ranges::find(kTooLong, response_.status) == kTooLong.end()) return false;
  std::size_t length = 0;
  for (const Parameter& parameter : request_.parameters) {
    length += parameter.name.size() + parameter.value.size();
  }
  if (length < kLongRequest) return false;
  verdict_.kind = Verdict::Kind::kNotJudged;
  verdict_.reason = "the request is too long for the target";
  return true;
}

bool Examination::JudgeUnreadable() {
  if (response_.status >= 500) {
    // error.internal_error.unprovoked
    verdict_.server_error = true;
    const ErrorInfo& documented = *Catalogue::Get().FindError("InternalError");
    if (answer_.code.text == documented.code && answer_.message.text != documented.message) {
      Report(FormDifference("error.internal_error.message"_rule, documented.message,
                            Excerpt(answer_.message.text)));
    }
    const std::string told =
        answer_.code.text.empty()
            ? ExcerptOfBody(response_.body)
            : fmt::format("{}: {}", Excerpt(answer_.code.text), Excerpt(answer_.message.text));
    Report(FormDifference("error.internal_error.unprovoked"_rule, "an answer",
                          fmt::format("{} {}", response_.status, told),
                          std::to_string(response_.status)));
    return true;
  }
  if (answer_.readable) return false;
  verdict_.unreadable = true;
  for (const Difference& problem : answer_.problems) Report(problem);
  return true;
}

// No document says how long a token lasts. If all of them expire at once, rules about walks remain
// without an answer, which a run reports.
bool Examination::IsOfExpiredToken() const {
  if (request_.Find("NextToken").value_or("").empty()) return false;
  const std::string text =
      SmallLetters(fmt::format("{} {}", answer_.code.text, answer_.message.text));
  return text.find("expire") != std::string::npos;
}

// error.status.matches, error.envelope.code: neither an error nor a list.
bool Examination::JudgeUnclear() {
  verdict_.code = std::string(answer_.code.text);
  if (IsError() && response_.status >= 400 && IsOfExpiredToken()) {
    verdict_.kind = Verdict::Kind::kNotJudged;
    verdict_.reason = "the token had expired";
    return true;
  }
  if (IsError() && response_.status < 400) {
    Report(FormDifference(
        "error.status.matches"_rule, "a status of 4xx or 5xx with an error Code",
        fmt::format("{} with Code {}", response_.status, Excerpt(answer_.code.text))));
    return true;
  }
  if (IsError()) return false;
  if (response_.status >= 400) {
    Report(FormDifference(
        "error.envelope.code"_rule, "an error answer with a Code",
        fmt::format("{} without Code: {}", response_.status, ExcerptOfBody(response_.body))));
    return true;
  }
  if (response_.status == 200) return false;
  Report(FormDifference("error.status.matches"_rule, "200 with a list",
                        fmt::format("{} with {}", response_.status, ExcerptOfBody(response_.body)),
                        std::to_string(response_.status)));
  return true;
}

// encoding.http.in_time
void Examination::CheckTime() {
  if (response_.latency_us == 0) return;  // not measured
  result_.Use("encoding.http.in_time"_rule);
  if (!IsSlow(response_)) return;
  Report(FormDifference(
      "encoding.http.in_time"_rule, "an answer within 3 s",
      fmt::format("one after {:.1f} s", static_cast<double>(response_.latency_us) / 1e6)));
}

// The rules about how a request is sent: used by every request that is sent this way.
void Examination::NoteEncoding() {
  if (const Rule rule = RuleOf(request_.encoding); rule != kNoRule) result_.Use(rule);
  if (request_.method == "POST") {
    result_.Use(request_.placement == Placement::kForm    ? "encoding.request.form"_rule
                : request_.placement == Placement::kSplit ? "encoding.request.split"_rule
                                                          : "encoding.request.post_query"_rule);
  }
  for (const Parameter& parameter : request_.parameters) {
    for (const char c : parameter.value) {
      if (static_cast<unsigned char>(c) >= 0x80) result_.Use("encoding.request.non_ascii"_rule);
      if (c == '%' || c == '&' || c == '=' || c == '+') {
        result_.Use("encoding.request.percent"_rule);
      }
      if (c == ' ') result_.Use("encoding.request.plus"_rule);
    }
  }
}

void Examination::CheckAnswerForm() {
  NoteEncoding();
  for (const Difference& problem : answer_.problems) Report(problem);
  CheckForm(answer_, response_, result_);
  if (IsError()) {
    CheckErrorEnvelope(answer_, result_);
  } else {
    // A walk may list what existed when it began.
    if (exchange_.state.moved || tokens_.crosses_states()) {
      CheckFieldForms(answer_, result_);
    } else {
      const bool keeps = learn_ && !exchange_.state.quiet_state;
      CheckFields(answer_, dataset_, result_, keeps ? &known_.right : nullptr);
    }
    for (std::size_t i = 0; i < answer_.snapshot_count; ++i) {
      verdict_.listed.emplace_back(answer_.snapshots[i][Field::kSnapshotId].text);
    }
  }
  CheckRequestId();
  for (Difference& difference : result_.differences) Report(std::move(difference));
}

// A request that is signed wrongly on purpose. The target chooses the code, but the official
// clients know these.
void Examination::JudgeForged() {
  const ForgeryRefusal expected = RefusalOf(request_.forgery);
  result_.Use(expected.rule);
  if (!IsError()) {
    return Report(FormDifference(
        expected.rule, "a refusal",
        fmt::format("{} and a list of {}", response_.status, answer_.snapshot_count), "accepted"));
  }
  if (!expected.only_code) return;
  result_.Use("auth.refusal.code"_rule);
  if (answer_.code.text != expected.code) {
    Report(FormDifference(
        "auth.refusal.code"_rule, std::string(expected.code), Excerpt(answer_.code.text),
        fmt::format("{} {}", NameOf(request_.forgery), Excerpt(answer_.code.text))));
  } else if (expected.code == "SignatureDoesNotMatch") {
    const std::string& text = Catalogue::Get().FindError(expected.code)->message;
    result_.Use("auth.refusal.text"_rule);
    if (!answer_.message.text.starts_with(text)) {
      Report(FormDifference("auth.refusal.text"_rule, text + "…", Excerpt(answer_.message.text)));
    }
  }
}

void Examination::CheckRequestId() {
  result_.Use("response.request_id.unique"_rule);
  if (!learn_ || answer_.request_id.text.empty()) return;
  if (known_.request_ids.size() >= kMostRequestIds) return;
  const auto [first, is_new] = known_.request_ids.emplace(
      std::hash<std::string_view>{}(answer_.request_id.text), exchange_.id);
  if (is_new) return;
  verdict_.evidence.push_back(first->second);
  result_.Add("response.request_id.unique"_rule, "a RequestId that was not given before",
              fmt::format("RequestId {} a second time", Excerpt(answer_.request_id.text)));
}

// Whether a snapshot is listed without its id, which breaks a rule of the form.
bool Examination::ListsNameless() const {
  const std::span<const ObservedSnapshot> listed(answer_.snapshots.data(), answer_.snapshot_count);
  return std::ranges::any_of(listed, [](const ObservedSnapshot& snapshot) {
    const ObservedValue& id = snapshot[Field::kSnapshotId];
    return id.kind != Kind::kText || id.text.empty();
  });
}

// What is listed cannot be read, which breaks a rule of the form. So nothing is wrong with it, and
// nothing is learned from it; but it may be in another format than was asked for, or no refusal.
void Examination::JudgeWithoutList() {
  RememberToken();
  const Exploration free = ExploreWithBounds(Asked(), dataset_, known_.lessons.admitted());
  if (exchange_.state.moved || !free.explanations.empty() || !free.beyond_bounds) return;
  if (free.beyond_bounds->aspect != Aspect::kList) Report(*free.beyond_bounds);
}

// Nothing is learned from an answer whose state is not known, and only what is wrong in any state
// counts.
void Examination::JudgeUnsettled() {
  const bool token = answer_.next_token.kind == Kind::kText;
  if (learn_ && token) known_.memory.RememberLoose(request_, answer_.next_token.text);
  verdict_.kind = Verdict::Kind::kNotJudged;
  verdict_.reason = "the state moved";
  if (tokens_.crosses_states()) return;
  if (!IsError()) {
    CheckResult fields;
    CheckFields(answer_, dataset_, fields);
    for (Difference& difference : fields.differences) Doubt(std::move(difference));
  }
  const Exploration free = Explore(Asked(), dataset_, known_.lessons.admitted());
  if (!free.explanations.empty() || free.too_many || !free.nearest) return;
  IsWrongInAnyState(*free.nearest) ? Report(*free.nearest) : Doubt(*free.nearest);
}

// Errors for valid requests, and lists for requests that have to be refused.
bool Examination::IsWrongInAnyState(const Difference& difference) {
  if (!IsError() && difference.aspect != Aspect::kOutcome) return false;
  if (!known_.emptied) known_.emptied = Emptied(known_.dataset);
  const std::vector<std::uint32_t> none;
  const Exploration empty =
      Explore({request_, answer_, none, tokens_, nullptr, known_.accepts_json}, *known_.emptied,
              known_.lessons.admitted());
  return empty.explanations.empty() && !empty.too_many && empty.nearest &&
         IsSame(*empty.nearest, difference);
}

// No answer reveals the instance or chain of a snapshot created during the run.
void Examination::DoubtHidden(std::size_t of_form) {
  if (!IsHidden(exchange_.state, request_)) return;
  std::vector<Difference> doubtful;
  for (std::size_t i = of_form; i < verdict_.differences.size(); ++i) {
    if (IsMust(verdict_.differences[i])) doubtful.push_back(verdict_.differences[i]);
  }
  if (doubtful.empty()) return;
  verdict_.differences.erase(
      std::remove_if(verdict_.differences.begin() + static_cast<std::ptrdiff_t>(of_form),
                     verdict_.differences.end(), IsMust),
      verdict_.differences.end());
  for (Difference& difference : doubtful) Doubt(std::move(difference));
  verdict_.kind = Verdict::Kind::kNotJudged;
  verdict_.reason = "the state moved";
}

void Examination::JudgeByReading() {
  if (RefusesAmbiguousSignature()) return;
  if (RefusesSignature()) {
    return Report(
        OutcomeDifference("request.valid.accepted"_rule, "an answer: the request is signed rightly",
                          fmt::format("{} {}", answer_.status, answer_.code.text), "signature"));
  }
  if (!known_.lessons.pins().pins.empty()) result_.Use("request.reading.pinned"_rule);
  Exploration exploration = Explore(Asked(), dataset_, known_.lessons.space().domains());
  if (exploration.too_many && exploration.explanations.empty()) {
    verdict_.kind = Verdict::Kind::kNotJudged;
    verdict_.reason = "more open questions at once than can be explored";
    RememberToken();
    return;
  }
  result_.used |= exploration.used;
  for (const Question question : exploration.asked) verdict_.asked.set(Index(question));
  if (learn_) {
    for (const Question question : exploration.asked) {
      known_.tallies.CountAsked(question, exploration.too_many);
    }
  }
  if (!exploration.explanations.empty()) {
    WarnOf(exploration);
    return Learn(std::move(exploration));
  }
  Exploration free = ExploreWithBounds(Asked(), dataset_, known_.lessons.admitted());
  if (!free.explanations.empty()) return JudgeIncoherent(std::move(free));
  RememberToken();
  if (IsPinBroken()) return;
  if (!free.beyond_bounds && free.nearest) {
    verdict_.unforeseen = free.nearest->expected;
    return NoteUnforeseen();
  }
  // The learned reading gives the most specific expectation.
  const bool is_nearest = free.nearest && IsSame(*free.beyond_bounds, *free.nearest);
  Report(is_nearest && exploration.nearest ? *exploration.nearest : *free.beyond_bounds);
}

// If another option would explain the answer without a warning, the target may have it here, though
// elsewhere it had not.
void Examination::WarnOf(const Exploration& exploration) {
  if (exploration.warnings.empty()) return;
  const Exploration free = Explore(Asked(), dataset_, known_.lessons.admitted());
  if (free.too_many || free.warnings.empty()) return;
  for (const Difference& warning : exploration.warnings) Report(warning);
}

// Right under some reading, but not together with what was learned: the target may answer by
// situation. What was learned of the questions is then taken back, and the answer judged again.
void Examination::JudgeIncoherent(Exploration free) {
  CompareWithOthers(known_.lessons.ConstraintsOf(Asked(), dataset_));
  if (verdict_.HasViolation() || !learn_) return RememberToken();
  for (Difference& warning : free.warnings) Report(std::move(warning));
  Exploration again = Explore(Asked(), dataset_, known_.lessons.space().domains());
  if (again.explanations.empty()) return RememberToken();
  Learn(std::move(again));
}

// request.same.answer: accepted or refused, and why; CheckWalk compares the lists. A token may be
// worth something once only.
void Examination::CheckSameAnswer() {
  if (!learn_ || verdict_.kind == Verdict::Kind::kNotJudged || request_.Find("NextToken")) return;
  const std::string code(IsError() ? answer_.code.text : std::string_view());
  auto& outcomes = known_.outcomes;
  const std::uint64_t hash = HashOf(request_, exchange_.state.number());
  const auto known = outcomes.find(hash);
  if (known == outcomes.end()) {
    if (outcomes.size() < kMostOutcomes)
      outcomes.emplace(hash, Knowledge::Outcome{exchange_.id, code});
    return;
  }
  result_.Use("request.same.answer"_rule);
  if (known->second.code == code || verdict_.HasViolation()) return;
  const auto text = [](const std::string& of) { return of.empty() ? "a list" : of; };
  verdict_.evidence.push_back(known->second.exchange);
  verdict_.unforeseen.clear();
  Report(OutcomeDifference(
      "request.same.answer"_rule,
      fmt::format("{}, as in exchange {}", text(known->second.code), known->second.exchange),
      text(code)));
}

void Examination::NoteUnforeseen() {
  if (!learn_) return;
  const std::string answer = answer_.InWords();
  auto& seen = known_.unforeseen;
  const auto same = std::ranges::find_if(seen, [&](const UnforeseenAnswer& other) {
    return other.foreseen == verdict_.unforeseen && other.answer == answer;
  });
  if (same != seen.end()) {
    ++same->count;
  } else if (seen.size() < kMostUnforeseen) {
    seen.push_back({request_.Text(), verdict_.unforeseen, answer, 1});
  }
}

// A token whose place in a walk is not known.
void Examination::RememberToken() {
  if (!learn_ || IsError() || answer_.next_token.kind != Kind::kText) return;
  known_.memory.RememberLoose(request_, answer_.next_token.text);
}

// One cause, whatever the request asks for: the target signs some characters in another way.
bool Examination::RefusesSignature() const {
  return IsError() && request_.forgery == Forgery::kNone &&
         answer_.code.text == "SignatureDoesNotMatch";
}

// What was signed is not clear if a name is empty or comes twice, a text is not UTF-8, or names can
// be sorted in two ways.
bool Examination::RefusesAmbiguousSignature() const {
  static constexpr std::array<std::string_view, 2> kCodes = {"SignatureDoesNotMatch",
                                                             "IncompleteSignature"};
  if (!IsError() || std::ranges::find(kCodes, answer_.code.text) == kCodes.end()) return false;
  if (!HaveOneOrder(request_.parameters)) return true;
  std::set<std::string_view> names;
  return std::ranges::any_of(request_.parameters, [&](const Parameter& parameter) {
    return parameter.name.empty() || !names.insert(parameter.name).second ||
           !IsValidUtf8(parameter.value) || !IsValidUtf8(parameter.name);
  });
}

// request.reading.pinned: right under some reading, but not under what a reading file pins.
bool Examination::IsPinBroken() {
  if (known_.lessons.pins().pins.empty()) return false;
  Exploration unpinned = Explore(Asked(), dataset_, AllOptions());
  if (unpinned.too_many || unpinned.explanations.empty()) return false;
  Report(known_.lessons.BrokenPinsOf({std::move(unpinned.explanations)},
                                     IsError() ? Aspect::kOutcome : Aspect::kList));
  return true;
}

void Examination::CompareWithOthers(const Constraints& mine) {
  Lessons::Incoherence found = known_.lessons.Compare(mine, Asked(), dataset_);
  if (found.difference) {
    for (const Lesson* lesson : found.others) verdict_.evidence.push_back(lesson->id);
    Report(*found.difference);
    if (IsMust(*found.difference)) return;
  }
  if (!learn_) return;
  known_.lessons.Free(found);
}

void Examination::Learn(Exploration exploration) {
  if (learn_) CountForms(exploration.explanations);
  if (std::ranges::any_of(exploration.asked, [](Question question) {
        return Catalogue::Get()[question].kind == QuestionKind::kMeaning;
      })) {
    result_.Use("request.filter.one_meaning"_rule);
  }
  // The walk's place is not known yet: its token is followed, but not tied to a place.
  if (exploration.several_positions) exploration.plan->paging.loose = true;
  const ReadingSpace& space = known_.lessons.space();
  Constraints news;
  for (const Restriction& answer : result_.answers) {
    if (!space.Implies(answer)) news.push_back({{answer}});
  }
  // Explanations beyond the bound were not examined, so nothing may be excluded.
  if (!exploration.too_many && !space.Implies(exploration.explanations)) {
    news.push_back(std::move(exploration.explanations));
  }
  if (learn_) verdict_.by_situation = known_.lessons.NoteSituations(news, request_);
  const bool nothing_new = news.empty();
  const Exchange* lesson = learn_ ? &exchange_ : nullptr;
  if (!nothing_new && !known_.lessons.Restrict(news, lesson, tokens_)) {
    CompareWithOthers(known_.lessons.ConstraintsOf(Asked(), dataset_));
    if (verdict_.HasViolation() || !learn_) return;
    known_.lessons.Restrict(std::move(news), lesson, tokens_);
  }
  if (learn_ && nothing_new) known_.lessons.KeepWitness(exchange_, tokens_, exploration.asked);
  if (const auto& hidden = known_.lessons.hidden(); hidden && learn_ && !IsError()) {
    LearnHidden(request_, *exploration.plan, answer_, known_.dataset, *hidden);
  }
  CheckWalk(*exploration.plan);
}

// Forms are read off an answer, not picked on the way to it.
void Examination::CountForms(const Explanations& explanations) {
  std::bitset<kQuestionCount> shown;
  for (const Restriction& answer : result_.answers) shown.set(Index(answer.question));
  for (const Explanation& explanation : explanations) {
    for (const Restriction& restriction : explanation) shown.set(Index(restriction.question));
  }
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    if (shown[Index(question.id)] && question.form()) known_.tallies.CountAsked(question.id);
  }
}

// A page against the pages of the same list that were seen before.
void Examination::CheckWalk(const Plan& plan) {
  if (IsError()) return;
  result_.Use("page.order.stable"_rule);
  result_.Use(plan.paging.by_token ? "token.walk.unique"_rule : "page.walk.unique"_rule);
  const WalkMemory::Page page(request_, plan, listed_, exchange_.state.number());
  if (const auto clash = known_.memory.Check(page)) {
    if (learn_) verdict_.evidence.push_back(clash->exchange);
    const std::string& name = dataset_.snapshots[clash->snapshot][Field::kSnapshotId];
    Report(clash->repeated
               ? ListDifference("page.order.stable"_rule,
                                fmt::format("the same page as in exchange {}", clash->exchange),
                                "another page")
               : ListDifference(
                     "page.walk.unique"_rule,
                     fmt::format("snapshots that exchange {} did not list", clash->exchange),
                     fmt::format("{} on another page of the same list", name)));
  }
  if (!learn_) return;
  known_.memory.Use(request_, true);
  const bool token = answer_.next_token.kind == Kind::kText;
  known_.memory.Remember(exchange_.id, page, token ? answer_.next_token.text : std::string_view());
}

}  // namespace

Knowledge::Knowledge(const Dataset& the_dataset, const Reading& pins, bool json,
                     std::shared_ptr<HiddenValues> hidden)
    : dataset(the_dataset),
      accepts_json(json),
      lessons(the_dataset, pins, json, std::move(hidden)) {}

Verdict JudgeExchange(const Exchange& exchange, bool learn, Knowledge& known) {
  return Examination(exchange, learn, known).Run();
}

}  // namespace assay
