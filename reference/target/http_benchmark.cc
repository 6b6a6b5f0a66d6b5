// Measures the driver: serves a fixed answer and drives it, or another server, over loopback.
//   http_benchmark [--requests N] [--connections N] [--threads N] [--body BYTES] [--target URL]
//   http_benchmark --serve …      serves until standard input ends, for wrk and similar tools

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "reference/target/http_client.h"
#include "reference/wire/http_server.h"

namespace assay {
namespace {

struct Options {
  std::map<std::string, std::string> values = {{"--requests", "300000"},
                                               {"--connections", "8"},
                                               {"--threads", "1"},
                                               {"--body", "1500"},
                                               {"--target", ""}};
  bool serve = false;

  int Number(const std::string& name) const { return std::atoi(values.at(name).c_str()); }
};

// Yields requests that differ, as a real run's do, and counts the answers.
class CountingSource : public RequestSource {
 public:
  CountingSource(int requests, int connections) : left_(requests) {
    for (int i = 0; i < 2 * connections; ++i) {
      Request& request = pool_.emplace_back();
      request.parameters = {
          {"Action", "DescribeSnapshots"},
          {"RegionId", "cn-hangzhou"},
          {"PageSize", std::to_string(i + 1)},
          {"SnapshotIds", R"(["s-bp1aaaaaaaaaaaaaaaaa","s-bp1bbbbbbbbbbbbbbbbb"])"},
          {"SnapshotName", "a name with blanks"}};
    }
    for (Request& request : pool_) free_.push_back(&request);
  }

  const Request* Next() override {
    if (left_ == 0) return nullptr;
    --left_;
    const Request* request = free_.back();
    free_.pop_back();
    return request;
  }
  void Answered(const Request* request, Result<Response>& response) override {
    free_.push_back(request);
    if (!response) {
      ++failures;
      std::cerr << response.error().Text() << "\n";
    } else {
      bytes += response->body.size();
    }
  }

  int failures = 0;
  std::size_t bytes = 0;

 private:
  int left_;
  std::vector<Request> pool_;
  std::vector<const Request*> free_;
};

bool Parse(int argc, char** argv, Options* options) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--serve") {
      options->serve = true;
    } else if (options->values.contains(name) && i + 1 < argc) {
      options->values[name] = argv[++i];
    } else {
      std::cerr << "unknown argument or missing value: " << name << "\n";
      return false;
    }
  }
  return true;
}

int Drive(const std::string& url, const Options& options) {
  HttpTargetOptions target_options;
  target_options.connections = options.Number("--connections");
  auto target = HttpTarget::Open(url, target_options);
  if (!target) {
    std::cerr << target.error().Text() << "\n";
    return 2;
  }
  const int requests = options.Number("--requests");
  CountingSource source(requests, target_options.connections);
  const auto start = std::chrono::steady_clock::now();
  (*target)->Run(source);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::cout << static_cast<long>(requests / seconds.count()) << " requests/s, "
            << source.bytes / 1000000 << " MB, " << source.failures << " failures\n";
  return source.failures == 0 ? 0 : 3;
}

int Main(int argc, char** argv) {
  Options options;
  if (!Parse(argc, argv, &options)) return 2;
  if (const std::string& url = options.values["--target"]; !url.empty()) return Drive(url, options);
  const std::string body(static_cast<std::size_t>(options.Number("--body")), 'x');
  const auto handler = [&body](const HttpRequest&, HttpResponse& response) {
    response.Set("Content-Type", "application/json;charset=utf-8");
    response.body = body;
  };
  HttpServerOptions server_options;
  server_options.threads = options.Number("--threads");
  const auto server = HttpServer::Listen("127.0.0.1", 0, handler, server_options);
  if (!server) {
    std::cerr << server.error().Text() << "\n";
    return 2;
  }
  if (!options.serve) return Drive((*server)->Url(), options);
  std::cout << "listening on " << (*server)->Url() << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) continue;
  return 0;
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) { return assay::Main(argc, argv); }
