#include "reference/judge/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reference/judge/examination.h"

namespace assay {
namespace {

// Why the answers leave the question open.
std::string WhyOpen(const Knowledge& known, Question question) {
  if (known.lessons.situations().Depends(question)) {
    return "it depends on the situation: " + known.lessons.situations().Text(question);
  }
  if (known.tallies.asked(question) == 0) return "nothing that was judged asks it";
  std::string out = "every answer that asks it is right under each of these options";
  std::vector<std::string_view> tied;
  for (const Question other : known.lessons.space().TiedTo(question)) tied.push_back(Id(other));
  if (!tied.empty()) {
    out = fmt::format("its answers can be explained by it or by {}, and nothing decides which",
                      fmt::join(tied, ", "));
  }
  if (const std::uint64_t count = known.tallies.unexplored(question); count > 0) {
    out += fmt::format("; {} more asked too many open questions at once to learn from", count);
  }
  return out;
}

}  // namespace

Judge::Judge(const Dataset& dataset, const Reading& pins, JudgeOptions options)
    : Judge(std::make_unique<Knowledge>(dataset, pins, options.accepts_json,
                                        dataset.discovered && options.learns_hidden
                                            ? std::make_shared<HiddenValues>()
                                            : nullptr)) {}
Judge::Judge(std::unique_ptr<Knowledge> known) : known_(std::move(known)) {}
Judge::Judge(Judge&&) noexcept = default;
Judge::~Judge() = default;

Verdict Judge::Examine(const Exchange& exchange) { return JudgeExchange(exchange, true, *known_); }
Verdict Judge::Peek(const Exchange& exchange) const {
  return JudgeExchange(exchange, false, *known_);
}

Judge Judge::Fresh(Knows knows) const {
  Reading pins = known_->lessons.pins();
  if (knows == Knows::kReading) {
    pins.pins.clear();
    for (const QuestionInfo& question : Catalogue::Get().questions()) {
      const OptionSet possible = readings().Possible(question.id);
      if (!possible.Only()) continue;
      pins.pins.emplace_back(question.id, OptionAt(question.id, possible.First()));
    }
  }
  return Judge(std::make_unique<Knowledge>(known_->dataset, pins, known_->accepts_json,
                                           known_->lessons.hidden()));
}

std::optional<Difference> Judge::MustAnswer(const Request& request) const {
  if (!IsOtherMethod(request)) return std::nullopt;
  return known_->lessons.PinnedOtherwise("encoding.method.other"_question, "closed"_option);
}

void Judge::LearnClosing(std::uint64_t id, const Request& request) {
  if (!IsOtherMethod(request)) return;
  const Question question = "encoding.method.other"_question;
  known_->tallies.CountAsked(question);
  if (!MustAnswer(request)) known_->lessons.LearnOption(id, question, "closed"_option);
}

void Judge::Secure() {
  known_->lessons.Secure();
  known_->tallies.Secure();
}

void Judge::Unlearn() {
  known_->lessons.Unlearn();
  known_->tallies.Unlearn();
}

const Dataset& Judge::dataset() const { return known_->dataset; }
const HiddenValues* Judge::hidden() const { return known_->lessons.hidden().get(); }
const ReadingSpace& Judge::readings() const { return known_->lessons.space(); }
std::uint64_t Judge::judged() const { return known_->tallies.judged(); }
std::uint64_t Judge::Exercised(Rule rule) const { return known_->tallies.exercised(rule); }

std::vector<LearnedAnswer> Judge::Learned() const {
  std::vector<LearnedAnswer> out;
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    const OptionSet possible = readings().Attainable(question.id);
    LearnedAnswer row{.question = std::string(Id(question.id)),
                      .settled = possible.Only(),
                      .asked = known_->tallies.asked(question.id),
                      .evidence = known_->lessons.evidence(question.id)};
    if (!row.settled) row.why_open = WhyOpen(*known_, question.id);
    for (const int option : possible) row.possible.emplace_back(Id(OptionAt(question.id, option)));
    out.push_back(std::move(row));
  }
  return out;
}

std::vector<UnforeseenAnswer> Judge::Unforeseen() const {
  std::vector<UnforeseenAnswer> out = known_->unforeseen;
  std::ranges::stable_sort(out, std::ranges::greater{}, &UnforeseenAnswer::count);
  return out;
}

std::vector<RuleTally> Judge::Tallies() const { return known_->tallies.Rows(); }

}  // namespace assay
