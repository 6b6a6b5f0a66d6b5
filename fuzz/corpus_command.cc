#include "fuzz/corpus_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/campaign_options.h"
#include "fuzz/corpus.h"
#include "fuzz/features.h"
#include "fuzz/shown_input.h"
#include "reference/server/service.h"
#include "reference/session/preflight.h"
#include "reference/session/smallest_request.h"
#include "reports/text/text.h"
#include "spec/text/count.h"

namespace assay {
namespace {

struct CorpusOptions {
  std::string out, folder;
  std::vector<std::string> folders;
  std::size_t most = kEveryInput;
  CampaignOptions source;  // target, dataset, connection
};

// What inputs show at the target of the options, or at the model in this process.
class InputProbe {
 public:
  static Result<std::unique_ptr<InputProbe>> Open(const CampaignOptions& options) {
    auto probe = std::unique_ptr<InputProbe>(new InputProbe);
    Result<CampaignPlan> plan = MakeCampaignPlan(options);
    if (!plan) return plan.error();
    probe->plan_ = std::move(*plan);
    if (options.target.empty()) return probe;
    probe->accepts_json_ = options.connection.accepts_json();
    CampaignOptions own = options;
    own.connection.stop = &probe->stop_;
    auto target = OpenCampaignTarget(own);
    if (!target) return target.error();
    probe->target_ = std::move(*target);
    const CampaignPlan& checked = probe->plan_;
    const auto obstacle =
        FindObstacle(*probe->target_, *checked.dataset, checked.dataset_name, "JSON");
    if (obstacle) return *obstacle;
    return probe;
  }

  // Each input is judged by itself, so what it shows does not depend on the others.
  Result<Features> FeaturesOf(const ExchangeInput& input) {
    const std::string text = WriteExchangeInput(input);
    const ExchangeInput whole = ParseExchangeInput(text, plan_.region);
    InputFeatures features(text);
    const Done done = target_ ? AskTarget(whole, features) : AskModel(whole, features);
    if (stop_.IsUp()) return Ended("stopped " + stop_.Why());
    if (done) return features.numbers();
    if (!StillAnswers()) return Ended(done.error().Text());
    features.ShowAnswer({}, {}, {}, 0);  // that a request is not answered is a feature, too
    return features.numbers();
  }

 private:
  InputProbe() = default;

  Done AskModel(const ExchangeInput& input, InputFeatures& features) const {
    const ReadingsOfInput& reading = ReadingsOf(input);
    ModelTarget model(*plan_.dataset, reading.whole);
    Judge judge(*plan_.dataset, reading.known);
    return ShowInput(model, judge, input, features);
  }
  Done AskTarget(const ExchangeInput& input, InputFeatures& features) {
    Judge judge(*plan_.dataset, plan_.reading, {.accepts_json = accepts_json_});
    return ShowInput(*target_, judge, input, features);
  }
  bool StillAnswers() {
    return !target_ || Send(*target_, SmallestRequest(plan_.region, "JSON")).has_value();
  }
  static Error Ended(const std::string& why) {
    return {"", why + "; the corpus is as it was", ExitCode::kCouldNotJudge};
  }

  StopSign stop_;
  CampaignPlan plan_;
  std::unique_ptr<Target> target_;  // none: the model
  bool accepts_json_ = false;
};

void PrintLine(const char* what, const std::string& text) {
  fmt::print("{:<12} {}\n", what, TerminalText(text));
}

std::string FewOf(const std::vector<std::string>& names, std::size_t most) {
  const auto shown = names.begin() + static_cast<std::ptrdiff_t>(std::min(most, names.size()));
  std::string text = fmt::format("{}", fmt::join(names.begin(), shown, ", "));
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

void Print(const CorpusStats& stats, const std::string& folder) {
  PrintLine("inputs", fmt::format("{} in {}, at most {} each", Thousands(stats.inputs),
                                  CountText(stats.bytes, "byte"), Thousands(stats.largest)));
  PrintLine("requests", fmt::format("{}, of which {} go on from the token of another",
                                    Thousands(stats.requests), Thousands(stats.with_token)));
  PrintLine("features", fmt::format("{}, of which {} are shown by one input alone",
                                    Thousands(stats.features), Thousands(stats.shown_once)));
  PrintLine("enough", fmt::format("{} would show them all{}", CountText(stats.enough, "input"),
                                  stats.enough < stats.inputs ? ": assay corpus minimise " + folder
                                                              : std::string()));
  PrintLine("parameters", fmt::format("{} of {} are given{}{}", stats.given.size(),
                                      stats.given.size() + stats.never_given.size(),
                                      stats.never_given.empty() ? "" : "; never: ",
                                      FewOf(stats.never_given, 100)));
  PrintLine("no request", stats.no_request.empty()
                              ? "every file holds one"
                              : fmt::format("{}: {}", CountText(stats.no_request.size(), "file"),
                                            FewOf(stats.no_request, 5)));
}

Result<ExitCode> Describe(const CorpusOptions& options, const FeatureSource& features) {
  const Result<CorpusStats> stats = DescribeCorpus(options.folder, features);
  if (!stats) return stats.error();
  Print(*stats, options.folder);
  return ExitCode::kConforms;
}

Result<ExitCode> Merge(const CorpusOptions& options, const FeatureSource& features) {
  const Result<CorpusChange> change = MergeCorpora(options.out, options.folders, features);
  if (!change) return change.error();
  fmt::print("{} now holds {} that show {}: {} of {} were added, for {}\n",
             TerminalText(options.out), CountText(change->kept, "input"),
             CountText(change->features, "feature"), Thousands(change->kept - change->before),
             CountText(change->looked_at, "input"),
             CountText(change->features - change->features_before, "new feature"));
  return ExitCode::kConforms;
}

Result<ExitCode> Minimise(const CorpusOptions& options, const FeatureSource& features) {
  const Result<CorpusChange> change = MinimiseCorpus(options.folder, features, options.most);
  if (!change) return change.error();
  fmt::print("{} holds {} of {}, which show {} of {}, in {} (before: {})\n",
             TerminalText(options.folder), Thousands(change->kept),
             CountText(change->before, "input"), Thousands(change->features),
             CountText(change->features_before, "feature"), CountText(change->bytes, "byte"),
             CountText(change->bytes_before, "byte"));
  if (!change->dropped_to.empty()) {
    fmt::print("{}, and the earlier texts of {} that were put in order, are in {}\n",
               CountText(change->before - change->kept, "other"), Thousands(change->rewritten),
               TerminalText(change->dropped_to));
  }
  return ExitCode::kConforms;
}

using Action = Result<ExitCode> (*)(const CorpusOptions& options, const FeatureSource& features);

Result<ExitCode> Act(const CorpusOptions& options, Action action) {
  const Result<std::unique_ptr<InputProbe>> probe = InputProbe::Open(options.source);
  if (!probe) return probe.error();
  return action(options, [&](const ExchangeInput& input) { return (*probe)->FeaturesOf(input); });
}

CLI::App* AddAction(CLI::App& corpus, const char* name, const char* says,
                    const std::shared_ptr<CorpusOptions>& options, Action action, int* exit_code) {
  CLI::App* command = corpus.add_subcommand(name, says);
  CampaignOptions& source = options->source;
  command->add_option("--target", source.target,
                      "URL of the endpoint whose answers count (default: the model in process)");
  command->add_option("--dataset", source.dataset,
                      "File with the target's state (default: the built-in one)");
  command->add_option("--region", source.region, "Region of requests that name none");
  command
      ->add_option("--rate", source.rate,
                   "Requests a second at most, 0 for no limit (default: 10; none on loopback)")
      ->check(CLI::Range(0.0, 1e6));
  AddConnectionOptions(*command, source.connection);
  command->callback([=]() {
    StopOnSignals();
    const Result<ExitCode> code = Act(*options, action);
    if (!code) std::cerr << "assay corpus: " << TerminalText(code.error().Text()) << '\n';
    *exit_code = static_cast<int>(code ? *code : code.error().exit);
  });
  return command;
}

}  // namespace

void AddCorpusCommand(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<CorpusOptions>();
  CLI::App* corpus =
      app.add_subcommand("corpus", "Merges, shrinks and describes inputs of campaigns");
  corpus->require_subcommand(1);
  CLI::App* merge = AddAction(*corpus, "merge", "Copies the inputs that show something new",
                              options, Merge, exit_code);
  merge->add_option("out", options->out, "Folder to which they are added")->required();
  merge->add_option("folders", options->folders, "Corpora that they come from")->required();
  CLI::App* minimise =
      AddAction(*corpus, "minimise", "Keeps a few inputs that show all that the corpus shows",
                options, Minimise, exit_code);
  minimise->alias("minimize");
  minimise
      ->add_option(
          "--most", options->most,
          "Keeps so many inputs at most, those that show the most (default: as many as show "
          "all)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  CLI::App* stats = AddAction(*corpus, "stats", "Tells what a corpus holds and shows", options,
                              Describe, exit_code);
  for (CLI::App* command : {minimise, stats}) {
    command->add_option("folder", options->folder, "The corpus")->required();
  }
}

}  // namespace assay
