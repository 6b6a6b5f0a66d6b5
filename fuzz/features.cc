#include "fuzz/features.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>

namespace assay {
namespace {

constexpr std::size_t kCounters = 8192;  // libFuzzer wants a multiple of 8

// libFuzzer reads this section after every input. `used` and `volatile` keep the compiler from
// removing writes that nothing in the program reads.
#if defined(__linux__)
__attribute__((section("__libfuzzer_extra_counters"), used, aligned(8)))
#endif
volatile std::uint8_t counters[kCounters];

void Count(std::uint64_t kind, std::uint64_t value) {
  std::uint64_t hash = kind * 0x9E3779B97F4A7C15ULL + value;
  hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93ULL;
  const std::size_t at = (hash ^ (hash >> 32)) % kCounters;
  if (counters[at] < 255) counters[at] = static_cast<std::uint8_t>(counters[at] + 1);
}

}  // namespace

void ShowFeatures(const Response& response, const Verdict& verdict) {
  const std::uint64_t code = std::hash<std::string_view>{}(verdict.code);
  Count(1, static_cast<std::uint64_t>(response.status));
  Count(2, code);
  Count(3, std::min<std::uint64_t>(verdict.listed.size(), 16));
  Count(4, static_cast<std::uint64_t>(verdict.kind));
  // Which snapshots were listed says which filters took effect.
  for (const std::string& id : verdict.listed) Count(5, std::hash<std::string_view>{}(id) % 512);
  for (const Difference& warning : verdict.warnings()) Count(6, Index(warning.rule));
  if (!verdict.code.empty()) Count(7, code ^ std::hash<std::string_view>{}(response.content_type));
}

}  // namespace assay
