// How the project's own files are built: see CONTRIBUTING.md, "Where things are".
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "spec/text/source_tree_for_test.h"

namespace assay {
namespace {

using Breaches = std::vector<std::string>;

const SourceTree& Project() {
  static const SourceTree tree = ReadSourceTree(
      ASSAY_SOURCE_DIR, {"spec", "reference", "reports", "conformance", "property", "fuzz"});
  return tree;
}

std::string Listed(const Breaches& breaches) {
  return fmt::format("{}", fmt::join(breaches, "\n"));
}

TEST(SourceTree, IsRead) { EXPECT_GT(Project().size(), 300U); }
TEST(SourceTree, IncludesRunOneWay) { EXPECT_EQ(Listed(CheckIncludes(Project())), ""); }
TEST(SourceTree, FunctionsAreShort) { EXPECT_EQ(Listed(CheckFunctionLengths(Project())), ""); }
TEST(SourceTree, HoldsNoBanner) { EXPECT_EQ(Listed(CheckBanners(Project())), ""); }
TEST(SourceTree, HeadersHaveTheirSource) { EXPECT_EQ(Listed(CheckHeaders(Project())), ""); }
TEST(SourceTree, NamesTypesOnce) { EXPECT_EQ(Listed(CheckTypeNames(Project())), ""); }

// The checks above can fail.

TEST(SourceTreeChecks, SeeAnIncludeThatRunsUpward) {
  const SourceTree tree = {
      {"reference/wire/a.h", "#pragma once\n#include \"reference/judge/b.h\"\n"}};
  EXPECT_EQ(CheckIncludes(tree),
            Breaches{"reference/wire/a.h:2: reference/judge/b.h: reference/judge is above "
                     "reference/wire"});
}

TEST(SourceTreeChecks, SeeAnIncludeOfAForbiddenFolder) {
  const SourceTree tree = {{"property/a_test.cc", "#include \"fuzz/b.h\"\n"}};
  EXPECT_EQ(CheckIncludes(tree),
            Breaches{"property/a_test.cc:1: fuzz/b.h: property/ may not include fuzz/"});
}

TEST(SourceTreeChecks, LetTestsIncludeWhatIsAboveThemInTheirFolder) {
  const SourceTree tree = {{"reference/wire/a_test.cc", "#include \"reference/judge/b.h\"\n"}};
  EXPECT_EQ(CheckIncludes(tree), Breaches{});
}

TEST(SourceTreeChecks, SeeAFileInNoRoom) {
  const SourceTree tree = {{"reference/a.cc", ""}, {"reference/utils/b.cc", ""}};
  EXPECT_EQ(CheckIncludes(tree).size(), 2U);
}

std::string FunctionOf(int lines) {
  std::string out = "int Count(int x = 1) {\n";
  for (int i = 0; i < lines - 2; ++i) out += "  \"}\";  // }\n";
  return out + "}\n";
}

TEST(SourceTreeChecks, SeeALongFunction) {
  EXPECT_EQ(CheckFunctionLengths({{"fuzz/a.cc", "namespace b {\n" + FunctionOf(71) + "}\n"}}),
            Breaches{"fuzz/a.cc:2: a function of 71 lines; at most 70 are allowed"});
}

TEST(SourceTreeChecks, SeeALongMemberFunction) {
  const std::string text = "class A : public B {\n public:\n  A& operator=(const A&) = default;\n" +
                           FunctionOf(71) + "};\n";
  EXPECT_EQ(CheckFunctionLengths({{"fuzz/a.cc", text}}),
            Breaches{"fuzz/a.cc:4: a function of 71 lines; at most 70 are allowed"});
}

TEST(SourceTreeChecks, TakeATableForNoFunction) {
  std::string table = "const std::vector<Fault> kFaults = {\n";
  for (int i = 0; i < 100; ++i) table += "    {\"id\", [](int x) { return x; }},\n";
  EXPECT_EQ(CheckFunctionLengths({{"fuzz/a.cc", FunctionOf(70) + table + "};\n"}}), Breaches{});
}

TEST(SourceTreeChecks, SeeABanner) {
  const SourceTree tree = {{"fuzz/a.cc", "int a;\n// --- helpers ---\nint b;\n//////////\n"}};
  EXPECT_EQ(CheckBanners(tree),
            (Breaches{"fuzz/a.cc:2: a banner comment", "fuzz/a.cc:4: a banner comment"}));
}

TEST(SourceTreeChecks, SeeAHeaderWithoutSource) {
  const SourceTree tree = {{"fuzz/a.h", "struct A {\n  int Get() const;\n};\n"}};
  EXPECT_EQ(CheckHeaders(tree),
            Breaches{"fuzz/a.h:2: declares a function, but there is no .cc of this name"});
}

TEST(SourceTreeChecks, TakeAHeaderOfDataAndTemplatesAsItIs) {
  const std::string text =
      "struct A {\n  int b = 0;\n  std::function<int(int)> f;\n  virtual void G() = 0;\n"
      "  int Get() const { return b; }\n  A(const A&) = default;\n};\n";
  EXPECT_EQ(CheckHeaders({{"fuzz/a.h", text}}), Breaches{});
}

TEST(SourceTreeChecks, SeeATypeThatIsDefinedTwice) {
  const SourceTree tree = {{"fuzz/a.h", "namespace assay {\nstruct A {\n};\n}\n"},
                           {"fuzz/b.h", "namespace assay {\nclass A final : public B {\n};\n}\n"}};
  EXPECT_EQ(CheckTypeNames(tree), Breaches{"fuzz/b.h:2: A is defined in fuzz/a.h:2"});
}

TEST(SourceTreeChecks, LetTypesWithinTypesHaveAnyName) {
  const SourceTree tree = {{"fuzz/a.h", "struct A {\n  struct Kind {\n  };\n};\n"},
                           {"fuzz/b.h", "struct B {\n  struct Kind {\n  };\n};\n"}};
  EXPECT_EQ(CheckTypeNames(tree), Breaches{});
}

}  // namespace
}  // namespace assay
