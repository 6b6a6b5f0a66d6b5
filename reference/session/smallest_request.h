#pragma once

#include <string>

#include "spec/record/request.h"

namespace assay {

// The smallest valid request of the region.
Request SmallestRequest(const std::string& region, const std::string& format);

}  // namespace assay
