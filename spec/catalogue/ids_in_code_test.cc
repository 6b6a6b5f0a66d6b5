// The ids of the data and those of the code are the same: a rule that no code judges by is dead,
// and so is a question that nothing asks. That a fault breaks a rule does not count.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "spec/catalogue/catalogue_for_test.h"
#include "spec/catalogue/operation.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

bool IsCode(const fs::path& path) {
  const std::string name = path.filename().string();
  return (path.extension() == ".cc" || path.extension() == ".h") && !name.ends_with("_test.cc");
}

// What is before `suffix` in quotes in the code of a folder: "page.size.echo"_rule.
void CollectLiterals(const std::string& folder, const std::string& suffix,
                     std::set<std::string>& found) {
  const std::regex literal("\"([^\"\\n]*)\"" + suffix + "\\b");
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(ASSAY_SOURCE_DIR) / folder)) {
    if (!IsCode(entry.path()) || entry.path().parent_path().filename() == "faults") continue;
    std::ifstream in(entry.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    for (std::sregex_iterator at(text.begin(), text.end(), literal), end; at != end; ++at) {
      found.insert((*at)[1].str());
    }
  }
}

std::set<std::string> LiteralsOfCode(const std::string& suffix) {
  std::set<std::string> found;
  for (const char* folder : {"reference", "conformance"}) CollectLiterals(folder, suffix, found);
  return found;
}

// Those that the code judges by since a table of the data names them.
std::set<std::string> RulesOfTables() {
  std::set<std::string> found;
  const auto add = [&](Rule rule) {
    if (rule != kNoRule) found.emplace(Id(rule));
  };
  for (const FieldInfo& field : kFields) add(field.rule);
  for (const ErrorInfo& error : AllErrors()) {
    add(error.status_rule);
    add(error.message_rule);
  }
  for (const ParameterInfo& parameter : AllParameters()) {
    if (!parameter.selects) continue;
    add(parameter.selects->absent);
    add(parameter.selects->unknown);
    for (const Selection::Valid& valid : parameter.selects->values) add(valid.rule);
  }
  return found;
}

std::set<std::string> QuestionsOfTables() {
  std::set<std::string> found;
  for (const FieldInfo& field : kFields) {
    if (field.unset) found.emplace(Id(*field.unset));
  }
  for (const ParameterInfo& parameter : AllParameters()) {
    if (!parameter.selects) continue;
    found.emplace(Id(parameter.selects->empty));
    if (parameter.selects->letters) found.emplace(Id(*parameter.selects->letters));
  }
  return found;
}

std::set<std::string> Joined(std::set<std::string> ids, std::set<std::string> more) {
  ids.merge(more);
  return ids;
}

template <typename Ids>
std::string Unused(const Ids& ids, const std::set<std::string>& used) {
  std::string unused;
  for (const std::string_view id : ids) {
    if (!used.contains(std::string(id))) unused += fmt::format("  {}\n", id);
  }
  return unused;
}

template <typename Ids>
std::string Unknown(const Ids& ids, const std::set<std::string>& used) {
  std::string unknown;
  for (const std::string& id : used) {
    if (PositionOfId(ids, id) == ids.size()) unknown += fmt::format("  {}\n", id);
  }
  return unknown;
}

TEST(IdsInCode, EveryRuleIsUsedByTheCode) {
  EXPECT_EQ(Unused(kRuleIds, Joined(LiteralsOfCode("_rule"), RulesOfTables())), "");
}

TEST(IdsInCode, EveryRuleInTheCodeExists) {
  EXPECT_EQ(Unknown(kRuleIds, LiteralsOfCode("_rule")), "");
}

TEST(IdsInCode, EveryQuestionIsAskedByTheCode) {
  EXPECT_EQ(Unused(kQuestionIds, Joined(LiteralsOfCode("_question"), QuestionsOfTables())), "");
}

TEST(IdsInCode, EveryQuestionInTheCodeExists) {
  EXPECT_EQ(Unknown(kQuestionIds, LiteralsOfCode("_question")), "");
}

TEST(IdsInCode, ARuleThatNoCodeUsesIsNoticed) {
  std::set<std::string> used(kRuleIds.begin() + 1, kRuleIds.end());
  used.insert("page.size.imagined");
  EXPECT_EQ(Unused(kRuleIds, used), fmt::format("  {}\n", kRuleIds.front()));
  EXPECT_EQ(Unknown(kRuleIds, used), "  page.size.imagined\n");
}

}  // namespace
}  // namespace assay
