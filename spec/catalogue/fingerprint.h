#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "spec/text/result.h"

namespace assay {

// One salted hash per word of a document, in order (words are what white space separates). It
// proves that a quote is in the document, without holding the document itself.
struct Fingerprint {
  std::string salt;
  std::vector<std::uint32_t> words;

  // Whether the words of the quote follow one another in the document. A quote without a word is
  // nowhere.
  bool Holds(std::string_view quote) const;
  // "assay-fingerprint/1 SALT COUNT", then eight hex digits a word, ten words a line.
  std::string Text() const;
};

Fingerprint FingerprintOf(std::string_view document, const std::string& salt);

// Reads what Text() writes; an error names the word that is wrong.
Result<Fingerprint> ParseFingerprint(std::string_view text, const std::string& name);

}  // namespace assay
