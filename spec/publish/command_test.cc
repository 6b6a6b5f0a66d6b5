#include "spec/publish/command.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "spec/publish/markdown.h"
#include "spec/publish/openapi.h"

namespace assay {
namespace {

// Runs the arguments as `assay` would and returns the exit code, -1 if CLI11 refuses them.
int RunAssay(std::vector<std::string> arguments) {
  int exit_code = 99;
  CLI::App app;
  app.require_subcommand(1);
  AddSpecCommands(app, &exit_code, {{"a.fault", "Its summary.", "Its text.\n"}});
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError&) {
    return -1;
  }
  return exit_code;
}

std::string OutputOf(std::vector<std::string> arguments) {
  const std::string file = testing::TempDir() + "command_test." + std::to_string(getpid()) + ".out";
  arguments.insert(arguments.end(), {"--out", file});
  EXPECT_EQ(RunAssay(arguments), 0);
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(SpecCommand, WritesEitherFormat) {
  EXPECT_EQ(OutputOf({"spec", "--format", "openapi"}), OpenApiDocument());
  EXPECT_EQ(OutputOf({"spec", "--format", "markdown"}), MarkdownDocument());
  EXPECT_EQ(OutputOf({"spec"}), MarkdownDocument());
}

TEST(SpecCommand, PrintsToStandardOutputWithoutAFile) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(RunAssay({"explain", "a.fault"}), 0);
  fflush(stdout);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "Its text.\n");
}

TEST(SpecCommand, RefusesAnotherFormat) { EXPECT_EQ(RunAssay({"spec", "--format", "yaml"}), -1); }

TEST(SpecCommand, ReportsAFileThatCannotBeWritten) {
  EXPECT_EQ(RunAssay({"spec", "--out", "/no/such/folder/file"}), 2);
}

TEST(ExplainCommand, TakesWhatAListOfLearnedChoicesPrints) {
  const auto said = [](const std::vector<std::string>& words) {
    testing::internal::CaptureStdout();
    EXPECT_EQ(RunAssay(words), 0);
    fflush(stdout);
    return testing::internal::GetCapturedStdout();
  };
  const std::string whole = said({"explain", "form.unset.kms_key_id"});
  EXPECT_TRUE(whole.starts_with("question form.unset.kms_key_id")) << whole;
  EXPECT_EQ(said({"explain", "form.unset", "kms_key_id=empty_string"}), whole);
  EXPECT_EQ(said({"explain", "form.unset.kms_key_id=empty_string"}), whole);
}

TEST(ExplainCommand, EndsWithTwoForAnUnknownId) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(RunAssay({"explain", "page.size.ecko"}), 2);
  EXPECT_EQ(testing::internal::GetCapturedStderr().substr(0, 59),
            "assay explain: page.size.ecko: unknown id; the nearest are ");
}

}  // namespace
}  // namespace assay
