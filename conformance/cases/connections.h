#pragma once

#include <vector>

#include "conformance/cases/suite_context.h"

namespace assay {

// Requests of every kind, each of them followed by the plainest one: on the same connection, and on
// all connections at once. What one request asks for must not rub off on the next.
std::vector<SuiteTest> ConnectionTests();

}  // namespace assay
