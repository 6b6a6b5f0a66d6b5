#pragma once

#include <string>
#include <vector>

#include "reference/describe_snapshots/model.h"

namespace assay {

// The list that answers a request, ready to be written: which snapshots, in which order.
struct RenderedList {
  std::vector<std::uint32_t> listed;  // positions in the dataset, in the order of the answer
  std::vector<Snapshot> altered;      // not empty: written in place of those listed, one for one
  std::optional<std::int64_t> total, page_number, page_size;  // nothing: the field is left out
  std::optional<std::string> next_token;                      // "" is written as an empty string
  std::string request_id;
};

// The body of a list under the reading's forms, in XML or JSON.
std::string RenderList(const RenderedList& list, const Dataset& dataset, bool xml,
                       Choices& choices);

struct RenderedError {
  int status = 400;
  std::string code, message, host_id, request_id;
};
// The error envelope (api-facts, 5.4).
std::string RenderError(const RenderedError& error, bool xml);

// The refusal as status, code and text; `subject` fills the texts that name a parameter.
RenderedError DescribeRefusal(const Refusal& refusal);

}  // namespace assay
