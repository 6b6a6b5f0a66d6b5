// What real clients sent, byte for byte, to a server that authenticates at the time of the capture.

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <string>
#include <utility>

#include "reference/auth/signature_vectors_for_test.h"
#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/server/server.h"
#include "reference/state/dataset.h"
#include "reference/wire/raw_socket_for_test.h"
#include "spec/text/time.h"

namespace assay {
namespace {

// The captures were made from 02:20:07 (in headers: to 02:22:17) to 02:52:06.
constexpr const char* kAfterTheCaptures = "2026-11-24T02:33:00Z";

std::unique_ptr<Server> StartServer(const char* now = kAfterTheCaptures,
                                    Credentials key = {"testid", "testsecret"}) {
  std::int64_t seconds = 0;
  EXPECT_TRUE(ParseTime(now, &seconds));
  auto server = Server::Start(
      TestDataset(), {}, "127.0.0.1", 0, {.threads = 1},
      {.authenticate = true, .keys = {std::move(key)}, .now = [seconds] { return seconds; }});
  EXPECT_TRUE(server);
  return std::move(*server);
}

struct Seen {
  int status = 0;
  std::string code;  // of an envelope
  std::int64_t total = -1, listed = -1;
};

Seen ReadXml(int status, const std::string& body) {
  pugi::xml_document document;
  EXPECT_TRUE(document.load_string(body.c_str())) << body;
  const pugi::xml_node root = document.document_element();
  const auto items = root.child("Snapshots").children("Snapshot");
  return {status, root.child_value("Code"), root.child("TotalCount").text().as_llong(-1),
          std::distance(items.begin(), items.end())};
}

Seen ReadJson(int status, const std::string& body) {
  const auto json = nlohmann::json::parse(body);
  if (status != 200) return {status, json.at("Code")};
  return {status, "", json.at("TotalCount"),
          static_cast<std::int64_t>(json.at("Snapshots").at("Snapshot").size())};
}

// Sends the bytes of the capture, and reads the answer in the format that its client asked for.
Seen Replay(const Server& server, const Capture& capture) {
  RawSocket socket = RawSocket::ConnectedTo(server.port());
  EXPECT_TRUE(socket.Send(ReadVectorFile("captures/" + capture.name)));
  const std::string message = socket.ReadMessage();
  const std::size_t head_end = message.find("\r\n\r\n");
  if (head_end == std::string::npos) return {};
  const int status = std::stoi(message.substr(9, 3));
  const std::string body = message.substr(head_end + 4);
  if (message.find("\r\nContent-Type: text/plain") < head_end) return {status, "(no HTTP)"};
  return capture.name.starts_with("libcloud") ? ReadXml(status, body) : ReadJson(status, body);
}

// What is wrong with each request that gets no list.
struct Refused {
  int status;
  const char* code;
};
const std::map<std::string, Refused>& Refusals() {
  static const auto* const refusals = [] {
    // The link `sl` that they name does not exist.
    constexpr Refused kNoLink = {404, "InvalidSnapshotLinkId.NotFound"};
    // A blank in the request target, where RFC 9112, 3 lets the version begin.
    constexpr Refused kRawBlank = {400, "(no HTTP)"};
    // No key id: they come with a bearer token, and this server has issued none.
    constexpr Refused kBearer = {400, "MissingAccessKeyId"};
    constexpr Refused kNoRegion = {400, "MissingParameter"};
    return new std::map<std::string, Refused>{
        {"tea-ecs1.1.0-full.txt", kNoLink},
        {"tea-ecs1.1.0-v1alg.txt", kNoLink},
        {"tea-ecs3.0.13-full.txt", kNoLink},
        {"tea-ecs3.0.13-v1alg.txt", kNoLink},
        {"tea7-v1-full.txt", kNoLink},
        {"tea7-v3-full.txt", kNoLink},
        {"fog-aliyun0.3.2-shim-name.txt", kRawBlank},
        {"fog-aliyun0.3.2-shim2-name.txt", kRawBlank},
        {"tea7-bearer-v1.txt", kBearer},
        {"tea7-bearer-v3.txt", kBearer},
        {"tea7-no-region.txt", kNoRegion},
        {"tea7-empty-strings.txt", kNoRegion},
        // Its RegionId is in a JSON body; the operation has query and form only.
        {"openapi-client0.4.15-v3-post-json.txt", kNoRegion},
        // A NextToken that no answer held: "tok".
        {"popcore-get-full.txt", {400, "InvalidParameter"}}};
  }();
  return *refusals;
}

// The names, ids and disks that the captures ask for are nobody's; if none is asked for, the list
// is the whole region.
std::int64_t TotalFor(const Capture& capture) {
  const Request request = DecodeRequest(capture.http);
  for (const char* name : {"SnapshotName", "SnapshotIds", "DiskId"}) {
    if (request.Find(name)) return 0;
  }
  return static_cast<std::int64_t>(TestDataset().by_region.at("cn-hangzhou").size());
}

std::int64_t PageSizeFor(const Capture& capture) {
  const Request request = DecodeRequest(capture.http);
  const auto size = request.Find("PageSize");
  return size ? std::stoll(std::string(*size)) : 10;
}

TEST(CaptureReplay, EveryRequestGetsTheAnswerItDeserves) {
  const auto server = StartServer();
  std::size_t lists = 0, refused = 0;
  for (const Capture& capture : ReadCaptures()) {
    SCOPED_TRACE(capture.name);
    const Seen seen = Replay(*server, capture);
    const auto refusal = Refusals().find(capture.name);
    if (refusal != Refusals().end()) {
      ++refused;
      EXPECT_EQ(seen.status, refusal->second.status);
      EXPECT_EQ(seen.code, refusal->second.code);
      continue;
    }
    ++lists;
    EXPECT_EQ(seen.status, 200) << seen.code;
    EXPECT_EQ(seen.total, TotalFor(capture));
    EXPECT_EQ(seen.listed, std::min(seen.total, PageSizeFor(capture)));
  }
  EXPECT_EQ(refused, Refusals().size());
  EXPECT_EQ(lists, 30u);
}

// What never reaches the check of the nonce: no HTTP, or not signed.
bool IsSignedHttp(const Capture& capture) {
  return capture.scheme != CaptureScheme::kBearer &&
         capture.http.target.find(' ') == std::string::npos;
}

TEST(CaptureReplay, NoRequestIsTakenTwice) {
  const auto server = StartServer();
  int replayed = 0;
  for (const Capture& capture : ReadCaptures()) {
    if (!IsSignedHttp(capture)) continue;
    SCOPED_TRACE(capture.name);
    Replay(*server, capture);
    EXPECT_EQ(Replay(*server, capture).code, "SignatureNonceUsed");
    ++replayed;
  }
  EXPECT_EQ(replayed, 40);
}

TEST(CaptureReplay, ADayLaterEveryRequestIsTooOld) {
  const auto server = StartServer("2026-11-25T02:33:00Z");
  for (const Capture& capture : ReadCaptures()) {
    if (!IsSignedHttp(capture)) continue;
    EXPECT_EQ(Replay(*server, capture).code, "InvalidTimeStamp.Expired") << capture.name;
  }
}

TEST(CaptureReplay, ATemporaryKeyNeedsItsToken) {
  const auto server = StartServer(kAfterTheCaptures, {"testid", "testsecret", "teststs+/=token"});
  int with_token = 0;
  for (const Capture& capture : ReadCaptures()) {
    if (!IsSignedHttp(capture)) continue;
    SCOPED_TRACE(capture.name);
    const bool has_token = capture.name.find("-sts.") != std::string::npos;
    with_token += has_token ? 1 : 0;
    const Seen seen = Replay(*server, capture);
    EXPECT_EQ(seen.code, has_token ? "" : "MissingSecurityToken");
    EXPECT_EQ(seen.status, has_token ? 200 : 400);
  }
  EXPECT_EQ(with_token, 3);
}

}  // namespace
}  // namespace assay
