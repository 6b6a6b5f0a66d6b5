#pragma once

#include <rapidcheck/Gen.h>

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <vector>

#include "property/vocabulary.h"
#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/reading.h"

namespace assay {

// One case of a law: requests, and a number that decides whatever else the law has to draw (where
// to split, how to shuffle).
struct LawCase {
  std::vector<Request> requests;
  std::uint64_t choice = 0;

  bool operator==(const LawCase&) const = default;
};

// One valid request (see Vocabulary::DrawValid). Shrinks by leaving filters out, then to simpler
// values; the choice stays, so that a case stays the same case.
rc::Gen<LawCase> ValidCases(std::shared_ptr<const Vocabulary> vocabulary);
// One to `most` requests of any kind. Shrinks by leaving requests, then parameters out, then to
// plain methods and values.
rc::Gen<LawCase> AnyCases(std::shared_ptr<const Vocabulary> vocabulary, std::size_t most);
// A whole reading: one option to each question. Shrinks towards the first options.
rc::Gen<Reading> Readings();

// For RapidCheck's counterexamples.
void showValue(const LawCase& law_case, std::ostream& out);
void showValue(const Reading& reading, std::ostream& out);

}  // namespace assay
