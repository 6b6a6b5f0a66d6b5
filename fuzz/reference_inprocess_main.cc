// The reference server as an emulator within the process of `assay fuzz`: an example of
// fuzz/inprocess.h. ASSAY_FAULT names a fault of the catalogue that it has.
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "fuzz/inprocess.h"
#include "reference/faults/catalogue.h"
#include "reference/server/server.h"
#include "reference/state/open_dataset.h"

extern "C" int assay_start_target(const char* dataset_file) {
  // It serves as long as the process lives.
  static const assay::Result<assay::Dataset> dataset = assay::LoadDatasetOrBuiltIn(dataset_file);
  if (!dataset) {
    std::fprintf(stderr, "%s\n", dataset.error().Text().c_str());
    return 0;
  }
  std::vector<const assay::Fault*> faults;
  const char* const id = std::getenv("ASSAY_FAULT");
  if (const assay::Fault* fault = assay::FindFault(id == nullptr ? "" : id)) faults = {fault};
  auto server = assay::Server::Start(*dataset, {}, "127.0.0.1", 0, {.threads = 2}, {}, faults);
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().Text().c_str());
    return 0;
  }
  return server->release()->port();
}
