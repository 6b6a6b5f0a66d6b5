#include "property/laws.h"

#include <rapidcheck.h>
#include <rapidcheck/detail/Configuration.h>
#include <rapidcheck/detail/TestListener.h>

#include <iostream>
#include <utility>

namespace assay {
namespace {

// Exchanges that one law may cost, shrinking included.
constexpr std::uint64_t kBudget = 3000;
constexpr int kTriesWhileMoving = 6;  // of a case, if the state changed during it

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
  return session_.Run(origin_, std::move(scripts));
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
  rc::detail::checkTestable(
      [&] {
        const LawCase law_case = *cases;
        if (asker.Exhausted()) return;  // whatever is left to try or to shrink
        ++out.cases;
        std::uint64_t before = session.exchanges();
        auto breach = law.check(asker, law_case);
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
      rc::detail::TestMetadata{law.name, law.statement}, params, silent);
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
