#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reference/wire/message.h"

namespace assay {

// An answer that came whole.
struct WireAnswer {
  Response response;
  bool keeps_alive = false;  // the connection stays open after it
};

// What came on a connection, read as answers of HTTP/1.
struct WireAnswers {
  std::vector<WireAnswer> whole;  // without interim ones (1xx)
  bool is_cut = false;            // an answer began and did not end
  bool changed = false;           // HTTP ended: the protocol was switched, or a tunnel began
  bool is_foreign = false;        // what came does not even begin as an answer does
  std::string problem;            // why the rest is no answer, "" if nothing is wrong with it
};

// `methods` are those of the requests that are answered, as far as they are known. `ended`: nothing
// more can come.
WireAnswers ReadAnswers(std::string_view bytes, const std::vector<std::string>& methods,
                        bool ended);

}  // namespace assay
