#include "spec/catalogue/parse.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "spec/catalogue/operation.h"

namespace assay {
namespace {

constexpr char kSound[] =
    R"({"id": "page.size.echo", "level": "must", "statement": "It is.",
        "source": [{"document": "d", "where": "w", "quote": "q"}],
        "cases": [{"name": "a", "set": {"PageSize": "7"}, "expect": {"page_size": 7}}]})";

std::string Replace(std::string text, const std::string& part, const std::string& by) {
  const std::size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return text.replace(at, part.size(), by);
}

std::string FileWith(const std::string& rules) { return R"({"rules": [)" + rules + "]}"; }

std::string RulesError(const std::string& text) {
  const Result<std::vector<RuleInfo>> rules = ParseRules(text, "rules/page.json");
  return rules.has_value() ? "" : rules.error().Text();
}

// The error of the sound rule with one part of it replaced.
std::string ErrorWith(const std::string& part, const std::string& by) {
  return RulesError(FileWith(Replace(kSound, part, by)));
}

constexpr char kPlace[] = "rules/page.json: .rules[0] (page.size.echo)";

TEST(ParseRules, ReadsWhatIsWritten) {
  const Result<std::vector<RuleInfo>> rules = ParseRules(FileWith(kSound), "rules/page.json");
  ASSERT_TRUE(rules.has_value()) << rules.error().Text();
  ASSERT_EQ(rules->size(), 1u);
  const RuleInfo& rule = rules->front();
  EXPECT_EQ(rule.id, "page.size.echo"_rule);
  EXPECT_EQ(rule.topic, "page");
  EXPECT_EQ(rule.level, Level::kMust);
  EXPECT_EQ(rule.statement, "It is.");
  EXPECT_EQ(rule.sources.at(0).quote, "q");
  EXPECT_FALSE(rule.sources.at(0).completes);
  EXPECT_EQ(rule.cases.at(0).set.at(0).second, "7");
  EXPECT_EQ(rule.cases.at(0).method, "GET");
  EXPECT_EQ(rule.cases.at(0).expect.page_size, 7);
}

struct BadPart {
  const char* part;
  const char* by;
  const char* after_place;  // of the error's text, behind the place of the rule
};

TEST(ParseRules, NamesThePlaceAndTheKeyOfWhatIsWrong) {
  const std::vector<BadPart> parts = {
      {R"("must")", R"("may")", ".level: `may` is not one of must, should"},
      {R"("level": "must")", R"("grade": "must")", ".level: is missing"},
      {R"("level")", R"("color": "red", "level")",
       ".color: is not a known key; known are cases, id, level, source, statement, subjects"},
      {R"("statement": "It is.")", R"("statement": 7)", ".statement: a string is expected here"},
      {R"("quote": "q")", R"("quotes": "q")", ".source[0].quote: is missing"},
      {R"("quote": "q")", R"("quote": "q", "completes": "yes")",
       ".source[0].completes: true or false is expected here"},
      {R"([{"document")", R"({"document")", nullptr},
      {R"("name": "a")", R"("nam": "a")", ".cases[0].name: is missing"},
      {R"("name": "a")", R"("name": "a", "method": "HEAD")",
       ".cases[0] (a).method: `HEAD` is not one of GET, POST, PUT, DELETE, PATCH"},
      {R"("name": "a")", R"("name": "a", "placement": "body")",
       ".cases[0] (a).placement: `body` is not one of query, form, split"},
      {R"({"PageSize": "7"})", R"({"PageSize": 7})",
       ".cases[0] (a).set: {NAME: VALUE} or [[NAME, VALUE]] of strings is expected here"},
      {R"({"PageSize": "7"})", R"([["PageSize"]])",
       ".cases[0] (a).set: {NAME: VALUE} or [[NAME, VALUE]] of strings is expected here"},
      {R"("7"})", R"("$hit"})", ".cases[0] (a).set: `$hit` is not a placeholder"},
      {R"("7"})", R"("$token.b"})",
       ".cases: `set` of case `a`: unknown case `b` among those before it"},
      {R"("page_size": 7)", R"("page_size": "7")",
       ".cases[0] (a).expect.page_size: an integer is expected here"},
      {R"("page_size": 7)", R"("pages": 7)",
       ".cases[0] (a).expect.pages: is not a known key; known are accepted, at_most, "
       "disjoint_from, empty, every, items, next_token, page_number, page_size, refused, same_as, "
       "subset_of, total_count"},
      {R"("page_size": 7)", R"("every": {"Stats": "failed"})",
       ".cases[0] (a).expect.every: unknown field `Stats` of a snapshot; did you mean `Status`?"},
      {R"("page_size": 7)", R"("same_as": "b")",
       ".cases: `same_as` of case `a`: unknown case `b` among those before it"},
  };
  for (const BadPart& bad : parts) {
    const std::string error = ErrorWith(bad.part, bad.by);
    if (bad.after_place == nullptr) {
      EXPECT_NE(error, "") << bad.by;
    } else {
      EXPECT_EQ(error, std::string(kPlace) + bad.after_place) << bad.by;
    }
  }
}

TEST(ParseRules, RefusesAnUnknownIdWithTheNearest) {
  EXPECT_EQ(ErrorWith("page.size.echo", "page.size.ecko"),
            "rules/page.json: .rules[0] (page.size.ecko).id: unknown rule "
            "`page.size.ecko`; did you mean `page.size.echo`?");
}

TEST(ParseRules, RefusesARuleOfAnotherFile) {
  EXPECT_EQ(
      ErrorWith("page.size.echo", "tag.key.selects"),
      "rules/page.json: .rules[0] (tag.key.selects).id: a rule of this file begins with `page.`");
}

TEST(ParseRules, RefusesAnIdThatOccursTwice) {
  EXPECT_EQ(RulesError(FileWith(std::string(kSound) + "," + kSound)),
            "rules/page.json: .rules[1]: has the id of [0]");
}

TEST(ParseRules, RefusesTwoCasesOfOneName) {
  EXPECT_EQ(ErrorWith(R"("cases": [)", R"("cases": [{"name": "a"}, )"),
            std::string(kPlace) + ".cases: two cases are named `a`");
}

TEST(ParseRules, RefusesANameThatOccursTwiceInOneObject) {
  EXPECT_EQ(ErrorWith(R"("level": "must")", R"("level": "must", "level": "should")"),
            "rules/page.json: `level` occurs twice in one object");
}

TEST(ParseRules, TellsTheLineOfMalformedJson) {
  const std::string error = RulesError("[\n{\"id\": }]");
  EXPECT_TRUE(error.starts_with("rules/page.json: parse error at line 2, column 8")) << error;
}

TEST(ParseRules, RefusesAFileWithoutAList) {
  EXPECT_EQ(RulesError("[]"), "rules/page.json: an object is expected here");
  EXPECT_EQ(RulesError(R"({"rules": {}})"), "rules/page.json: .rules: a list is expected here");
  EXPECT_EQ(RulesError(R"({"rules": [], "rule": []})"),
            "rules/page.json: .rule: is not a known key; known are rules");
  EXPECT_EQ(RulesError("{}"), "rules/page.json: .rules: is missing");
}

TEST(ParseRules, LetsAFileNameItsSchema) {
  EXPECT_EQ(RulesError(R"({"$schema": "../schemas/rules.schema.json", "rules": []})"), "");
  EXPECT_EQ(ErrorWith(R"("level")", R"("$schema": "", "level")").substr(0, 65),
            std::string(kPlace) + ".$schema: is not a kno");
}

TEST(ParseRules, RefusesAnElementThatIsNotAnObject) {
  EXPECT_EQ(RulesError(FileWith("7")), "rules/page.json: .rules[0]: an object is expected here");
}

constexpr char kQuestion[] =
    R"({"questions": [{"id": "paging.neither", "kind": "choice", "situation": "S.",
         "source": [{"document": "d", "where": "w", "quote": ""}],
         "options": [{"id": "page_mode", "statement": "P."},
                     {"id": "token_mode", "statement": "T."}],
         "probes": [{"set": {"MaxResults": "10"}}, {"set": {"NextToken": "$token.1"}}]}]})";

std::string QuestionsError(const std::string& part, const std::string& by) {
  const auto questions = ParseQuestions(Replace(kQuestion, part, by), "questions.json");
  return questions.has_value() ? "" : questions.error().Text();
}

TEST(ParseQuestions, ReadsWhatIsWritten) {
  const auto questions = ParseQuestions(kQuestion, "questions.json");
  ASSERT_TRUE(questions.has_value()) << questions.error().Text();
  EXPECT_EQ(questions->front().id, "paging.neither"_question);
  EXPECT_FALSE(questions->front().form());
  EXPECT_EQ(questions->front().PositionOf("token_mode"_option), 1);
  EXPECT_EQ(questions->front().PositionOf("refused"_option), -1);
  ASSERT_EQ(questions->front().probes.size(), 2U);
  EXPECT_EQ(questions->front().probes[1].name, "2");
  EXPECT_EQ(questions->front().probes[1].set.at(0).second, "$token.1");
}

TEST(ParseQuestions, NamesThePlaceAndTheKeyOfWhatIsWrong) {
  const std::string place = "questions.json: .questions[0] (paging.neither)";
  EXPECT_EQ(QuestionsError("choice", "guess"),
            place + ".kind: `guess` is not one of choice, meaning, ordinary, form");
  EXPECT_EQ(QuestionsError("\"page_mode\"", "\"pagemode\""),
            place +
                ".options[0] (pagemode).id: unknown option `pagemode`; did you mean "
                "`page_mode`?");
  EXPECT_EQ(QuestionsError(R"("token_mode")", R"("page_mode")"),
            place + ".options[1]: has the id of [0]");
  EXPECT_EQ(QuestionsError(R"({"id": "page_mode", "statement": "P."},)", ""),
            place + ".options: a question has two or more");
  EXPECT_EQ(QuestionsError(R"("source")", R"("sources")"), place + ".source: is missing");
  EXPECT_EQ(
      QuestionsError("$token.1", "$token.2"),
      place +
          ".probes: `set` of case `2`: unknown case `2` among those before it; did you mean `1`?");
  EXPECT_EQ(QuestionsError(R"({"set": {"MaxResults": "10"}})", R"({"name": "a"})").substr(0, 73),
            place + ".probes[0] (a).name: is not");
}

constexpr char kError[] =
    R"({"errors": [{"code": "Bad", "status": 400, "level": "should", "message": "m",
        "description": "d.", "source": [], "parameters": ["Status"], "reserves": ["Bad*"],
        "rules": {"message": "error.invalid_usage.message"}}]})";

std::string ErrorsError(const std::string& part, const std::string& by) {
  const auto errors = ParseErrors(Replace(kError, part, by), "errors.json");
  return errors.has_value() ? "" : errors.error().Text();
}

TEST(ParseErrors, ReadsWhatIsWritten) {
  const auto errors = ParseErrors(kError, "errors.json");
  ASSERT_TRUE(errors.has_value()) << errors.error().Text();
  EXPECT_EQ(errors->front().message_rule, "error.invalid_usage.message"_rule);
  EXPECT_EQ(errors->front().status_rule, kNoRule);
  EXPECT_EQ(errors->front().parameters, std::vector<std::string>{"Status"});
  EXPECT_EQ(errors->front().reserves, std::vector<std::string>{"Bad*"});
}

TEST(ParseErrors, NamesThePlaceAndTheKeyOfWhatIsWrong) {
  EXPECT_EQ(ErrorsError("400", "400"), "");
  EXPECT_EQ(
      ErrorsError("400", "200"),
      "errors.json: .errors[0] (Bad).status: an HTTP status from 400 to 599 is expected here");
  EXPECT_EQ(ErrorsError("400", "\"400\""),
            "errors.json: .errors[0] (Bad).status: an integer is expected here");
  EXPECT_EQ(ErrorsError("\"message\": \"m\",", ""),
            "errors.json: .errors[0] (Bad).message: is missing");
  EXPECT_EQ(ErrorsError("usage.message", "usage.massage").substr(0, 74),
            "errors.json: .errors[0] (Bad).rules.message: unknown rule `error.invalid_u");
}

constexpr char kOperation[] =
    R"({"action": "A", "version": "1", "summary": "S.", "methods": ["GET"], "path": "/",
        "parameters": [{"name": "P", "type": "integer", "level": "must", "required": true,
                        "default": "1", "minimum": 1, "example": "1", "description": "D.",
                        "source": []}],
        "fields": [{"name": "F", "in": "response", "type": "string", "also": "integer",
                    "level": "should", "example": "", "description": "D.", "source": []}],
        "error_fields": [], "state": []})";

std::string OperationError(const std::string& part, const std::string& by) {
  const auto operation = ParseOperation(Replace(kOperation, part, by), "operation.json");
  return operation.has_value() ? "" : operation.error().Text();
}

TEST(ParseOperation, ReadsWhatIsWritten) {
  const auto operation = ParseOperation(kOperation, "operation.json");
  ASSERT_TRUE(operation.has_value()) << operation.error().Text();
  EXPECT_TRUE(operation->parameters.at(0).required);
  EXPECT_EQ(operation->parameters.at(0).default_value, "1");
  EXPECT_EQ(operation->parameters.at(0).minimum, 1);
  EXPECT_FALSE(operation->parameters.at(0).maximum.has_value());
  EXPECT_EQ(operation->fields.at(0).also, "integer");
  EXPECT_EQ(operation->fields.at(0).level, Level::kShould);
}

TEST(ParseOperation, NamesThePlaceAndTheKeyOfWhatIsWrong) {
  EXPECT_EQ(
      OperationError(R"("integer", "level")", R"("int", "level")"),
      "operation.json: .parameters[0] (P).type: `int` is not one of string, integer, boolean, "
      "object, array");
  EXPECT_EQ(OperationError(R"("in": "response", )", ""),
            "operation.json: .fields[0] (F).in: is missing");
  EXPECT_EQ(OperationError(R"("minimum")", R"("least")"),
            "operation.json: .parameters[0] (P).least: is not a known key; known are any_letters, "
            "default, deprecated, description, example, items_maximum, level, maximum, minimum, "
            "name, required, selects, source, type, values");
  EXPECT_EQ(OperationError(R"("error_fields": [])", R"("error_fields": 7)"),
            "operation.json: .error_fields: a list is expected here");
}

}  // namespace
}  // namespace assay
