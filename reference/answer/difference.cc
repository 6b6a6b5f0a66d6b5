#include "reference/answer/difference.h"

#include <string>
#include <utility>

#include "spec/text/count.h"

namespace assay {

Difference FormDifference(Rule rule, std::string expected, std::string actual, std::string shape) {
  return {rule, std::move(expected), std::move(actual), std::move(shape), Aspect::kForm};
}

Difference ListDifference(Rule rule, std::string expected, std::string actual, std::string shape) {
  return {rule, std::move(expected), std::move(actual), std::move(shape), Aspect::kList};
}

Difference OutcomeDifference(Rule rule, std::string expected, std::string actual,
                             std::string shape) {
  return {rule, std::move(expected), std::move(actual), std::move(shape), Aspect::kOutcome};
}

std::string CountOfSnapshots(std::size_t count) { return CountInWords(count, "snapshot"); }

bool IsMust(const Difference& difference) {
  return Catalogue::Get()[difference.rule].level == Level::kMust;
}

bool IsAboutTwoAnswers(Rule rule) {
  return rule == "request.reading.consistent"_rule || rule == "request.same.answer"_rule ||
         rule == "request.reading.pinned"_rule || rule == "request.filter.one_meaning"_rule;
}

bool IsSame(const Difference& a, const Difference& b) {
  return a.rule == b.rule && a.shape == b.shape;
}

}  // namespace assay
