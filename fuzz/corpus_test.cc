#include "fuzz/corpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "reports/journal/journal.h"
#include "spec/text/test_folder_for_test.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// Each request shows the number that is its PageSize.
Result<Features> SizesOf(const ExchangeInput& input) {
  std::set<std::uint32_t> sizes;
  for (const Request& request : input.requests) {
    if (const auto size = request.Find("PageSize")) {
      sizes.insert(static_cast<std::uint32_t>(std::stoul(std::string(*size))));
    }
  }
  return Features(sizes.begin(), sizes.end());
}

Result<Features> Fail(const ExchangeInput&) { return Error{"target", "gone"}; }

std::set<std::string> FilesOf(const fs::path& folder) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.insert(entry.path().lexically_relative(folder).string());
  }
  return files;
}

std::set<std::string> TextsOf(const fs::path& folder) {
  std::set<std::string> texts;
  for (const std::string& file : FilesOf(folder)) texts.insert(ReadText(folder / file));
  return texts;
}

TEST(CoverAll, TakesTheSetThatAddsMostAndOfEqualsTheSmallest) {
  EXPECT_EQ(CoverAll({{1}, {1, 2}, {2, 3, 4}, {2, 3, 4}, {}}, {1, 1, 9, 2, 0}),
            (std::vector<std::size_t>{3, 0}));
  EXPECT_EQ(CoverAll({{1, 2}, {3}, {1, 2}}, {5, 1, 5}), (std::vector<std::size_t>{0, 1}));
  EXPECT_TRUE(CoverAll({}, {}).empty());
}

TEST(CoverAll, DropsWhatCameAgainLater) {
  EXPECT_EQ(CoverAll({{2, 3, 4, 5}, {1, 2, 3}, {4, 5, 6}}, {1, 1, 1}),
            (std::vector<std::size_t>{1, 2}));
}

TEST(CoverAll, LosesNothing) {
  std::vector<Features> sets;
  std::set<std::uint32_t> all;
  for (std::uint32_t i = 0; i < 200; ++i) {
    sets.push_back({i % 7, 10 + i % 11, 100 + (i * i) % 31});
    all.insert(sets.back().begin(), sets.back().end());
  }
  const auto chosen = CoverAll(sets, std::vector<std::size_t>(sets.size(), 1));
  std::set<std::uint32_t> covered;
  for (const std::size_t set : chosen) covered.insert(sets[set].begin(), sets[set].end());
  EXPECT_EQ(covered, all);
  EXPECT_LT(chosen.size(), 40U);
}

TEST(Corpus, IsDescribed) {
  const TestFolder folder;
  folder.Write("c/one", "PageSize=1\n\nPageSize=2\nNextToken=$token.1\n");
  folder.Write("c/two", "PageSize=1\nTag.3.Key=k\n");
  folder.Write("c/in/none", "nonsense\n");
  const auto stats = DescribeCorpus((folder / "c").string(), SizesOf);
  ASSERT_TRUE(stats) << stats.error().Text();
  EXPECT_EQ(stats->inputs, 3U);
  EXPECT_EQ(stats->bytes, 42U + 23U + 9U);
  EXPECT_EQ(stats->requests, 3U);
  EXPECT_EQ(stats->with_token, 1U);
  EXPECT_EQ(stats->features, 2U);
  EXPECT_EQ(stats->shown_once, 1U);
  EXPECT_EQ(stats->enough, 1U);
  EXPECT_EQ(std::set(stats->given.begin(), stats->given.end()),
            (std::set<std::string>{"NextToken", "PageSize", "Tag.N.Key"}));
  EXPECT_EQ(std::ranges::count(stats->never_given, "Status"), 1);
  EXPECT_EQ(stats->no_request, std::vector{(folder / "c/in/none").string()});
}

TEST(Corpus, TakesFromOthersWhatIsNewTheSmallestFirst) {
  const TestFolder folder;
  folder.Write("out/one", "PageSize=1\n");
  folder.Write("a/one", "PageSize=1\nStatus=all\n");
  folder.Write("a/both", "PageSize=2\n\nPageSize=3\n");
  folder.Write("b/two", "PageSize=2\n");
  folder.Write("b/same", "nonsense\nPageSize=2\n");
  const auto change = MergeCorpora((folder / "out").string(),
                                   {(folder / "a").string(), (folder / "b").string()}, SizesOf);
  ASSERT_TRUE(change) << change.error().Text();
  EXPECT_EQ(change->looked_at, 4U);
  EXPECT_EQ(change->before, 1U);
  EXPECT_EQ(change->kept, 3U);
  EXPECT_EQ(change->features_before, 1U);
  EXPECT_EQ(change->features, 3U);
  EXPECT_EQ(TextsOf(folder / "out"),
            (std::set<std::string>{"PageSize=1\n", "reading 0\nPageSize=2\n\n",
                                   "reading 0\nPageSize=2\n\nPageSize=3\n\n"}));
  EXPECT_EQ(FilesOf(folder / "a"), (std::set<std::string>{"both", "one"}));
}

TEST(Corpus, IsMadeOfOthersIfThereIsNone) {
  const TestFolder folder;
  folder.Write("a/one", "PageSize=1\n");
  const auto change =
      MergeCorpora((folder / "new/out").string(), {(folder / "a").string()}, SizesOf);
  ASSERT_TRUE(change) << change.error().Text();
  EXPECT_EQ(TextsOf(folder / "new/out"), std::set<std::string>{"reading 0\nPageSize=1\n\n"});
}

TEST(Corpus, KeepsTheFewestAndPutsTheRestAside) {
  const TestFolder folder;
  folder.Write("c/one", "PageSize=1\n");
  folder.Write("c/both", "nonsense\nPageSize=1\n\nPageSize=2\n");
  folder.Write("c/in/three", "reading 0\nPageSize=3\n\n");
  folder.Write("c/none", "nonsense\n");
  const auto change = MinimiseCorpus((folder / "c").string() + "/", SizesOf);
  ASSERT_TRUE(change) << change.error().Text();
  EXPECT_EQ(change->before, 4U);
  EXPECT_EQ(change->kept, 2U);
  EXPECT_EQ(change->features, 3U);
  EXPECT_EQ(change->rewritten, 1U);
  EXPECT_EQ(FilesOf(folder / "c"), (std::set<std::string>{"both", "in/three"}));
  EXPECT_EQ(ReadText(folder / "c/both"), "reading 0\nPageSize=1\n\nPageSize=2\n\n");
  EXPECT_EQ(fs::path(change->dropped_to), fs::canonical(folder / "c.dropped"));
  EXPECT_EQ(FilesOf(change->dropped_to), (std::set<std::string>{"both", "none", "one"}));
  EXPECT_EQ(ReadText(folder / "c.dropped/both"), "nonsense\nPageSize=1\n\nPageSize=2\n");
}

TEST(Corpus, KeepsNoMoreThanAskedThoseThatShowMost) {
  const TestFolder folder;
  folder.Write("c/a", "PageSize=1\n");
  folder.Write("c/b", "PageSize=2\n\nPageSize=3\n");
  const auto change = MinimiseCorpus((folder / "c").string(), SizesOf, 1);
  ASSERT_TRUE(change) << change.error().Text();
  EXPECT_EQ(FilesOf(folder / "c"), std::set<std::string>{"b"});
  EXPECT_EQ(change->features, 2U);
  EXPECT_EQ(change->features_before, 3U);
}

TEST(Corpus, ThatIsMinimisedAgainLosesNothingMore) {
  const TestFolder folder;
  folder.Write("c/a", "PageSize=1\n");
  folder.Write("c/b", "PageSize=1\nStatus=all\n");
  ASSERT_TRUE(MinimiseCorpus((folder / "c").string(), SizesOf));
  folder.Write("c/b", "PageSize=1\nUsage=none\n");
  const auto again = MinimiseCorpus((folder / "c").string(), SizesOf);
  ASSERT_TRUE(again);
  EXPECT_EQ(FilesOf(folder / "c"), std::set<std::string>{"a"});
  // What has the name of a text that was put aside before does not replace it.
  EXPECT_EQ(FilesOf(folder / "c.dropped"), (std::set<std::string>{"a", "b", "b.2"}));
  EXPECT_EQ(MinimiseCorpus((folder / "c").string(), SizesOf)->dropped_to, "");
}

TEST(Corpus, StaysAsItIsIfFeaturesCannotBeFound) {
  const TestFolder folder;
  folder.Write("c/a", "nonsense\nPageSize=1\n");
  folder.Write("out/b", "PageSize=1\n");
  EXPECT_FALSE(MinimiseCorpus((folder / "c").string(), Fail));
  EXPECT_FALSE(MergeCorpora((folder / "out").string(), {(folder / "c").string()}, Fail));
  EXPECT_EQ(TextsOf(folder / "c"), std::set<std::string>{"nonsense\nPageSize=1\n"});
  EXPECT_EQ(FilesOf(folder / "out"), std::set<std::string>{"b"});
}

TEST(Corpus, KeepsEveryInputIfNothingCanBePutAside) {
  const TestFolder folder;
  folder.Write("c/a", "PageSize=1\n");
  folder.Write("c/b", "PageSize=1\nStatus=all\n");
  folder.Write("c.dropped", "a file where a folder is to be");
  const auto change = MinimiseCorpus((folder / "c").string(), SizesOf);
  ASSERT_FALSE(change);
  EXPECT_NE(change.error().what.find("no input is lost"), std::string::npos)
      << change.error().Text();
  EXPECT_EQ(FilesOf(folder / "c"), (std::set<std::string>{"a", "b"}));
}

std::string ErrorOf(const Result<CorpusChange>& change) {
  return change ? "none" : change.error().Text();
}

TEST(Corpus, MustBeAFolderOfInputs) {
  const TestFolder folder;
  const auto error = [&](const char* name) {
    return ErrorOf(MinimiseCorpus((folder / name).string(), SizesOf))
        .substr((folder / name).string().size());
  };
  fs::create_directories(folder / "empty");
  folder.Write("file", "PageSize=1\n");
  folder.Write("notes/a.txt", "nothing\n");
  folder.Write("large/a", "SnapshotName=" + std::string(9000, 'x') + "\n");
  folder.Write(("run/" + std::string(kJournalName)).c_str(), "");
  EXPECT_EQ(error("none"), ": there is no such folder");
  EXPECT_EQ(error("file"), ": is not a folder");
  EXPECT_EQ(error("empty"), ": the folder holds no input");
  EXPECT_NE(error("notes").find("1 of its 1 files name no parameter of DescribeSnapshots"),
            std::string::npos);
  EXPECT_NE(error("large").find("/a: has more than 8192 bytes"), std::string::npos);
  EXPECT_NE(error("run").find("is the folder of a run"), std::string::npos);
}

TEST(Corpora, AreFoldersApart) {
  const TestFolder folder;
  folder.Write("a/one", "PageSize=1\n");
  folder.Write("a/in/two", "PageSize=2\n");
  const auto error = [&](const char* out, std::vector<std::string> names) {
    for (std::string& name : names) name = (folder / name.c_str()).string();
    return ErrorOf(MergeCorpora((folder / out).string(), names, SizesOf));
  };
  EXPECT_NE(error("out", {"a", "a/."}).find("given twice"), std::string::npos);
  EXPECT_NE(error("a", {"a"}).find("given twice"), std::string::npos);
  EXPECT_NE(error("a/in", {"a"}).find("lies in"), std::string::npos);
  EXPECT_NE(error("a/new", {"a"}).find("lies in"), std::string::npos);
  EXPECT_NE(error("a", {"a/in"}).find("lies in"), std::string::npos);
  EXPECT_NE(error("out", {"none"}).find("no such folder"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder / "out"));
}

}  // namespace
}  // namespace assay
