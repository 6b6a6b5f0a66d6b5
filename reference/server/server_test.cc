#include "reference/server/server.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "reference/auth/request_signer.h"
#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/target/http_client.h"
#include "reference/wire/raw_socket_for_test.h"

namespace assay {
namespace {

using Json = nlohmann::json;

// What came back over the wire.
struct Reply {
  int status = 0;
  std::string head, body;

  std::string Header(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
  Json json() const { return Json::parse(body); }
  std::size_t listed() const { return json()["Snapshots"]["Snapshot"].size(); }
};

class ServerTest : public testing::Test {
 protected:
  static std::unique_ptr<Server> StartServer(Pairs pins = {}) {
    auto server = Server::Start(TestDataset(), Pins(pins), "127.0.0.1", 0, {.threads = 1});
    EXPECT_TRUE(server);
    return std::move(*server);
  }

  static Reply Exchange(const Server& server, const std::string& request) {
    RawSocket socket = RawSocket::ConnectedTo(server.port());
    EXPECT_TRUE(socket.Send(request));
    const std::string message = socket.ReadMessage();
    Reply reply;
    const std::size_t end = message.find("\r\n\r\n");
    if (end == std::string::npos) return reply;
    reply.head = message.substr(0, end + 2);
    reply.body = message.substr(end + 4);
    reply.status = std::stoi(message.substr(9, 3));
    return reply;
  }
  static std::string Get(const std::string& query, const std::string& headers = "") {
    return fmt::format("GET /?{} HTTP/1.1\r\nHost: ecs.example.com\r\n{}\r\n", query, headers);
  }
  static std::string Post(const std::string& query, const std::string& form,
                          const std::string& headers = "") {
    return fmt::format(
        "POST /{}{} HTTP/1.1\r\nHost: ecs.example.com\r\n{}Content-Type: "
        "application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{}",
        query.empty() ? "" : "?", query, headers, form.size(), form);
  }

  std::unique_ptr<Server> server_ = StartServer();
};

constexpr const char* kList =
    "Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON&PageSize=20";

TEST_F(ServerTest, AnswersAGet) {
  const Reply reply = Exchange(*server_, Get(kList));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.listed(), 20u);
  EXPECT_EQ(reply.json()["TotalCount"], 181);
  EXPECT_EQ(reply.Header("Content-Type"), "application/json;charset=utf-8");
}

TEST_F(ServerTest, TakesAFormASplitAndAQueryByPost) {
  for (const std::string& request :
       {Post("", kList),
        Post("Action=DescribeSnapshots&Format=JSON", "RegionId=cn-hangzhou&PageSize=20"),
        Post(kList, "")}) {
    const Reply reply = Exchange(*server_, request);
    EXPECT_EQ(reply.status, 200) << request;
    EXPECT_EQ(reply.listed(), 20u) << request;
  }
}

TEST_F(ServerTest, TakesActionAndVersionFromHeaders) {
  const std::string headers = "x-acs-action: DescribeSnapshots\r\nx-acs-version: 2014-05-26\r\n";
  const Reply reply = Exchange(*server_, Get("RegionId=cn-hangzhou&PageSize=20", headers));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.listed(), 20u) << "JSON, since the client names no format";
  const Reply wrong =
      Exchange(*server_, Get("RegionId=cn-hangzhou&Format=JSON&Action=DescribeSnapshots&PageSize=5",
                             "x-acs-version: 2010-01-01\r\n"));
  EXPECT_EQ(wrong.json()["Code"], "InvalidVersion");
}

TEST_F(ServerTest, TakesABodyInChunks) {
  const std::string form = kList;
  std::string chunks;
  for (std::size_t at = 0; at < form.size(); at += 7) {
    const std::string piece = form.substr(at, 7);
    chunks += fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
  }
  const Reply reply =
      Exchange(*server_,
               "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n"
               "Transfer-Encoding: chunked\r\n\r\n" +
                   chunks + "0\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.listed(), 20u);
}

TEST_F(ServerTest, LeavesABodyAloneThatIsNoForm) {
  std::string request =
      Post("Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON", "Status=failed");
  const std::string form = "application/x-www-form-urlencoded";
  request.replace(request.find(form), form.size(), "application/json");
  EXPECT_EQ(Exchange(*server_, request).json()["TotalCount"], 181);
}

TEST_F(ServerTest, WritesXmlAndJson) {
  const Reply xml =
      Exchange(*server_, Get("Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=XML"));
  EXPECT_EQ(xml.Header("Content-Type"), "text/xml;charset=utf-8");
  EXPECT_TRUE(xml.body.starts_with("<?xml"));
  const Reply neither = Exchange(*server_, Get("Action=DescribeSnapshots&RegionId=cn-hangzhou"));
  EXPECT_TRUE(neither.body.starts_with("<?xml")) << "the default of the protocol";
}

TEST_F(ServerTest, SaysTheRequestIdInHeaderAndBody) {
  std::set<std::string> ids;
  for (const std::string& query : {std::string(kList), kList + std::string("&Status=x")}) {
    const Reply reply = Exchange(*server_, Get(query));
    EXPECT_EQ(reply.Header("x-acs-request-id"), reply.json()["RequestId"].get<std::string>());
    EXPECT_EQ(reply.Header("x-acs-request-id").size(), 36u);
    ids.insert(reply.Header("x-acs-request-id"));
  }
  EXPECT_EQ(ids.size(), 2u);
}

TEST_F(ServerTest, RefusesWithTheEnvelope) {
  const Reply reply = Exchange(*server_, Get(kList + std::string("&Usage=x")));
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.json()["Code"], "InvalidUsage");
  EXPECT_EQ(reply.json()["HostId"], "ecs.example.com");
}

TEST_F(ServerTest, RefusesOtherMethods) {
  for (const char* method : {"PUT", "DELETE", "PATCH", "OPTIONS", "NONSENSE"}) {
    std::string request = Get(kList);
    request.replace(0, 3, method);
    const Reply reply = Exchange(*server_, request);
    EXPECT_EQ(reply.status, 403) << method;
  }
}

TEST_F(ServerTest, ClosesOnOtherMethodsWhereTheReadingSaysSo) {
  const auto server = StartServer({{"encoding.method.other", "closed"}});
  std::string request = Get(kList);
  request.replace(0, 3, "PUT");
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  EXPECT_TRUE(socket.Send(request));
  bool closed = false;
  EXPECT_EQ(socket.ReadAll(&closed), "");
  EXPECT_TRUE(closed);
  EXPECT_EQ(Exchange(*server, Get(kList)).status, 200);
}

TEST_F(ServerTest, DecodesValuesOnce) {
  const std::string& name = SnapshotWith(Field::kSnapshotName)[Field::kSnapshotName];
  const Reply found = Exchange(*server_, Get(kList + ("&SnapshotName=" + PercentEncode(name))));
  EXPECT_GE(found.listed(), 1u);
  const Reply twice =
      Exchange(*server_, Get(kList + ("&SnapshotName=" + PercentEncode(PercentEncode(name)))));
  EXPECT_EQ(twice.listed(), 0u);
}

TEST_F(ServerTest, ServesTheDriverWhateverThePlacement) {
  auto target = HttpTarget::Open(server_->Url(), {.connections = 2});
  ASSERT_TRUE(target);
  for (const auto& [method, placement] :
       std::vector<std::pair<std::string, Placement>>{{"GET", Placement::kQuery},
                                                      {"POST", Placement::kForm},
                                                      {"POST", Placement::kSplit},
                                                      {"POST", Placement::kQuery}}) {
    Request request = Ask({{"PageSize", "20"}});
    request.method = method;
    request.placement = placement;
    const Result<Response> response = Send(**target, request);
    ASSERT_TRUE(response);
    EXPECT_EQ(Json::parse(response->body)["Snapshots"]["Snapshot"].size(), 20u);
    EXPECT_EQ(Json::parse(response->body).value("RequestId", ""), response->request_id);
  }
}

TEST(DecodeRequest, JoinsQueryAndForm) {
  HttpRequest http{.method = "POST", .target = "/?A=1&B=x%20y", .body = "C=%2B&A=2"};
  http.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  const Request split = DecodeRequest(http);
  EXPECT_EQ(split.placement, Placement::kSplit);
  EXPECT_EQ(split.parameters,
            (std::vector<Parameter>{{"A", "1"}, {"B", "x y"}, {"C", "+"}, {"A", "2"}}));
  http.target = "/";
  EXPECT_EQ(DecodeRequest(http).placement, Placement::kForm);
  http.body.clear();
  EXPECT_EQ(DecodeRequest(http).placement, Placement::kQuery);
  EXPECT_TRUE(DecodeRequest(http).parameters.empty());
}

TEST(DecodeRequest, PrefersParametersToHeaders) {
  HttpRequest http{.method = "GET", .target = "/?Action=A&Version=1"};
  http.headers = {{"x-acs-action", "B"}, {"x-acs-version", "2"}};
  const Request request = DecodeRequest(http);
  EXPECT_EQ(request.Find("Action"), "A");
  EXPECT_EQ(request.Find("Version"), "1");
  EXPECT_FALSE(request.Find("Format"));
}

class AuthenticatingServerTest : public ServerTest {
 protected:
  static Result<Response> SendSigned(const Server& server, SignerOptions options,
                                     const std::string& secret = "testsecret") {
    auto target = HttpTarget::Open(
        server.Url(), {.connections = 1, .sign = MakeSigner({"testid", secret}, options)});
    EXPECT_TRUE(target);
    return Send(**target, Ask({{"SnapshotName", "a b+*'研"}}));
  }
  static std::string CodeOf(const Result<Response>& response) {
    EXPECT_TRUE(response);
    return Json::parse(response->body).value("Code", "");
  }

  std::unique_ptr<Server> signed_ = std::move(
      *Server::Start(TestDataset(), {}, "127.0.0.1", 0, {.threads = 1},
                     {.authenticate = true, .keys = {{"testid", "testsecret"}}, .now = [] {
                        return 1764000000;
                      }}));
};

TEST_F(AuthenticatingServerTest, AnswersWhoeverSignsWithTheKey) {
  for (const auto scheme : {SignatureScheme::kParameters, SignatureScheme::kHeaders}) {
    const auto response =
        SendSigned(*signed_, {.scheme = scheme, .now = [] { return 1764000000; }});
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200) << response->body;
  }
}

TEST_F(AuthenticatingServerTest, RefusesOthersInTheFormatAskedFor) {
  const auto now = [] { return std::int64_t{1764000000}; };
  const SignerOptions v1{.scheme = SignatureScheme::kParameters, .now = now};
  EXPECT_EQ(CodeOf(SendSigned(*signed_, v1, "other")), "SignatureDoesNotMatch");
  EXPECT_EQ(
      CodeOf(SendSigned(*signed_, {.scheme = SignatureScheme::kHeaders, .now = now}, "other")),
      "SignatureDoesNotMatch");
  EXPECT_EQ(CodeOf(SendSigned(*signed_, {.scheme = SignatureScheme::kParameters,
                                         .now = [] { return 1764000000 - 3600; }})),
            "InvalidTimeStamp.Expired");
  const SignerOptions once{.scheme = SignatureScheme::kParameters, .now = now, .nonce = [] {
                             return std::string("the same");
                           }};
  EXPECT_EQ(CodeOf(SendSigned(*signed_, once)), "");
  EXPECT_EQ(CodeOf(SendSigned(*signed_, once)), "SignatureNonceUsed");
  const Reply json = Exchange(*signed_, Get(std::string(kList) + "&Version=2014-05-26"));
  EXPECT_EQ(json.status, 400);
  EXPECT_EQ(json.json()["Code"], "MissingAccessKeyId");
  const Reply xml = Exchange(*signed_, Get("Action=DescribeSnapshots&Version=2014-05-26"));
  EXPECT_NE(xml.body.find("<Code>MissingAccessKeyId</Code>"), std::string::npos) << xml.body;
}

TEST(Server, SaysWhyItCannotListen) {
  const auto server = Server::Start(TestDataset(), {}, "no such host", 0);
  ASSERT_FALSE(server);
  EXPECT_FALSE(server.error().what.empty());
}

}  // namespace
}  // namespace assay
