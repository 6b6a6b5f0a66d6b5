#include "reference/session/smallest_request.h"

namespace assay {

Request SmallestRequest(const std::string& region, const std::string& format) {
  Request request;
  request.parameters = {{"Action", "DescribeSnapshots"}, {"RegionId", region}};
  if (!format.empty()) request.parameters.push_back({"Format", format});
  return request;
}

}  // namespace assay
