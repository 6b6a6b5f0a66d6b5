#pragma once

#include <string>

namespace assay {

// The contract as one readable page: parameters, fields, errors, rules and open questions.
std::string MarkdownDocument();

}  // namespace assay
