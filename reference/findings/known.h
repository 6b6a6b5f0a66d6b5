#pragma once

#include <functional>
#include <string>
#include <vector>

#include "spec/record/record.h"
#include "spec/text/result.h"

namespace assay {

// An accepted finding.
struct KnownFinding {
  std::string id;
  std::string rule;
  std::string reason;         // why it is accepted; never empty
  std::string expires;        // yyyy-MM-dd, the last day on which it counts; "" for ever
  bool intermittent = false;  // it may occur or not
};

// Reads {"format": "assay-known/1", "findings": [{"id", "rule", "reason", "expires"?,
// "stability"?}]}. The Error names file, position and key.
Result<std::vector<KnownFinding>> LoadKnown(const std::string& file);
Result<std::vector<KnownFinding>> ParseKnown(std::string_view text, const std::string& name);

// Makes the accepted ones among the violations and warnings "known": those of which every part is
// accepted, since nothing new may hide behind something accepted. The result says, one sentence
// each, which entries must go: expired on `today` (yyyy-MM-dd), of a rule that does not exist or an
// id that does not belong to it, or, in a full run, no longer found.
std::vector<std::string> ApplyKnown(const std::vector<KnownFinding>& known, bool full_run,
                                    const std::string& today, std::vector<Finding>& findings);

// Why findings of which something is accepted on `today` are not known all the same: a text for
// each that names the ids that the list lacks. `findings` are those that ApplyKnown() has marked.
std::vector<std::string> MissingParts(const std::vector<KnownFinding>& known,
                                      const std::string& today,
                                      const std::vector<Finding>& findings);

// The text of a file that accepts all these violations and warnings, and each part of them with the
// statement of its own rule; the reasons of new ones are for a reader to write. Of the `earlier`
// entries those that are found again stay as they are, and those of which `keeps` says so.
std::string KnownText(
    const std::vector<Finding>& findings, const std::vector<KnownFinding>& earlier = {},
    const std::function<bool(const KnownFinding&)>& keeps = [](const auto&) { return false; });

}  // namespace assay
