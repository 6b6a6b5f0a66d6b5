#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/text/result.h"

namespace assay {

// Something that can be explained beside rules, questions and errors: a fault, say.
struct Described {
  std::string id;
  std::string summary;  // one line, for lists
  std::string text;     // what `assay explain ID` prints
};

// What is known about an id: a rule, a question, an error code, a parameter or field of the
// operation, or one of `more`; all of them if several have that name. A beginning ("paging",
// "page.size") or a pattern ("*.maximum") lists what it fits. Anything else is an error with the
// nearest ids.
Result<std::string> Explain(std::string_view id, const std::vector<Described>& more = {});

}  // namespace assay
