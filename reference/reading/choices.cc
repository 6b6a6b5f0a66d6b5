#include "reference/reading/choices.h"

#include <algorithm>
#include <string_view>

#include "spec/text/hash.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

bool HasFamily(const Request& request, std::string_view start) {
  return std::ranges::any_of(request.parameters, [&](const Parameter& parameter) {
    return StartsWithAnyCase(parameter.name, start);
  });
}

// A bit for each feature of the request that a target might look at.
std::uint32_t FeaturesOf(const Request& request) {
  static constexpr std::array<std::string_view, 12> kFamilies = {
      "Status", "Usage",       "Category", "Encrypted", "Tag.",       "Filter.",
      "DiskId", "SnapshotIds", "DryRun",   "Snapshot",  "MaxResults", "Page"};
  std::uint32_t bits = 0;
  for (const std::string_view family : kFamilies) {
    bits = bits << 1 | (HasFamily(request, family) ? 1U : 0U);
  }
  bits = bits << 1 | (EqualAnyCase(request.Find("Format").value_or(""), "xml") ? 1U : 0U);
  bits = bits << 1 | (request.method == "GET" ? 0U : 1U);
  bits = bits << 1 | (request.placement == Placement::kQuery ? 0U : 1U);
  return bits << 1 | (request.Find("RegionId") ? 0U : 1U);
}

constexpr int kFeatures = 16;

std::uint64_t Mixed(std::uint64_t seed, std::uint64_t more) {
  const std::uint64_t both[] = {seed, more};
  return MixHash(kHashStart, {reinterpret_cast<const char*>(both), sizeof both});
}

bool MayDepend(const QuestionInfo& question) {
  return question.kind != QuestionKind::kMeaning && question.id != "paging.order"_question;
}

}  // namespace

FixedReading::FixedReading(const Reading& reading) : seed_(reading.situations) {
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    options_[Index(question.id)] = question.options.front().id;
    by_situation_[Index(question.id)] = seed_ != 0 && MayDepend(question);
  }
  for (const auto& [question, option] : reading.pins) {
    options_[Index(question)] = option;
    by_situation_[Index(question)] = false;
  }
}

void FixedReading::Enter(const Request& request) {
  if (by_situation_.none()) return;
  const std::uint32_t features = FeaturesOf(request);
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    if (!by_situation_[Index(question.id)]) continue;
    const std::uint64_t own = Mixed(seed_, Index(question.id));
    std::uint32_t counted = 0;
    for (int i = 0; i < 3; ++i) counted |= 1U << ((own >> (8 * i + 8)) % kFeatures);
    const std::uint64_t drawn = Mixed(own, features & counted);
    options_[Index(question.id)] = question.options[(drawn >> 16) % question.options.size()].id;
  }
}

}  // namespace assay
