#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

// "12,345".
std::string Thousands(std::uint64_t number);
// "1 request", "12,345 requests"; "1 query", "2 queries".
std::string CountText(std::uint64_t count, std::string_view one);
// The same, if the plural takes more: "1 rule is broken", "2 rules are broken".
std::string CountText(std::uint64_t count, std::string_view one, std::string_view many);
// The same in a sentence: "no request", "1 request", "2 requests".
std::string CountInWords(std::uint64_t count, std::string_view one);
// "no snapshot", "at most 1 snapshot", "at most 12 snapshots".
std::string AtMostText(std::uint64_t count, std::string_view one);

}  // namespace assay
