#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reports/journal/journal.h"

namespace assay {

// An entry of a HAR file that asks for DescribeSnapshots. Its exchange has the number of the entry
// (the first is 1), no verdict and no token; its status is 0 if there was no answer.
struct HarEntry {
  RecordedExchange recorded;
  std::string target;  // a host, or all the regional endpoints of the real service together
};

struct HarEntries {
  std::vector<HarEntry> entries;
  std::size_t others = 0;     // entries that ask for something else
  bool accepts_json = false;  // requests said so
};

// By its name, or by its first member: a journal begins with {"type":"header".
bool IsHar(const std::string& path);

// Reads a HAR 1.2 file, as browsers and proxies write it, up to 512 MiB. Keys and signatures of the
// requests are dropped. The Error names the entry.
Result<HarEntries> LoadHarEntries(const std::string& path);
Result<HarEntries> ParseHarEntries(std::string_view text, const std::string& name);

}  // namespace assay
