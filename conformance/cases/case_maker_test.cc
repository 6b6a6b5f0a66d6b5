#include "conformance/cases/case_maker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "conformance/cases/bench_for_test.h"
#include "spec/text/time.h"

namespace assay {
namespace {

// A case that sets what `name=value&…` says (form encoding, placeholders kept).
RuleCase CaseOfText(std::string_view text) {
  RuleCase made;
  for (const Parameter& parameter : ParseForm(text)) {
    made.set.emplace_back(parameter.name, parameter.value);
  }
  return made;
}

CaseMaker Home() { return CaseMaker(BuiltIn(), "cn-hangzhou", 1); }

Result<ConcreteCase> Make(const std::string& text) {
  return Home().Make(CaseOfText(text), "a.rule", "JSON");
}

std::string ValueOf(const std::string& name, const std::string& text) {
  const Result<ConcreteCase> made = Make(text);
  return made ? std::string(made->request.Find(name).value_or("(absent)")) : made.error().Text();
}

const Snapshot& Hit(const std::string& text) {
  SnapshotNeeds needs;
  AddNeeds(CaseOfText(text), needs);
  const Result<const Snapshot*> hit = Home().Choose(needs, "a.rule");
  return **hit;
}

std::set<std::string> IdsIn(const std::string& json) {
  std::set<std::string> out;
  for (const auto& id : nlohmann::json::parse(json)) out.insert(id.get<std::string>());
  return out;
}

TEST(CaseMaker, StartFromTheSmallestRequest) {
  EXPECT_EQ(Make("")->request.Text(), "Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON");
}

TEST(CaseMaker, TakeEverythingOfACaseFromOneSnapshot) {
  const std::string text = "DiskId=$hit.SourceDiskId&KMSKeyId=$hit.KMSKeyId&Status=$hit.Status";
  const Snapshot& hit = Hit(text);
  EXPECT_EQ(ValueOf("DiskId", text), hit[Field::kSourceDiskId]);
  EXPECT_EQ(ValueOf("KMSKeyId", text), hit[Field::kKMSKeyId]);
  EXPECT_EQ(ValueOf("Status", text), hit[Field::kStatus]);
  EXPECT_FALSE(hit[Field::kKMSKeyId].empty());
}

TEST(CaseMaker, NeverTakeAnEmptyValueOrOneWithABlankAtAnEnd) {
  Dataset dataset = ParseDataset(DatasetText(BuiltIn()), "copy").value();
  for (Snapshot& snapshot : dataset.snapshots) snapshot.Set(Field::kSnapshotName, " name");
  const RuleCase named = CaseOfText("SnapshotName=$hit.SnapshotName");
  const Result<ConcreteCase> made =
      CaseMaker(dataset, "cn-hangzhou", 1).Make(named, "a.rule", "JSON");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().what, "the dataset has no snapshot with a SnapshotName in cn-hangzhou");
}

TEST(CaseMaker, ChooseASnapshotThatIsAsTheCaseWantsIt) {
  RuleCase rule_case = CaseOfText("SnapshotIds=$hit.SnapshotId");
  rule_case.where = {{"Status", "failed"}, {"KMSKeyId", ""}, {"Tags", ""}};
  const Result<ConcreteCase> made = Home().Make(rule_case, "a.rule", "JSON");
  ASSERT_TRUE(made) << made.error().Text();
  const std::string id(*made->request.Find("SnapshotIds"));
  const Snapshot& hit = BuiltIn().snapshots[BuiltIn().by_id.at(id)];
  EXPECT_EQ(hit[Field::kStatus], "failed");
  EXPECT_EQ(hit[Field::kKMSKeyId], "");
  EXPECT_TRUE(hit.tags.empty());
}

TEST(CaseMaker, SayWhichCaseTheStateCannotSatisfy) {
  RuleCase rule_case = CaseOfText("SnapshotIds=$hit.SnapshotId");
  rule_case.name = "impossible";
  rule_case.where = {{"Status", "no_such_state"}};
  const Result<ConcreteCase> made = Home().Make(rule_case, "a.rule", "JSON");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().Text(),
            "a.rule, case impossible: the dataset has no snapshot with Status no_such_state, with "
            "a SnapshotId in "
            "cn-hangzhou");
}

TEST(CaseMaker, SayWhichPlaceholderTheStateCannotSatisfy) {
  const Result<ConcreteCase> made = Make("SnapshotIds=$ids.5000");
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().what.find("`$ids.5000`: the dataset has only"), std::string::npos)
      << made.error().what;
}

TEST(CaseMaker, OfAnotherSnapshotDiffer) {
  const std::string text = "DiskId=$hit.SourceDiskId&InstanceId=$other.SourceDiskId";
  EXPECT_NE(ValueOf("DiskId", text), ValueOf("InstanceId", text));
}

TEST(CaseMaker, ThatAreMissingOccurNowhereAndAreWellFormed) {
  for (const FieldInfo& field : kFields) {
    if (field.type != FieldType::kString) continue;
    const std::string miss = ValueOf("X", "X=$miss." + std::string(field.name));
    for (const Snapshot& snapshot : BuiltIn().snapshots) {
      const std::string& held = snapshot[field.field];
      if (held.empty()) continue;
      EXPECT_EQ(held.find(miss), std::string::npos) << field.name;
      EXPECT_EQ(miss.find(held), std::string::npos) << field.name << " " << held;
    }
  }
  EXPECT_TRUE(ValueOf("X", "X=$miss.SnapshotId").starts_with("s-"));
  EXPECT_TRUE(ValueOf("X", "X=$miss.SnapshotLinkId").starts_with("sl-"));
}

TEST(CaseMaker, ListIdsOfTheRegionNoneTwice) {
  const std::set<std::string> ids = IdsIn(ValueOf("SnapshotIds", "SnapshotIds=$ids.11"));
  EXPECT_EQ(ids.size(), 11U);
  for (const std::string& id : ids) {
    EXPECT_EQ(BuiltIn().snapshots[BuiltIn().by_id.at(id)][Field::kRegionId], "cn-hangzhou");
  }
}

TEST(CaseMaker, FillListsUpWithIdsThatDoNotExist) {
  const std::set<std::string> ids = IdsIn(ValueOf("X", "X=$ids.3.padded.100"));
  EXPECT_EQ(ids.size(), 100U);
  EXPECT_EQ(std::ranges::count_if(ids, [](const auto& id) { return BuiltIn().by_id.contains(id); }),
            3);
}

TEST(CaseMaker, ReverseAndRepeatLists) {
  const auto forward = nlohmann::json::parse(ValueOf("X", "X=$ids.3"));
  auto backward = nlohmann::json::parse(ValueOf("X", "X=$ids.3.reversed"));
  std::reverse(backward.begin(), backward.end());
  EXPECT_EQ(forward, backward);
  EXPECT_EQ(nlohmann::json::parse(ValueOf("X", "X=$ids.3.twice")).size(), 6U);
  EXPECT_EQ(IdsIn(ValueOf("X", "X=$ids.3.twice")).size(), 3U);
}

TEST(CaseMaker, NameRegions) {
  EXPECT_EQ(ValueOf("X", "X=$region"), "cn-hangzhou");
  EXPECT_EQ(ValueOf("X", "X=$region.empty"), "eu-central-1");
  const std::string other = ValueOf("X", "X=$region.other");
  EXPECT_NE(other, "cn-hangzhou");
  EXPECT_FALSE(BuiltIn().by_region.at(other).empty());
}

TEST(CaseMaker, PutTimesWhereTheyBelong) {
  const std::string text =
      "X=$hit.SnapshotId&A=$time.before_all&B=$time.hit.minus_minute&"
      "C=$time.hit&D=$time.hit.plus_minute&E=$time.after_all";
  const std::string& created = Hit(text)[Field::kCreationTime];
  const auto seconds = [&](const char* name) {
    const std::string minute = ValueOf(name, text);
    std::int64_t out = 0;
    EXPECT_TRUE(ParseTime(minute.substr(0, 16) + ":00Z", &out)) << minute;
    EXPECT_EQ(minute.size(), 17U) << minute;
    return out;
  };
  EXPECT_EQ(ValueOf("C", text).substr(0, 16), created.substr(0, 16));
  EXPECT_EQ(seconds("C") - seconds("B"), 60);
  EXPECT_EQ(seconds("D") - seconds("C"), 60);
  for (const std::uint32_t position : BuiltIn().by_region.at("cn-hangzhou")) {
    const std::int64_t time = BuiltIn().snapshots[position].creation_time;
    EXPECT_LT(seconds("A"), time);
    EXPECT_GT(seconds("E"), time);
  }
}

TEST(CaseMaker, KeepAMinuteFreeInTheMiddle) {
  const std::string middle = ValueOf("X", "X=$time.middle");
  std::int64_t minute = 0;
  ASSERT_TRUE(ParseTime(middle.substr(0, 16) + ":00Z", &minute)) << middle;
  bool before = false, after = false;
  for (const std::uint32_t position : BuiltIn().by_region.at("cn-hangzhou")) {
    const std::int64_t time = BuiltIn().snapshots[position].creation_time;
    EXPECT_GE(std::abs(time - minute), 60);
    (time < minute ? before : after) = true;
  }
  EXPECT_TRUE(before && after);
}

TEST(CaseMaker, TakeTagsOfTheSnapshotAndFillThemUp) {
  const Result<ConcreteCase> made = Make("$tags=21&X=$tag.2.key");
  ASSERT_TRUE(made) << made.error().Text();
  std::set<std::string> keys;
  for (int n = 1; n <= 21; ++n) {
    keys.insert(std::string(*made->request.Find("Tag." + std::to_string(n) + ".Key")));
    EXPECT_TRUE(made->request.Find("Tag." + std::to_string(n) + ".Value"));
  }
  EXPECT_EQ(keys.size(), 21U);
  EXPECT_TRUE(keys.contains(std::string(*made->request.Find("X"))));
}

TEST(CaseMaker, ApplyFunctions) {
  EXPECT_EQ(ValueOf("X", "X=$upper(abc $region)"), "ABC CN-HANGZHOU");
  EXPECT_EQ(ValueOf("X", "X=$lower(ABC)z"), "abcz");
  EXPECT_EQ(ValueOf("X", "X=$escaped(a b)"), "%61%20%62");
  EXPECT_EQ(ValueOf("X", "X=$repeat(ab,3)"), "ababab");
  EXPECT_EQ(ValueOf("X", "X=$swapped(aB1)"), "Ab1");
  EXPECT_EQ(ValueOf("X", "X=$beginning(盘盘)|$ending(盘盘)"), "盘|盘");
}

TEST(CaseMaker, FindWhatOnlyOtherRegionsHave) {
  const std::string id = ValueOf("X", "X=$elsewhere.SnapshotId");
  EXPECT_NE(BuiltIn().snapshots[BuiltIn().by_id.at(id)][Field::kRegionId], "cn-hangzhou");
}

TEST(CaseMaker, KeepNamesThatRepeatAndReplaceOnesThatAreThere) {
  RuleCase rule_case;
  rule_case.set = {{"RegionId", "a"}, {"RegionId", "b"}};
  rule_case.unset = {"Format"};
  const Result<ConcreteCase> made = Home().Make(rule_case, "a.rule", "JSON");
  EXPECT_EQ(made->request.Text(), "Action=DescribeSnapshots&RegionId=a&RegionId=b");
}

TEST(CaseMaker, AreTheSameForTheSameSeedOnly) {
  const RuleCase rule_case = CaseOfText("X=$hit.SnapshotId");
  std::set<std::string> chosen;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const CaseMaker values(BuiltIn(), "cn-hangzhou", seed);
    const std::string first = values.Make(rule_case, "a.rule", "JSON")->request.Text();
    EXPECT_EQ(first, values.Make(rule_case, "a.rule", "JSON")->request.Text());
    chosen.insert(first);
  }
  EXPECT_GT(chosen.size(), 5U);
}

}  // namespace
}  // namespace assay
