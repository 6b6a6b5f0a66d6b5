#pragma once

#include <optional>
#include <string>

#include "reference/session/session.h"
#include "reference/state/dataset.h"

namespace assay {

// Whether judging makes sense at all, asked with as few requests as possible: something listens
// there, answers as an API does, lets the caller in, and knows the dataset's snapshots. If not, the
// Error says in one sentence what to do; its exit is kCouldNotJudge. A target that answers wrongly,
// or breaks off in its answer, passes: that is for the judge. `dataset_name` is how the user knows
// the dataset.
std::optional<Error> FindObstacle(Target& target, const Dataset& dataset,
                                  const std::string& dataset_name, const std::string& format);
// The same for a state that is not known: nothing need be listed.
std::optional<Error> FindObstacle(Target& target, const std::string& region,
                                  const std::string& format);

// Whether a target that was asked with signatures in headers takes one in parameters, too.
bool TakesParameterSignature(Target& target, const std::string& region, const std::string& format);

// If the lists that would show the state cannot be read: asks for them in a session that does not
// know the state, so that the form of the answers is judged.
void AskForLists(Session& session, const std::string& region, const std::string& format);

}  // namespace assay
