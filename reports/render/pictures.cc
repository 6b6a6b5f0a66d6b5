#include "reports/render/pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>

#include "reports/render/body_view.h"
#include "reports/render/overview.h"
#include "reports/text/text.h"
#include "spec/text/count.h"

namespace assay {
namespace {

constexpr double kWidth = 720, kHeight = 180, kLeft = 44, kRight = 16, kTop = 16, kBottom = 36;
constexpr std::size_t kMostPages = 24;
constexpr std::size_t kMostOnPage = 120;

double Across(std::uint64_t exchange, std::uint64_t last) {
  const double share = last == 0 ? 0 : static_cast<double>(exchange) / static_cast<double>(last);
  return kLeft + std::min(1.0, share) * (kWidth - kLeft - kRight);
}

double Down(std::size_t count, std::size_t most) {
  const double share = static_cast<double>(count) / static_cast<double>(most);
  return kHeight - kBottom - share * (kHeight - kTop - kBottom);
}

std::string Axes(std::uint64_t last, std::size_t most) {
  const double floor = kHeight - kBottom;
  std::string out = fmt::format("<path class=\"axis\" d=\"M{:.1f} {:.1f}V{:.1f}H{:.1f}\"/>", kLeft,
                                kTop, floor, kWidth - kRight);
  out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", kLeft - 8,
                     kTop + 4, most);
  out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">0</text>", kLeft - 8,
                     floor + 4);
  for (const int quarter : {0, 2, 4}) {
    const std::uint64_t at = last * static_cast<std::uint64_t>(quarter) / 4;
    const char* anchor = quarter == 4 ? "end" : quarter == 0 ? "start" : "middle";
    out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}{}</text>",
                       Across(at, last), floor + 20, anchor, Thousands(at),
                       quarter == 4 ? " requests" : "");
  }
  return out;
}

struct WalkPage {
  std::uint64_t exchange;
  std::vector<std::string> ids;
};

using Exchanges = std::vector<const ExchangeRecord*>;

const ExchangeRecord* FindEvidence(const RecordedRun& run, std::uint64_t id) {
  const auto at = std::ranges::find_if(
      run.evidence, [&](const RecordedExchange& recorded) { return recorded.exchange.id == id; });
  return at == run.evidence.end() ? nullptr : &at->exchange;
}

// The exchange whose answer gave the token that this one uses, or nullptr.
const ExchangeRecord* IssuerOf(const RecordedRun& run, const ExchangeRecord& exchange) {
  const auto token = exchange.request.Find("NextToken");
  if (!token || token->empty()) return nullptr;
  for (const RecordedExchange& recorded : run.evidence) {
    const bool earlier = recorded.exchange.id < exchange.id;
    if (earlier && recorded.exchange.next_token == *token) return &recorded.exchange;
  }
  return nullptr;
}

std::vector<Parameter> WithoutPageNumber(const Request& request) {
  std::vector<Parameter> out = request.parameters;
  std::erase_if(out, [](const Parameter& parameter) { return parameter.name == "PageNumber"; });
  return out;
}

int PageNumberOf(const ExchangeRecord& exchange) {
  return std::atoi(std::string(exchange.request.Find("PageNumber").value_or("1")).c_str());
}

// The walk that ends with this exchange: back along its tokens, or the pages of the same list.
Exchanges WalkTo(const RecordedRun& run, const Finding& finding, const ExchangeRecord& last) {
  Exchanges walk;
  if (last.request.Find("NextToken")) {
    for (const ExchangeRecord* at = &last; at != nullptr; at = IssuerOf(run, *at)) {
      walk.insert(walk.begin(), at);
    }
    return walk;
  }
  for (const std::uint64_t id : finding.evidence) {
    const ExchangeRecord* other = FindEvidence(run, id);
    if (other != nullptr && WithoutPageNumber(other->request) == WithoutPageNumber(last.request)) {
      walk.push_back(other);
    }
  }
  std::ranges::stable_sort(walk, {},
                           [](const ExchangeRecord* page) { return PageNumberOf(*page); });
  return walk;
}

std::vector<WalkPage> ReadPages(const Exchanges& walk) {
  std::vector<WalkPage> pages;
  for (const ExchangeRecord* exchange : walk) {
    if (exchange->status == 200) pages.push_back({exchange->id, ListedIds(exchange->body)});
  }
  return pages;
}

std::map<std::string, int> CountIds(const std::vector<WalkPage>& pages) {
  std::map<std::string, int> times;
  for (const WalkPage& page : pages) {
    for (const std::string& id : page.ids) ++times[id];
  }
  return times;
}

// The list that the request asks for, whichever page of it.
std::vector<Parameter> ListOf(const Request& request) {
  std::vector<Parameter> out = WithoutPageNumber(request);
  std::erase_if(out, [](const Parameter& parameter) { return parameter.name == "NextToken"; });
  std::ranges::sort(out, {}, &Parameter::name);
  return out;
}

struct Walk {
  std::vector<WalkPage> pages;
  std::vector<Parameter> list;
  bool tells = false;  // it lists something twice, or lacks what the finding names
  bool own = false;    // it is of the finding's smallest request
  std::tuple<bool, bool, std::size_t> Rank() const { return {tells, own, pages.size()}; }
};

Walk MakeWalk(const Exchanges& exchanges, const Finding& finding) {
  Walk walk{ReadPages(exchanges), ListOf(exchanges.front()->request)};
  const std::vector<std::string> named = NamedIds(finding.actual);
  const std::map<std::string, int> times = CountIds(walk.pages);
  const auto is_named = [&](const std::string& id) {
    return named.empty() || std::ranges::find(named, id) != named.end();
  };
  walk.tells = std::ranges::any_of(
      times, [&](const auto& entry) { return entry.second > 1 && is_named(entry.first); });
  walk.tells = walk.tells || std::ranges::any_of(
                                 named, [&](const std::string& id) { return !times.contains(id); });
  walk.own = walk.list == ListOf(finding.request);
  return walk;
}

// The walk of the evidence that shows the finding best; without pages if there is none.
Walk BestWalk(const RecordedRun& run, const Finding& finding) {
  Walk best;
  for (const std::uint64_t id : finding.evidence) {
    const ExchangeRecord* last = FindEvidence(run, id);
    if (last == nullptr) continue;
    const Exchanges exchanges = WalkTo(run, finding, *last);
    if (exchanges.size() < 2) continue;
    Walk walk = MakeWalk(exchanges, finding);
    if (walk.pages.size() > 1 && walk.Rank() > best.Rank()) best = std::move(walk);
  }
  return best;
}

// What is on no page, though the finding names it, or a right answer would list it.
std::vector<std::string> LostIds(const Finding& finding, const Walk& walk) {
  constexpr std::size_t kMost = 5;
  const std::map<std::string, int> times = CountIds(walk.pages);
  std::vector<std::string> out;
  const auto add = [&](const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
      const bool is_new = std::ranges::find(out, id) == out.end();
      if (is_new && !times.contains(id) && out.size() < kMost) out.push_back(id);
    }
  };
  add(NamedIds(finding.expected + " " + finding.actual));
  // Elsewhere a right page may hold what the target lists on another one.
  const bool is_whole = finding.rule.find(".walk.") != std::string::npos;
  if (walk.own && is_whole && finding.example.status == 200) add(ListedIds(finding.example.body));
  return out;
}

// A mark for a snapshot; if it is listed more than once, with a sign and, for those who hear the
// page, a text.
std::string Tick(const std::string& id, int times) {
  if (times < 2) {
    return fmt::format("<i class=\"once\" title=\"{}\" aria-hidden=\"true\"></i>", HtmlText(id));
  }
  return fmt::format(
      "<i class=\"twice\" title=\"{0}, listed {1} times\">{1}×<span class=\"unseen\"> {0} "
      "</span></i>",
      HtmlText(id), times);
}

std::string PageBox(const WalkPage& page, std::size_t number,
                    const std::map<std::string, int>& times) {
  std::string out = fmt::format("<li><b>page {}</b><span class=\"ticks\">", number);
  for (std::size_t i = 0; i < std::min(kMostOnPage, page.ids.size()); ++i) {
    out += Tick(page.ids[i], times.at(page.ids[i]));
  }
  return out + fmt::format("</span><small>{}, exchange {}</small></li>\n",
                           CountText(page.ids.size(), "snapshot"), page.exchange);
}

// The rules that have findings of this kind, and none that weigh more, by when each was first seen.
std::vector<FirstSight> SightsOf(const RecordedRun& run, FindingKind kind) {
  std::map<std::string, FirstSight> sights;
  for (const Finding& finding : run.findings) {
    const bool weighs_more = std::ranges::any_of(run.findings, [&](const Finding& other) {
      return other.rule == finding.rule && other.kind < kind;
    });
    if (finding.kind != kind || weighs_more) continue;
    const auto seen = std::ranges::find(run.curve, finding.rule, &FirstSight::rule);
    const auto shown = std::ranges::min_element(finding.evidence);
    const std::uint64_t exchange = seen != run.curve.end()           ? seen->exchange
                                   : shown != finding.evidence.end() ? *shown
                                                                     : run.last_exchange;
    FirstSight& sight =
        sights.try_emplace(finding.rule, FirstSight{exchange, finding.rule}).first->second;
    sight.exchange = std::min(sight.exchange, exchange);
  }
  std::vector<FirstSight> out;
  for (auto& [rule, sight] : sights) out.push_back(std::move(sight));
  std::ranges::stable_sort(out, {}, &FirstSight::exchange);
  return out;
}

std::string CurveLine(const std::vector<FirstSight>& sights, const char* kind, std::uint64_t last,
                      std::size_t most) {
  if (sights.empty()) return "";
  std::string path = fmt::format("M{:.1f} {:.1f}", Across(0, last), Down(0, most));
  std::string dots;
  for (std::size_t i = 0; i < sights.size(); ++i) {
    const double x = Across(sights[i].exchange, last), y = Down(i + 1, most);
    path += fmt::format("H{:.1f}V{:.1f}", x, y);
    dots += fmt::format(
        "<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"><title>{}, request {}</title>"
        "</circle>",
        kind, x, y, HtmlText(sights[i].rule), Thousands(sights[i].exchange));
  }
  return fmt::format("<path class=\"line {}\" d=\"{}H{:.1f}\"/>{}", kind, path, kWidth - kRight,
                     dots);
}

bool IsAboutWalks(const std::string& rule) {
  return rule.find(".walk.") != std::string::npos || rule.starts_with("page.order") ||
         rule.starts_with("token.");
}

}  // namespace

std::string FindingsCurve(const RecordedRun& run) {
  const std::vector<FirstSight> broken = SightsOf(run, FindingKind::kViolation);
  const std::vector<FirstSight> warned = SightsOf(run, FindingKind::kWarning);
  if (broken.empty() && warned.empty()) return "";
  std::uint64_t last = run.last_exchange;
  std::string label = CountText(broken.size(), "rule") + " broken by the end";
  if (!broken.empty()) {
    last = std::max(last, broken.back().exchange);
    label += fmt::format(", the last one first by request {}", Thousands(broken.back().exchange));
  }
  std::string legend;
  if (!warned.empty()) {
    last = std::max(last, warned.back().exchange);
    label += fmt::format("; {} warned of", CountText(warned.size(), "rule"));
    legend =
        "<ul class=\"legend\"><li><i class=\"key broken\"></i>broken</li>"
        "<li><i class=\"key warned\"></i>warned of</li></ul>";
  }
  const std::size_t most = std::max(broken.size(), warned.size());
  return fmt::format(
      "<figure><svg class=\"curve\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">"
      "{}{}{}</svg>\n{}<figcaption>The rules that the findings are about, each from the request "
      "that first showed it. If the line still rises at the end, a run with a higher <code "
      "class=\"nowrap\">--strength</code> "
      "may find more.</figcaption></figure>\n",
      kWidth, kHeight, label, Axes(last, most), CurveLine(warned, "warned", last, most),
      CurveLine(broken, "broken", last, most), legend);
}

std::string WalkStrip(const RecordedRun& run, const Finding& finding) {
  if (!IsAboutWalks(finding.rule)) return "";
  const Walk walk = BestWalk(run, finding);
  const std::vector<WalkPage>& pages = walk.pages;
  if (pages.size() < 2) return "";
  const std::map<std::string, int> times = CountIds(pages);
  std::string out = "<h4>The walk</h4>\n";
  if (!walk.own) {
    Request other = finding.request;
    other.parameters = walk.list;
    out += fmt::format("<p class=\"soft\">Of another request that shows it: {}</p>\n",
                       CodeMarkup(RequestText(other)));
  }
  out += fmt::format(
      "<ol class=\"walk\" tabindex=\"0\" aria-label=\"Pages of the walk, finding {}\">\n",
      HtmlText(ReproName(finding)));
  for (std::size_t i = 0; i < std::min(kMostPages, pages.size()); ++i) {
    out += PageBox(pages[i], i + 1, times);
  }
  std::string lost;
  for (const std::string& id : LostIds(finding, walk)) {
    lost += fmt::format("<i class=\"lost\">lost</i> <code>{}</code> ", HtmlText(id));
  }
  std::string legend = "<li><i class=\"once\"></i>a snapshot listed once</li>";
  if (std::ranges::any_of(times, [](const auto& entry) { return entry.second > 1; })) {
    legend += "<li><i class=\"twice\">2×</i>listed more than once in the walk</li>";
  }
  if (!lost.empty()) {
    out += "<li class=\"missing\"><b>on no page</b> " + lost + "</li>\n";
    legend += "<li><i class=\"lost\">lost</i>listed on no page</li>";
  }
  return out + "</ol>\n<ul class=\"legend ticks\">" + legend + "</ul>\n";
}

std::string BadgeSvg(const RecordedRun& run) {
  const bool conforms = run.trailer.verdict == RunVerdict::kConforms;
  const bool broken = run.trailer.verdict == RunVerdict::kViolations;
  const Totals totals = CountTotals(run);
  const std::string text = conforms ? "conforms"
                           : broken ? CountText(totals.violations, "violation")
                                    : "not judged";
  const char* colour = conforms ? "#2e7d32" : broken ? "#c62828" : "#8a5a00";
  constexpr int kName = 128;
  const int width = 20 + 7 * static_cast<int>(text.size());
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"20\" role=\"img\" "
      "aria-label=\"DescribeSnapshots: {1}\"><title>DescribeSnapshots: {1}</title>"
      "<clipPath id=\"r\"><rect width=\"{0}\" height=\"20\" rx=\"3\"/></clipPath>"
      "<g clip-path=\"url(#r)\"><rect width=\"{2}\" height=\"20\" fill=\"#444\"/>"
      "<rect x=\"{2}\" width=\"{3}\" height=\"20\" fill=\"{4}\"/></g>"
      "<g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\" "
      "text-anchor=\"middle\"><text x=\"{5}\" y=\"14\">DescribeSnapshots</text>"
      "<text x=\"{6}\" y=\"14\">{1}</text></g></svg>\n",
      kName + width, text, kName, width, colour, kName / 2, kName + width / 2);
}

}  // namespace assay
