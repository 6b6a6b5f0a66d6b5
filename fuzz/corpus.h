#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fuzz/exchange_input.h"
#include "spec/text/result.h"

namespace assay {

// Numbers of what the answers to an input show (fuzz/features.h), ascending.
using Features = std::vector<std::uint32_t>;
// Finds them out. An Error ends what is being done to the corpus, which stays as it was.
using FeatureSource = std::function<Result<Features>(const ExchangeInput& input)>;

// A file of a corpus.
struct CorpusInput {
  std::string path;
  std::string text;
  ExchangeInput input;  // as it is written: nothing added
  Features features;

  std::string Canonical() const { return WriteExchangeInput(input); }
};

// The files of the folder and of those in it, by path. The Error names the folder that is missing
// or empty, or the file that cannot be read or is too large for an input.
Result<std::vector<CorpusInput>> ReadCorpus(const std::string& folder);

// Positions of a few sets that hold together what all hold: the next is always the one that adds
// the most, of equals the one whose `size` is the smallest. In the order of their choice, without
// those that later ones make needless.
std::vector<std::size_t> CoverAll(const std::vector<Features>& sets,
                                  const std::vector<std::size_t>& sizes);

inline constexpr std::size_t kEveryInput = static_cast<std::size_t>(-1);

struct CorpusStats {
  std::size_t inputs = 0, bytes = 0, largest = 0;
  std::size_t requests = 0, with_token = 0;     // of these, requests that go on from an answer
  std::size_t features = 0, shown_once = 0;     // of these, features that one input alone shows
  std::size_t enough = 0;                       // inputs that show them all
  std::vector<std::string> given, never_given;  // parameters of the specification
  std::vector<std::string> no_request;          // files that are no input
};
Result<CorpusStats> DescribeCorpus(const std::string& folder, const FeatureSource& features);

// What became of a corpus.
struct CorpusChange {
  std::size_t looked_at = 0, before = 0;  // inputs; of these, those that were there already
  std::size_t kept = 0;                   // now in the corpus
  std::size_t bytes_before = 0, bytes = 0;
  std::size_t features_before = 0, features = 0;
  std::size_t rewritten = 0;  // files whose text was put in order
  std::string dropped_to;     // the folder with what was there before
};

// Writes into `out`, which is made if needed, those inputs of the folders that show a feature which
// no input there shows, the smallest first. The Error names what is wrong with a folder.
Result<CorpusChange> MergeCorpora(const std::string& out, const std::vector<std::string>& folders,
                                  const FeatureSource& features);

// Leaves a few inputs that together show what all show, or so many as `most` that show the most,
// each as WriteExchangeInput() writes it. What was there before is kept beside the folder, in
// FOLDER.dropped; no input leaves the corpus before all that stay are written.
Result<CorpusChange> MinimiseCorpus(const std::string& folder, const FeatureSource& features,
                                    std::size_t most = kEveryInput);

}  // namespace assay
