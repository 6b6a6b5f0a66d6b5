#pragma once

#include <string_view>
#include <vector>

namespace assay {

// One data file of spec/describe_snapshots/, as it was when the program was built.
struct EmbeddedFile {
  std::string_view name;  // "rules/paging.json"
  std::string_view text;
};

// All of them, sorted by name; defined in embedded.gen.cc, which embed_spec_main.cc writes.
const std::vector<EmbeddedFile>& EmbeddedFiles();

}  // namespace assay
