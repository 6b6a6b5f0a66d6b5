#include "reference/server/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>

#include "reference/answer/observed.h"
#include "reference/auth/request_signer.h"
#include "reference/describe_snapshots/forgery.h"
#include "reference/describe_snapshots/model.h"
#include "reference/describe_snapshots/render.h"
#include "reference/faults/mischief.h"
#include "reference/wire/transport_failure.h"
#include "spec/text/hash.h"

namespace assay {
namespace {

// The oldest tokens are forgotten first. A token may remember megabytes of its request.
constexpr std::size_t kMostTokens = 200'000;
constexpr std::size_t kMostTokenBytes = 64 * 1024 * 1024;
constexpr std::size_t kLongestHost = 260;  // RFC 1035: 253 for a name; and a port

std::string NewRequestId() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  const std::uint64_t high = random(), low = random();
  return fmt::format("{:08X}-{:04X}-{:04X}-{:04X}-{:012X}", high >> 32, (high >> 16) & 0xFFFF,
                     0x5000 | (high & 0x0FFF), 0x8000 | ((low >> 48) & 0x3FFF),
                     low & 0xFFFFFFFFFFFF);
}

// What a list is ordered by; among equals, the position in the dataset.
struct Place {
  std::int64_t key = 0;
  std::uint32_t position = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

// The tokens that the service gave out. A token's text means nothing to the client; a position that
// is issued again gets another text, so that using a token twice can be told from two walks.
class TokenStore : public Tokens {
 public:
  std::optional<TokenOrigin> Find(std::string_view token) const override {
    const std::scoped_lock lock(mutex_);
    const auto at = origins_.find(token);
    return at == origins_.end() ? std::nullopt : std::optional(at->second.origin);
  }
  // The place of the snapshot that was delivered last; kept only if the state moves.
  std::optional<Place> LastBefore(std::string_view token) const {
    const std::scoped_lock lock(mutex_);
    const auto at = origins_.find(token);
    return at == origins_.end() ? std::nullopt : at->second.last;
  }
  bool IsCut(std::string_view token) const override {
    const std::scoped_lock lock(mutex_);
    const auto at = origins_.lower_bound(token);
    return !token.empty() && at != origins_.end() && at->first.starts_with(token);
  }
  void Use(std::string_view token) {
    const std::scoped_lock lock(mutex_);
    const auto at = origins_.find(token);
    if (at != origins_.end()) at->second.origin.used = true;
  }
  std::string Issue(TokenOrigin origin, std::optional<Place> last) {
    std::uint64_t hash = MixHash(kHashStart, origin.region);
    for (const Parameter& parameter : origin.filters) {
      hash = MixHash(MixHash(hash, parameter.name), parameter.value);
    }
    hash = MixHash(hash, fmt::format("{}/{}", origin.position, origin.max_results.value_or("")));
    const std::scoped_lock lock(mutex_);
    ++issued_;
    std::string token = fmt::format("{:016x}{:016x}", hash,
                                    MixHash(hash, std::to_string(issued_)) * 0x9E3779B97F4A7C15ULL);
    bytes_ += SizeOf(origin);
    order_.push_back(token);
    origins_[token] = {std::move(origin), last};
    while (order_.size() > 1 && (order_.size() > kMostTokens || bytes_ > kMostTokenBytes)) {
      ForgetOldest();
    }
    return token;
  }

 private:
  static std::size_t SizeOf(const TokenOrigin& origin) {
    std::size_t size = origin.max_results.value_or("").size();
    for (const Parameter& parameter : origin.filters) {
      size += sizeof parameter + parameter.name.size() + parameter.value.size();
    }
    return size;
  }
  void ForgetOldest() {
    const auto oldest = origins_.find(order_.front());
    bytes_ -= SizeOf(oldest->second.origin);
    origins_.erase(oldest);
    order_.pop_front();
  }

  struct Issued {
    TokenOrigin origin;
    std::optional<Place> last;
  };

  mutable std::mutex mutex_;
  std::map<std::string, Issued, std::less<>> origins_;
  std::uint64_t issued_ = 0;
  std::size_t bytes_ = 0;
  std::deque<std::string> order_;
};

// The key that decides a snapshot's place: a list ascends by it, and among equals by the position.
std::int64_t OrderKey(const Snapshot& snapshot, Option order) {
  if (order == "newest_first"_option) return -snapshot.creation_time;
  if (order == "oldest_first"_option) return snapshot.creation_time;
  return static_cast<std::int64_t>(MixHash(7, snapshot[Field::kSnapshotId]) >> 1);
}

// Stage "order". `any` is neither by age nor by place in the dataset, but always the same.
void Order(MatchSet& matches, const Dataset& dataset, Option order) {
  std::vector<std::uint32_t> positions = matches.positions();
  std::ranges::stable_sort(positions, {}, [&](std::uint32_t position) {
    return OrderKey(dataset.snapshots[position], order);
  });
  matches.Arrange(std::move(positions));
}

}  // namespace

struct Service::State {
  std::unique_ptr<const LivingState> fixed;  // if the service got a dataset
  const LivingState& living;
  FixedReading reading;
  Mischief mischief;
  const HiddenValues* hidden = nullptr;
  TokenStore tokens;
};

namespace {

// One request on its way through the stages behind the model.
class Answering {
 public:
  Answering(Service::State& state, FixedReading& choices, const Request& request, Scene& scene)
      : dataset_(scene.dataset),
        moves_(state.living.moves()),
        mischief_(state.mischief),
        tokens_(state.tokens),
        choices_(choices),
        request_(request),
        scene_(scene) {}

  RenderedList List(Answer& answer) {
    scene_.plan = &answer.plan;
    scene_.page = &answer.page;
    const Paging& paging = answer.plan.paging;
    RenderedList out;
    out.request_id = NewRequestId();
    const Option order = Pick("paging.order"_question);
    const bool by_age = order != "any"_option && answer.page.matches.region();
    if (!by_age) Order(answer.page.matches, dataset_, order);
    if (mischief_.Has(&Fault::order)) SpoilOrder(answer.page.matches);
    std::int64_t start = answer.page.start, count = answer.page.count;
    if (paging.loose) SettleLoosePage(answer, start, count);
    if (moves_ && paging.origin) ContinueWalk(answer, start, count);
    if (paging.by_token) count = Shorten(count, answer.page.end - start - count);
    out.listed = by_age ? PartByAge(answer.page.matches, start, count, order)
                        : Part(answer.page.matches.positions(), start, count);
    AddEcho(answer, count, out);
    Token(answer, start + count, count, out);
    scene_.start = start;
    mischief_.Apply(&Fault::page, scene_, out);
    if (mischief_.Has(&Fault::snapshot)) Alter(out);
    return out;
  }

 private:
  Option Pick(Question question) { return choices_.Pick(question); }

  void SpoilOrder(MatchSet& matches) {
    std::vector<std::uint32_t> positions = matches.positions();
    mischief_.Apply(&Fault::order, scene_, positions);
    matches.Arrange(std::move(positions));
  }

  static std::vector<std::uint32_t> Part(const std::vector<std::uint32_t>& of, std::int64_t start,
                                         std::int64_t count) {
    return {of.begin() + std::min(start, std::ssize(of)),
            of.begin() + std::min(start + count, std::ssize(of))};
  }
  static std::vector<std::uint32_t> PartByAge(const MatchSet& matches, std::int64_t start,
                                              std::int64_t count, Option order) {
    return order == "newest_first"_option ? NewestFirst(matches, start, count)
                                          : OldestFirst(matches, start, count);
  }

  void Alter(RenderedList& out) {
    for (const std::uint32_t position : out.listed) {
      out.altered.push_back(dataset_.snapshots[position]);
      mischief_.Apply(&Fault::snapshot, scene_, out.altered.back());
    }
  }

  // A token of another walk under the request's own filters: its position counts.
  void SettleLoosePage(const Answer& answer, std::int64_t& start, std::int64_t& count) {
    const auto origin = tokens_.Find(request_.Find("NextToken").value_or(""));
    start = origin ? origin->position : 0;
    count = std::clamp<std::int64_t>(answer.page.end - start, 0, answer.plan.paging.size);
  }

  // If the state moves, the walk goes on after the snapshot that was delivered last, or after its
  // place if it is gone: whatever exists for the whole walk is delivered once.
  void ContinueWalk(const Answer& answer, std::int64_t& start, std::int64_t& count) {
    const auto last = tokens_.LastBefore(request_.Find("NextToken").value_or(""));
    if (!last) return;
    const auto& matches = answer.page.matches.positions();
    const Option order = Pick("paging.order"_question);
    const auto place = [&](std::uint32_t position) {
      return Place{OrderKey(dataset_.snapshots[position], order), position};
    };
    auto next = std::ranges::find(matches, *last, place);
    if (next != matches.end()) {
      ++next;  // a fault may have changed the order
    } else {
      next = std::ranges::upper_bound(matches, *last, {}, place);
    }
    start = next - matches.begin();
    count = std::clamp<std::int64_t>(answer.page.end - start, 0, answer.plan.paging.size);
    if (answer.plan.paging.empty) count = 0;
  }

  // paging.token.short_page
  std::int64_t Shorten(std::int64_t count, std::int64_t more) {
    const bool shorten =
        more > 0 && count > 1 && Pick("paging.token.short_page"_question) == "allowed"_option;
    return shorten ? count - 1 : count;
  }

  void AddEcho(const Answer& answer, std::int64_t count, RenderedList& out) {
    const Paging& paging = answer.plan.paging;
    out.total = answer.page.total;
    out.page_number = paging.number;
    out.page_size = paging.size;
    if (!paging.by_token) return;
    const Option total = Pick("paging.total_count.token_mode"_question);
    if (total == "zero"_option) out.total = 0;
    if (total == "absent"_option) out.total.reset();
    if (total == "anything"_option) out.total = count;
    const Option number = Pick("paging.page_number.token_mode"_question);
    if (number == "given"_option) out.page_number = 1;
    if (number == "zero"_option) out.page_number = 0;
    if (number == "absent"_option) out.page_number.reset();
    const Option size = Pick("paging.page_size.token_mode"_question);
    if (size == "given"_option) out.page_size = paging.size_given;
    if (size == "zero"_option) out.page_size = 0;
    if (size == "absent"_option) out.page_size.reset();
  }

  void Token(const Answer& answer, std::int64_t position, std::int64_t count, RenderedList& out) {
    const Paging& paging = answer.plan.paging;
    const bool more = position < answer.page.end;
    const bool full_last = !more && count == paging.size && count > 0 &&
                           Pick("paging.next_token.full_last_page"_question) == "continues"_option;
    const bool wanted =
        paging.by_token || Pick("paging.next_token.page_mode"_question) == "continues"_option;
    TokenDraft draft{position, answer.page.end, (more || full_last) && wanted && !paging.empty};
    mischief_.Apply(&Fault::token, scene_, draft);
    if (draft.more) {
      TokenOrigin origin = OriginAfter(request_, answer.plan, count);
      origin.position = draft.position;
      std::optional<Place> last;
      if (moves_ && draft.position == position) last = LastDelivered(out);
      if (paging.origin) origin.filters = paging.origin->filters;
      origin.loose = false;  // the service knows what it made of the request
      out.next_token = tokens_.Issue(std::move(origin), last);
    } else if (Pick(paging.by_token
                        ? "paging.next_token.last_page"_question
                        : "paging.next_token.page_mode_form"_question) == "empty_string"_option) {
      out.next_token = "";
    }
  }

  std::optional<Place> LastDelivered(const RenderedList& out) {
    if (out.listed.empty()) return tokens_.LastBefore(request_.Find("NextToken").value_or(""));
    const std::uint32_t position = out.listed.back();
    return Place{OrderKey(dataset_.snapshots[position], Pick("paging.order"_question)), position};
  }

  const Dataset& dataset_;
  const bool moves_;
  const Mischief& mischief_;
  TokenStore& tokens_;
  FixedReading& choices_;
  const Request& request_;
  Scene& scene_;
};

// Lets faults interfere with the model.
class Interfering : public Interference {
 public:
  Interfering(const Mischief& mischief, Scene& scene) : mischief_(mischief), scene_(scene) {}

  void Planned(Plan& plan) override {
    scene_.plan = &plan;
    mischief_.Apply(&Fault::validate, scene_, plan);
  }
  void Selected(const Plan& plan, MatchSet& matches) override {
    scene_.plan = &plan;
    if (!mischief_.Has(&Fault::select)) return;
    std::vector<std::uint32_t> out;
    for (const std::uint32_t i : InReach(plan)) {
      if (IsFree(scene_.dataset.snapshots[i])) continue;
      const bool right = matches.Contains(i);
      if (mischief_.Selects(scene_, scene_.dataset.snapshots[i], right)) out.push_back(i);
    }
    matches = std::move(out);
  }

 private:
  // What a fault may list: the snapshots of the region, and of the others except large ones.
  std::vector<std::uint32_t> InReach(const Plan& plan) const {
    std::vector<std::uint32_t> out;
    for (const auto& [region, positions] : scene_.dataset.by_region) {
      const bool large = std::ssize(positions) > kListLimit;
      if (!large || region == plan.region) {
        out.insert(out.end(), positions.begin(), positions.end());
      }
    }
    std::ranges::sort(out);
    return out;
  }

  const Mischief& mischief_;
  Scene& scene_;
};

}  // namespace

namespace {

std::unique_ptr<Service::State> MakeState(std::unique_ptr<const LivingState> fixed,
                                          const LivingState* living, const Reading& reading,
                                          std::vector<const Fault*> faults,
                                          const HiddenValues* hidden) {
  const LivingState& state = living ? *living : *fixed;
  return std::unique_ptr<Service::State>(new Service::State{
      std::move(fixed), state, FixedReading(reading), Mischief(std::move(faults)), hidden, {}});
}

}  // namespace

Service::Service(const Dataset& dataset, const Reading& reading, std::vector<const Fault*> faults,
                 const HiddenValues* hidden)
    : state_(MakeState(std::make_unique<const LivingState>(dataset), nullptr, reading,
                       std::move(faults), hidden)) {}
Service::Service(const LivingState& living, const Reading& reading,
                 std::vector<const Fault*> faults)
    : state_(MakeState(nullptr, &living, reading, std::move(faults), nullptr)) {}
Service::~Service() = default;

bool Service::ClosesOn(const std::string& method) const {
  FixedReading choices = state_->reading;
  return method != "GET" && method != "POST" &&
         choices.Pick("encoding.method.other"_question) == "closed"_option;
}

namespace {

const char* MediaType(bool xml) {
  return xml ? "text/xml;charset=utf-8" : "application/json;charset=utf-8";
}

// "Default value: XML": any value but JSON, in whatever letter case.
bool WantsXml(const Request& request) {
  const std::string_view format = request.Find("Format").value_or("");
  return !std::ranges::equal(format, std::string_view("json"),
                             [](char c, char letter) { return (c | 0x20) == letter; });
}

// Lets faults change the body that was written.
void SpoilBody(const Mischief& mischief, Scene& scene, bool xml, Response& response) {
  scene.request_id = response.request_id;
  // Another fault may have left nothing of what one changes: then that one changes nothing.
  const auto spoil = [&scene](const auto& change, auto& body) {
    auto changed = body;
    try {
      change(scene, changed);
      body = std::move(changed);
    } catch (const std::exception&) {
    }
  };
  if (xml) {
    mischief.ApplyEach(&Fault::xml, scene,
                       [&](const auto& change) { spoil(change, response.body); });
  } else if (mischief.Has(&Fault::json)) {
    auto body = nlohmann::ordered_json::parse(response.body);
    mischief.ApplyEach(&Fault::json, scene, [&](const auto& change) { spoil(change, body); });
    response.body = body.dump();
  }
  mischief.Apply(&Fault::answer, scene, response);
}

// A request that is being answered.
class AtWork {
 public:
  explicit AtWork(Mischief& mischief) : mischief_(mischief) { ++mischief_.at_work; }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;
  ~AtWork() { --mischief_.at_work; }

 private:
  Mischief& mischief_;
};

// Reports at the end what was asked.
class NoteAsked {
 public:
  NoteAsked(const FixedReading& choices, std::bitset<kQuestionCount>* asked)
      : choices_(choices), asked_(asked) {}
  NoteAsked(const NoteAsked&) = delete;
  NoteAsked& operator=(const NoteAsked&) = delete;
  ~NoteAsked() {
    if (asked_) *asked_ = choices_.asked();
  }

 private:
  const FixedReading& choices_;
  std::bitset<kQuestionCount>* asked_;
};

void RefuseWith(RenderedError error, std::string_view host, bool xml, Response& response) {
  // A client may call the host anything; the answer has to stay readable.
  error.host_id = Excerpt(host, kLongestHost);
  error.request_id = response.request_id = NewRequestId();
  response.content_type = MediaType(xml);
  response.status = error.status;
  response.body = RenderError(error, xml);
}

}  // namespace

void Service::Refuse(const Request& request, std::string_view host, int status,
                     std::string_view code, std::string_view message, Response& response) {
  RefuseWith({.status = status, .code = std::string(code), .message = std::string(message)}, host,
             WantsXml(request), response);
}

bool Service::IsBlindTo(Forgery forgery, bool in_headers) const {
  return state_->mischief.IsBlindTo(forgery, in_headers);
}

void Service::SpoilRefusal(std::string& code, std::string& message) const {
  state_->mischief.TurnAway(code, message);
}

void Service::Spoil(const Request& request, HttpResponse& response) {
  if (!state_->mischief.Has(&Fault::send)) return;
  FixedReading choices = state_->reading;
  const std::shared_ptr<const Dataset> now = state_->living.Now();
  const Scene scene{*now, request, choices, state_->mischief.memory(), state_->mischief.requests};
  state_->mischief.Apply(&Fault::send, scene, response);
}

void Service::Handle(const Request& sent, std::string_view host, Response& response,
                     std::bitset<kQuestionCount>* asked) {
  Mischief& mischief = state_->mischief;
  const bool in_headers = !AsksForParameterSignature(sent);
  if (sent.forgery != Forgery::kNone && !mischief.IsBlindTo(sent.forgery, in_headers)) {
    const ErrorInfo& error = *Catalogue::Get().FindError(RefusalOf(sent.forgery).code);
    std::string code = error.code, message = error.message;
    SpoilRefusal(code, message);
    return Refuse(sent, host, error.status, code, message, response);
  }
  const AtWork at_work(mischief);
  FixedReading choices = state_->reading;
  choices.Enter(sent);
  const NoteAsked note(choices, asked);
  // The whole answer comes from one version of the state.
  const std::shared_ptr<const Dataset> now = state_->living.Now();
  Scene scene{*now, sent, choices, mischief.memory(), ++mischief.requests};
  std::optional<Request> bent;
  if (mischief.Has(&Fault::parse)) mischief.Apply(&Fault::parse, scene, bent.emplace(sent));
  const Request& request = bent ? *bent : sent;
  Answer answer;
  if (request.method != "GET" && request.method != "POST") {
    answer.plan.refusals.push_back({"encoding.method.other"_rule,
                                    Catalogue::Get().FindError("UnsupportedHTTPMethod"), true, ""});
  } else {
    Interfering interfering(mischief, scene);
    answer = DescribeSnapshots(request, *now, &state_->tokens, choices,
                               mischief.none() ? nullptr : &interfering, state_->hidden);
  }
  const bool xml = answer.plan.xml;
  scene.plan = &answer.plan;
  scene.overlapping = mischief.at_work - 1;
  if (answer.refused()) {
    RenderedError error = DescribeRefusal(answer.plan.refusals.front());
    mischief.Apply(&Fault::error, scene, error);
    RefuseWith(std::move(error), host, xml, response);
    return SpoilBody(mischief, scene, xml, response);
  }
  response.content_type = MediaType(xml);
  response.status = 200;
  Answering answering(*state_, choices, request, scene);
  const RenderedList list = answering.List(answer);
  response.request_id = list.request_id;
  response.body = RenderList(list, *now, xml, choices);
  SpoilBody(mischief, scene, xml, response);
  if (const auto token = request.Find("NextToken")) state_->tokens.Use(*token);
}

void ModelTarget::Run(RequestSource& source) {
  while (const Request* request = source.Next()) {
    Response response;
    service_.Handle(*request, "model", response);
    Result<Response> result = std::move(response);
    if (service_.ClosesOn(request->method)) {
      result = TransportError(TransportFailure::kClosed, Name(), "");
    }
    source.Answered(request, result);
  }
}

}  // namespace assay
