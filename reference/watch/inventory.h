#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reference/state/dataset.h"
#include "reference/target/target.h"
#include "reference/watch/listing.h"
#include "spec/text/result.h"

namespace assay {

struct InventoryOptions {
  std::string format = "JSON";      // or "XML"
  int rounds = 4;                   // at most; in each one walk by number, and one by token
  std::uint64_t most_requests = 0;  // 0: as many as it takes
  std::size_t most_snapshots = kMostListed;
};

// What the answers of a target show of one region.
struct Inventory {
  Dataset dataset;             // `discovered`; its default resource group is "" if none stood out
  std::uint64_t requests = 0;  // sent, second tries included
  std::vector<std::string> unseen;  // what else the state holds and no answer shows, in words
  std::string note;                 // how the walks disagreed, a sentence; "" if they agreed
};

// Reads the list of the region without filters, 100 a page, by PageNumber and by NextToken, until
// two walks hold the same snapshots with the same content. If the two ways of paging keep to
// different lists, both count, and if only one of them works its lists do: `note` says so. Content
// that changes between walks is unknown. Throttled requests and passing 5xx are sent again. The
// Error (kCouldNotJudge) says how the walks disagreed, or what was answered instead of a list.
Result<Inventory> ReadInventory(Target& target, const std::string& region,
                                const InventoryOptions& options = {});

}  // namespace assay
