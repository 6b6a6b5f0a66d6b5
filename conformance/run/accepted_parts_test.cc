#include "conformance/run/accepted_parts.h"

#include <gtest/gtest.h>

#include "conformance/run/run_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/server.h"
#include "reference/state/dataset.h"

namespace assay {
namespace {

Finding Whole() {
  return {.id = "page.size.echo.00000001",
          .rule = "page.size.echo",
          .actual = "10",
          .also = {"page.size.default.00000007", "page.size.limits.00000008"}};
}

TEST(AcceptedParts, NamesWhatTheListLacks) {
  const std::vector<KnownFinding> known = {
      {"page.size.echo.00000001", "page.size.echo", "why"},
      {"page.size.limits.00000008", "page.size.limits", "why"}};
  EXPECT_EQ(
      MissingParts(known, "2026-01-01", {Whole()}),
      std::vector<std::string>{"page.size.echo.00000001 is accepted, but not what is the same "
                               "finding: page.size.default.00000007"});
  EXPECT_EQ(MissingParts({known[1]}, "2026-01-01", {Whole()}),
            std::vector<std::string>{
                "page.size.limits.00000008 is accepted, but not what is the same finding: "
                "page.size.echo.00000001, page.size.default.00000007"});
  EXPECT_TRUE(MissingParts({}, "2026-01-01", {Whole()}).empty());
  Finding accepted = Whole();
  accepted.kind = FindingKind::kKnown;
  EXPECT_TRUE(MissingParts(known, "2026-01-01", {accepted}).empty());
}

TEST(AcceptedParts, EachHaveTheTextOfTheirOwnRule) {
  const std::vector<Finding> parts = WithTheirParts({Whole()});
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].actual, "10");
  EXPECT_EQ(parts[1].id, "page.size.default.00000007");
  EXPECT_EQ(parts[1].rule, "page.size.default");
  EXPECT_NE(parts[1].actual.find("as a part of page.size.echo.00000001"), std::string::npos);
  EXPECT_NE(parts[1].actual, parts[2].actual);
}

// What a run writes is accepted by the next; without a part of it, that part is named.
TEST(AcceptedParts, OfARunAreWrittenAndMissed) {
  const TestFolder folder;
  const Dataset dataset = BuiltInDataset();
  const auto server =
      Server::Start(dataset, {}, "127.0.0.1", 0, {}, {}, {FindFault("filter.usage.ignored")});
  const std::string file = (folder / "known.json").string();
  const std::string run = "--target " + (*server)->Url() + " --only 'filter.usage.*' ";
  EXPECT_EQ(RunAssay(folder, run + "--write-known '" + file + "'").code, 1);
  nlohmann::json known = nlohmann::json::parse(ReadText(file));
  ASSERT_GE(known["findings"].size(), 2U) << known.dump(1);
  EXPECT_NE(known["findings"][0]["reason"], known["findings"][1]["reason"]) << known.dump(1);
  EXPECT_EQ(RunAssay(folder, run + "--known '" + file + "'").code, 0);
  const std::string part = known["findings"].back()["id"];
  const std::string symptom = part.substr(0, part.size() - 4);
  std::erase_if(known["findings"].get_ref<nlohmann::json::array_t&>(), [&](const auto& entry) {
    return entry["id"].template get<std::string>().starts_with(symptom);
  });
  const EndedRun ended =
      RunAssay(folder, run + "--known '" + folder.Write("less.json", known.dump()) + "'");
  EXPECT_EQ(ended.code, 1) << ended.output;
  EXPECT_NE(ended.output.find("but not what is the same finding: "), std::string::npos)
      << ended.output;
  EXPECT_NE(ended.output.find(part), std::string::npos) << part << ended.output;
}

}  // namespace
}  // namespace assay
