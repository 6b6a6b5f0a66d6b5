#include "conformance/cases/interactions.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <random>
#include <utility>

#include "conformance/cases/filter_choices.h"
#include "conformance/cases/placeholders.h"
#include "spec/catalogue/operation.h"

namespace assay {
namespace {

using Numbers = std::vector<std::size_t>;

constexpr std::int64_t kShortestByToken = 10;  // smaller ones may be raised to it
constexpr std::int64_t kLongestPage = 100;
constexpr std::size_t kMostOfOne = 4;  // values of one filter
constexpr std::size_t kDrawsOfBlock = 60;
constexpr std::size_t kBlocksAtLeast = 5;                  // if requests are cheap
constexpr std::uint64_t kFewestDrawn = 4, kMostDrawn = 7;  // filters in company

// How pages are asked for and answered.
struct Way {
  PageWalk::By by = PageWalk::By::kNumber;
  bool xml = false;

  std::string Name() const {
    return fmt::format("{}_{}", by == PageWalk::By::kToken ? "token" : "number",
                       xml ? "xml" : "json");
  }
};

// The ways that the run's formats allow.
std::vector<Way> WaysOf(const SuiteOptions& options) {
  std::vector<Way> out;
  for (const PageWalk::By by : {PageWalk::By::kNumber, PageWalk::By::kToken}) {
    for (const bool xml : {false, true}) {
      if (options.format == (xml ? SuiteFormat::kJson : SuiteFormat::kXml)) continue;
      out.push_back({by, xml});
    }
  }
  return out;
}

// A list that is to be walked in some pages.
struct Walked {
  std::vector<Parameter> filters;
  std::size_t count = 0;  // snapshots that match
  std::int64_t size = 0;  // of a page
};

// Three or four pages, if the list is long enough for that.
std::int64_t SizeFor(std::size_t count, PageWalk::By by) {
  const auto third = static_cast<std::int64_t>((count + 2) / 3);
  const std::int64_t least = by == PageWalk::By::kToken ? kShortestByToken : 1;
  return std::clamp(third, least, kLongestPage);
}

std::unique_ptr<Script> WalkOf(const SuiteContext& context, const Walked& list, const Way& way) {
  Request request = SmallestRequest(context.values.region(), way.xml ? "XML" : "JSON");
  for (const Parameter& filter : list.filters) request.parameters.push_back(filter);
  // The order of names means nothing: each list is asked for both ways.
  if (way.by == PageWalk::By::kToken) std::ranges::reverse(request.parameters);
  const auto size = static_cast<std::size_t>(list.size);
  // By number the pages are known; by token the target says when it is over, within reason.
  const std::size_t pages = std::max<std::size_t>(1, (list.count + size - 1) / size) +
                            (way.by == PageWalk::By::kToken ? 3 : 0);
  return std::make_unique<PageScript>(PageWalk(
      std::move(request), way.by, {list.size},
      [pages, seen = std::size_t{0}](const ObservedAnswer&) mutable { return ++seen < pages; }));
}

TestOutcome RunScripts(SuiteContext& context, const std::string& test,
                       std::vector<std::unique_ptr<Script>> scripts) {
  TestOutcome outcome;
  if (scripts.empty()) outcome.SkipFor(Skip::kNoValue, "the region holds no such list");
  const Origin origin{"interactions", test};
  for (const ScriptResult& result : context.session.Run(origin, std::move(scripts))) {
    AddViolations(result, outcome);
  }
  return outcome;
}

// Values of each filter that select more than a page, to the end.
TestOutcome WalkSingles(SuiteContext& context, const std::string& test, const Way& way) {
  const FilterChoices& choices = ChoicesOf(context);
  std::vector<std::unique_ptr<Script>> scripts;
  for (const FilterChoice* choice :
       choices.SelectingMoreThan(static_cast<std::size_t>(kShortestByToken), kMostOfOne)) {
    const Walked list{choice->parameters, choice->count, SizeFor(choice->count, way.by)};
    scripts.push_back(WalkOf(context, list, way));
  }
  return RunScripts(context, test, std::move(scripts));
}

// Every two, or every three, filters; `ways` in turn.
TestOutcome WalkTogether(SuiteContext& context, const std::string& test, std::size_t together,
                         const std::vector<Way>& ways) {
  const FilterChoices& choices = ChoicesOf(context);
  std::vector<std::unique_ptr<Script>> scripts;
  std::size_t turn = 0;
  const auto add = [&](const Numbers& filters) {
    const Way& way = ways[turn++ % ways.size()];
    for (const FilterChoices::Company& company : choices.Together(filters)) {
      const Walked list{company.parameters, company.count, SizeFor(company.count, way.by)};
      scripts.push_back(WalkOf(context, list, way));
    }
  };
  for (std::size_t a = 0; a < FilterChoices::Filters(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      if (together == 2) add({b, a});
      for (std::size_t c = 0; together == 3 && c < b; ++c) add({c, b, a});
    }
  }
  return RunScripts(context, test, std::move(scripts));
}

// Where a value is written in other letters, so that it means the same or is refused: the position
// among the parameters, or nothing if no letter case of the filters is worth a try.
std::optional<std::size_t> PlaceOfLetters(const std::vector<Parameter>& filters) {
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const auto& [name, value] = filters[i];
    const ParameterInfo* info = OperationInfo::Get().FindParameter(name);
    const bool has_case =
        (info && info->selects) || name == "SnapshotName" || name == "Tag.1.Value";
    if (has_case && SwappedLetters(value) != value) return i;
  }
  return std::nullopt;
}

// Values in other letters, alone and beside each other filter, to the end: letter case may count or
// not, but then on every page and in every company.
TestOutcome WalkOtherLetters(SuiteContext& context, const std::string& test,
                             const std::vector<Way>& ways) {
  const FilterChoices& choices = ChoicesOf(context);
  std::vector<std::unique_ptr<Script>> scripts;
  std::size_t turn = 0;
  const auto add = [&](std::vector<Parameter> filters, std::size_t count, const Way& way) {
    const auto place = PlaceOfLetters(filters);
    if (!place || count == 0) return;
    filters[*place].value = SwappedLetters(filters[*place].value);
    scripts.push_back(WalkOf(context, {std::move(filters), count, SizeFor(count, way.by)}, way));
  };
  for (const FilterChoice* choice :
       choices.SelectingMoreThan(static_cast<std::size_t>(kShortestByToken), 1)) {
    for (const Way& way : ways) add(choice->parameters, choice->count, way);
  }
  for (std::size_t a = 0; context.options.thorough && a < FilterChoices::Filters(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      const Way& way = ways[turn++ % ways.size()];
      for (FilterChoices::Company& company : choices.Together({b, a})) {
        add(std::move(company.parameters), company.count, way);
      }
    }
  }
  return RunScripts(context, test, std::move(scripts));
}

// Lists by ids that are exactly a page, one less and one more.
TestOutcome WalkFullPages(SuiteContext& context, const std::string& test, const Way& way) {
  const std::vector<std::uint32_t>& positions = context.values.placeholders().positions();
  std::vector<std::unique_ptr<Script>> scripts;
  for (const std::size_t count : {1U, 2U, 9U, 10U, 11U, 20U, 49U, 50U, 51U, 99U, 100U}) {
    if (count > positions.size()) continue;
    nlohmann::json ids = nlohmann::json::array();
    for (std::size_t i = 0; i < count; ++i) {
      ids.push_back(context.dataset.snapshots[positions[i]][Field::kSnapshotId]);
    }
    for (const int more : {-1, 0, 1}) {
      const std::int64_t size = static_cast<std::int64_t>(count) + more;
      const std::int64_t least = way.by == PageWalk::By::kToken ? kShortestByToken : 1;
      if (size < least || size > kLongestPage) continue;
      scripts.push_back(WalkOf(context, {{{"SnapshotIds", ids.dump()}}, count, size}, way));
    }
  }
  return RunScripts(context, test, std::move(scripts));
}

// Gets a token, then sends the request for the second page as it is, again, changed, and with parts
// left out; then the two pages after it.
class ContinuationScript : public Script {
 public:
  // `other_format` than that of the list.
  ContinuationScript(Request list, const std::vector<Parameter>& filters, std::string other_format)
      : list_(std::move(list)), filters_(filters), other_format_(std::move(other_format)) {
    list_.Set("MaxResults", std::to_string(kShortestByToken));
    for (const Parameter& filter : filters_) list_.parameters.push_back(filter);
  }

  bool Next(const Exchange* previous, Request& request) override {
    const std::string token = previous ? NextTokenOf(previous->answer) : "";
    request = list_;
    ++step_;
    if (step_ == 1) return true;
    if (step_ == 2) second_ = token;
    if (step_ == 3) third_ = token;
    const std::string& next = step_ <= kLastChange       ? second_
                              : step_ == kLastChange + 1 ? third_
                                                         : token;
    request.Set("NextToken", next);
    Change(request);
    return !next.empty() && step_ <= kLastChange + 2;
  }

 private:
  static constexpr int kLastChange = 11;

  void Change(Request& request) const {
    const auto drop_filters = [&] {
      for (const Parameter& filter : filters_) request.Unset(filter.name);
    };
    switch (step_) {
      case 4:
        return drop_filters();
      case 5:
        return request.Unset("MaxResults");
      case 6:
        return request.Unset("RegionId");
      case 7:
        drop_filters();
        request.Unset("MaxResults");
        return request.Unset("RegionId");
      case 8:
        return request.Set("MaxResults", "20");
      case 9:
        return request.Set("Format", other_format_);
      case 10:
        request.method = "POST";
        request.placement = Placement::kForm;
        return;
      default:  // as it is: the first time, again, and the last time
        return;
    }
  }

  Request list_;
  const std::vector<Parameter> filters_;
  const std::string other_format_;
  int step_ = 0;
  std::string second_, third_;  // tokens of the second and of the third page
};

TestOutcome SendContinuations(SuiteContext& context, const std::string& test) {
  const FilterChoices& choices = ChoicesOf(context);
  std::vector<std::vector<Parameter>> lists = {{}};
  for (const FilterChoice* choice :
       choices.SelectingMoreThan(static_cast<std::size_t>(kShortestByToken), 2)) {
    lists.push_back(choice->parameters);
  }
  const std::string format = context.format();
  const std::string other = context.options.format != SuiteFormat::kBoth ? format
                            : format == "JSON"                           ? "XML"
                                                                         : "JSON";
  std::vector<std::unique_ptr<Script>> scripts;
  for (const std::vector<Parameter>& list : lists) {
    const bool swapped = scripts.size() % 2 == 1;
    scripts.push_back(std::make_unique<ContinuationScript>(
        SmallestRequest(context.values.region(), swapped ? other : format), list,
        swapped ? format : other));
  }
  return RunScripts(context, test, std::move(scripts));
}

// A list by four filters or more, walked in pages.
std::unique_ptr<Script> Draw(SuiteContext& context, std::mt19937_64& random,
                             const std::vector<Way>& ways) {
  Numbers filters(FilterChoices::Filters());
  std::iota(filters.begin(), filters.end(), std::size_t{0});
  std::ranges::shuffle(filters, random);
  filters.resize(kFewestDrawn + random() % (kMostDrawn - kFewestDrawn + 1));
  std::ranges::sort(filters);
  const Way& way = ways[random() % ways.size()];
  const std::vector<Parameter> parameters = ChoicesOf(context).Of(filters, random() % 10'000);
  if (parameters.empty()) return nullptr;
  constexpr std::size_t kPages = 3;  // few snapshots have as much in common
  return WalkOf(context, {parameters, kPages * kShortestByToken, kShortestByToken}, way);
}

TestOutcome RunDraws(SuiteContext& context, const std::string& test) {
  const SuiteOptions& options = context.options;
  const std::vector<Way> ways = WaysOf(options);
  std::mt19937_64 random(options.seed);
  TestOutcome outcome;
  const auto goes_on = [&](std::size_t blocks) {
    if (context.session.lost() || context.session.spent()) return false;
    return (options.thorough && blocks < kBlocksAtLeast) ||
           (options.draw_until && std::chrono::steady_clock::now() < *options.draw_until);
  };
  std::size_t sent = 0;
  for (std::size_t blocks = 0; goes_on(blocks); ++blocks) {
    std::vector<std::unique_ptr<Script>> scripts;
    for (std::size_t i = 0; i < kDrawsOfBlock; ++i) {
      if (auto script = Draw(context, random, ways)) scripts.push_back(std::move(script));
    }
    if (scripts.empty()) break;
    sent += scripts.size();
    for (const ScriptResult& result : context.session.Run({"draws", test}, std::move(scripts))) {
      AddViolations(result, outcome);
    }
  }
  if (sent == 0) outcome.SkipFor(Skip::kNoValue, "no snapshot has so many filterable properties");
  return outcome;
}

}  // namespace

std::vector<SuiteTest> InteractionTests(const SuiteOptions& options) {
  const std::vector<Way> ways = WaysOf(options);
  std::vector<SuiteTest> out;
  const auto add = [&](const std::string& name, auto run) {
    out.push_back(
        {"interactions", name, [name, run](SuiteContext& context) { return run(context, name); }});
  };
  for (const Way& way : ways) {
    add("one_filter_" + way.Name(), [way](SuiteContext& context, const std::string& test) {
      return WalkSingles(context, test, way);
    });
  }
  for (const Way& way : ways) {
    add("full_pages_" + way.Name(), [way](SuiteContext& context, const std::string& test) {
      return WalkFullPages(context, test, way);
    });
  }
  add("continuations", SendContinuations);
  add("other_letters", [ways](SuiteContext& context, const std::string& test) {
    return WalkOtherLetters(context, test, ways);
  });
  const auto add_together = [&](std::size_t count, const std::string& name,
                                const std::vector<Way>& in_turn) {
    add(name, [count, in_turn](SuiteContext& context, const std::string& test) {
      return WalkTogether(context, test, count, in_turn);
    });
  };
  if (!options.thorough) {
    add_together(2, "two_filters", ways);
    return out;
  }
  for (const Way& way : ways) add_together(2, "two_filters_" + way.Name(), {way});
  add_together(3, "three_filters", ways);
  return out;
}

std::vector<SuiteTest> DrawTests(const SuiteOptions& options) {
  if (options.few_requests || !(options.thorough || options.draw_until)) return {};
  const std::string name = "four_filters_and_more";
  return {{"draws", name, [name](SuiteContext& context) { return RunDraws(context, name); }}};
}

}  // namespace assay
