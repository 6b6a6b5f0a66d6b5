// Requests that are too large, cut short, badly encoded or never end, sent over the wire to a
// server that authenticates. One thread serves all, so that whatever holds it up holds up the next
// client.

#include <gtest/gtest.h>
#include <malloc.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "reference/auth/gateway.h"
#include "reference/auth/request_signer.h"
#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/server/server.h"
#include "reference/state/dataset.h"
#include "reference/wire/raw_socket_for_test.h"
#include "reference/wire/wire_request.h"
#include "spec/text/time.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::int64_t kNow = 1764000000;
constexpr std::size_t kKiB = 1024, kMiB = 1024 * kKiB;
constexpr SignatureScheme kSchemes[] = {SignatureScheme::kParameters, SignatureScheme::kHeaders};

const char* NameOf(SignatureScheme scheme) {
  return scheme == SignatureScheme::kHeaders ? "in headers" : "in parameters";
}

// What came back; status 0 if the server closed without a word.
struct Reply {
  int status = 0;
  std::string body;
  nlohmann::json Json() const { return nlohmann::json::parse(body, nullptr, false); }
  std::string Code() const {
    const nlohmann::json json = Json();
    return json.is_object() ? json.value("Code", "") : "";
  }
  int Total() const {
    const nlohmann::json json = Json();
    return json.is_object() ? json.value("TotalCount", -1) : -1;
  }
};

Reply ParseReply(const std::string& message) {
  const std::size_t end = message.find("\r\n\r\n");
  if (end == std::string::npos) return {};
  return {std::stoi(message.substr(9, 3)), message.substr(end + 4)};
}

// A request as it travels, signed by the key with this secret.
std::string Signed(const Request& request, SignatureScheme scheme,
                   const std::string& secret = "testsecret") {
  WireRequest wire{.host = "ecs.example.com", .path = "/"};
  LayOut(request, "2014-05-26", &wire);
  MakeSigner({"testid", secret}, {.scheme = scheme, .now = [] { return kNow; }})(request, wire);
  std::string bytes;
  Encode(wire, "hostile", &bytes);
  return bytes;
}

Request Placed(Request request, Placement placement) {
  request.placement = placement;
  request.method = placement == Placement::kQuery ? "GET" : "POST";
  return request;
}

// A text that nobody's snapshot is called, and that takes at least so many bytes when encoded.
std::string TextOfEncodedSize(std::size_t size) {
  std::string text;
  while (text.size() * 9 / 4 < size) text += "a b+*'研";
  return text;
}

class HostileRequests : public testing::Test {
 protected:
  // Every test ends with a client that is served as if nothing had been.
  void TearDown() override {
    for (const SignatureScheme scheme : kSchemes) {
      const Reply reply = Say(Signed(Ask({{"PageSize", "5"}}), scheme));
      EXPECT_EQ(reply.status, 200) << reply.body;
      EXPECT_EQ(reply.Total(), 181) << reply.body;
    }
    EXPECT_LT(Clock::now() - started_, std::chrono::seconds(180));
  }

  static std::unique_ptr<Server> StartServer(HttpServerOptions options = {}) {
    options.threads = 1;
    auto server = Server::Start(
        TestDataset(), {}, "127.0.0.1", 0, options,
        {.authenticate = true, .keys = {{"testid", "testsecret"}}, .now = [] { return kNow; }});
    EXPECT_TRUE(server);
    return std::move(*server);
  }

  Reply Say(const std::string& bytes) const {
    RawSocket socket = RawSocket::ConnectedTo(server_->port());
    EXPECT_TRUE(socket.Send(bytes));
    return ParseReply(socket.ReadMessage());
  }
  Reply SaySigned(const Request& request, SignatureScheme scheme) const {
    return Say(Signed(request, scheme));
  }

  const Clock::time_point started_ = Clock::now();
  std::unique_ptr<Server> server_ = StartServer();
};

// A refusal in the envelope of the service: JSON in UTF-8, with a status that fits.
void ExpectEnvelope(const Reply& reply) {
  EXPECT_TRUE(reply.status >= 400 && reply.status < 500) << reply.status;
  const nlohmann::json json = reply.Json();
  ASSERT_TRUE(json.is_object()) << reply.body;
  for (const char* name : {"RequestId", "HostId", "Code", "Message"}) {
    EXPECT_TRUE(json.contains(name) && json[name].is_string() && !json[name].empty()) << name;
  }
}

// Depends on the reading: a list, or a refusal.
void ExpectListOrEnvelope(const Reply& reply) {
  if (reply.status != 200) return ExpectEnvelope(reply);
  EXPECT_GE(reply.Total(), 0) << reply.body;
}

// size.

TEST_F(HostileRequests, LongParametersAreReadUpToTheLimits) {
  for (const SignatureScheme scheme : kSchemes) {
    for (const Placement placement : {Placement::kQuery, Placement::kForm, Placement::kSplit}) {
      for (const std::size_t size : {8 * kKiB, 64 * kKiB, 1 * kMiB}) {
        SCOPED_TRACE(std::string(NameOf(scheme)) + ", " + std::string(NameOf(placement)) + ", " +
                     std::to_string(size));
        const Request request = Placed(Ask({{"SnapshotName", TextOfEncodedSize(size)}}), placement);
        const std::string bytes = Signed(request, scheme);
        ASSERT_GE(bytes.size(), size);
        const Reply reply = Say(bytes);
        const bool too_long = placement == Placement::kQuery && size == kMiB;
        EXPECT_EQ(reply.status, too_long ? 431 : 200) << reply.body.substr(0, 400);
        EXPECT_EQ(reply.Total(), too_long ? -1 : 0);
      }
    }
  }
}

TEST_F(HostileRequests, LongParametersOfAnotherSecretDoNotMatch) {
  for (const SignatureScheme scheme : kSchemes) {
    for (const std::size_t size : {8 * kKiB, 64 * kKiB, 1 * kMiB}) {
      SCOPED_TRACE(std::string(NameOf(scheme)) + ", " + std::to_string(size));
      const std::string bytes = Signed(
          Placed(Ask({{"SnapshotName", TextOfEncodedSize(size)}}), Placement::kForm), scheme, "x");
      const Reply reply = Say(bytes);
      ExpectEnvelope(reply);
      EXPECT_EQ(reply.Code(), "SignatureDoesNotMatch");
      // It holds the text that was to be signed, where one byte can take five.
      EXPECT_LT(reply.body.size(), 5 * bytes.size() + 4 * kKiB);
    }
  }
}

TEST_F(HostileRequests, ABodyOverTheLimitIsRefused) {
  for (const SignatureScheme scheme : kSchemes) {
    const Reply reply = Say(Signed(
        Placed(Ask({{"SnapshotName", TextOfEncodedSize(5 * kMiB)}}), Placement::kForm), scheme));
    EXPECT_EQ(reply.status, 413) << reply.body;
  }
}

TEST_F(HostileRequests, AThousandParametersAreRead) {
  for (const SignatureScheme scheme : kSchemes) {
    for (const Placement placement : {Placement::kQuery, Placement::kForm, Placement::kSplit}) {
      SCOPED_TRACE(std::string(NameOf(scheme)) + ", " + std::string(NameOf(placement)));
      Request unknown = Placed(Ask(), placement), repeated = unknown, tags = unknown;
      for (int i = 0; i < 1000; ++i) {
        unknown.parameters.push_back({"Unknown" + std::to_string(i % 700), "v"});
        repeated.parameters.push_back({"Status", "all"});
        tags.parameters.push_back({"Tag." + std::to_string(i) + ".Key", "k"});
      }
      EXPECT_EQ(SaySigned(unknown, scheme).Total(), 181) << "unknown names are ignored";
      ExpectListOrEnvelope(SaySigned(repeated, scheme));
      const Reply reply = SaySigned(tags, scheme);
      ExpectEnvelope(reply);
    }
  }
}

TEST_F(HostileRequests, AHundredThousandParametersAreReadInTime) {
  for (const SignatureScheme scheme : kSchemes) {
    for (const char* name : {"a", "Status", "Tag.1.Key", "Action"}) {
      SCOPED_TRACE(name);
      Request request = Placed(Ask({{"MaxResults", "10"}}), Placement::kForm);
      for (int i = 0; i < 100'000; ++i) request.parameters.push_back({name, ""});
      ExpectListOrEnvelope(SaySigned(request, scheme));
    }
  }
}

// what never ends.

// Sends the piece again and again, until the server has enough: 0 if it never had.
std::size_t SentUntilClosed(RawSocket& socket, const std::string& start, const std::string& piece) {
  if (!socket.Send(start)) return start.size();
  std::size_t sent = start.size();
  while (sent < 64 * kMiB) {
    if (!socket.Send(piece)) return sent;
    sent += piece.size();
  }
  return 0;
}

TEST_F(HostileRequests, AHeadWithoutEndIsCutOff) {
  const std::string many(16 * kKiB, 'a');
  std::string lines;
  while (lines.size() < 16 * kKiB) lines += "x-acs-a: b\r\n";
  const struct {
    std::string start, piece;
  } heads[] = {{"GET /?a=", many},
               {"GET / HTTP/1.1\r\nX: ", many},
               {"GET / HTTP/1.1\r\n", many},
               {"GET / HTTP/1.1\r\n", lines},
               {"", many}};
  for (const auto& [start, piece] : heads) {
    SCOPED_TRACE(start + piece.substr(0, 20));
    RawSocket socket = RawSocket::ConnectedTo(server_->port());
    const std::size_t sent = SentUntilClosed(socket, start, piece);
    EXPECT_GT(sent, 0u) << "the server takes all that comes";
    EXPECT_LT(sent, 32 * kMiB);
    const Reply reply = ParseReply(socket.ReadAll());
    EXPECT_TRUE(reply.status == 431 || reply.status == 400) << reply.status;
  }
}

TEST_F(HostileRequests, ChunksWithoutEndAreCutOff) {
  const std::string head =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  const std::string chunk = "4000\r\n" + std::string(16 * kKiB, 'a') + "\r\n";
  const struct {
    std::string start, piece;
    int status;
  } bodies[] = {{"", chunk, 413},
                {"1;", std::string(16 * kKiB, 'a'), 431},
                {"0\r\n", "X: " + std::string(16 * kKiB, 'a') + "\r\n", 431}};
  for (const auto& [start, piece, status] : bodies) {
    SCOPED_TRACE(piece.substr(0, 20));
    RawSocket socket = RawSocket::ConnectedTo(server_->port());
    EXPECT_GT(SentUntilClosed(socket, head + start, piece), 0u);
    EXPECT_EQ(ParseReply(socket.ReadAll()).status, status);
  }
}

TEST_F(HostileRequests, ALengthThatNobodySendsIsRefusedAtOnce) {
  for (const char* length : {"4194305", "9999999999999", "18446744073709551615"}) {
    EXPECT_EQ(Say("POST / HTTP/1.1\r\nContent-Length: " + std::string(length) + "\r\n\r\n").status,
              413);
  }
  for (const char* length : {"18446744073709551616", "-1", "+1", "0x10", "1 2", ""}) {
    EXPECT_EQ(Say("POST / HTTP/1.1\r\nContent-Length: " + std::string(length) + "\r\n\r\n").status,
              400)
        << length;
  }
}

// what ends too early.

TEST_F(HostileRequests, ABodyShorterThanAnnouncedIsNeverServed) {
  server_ = StartServer({.read_timeout = milliseconds(300)});
  for (const SignatureScheme scheme : kSchemes) {
    const std::string whole =
        Signed(Placed(Ask({{"SnapshotName", "some name"}}), Placement::kForm), scheme);
    for (const std::size_t missing : {std::size_t{1}, whole.size() - whole.find("\r\n\r\n") - 4}) {
      SCOPED_TRACE(std::string(NameOf(scheme)) + ", without " + std::to_string(missing));
      const std::string bytes = whole.substr(0, whole.size() - missing);
      RawSocket silent = RawSocket::ConnectedTo(server_->port());
      ASSERT_TRUE(silent.Send(bytes));
      RawSocket ended = RawSocket::ConnectedTo(server_->port());
      ASSERT_TRUE(ended.Send(bytes));
      ::shutdown(ended.descriptor(), SHUT_WR);
      bool closed = false;
      EXPECT_EQ(ended.ReadAll(&closed), "") << "nobody is left to tell";
      EXPECT_TRUE(closed);
      EXPECT_EQ(ParseReply(silent.ReadAll(&closed)).status, 408);
      EXPECT_TRUE(closed);
    }
  }
}

TEST_F(HostileRequests, HundredsThatVanishAmidARequestLeaveNothingBehind) {
  const std::string bytes =
      Signed(Placed(Ask({{"SnapshotName", TextOfEncodedSize(4 * kKiB)}}), Placement::kForm),
             SignatureScheme::kHeaders);
  for (std::size_t i = 0; i < 300; ++i) {
    RawSocket socket = RawSocket::ConnectedTo(server_->port());
    ASSERT_TRUE(socket.Send(bytes.substr(0, i * bytes.size() / 300)));
    // Half of them are reset, not closed.
    const linger now{1, 0};
    if (i % 2 == 0) setsockopt(socket.descriptor(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
}

TEST_F(HostileRequests, ARequestInSingleBytesIsServed) {
  for (const SignatureScheme scheme : kSchemes) {
    for (const Placement placement : {Placement::kQuery, Placement::kForm, Placement::kSplit}) {
      SCOPED_TRACE(std::string(NameOf(scheme)) + ", " + std::string(NameOf(placement)));
      const std::string bytes =
          Signed(Placed(Ask({{"SnapshotName", TextOfEncodedSize(kKiB)}}), placement), scheme);
      RawSocket socket = RawSocket::ConnectedTo(server_->port());
      for (const char byte : bytes) ASSERT_TRUE(socket.Send({&byte, 1}));
      EXPECT_EQ(ParseReply(socket.ReadMessage()).Total(), 0);
    }
  }
}

// what no text can be.

// Signs a query and a form that are sent as they are, in whatever encoding.
class RawRequest {
 public:
  RawRequest(std::string query, std::string form) : query_(std::move(query)) {
    http_ = {.method = "POST", .body = std::move(form)};
    http_.headers = {{"Host", "ecs.example.com"}, {"Content-Type", std::string(kFormContentType)}};
  }

  std::string Bytes(SignatureScheme scheme) {
    AddToQuery("Format=JSON&RegionId=cn-hangzhou");
    scheme == SignatureScheme::kHeaders ? SignHeaders() : SignParameters();
    std::string bytes = "POST /?" + query_ + " HTTP/1.1\r\n";
    for (const auto& [name, value] : http_.headers) bytes += name + ": " + value + "\r\n";
    bytes += "Content-Length: " + std::to_string(http_.body.size()) + "\r\n\r\n";
    return bytes + http_.body;
  }

 private:
  void AddToQuery(const std::string& text) { query_ += (query_.empty() ? "" : "&") + text; }
  WireParameters Decoded() {
    http_.target = "/?" + query_;
    return DecodeParameters(http_);
  }
  static std::string NewNonce() {
    static int count = 0;
    return "raw-" + std::to_string(++count);
  }

  void SignParameters() {
    AddToQuery(
        "Action=DescribeSnapshots&Version=2014-05-26&AccessKeyId=testid&SignatureMethod=HMAC-SHA1"
        "&SignatureVersion=1.0&SignatureNonce=" +
        NewNonce() + "&Timestamp=" + PercentEncode(FormatTime(kNow)));
    const WireParameters wire = Decoded();
    std::string to_sign;
    WriteParametersToSign("POST", wire.query, wire.form, &to_sign);
    Hmac hmac = ParameterHmac("testsecret");
    AddToQuery("Signature=" + PercentEncode(ParameterSignature(hmac, to_sign)));
  }

  void SignHeaders() {
    Digest digest(DigestKind::kSha256);
    const std::string payload_hash = Hex(digest.Of(http_.body));
    for (const Header& header : std::vector<Header>{{"x-acs-action", "DescribeSnapshots"},
                                                    {"x-acs-version", "2014-05-26"},
                                                    {"x-acs-date", FormatTime(kNow)},
                                                    {"x-acs-signature-nonce", NewNonce()},
                                                    {"x-acs-content-sha256", payload_hash}}) {
      http_.headers.push_back(header);
    }
    const WireParameters wire = Decoded();
    const HeaderNames names = NamesToSign(http_.headers);
    std::string canonical;
    WriteCanonicalRequest({"POST", "/", wire.query, http_.headers, names, payload_hash},
                          &canonical);
    Hmac hmac = HeaderHmac(HeaderAlgorithm::kSha256, "testsecret");
    std::string authorization = "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=";
    AppendSignedHeaders(names, &authorization);
    authorization += ",Signature=" + HeaderSignature(hmac, HeadersToSign(HeaderAlgorithm::kSha256,
                                                                         digest, canonical));
    http_.headers.emplace_back("Authorization", authorization);
  }

  std::string query_;
  HttpRequest http_;
};

// Names and values that are not valid percent encoding, UTF-8 or text.
const std::vector<std::string> kEscapes = {"%", "%4", "%zz", "%%41", "%u4e2d", "100%", "%4%31"};
const std::vector<std::string> kNoUtf8 = {"%FF",       "%C3",          "%C0%AF",
                                          "%ED%A0%80", "%F4%90%80%80", "%E4%B8"};
const std::vector<std::string> kNul = {"%00", "a%00b", "%00%00%00", "cn-hangzhou%00"};

TEST_F(HostileRequests, WhatIsBadlyEncodedIsSignedAsItIsReadAndAnswered) {
  for (const auto& texts : {kEscapes, kNoUtf8, kNul}) {
    for (const std::string& text : texts) {
      for (const std::string& pair :
           {"SnapshotName=" + text, text + "=1", "Tag.1.Key=" + text, "NextToken=" + text,
            "SnapshotIds=" + text, "Tag.1." + text + "=x", "PageSize=" + text}) {
        for (const SignatureScheme scheme : kSchemes) {
          SCOPED_TRACE(std::string(NameOf(scheme)) + ", " + pair);
          ExpectListOrEnvelope(Say(RawRequest(pair, "").Bytes(scheme)));
          ExpectListOrEnvelope(Say(RawRequest("", pair).Bytes(scheme)));
        }
      }
    }
  }
}

TEST_F(HostileRequests, AnEscapeThatIsNoneStandsForItself) {
  const int found = SaySigned(Ask({{"SnapshotName", "100%"}}), kSchemes[0]).Total();
  EXPECT_GT(found, 0);
  for (const SignatureScheme scheme : kSchemes) {
    for (const std::string text : {"%", "%4", "%zz", "%u4e2d", "100%"}) {
      SCOPED_TRACE(std::string(NameOf(scheme)) + ", " + text);
      const Reply reply = Say(RawRequest("", "SnapshotName=" + text).Bytes(scheme));
      EXPECT_EQ(reply.status, 200) << reply.body;
      EXPECT_EQ(reply.Total(), text == "100%" ? found : 0);
    }
  }
}

TEST_F(HostileRequests, BytesOfAFormAreReadAsTheyAre) {
  for (const SignatureScheme scheme : kSchemes) {
    for (const std::string& text :
         {std::string("\0", 1), std::string("a\0b", 3), std::string("\xff"),
          std::string("\r\n\r\n"), std::string("\xed\xa0\x80")}) {
      ExpectListOrEnvelope(Say(RawRequest("", "SnapshotName=" + text).Bytes(scheme)));
      ExpectListOrEnvelope(Say(RawRequest("", text + "=1").Bytes(scheme)));
    }
  }
}

TEST_F(HostileRequests, BytesThatNoHeadMayHoldAreRefused) {
  const std::string nul(1, '\0');
  for (const std::string& bytes :
       {"GET /?a=" + nul + " HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nA: " + nul + "\r\n\r\n", "GET / HTTP/1.1\r\nA" + nul + ": b\r\n\r\n",
        "G" + nul + "T / HTTP/1.1\r\n\r\n", nul + nul}) {
    RawSocket socket = RawSocket::ConnectedTo(server_->port());
    ASSERT_TRUE(socket.Send(bytes + "\r\n\r\n"));
    EXPECT_EQ(ParseReply(socket.ReadAll()).status, 400);
  }
}

// Whatever a header holds comes back in no form that breaks the answer.
TEST_F(HostileRequests, BytesBeyondAsciiInAHeadLeaveTheAnswerReadable) {
  for (const std::string& text : {std::string("\xff"), std::string("\xc0\xaf"), std::string("研"),
                                  std::string(60 * kKiB, '\xfe'), std::string("\"\\<&>")}) {
    for (const char* name : {"Host", "Authorization", "x-acs-action", "x-acs-version", "x-acs-date",
                             "x-acs-signature-nonce", "x-acs-security-token", "Content-Type"}) {
      SCOPED_TRACE(std::string(name) + ": " + text.substr(0, 10));
      ExpectEnvelope(Say("GET /?Action=DescribeSnapshots&Format=JSON HTTP/1.1\r\n" +
                         std::string(name) + ": " + text + "\r\n\r\n"));
    }
    ExpectEnvelope(Say("GET /?Action=DescribeSnapshots&Format=JSON&a=" + text +
                       " HTTP/1.1\r\nHost: h\r\n\r\n"));
  }
}

TEST_F(HostileRequests, AnAuthorizationOfAnyKindIsAnswered) {
  std::string names = "host";
  while (names.size() < 60 * kKiB) names += ";x-" + std::to_string(names.size());
  for (const std::string& value : std::vector<std::string>{
           "ACS3-HMAC-SHA256", "ACS3-", std::string(60 * kKiB, ','),
           "ACS3-HMAC-SHA256 Credential=testid,Signature=00,SignedHeaders=" + names,
           "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host,Signature=" +
               std::string(60 * kKiB, '0'),
           "ACS3-HMAC-MD5 Credential=testid,SignedHeaders=host,Signature=00"}) {
    ExpectEnvelope(Say(
        "GET /?Action=DescribeSnapshots&Version=2014-05-26&Format=JSON HTTP/1.1\r\nHost: h\r\n"
        "x-acs-date: " +
        FormatTime(kNow) + "\r\nx-acs-signature-nonce: n\r\nAuthorization: " + value + "\r\n\r\n"));
  }
}

TEST_F(HostileRequests, AFormIsOneInWhateverLettersItsTypeIsWritten) {
  std::string bytes = Signed(Placed(Ask(), Placement::kForm), SignatureScheme::kParameters);
  const std::string type = "application/x-www-form-urlencoded";
  bytes.replace(bytes.find(type), type.size(), "Application/X-WWW-Form-URLEncoded");
  EXPECT_EQ(Say(bytes).Total(), 181);
}

// what the server keeps.

// Bytes that the program holds; 0 under the sanitizers, which have an allocator of their own.
std::size_t HeldBytes() {
  const auto held = mallinfo2();
  return held.uordblks + held.hblkhd;
}

TEST_F(HostileRequests, ConnectionsThatRestHoldNoLargeRequests) {
  const std::string bytes =
      Signed(Placed(Ask({{"SnapshotName", TextOfEncodedSize(kMiB)}}), Placement::kForm),
             SignatureScheme::kParameters, "another secret");
  std::vector<RawSocket> resting;
  const std::size_t before = HeldBytes();
  for (int i = 0; i < 40; ++i) {
    resting.push_back(RawSocket::ConnectedTo(server_->port()));
    ASSERT_TRUE(resting.back().Send(bytes));
    EXPECT_EQ(ParseReply(resting.back().ReadMessage()).Code(), "SignatureDoesNotMatch");
  }
  EXPECT_LT(HeldBytes(), before + 40 * kMiB);
}

TEST_F(HostileRequests, ConnectionsThatRestHoldNoThousandsOfHeaders) {
  std::string lines;
  for (int i = 0; i < 25'000; ++i) lines += "a:\r\n";
  std::vector<RawSocket> resting;
  const std::size_t before = HeldBytes();
  for (int i = 0; i < 40; ++i) {
    std::string bytes = Signed(Ask(), SignatureScheme::kHeaders);
    bytes.insert(bytes.find("\r\n") + 2, lines);
    resting.push_back(RawSocket::ConnectedTo(server_->port()));
    ASSERT_TRUE(resting.back().Send(bytes));
    EXPECT_EQ(ParseReply(resting.back().ReadMessage()).Total(), 181);
  }
  EXPECT_LT(HeldBytes(), before + 40 * kMiB);
}

TEST_F(HostileRequests, TokensHoldNoLargeRequests) {
  const std::size_t before = HeldBytes();
  for (int i = 0; i < 150; ++i) {
    Request request = Placed(Ask({{"MaxResults", "10"}}), Placement::kForm);
    request.parameters.push_back({"Unknown", std::string(kMiB, 'a')});
    const Reply reply = SaySigned(request, kSchemes[i % 2]);
    ASSERT_EQ(reply.status, 200) << reply.body;
    ASSERT_TRUE(reply.Json().contains("NextToken"));
  }
  EXPECT_LT(HeldBytes(), before + 100 * kMiB);
}

}  // namespace
}  // namespace assay
