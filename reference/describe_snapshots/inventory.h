#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reference/dataset.h"
#include "reference/target.h"
#include "spec/result.h"

namespace assay {

struct InventoryOptions {
  std::string format = "JSON";      // or "XML"
  int rounds = 4;                   // at most; in each one walk by number, and one by token
  std::uint64_t most_requests = 0;  // 0: as many as it takes
};

// What the answers of a target show of one region.
struct Inventory {
  Dataset dataset;  // `discovered`; its default resource group is "" where none stood out
  std::uint64_t requests = 0;       // sent, second tries included
  std::vector<std::string> unseen;  // what else the state holds and no answer shows, in words
  std::string note;  // in how far the walks did not agree, a sentence; "" where they did
};

// Reads the list of the region without filters, 100 a page, by PageNumber and by NextToken, until
// two walks hold the same snapshots with the same content. Where the two ways of paging keep to
// different lists, both count, and where only one of them works its lists do: `note` says so. What
// only changes in content between walks is unknown. Throttled requests and passing 5xx are sent
// again. The Error (kCouldNotJudge) says what the walks did not agree in, or what was answered in
// place of a list.
Result<Inventory> ReadInventory(Target& target, const std::string& region,
                                const InventoryOptions& options = {});

}  // namespace assay
