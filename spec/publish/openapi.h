#pragma once

#include <string>

namespace assay {

// The operation as an OpenAPI 3.1 document (JSON): GET and POST on "/", every parameter and field,
// the error envelope and the codes of each status. Tag.N.* are written out for N from 1 to 20.
std::string OpenApiDocument();

}  // namespace assay
