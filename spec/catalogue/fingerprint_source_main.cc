// Tool: writes spec/describe_snapshots/source.fingerprint from a copy of the base document, which
// the project itself does not hold. Run it again only for another edition of the document.
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "spec/catalogue/fingerprint.h"

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: fingerprint_source DOCUMENT SALT OUTPUT\n";
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  const std::string document{std::istreambuf_iterator<char>(in), {}};
  if (!in || document.empty()) {
    std::cerr << "fingerprint_source: " << argv[1] << ": cannot be read\n";
    return 2;
  }
  std::ofstream out(argv[3], std::ios::binary);
  out << assay::FingerprintOf(document, argv[2]).Text();
  if (!out.flush()) {
    std::cerr << "fingerprint_source: " << argv[3] << ": cannot be written\n";
    return 2;
  }
  return 0;
}
