#pragma once

#include <gtest/gtest.h>

#include <ranges>
#include <utility>
#include <vector>

#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/operation.h"
#include "spec/catalogue/parameter_values.h"

namespace assay {

// What a test loops over; it fails if there is nothing, since it would then assert nothing.
template <typename Range>
Range Some(Range&& items) {
  EXPECT_FALSE(std::ranges::empty(items)) << "nothing to loop over";
  return std::forward<Range>(items);
}

inline const std::vector<RuleInfo>& AllRules() { return Some(Catalogue::Get().rules()); }
inline const std::vector<QuestionInfo>& AllQuestions() {
  return Some(Catalogue::Get().questions());
}
inline const std::vector<ErrorInfo>& AllErrors() { return Some(Catalogue::Get().errors()); }
inline const std::vector<ParameterInfo>& AllParameters() {
  return Some(OperationInfo::Get().parameters);
}
inline const std::vector<AnswerField>& AllFields() { return Some(OperationInfo::Get().fields); }
inline const std::vector<AbstractParameter>& AllAbstractParameters() {
  return Some(ParameterValues::Get().parameters);
}

}  // namespace assay
