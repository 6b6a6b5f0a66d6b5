#pragma once

#include <string>
#include <vector>

#include "reference/wire/message.h"

namespace assay {

// What a signature speaks of.
struct SignedParts {
  std::string method;
  std::vector<Parameter> query, form;
};

// Makes of a request as it is sent what its signature was made of. Nothing changes for forgeries
// that have nothing to do with that.
void UndoForgery(Forgery forgery, SignedParts& parts);

// The parameter that the forgery adds after signing, or an empty name.
Parameter AddedBy(Forgery forgery);

}  // namespace assay
