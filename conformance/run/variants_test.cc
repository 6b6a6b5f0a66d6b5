// Targets with a mistake that the catalogue has in another measure only: its kind has to be named.
#include "reference/faults/variants.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "conformance/run/short_run_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/service.h"

namespace assay {
namespace {

// What the suites find, the most frequent first.
std::vector<Finding> FindingsAt(Target& target) {
  std::vector<Finding> out = FindingsOfAShortRun(target);
  std::ranges::stable_sort(out, std::ranges::greater{}, &Finding::occurrences);
  return out;
}

const Fault& VariantThat(const std::string& title) {
  const auto at = std::ranges::find(Variants(), title, &Fault::title);
  EXPECT_NE(at, Variants().end()) << title;
  return *at;
}

TEST(Variants, HaveTheIdAndTheRulesOfTheirKindAndAnotherTitle) {
  std::set<std::string> titles;
  for (const Fault& variant : Variants()) {
    const Fault* kind = FindFault(variant.id);
    ASSERT_NE(kind, nullptr) << variant.id;
    // The type of another field breaks the rule of that field.
    if (variant.id.starts_with("shape.field.")) {
      EXPECT_TRUE(Id(variant.breaks.front()).starts_with("response.field.")) << variant.title;
    } else {
      EXPECT_EQ(variant.breaks, kind->breaks) << variant.id;
    }
    EXPECT_TRUE(titles.insert(variant.title).second) << variant.title;
  }
  EXPECT_GT(titles.size(), 300U);
}

TEST(Variants, AreNamedWithWhatTheyDo) {
  for (const char* title :
       {"counts 3 too few in TotalCount", "loses the last 2 snapshots of a walk",
        "looks only at the first 2 tags of a snapshot", "writes Usage in capitals",
        "writes LastModifiedTime without seconds, in XML, too"}) {
    const Fault& variant = VariantThat(title);
    ModelTarget target(BuiltIn(), {}, {&variant});
    const std::vector<Finding> findings = FindingsAt(target);
    ASSERT_FALSE(findings.empty()) << title;
    EXPECT_EQ(findings.front().diagnosis, std::vector<std::string>{variant.id}) << title;
    EXPECT_TRUE(findings.front().variant) << title;
    EXPECT_EQ(findings.front().cause, title);
    EXPECT_LE(findings.size(), 3U) << title;
  }
}

// No variant gives that text, but one kind of fault goes wrong in the same place.
TEST(Variants, AreKindsIfWhatTheyGiveIsNotKnown) {
  Fault odd = *FindFault("data.retention.one_more");
  odd.snapshot = [](const Scene&, Snapshot& snapshot) {
    const std::string& days = snapshot[Field::kRetentionDays];
    if (!days.empty()) snapshot.Set(Field::kRetentionDays, days + "7");
  };
  ModelTarget target(BuiltIn(), {}, {&odd});
  const std::vector<Finding> findings = FindingsAt(target);
  ASSERT_FALSE(findings.empty());
  ASSERT_FALSE(findings.front().diagnosis.empty());
  EXPECT_EQ(KindOfFault(findings.front().diagnosis.front()), "data.retention");
  EXPECT_TRUE(findings.front().variant);
  EXPECT_EQ(findings.front().cause, "");
}

TEST(Variants, AreNotLookedForIfAFaultOfTheCatalogueFits) {
  ModelTarget target(BuiltIn(), {}, {FindFault("paging.total.one_less")});
  const std::vector<Finding> findings = FindingsAt(target);
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings.front().diagnosis.front(), "paging.total.one_less");
  EXPECT_FALSE(findings.front().variant);
}

}  // namespace
}  // namespace assay
