#include "fuzz/imported_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>

#include "fuzz/exchange_input.h"
#include "fuzz/recorded_walks.h"
#include "reference/answer/observed.h"
#include "reports/journal/har_entries.h"
#include "reports/text/secrets.h"
#include "spec/catalogue/operation.h"
#include "spec/text/count.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// What came of one place.
struct Taken {
  std::string path;
  std::size_t usable = 0;  // inputs, those that were known already among them
  std::size_t inputs = 0, requests = 0;
  std::map<std::string, std::size_t> left_out;  // by why

  std::string LeftOut() const {
    std::string out;
    for (const auto& [why, count] : left_out) {
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", Thousands(count), why);
    }
    return out;
  }
  std::string Text() const {
    const std::string left = LeftOut();
    return fmt::format("{} with {} from {}{}{}", CountText(inputs, "input"),
                       CountText(requests, "request"), path,
                       left.empty() ? "" : "; left out: ", left);
  }
};

constexpr const char* kEqual = "equal to others";
constexpr const char* kOther = "asking for something else";
constexpr const char* kUnwritable = "not to be written as an input (another method)";
constexpr const char* kLong = "of more than 8 KiB";
constexpr const char* kDeep = "behind the eighth of a walk";
constexpr const char* kFull = "beyond the first 20,000 inputs, or 32 MiB";
constexpr const char* kNoInput = "without a request";

bool IsFile(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

bool IsFolder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool BeginsWith(const fs::path& file, std::string_view begin) {
  std::string text(begin.size(), '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  return in && text == begin;
}

bool IsJournal(const fs::path& file) {
  const std::string name = file.string();
  return name.ends_with(".ndjson") || name.ends_with(".ndjson.zst") || IsFramed(name) ||
         BeginsWith(file, R"({"type":"header")");
}

// The journal of a run's folder.
std::optional<fs::path> JournalIn(const fs::path& folder) {
  for (const char* name : {kJournalName, kPlainJournalName}) {
    if (fs::path journal = folder / name; IsFile(journal)) return journal;
  }
  return std::nullopt;
}

bool AsksForSnapshots(const Request& request) {
  return std::ranges::all_of(request.parameters, [](const Parameter& parameter) {
    return !EqualAnyCase(parameter.name, "Action") ||
           parameter.value == OperationInfo::Get().action;
  });
}

void DropSignature(Request& request) {
  request.forgery = Forgery::kNone;
  std::erase_if(request.parameters, [](const Parameter& parameter) {
    return IsOfSignature(parameter.name) || IsSecret(parameter.name);
  });
}

class Importer {
 public:
  Done Take(const std::string& path) {
    std::error_code error;
    if (!fs::exists(path, error)) return Error{path, "there is no such file or folder (--from)"};
    const std::size_t before = places_.size();
    if (const Done done = IsFolder(path) ? TakeFolder(path) : TakeFile(path); !done) return done;
    std::size_t usable = 0;
    std::string left_out;
    for (std::size_t i = before; i < places_.size(); ++i) {
      usable += places_[i].usable;
      if (left_out.empty()) left_out = places_[i].LeftOut();
    }
    if (usable > 0) return Ok();
    if (!left_out.empty()) left_out = " (left out: " + left_out + ")";
    return Error{path, fmt::format("holds no request of DescribeSnapshots that can be used{}; give "
                                   "the folder of a run, a journal, a HAR file or a folder of "
                                   "inputs (--from)",
                                   left_out)};
  }

  ImportedInputs Finish() {
    for (const Taken& place : places_) {
      if (place.inputs > 0 || !place.left_out.empty()) inputs_.said.push_back(place.Text());
    }
    return std::move(inputs_);
  }

 private:
  Taken& place() { return places_.back(); }
  void LeaveOut(const char* why, std::size_t count = 1) {
    if (count > 0) place().left_out[why] += count;
  }

  // Of a run's folder its journal counts, of which all else is made; and the corpus of a campaign.
  Done TakeFolder(const fs::path& folder) {
    if (const auto journal = JournalIn(folder)) {
      if (const Done done = TakeFile(*journal); !done) return done;
      return IsFolder(folder / "corpus") ? TakeFolder(folder / "corpus") : Ok();
    }
    std::error_code error;
    std::vector<fs::path> files, folders;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->is_regular_file(error)) files.push_back(entry->path());
      if (entry->is_directory(error) && !entry->is_symlink(error)) folders.push_back(entry->path());
    }
    if (error) return Error{folder.string(), "cannot be read: " + error.message()};
    std::ranges::sort(files);
    std::ranges::sort(folders);
    if (const Done done = TakeFiles(folder, files); !done) return done;
    for (const fs::path& inner : folders) {
      if (const Done done = TakeFolder(inner); !done) return done;
    }
    return Ok();
  }

  // Texts are told of together, records one by one.
  Done TakeFiles(const fs::path& folder, const std::vector<fs::path>& files) {
    std::vector<fs::path> texts;
    for (const fs::path& file : files) {
      if (!IsHar(file.string()) && !IsJournal(file)) {
        texts.push_back(file);
      } else if (const Done done = TakeFile(file); !done) {
        return done;
      }
    }
    if (!texts.empty()) places_.push_back({.path = folder.string()});
    for (const fs::path& text : texts) {
      if (const Done done = TakeText(text); !done) return done;
    }
    return Ok();
  }

  Done TakeFile(const fs::path& file) {
    if (!IsFile(file)) {
      return Error{file.string(), "is neither a file nor a folder (--from)"};
    }
    if (const auto begin = ReadInputFile(file.string()); !begin) return begin.error();
    places_.push_back({.path = file.string()});
    if (IsHar(file.string())) return TakeHar(file.string());
    return IsJournal(file) ? TakeJournal(file.string()) : TakeText(file);
  }

  Done TakeText(const fs::path& file) {
    const Result<std::string> text = ReadInputFile(file.string());
    if (!text) return text.error();
    ExchangeInput input = ParseExchangeInput(*text, "");
    if (!NamesParameter(input)) {
      LeaveOut(kNoInput);
    } else if (text->size() > kLongestInput) {
      LeaveOut(kLong);
    } else {
      Add(std::move(input));
    }
    return Ok();
  }

  Done TakeJournal(const std::string& path) {
    RecordedWalks walks(kMostImported);
    const auto take = [&](RecordedExchange& recorded) { TakeExchange(recorded.exchange, walks); };
    const Result<RecordedRun> run = ReadJournal(path, take);
    if (!run) return run.error();
    for (const Finding& finding : run->findings) {
      ExchangeInput input{.requests = finding.before};
      input.requests.push_back(finding.request);
      Add(std::move(input));
    }
    TakeWalks(walks);
    return Ok();
  }

  Done TakeHar(const std::string& path) {
    Result<HarEntries> file = LoadHarEntries(path);
    if (!file) return file.error();
    RecordedWalks walks(kMostImported);
    for (HarEntry& entry : file->entries) {
      ExchangeRecord& exchange = entry.recorded.exchange;
      exchange.next_token = NextTokenOf({.status = exchange.status, .body = exchange.body});
      TakeExchange(exchange, walks);
    }
    TakeWalks(walks);
    LeaveOut(kOther, file->others);
    return Ok();
  }

  // Requests that cannot be used are left out before they are put behind each other.
  void TakeExchange(ExchangeRecord& exchange, RecordedWalks& walks) {
    if (!AsksForSnapshots(exchange.request)) return LeaveOut(kOther);
    DropSignature(exchange.request);
    walks.Add(exchange);
  }

  void TakeWalks(RecordedWalks& walks) {
    LeaveOut(kEqual, walks.equal());
    LeaveOut(kDeep, walks.deep());
    LeaveOut(kFull, walks.beyond());
    for (ExchangeInput& input : walks.Finish()) Add(std::move(input));
  }

  void Add(ExchangeInput input) {
    if (!std::ranges::all_of(input.requests, AsksForSnapshots)) return LeaveOut(kOther);
    std::ranges::for_each(input.requests, DropSignature);
    std::string text = WriteExchangeInput(input);
    if (ParseExchangeInput(text, "").requests != input.requests) return LeaveOut(kUnwritable);
    if (text.size() > kLongestInput) return LeaveOut(kLong);
    ++place().usable;
    if (known_.contains(text)) return LeaveOut(kEqual);
    if (inputs_.texts.size() == kMostImported || bytes_ + text.size() > kMostImportedBytes) {
      return LeaveOut(kFull);
    }
    ++place().inputs;
    place().requests += input.requests.size();
    bytes_ += text.size();
    known_.insert(text);
    inputs_.texts.push_back(std::move(text));
  }

  ImportedInputs inputs_;
  std::unordered_set<std::string> known_;
  std::size_t bytes_ = 0;
  std::vector<Taken> places_;
};

}  // namespace

Result<ImportedInputs> ImportInputs(const std::vector<std::string>& paths) {
  Importer importer;
  for (const std::string& path : paths) {
    if (const Done done = importer.Take(path); !done) return done.error();
  }
  return importer.Finish();
}

}  // namespace assay
