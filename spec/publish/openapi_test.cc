#include "spec/publish/openapi.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/catalogue_for_test.h"
#include "spec/catalogue/operation.h"

namespace assay {
namespace {

using Json = nlohmann::json;

const Json& Document() {
  static const Json document = Json::parse(OpenApiDocument());
  return document;
}

const Json& Get() { return Document().at("paths").at("/").at("get"); }

Json ParameterNamed(const std::string& name) {
  for (const Json& parameter : Get().at("parameters")) {
    if (parameter.at("name") == name) return parameter;
  }
  ADD_FAILURE() << name;
  return Json::object();
}

const Json& Schema(const std::string& name) {
  return Document().at("components").at("schemas").at(name);
}

const Json& SnapshotSchema() {
  return Schema("List")
      .at("properties")
      .at("Snapshots")
      .at("properties")
      .at("Snapshot")
      .at("items");
}

TEST(OpenApi, DescribesGetAndPostOnTheRoot) {
  EXPECT_EQ(Document().at("openapi"), "3.1.0");
  EXPECT_EQ(Document().at("info").at("version"), "2014-05-26");
  EXPECT_TRUE(Document().at("paths").at("/").contains("get"));
  EXPECT_TRUE(Document().at("paths").at("/").contains("post"));
}

TEST(OpenApi, HoldsEveryParameterInQueryAndForm) {
  const Json& form = Schema("Request").at("properties");
  for (const ParameterInfo& parameter : AllParameters()) {
    const std::size_t index = parameter.name.find(".N.");
    std::string name = parameter.name;
    if (index != std::string::npos) name.replace(index, 3, ".20.");
    EXPECT_EQ(ParameterNamed(name).at("required"), parameter.required) << name;
    EXPECT_TRUE(form.contains(name)) << name;
  }
  EXPECT_FALSE(form.contains("Tag.21.Key"));
  EXPECT_FALSE(form.contains("Tag.N.Key"));
}

TEST(OpenApi, KeepsTypesLimitsDefaultsAndValues) {
  const Json size = ParameterNamed("PageSize").at("schema");
  EXPECT_EQ(size.at("type"), "integer");
  EXPECT_EQ(size.at("maximum"), 100);
  EXPECT_EQ(size.at("default"), 10);
  EXPECT_EQ(ParameterNamed("DryRun").at("schema").at("default"), false);
  EXPECT_EQ(ParameterNamed("Usage").at("schema").at("enum").size(), 4u);
  EXPECT_EQ(ParameterNamed("SnapshotIds").at("schema").at("contentSchema").at("maxItems"), 100);
  EXPECT_EQ(ParameterNamed("SourceDiskType").at("schema").at("pattern"),
            "^([Ss][Yy][Ss][Tt][Ee][Mm]|[Dd][Aa][Tt][Aa])$");
  EXPECT_EQ(ParameterNamed("Category").at("deprecated"), true);
}

TEST(OpenApi, HoldsEveryFieldOfASnapshot) {
  const Json& properties = SnapshotSchema().at("properties");
  for (const AnswerField& field : AllFields()) {
    if (field.in == "Snapshot") {
      EXPECT_TRUE(properties.contains(field.name)) << field.name;
    }
  }
  EXPECT_EQ(properties.at("SourceDiskSize").at("type"), Json({"string", "integer"}));
  EXPECT_TRUE(properties.at("Tags")
                  .at("properties")
                  .at("Tag")
                  .at("items")
                  .at("properties")
                  .contains("TagKey"));
  const Json& required = SnapshotSchema().at("required");
  EXPECT_EQ(std::ranges::count(required, "SnapshotName"), 0);
  EXPECT_EQ(std::ranges::count(required, "SnapshotId"), 1);
}

TEST(OpenApi, HoldsEveryErrorUnderItsStatus) {
  for (const ErrorInfo& error : AllErrors()) {
    const Json& response = Get().at("responses").at(std::to_string(error.status));
    EXPECT_NE(response.at("description").get<std::string>().find("`" + error.code + "`"),
              std::string::npos)
        << error.code;
  }
  EXPECT_EQ(Schema("Error").at("xml").at("name"), "Error");
}

}  // namespace
}  // namespace assay
