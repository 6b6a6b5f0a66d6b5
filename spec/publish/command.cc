#include "spec/publish/command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "spec/publish/markdown.h"
#include "spec/publish/openapi.h"
#include "spec/text/result.h"

namespace assay {
namespace {

struct Output {
  std::string file;  // "" for standard output
  std::string format = "markdown";
  std::vector<std::string> id;  // its words
};

Done Write(const std::string& file, const std::string& text) {
  if (file.empty()) {
    fmt::print("{}", text);
    return Ok();
  }
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) return Error{file, "cannot be written; name a file in a folder that exists"};
  return Ok();
}

// The exit code of a command that writes a text.
int Finish(std::string_view command, const std::string& file, const Result<std::string>& text) {
  const Done done = text.has_value() ? Write(file, *text) : Done(text.error());
  if (done.has_value()) return static_cast<int>(ExitCode::kConforms);
  fmt::print(stderr, "assay {}: {}\n", command, done.error().Text());
  return static_cast<int>(done.error().exit);
}

void AddOutOption(CLI::App& command, Output& output) {
  command.add_option("--out", output.file, "File to write (default: standard output)");
}

void AddSpec(CLI::App& app, int* exit_code) {
  auto output = std::make_shared<Output>();
  CLI::App* command = app.add_subcommand("spec", "Writes the contract for other tools");
  command->add_option("--format", output->format, "openapi (3.1, JSON) or markdown")
      ->check(CLI::IsMember({"openapi", "markdown"}))
      ->capture_default_str();
  AddOutOption(*command, *output);
  command->callback([output, exit_code] {
    *exit_code = Finish("spec", output->file,
                        output->format == "openapi" ? OpenApiDocument() : MarkdownDocument());
  });
}

void AddExplain(CLI::App& app, int* exit_code, std::vector<Described> more) {
  auto output = std::make_shared<Output>();
  CLI::App* command =
      app.add_subcommand("explain", "Explains a rule, question, error, parameter, field or fault");
  command
      ->add_option("ID", output->id,
                   "An id, or the beginning of several, as `page`, or a pattern, as `*.maximum`; "
                   "also in the way in which a report prints it: `filter.usage disk=not_matched`")
      ->required();
  AddOutOption(*command, *output);
  command->callback([output, exit_code, more = std::move(more)] {
    *exit_code = Finish("explain", output->file,
                        Explain(fmt::format("{}", fmt::join(output->id, ".")), more));
  });
}

}  // namespace

void AddSpecCommands(CLI::App& app, int* exit_code, std::vector<Described> more) {
  AddSpec(app, exit_code);
  AddExplain(app, exit_code, std::move(more));
}

}  // namespace assay
