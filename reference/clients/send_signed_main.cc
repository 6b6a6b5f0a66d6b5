// Sends signed requests full of characters that encoders differ on, for somebody else to verify.
//
// usage: send_signed URL v1|v3|v3-sm3 KEY_ID SECRET [TOKEN]
// Prints a line of JSON for each request that was answered with 200: what was meant. Ends with 0
// if all of them were.
#include <fmt/format.h>

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "reference/auth/request_signer.h"
#include "reference/target/http_client.h"
#include "spec/text/result.h"

namespace assay {
namespace {

using namespace std::string_literals;

const std::map<std::string_view, SignerOptions> kSigners = {
    {"v1", {.scheme = SignatureScheme::kParameters}},
    {"v3", {.scheme = SignatureScheme::kHeaders}},
    {"v3-sm3", {.scheme = SignatureScheme::kHeaders, .algorithm = HeaderAlgorithm::kSm3}}};

const std::vector<std::string> kValues = {"plain",
                                          "a b",
                                          "  blanks around ",
                                          "+",
                                          "a+b c%20d",
                                          "!'()*",
                                          "~-._",
                                          "%",
                                          "%41%2B%zz",
                                          "&=&==",
                                          "?#/:;,@$|",
                                          "[\"s-1\"]",
                                          "<\\`^{}>",
                                          "中文 研发部",
                                          "é e\u0301 ß",
                                          "😀 👩‍💻",
                                          "\U0010FFFF!",
                                          "line\r\nbreak\ttab",
                                          "a\0b"s,
                                          ""};

std::vector<std::vector<Parameter>> MakeParameters(bool in_headers) {
  std::vector<std::vector<Parameter>> out;
  std::vector<Parameter> all;
  for (std::size_t i = 0; i < kValues.size(); ++i) {
    out.push_back({{"SnapshotName", kValues[i]}});
    all.push_back({fmt::format("Tag.{}.Key", i + 1), kValues[i]});
    all.push_back({fmt::format("Tag.{}.Value", i + 1), kValues[kValues.size() - 1 - i]});
  }
  out.push_back(all);
  // In headers the SDKs sign names as they are, and agree with nobody on names that need encoding.
  if (!in_headers) out.push_back({{"na me+*~'研%&=", "value"}, {"!", "1"}, {"~", "2"}});
  return out;
}

std::vector<Request> MakeRequests(bool in_headers) {
  std::vector<Request> out;
  for (const auto& [method, placement] :
       std::vector<std::pair<const char*, Placement>>{{"GET", Placement::kQuery},
                                                      {"POST", Placement::kQuery},
                                                      {"POST", Placement::kForm},
                                                      {"POST", Placement::kSplit}}) {
    for (const FormEncoding encoding : {FormEncoding::kPercent, FormEncoding::kPlus}) {
      for (const std::vector<Parameter>& parameters : MakeParameters(in_headers)) {
        Request request{.method = method, .placement = placement, .encoding = encoding};
        request.parameters = {{"Action", "DescribeSnapshots"}, {"RegionId", "cn-hangzhou"}};
        request.parameters.insert(request.parameters.end(), parameters.begin(), parameters.end());
        out.push_back(std::move(request));
      }
    }
  }
  return out;
}

nlohmann::json Describe(const Request& request) {
  nlohmann::json parameters = nlohmann::json::object();
  for (const Parameter& parameter : request.parameters) {
    parameters[parameter.name] = parameter.value;
  }
  return {{"method", request.method},
          {"placement", NameOf(request.placement)},
          {"encoding", NameOf(request.encoding)},
          {"parameters", parameters}};
}

int Fail(const std::string& what) {
  std::cerr << "send_signed: " << what << '\n';
  return 1;
}

int Send(const std::string& url, const SignerOptions& options, const Credentials& credentials) {
  auto target = HttpTarget::Open(url, {.connections = 1, .sign = MakeSigner(credentials, options)});
  if (!target) return Fail(target.error().Text());
  for (const Request& request : MakeRequests(options.scheme == SignatureScheme::kHeaders)) {
    const Result<Response> response = Send(**target, request);
    if (!response) return Fail(response.error().Text());
    if (response->status != 200) return Fail(fmt::format("status {}", response->status));
    std::cout << Describe(request).dump() << '\n';
  }
  return 0;
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() < 4 || arguments.size() > 5 || !kSigners.contains(arguments[1])) {
    return Fail("usage: send_signed URL v1|v3|v3-sm3 KEY_ID SECRET [TOKEN]");
  }
  const std::string token = arguments.size() > 4 ? arguments[4] : "";
  return Send(arguments[0], kSigners.at(arguments[1]), {arguments[2], arguments[3], token});
}

}  // namespace
}  // namespace assay

int main(int count, char** arguments) { return assay::Main({arguments + 1, arguments + count}); }
