#include "fuzz/features.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "fuzz/accepted_kinds.h"
#include "fuzz/exchange_input.h"
#include "fuzz/hints.h"
#include "reference/describe_snapshots/parameters.h"
#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/operation.h"

namespace assay {
namespace {

// Of 65,536 counters the features of a long campaign fill a few thousand, so two of them seldom
// share one. libFuzzer wants a multiple of 8.
constexpr std::size_t kCounters = 65536;

// libFuzzer reads this section after every input. `used` and `volatile` keep the compiler from
// removing writes that nothing in the program reads.
#if defined(__linux__)
__attribute__((section("__libfuzzer_extra_counters"), used, aligned(8)))
#endif
volatile std::uint8_t counters[kCounters];

Guidance guidance = Guidance::kAnswers;

// What the inputs showed so far: for each counter the number of inputs, up to 3.
struct Shown {
  std::array<std::uint8_t, kCounters> inputs{};
  std::vector<std::uint32_t> told;  // to libFuzzer
  FeatureCounts counts;
};
Shown& TheShown() {
  static Shown shown;
  return shown;
}

enum Kind : std::uint64_t {
  kStatus,
  kCode,
  kList,
  kParameter,
  kPair,
  kPage,
  kTotal,
  kSnapshot,
  kWalk,
  kShape,
  kForm,
  kRule,
  kVerdict,
  kWire,
  kQuestion,
  kSituation
};

std::uint64_t Mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL;
  return hash ^ (hash >> 29);
}

std::uint64_t HashOf(std::string_view text) { return std::hash<std::string_view>{}(text); }

// 0, 1, 2, 3 to 5, 6 to 10, 11 to 20, 21 to 50, 51 to 99, 100, more.
std::uint64_t LengthClass(std::size_t count) {
  constexpr std::array<std::size_t, 9> kUpTo = {0, 1, 2, 5, 10, 20, 50, 99, 100};
  return static_cast<std::uint64_t>(std::ranges::lower_bound(kUpTo, count) - kUpTo.begin());
}

// What a value is like: digits, letters, other ASCII, an emoji …; a bit each.
std::uint64_t CharacterClasses(std::string_view text) {
  std::uint64_t classes = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool digit = byte >= '0' && byte <= '9';
    const bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    const int one = byte >= 0xF0   ? 0
                    : byte >= 0x80 ? 1
                    : byte < 0x20  ? 2
                    : byte == ' '  ? 3
                    : digit        ? 4
                    : letter       ? 5
                                   : 6;
    classes |= std::uint64_t{1} << one;
  }
  return classes;
}

// The parameter of the documents that the name is; 0 for all others, which mutations make without
// end.
std::uint64_t ParameterOf(std::string_view name) {
  static const std::unordered_set<std::string> known = [] {
    std::unordered_set<std::string> names;
    for (const ParameterInfo& parameter : OperationInfo::Get().parameters) {
      names.insert(parameter.name);
    }
    return names;
  }();
  const std::string general = GeneralName(name);
  return known.contains(general) ? HashOf(general) : 0;
}

// What came of the request, as coarsely as parameters shall be told apart by it.
std::uint64_t OutcomeOf(const ObservedAnswer& answer) {
  if (answer.IsError()) return Mix(1, HashOf(answer.code.text));
  return Mix(static_cast<std::uint64_t>(answer.status), LengthClass(answer.snapshot_count));
}

// How the first snapshot, and so all, is written.
std::uint64_t ShapeOf(const ObservedAnswer& answer) {
  std::uint64_t shape = answer.xml ? 1 : 0;
  if (answer.snapshot_count == 0) return shape;
  const ObservedSnapshot& snapshot = answer.snapshots.front();
  for (const ObservedValue& value : snapshot.fields) {
    shape = Mix(shape, static_cast<std::uint64_t>(value.kind));
  }
  return Mix(shape, static_cast<std::uint64_t>(snapshot.tags_kind));
}

}  // namespace

void GuideBy(Guidance what) { guidance = what; }

template <typename... Values>
void InputFeatures::Count(std::uint64_t kind, Values... values) {
  if (guidance != Guidance::kAnswers && kind != kStatus) return;
  std::uint64_t hash = Mix(0xD6E8FEB86659FD93ULL, kind);
  ((hash = Mix(hash, static_cast<std::uint64_t>(values))), ...);
  numbers_.push_back(static_cast<std::uint32_t>((hash ^ (hash >> 32)) % kCounters));
}

// Which parameters took effect: what came of requests with them; of those that were accepted also
// what the values are like, and which parameters stood together.
void InputFeatures::ShowParameters(const Request& request, const ObservedAnswer& answer) {
  const std::uint64_t outcome = OutcomeOf(answer);
  std::array<std::uint64_t, 8> names{};
  std::size_t count = 0;
  for (const Parameter& parameter : request.parameters) {
    if (parameter.name == "Action" || parameter.name == "RegionId") continue;
    const std::uint64_t name = ParameterOf(parameter.name);
    Count(kParameter, name, outcome);
    if (answer.IsError()) continue;
    const std::uint64_t classes = CharacterClasses(parameter.value);
    const auto length = std::min<std::uint64_t>(7, std::bit_width(parameter.value.size()));
    Count(kParameter, name, classes * 8 + length, answer.snapshot_count == 0);
    if (name != 0 && !IsPagingParameter(parameter.name)) {
      TheAcceptedKinds().Keep(Mix(name, classes), request);
    }
    if (count < names.size()) names[count++] = name;
  }
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < i; ++j) Count(kPair, names[i] ^ names[j]);
  }
}

// The text names the parameter that is wrong; numbers and ids in it would be news without end.
void InputFeatures::ShowRefusal(const ObservedAnswer& answer, std::size_t position) {
  Count(kCode, HashOf(answer.code.text), HashOf(answer.message.text) % 256);
  if (guidance != Guidance::kAnswers) return;
  std::string named = NamedParameter(answer);
  if (named.empty()) return;
  Count(kCode, HashOf(answer.code.text), HashOf(named));
  RememberHint(text_, {position, std::move(named)});
}

void InputFeatures::ShowList(const Request& request, const ObservedAnswer& answer,
                             std::size_t position) {
  const bool goes_on = answer.next_token.given() && !answer.next_token.text.empty();
  const bool by_token = request.Find("NextToken").has_value();
  const bool by_size = request.Find("MaxResults").has_value();
  Count(kList, LengthClass(answer.snapshot_count), goes_on, by_token, by_size);
  if (by_token) Count(kWalk, position, LengthClass(answer.snapshot_count), goes_on);
  Count(kPage, HashOf(answer.page_size.text) % 1024);
  Count(kPage, 1 << 20, HashOf(answer.page_number.text) % 64);
  Count(kTotal, HashOf(answer.total_count.text) % 256);
  // Which snapshots were listed says which filters took effect.
  for (std::size_t i = 0; i < std::min<std::size_t>(answer.snapshot_count, 8); ++i) {
    Count(kSnapshot, HashOf(answer.snapshots[i][Field::kSnapshotId].text) % 256);
  }
}

void InputFeatures::ShowAnswer(const Request& request, const Response& response,
                               const ObservedAnswer& answer, std::size_t position) {
  // libFuzzer gives up if no input shows anything.
  Count(kStatus, guidance == Guidance::kNone ? 0 : response.status);
  const std::uint64_t code = HashOf(answer.code.text);
  Count(kCode, response.status, code, HashOf(response.content_type));
  if (answer.IsError()) ShowRefusal(answer, position);
  Count(kShape, ShapeOf(answer));
  for (const Difference& problem : answer.problems) Count(kForm, Index(problem.rule));
  ShowParameters(request, answer);
  if (!answer.IsError()) ShowList(request, answer, position);
}

void InputFeatures::ShowVerdict(const Verdict& verdict, int status) {
  Count(kVerdict, static_cast<int>(verdict.kind), verdict.unforeseen.empty());
  for (const Difference& difference : verdict.differences) {
    Count(kRule, Index(difference.rule), HashOf(difference.shape));
  }
  // Whether the target accepts tells something of its options; more would be news without end.
  for (std::size_t i = 0; i < verdict.asked.size(); ++i) {
    if (verdict.asked[i]) Count(kQuestion, i, status);
  }
  // What it answers in one situation and not in another.
  for (const ShownOptions& shown : verdict.by_situation) {
    for (const int option : shown.options) {
      Count(kSituation, Index(shown.question), option, shown.options.size());
    }
  }
}

void InputFeatures::ShowWire(std::uint64_t what) { Count(kWire, what); }

std::vector<std::uint32_t> InputFeatures::numbers() const {
  std::vector<std::uint32_t> out = numbers_;
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void TellEngine(const InputFeatures& input) {
  std::vector<std::uint32_t>& told = TheShown().told;
  for (const std::uint32_t at : told) counters[at] = 0;
  told = input.numbers();
  for (const std::uint32_t at : told) counters[at] = 1;  // how often is no news
}

std::size_t CountInput(const InputFeatures& input) {
  Shown& shown = TheShown();
  std::size_t news = 0;
  for (const std::uint32_t at : input.numbers()) {
    std::uint8_t& inputs = shown.inputs[at];
    if (inputs == 3) continue;
    ++inputs;
    news += inputs == 1 ? 1 : 0;
    shown.counts.all += inputs == 1 ? 1 : 0;
    shown.counts.once += inputs == 1 ? 1 : 0;
    shown.counts.once -= inputs == 2 ? 1 : 0;
    shown.counts.twice += inputs == 2 ? 1 : 0;
    shown.counts.twice -= inputs == 3 ? 1 : 0;
  }
  return news;
}

FeatureCounts CountFeatures() { return TheShown().counts; }

}  // namespace assay
