#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/reading.h"
#include "spec/text/result.h"

namespace assay {

// Each takes the text of a data file and the name that opens its errors. An error names the file,
// the position, the id and the key: an unknown or missing key, a wrong type, a level or id that
// does not exist, an id that occurs twice, a case that no other case can refer to.
Result<std::vector<RuleInfo>> ParseRules(std::string_view text, const std::string& name);
Result<std::vector<QuestionInfo>> ParseQuestions(std::string_view text, const std::string& name);
Result<std::vector<ErrorInfo>> ParseErrors(std::string_view text, const std::string& name);

// The format of LoadReading; the error for an unknown question or option names the nearest valid
// id.
Result<Reading> ParseReading(std::string_view text, const std::string& name);

}  // namespace assay
