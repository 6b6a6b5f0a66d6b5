#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "property/law_script.h"
#include "property/laws.h"
#include "reference/describe_snapshots/model.h"
#include "spec/text/count.h"
#include "spec/text/time.h"

namespace assay {
namespace {

using Ids = std::set<std::string>;

Ids SetOf(const WalkResult& listing) { return {listing.ids.begin(), listing.ids.end()}; }

// A list that says everything about its request: all pages came, and nothing was cut off.
bool IsWhole(const WalkResult& listing) {
  return listing.complete && std::ssize(listing.ids) < kListLimit;
}

bool AreWhole(const std::vector<WalkResult>& listings) {
  return std::ranges::all_of(listings, IsWhole);
}

// The first id of `a` that `b` lacks.
std::optional<std::string> Lacking(const Ids& a, const Ids& b) {
  for (const std::string& id : a) {
    if (!b.contains(id)) return id;
  }
  return std::nullopt;
}

Breach Broken(Rule rule, std::string expected, std::string actual, const WalkResult& shown,
              std::initializer_list<const WalkResult*> others, std::string shape) {
  Breach breach{
      .difference = ListDifference(rule, std::move(expected), std::move(actual), std::move(shape)),
      .exchange = shown.last};
  breach.is_news = shown.sound;
  for (const WalkResult* other : others) {
    breach.evidence.push_back(other->last.id);
    breach.is_news &= other->sound;
  }
  return breach;
}

std::vector<bool> Bits(std::uint64_t choice, std::size_t count) {
  std::vector<bool> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = (choice >> (i % 64)) & 1U;
  return out;
}

// Several filters list what each of two parts of them lists.
std::optional<Breach> Conjunction(Asker& asker, const LawCase& law_case) {
  const Request& whole = law_case.requests.front();
  const std::size_t units = UnitsOf(whole).size();
  if (units < 2) return std::nullopt;
  std::vector<bool> first = Bits(law_case.choice, units);
  // Neither part is everything, so that shrinking cannot make the law trivial.
  first.front() = true;
  first.back() = false;
  std::vector<bool> second = first;
  second.flip();
  const auto lists = asker.Lists({whole, WithoutUnits(whole, first), WithoutUnits(whole, second)});
  if (!AreWhole(lists)) return std::nullopt;
  const Ids both = SetOf(lists[0]), one = SetOf(lists[1]), other = SetOf(lists[2]);
  Ids intersection;
  std::ranges::set_intersection(one, other, std::inserter(intersection, intersection.end()));
  const Rule rule = "request.parameters.conjunction"_rule;
  if (const auto id = Lacking(intersection, both)) {
    return Broken(rule, fmt::format("{}, which both parts of the filters list", *id),
                  "not listed by the filters together", lists[0], {&lists[1], &lists[2]},
                  "property missing");
  }
  if (const auto id = Lacking(both, intersection)) {
    return Broken(rule, "only what both parts of the filters list", fmt::format("{} too", *id),
                  lists[0], {&lists[1], &lists[2]}, "property extra");
  }
  return std::nullopt;
}

// One more filter never adds a snapshot, whichever of them it is.
std::optional<Breach> Monotonicity(Asker& asker, const LawCase& law_case) {
  const Request& narrow = law_case.requests.front();
  const std::size_t units = UnitsOf(narrow).size();
  std::vector<Request> requests{narrow};
  for (std::size_t i = 0; i < units; ++i) {
    std::vector<bool> dropped(units);
    dropped[i] = true;
    requests.push_back(WithoutUnits(narrow, dropped));
  }
  const auto lists = asker.Lists(std::move(requests));
  if (!IsWhole(lists.front())) return std::nullopt;
  for (const WalkResult& wide : lists) {
    if (!IsWhole(wide)) continue;
    const auto id = Lacking(SetOf(lists.front()), SetOf(wide));
    if (!id) continue;
    return Broken("request.parameters.conjunction"_rule,
                  "no snapshot that the request without one of the filters does not list",
                  fmt::format("{} is added by the filter", *id), lists.front(), {&wide},
                  "property added");
  }
  return std::nullopt;
}

std::optional<Breach> Twice(const WalkResult& listing, Rule rule) {
  Ids seen;
  for (const std::string& id : listing.ids) {
    if (seen.insert(id).second) continue;
    return Broken(rule, "each snapshot on one page of the walk", fmt::format("{} twice", id),
                  listing, {&listing}, "property twice");
  }
  return std::nullopt;
}

// Two walks over one list hold the same snapshots.
std::optional<Breach> SameUnion(const WalkResult& a, Rule rule_a, const WalkResult& b,
                                Rule rule_b) {
  const Ids in_a = SetOf(a), in_b = SetOf(b);
  if (const auto id = Lacking(in_b, in_a)) {
    return Broken(rule_a, fmt::format("{}, which another walk over the list holds", *id),
                  "on no page of the walk", a, {&b}, "property union");
  }
  if (const auto id = Lacking(in_a, in_b)) {
    return Broken(rule_b, fmt::format("{}, which another walk over the list holds", *id),
                  "on no page of the walk", b, {&a}, "property union");
  }
  return std::nullopt;
}

// Small pages for small lists: a walk stays within a dozen pages.
std::size_t SizeFor(std::size_t count, std::uint64_t choice, std::size_t least) {
  constexpr std::array<std::size_t, 10> kSizes = {1, 2, 3, 7, 9, 10, 11, 33, 50, 99};
  return std::clamp(kSizes[choice % kSizes.size()], std::max(least, count / 12 + 1),
                    std::size_t{100});
}

// PageSize changes how a list is cut, not what it holds.
std::optional<Breach> PageSize(Asker& asker, const LawCase& law_case) {
  const Request& request = law_case.requests.front();
  const WalkResult reference = asker.Lists({request}).front();
  if (!reference.complete) return std::nullopt;
  std::vector<std::unique_ptr<Script>> scripts;
  for (const std::uint64_t choice : {law_case.choice % 10, law_case.choice / 10 % 10}) {
    scripts.push_back(WalkByNumber(request, SizeFor(reference.ids.size(), choice, 1)));
  }
  for (const WalkResult& walk : asker.Walks(std::move(scripts))) {
    if (!walk.complete) continue;
    if (auto breach = Twice(walk, "page.walk.unique"_rule)) return breach;
    const Rule rule = "page.walk.complete"_rule;
    if (auto breach = SameUnion(walk, rule, reference, rule)) return breach;
  }
  return std::nullopt;
}

// Both kinds of paging list the same.
std::optional<Breach> PagingKinds(Asker& asker, const LawCase& law_case) {
  const Request& request = law_case.requests.front();
  const WalkResult by_number = asker.Lists({request}).front();
  if (!by_number.complete) return std::nullopt;
  std::vector<std::unique_ptr<Script>> scripts;
  scripts.push_back(WalkByToken(request, SizeFor(by_number.ids.size(), law_case.choice, 10)));
  const WalkResult by_token = asker.Walks(std::move(scripts)).front();
  if (!by_token.complete) return std::nullopt;
  if (auto breach = Twice(by_token, "token.walk.unique"_rule)) return breach;
  return SameUnion(by_token, "token.walk.complete"_rule, by_number, "page.walk.complete"_rule);
}

// The same question put in another way gets the same list, or is refused as well.
std::optional<Breach> SameAnswer(const WalkResult& a, const WalkResult& b, Rule rule) {
  if (!a.answered || !b.answered) return std::nullopt;
  if (a.refused != b.refused) {
    Breach out = Broken(
        rule, a.refused ? "refused like the same request before" : "a list as before",
        fmt::format("{} {}", b.first.status, b.first.verdict.code), b, {&a}, "property accepted");
    out.difference.aspect = Aspect::kOutcome;
    return out;
  }
  if (!a.complete || !b.complete || a.ids == b.ids) return std::nullopt;
  return Broken(rule, fmt::format("the same list as in exchange {}", a.last.id), "another list", b,
                {&a}, "property list");
}

Request Shuffled(Request request, std::uint64_t choice) {
  Dice dice{rc::Random(choice)};
  for (std::size_t i = request.parameters.size(); i > 1; --i) {
    std::swap(request.parameters[i - 1], request.parameters[dice.Below(i)]);
  }
  return request;
}

std::optional<Breach> Permutation(Asker& asker, const LawCase& law_case) {
  const Request& request = law_case.requests.front();
  const auto lists = asker.Lists({request, Shuffled(request, law_case.choice)});
  return SameAnswer(lists[0], lists[1], "page.order.stable"_rule);
}

std::optional<Breach> Repetition(Asker& asker, const LawCase& law_case) {
  const Request& request = law_case.requests.front();
  const auto lists = asker.Lists({request, request});
  return SameAnswer(lists[0], lists[1], "page.order.stable"_rule);
}

std::optional<Breach> Form(Asker& asker, const LawCase& law_case) {
  Request posted = law_case.requests.front();
  posted.method = "POST";
  posted.placement = Placement::kForm;
  const auto lists = asker.Lists({law_case.requests.front(), posted});
  return SameAnswer(lists[0], lists[1], "encoding.request.form"_rule);
}

std::optional<Breach> Formats(Asker& asker, const LawCase& law_case) {
  Request json = law_case.requests.front(), xml = json;
  json.Set("Format", "JSON");
  xml.Set("Format", "XML");
  const auto lists = asker.Lists({json, xml});
  return SameAnswer(lists[0], lists[1], "encoding.format.xml"_rule);
}

// Asking for exactly the ids of a page returns that page's snapshots.
std::optional<Breach> IdsOfList(Asker& asker, const LawCase& law_case) {
  const Request& request = law_case.requests.front();
  const WalkResult list = asker.Lists({request}).front();
  if (!list.complete || list.ids.empty()) return std::nullopt;
  const std::size_t most = std::min<std::size_t>(100, 1 + law_case.choice % 100);
  Ids wanted;
  std::string text = "[";
  for (const std::string& id : list.ids) {
    if (wanted.size() == most || !wanted.insert(id).second) continue;
    text += fmt::format("{}\"{}\"", wanted.size() == 1 ? "" : ",", id);
  }
  Request by_ids;
  for (const char* name : {"Action", "RegionId", "Format"}) {
    if (const auto value = request.Find(name)) by_ids.Set(name, *value);
  }
  by_ids.Set("SnapshotIds", text + "]");
  const WalkResult found = asker.Lists({by_ids}).front();
  if (!found.complete) return std::nullopt;
  const Ids listed = SetOf(found);
  if (listed == wanted) return std::nullopt;
  const auto missing = Lacking(wanted, listed);
  return Broken("ids.list.selects"_rule,
                fmt::format("exactly the {} asked for", CountText(wanted.size(), "id")),
                missing ? fmt::format("{} is not listed", *missing)
                        : fmt::format("{} is listed too", *Lacking(listed, wanted)),
                found, {&list}, missing ? "property missing" : "property extra");
}

Request WithTime(Request request, int n, const char* key, const std::string& minute) {
  request.Set(fmt::format("Filter.{}.Key", n), key);
  request.Set(fmt::format("Filter.{}.Value", n), minute);
  return request;
}

// Whether the minute itself belongs to either side is open; everything else lies on one.
struct Split {
  std::int64_t minute;
  const Dataset& dataset;

  bool IsBefore(const std::string& id) const { return Created(id) < minute; }
  bool IsAfter(const std::string& id) const { return Created(id) >= minute + 60; }
  std::int64_t Created(const std::string& id) const {
    const auto at = dataset.by_id.find(id);
    return at == dataset.by_id.end() ? minute : dataset.snapshots[at->second].creation_time;
  }
};

std::optional<Breach> TimeSplit(Asker& asker, const LawCase& law_case) {
  Request base = law_case.requests.front();
  for (const char* name : {"Filter.1.Key", "Filter.1.Value", "Filter.2.Key", "Filter.2.Value"}) {
    base.Unset(name);
  }
  const Dataset& dataset = asker.vocabulary().dataset();
  if (dataset.snapshots.empty()) return std::nullopt;
  const std::int64_t chosen =
      dataset.snapshots[law_case.choice % dataset.snapshots.size()].creation_time;
  const Split split{chosen - (chosen % 60 + 60) % 60, dataset};
  const std::string minute = FormatMinute(split.minute);
  const auto lists = asker.Lists({base, WithTime(base, 1, "CreationStartTime", minute),
                                  WithTime(base, 2, "CreationEndTime", minute)});
  if (!AreWhole(lists)) return std::nullopt;
  const Ids after = SetOf(lists[1]), before = SetOf(lists[2]);
  for (const std::string& id : lists[0].ids) {
    const bool is_after = split.IsAfter(id), is_before = split.IsBefore(id);
    if (after.contains(id) ? is_before : is_after) {
      return Broken("time.start.selects"_rule,
                    fmt::format("what was created after {}, {} {}", minute, id,
                                is_after ? "among it" : "not among it"),
                    is_after ? "not listed" : "listed", lists[1], {&lists[0]}, "property start");
    }
    if (before.contains(id) ? is_after : is_before) {
      return Broken("time.end.selects"_rule,
                    fmt::format("what was created before {}, {} {}", minute, id,
                                is_before ? "among it" : "not among it"),
                    is_before ? "not listed" : "listed", lists[2], {&lists[0]}, "property end");
    }
  }
  return std::nullopt;
}

// Every snapshot has one Status.
std::optional<Breach> StatusPartition(Asker& asker, const LawCase& law_case) {
  constexpr std::array<Rule, 3> kRules = {"filter.status.progressing"_rule,
                                          "filter.status.accomplished"_rule,
                                          "filter.status.failed"_rule};
  std::vector<Request> requests(4, law_case.requests.front());
  requests[0].Unset("Status");
  requests[1].Set("Status", "progressing");
  requests[2].Set("Status", "accomplished");
  requests[3].Set("Status", "failed");
  const auto lists = asker.Lists(std::move(requests));
  if (!AreWhole(lists)) return std::nullopt;
  const Ids all = SetOf(lists[0]);
  Ids together;
  for (std::size_t i = 1; i < lists.size(); ++i) {
    for (const std::string& id : SetOf(lists[i])) {
      if (all.contains(id) && together.insert(id).second) continue;
      return Broken(
          kRules[i - 1], "each snapshot of the list under one Status",
          fmt::format("{} {}", id, all.contains(id) ? "under a second one" : "only with Status"),
          lists[i], {&lists[0]}, "property extra");
    }
  }
  if (const auto id = Lacking(all, together)) {
    return Broken("filter.status.default"_rule, "each snapshot of the list under one Status",
                  fmt::format("{} under none", *id), lists[0], {&lists[1], &lists[2], &lists[3]},
                  "property missing");
  }
  return std::nullopt;
}

// The judge finds nothing wrong with requests of any kind. What it does find is already reported.
std::optional<Breach> JudgeAgrees(Asker& asker, const LawCase& law_case) {
  std::vector<std::unique_ptr<Script>> scripts;
  scripts.push_back(std::make_unique<LawScript>(law_case.requests));
  const ScriptResult result = asker.Run(std::move(scripts)).front();
  for (const JudgedExchange& exchange : result) {
    if (!exchange.verdict.HasViolation()) continue;
    return Breach{exchange.verdict.violations().front(), exchange, exchange.verdict.evidence};
  }
  return std::nullopt;
}

}  // namespace

const std::vector<Law>& Laws() {
  static const std::vector<Law> laws = {
      {"ConjunctionIsIntersection", "Filters together list what each part of them lists.", 120,
       false, Conjunction},
      {"FilterNeverAdds", "One more filter never adds a snapshot.", 40, false, Monotonicity},
      {"PageSizeKeepsUnion", "The size of the pages does not change what they hold together.", 60,
       false, PageSize},
      {"PagingKindsAgree", "Paging by number and by token lists the same.", 60, false, PagingKinds},
      {"OrderOfParametersIsFree", "The order of the parameters changes nothing.", 80, false,
       Permutation},
      {"RepetitionIsSame", "The same request gets the same answer.", 60, false, Repetition},
      {"FormIsQuery", "POST with a form gets the answer of GET.", 60, false, Form},
      {"FormatsAgree", "JSON and XML list the same snapshots.", 60, false, Formats},
      {"IdsOfListReturnIt", "The ids of a list select exactly that list.", 80, false, IdsOfList},
      {"TimesSplitList", "A point in time splits a list in two.", 80, false, TimeSplit},
      {"StatusPartitions", "Every snapshot is listed under exactly one Status.", 60, false,
       StatusPartition},
      {"JudgeAgrees", "Requests of any kind are answered as one reading says.", 800, true,
       JudgeAgrees},
  };
  return laws;
}

}  // namespace assay
