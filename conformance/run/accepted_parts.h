#pragma once

#include <string>
#include <vector>

#include "reference/findings/known.h"
#include "spec/record/record.h"

namespace assay {

// Why findings of which something is accepted are not known all the same: a text for each that
// names the ids that the list lacks. `findings` are those that ApplyKnown() has marked.
std::vector<std::string> MissingParts(const std::vector<KnownFinding>& known,
                                      const std::string& today,
                                      const std::vector<Finding>& findings);

// The findings, and behind each the parts of it (`also`) as findings of their own, whose text is
// that of their own rule: what a list of accepted findings says of them.
std::vector<Finding> WithTheirParts(const std::vector<Finding>& findings);

}  // namespace assay
