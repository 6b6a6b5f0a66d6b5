#include "fuzz/corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <queue>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "fuzz/seeds.h"
#include "reports/journal/journal.h"
#include "reports/render/repro.h"
#include "spec/catalogue/operation.h"
#include "spec/record/token_trail.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

Result<std::vector<fs::path>> FilesIn(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return Error{folder, "there is no such folder"};
  if (!fs::is_directory(folder, error)) return Error{folder, "is not a folder"};
  for (const char* journal : {kJournalName, kPlainJournalName}) {
    if (!fs::exists(fs::path(folder) / journal, error)) continue;
    return Error{folder, "is the folder of a run, not a corpus; that of a campaign is " +
                             (fs::path(folder) / "corpus").string()};
  }
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_regular_file(error)) files.push_back(entry->path());
  }
  if (error) return Error{folder, "cannot be read: " + error.message()};
  if (files.empty()) return Error{folder, "the folder holds no input"};
  std::ranges::sort(files);
  return files;
}

Result<CorpusInput> ReadInput(const std::string& file) {
  Result<std::string> text = ReadInputFile(file);
  if (!text) return text.error();
  if (text->size() > kLongestInput) {
    return Error{file,
                 fmt::format("has more than {} bytes, which no input has; take the file out of "
                             "the corpus",
                             kLongestInput)};
  }
  ExchangeInput input = ParseExchangeInput(*text, "");
  return CorpusInput{.path = file, .text = std::move(*text), .input = std::move(input)};
}

// An input without a request shows nothing.
Done FindFeatures(std::vector<CorpusInput>& inputs, const FeatureSource& source) {
  for (CorpusInput& input : inputs) {
    if (input.input.requests.empty()) continue;
    Result<Features> features = source(input.input);
    if (!features) return features.error();
    input.features = std::move(*features);
  }
  return Ok();
}

Result<std::vector<CorpusInput>> ReadWithFeatures(const std::string& folder,
                                                  const FeatureSource& source) {
  Result<std::vector<CorpusInput>> inputs = ReadCorpus(folder);
  if (!inputs) return inputs;
  if (const Done done = FindFeatures(*inputs, source); !done) return done.error();
  return inputs;
}

// By the number of inputs that show each.
std::unordered_map<std::uint32_t, std::size_t> CountEach(const std::vector<CorpusInput>& inputs) {
  std::unordered_map<std::uint32_t, std::size_t> counts;
  for (const CorpusInput& input : inputs) {
    for (const std::uint32_t feature : input.features) ++counts[feature];
  }
  return counts;
}

std::vector<std::size_t> CoverCorpus(const std::vector<CorpusInput>& inputs) {
  std::vector<Features> sets;
  std::vector<std::size_t> sizes;
  for (const CorpusInput& input : inputs) {
    sets.push_back(input.features);
    sizes.push_back(input.Canonical().size());
  }
  return CoverAll(sets, sizes);
}

std::size_t BytesOf(const std::vector<CorpusInput>& inputs) {
  std::size_t bytes = 0;
  for (const CorpusInput& input : inputs) bytes += input.text.size();
  return bytes;
}

void DescribeRequests(const std::vector<CorpusInput>& inputs, CorpusStats& stats) {
  std::set<std::string, std::less<>> given;
  for (const CorpusInput& input : inputs) {
    if (input.input.requests.empty()) stats.no_request.push_back(input.path);
    for (const Request& request : input.input.requests) {
      ++stats.requests;
      const auto token = request.Find("NextToken");
      stats.with_token += token && ParseTokenReference(*token) ? 1 : 0;
      for (const Parameter& parameter : request.parameters) {
        given.insert(GeneralName(parameter.name));
      }
    }
  }
  for (const ParameterInfo& parameter : OperationInfo::Get().parameters) {
    (given.contains(parameter.name) ? stats.given : stats.never_given).push_back(parameter.name);
  }
}

// "" or how the one folder lies to the other.
std::string Overlap(const fs::path& one, const fs::path& other) {
  std::error_code error;
  const fs::path a = fs::weakly_canonical(one, error), b = fs::weakly_canonical(other, error);
  if (a == b) return "the folder is given twice";
  const fs::path way = a.lexically_relative(b);
  if (!way.empty() && *way.begin() != "..") return "lies in " + other.string();
  return "";
}

Done CheckFolders(const std::string& out, const std::vector<std::string>& folders) {
  std::vector<std::string> all = {out};
  all.insert(all.end(), folders.begin(), folders.end());
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < all.size(); ++j) {
      if (i == j) continue;
      if (const std::string overlap = Overlap(all[i], all[j]); !overlap.empty()) {
        return Error{all[i], overlap + "; each is to be a corpus of its own"};
      }
    }
  }
  return Ok();
}

// The name does not hide what stands there.
fs::path FreeName(const fs::path& wanted) {
  fs::path free = wanted;
  std::error_code error;
  for (int number = 2; fs::exists(fs::symlink_status(free, error)); ++number) {
    free = fs::path(wanted.string() + "." + std::to_string(number));
  }
  return free;
}

Done MakeFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Error{folder.string(), "the folder cannot be made: " + error.message()};
  return Ok();
}

// What all those inputs hold, of which equal ones count once; the smallest first.
std::vector<CorpusInput> WithoutDoubles(std::vector<CorpusInput> inputs,
                                        const std::vector<CorpusInput>& known) {
  std::unordered_set<std::string> seen;
  for (const CorpusInput& input : known) seen.insert(input.Canonical());
  std::erase_if(inputs,
                [&](const CorpusInput& input) { return !seen.insert(input.Canonical()).second; });
  std::ranges::stable_sort(inputs, {}, [](const CorpusInput& input) {
    return std::pair(input.Canonical().size(), input.Canonical());
  });
  return inputs;
}

// Puts the files of a corpus in order, so that no input is ever missing: what is replaced or
// dropped goes to the folder beside it.
class Rewriting {
 public:
  explicit Rewriting(const std::string& folder)
      : folder_(folder), aside_(fs::canonical(folder).string() + ".dropped") {}

  // The input stays. Its earlier text is kept aside before it is replaced.
  Done Keep(const CorpusInput& input, bool* rewritten) {
    const std::string canonical = input.Canonical();
    *rewritten = canonical != input.text;
    if (!*rewritten) return Ok();
    Result<fs::path> place = PlaceAside(input);
    if (!place) return place.error();
    if (const Done done = WriteWholeFile(place->string(), input.text); !done) return done;
    return WriteWholeFile(input.path, canonical);
  }

  Done Drop(const CorpusInput& input) {
    Result<fs::path> place = PlaceAside(input);
    if (!place) return place.error();
    std::error_code error;
    fs::rename(input.path, *place, error);
    if (error)
      return Error{input.path, "cannot be moved to " + aside_.string() + ": " + error.message()};
    return Ok();
  }

  // "" if nothing was moved.
  std::string aside() const { return used_ ? aside_.string() : ""; }

 private:
  Result<fs::path> PlaceAside(const CorpusInput& input) {
    const fs::path place = FreeName(aside_ / fs::path(input.path).lexically_relative(folder_));
    if (const Done done = MakeFolder(place.parent_path()); !done) return done.error();
    used_ = true;
    return place;
  }

  const fs::path folder_, aside_;
  bool used_ = false;
};

// Of what was chosen early, all may have come again with what was chosen later.
void DropNeedless(const std::vector<Features>& sets, std::vector<std::size_t>& chosen) {
  std::unordered_map<std::uint32_t, std::size_t> times;
  for (const std::size_t set : chosen) {
    for (const std::uint32_t feature : sets[set]) ++times[feature];
  }
  std::erase_if(chosen, [&](std::size_t set) {
    const auto again = [&](std::uint32_t feature) { return times[feature] > 1; };
    if (!std::ranges::all_of(sets[set], again)) return false;
    for (const std::uint32_t feature : sets[set]) --times[feature];
    return true;
  });
}

// Unlike the reasons why nothing was begun.
Error Halfway(Error error, const std::string& folder) {
  error.what += fmt::format("; no input is lost: each is still in {0} or in {0}.dropped", folder);
  return error;
}

}  // namespace

Result<std::vector<CorpusInput>> ReadCorpus(const std::string& folder) {
  const Result<std::vector<fs::path>> files = FilesIn(folder);
  if (!files) return files.error();
  std::vector<CorpusInput> inputs;
  for (const fs::path& file : *files) {
    Result<CorpusInput> input = ReadInput(file.string());
    if (!input) return input.error();
    inputs.push_back(std::move(*input));
  }
  const auto sound = std::ranges::count_if(
      inputs, [](const CorpusInput& input) { return NamesParameter(input.input); });
  if (static_cast<std::size_t>(sound) * 2 < inputs.size()) {
    return Error{folder,
                 fmt::format("{} of its {} files name no parameter of DescribeSnapshots, so "
                             "it is no corpus; an input has a parameter a line: PageSize=10",
                             inputs.size() - static_cast<std::size_t>(sound), inputs.size())};
  }
  return inputs;
}

// What a set adds only shrinks, so one whose old figure is no longer the greatest need not be
// looked at.
std::vector<std::size_t> CoverAll(const std::vector<Features>& sets,
                                  const std::vector<std::size_t>& sizes) {
  std::unordered_set<std::uint32_t> covered;
  const auto adds = [&](std::size_t set) {
    return static_cast<std::size_t>(std::ranges::count_if(
        sets[set], [&](std::uint32_t feature) { return !covered.contains(feature); }));
  };
  using Entry = std::tuple<std::size_t, std::size_t, std::size_t>;  // adds, small, early
  const auto entry = [&](std::size_t set) { return Entry{adds(set), ~sizes[set], ~set}; };
  std::priority_queue<Entry> queue;
  for (std::size_t set = 0; set < sets.size(); ++set) queue.push(entry(set));
  std::vector<std::size_t> chosen;
  while (!queue.empty()) {
    const Entry known = queue.top();
    queue.pop();
    const std::size_t set = ~std::get<2>(known);
    const Entry now = entry(set);
    if (std::get<0>(now) == 0) continue;
    if (now < known) {
      queue.push(now);
      continue;
    }
    chosen.push_back(set);
    covered.insert(sets[set].begin(), sets[set].end());
  }
  DropNeedless(sets, chosen);
  return chosen;
}

Result<CorpusStats> DescribeCorpus(const std::string& folder, const FeatureSource& features) {
  const Result<std::vector<CorpusInput>> inputs = ReadWithFeatures(folder, features);
  if (!inputs) return inputs.error();
  CorpusStats stats{.inputs = inputs->size(), .bytes = BytesOf(*inputs)};
  for (const CorpusInput& input : *inputs) {
    stats.largest = std::max(stats.largest, input.text.size());
  }
  for (const auto& [feature, count] : CountEach(*inputs)) {
    ++stats.features;
    stats.shown_once += count == 1 ? 1 : 0;
  }
  stats.enough = CoverCorpus(*inputs).size();
  DescribeRequests(*inputs, stats);
  return stats;
}

Result<CorpusChange> MergeCorpora(const std::string& out, const std::vector<std::string>& folders,
                                  const FeatureSource& features) {
  if (const Done done = CheckFolders(out, folders); !done) return done.error();
  std::vector<CorpusInput> kept, others;
  std::error_code error;
  if (fs::exists(out, error) && !fs::is_empty(out, error)) {
    Result<std::vector<CorpusInput>> there = ReadWithFeatures(out, features);
    if (!there) return there.error();
    kept = std::move(*there);
  }
  for (const std::string& folder : folders) {
    Result<std::vector<CorpusInput>> inputs = ReadCorpus(folder);
    if (!inputs) return inputs.error();
    std::ranges::move(*inputs, std::back_inserter(others));
  }
  CorpusChange change{.looked_at = others.size(),
                      .before = kept.size(),
                      .bytes_before = BytesOf(kept),
                      .features_before = CountEach(kept).size()};
  std::vector<CorpusInput> candidates = WithoutDoubles(std::move(others), kept);
  if (const Done done = FindFeatures(candidates, features); !done) return done.error();
  if (const Done done = MakeFolder(out); !done) return done.error();
  auto shown = CountEach(kept);
  for (CorpusInput& input : candidates) {
    const auto is_new = [&](std::uint32_t feature) { return !shown.contains(feature); };
    if (std::ranges::none_of(input.features, is_new)) continue;
    input.text = input.Canonical();
    const std::string name = NameOfInput(input.text);
    if (Done done = WriteWholeFile(FreeName(fs::path(out) / name).string(), input.text); !done) {
      return done.error();
    }
    for (const std::uint32_t feature : input.features) ++shown[feature];
    kept.push_back(std::move(input));
  }
  change.kept = kept.size();
  change.bytes = BytesOf(kept);
  change.features = shown.size();
  return change;
}

Result<CorpusChange> MinimiseCorpus(const std::string& folder, const FeatureSource& features,
                                    std::size_t most) {
  Result<std::vector<CorpusInput>> read = ReadWithFeatures(folder, features);
  if (!read) return read.error();
  const std::vector<CorpusInput>& inputs = *read;
  std::vector<std::size_t> chosen = CoverCorpus(inputs);
  chosen.resize(std::min(chosen.size(), most));
  std::ranges::sort(chosen);
  CorpusChange change{.looked_at = inputs.size(),
                      .before = inputs.size(),
                      .kept = chosen.size(),
                      .bytes_before = BytesOf(inputs),
                      .features_before = CountEach(inputs).size()};
  std::unordered_set<std::uint32_t> shown;
  Rewriting rewriting(folder);
  for (const std::size_t at : chosen) {
    bool rewritten = false;
    const Done done = rewriting.Keep(inputs[at], &rewritten);
    if (!done) return Halfway(done.error(), folder);
    shown.insert(inputs[at].features.begin(), inputs[at].features.end());
    change.rewritten += rewritten ? 1 : 0;
    change.bytes += inputs[at].Canonical().size();
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (std::ranges::binary_search(chosen, i)) continue;
    if (const Done done = rewriting.Drop(inputs[i]); !done) return Halfway(done.error(), folder);
  }
  change.features = shown.size();
  change.dropped_to = rewriting.aside();
  return change;
}

}  // namespace assay
