#include "conformance/compare/difference_causes.h"

#include <algorithm>
#include <set>
#include <utility>

#include "reference/describe_snapshots/model.h"
#include "reference/faults/catalogue.h"
#include "reference/faults/variants.h"
#include "reference/reading/choices.h"

namespace assay {
namespace {

// One of the readings that were learned, as close to `preferred` as may be.
Reading WholeReading(const Judge& judge, const Reading& preferred) {
  const Question first = Catalogue::Get().questions().front().id;
  const int position = judge.readings().Attainable(first).First();
  return judge.readings().ReadingWith(first, position, preferred).value_or(preferred);
}

// Remembers what the model asks.
class AskedQuestions : public FixedReading {
 public:
  explicit AskedQuestions(const Reading& reading) : FixedReading(reading) {}
  Option Pick(Question question) override {
    asked.insert(question);
    return FixedReading::Pick(question);
  }
  std::set<Question> asked;
};

std::set<Question> Asked(const Request& request, const Dataset& dataset, const Reading& reading) {
  AskedQuestions choices(reading);
  DescribeSnapshots(request, dataset, nullptr, choices);
  return std::move(choices.asked);
}

bool IsAboutPaging(Question question) { return Id(question).starts_with("paging."); }

// The fault that the finding names, if the model commits it alike whatever came before.
const Fault* ImitableFault(const Finding& finding) {
  if (finding.diagnosis.empty()) return nullptr;
  const std::string& id = finding.diagnosis.front();
  const Fault* fault = FindFault(id);
  if (finding.variant) {
    const auto at = std::ranges::find(Variants(), id, &Fault::id);
    if (at != Variants().end()) fault = &*at;
  }
  return fault && !fault->wire && !fault->history ? fault : nullptr;
}

// What every request gives says nothing about what a finding needs.
bool IsInEveryRequest(const Parameter& parameter) {
  return parameter.name == "Action" || parameter.name == "Version" ||
         parameter.name == "RegionId" || parameter.name == "Format";
}

}  // namespace

void KnownWrongs::Add(const Finding& finding) {
  evidence_.insert(finding.evidence.begin(), finding.evidence.end());
  const Fault* fault = ImitableFault(finding);
  if (!fault) {
    failing_.push_back(finding.request);
  } else if (std::ranges::find(faults_, fault) == faults_.end()) {
    faults_.push_back(fault);
  }
}

bool KnownWrongs::HoldsAFailingRequest(const Request& request) const {
  return std::ranges::any_of(failing_, [&](const Request& failing) {
    bool any = false;
    for (const Parameter& parameter : failing.parameters) {
      if (IsInEveryRequest(parameter)) continue;
      any = true;
      if (request.Find(parameter.name) != parameter.value) return false;
    }
    return any;
  });
}

DifferenceCauses::DifferenceCauses(const Judge& a, const Judge& b, const BothWrongs& wrongs)
    : dataset_(a.dataset()),
      a_(WholeReading(a, Reading())),
      b_(WholeReading(b, a_)),
      wrongs_(wrongs) {
  for (std::size_t i = 0; i < a_.pins.size(); ++i) {
    if (a_.pins[i] != b_.pins[i]) different_.push_back(a_.pins[i].first);
  }
  all_of_b_ = std::make_unique<Service>(dataset_, b_);
  for (std::size_t i = 0; i < 2; ++i) {
    if (wrongs_[i].faults().empty()) continue;
    faulty_[i] = std::make_unique<Service>(dataset_, i == 0 ? a_ : b_, wrongs_[i].faults());
  }
}

Service& DifferenceCauses::With(std::optional<Question> question) {
  std::unique_ptr<Service>& service = services_[question];
  if (service) return *service;
  Reading reading = a_;
  for (std::size_t i = 0; i < reading.pins.size(); ++i) {
    if (reading.pins[i].first == question) reading.pins[i] = b_.pins[i];
  }
  service = std::make_unique<Service>(dataset_, reading);
  return *service;
}

// The digest of the service's answer; the requests before it are asked first, for a token of its
// own.
std::uint64_t DifferenceCauses::Ask(Service& service, const Request& request,
                                    const TokenIssuer* token) {
  constexpr std::size_t kLongestWalk = 200;
  std::vector<const TokenIssuer*> chain;
  for (const TokenIssuer* at = token; at && chain.size() < kLongestWalk; at = at->before.get()) {
    chain.push_back(at);
  }
  AnswerDigester digester;
  std::string own;
  const auto ask = [&](Request asked, bool translate) {
    if (translate && !own.empty()) asked.Set("NextToken", own);
    Response response;
    service.Handle(asked, "model", response);
    return digester.Of(reader_.Read(response), response);
  };
  for (std::size_t i = chain.size(); i-- > 0;) {
    own = ask(chain[i]->request, i + 1 < chain.size()).next_token;
  }
  return ask(request, token != nullptr).Whole();
}

std::vector<Question> DifferenceCauses::Of(const Request& request, const TokenIssuer* token) {
  const std::uint64_t before = Ask(With(std::nullopt), request, token);
  if (Ask(*all_of_b_, request, token) == before) return {};
  std::set<Question> asked = Asked(request, dataset_, a_);
  asked.merge(Asked(request, dataset_, b_));
  std::vector<Question> together, out;
  for (const Question question : different_) {
    // Forms are shown, not asked; what a token does is tried if its origin is known.
    const bool candidate = asked.contains(question) || Catalogue::Get()[question].form() ||
                           (token && IsAboutPaging(question));
    if (!candidate) continue;
    if (asked.contains(question)) together.push_back(question);
    if (Ask(With(question), request, token) != before) out.push_back(question);
  }
  // Two that change nothing alone.
  return out.empty() ? together : out;
}

bool DifferenceCauses::IsOfAFinding(const Request& request, const TokenIssuer* token,
                                    const std::array<std::uint64_t, 2>& digests) {
  for (std::size_t i = 0; i < 2; ++i) {
    const bool holds = wrongs_[i].HoldsAFailingRequest(request);
    if (!holds && !faulty_[i]) continue;
    const std::uint64_t right = Ask(i == 0 ? With(std::nullopt) : *all_of_b_, request, token);
    if (right == digests[i]) continue;
    if (holds || Ask(*faulty_[i], request, token) != right) return true;
  }
  return false;
}

}  // namespace assay
