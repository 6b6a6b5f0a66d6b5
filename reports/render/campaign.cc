#include "reports/render/campaign.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/render/overview.h"
#include "reports/text/text.h"
#include "spec/text/count.h"

namespace assay {
namespace {

constexpr double kSmallWidth = 360, kSmallHeight = 150, kSmallLeft = 60, kSmallRight = 12,
                 kSmallTop = 14, kSmallBottom = 34;
constexpr double kOf95Percent = 1.96;  // standard deviations

struct Measure {
  const char* name;
  std::uint64_t CampaignSample::*value;
  const char* line;  // its class
};
constexpr Measure kMeasures[] = {{"requests", &CampaignSample::requests, "line calm"},
                                 {"inputs", &CampaignSample::inputs, "line calm"},
                                 {"features", &CampaignSample::features, "line calm"},
                                 {"findings", &CampaignSample::findings, "line"}};

std::string Label(double x, double y, const char* anchor, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x, y, anchor,
                     text);
}

std::string Curve(const CampaignTally& campaign, const Measure& measure) {
  const CampaignSample& last = campaign.samples.back();
  const std::uint64_t most = std::max<std::uint64_t>(1, last.*measure.value);
  const double floor = kSmallHeight - kSmallBottom, end = kSmallWidth - kSmallRight;
  const auto across = [&](double seconds) {
    return kSmallLeft + (last.seconds > 0 ? seconds / last.seconds : 0) * (end - kSmallLeft);
  };
  const auto down = [&](std::uint64_t value) {
    return floor - static_cast<double>(value) / static_cast<double>(most) * (floor - kSmallTop);
  };
  std::string path = fmt::format("M{:.1f} {:.1f}", kSmallLeft, floor);
  for (const CampaignSample& sample : campaign.samples) {
    path += fmt::format("L{:.1f} {:.1f}", across(sample.seconds), down(sample.*measure.value));
  }
  const std::string axes = fmt::format("<path class=\"axis\" d=\"M{:.1f} {:.1f}V{:.1f}H{:.1f}\"/>",
                                       kSmallLeft, kSmallTop, floor, end) +
                           Label(kSmallLeft - 6, kSmallTop + 4, "end", Thousands(most)) +
                           Label(kSmallLeft - 6, floor + 4, "end", "0") +
                           Label(kSmallLeft, floor + 18, "start", "0") +
                           Label(end, floor + 18, "end", fmt::format("{:.0f} s", last.seconds));
  return fmt::format(
      "<figure><figcaption>{0}</figcaption><svg class=\"curve\" viewBox=\"0 0 {1} {2}\" "
      "role=\"img\" aria-label=\"{3} {0} after {4:.0f} s\">{5}<path class=\"{6}\" "
      "d=\"{7}\"/></svg></figure>\n",
      measure.name, kSmallWidth, kSmallHeight, Thousands(last.*measure.value), last.seconds, axes,
      measure.line, path);
}

std::string EstimateText(const CampaignTally& campaign) {
  const DiscoveryEstimate estimate = EstimateDiscovery(campaign);
  return fmt::format(
      "The next input shows a new feature with a probability of about {:.2g} (95 %: {:.2g} to "
      "{:.2g})",
      estimate.probability, estimate.low, estimate.high);
}

}  // namespace

DiscoveryEstimate EstimateDiscovery(const CampaignTally& campaign) {
  if (campaign.samples.empty() || campaign.samples.back().inputs == 0) return {};
  const auto inputs = static_cast<double>(campaign.samples.back().inputs);
  const double once = std::min(inputs, static_cast<double>(campaign.shown_once));
  const double twice = static_cast<double>(campaign.shown_twice);
  const double spread = kOf95Percent * std::sqrt(once * (1 - once / inputs) + 2 * twice) / inputs;
  DiscoveryEstimate out{.probability = once / inputs};
  out.low = std::max(0.0, out.probability - spread);
  out.high = std::min(1.0, std::max(out.probability + spread, 3 / inputs));
  return out;
}

std::string CampaignText(const CampaignTally& campaign) {
  const CampaignSample end = campaign.samples.empty() ? CampaignSample{} : campaign.samples.back();
  return fmt::format("{}, {}, {} kept; ended {}. {}.", CountText(end.inputs, "input"),
                     CountText(end.features, "feature"), Thousands(end.corpus), campaign.ended,
                     EstimateText(campaign));
}

std::string CampaignSection(const RecordedRun& run) {
  const std::optional<CampaignTally>& campaign = run.trailer.campaign;
  if (!campaign || campaign->samples.empty()) return "";
  std::string out = "<h2 id=\"campaign\">The campaign</h2>\n<p>" +
                    HtmlText(CampaignText(*campaign)) + "</p>\n<div class=\"curves\">\n";
  for (const Measure& measure : kMeasures) out += Curve(*campaign, measure);
  return out +
         "</div>\n<p class=\"soft\">A feature is something that an answer shows: a status, a code, "
         "a rule, an option, how long a list is. The estimate is that of Good and Turing: features "
         "that one input alone showed, divided by the inputs (I. J. Good, Biometrika 40, 1953; M. "
         "Böhme, ACM TOSEM 27, 2018); its bounds are those of W. W. Esty, Annals of Statistics 11, "
         "1983. Since a campaign learns, they are approximations.</p>\n";
}

}  // namespace assay
