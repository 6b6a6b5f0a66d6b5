// Tests of the data itself: ids, levels, statements, sources and cases of everything embedded.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/catalogue_for_test.h"
#include "spec/catalogue/embedded.h"
#include "spec/catalogue/fingerprint.h"
#include "spec/catalogue/operation.h"

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
  for (const RuleInfo& rule : AllRules()) add(Id(rule.id), rule.sources);
  for (const QuestionInfo& question : AllQuestions()) add(Id(question.id), question.sources);
  for (const ErrorInfo& error : AllErrors()) add(error.code, error.sources);
  const OperationInfo& operation = OperationInfo::Get();
  for (const ParameterInfo& parameter : AllParameters()) {
    add(parameter.name, parameter.sources);
  }
  for (const AnswerField& field : AllFields()) add(field.name, field.sources);
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
  for (const RuleInfo& rule : AllRules()) {
    subjects.insert(rule.subjects.begin(), rule.subjects.end());
  }
  return subjects;
}

// Everything that a rule may name as its subject.
std::set<std::string> KnownSubjects() {
  std::set<std::string> known;
  for (const ParameterInfo& parameter : AllParameters()) known.insert(parameter.name);
  for (const AnswerField& field : AllFields()) known.insert(field.name);
  for (const ErrorInfo& error : AllErrors()) known.insert(error.code);
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
  for (const RuleInfo& rule : AllRules()) {
    EXPECT_EQ(StatementFlaw(rule.statement), "") << Id(rule.id) << ": " << rule.statement;
  }
  for (const QuestionInfo& question : AllQuestions()) {
    EXPECT_EQ(StatementFlaw(question.situation), "") << Id(question.id);
    for (const OptionInfo& option : question.options) {
      EXPECT_EQ(StatementFlaw(option.statement), "") << Id(question.id) << " " << Id(option.id);
    }
  }
}

TEST(Data, StatementsOfRulesDiffer) {
  std::set<std::string> seen;
  for (const RuleInfo& rule : AllRules()) {
    EXPECT_TRUE(seen.insert(rule.statement).second) << Id(rule.id) << ": " << rule.statement;
  }
}

TEST(Data, QuotesOfTheBaseDocumentAreThereWordForWord) {
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
  for (const RuleInfo& rule : AllRules()) {
    if (rule.level == Level::kMust) {
      EXPECT_TRUE(HasGround(rule.sources)) << Id(rule.id);
    }
  }
  for (const ErrorInfo& error : AllErrors()) {
    EXPECT_EQ(error.level == Level::kMust, HasGround(error.sources)) << error.code;
  }
  for (const ParameterInfo& parameter : AllParameters()) {
    EXPECT_EQ(parameter.level == Level::kMust, HasGround(parameter.sources)) << parameter.name;
  }
  for (const AnswerField& field : AllFields()) {
    EXPECT_EQ(field.level == Level::kMust, HasGround(field.sources)) << field.name;
  }
}

// An odd value that only combinations know would be kept from properties and fuzzers.
TEST(Data, OddValuesOfCombinationsAreInTheTableOfTheirKind) {
  const std::map<std::string, std::string> kinds = {
      {"PageNumber", "number"},  {"PageSize", "number"},   {"MaxResults", "number"},
      {"DryRun", "boolean"},     {"Encrypted", "boolean"}, {"Filter.1.Value", "time"},
      {"Filter.2.Value", "time"}};
  int compared = 0;
  for (const AbstractParameter& parameter : AllAbstractParameters()) {
    for (const AbstractValue& value : parameter.values) {
      for (const auto& [name, text] : value.change.set) {
        if (!kinds.contains(name) || text.find('$') != std::string::npos) continue;
        const OddValues& odd = ParameterValues::Get().Odd(kinds.at(name));
        EXPECT_TRUE(std::ranges::find(odd.values, text) != odd.values.end() ||
                    std::ranges::find(odd.fuzzed, text) != odd.fuzzed.end())
            << name << "=" << text;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 30);
}

TEST(Data, OddValuesOfAKindOccurOnce) {
  for (const OddValues& odd : Some(ParameterValues::Get().odd_values)) {
    std::set<std::string> all(odd.values.begin(), odd.values.end());
    all.insert(odd.fuzzed.begin(), odd.fuzzed.end());
    EXPECT_EQ(all.size(), odd.values.size() + odd.fuzzed.size()) << odd.name;
    EXPECT_FALSE(all.empty()) << odd.name;
  }
}

TEST(Data, AbstractValuesAndProbesSetParametersOrNamesThatAreOddOnPurpose) {
  std::set<std::string> names = {
      "NoSuchParameter", "status",          "pagesize",     "Tag.01.Key",     "Tag.01.Value",
      "Filter.01.Key",   "Filter.01.Value", "Filter.3.Key", "Filter.3.Value", "Tag.².Key"};
  for (const ParameterInfo& parameter : AllParameters()) names.insert(parameter.name);
  for (const AbstractParameter& parameter : AllAbstractParameters()) {
    for (const AbstractValue& value : parameter.values) {
      for (const auto& [name, text] : value.change.set) {
        EXPECT_TRUE(names.contains(name) || names.contains(DescribedName(name)))
            << parameter.name << ": " << name;
      }
    }
  }
  for (const QuestionInfo& question : AllQuestions()) {
    for (const RuleCase& probe : question.probes) {
      for (const auto& [name, text] : probe.set) {
        EXPECT_TRUE(names.contains(name) || names.contains(DescribedName(name)))
            << Id(question.id) << ": " << name;
      }
    }
  }
}

TEST(Data, ParametersThatSelectNameARuleForEachOfTheirValues) {
  int selecting = 0;
  for (const ParameterInfo& parameter : AllParameters()) {
    if (!parameter.selects) continue;
    ++selecting;
    std::vector<std::string> values;
    for (const Selection::Valid& valid : parameter.selects->values) values.push_back(valid.value);
    EXPECT_EQ(values, parameter.values) << parameter.name;
  }
  EXPECT_EQ(selecting, 5);
}

TEST(Data, FieldsOfTheStateAreScalarsOfASnapshotAndDocumentedOnesComeFirst) {
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    EXPECT_EQ(kFields[i].field, static_cast<Field>(i));
    const auto at = std::ranges::find_if(AllFields(), [&](const AnswerField& field) {
      return field.in == "Snapshot" && field.name == kFields[i].name;
    });
    const bool shown = at != AllFields().end();
    EXPECT_EQ(shown, kFields[i].rule != kNoRule) << kFields[i].name;
    EXPECT_EQ(shown && at->level == Level::kMust, i < kDocumentedFieldCount) << kFields[i].name;
    EXPECT_EQ(FindField(kFields[i].name), &kFields[i]);
  }
}

TEST(Data, ErrorsAreJudgedByTheirOwnRules) {
  for (const ErrorInfo& error : AllErrors()) {
    const bool refuses = error.level == Level::kMust && error.code != "InternalError";
    EXPECT_EQ(error.status_rule != kNoRule, refuses) << error.code;
    if (!refuses) continue;
    EXPECT_TRUE(Id(error.message_rule).ends_with(".message")) << error.code;
    EXPECT_FALSE(error.parameters.empty()) << error.code;
    EXPECT_TRUE(Catalogue::Get().IsReserved(error.code)) << error.code;
  }
}

TEST(Data, EverythingHasASource) {
  for (const RuleInfo& rule : AllRules()) EXPECT_FALSE(rule.sources.empty()) << Id(rule.id);
  for (const QuestionInfo& question : AllQuestions()) {
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

TEST(Data, ErrorTextsOfTheBaseDocumentAreThereWordForWord) {
  for (const ErrorInfo& error : AllErrors()) {
    if (error.level != Level::kMust) continue;
    EXPECT_TRUE(BaseDocument().Holds(
        fmt::format("{} | {} | {} |", error.status, error.code, error.message)))
        << error.code;
  }
}

TEST(Data, EveryParameterFieldAndErrorOfTheBaseDocumentIsTheSubjectOfARule) {
  const std::set<std::string> subjects = Subjects();
  for (const ParameterInfo& parameter : AllParameters()) {
    if (parameter.level == Level::kMust) {
      EXPECT_TRUE(subjects.contains(parameter.name)) << parameter.name;
    }
  }
  for (const AnswerField& field : AllFields()) {
    if (field.level == Level::kMust) {
      EXPECT_TRUE(subjects.contains(field.name)) << field.name;
    }
  }
  for (const ErrorInfo& error : AllErrors()) {
    if (error.level == Level::kMust) {
      EXPECT_TRUE(subjects.contains(error.code)) << error.code;
    }
  }
}

TEST(Data, SubjectsOfRulesExist) {
  const std::set<std::string> known = KnownSubjects();
  for (const RuleInfo& rule : AllRules()) {
    for (const std::string& subject : rule.subjects) {
      EXPECT_TRUE(known.contains(subject)) << Id(rule.id) << ": " << subject;
    }
  }
}

TEST(Data, EveryRuleThatARequestCanShowHasCases) {
  // A 500 cannot be asked for.
  const std::set<std::string_view> kNotShown = {
      "error.internal_error.message", "request.filter.one_meaning", "request.read.no_effect",
      "request.reading.pinned", "request.same.answer"};
  for (const RuleInfo& rule : AllRules()) {
    EXPECT_EQ(rule.cases.empty(), kNotShown.contains(Id(rule.id))) << Id(rule.id);
  }
}

TEST(Data, CasesSetAndUnsetParametersOfTheOperation) {
  std::set<std::string> names;
  for (const ParameterInfo& parameter : AllParameters()) {
    names.insert(parameter.name);
  }
  for (const RuleInfo& rule : AllRules()) {
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
  for (const RuleInfo& rule : AllRules()) {
    for (const RuleCase& made : rule.cases) {
      EXPECT_TRUE(std::regex_match(made.name, form)) << Id(rule.id) << " " << made.name;
      const std::string code = made.expect.refused.value_or("");
      EXPECT_TRUE(code.empty() || Catalogue::Get().FindError(code) != nullptr)
          << Id(rule.id) << " " << code;
    }
  }
}

// Without a paging parameter a target may page by token, and then a page may be short.
TEST(Data, CasesThatCountSnapshotsPageByNumber) {
  for (const RuleInfo& rule : AllRules()) {
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
