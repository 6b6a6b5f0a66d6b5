#include "property/laws.h"

#include <rapidcheck.h>
#include <rapidcheck/detail/Configuration.h>
#include <rapidcheck/detail/TestListener.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <utility>

namespace assay {
namespace {

// Exchanges that one law may cost, shrinking included.
constexpr std::uint64_t kBudget = 3000;
constexpr int kTriesWhileMoving = 6;  // of a case, if the state changed during it
constexpr std::size_t kCasesAhead = 32;

std::vector<std::unique_ptr<Script>> PageWalks(std::vector<Request> requests) {
  std::vector<std::unique_ptr<Script>> scripts;
  for (Request& request : requests) {
    scripts.push_back(WalkByNumber(std::move(request), 100));
  }
  return scripts;
}

std::uint64_t SeedOf(const Law& law, std::uint64_t seed) {
  for (const char* c = law.name; *c; ++c) {
    seed = (seed ^ static_cast<unsigned char>(*c)) * 0x100000001B3ULL;
  }
  return seed;
}

// The outcome is reported by whoever asked for it.
class Silent : public rc::detail::TestListener {
 public:
  void onTestCaseFinished(const rc::detail::CaseDescription&) override {}
  void onShrinkTried(const rc::detail::CaseDescription&, bool) override {}
  void onTestFinished(const rc::detail::TestMetadata&, const rc::detail::TestResult&) override {}
};

}  // namespace

Asker::Asker(Session& session, Origin origin, const Vocabulary& vocabulary, std::uint64_t budget)
    : session_(session),
      origin_(std::move(origin)),
      vocabulary_(vocabulary),
      before_(session.exchanges()),
      budget_(budget) {}

std::vector<WalkResult> Asker::Lists(std::vector<Request> requests) {
  return Walks(PageWalks(std::move(requests)));
}

std::vector<WalkResult> Asker::Walks(std::vector<std::unique_ptr<Script>> scripts) {
  std::vector<WalkResult> out;
  for (const ScriptResult& result : Run(std::move(scripts))) out.push_back(WalkResultOf(result));
  return out;
}

std::vector<ScriptResult> Asker::Run(std::vector<std::unique_ptr<Script>> scripts) {
  if (noting_) return Note(std::move(scripts));
  if (current_ && turn_ < current_->answers.size()) return std::move(current_->answers[turn_++]);
  return session_.Run(origin_, std::move(scripts));
}

// The answers, if they are there. Otherwise empty ones, of which no law makes anything.
std::vector<ScriptResult> Asker::Note(std::vector<std::unique_ptr<Script>> scripts) {
  if (turn_ < current_->answers.size()) return current_->answers[turn_++];
  std::vector<ScriptResult> nothing(scripts.size());
  if (current_->wanted.empty()) current_->wanted = std::move(scripts);
  return nothing;
}

void Asker::Expect(std::vector<LawCase> cases) {
  for (LawCase& law_case : cases) ahead_.push_back({std::move(law_case), {}, {}});
}

std::uint64_t Asker::BeginCase(const Law& law, const LawCase& law_case) {
  current_ = nullptr;
  if (next_ == ahead_.size() || ahead_[next_].law_case != law_case) return session_.exchanges();
  if (next_ == asked_ahead_) AskAhead(law);
  current_ = &ahead_[next_++];
  turn_ = 0;
  return before_ahead_;
}

void Asker::AskAhead(const Law& law) {
  before_ahead_ = session_.exchanges();
  const std::size_t end = std::min(ahead_.size(), asked_ahead_ + kCasesAhead);
  noting_ = true;
  while (!Exhausted() && AskOnce(law, end)) {
  }
  noting_ = false;
  asked_ahead_ = end;
}

// What each case asks next; false if none asks anything.
bool Asker::AskOnce(const Law& law, std::size_t end) {
  std::vector<std::unique_ptr<Script>> scripts;
  std::vector<std::pair<Ahead*, std::size_t>> owners;
  for (std::size_t i = asked_ahead_; i < end; ++i) {
    current_ = &ahead_[i];
    turn_ = 0;
    (void)law.check(*this, current_->law_case);
    owners.emplace_back(current_, current_->wanted.size());
    std::ranges::move(std::exchange(current_->wanted, {}), std::back_inserter(scripts));
  }
  if (scripts.empty()) return false;
  std::vector<ScriptResult> results = session_.Run(origin_, std::move(scripts));
  auto result = std::make_move_iterator(results.begin());
  for (const auto& [owner, count] : owners) {
    if (count == 0) continue;
    owner->answers.emplace_back(result, result + static_cast<std::ptrdiff_t>(count));
    result += static_cast<std::ptrdiff_t>(count);
  }
  return true;
}

bool Asker::Exhausted() const { return asked() >= budget_ || session_.lost() || session_.spent(); }

namespace {

// RapidCheck prints once, to standard error, which seed it would use; ours comes from the run.
void LoadConfigurationQuietly() {
  std::streambuf* const standard_error = std::cerr.rdbuf(nullptr);
  (void)rc::detail::configuration();
  std::cerr.rdbuf(standard_error);
  std::cerr.clear();
}

}  // namespace

LawOutcome CheckLaw(const Law& law, Session& session, const Vocabulary& vocabulary,
                    std::uint64_t seed) {
  LawOutcome out;
  Asker asker(session, {"properties", law.name}, vocabulary, kBudget);
  const auto shared = std::shared_ptr<const Vocabulary>(std::shared_ptr<void>(), &vocabulary);
  const auto cases = law.any_request ? AnyCases(shared, 4) : ValidCases(shared);
  LoadConfigurationQuietly();
  rc::detail::TestParams params;
  params.seed = SeedOf(law, seed);
  params.maxSuccess = law.cases;
  Silent silent;
  std::optional<Breach> unsettled;
  const rc::detail::TestMetadata about{law.name, law.statement};
  // Equal parameters draw equal cases.
  std::vector<LawCase> expected;
  rc::detail::checkTestable([&] { expected.push_back(*cases); }, about, params, silent);
  asker.Expect(std::move(expected));
  rc::detail::checkTestable(
      [&] {
        const LawCase law_case = *cases;
        if (asker.Exhausted()) return;  // whatever is left to try or to shrink
        ++out.cases;
        std::uint64_t before = asker.BeginCase(law, law_case);
        auto breach = law.check(asker, law_case);
        asker.EndCase();
        // Lists of two states need not agree.
        for (int i = 0; breach && !session.StateHeldSince(before) && i < kTriesWhileMoving; ++i) {
          before = session.exchanges();
          breach = law.check(asker, law_case);
        }
        if (!breach || session.lost()) return;
        if (!session.StateHeldSince(before)) {
          unsettled = std::move(breach);
          return;
        }
        // Of the failing cases the last is the smallest: shrinking goes on from it.
        out.breach = std::move(breach);
        out.counterexample = law_case;
        RC_FAIL("broken");
      },
      about, params, silent);
  out.exchanges = asker.asked();
  out.lost = session.lost().has_value();
  const Origin origin{"properties", law.name};
  if (out.breach && !law.any_request && out.breach->is_news) {
    session.ReportCertain(origin, out.breach->exchange, out.breach->difference,
                          out.breach->evidence);
  } else if (unsettled && !law.any_request) {
    session.Report(origin, unsettled->exchange, unsettled->difference, unsettled->evidence);
  }
  return out;
}

}  // namespace assay
