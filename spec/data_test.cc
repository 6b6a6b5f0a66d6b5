// Tests of the data itself: ids, levels, statements, sources and cases of everything embedded.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "spec/catalogue.h"
#include "spec/embedded.h"
#include "spec/fingerprint.h"
#include "spec/operation.h"

namespace assay {
namespace {

constexpr char kBase[] = "describe-snapshots";
constexpr std::size_t kLongestQuote = 160;

std::string ReadSourceFile(const std::string& name) {
  const std::string path = std::string(ASSAY_SOURCE_DIR) + "/spec/describe_snapshots/" + name;
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

const Fingerprint& BaseDocument() {
  static const Fingerprint fingerprint =
      ParseFingerprint(ReadSourceFile("source.fingerprint"), "source.fingerprint").value();
  return fingerprint;
}

// Every source of the catalogue and the operation, with the name of what cites it.
std::vector<std::pair<std::string, SourceReference>> AllSources() {
  std::vector<std::pair<std::string, SourceReference>> all;
  const auto add = [&](std::string_view owner, const std::vector<SourceReference>& sources) {
    for (const SourceReference& source : sources) all.emplace_back(owner, source);
  };
  const Catalogue& catalogue = Catalogue::Get();
  for (const RuleInfo& rule : catalogue.rules()) add(Id(rule.id), rule.sources);
  for (const QuestionInfo& question : catalogue.questions()) add(Id(question.id), question.sources);
  for (const ErrorInfo& error : catalogue.errors()) add(error.code, error.sources);
  const OperationInfo& operation = OperationInfo::Get();
  for (const ParameterInfo& parameter : operation.parameters) {
    add(parameter.name, parameter.sources);
  }
  for (const AnswerField& field : operation.fields) add(field.name, field.sources);
  for (const AnswerField& field : operation.error_fields) add(field.name, field.sources);
  return all;
}

// A source that a `must` may rest on: a quote of the base document, or what completes it.
bool IsGround(const SourceReference& source) {
  return source.completes || (source.document == kBase && !source.quote.empty());
}

bool HasGround(const std::vector<SourceReference>& sources) {
  return std::ranges::any_of(sources, IsGround);
}

std::set<std::string> Subjects() {
  std::set<std::string> subjects;
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    subjects.insert(rule.subjects.begin(), rule.subjects.end());
  }
  return subjects;
}

// Everything that a rule may name as its subject.
std::set<std::string> KnownSubjects() {
  std::set<std::string> known;
  const OperationInfo& operation = OperationInfo::Get();
  for (const ParameterInfo& parameter : operation.parameters) known.insert(parameter.name);
  for (const AnswerField& field : operation.fields) known.insert(field.name);
  for (const ErrorInfo& error : Catalogue::Get().errors()) known.insert(error.code);
  return known;
}

std::string StatementFlaw(const std::string& statement) {
  static const std::regex kWish(R"(\b(should|shall|ought)\b)", std::regex::icase);
  if (!statement.ends_with('.')) return "does not end with a period";
  if (std::regex_search(statement, kWish)) return "says what should be, not what is";
  return "";
}

// The name that operation.json gives to a parameter of a request: "Tag.N.Key" for "Tag.3.Key".
std::string DescribedName(const std::string& name) {
  static const std::regex kTag(R"(^Tag\.[0-9]+\.)");
  if (name == "$tags") return "Tag.N.Key";
  return std::regex_replace(name, kTag, "Tag.N.");
}

TEST(Data, RuleIdsAreThreeOrMoreLowerCaseWordsJoinedByDots) {
  const std::regex form(R"([a-z][a-z0-9_]*(\.[a-z0-9_]+){2,})");
  for (const std::string_view id : kRuleIds) {
    EXPECT_TRUE(std::regex_match(id.begin(), id.end(), form)) << id;
  }
}

TEST(Data, QuestionAndOptionIdsAreLowerCaseWordsWithoutHyphens) {
  const std::regex form(R"([a-z][a-z0-9_]*(\.[a-z0-9_]+)*)");
  for (const std::string_view id : kQuestionIds) {
    EXPECT_TRUE(std::regex_match(id.begin(), id.end(), form)) << id;
    EXPECT_NE(id.find('.'), std::string_view::npos) << id;
  }
  for (const std::string_view id : kOptionIds) {
    EXPECT_TRUE(std::regex_match(id.begin(), id.end(), form)) << id;
  }
}

TEST(Data, TheCatalogueHoldsEveryIdOnce) {
  const Catalogue& catalogue = Catalogue::Get();
  ASSERT_EQ(catalogue.rules().size(), kRuleCount);
  for (std::size_t i = 0; i < kRuleCount; ++i) EXPECT_EQ(Index(catalogue.rules()[i].id), i);
  ASSERT_EQ(catalogue.questions().size(), kQuestionCount);
  for (std::size_t i = 0; i < kQuestionCount; ++i) {
    EXPECT_EQ(Index(catalogue.questions()[i].id), i);
  }
}

TEST(Data, StatementsEndWithAPeriodAndStateFacts) {
  const Catalogue& catalogue = Catalogue::Get();
  for (const RuleInfo& rule : catalogue.rules()) {
    EXPECT_EQ(StatementFlaw(rule.statement), "") << Id(rule.id) << ": " << rule.statement;
  }
  for (const QuestionInfo& question : catalogue.questions()) {
    EXPECT_EQ(StatementFlaw(question.situation), "") << Id(question.id);
    for (const OptionInfo& option : question.options) {
      EXPECT_EQ(StatementFlaw(option.statement), "") << Id(question.id) << " " << Id(option.id);
    }
  }
}

TEST(Data, StatementsOfRulesDiffer) {
  std::set<std::string> seen;
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    EXPECT_TRUE(seen.insert(rule.statement).second) << Id(rule.id) << ": " << rule.statement;
  }
}

TEST(Data, QuotesOfTheBaseDocumentStandThereWordByWord) {
  for (const auto& [owner, source] : AllSources()) {
    if (source.document != kBase) continue;
    EXPECT_TRUE(BaseDocument().Holds(source.quote)) << owner << ": \"" << source.quote << "\"";
  }
}

TEST(Data, QuotesAreShort) {
  for (const auto& [owner, source] : AllSources()) {
    EXPECT_LE(source.quote.size(), kLongestQuote) << owner << ": " << source.quote;
  }
}

TEST(Data, EverySourceIsAPlaceInADocumentThatSourceMdDescribes) {
  const std::string described = ReadSourceFile("source.md");
  for (const auto& [owner, source] : AllSources()) {
    EXPECT_NE(described.find("`" + source.document + "`"), std::string::npos)
        << owner << ": " << source.document;
    EXPECT_NE(source.where, "") << owner;
  }
}

TEST(Data, OnlyAnotherEditionCompletesTheBaseDocument) {
  for (const auto& [owner, source] : AllSources()) {
    if (!source.completes) continue;
    EXPECT_TRUE(source.document.starts_with("describe-snapshots-")) << owner;
  }
}

TEST(Data, WhatMustBeRestsOnTheBaseDocument) {
  const Catalogue& catalogue = Catalogue::Get();
  for (const RuleInfo& rule : catalogue.rules()) {
    if (rule.level == Level::kMust) {
      EXPECT_TRUE(HasGround(rule.sources)) << Id(rule.id);
    }
  }
  for (const ErrorInfo& error : catalogue.errors()) {
    EXPECT_EQ(error.level == Level::kMust, HasGround(error.sources)) << error.code;
  }
  const OperationInfo& operation = OperationInfo::Get();
  for (const ParameterInfo& parameter : operation.parameters) {
    EXPECT_EQ(parameter.level == Level::kMust, HasGround(parameter.sources)) << parameter.name;
  }
  for (const AnswerField& field : operation.fields) {
    EXPECT_EQ(field.level == Level::kMust, HasGround(field.sources)) << field.name;
  }
}

TEST(Data, EverythingHasASource) {
  const Catalogue& catalogue = Catalogue::Get();
  for (const RuleInfo& rule : catalogue.rules()) EXPECT_FALSE(rule.sources.empty()) << Id(rule.id);
  for (const QuestionInfo& question : catalogue.questions()) {
    EXPECT_FALSE(question.sources.empty()) << Id(question.id);
  }
}

TEST(Data, TheWholeTableOfTheBaseDocumentIsThere) {
  const OperationInfo& operation = OperationInfo::Get();
  const auto must = [](const auto& info) { return info.level == Level::kMust; };
  EXPECT_EQ(std::ranges::count_if(operation.parameters, must), 28);
  EXPECT_EQ(std::ranges::count_if(operation.fields, must), 37);
  EXPECT_EQ(std::ranges::count_if(Catalogue::Get().errors(), must), 10);
}

TEST(Data, ErrorTextsOfTheBaseDocumentStandThereWordByWord) {
  for (const ErrorInfo& error : Catalogue::Get().errors()) {
    if (error.level != Level::kMust) continue;
    EXPECT_TRUE(BaseDocument().Holds(
        fmt::format("{} | {} | {} |", error.status, error.code, error.message)))
        << error.code;
  }
}

TEST(Data, EveryParameterFieldAndErrorOfTheBaseDocumentIsTheSubjectOfARule) {
  const std::set<std::string> subjects = Subjects();
  for (const ParameterInfo& parameter : OperationInfo::Get().parameters) {
    if (parameter.level == Level::kMust) {
      EXPECT_TRUE(subjects.contains(parameter.name)) << parameter.name;
    }
  }
  for (const AnswerField& field : OperationInfo::Get().fields) {
    if (field.level == Level::kMust) {
      EXPECT_TRUE(subjects.contains(field.name)) << field.name;
    }
  }
  for (const ErrorInfo& error : Catalogue::Get().errors()) {
    if (error.level == Level::kMust) {
      EXPECT_TRUE(subjects.contains(error.code)) << error.code;
    }
  }
}

TEST(Data, SubjectsOfRulesExist) {
  const std::set<std::string> known = KnownSubjects();
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    for (const std::string& subject : rule.subjects) {
      EXPECT_TRUE(known.contains(subject)) << Id(rule.id) << ": " << subject;
    }
  }
}

TEST(Data, EveryRuleThatARequestCanShowHasCases) {
  // A 500 cannot be asked for.
  const std::set<std::string_view> kNotShown = {"error.internal_error.message"};
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    EXPECT_EQ(rule.cases.empty(), kNotShown.contains(Id(rule.id))) << Id(rule.id);
  }
}

TEST(Data, CasesSetAndUnsetParametersOfTheOperation) {
  std::set<std::string> names;
  for (const ParameterInfo& parameter : OperationInfo::Get().parameters) {
    names.insert(parameter.name);
  }
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    for (const RuleCase& made : rule.cases) {
      for (const auto& [name, value] : made.set) {
        EXPECT_TRUE(names.contains(DescribedName(name))) << Id(rule.id) << " " << name;
      }
      for (const std::string& name : made.unset) {
        EXPECT_TRUE(names.contains(name)) << Id(rule.id) << " " << name;
      }
    }
  }
}

TEST(Data, CasesAreNamedByWordsAndRefuseWithDocumentedCodes) {
  const std::regex form(R"([a-z][a-z0-9_]*)");
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    for (const RuleCase& made : rule.cases) {
      EXPECT_TRUE(std::regex_match(made.name, form)) << Id(rule.id) << " " << made.name;
      const std::string code = made.expect.refused.value_or("");
      EXPECT_TRUE(code.empty() || Catalogue::Get().FindError(code) != nullptr)
          << Id(rule.id) << " " << code;
    }
  }
}

// Without a paging parameter a target may page by token, where a page may be short.
TEST(Data, CasesThatCountSnapshotsPageByNumber) {
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    for (const RuleCase& made : rule.cases) {
      const bool counts = made.expect.items.value_or(0) > 0 || made.expect.empty == false ||
                          made.expect.page_number || made.expect.page_size ||
                          made.expect.total_count;
      if (!counts) continue;
      EXPECT_TRUE(std::ranges::any_of(made.set,
                                      [](const auto& parameter) {
                                        return parameter.first == "PageSize" ||
                                               parameter.first == "PageNumber";
                                      }))
          << Id(rule.id) << " " << made.name;
    }
  }
}

TEST(Data, ObservedReadingNamesASourceForEveryPin) {
  const std::string described = ReadSourceFile("source.md");
  const auto data = nlohmann::json::parse(ReadSourceFile("readings/observed.json"));
  ASSERT_FALSE(data.at("pins").empty());
  for (const auto& [question, option] : data.at("pins").items()) {
    ASSERT_TRUE(data.at("sources").contains(question)) << question;
    const auto& source = data.at("sources").at(question);
    EXPECT_NE(described.find("`" + source.at("document").get<std::string>() + "`"),
              std::string::npos)
        << question;
    EXPECT_NE(source.at("where").get<std::string>(), "") << question;
  }
  EXPECT_EQ(data.at("pins").size(), data.at("sources").size());
}

}  // namespace
}  // namespace assay
