#pragma once

#include <string>
#include <string_view>

namespace assay {

// What the first bytes of something that is no HTTP/1 answer look like, and what to do about it:
// "a TLS alert: is this an https endpoint?"; what they are byte by byte if no protocol is known by
// them.
std::string DescribeForeignBytes(std::string_view bytes);

}  // namespace assay
