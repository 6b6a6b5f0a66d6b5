#include "reference/judge/lessons.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "reference/judge/check_fields.h"

namespace assay {
namespace {

constexpr std::size_t kLongWitness = 16 * 1024;  // bytes of an answer; longer ones are not kept
constexpr std::uint8_t kMostWitnesses = 4;       // for each question

// The options that the constraints leave; all of the question's if they say nothing about it.
OptionSet Left(const Constraints& constraints, Question question) {
  const OptionSet all = OptionSet::All(question);
  OptionSet left = all;
  for (const Explanations& explanations : constraints) {
    OptionSet any;
    for (const Explanation& explanation : explanations) {
      const auto at = std::ranges::find(explanation, question, &Restriction::question);
      any |= at == explanation.end() ? all : at->options;
    }
    left &= any;
  }
  return left;
}

// The questions that a set of constraints is about.
std::set<Question> Subjects(const Constraints& constraints) {
  std::set<Question> out;
  for (const Explanations& explanations : constraints) {
    for (const Explanation& explanation : explanations) {
      for (const Restriction& restriction : explanation) out.insert(restriction.question);
    }
  }
  return out;
}

bool IsMeaning(Question question) {
  return Catalogue::Get()[question].kind == QuestionKind::kMeaning;
}

// "exchange 7 (Action=…): 200 and a list of 20".
std::string Named(const Lesson& lesson) {
  return fmt::format("exchange {} ({}): {}", lesson.id, Excerpt(lesson.request.Text(), 160),
                     lesson.answered);
}

std::string OptionText(Question question, Option option) {
  return fmt::format("{}={}", Id(question), Id(option));
}

// The violation of a reading file: `which` it pins, `shown` are the options that the answer has.
Difference BrokenPin(const std::string& which, const std::vector<std::string>& shown,
                     Aspect aspect) {
  return {"request.reading.pinned"_rule, fmt::format("{}, as the given reading says", which),
          shown.empty() ? std::string("an answer that is right under other options only")
                        : fmt::format("an answer of {}", fmt::join(shown, " or ")),
          which, aspect};
}

}  // namespace

Lessons::Lessons(const Dataset& dataset, const Reading& pins, bool accepts_json,
                 std::shared_ptr<HiddenValues> hidden)
    : dataset_(dataset),
      pins_(pins),
      accepts_json_(accepts_json),
      hidden_(std::move(hidden)),
      space_(pins),
      all_(pins),
      secured_(Now()) {}

bool Lessons::Restrict(Constraints news, const Exchange* exchange, const WalkMemory::View& tokens) {
  ReadingSpace next = space_;
  const auto by_situation = situations_.questions();
  bool learned = false;
  for (Explanations& explanations : news) {
    bool more = false;
    if (!next.Restrict(Without(by_situation, std::move(explanations)), &more)) return false;
    learned |= more;
  }
  if (!exchange || !learned) return true;
  for (std::size_t q = 0; q < kQuestionCount; ++q) {
    if (space_.domains()[q] != next.domains()[q]) evidence_[q].push_back(exchange->id);
  }
  space_ = std::move(next);
  lessons_.push_back(LessonOf(*exchange, tokens));
  return true;
}

Lesson Lessons::LessonOf(const Exchange& exchange, const WalkMemory::View& tokens) const {
  const std::shared_ptr<const QuietState>& state = exchange.state.quiet_state;
  return {.id = exchange.id,
          .request = exchange.request,
          .response = exchange.response,
          .tokens = tokens,
          .quiet_state = state,
          .refuses = exchange.answer.IsError(),
          .answered = exchange.answer.InWords(),
          .listed = ListedPositions(exchange.answer, state ? state->dataset : dataset_),
          .of_known_state = !state};
}

void Lessons::LearnOption(std::uint64_t exchange, Question question, Option option) {
  bool learned = false;
  const Explanation shown{{question, OptionSet::Of(question, {option})}};
  if (space_.Restrict({shown}, &learned) && learned) {
    evidence_[Index(question)].push_back(exchange);
  }
}

void Lessons::KeepWitness(const Exchange& exchange, const WalkMemory::View& tokens,
                          const std::vector<Question>& asked) {
  if (exchange.response.body.size() > kLongWitness) return;
  bool wanted = false;
  for (const Question question : asked) {
    if (evidence_[Index(question)].empty() || !space_.Settled(question)) continue;
    if (witnessed_[Index(question)] >= kMostWitnesses) continue;
    ++witnessed_[Index(question)];
    wanted = true;
  }
  if (!wanted) return;
  witnesses_.push_back(LessonOf(exchange, tokens));
}

Constraints Lessons::ConstraintsOf(const AskedAnswer& asked, const Dataset& dataset) const {
  Exploration exploration = Explore(asked, dataset, admitted());
  CheckResult form;
  if (!asked.answer.IsError() && !asked.tokens.crosses_states()) {
    CheckFields(asked.answer, dataset, form);
  }
  Constraints constraints;
  for (const Restriction& shown : form.answers) constraints.push_back({{shown}});
  if (!exploration.too_many && !exploration.explanations.empty()) {
    Simplify(exploration.explanations, admitted());
    constraints.push_back(std::move(exploration.explanations));
  }
  return constraints;
}

const Constraints& Lessons::ConstraintsOf(Lesson& lesson) const {
  if (!lesson.constraints) {
    const Dataset& dataset = lesson.quiet_state ? lesson.quiet_state->dataset : dataset_;
    AnswerReader reader;
    const ObservedAnswer& answer = reader.Read(lesson.response);
    const auto listed = ListedPositions(answer, dataset);
    const HiddenValues* hidden = lesson.quiet_state ? nullptr : hidden_.get();
    lesson.constraints = ConstraintsOf(
        {lesson.request, answer, listed, lesson.tokens, hidden, accepts_json_}, dataset);
    lesson.response = {};
    lesson.quiet_state = nullptr;
  }
  return *lesson.constraints;
}

bool Lessons::AreConsistent(const Constraints& mine, const std::vector<Lesson*>& others,
                            const std::bitset<kQuestionCount>& by_situation) const {
  Constraints all;
  for (const Explanations& explanations : mine) all.push_back(Without(by_situation, explanations));
  for (Lesson* lesson : others) {
    for (const Explanations& explanations : ConstraintsOf(*lesson)) {
      all.push_back(Without(by_situation, explanations));
    }
  }
  std::vector<const Explanations*> pointers;
  for (const Explanations& explanations : all) pointers.push_back(&explanations);
  return ReadingSpace::Consistent(pins_, pointers);
}

// The fewest lessons that contradict the constraints together; one if one is enough. Empty if the
// constraints contradict themselves, or if more was learned than can be shown.
std::vector<Lesson*> Lessons::Contradicted(const Constraints& mine) {
  const auto by_situation = situations_.questions();
  const auto consistent = [&](const std::vector<Lesson*>& chosen) {
    return AreConsistent(mine, chosen, by_situation);
  };
  if (!consistent({})) return {};
  std::vector<Lesson*> needed;
  for (Lesson& lesson : lessons_) needed.push_back(&lesson);
  std::vector<Lesson*> alone = needed;
  for (Lesson& witness : witnesses_) alone.push_back(&witness);
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

// The fewest questions that have to be answered by situation for the answers to be right together:
// one if one is enough, all in dispute otherwise; none if not even that is enough.
std::vector<Question> Lessons::Resolving(const Constraints& mine,
                                         const std::vector<Lesson*>& others, bool meanings) const {
  std::vector<Question> disputed;
  for (const Question question : Subjects(mine)) {
    if (!situations_.Depends(question) && (meanings || !IsMeaning(question))) {
      disputed.push_back(question);
    }
  }
  const auto by_situation = situations_.questions();
  for (const Question question : disputed) {
    auto freed = by_situation;
    freed.set(Index(question));
    if (AreConsistent(mine, others, freed)) return {question};
  }
  auto freed = by_situation;
  for (const Question question : disputed) freed.set(Index(question));
  if (!AreConsistent(mine, others, freed)) return {};
  return disputed;
}

// request.same.answer, request.filter.one_meaning, request.reading.consistent
Lessons::Incoherence Lessons::Compare(const Constraints& mine, const AskedAnswer& asked,
                                      const Dataset& dataset) {
  const Request& request = asked.request;
  const ObservedAnswer& answer = asked.answer;
  const Aspect aspect = answer.IsError() ? Aspect::kOutcome : Aspect::kList;
  Incoherence out{.others = Contradicted(mine)};
  if (out.others.empty() && !pins_.pins.empty()) {
    out.difference = BrokenPinsOf(mine, aspect);
    return out;
  }
  out.by_situation = Resolving(mine, out.others, false);
  const auto differ = [&](Rule rule, std::string_view why, std::string shape) {
    std::vector<std::string> others;
    for (const Lesson* lesson : out.others) others.push_back(Named(*lesson));
    out.difference =
        Difference{rule, fmt::format("an answer that goes with {}", fmt::join(others, ", ")),
                   fmt::format("{}: {}", answer.InWords(), why), std::move(shape), aspect};
  };
  const bool same = out.others.size() == 1 && out.others.front()->request == request;
  if (same) {
    const auto disputed = Resolving(mine, out.others, true);
    differ("request.same.answer"_rule, "another answer to the same request",
           disputed.size() == 1 ? std::string(Id(disputed.front())) : "");
  } else if (out.by_situation.empty() && !out.others.empty()) {
    const auto meanings = Resolving(mine, out.others, true);
    // That it refuses the value in one of the situations is its own affair.
    if (aspect == Aspect::kOutcome || std::ranges::any_of(out.others, &Lesson::refuses)) {
      out.by_situation = meanings;
      return out;
    }
    const std::string about = meanings.size() == 1 ? std::string(Id(meanings.front())) : "";
    differ("request.filter.one_meaning"_rule,
           about.empty()
               ? "an answer in which a filter's value means something else"
               : fmt::format("an answer in which a filter's value means something else: {}",
                             Catalogue::Get()[meanings.front()].situation),
           about);
    const auto described =
        &dataset == &dataset_ ? DescribeMeanings(meanings, mine, asked, out.others) : std::nullopt;
    if (described) {
      out.difference->expected = described->expected;
      out.difference->actual = described->actual;
    }
  } else if (out.by_situation.size() == 1 && out.others.size() == 1 &&
             AreOneSituation(out.by_situation.front(), request, out.others.front()->request)) {
    const Question question = out.by_situation.front();
    differ(
        "request.reading.consistent"_rule,
        fmt::format("an answer by another rule, though only values of other parameters differ: {}",
                    Catalogue::Get()[question].situation),
        std::string(Id(question)));
  }
  return out;
}

// Shown by the first of the other answers that is enough; nothing if none of them is.
std::optional<TwoMeanings> Lessons::DescribeMeanings(const std::vector<Question>& disputed,
                                                     const Constraints& mine,
                                                     const AskedAnswer& asked,
                                                     const std::vector<Lesson*>& others) const {
  for (const Question question : disputed) {
    if (!IsMeaning(question)) continue;
    const MeantList one{asked.request, asked.tokens, asked.listed, Left(mine, question),
                        asked.answer.InWords()};
    for (Lesson* lesson : others) {
      if (!lesson->of_known_state) continue;
      const MeantList other{lesson->request, lesson->tokens, lesson->listed,
                            Left(ConstraintsOf(*lesson), question), lesson->answered};
      auto described =
          DescribeTwoMeanings(question, one, other, dataset_, space_.domains(), asked.hidden);
      if (described) return described;
    }
  }
  return std::nullopt;
}

void Lessons::Free(const Incoherence& incoherence) {
  for (const Question question : incoherence.by_situation) {
    situations_.Free(question);
    for (Lesson& lesson : lessons_) {
      situations_.Note(question, lesson.request, Left(ConstraintsOf(lesson), question));
    }
  }
  space_ = all_;
  const auto by_situation = situations_.questions();
  for (Lesson& lesson : lessons_) {
    for (const Explanations& explanations : ConstraintsOf(lesson)) {
      space_.Restrict(Without(by_situation, explanations));
    }
  }
}

std::vector<ShownOptions> Lessons::NoteSituations(const Constraints& shown,
                                                  const Request& request) {
  std::vector<ShownOptions> noted;
  if (situations_.empty()) return noted;
  for (const Question question : Subjects(shown)) {
    if (!situations_.Depends(question)) continue;
    noted.push_back({question, Left(shown, question)});
    situations_.Note(question, request, noted.back().options);
  }
  return noted;
}

Difference Lessons::BrokenPinsOf(const Constraints& constraints, Aspect aspect) const {
  std::vector<std::string> broken, shown;
  for (const auto& [question, option] : pins_.pins) {
    const OptionSet left = Left(constraints, question);
    if (OptionSet::Of(question, {option}).IsWithin(left)) continue;
    broken.push_back(OptionText(question, option));
    for (const int other : left) shown.push_back(OptionText(question, OptionAt(question, other)));
  }
  const std::string which = broken.empty() ? "pins" : fmt::format("{}", fmt::join(broken, ", "));
  return BrokenPin(which, shown, aspect);
}

std::optional<Difference> Lessons::PinnedOtherwise(Question question, Option option) const {
  for (const auto& [pinned, wanted] : pins_.pins) {
    if (pinned != question || wanted == option) continue;
    return BrokenPin(OptionText(question, wanted), {OptionText(question, option)},
                     Aspect::kOutcome);
  }
  return std::nullopt;
}

Lessons::Learned Lessons::Now() const {
  return {space_, situations_, lessons_.size(), witnesses_.size(), witnessed_, evidence_};
}

void Lessons::Unlearn() {
  space_ = secured_.space;
  situations_ = secured_.situations;
  lessons_.erase(lessons_.begin() + static_cast<std::ptrdiff_t>(secured_.lessons), lessons_.end());
  witnesses_.erase(witnesses_.begin() + static_cast<std::ptrdiff_t>(secured_.witnesses),
                   witnesses_.end());
  witnessed_ = secured_.witnessed;
  evidence_ = secured_.evidence;
}

}  // namespace assay
