#pragma once

#include <vector>

#include "conformance/cases/suite_context.h"

namespace assay {

// Every parameter with every odd value of its kind and of any kind (parameters.json, `odd_values`),
// in the query and in a form, then odd names: repeated, bracketed, numbered, in other letters, and
// with odd numbers. Hardly anything is said about these, so the judge accuses only what no answer
// may be: 5xx, no envelope, a list of what cannot match.
std::vector<SuiteTest> OddValueTests();

}  // namespace assay
