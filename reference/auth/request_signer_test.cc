#include "reference/auth/request_signer.h"

#include <gtest/gtest.h>

#include <set>

#include "reference/auth/gateway.h"
#include "reference/server/server.h"
#include "reference/state/dataset.h"

namespace assay {
namespace {

const Credentials kKey{"testid", "testsecret"};
const Credentials kTemporaryKey{"testid", "testsecret", "tok+/="};
constexpr std::int64_t kNow = 1795486807;  // 2026-11-24T02:20:07Z

SignerOptions Fixed(SignatureScheme scheme, HeaderAlgorithm algorithm = HeaderAlgorithm::kSha256) {
  return {scheme, algorithm, [] { return kNow; }, [] { return "a-nonce"; }};
}

Request SomeRequest(Placement placement = Placement::kQuery) {
  Request request{.method = placement == Placement::kQuery ? "GET" : "POST",
                  .placement = placement};
  request.parameters = {{"Action", "DescribeSnapshots"},
                        {"RegionId", "cn-hangzhou"},
                        {"SnapshotName", "a b*c~d'(e)!+%/=&?#,:;@$[]中é😀"},
                        {"Format", "JSON"},
                        {"NextToken", ""}};
  return request;
}

WireRequest Sign(const RequestSigner& sign, const Request& request) {
  WireRequest wire{.host = "127.0.0.1:8080", .path = "/"};
  LayOut(request, "2014-05-26", &wire);
  sign(request, wire);
  return wire;
}

// The request as a server sees it.
HttpRequest Receive(const WireRequest& wire) {
  HttpRequest http{.method = wire.method, .target = wire.path, .headers = wire.headers};
  if (!wire.query.empty()) {
    http.target += '?';
    AppendForm(wire.query, &http.target);
  }
  http.headers.emplace_back("Host", wire.host);
  if (!wire.form.empty()) http.headers.emplace_back("Content-Type", kFormContentType);
  http.body = wire.Body();
  return http;
}

std::string RefusalOf(const Credentials& key, const WireRequest& wire) {
  Gateway gateway({.authenticate = true, .keys = {key}, .now = [] { return kNow; }});
  const HttpRequest http = Receive(wire);
  const auto refusal = gateway.Check(http, DecodeRequest(http));
  return refusal ? refusal->code + ": " + refusal->message : "";
}

std::string HeaderOf(const WireRequest& wire, std::string_view name) {
  return std::string(FindHeader(wire.headers, name).value_or("(none)"));
}

std::string ParameterOf(const std::vector<Parameter>& parameters, std::string_view name) {
  for (const Parameter& parameter : parameters) {
    if (parameter.name == name) return parameter.value;
  }
  return "(none)";
}

TEST(RequestSignerTest, EverySchemeAndPlacementIsAcceptedByTheGateway) {
  for (const Placement placement : {Placement::kQuery, Placement::kForm, Placement::kSplit}) {
    for (const Credentials& key : {kKey, kTemporaryKey}) {
      const Request request = SomeRequest(placement);
      for (const SignerOptions& options :
           {Fixed(SignatureScheme::kParameters), Fixed(SignatureScheme::kHeaders),
            Fixed(SignatureScheme::kHeaders, HeaderAlgorithm::kSm3)}) {
        EXPECT_EQ(RefusalOf(key, Sign(MakeSigner(key, options), request)), "");
      }
    }
  }
}

TEST(RequestSignerTest, AForgeryIsRefusedForWhatIsForgedAndForNothingElse) {
  const std::pair<Forgery, std::string> cases[] = {
      {Forgery::kSignature, "SignatureDoesNotMatch"},
      {Forgery::kParameter, "SignatureDoesNotMatch"},
      {Forgery::kTime, "InvalidTimeStamp.Expired"},
      {Forgery::kKey, "InvalidAccessKeyId.NotFound"},
      {Forgery::kUnsigned, "Missing"},
      {Forgery::kFuture, "InvalidTimeStamp.Expired"},
      {Forgery::kTimeFormat, "InvalidTimeStamp.Format"},
      {Forgery::kTimeMissing, "MissingTimestamp"},
      {Forgery::kMethod, "SignatureDoesNotMatch"},
      {Forgery::kValue, "SignatureDoesNotMatch"},
      {Forgery::kCommonParameter, "SignatureDoesNotMatch"},
      {Forgery::kDryRun, "SignatureDoesNotMatch"},
      {Forgery::kRemoved, "SignatureDoesNotMatch"},
      {Forgery::kHalf, "SignatureDoesNotMatch"},
      {Forgery::kLetters, "SignatureDoesNotMatch"},
      {Forgery::kSignatureMethod, "InvalidParamater"}};
  for (const auto scheme : {SignatureScheme::kParameters, SignatureScheme::kHeaders}) {
    for (const auto placement : {Placement::kQuery, Placement::kForm, Placement::kSplit}) {
      const RequestSigner sign = MakeSigner(kKey, Fixed(scheme));
      for (const auto& [forgery, code] : cases) {
        Request request = SomeRequest(placement);
        request.forgery = forgery;
        EXPECT_TRUE(RefusalOf(kKey, Sign(sign, request)).starts_with(code)) << NameOf(forgery);
      }
      EXPECT_EQ(RefusalOf(kKey, Sign(sign, SomeRequest(placement))), "");
    }
  }
}

TEST(RequestSignerTest, HeadersAreForgedInWaysOfTheirOwn) {
  const RequestSigner sign = MakeSigner(kKey, Fixed(SignatureScheme::kHeaders));
  for (const auto& [forgery, code] : {std::pair(Forgery::kBodyHash, "SignatureDoesNotMatch"),
                                      std::pair(Forgery::kUnsignedHeaders, "IncompleteSignature"),
                                      std::pair(Forgery::kEmpty, "IncompleteSignature")}) {
    for (const auto placement : {Placement::kQuery, Placement::kForm}) {
      Request request = SomeRequest(placement);
      request.forgery = forgery;
      EXPECT_TRUE(RefusalOf(kKey, Sign(sign, request)).starts_with(code)) << NameOf(forgery);
    }
  }
}

// Nothing else is wrong with it.
TEST(RequestSignerTest, AForgeryPassesAGatewayThatIsBlindToIt) {
  for (const auto scheme : {SignatureScheme::kParameters, SignatureScheme::kHeaders}) {
    const bool headers = scheme == SignatureScheme::kHeaders;
    for (std::size_t i = 1; i < kNamesOf<Forgery>.size(); ++i) {
      const auto forgery = static_cast<Forgery>(i);
      if (IsOfHeaders(forgery) && !headers) continue;
      // Without its signature a header is no Authorization at all.
      if (forgery == Forgery::kEmpty && headers) continue;
      for (const auto placement : {Placement::kQuery, Placement::kForm, Placement::kSplit}) {
        Request request = SomeRequest(placement);
        request.forgery = forgery;
        Gateway gateway({.authenticate = true,
                         .keys = {kKey},
                         .now = [] { return kNow; },
                         .blind = [forgery](Forgery other, bool) { return other == forgery; }});
        const HttpRequest http = Receive(Sign(MakeSigner(kKey, Fixed(scheme)), request));
        const auto refusal = gateway.Check(http, DecodeRequest(http));
        EXPECT_EQ(refusal ? refusal->code : "", "")
            << NameOf(forgery) << ", " << NameOf(placement) << (headers ? ", headers" : "");
      }
    }
  }
}

TEST(RequestSignerTest, AForgedNonceIsThatOfTheRequestBefore) {
  for (const auto scheme : {SignatureScheme::kParameters, SignatureScheme::kHeaders}) {
    const RequestSigner sign = MakeSigner(kKey, {.scheme = scheme, .now = [] { return kNow; }});
    Gateway gateway({.authenticate = true, .keys = {kKey}, .now = [] { return kNow; }});
    Request request = SomeRequest();
    for (const Forgery forgery : {Forgery::kNone, Forgery::kNonce, Forgery::kNone}) {
      request.forgery = forgery;
      const HttpRequest http = Receive(Sign(sign, request));
      const auto refusal = gateway.Check(http, DecodeRequest(http));
      EXPECT_EQ(refusal ? refusal->code : "",
                forgery == Forgery::kNonce ? "SignatureNonceUsed" : "");
    }
  }
}

TEST(RequestSignerTest, NoSchemeIsNoSigner) {
  EXPECT_FALSE(MakeSigner(kKey, Fixed(SignatureScheme::kNone)));
}

// One run tries both schemes so, if the target takes both.
TEST(RequestSignerTest, ARequestOfTheOlderSignatureVersionIsSignedInItsParameters) {
  const RequestSigner headers = MakeSigner(kKey, Fixed(SignatureScheme::kHeaders));
  const RequestSigner parameters = MakeSigner(kKey, Fixed(SignatureScheme::kParameters));
  Request request = SomeRequest(Placement::kQuery);
  EXPECT_FALSE(Sign(headers, request).headers.empty());
  AskForParameterSignature(request);
  const WireRequest sent = Sign(headers, request);
  EXPECT_TRUE(sent.headers.empty());
  EXPECT_EQ(ParameterOf(sent.query, "Signature"),
            ParameterOf(Sign(parameters, request).query, "Signature"));
  EXPECT_FALSE(ParameterOf(sent.query, "Signature").empty());
}

TEST(RequestSignerTest, ParametersAreAddedWhereTheRequestPlacesThem) {
  const RequestSigner sign = MakeSigner(kTemporaryKey, Fixed(SignatureScheme::kParameters));
  const WireRequest query = Sign(sign, SomeRequest(Placement::kSplit));
  EXPECT_EQ(ParameterOf(query.query, "AccessKeyId"), "testid");
  EXPECT_EQ(ParameterOf(query.query, "SecurityToken"), "tok+/=");
  EXPECT_EQ(ParameterOf(query.query, "SignatureMethod"), "HMAC-SHA1");
  EXPECT_EQ(ParameterOf(query.query, "SignatureVersion"), "1.0");
  EXPECT_EQ(ParameterOf(query.query, "SignatureNonce"), "a-nonce");
  EXPECT_EQ(ParameterOf(query.query, "Timestamp"), "2026-11-24T02:20:07Z");
  EXPECT_EQ(ParameterOf(query.query, "Signature").size(), 28u);
  const WireRequest form = Sign(sign, SomeRequest(Placement::kForm));
  EXPECT_TRUE(form.query.empty());
  EXPECT_EQ(ParameterOf(form.form, "Signature"), ParameterOf(query.query, "Signature"))
      << "the signature does not depend on the placement";
}

TEST(RequestSignerTest, HeadersTakeActionAndVersionOutOfTheParameters) {
  const WireRequest wire =
      Sign(MakeSigner(kTemporaryKey, Fixed(SignatureScheme::kHeaders)), SomeRequest());
  EXPECT_EQ(HeaderOf(wire, "x-acs-action"), "DescribeSnapshots");
  EXPECT_EQ(HeaderOf(wire, "x-acs-version"), "2014-05-26");
  EXPECT_EQ(HeaderOf(wire, "x-acs-date"), "2026-11-24T02:20:07Z");
  EXPECT_EQ(HeaderOf(wire, "x-acs-signature-nonce"), "a-nonce");
  EXPECT_EQ(HeaderOf(wire, "x-acs-security-token"), "tok+/=");
  EXPECT_EQ(HeaderOf(wire, "x-acs-content-sha256"),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_FALSE(wire.Has("Action") || wire.Has("Version"));
  EXPECT_EQ(ParameterOf(wire.query, "Format"), "JSON");
  EXPECT_TRUE(HeaderOf(wire, "Authorization")
                  .starts_with("ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host;"
                               "x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;x-acs-date;"
                               "x-acs-security-token;x-acs-signature-nonce;x-acs-version,"
                               "Signature="));
}

TEST(RequestSignerTest, AnActionThatNoHeaderCanHoldStaysAParameter) {
  for (const char* action : {"", "a\nx-acs-a: b", " a", "\xc3\xa9"}) {
    Request request = SomeRequest();
    request.Set("Action", action);
    const WireRequest wire = Sign(MakeSigner(kKey, Fixed(SignatureScheme::kHeaders)), request);
    EXPECT_EQ(ParameterOf(wire.query, "Action"), action);
    EXPECT_EQ(HeaderOf(wire, "x-acs-action"), "(none)");
  }
  Request twice = SomeRequest();
  twice.parameters.push_back({"Action", "Other"});
  const WireRequest wire = Sign(MakeSigner(kKey, Fixed(SignatureScheme::kHeaders)), twice);
  EXPECT_EQ(HeaderOf(wire, "x-acs-action"), "(none)");
  EXPECT_EQ(RefusalOf(kKey, wire), "") << "which of them counts is left to the service";
}

TEST(RequestSignerTest, WhatTheRequestSaysItselfStays) {
  Request request = SomeRequest();
  request.Set("SignatureNonce", "mine");
  request.Set("TimeStamp", "2026-11-24T02:20:08Z");
  const RequestSigner sign = MakeSigner(kKey, Fixed(SignatureScheme::kParameters));
  const WireRequest wire = Sign(sign, request);
  EXPECT_EQ(ParameterOf(wire.query, "SignatureNonce"), "mine");
  EXPECT_EQ(ParameterOf(wire.query, "Timestamp"), "(none)");
  EXPECT_EQ(RefusalOf(kKey, wire), "");
}

TEST(RequestSignerTest, ARequestWithASignatureIsLeftAlone) {
  Request request = SomeRequest();
  request.Set("Signature", "wrong");
  for (const auto scheme : {SignatureScheme::kParameters, SignatureScheme::kHeaders}) {
    const WireRequest wire = Sign(MakeSigner(kKey, Fixed(scheme)), request);
    EXPECT_EQ(wire.query.size(), request.parameters.size() + 1);
    EXPECT_TRUE(wire.headers.empty());
  }
}

TEST(RequestSignerTest, EqualClocksAndNoncesGiveEqualBytes) {
  for (const auto scheme : {SignatureScheme::kParameters, SignatureScheme::kHeaders}) {
    const RequestSigner sign = MakeSigner(kKey, Fixed(scheme));
    std::string first, second, other;
    Encode(Sign(sign, SomeRequest()), "u", &first);
    Sign(sign, SomeRequest(Placement::kForm));
    Encode(Sign(sign, SomeRequest()), "u", &second);
    EXPECT_EQ(first, second) << "also after another request";
    Encode(Sign(MakeSigner({"testid", "other"}, Fixed(scheme)), SomeRequest()), "u", &other);
    EXPECT_NE(first, other);
  }
}

TEST(RequestSignerTest, WithoutAClockAndANonceTheSystemGivesThem) {
  const RequestSigner sign = MakeSigner(kKey);
  std::set<std::string> nonces;
  for (int i = 0; i < 1000; ++i) {
    const WireRequest wire = Sign(sign, SomeRequest());
    EXPECT_EQ(HeaderOf(wire, "x-acs-signature-nonce").size(), 32u);
    nonces.insert(HeaderOf(wire, "x-acs-signature-nonce"));
  }
  EXPECT_EQ(nonces.size(), 1000u);
  Gateway gateway({.authenticate = true, .keys = {kKey}});
  const HttpRequest http = Receive(Sign(sign, SomeRequest()));
  EXPECT_FALSE(gateway.Check(http, DecodeRequest(http)));
}

TEST(RequestSignerTest, TheTimeFollowsTheClock) {
  std::int64_t now = kNow;
  SignerOptions options = Fixed(SignatureScheme::kHeaders);
  options.now = [&now] { return now; };
  const RequestSigner sign = MakeSigner(kKey, options);
  EXPECT_EQ(HeaderOf(Sign(sign, SomeRequest()), "x-acs-date"), "2026-11-24T02:20:07Z");
  now = 0;
  EXPECT_EQ(HeaderOf(Sign(sign, SomeRequest()), "x-acs-date"), "1970-01-01T00:00:00Z");
}

TEST(RequestSignerTest, OneBufferServesManyRequests) {
  for (const auto scheme : {SignatureScheme::kParameters, SignatureScheme::kHeaders}) {
    const RequestSigner sign = MakeSigner(kKey, Fixed(scheme));
    WireRequest kept{.host = "127.0.0.1:8080", .path = "/"};
    for (const Placement placement : {Placement::kForm, Placement::kQuery, Placement::kSplit}) {
      const Request request = SomeRequest(placement);
      LayOut(request, "2014-05-26", &kept);
      sign(request, kept);
      EXPECT_EQ(RefusalOf(kKey, kept), "");
    }
  }
}

}  // namespace
}  // namespace assay
