#include "reference/server/command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>

#include "reference/faults/catalogue.h"
#include "reference/server/server.h"
#include "reference/state/churner.h"
#include "reference/state/dataset_writer.h"
#include "reference/state/open_dataset.h"
#include "spec/text/seed_option.h"
#include "spec/text/time.h"

namespace assay {
namespace {

struct ServeOptions {
  std::string listen = "127.0.0.1:8080";
  std::string dataset;
  std::string reading = "documented";
  std::string auth = "off";
  Credentials key{.key_id = "testid", .secret = "testsecret"};
  std::string now;
  double throttle = 0;
  std::string churn;
  std::uint64_t seed = 1;
  std::vector<std::string> faults;
  HttpServerOptions http;
};

struct DatasetOptions {
  std::size_t count = 300;
  std::uint64_t seed = 1;
  bool built_in = false;
  std::string out;
};

int Fail(std::string_view command, const Error& error) {
  std::cerr << "assay " << command << ": " << error.Text() << '\n';
  return static_cast<int>(error.exit);
}

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

Result<Address> ParseAddress(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  const auto bad = [&](const char* what) {
    return Error{"--listen " + listen, std::string(what) +
                                           "; write HOST:PORT, as in "
                                           "127.0.0.1:8080 (port 0 takes a free one)"};
  };
  if (colon == std::string::npos || colon == 0) return bad("no host and port");
  const std::string digits = listen.substr(colon + 1);
  if (digits.empty() || digits.size() > 5 ||
      digits.find_first_not_of("0123456789") != std::string::npos) {
    return bad("the port is not a number");
  }
  const int port = std::stoi(digits);
  if (port > 65535) return bad("the port is above 65535");
  std::string host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return Address{host, static_cast<std::uint16_t>(port)};
}

// Blocks until the process is asked to end; threads started later do not take the signals.
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  void Wait() {
    int signal = 0;
    sigwait(&signals_, &signal);
  }

 private:
  sigset_t signals_;
};

Result<GatewayOptions> MakeGatewayOptions(const ServeOptions& options) {
  GatewayOptions gateway{
      .authenticate = options.auth == "on", .keys = {options.key}, .rate = options.throttle};
  if (options.auth != "on" && options.auth != "off") {
    return Error{"--auth " + options.auth, "is neither `on` nor `off`"};
  }
  if (options.key.key_id.empty() || options.key.secret.empty()) {
    return Error{"--access-key-id, --access-key-secret", "cannot be empty"};
  }
  if (options.now.empty()) return gateway;
  std::int64_t now = 0;
  if (!ParseTime(options.now, &now)) {
    return Error{"--now " + options.now, "is not a time in UTC; write it as 2026-11-24T02:33:00Z"};
  }
  gateway.now = [now] { return now; };
  return gateway;
}

struct Living {
  std::unique_ptr<LivingState> state;
  std::unique_ptr<Churner> churner;  // null if the state stays as it is
};

Result<Living> MakeLiving(const ServeOptions& options, const Dataset& dataset) {
  Living out;
  if (options.churn.empty()) {
    out.state = std::make_unique<LivingState>(dataset);
    return out;
  }
  const auto rate = ParseChurn(options.churn);
  if (!rate) return rate.error();
  if (dataset.snapshots.empty()) {
    return Error{"--churn", "the dataset has no snapshots that could change; serve one that has"};
  }
  out.state = std::make_unique<LivingState>(dataset, Churn::Room(dataset));
  out.churner = std::make_unique<Churner>(*out.state, options.seed, *rate);
  return out;
}

int Serve(const ServeOptions& options) {
  const auto gateway = MakeGatewayOptions(options);
  if (!gateway) return Fail("serve", gateway.error());
  const auto address = ParseAddress(options.listen);
  if (!address) return Fail("serve", address.error());
  const auto dataset = LoadDatasetOrBuiltIn(options.dataset);
  if (!dataset) return Fail("serve", dataset.error());
  const auto reading = LoadReading(options.reading);
  if (!reading) return Fail("serve", reading.error());
  const auto faults = FindFaults(options.faults);
  if (!faults) return Fail("serve", faults.error());
  EndSignals end;
  const auto living = MakeLiving(options, *dataset);
  if (!living) return Fail("serve", living.error());
  const auto server = Server::Start(*living->state, *reading, address->host, address->port,
                                    options.http, *gateway, *faults);
  if (!server) return Fail("serve", server.error());
  fmt::print("listening on {}\n", (*server)->Url());
  std::fflush(stdout);
  end.Wait();
  (*server)->Stop();
  return 0;
}

void WriteText(const DatasetOptions& options, std::ostream& out) {
  if (options.built_in) {
    out << DatasetText(BuiltInDataset());
    return;
  }
  DatasetWriter writer([&](std::string_view part) { out << part; });
  WriteGeneratedDataset(options.count, options.seed, writer);
}

int WriteDataset(const DatasetOptions& options) {
  if (options.out.empty()) {
    WriteText(options, std::cout);
    return std::cout.flush() ? 0 : Fail("dataset", {"standard output", "cannot be written"});
  }
  std::ofstream out(options.out, std::ios::binary);
  if (out) WriteText(options, out);
  if (!out.flush())
    return Fail("dataset",
                {options.out, "cannot be written; name a file in a folder that is there"});
  return 0;
}

}  // namespace

void AddReferenceCommands(CLI::App& app, int* exit_code) {
  auto serve_options = std::make_shared<ServeOptions>();
  CLI::App* serve =
      app.add_subcommand("serve", "Serve the reference implementation over HTTP until interrupted");
  serve->add_option("--listen", serve_options->listen, "HOST:PORT; port 0 takes a free one")
      ->capture_default_str();
  serve->add_option("--dataset", serve_options->dataset,
                    "the state to serve (assay-dataset/1); without it, the built-in dataset");
  serve
      ->add_option(
          "--reading", serve_options->reading,
          "how open questions are answered: documented, observed, situations_7 (otherwise in "
          "other situations, as the seed 7 draws it), or a reading file")
      ->capture_default_str();
  serve
      ->add_option("--auth", serve_options->auth,
                   "on: only signed requests are answered. A nonce counts once, among the latest "
                   "200,000 and as long as the server runs: one that was restarted takes a replay")
      ->capture_default_str();
  serve
      ->add_option("--access-key-id", serve_options->key.key_id,
                   "the access key whose signatures are accepted")
      ->envname("ALIBABA_CLOUD_ACCESS_KEY_ID")
      ->capture_default_str();
  serve
      ->add_option("--access-key-secret", serve_options->key.secret,
                   "its secret; other users of a machine can read a command line, but not the "
                   "environment")
      ->envname("ALIBABA_CLOUD_ACCESS_KEY_SECRET")
      ->capture_default_str();
  serve
      ->add_option("--security-token", serve_options->key.security_token,
                   "the security token that the key needs; without it, none")
      ->envname("ALIBABA_CLOUD_SECURITY_TOKEN");
  serve->add_option("--now", serve_options->now,
                    "a fixed time for checking time stamps, as 2026-11-24T02:33:00Z, so that "
                    "recorded requests can be sent again; without it, the system's");
  serve
      ->add_option("--throttle", serve_options->throttle,
                   "requests a second that are answered; the others are told to wait "
                   "(Throttling.User); 0 for no limit")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  serve->add_option("--churn", serve_options->churn,
                    "N/s: another client creates, deletes, renames, tags and completes that many "
                    "snapshots a second, as in 5/s or 0.5/s; without it, the state stays as it is");
  AddSeedOption(*serve, serve_options->seed,
                "of --churn: equal seeds make the same changes in the same order");
  serve->add_option("--fault", serve_options->faults,
                    "makes that mistake, to see whether a suite notices it; may be repeated; "
                    "`assay selftest --list` names them all");
  serve->add_option("--tls-cert", serve_options->http.tls_cert,
                    "PEM file of a certificate chain, the server's own first: serves https; "
                    "needs --tls-key");
  serve->add_option("--tls-key", serve_options->http.tls_key,
                    "PEM file of the certificate's private key");
  serve->callback([=]() { *exit_code = Serve(*serve_options); });

  auto dataset_options = std::make_shared<DatasetOptions>();
  CLI::App* dataset =
      app.add_subcommand("dataset", "Write a dataset file to load into the target under test");
  dataset->add_option("--count", dataset_options->count, "number of snapshots")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{0}, std::size_t{10'000'000}));
  AddSeedOption(*dataset, dataset_options->seed, "equal seeds give equal datasets");
  dataset->add_flag("--built-in", dataset_options->built_in,
                    "the dataset that `assay run` uses without --dataset");
  dataset->add_option("--out", dataset_options->out, "the file; without it, standard output");
  dataset->callback([=]() { *exit_code = WriteDataset(*dataset_options); });
}

}  // namespace assay
