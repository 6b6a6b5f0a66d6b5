#include "reference/auth/gateway.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "reference/auth/nonce_memory.h"
#include "reference/auth/request_signer.h"
#include "reference/auth/signature_vectors_for_test.h"
#include "reference/server/server.h"
#include "reference/state/dataset.h"
#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/catalogue_for_test.h"
#include "spec/text/time.h"

namespace assay {
namespace {

const Credentials kKey{"testid", "testsecret"};
constexpr std::string_view kNoMatch =
    "Specified signature is not matched with our calculation. server string to sign is:";

std::int64_t Seconds(std::string_view time) {
  std::int64_t seconds = 0;
  EXPECT_TRUE(ParseTime(time, &seconds)) << time;
  return seconds;
}

// The captures were made from 02:20:07 (in headers: to 02:22:17) to 02:52:06.
GatewayOptions AtCaptureTime(Credentials key = kKey) {
  return {.authenticate = true, .keys = {std::move(key)}, .now = [] {
            return Seconds("2026-11-24T02:33:00Z");
          }};
}

std::optional<GatewayRefusal> Ask(Gateway& gateway, const HttpRequest& http) {
  return gateway.Check(http, DecodeRequest(http));
}

// "" if the request passes a gateway that has seen no other.
std::string CodeOf(const HttpRequest& http, GatewayOptions options = AtCaptureTime()) {
  Gateway gateway(std::move(options));
  const auto refusal = Ask(gateway, http);
  return refusal ? refusal->code : "";
}

std::string Described(const std::optional<GatewayRefusal>& refusal) {
  if (!refusal) return "passes";
  return std::to_string(refusal->status) + " " + refusal->code + " " + refusal->message;
}

// "404 InvalidAccessKeyId.NotFound Specified access key is not found."
std::string AnswerTo(const HttpRequest& http, GatewayOptions options = AtCaptureTime()) {
  Gateway gateway(std::move(options));
  return Described(Ask(gateway, http));
}

HttpRequest CaptureNamed(const std::string& name) {
  return ReadCapture(ReadVectorFile("captures/" + name + ".txt"));
}

void Replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

HttpRequest WithTarget(HttpRequest http, const std::string& from, const std::string& to) {
  Replace(http.target, from, to);
  return http;
}

HttpRequest WithHeader(HttpRequest http, std::string_view name, std::optional<std::string> value) {
  const auto is = [name](const Header& header) { return header.first == name; };
  EXPECT_NE(std::ranges::find_if(http.headers, is), http.headers.end()) << name;
  if (value) {
    std::ranges::find_if(http.headers, is)->second = *value;
  } else {
    std::erase_if(http.headers, is);
  }
  return http;
}

// A captured request in each of the two schemes.
HttpRequest InParameters() { return CaptureNamed("popcore-get-minimal"); }
HttpRequest InHeaders() { return CaptureNamed("tea7-v3-minimal"); }

// The request with these parameters in its query, as the client of `key` signs it.
HttpRequest Signed(const std::vector<Parameter>& parameters,
                   SignatureScheme scheme = SignatureScheme::kParameters,
                   const Credentials& key = kKey, std::string nonce = "n") {
  SignerOptions options;
  options.scheme = scheme;
  options.now = AtCaptureTime().now;
  options.nonce = [nonce] { return nonce; };
  Request request;
  request.parameters = parameters;
  WireRequest wire{.host = "h", .path = "/"};
  LayOut(request, "", &wire);
  MakeSigner(key, options)(request, wire);
  HttpRequest http{.method = wire.method, .target = "/?", .headers = wire.headers};
  AppendForm(wire.query, &http.target);
  http.headers.emplace_back("Host", wire.host);
  return http;
}

const std::vector<Parameter> kMinimal = {{"Action", "DescribeSnapshots"},
                                         {"Version", "2014-05-26"}};

// captured requests.

TEST(GatewayCaptureTest, EverySignedRequestPasses) {
  int signed_requests = 0, bearers = 0;
  Gateway gateway(AtCaptureTime());
  for (const Capture& capture : ReadCaptures()) {
    SCOPED_TRACE(capture.name);
    if (capture.scheme == CaptureScheme::kBearer) {
      ++bearers;
      EXPECT_EQ(Described(Ask(gateway, capture.http)),
                "400 MissingAccessKeyId AccessKeyId is mandatory for this action.");
    } else {
      ++signed_requests;
      EXPECT_EQ(Described(Ask(gateway, capture.http)), "passes");
      EXPECT_EQ(Described(Ask(gateway, capture.http)),
                "400 SignatureNonceUsed Specified signature nonce was used already.");
    }
  }
  EXPECT_EQ(signed_requests, 42);
  EXPECT_EQ(bearers, 2);
}

TEST(GatewayCaptureTest, EveryRequestPassesWithoutAuthentication) {
  for (const Capture& capture : ReadCaptures()) EXPECT_EQ(CodeOf(capture.http, {}), "");
}

TEST(GatewayCaptureTest, AnotherSecretOrMethodDoesNotMatch) {
  for (const Capture& capture : ReadCaptures()) {
    if (capture.scheme == CaptureScheme::kBearer) continue;
    SCOPED_TRACE(capture.name);
    EXPECT_EQ(CodeOf(capture.http, AtCaptureTime({"testid", "testsecreu"})),
              "SignatureDoesNotMatch");
    EXPECT_EQ(CodeOf(capture.http, AtCaptureTime({"testie", "testsecret"})),
              "InvalidAccessKeyId.NotFound");
    HttpRequest other = capture.http;
    other.method = other.method == "GET" ? "POST" : "GET";
    EXPECT_EQ(CodeOf(other), "SignatureDoesNotMatch");
  }
}

// Each value, given one byte more.
TEST(GatewayCaptureTest, EveryParameterIsSigned) {
  int changes = 0;
  for (const Capture& capture : ReadCaptures()) {
    if (capture.scheme == CaptureScheme::kBearer) continue;
    SCOPED_TRACE(capture.name);
    const auto change = [&](std::string HttpRequest::*part, std::size_t start) {
      for (std::size_t at = start; at < (capture.http.*part).size(); ++at) {
        if ((capture.http.*part)[at] != '=') continue;
        HttpRequest other = capture.http;
        (other.*part).insert(at + 1, "0");
        EXPECT_NE(CodeOf(other), "") << other.*part;
        ++changes;
      }
    };
    change(&HttpRequest::target, capture.http.target.find('?'));
    change(&HttpRequest::body, 0);
  }
  EXPECT_GT(changes, 400);
}

TEST(GatewayCaptureTest, EverySignedHeaderIsSigned) {
  int changes = 0;
  for (const Capture& capture : ReadCaptures()) {
    if (capture.scheme != CaptureScheme::kHeaders) continue;
    const auto authorization = ParseAuthorization(*capture.http.Find("Authorization"));
    ASSERT_TRUE(authorization);
    for (const std::string_view name : authorization->signed_headers) {
      SCOPED_TRACE(capture.name + ", " + std::string(name));
      const std::string value(*capture.http.Find(name));
      const std::string code = CodeOf(WithHeader(capture.http, name, value + "0"));
      EXPECT_EQ(code, name == "x-acs-date" ? "InvalidTimeStamp.Format" : "SignatureDoesNotMatch");
      EXPECT_NE(CodeOf(WithHeader(capture.http, name, std::nullopt)), "");
      ++changes;
    }
  }
  EXPECT_GE(changes, 14 * 7);
}

TEST(GatewayCaptureTest, HeadersThatAreNotSignedMayDiffer) {
  HttpRequest http = WithHeader(InHeaders(), "user-agent", "another");
  http.headers.emplace_back("x-acs-unheard-of", "1");
  http.headers.emplace_back("X-Forwarded-For", "127.0.0.1");
  EXPECT_EQ(CodeOf(http), "");
}

TEST(GatewayCaptureTest, ABodyThatWasChangedDoesNotMatch) {
  for (const char* name : {"openapi-client0.4.15-v3-post-form", "openapi-client0.4.15-v3-post-json",
                           "popcore-post-minimal", "tea-ecs1.1.0-full"}) {
    HttpRequest http = CaptureNamed(name);
    Replace(http.body, "cn-hangzhou", "cn-shanghai");
    EXPECT_EQ(CodeOf(http), "SignatureDoesNotMatch") << name;
  }
}

// what the SDKs parse.

TEST(GatewayTest, TheTextOfAMismatchEndsWithWhatTheServerSigned) {
  for (const Capture& capture : ReadCaptures()) {
    if (capture.scheme == CaptureScheme::kBearer) continue;
    SCOPED_TRACE(capture.name);
    EXPECT_EQ(AnswerTo(capture.http, AtCaptureTime({"testid", "other"})),
              "400 SignatureDoesNotMatch " + std::string(kNoMatch) + capture.to_sign);
  }
}

// refusals, in order.

TEST(GatewayTest, AFaultLetsAParameterPassThatWasAddedAfterSigning) {
  GatewayOptions blind = AtCaptureTime();
  blind.blind = [](Forgery forgery, bool) { return forgery == Forgery::kParameter; };
  HttpRequest added = Signed(kMinimal);
  added.target += "&PageNumber=1";
  EXPECT_EQ(CodeOf(added), "SignatureDoesNotMatch");
  EXPECT_EQ(CodeOf(added, blind), "");
  // If there is no parameter at all, none can have been added.
  HttpRequest other_host = Signed(kMinimal, SignatureScheme::kHeaders);
  ASSERT_EQ(other_host.target, "/?");
  other_host.headers.back().second = "other";
  EXPECT_EQ(CodeOf(other_host, blind), "SignatureDoesNotMatch");
}

TEST(GatewayTest, OtherMethodsAreRefused) {
  for (const bool authenticate : {true, false}) {
    for (const char* method : {"PUT", "DELETE", "HEAD", "get", "", "\xff"}) {
      HttpRequest http = InParameters();
      http.method = method;
      GatewayOptions options = AtCaptureTime();
      options.authenticate = authenticate;
      EXPECT_EQ(AnswerTo(http, options),
                "403 UnsupportedHTTPMethod This http method is not supported.");
    }
  }
}

TEST(GatewayTest, EveryCommonParameterIsAskedForByName) {
  const auto expected = [](const std::string& name) {
    return "400 Missing" + name + " " + name + " is mandatory for this action.";
  };
  const WireParameters wire = DecodeParameters(InParameters());
  for (const char* name : {"AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce",
                           "Timestamp", "Signature"}) {
    for (const bool empty : {true, false}) {
      HttpRequest http{.method = "GET", .target = "/?"};
      std::vector<Parameter> kept = wire.query;
      for (Parameter& parameter : kept) {
        if (parameter.name == name) parameter = {empty ? name : "Other", ""};
      }
      AppendForm(kept, &http.target);
      EXPECT_EQ(AnswerTo(http), expected(name));
    }
  }
  for (const std::string name : {"Action", "Version"}) {
    HttpRequest http{.method = "GET", .target = InParameters().target};
    Replace(http.target, "&" + name + "=", "&Other=");
    EXPECT_EQ(AnswerTo(http), expected(name));
  }
}

TEST(GatewayTest, EveryCommonHeaderIsAskedForByName) {
  const std::map<std::string, std::string> names = {{"x-acs-action", "Action"},
                                                    {"x-acs-version", "Version"},
                                                    {"x-acs-signature-nonce", "SignatureNonce"},
                                                    {"x-acs-date", "Timestamp"}};
  for (const auto& [header, name] : names) {
    EXPECT_EQ(AnswerTo(WithHeader(InHeaders(), header, std::nullopt)),
              "400 Missing" + name + " " + name + " is mandatory for this action.");
  }
  HttpRequest http = WithHeader(InHeaders(), "Authorization", std::nullopt);
  EXPECT_EQ(CodeOf(http), "MissingAccessKeyId");
  http.headers.emplace_back("x-acs-accesskey-id", "testid");
  EXPECT_EQ(CodeOf(http), "MissingSignature");
}

TEST(GatewayTest, ARequestThatIsNotSignedAtAllLacksItsKey) {
  EXPECT_EQ(CodeOf({.method = "GET", .target = "/"}), "MissingAction");
  EXPECT_EQ(CodeOf({.method = "GET", .target = "/?Action=DescribeSnapshots&Version=2014-05-26"}),
            "MissingAccessKeyId");
}

TEST(GatewayTest, AMalformedAuthorizationIsIncomplete) {
  std::vector<std::string> hostile = {"ACS3-HMAC-SHA256", "acs3-",
                                      "ACS3-HMAC-SHA256 Credential=testid",
                                      "ACS3-HMAC-SHA256 Credential=,SignedHeaders=,Signature=",
                                      "ACS3-HMAC-SHA256 " + std::string(100'000, ',')};
  hostile.push_back("ACS3-\xff" + std::string("\0\x01", 2));
  for (const std::string& value : hostile) {
    EXPECT_EQ(
        AnswerTo(WithHeader(InHeaders(), "Authorization", value)),
        "400 IncompleteSignature The request signature does not conform to Aliyun standards.");
  }
}

TEST(GatewayTest, AnotherKindOfAuthorizationIsNoneOfOurs) {
  HttpRequest http = InParameters();
  http.headers.emplace_back("Authorization", "Basic dGVzdGlkOng=");
  EXPECT_EQ(CodeOf(http), "");
}

TEST(GatewayTest, AnUnknownKeyIsNotFound) {
  const std::string answer = "404 InvalidAccessKeyId.NotFound Specified access key is not found.";
  EXPECT_EQ(AnswerTo(InHeaders(), AtCaptureTime({"another", "testsecret"})), answer);
  EXPECT_EQ(AnswerTo(InParameters(), AtCaptureTime({"another", "testsecret"})), answer);
  EXPECT_EQ(AnswerTo(WithTarget(InParameters(), "AccessKeyId=testid", "AccessKeyId=testid%00")),
            answer);
  GatewayOptions none = AtCaptureTime();
  none.keys.clear();
  EXPECT_EQ(AnswerTo(InParameters(), none), answer);
}

TEST(GatewayTest, EachKeyHasItsOwnSecret) {
  GatewayOptions options = AtCaptureTime({"other", "othersecret"});
  options.keys.push_back(kKey);
  EXPECT_EQ(CodeOf(InParameters(), options), "");
  EXPECT_EQ(CodeOf(InHeaders(), options), "");
}

TEST(GatewayTest, ATemporaryKeyNeedsItsToken) {
  const Credentials temporary{"testid", "testsecret", "teststs+/=token"};
  for (const char* name : {"tea7-v1-sts", "tea7-v3-sts", "popcore-get-sts"}) {
    EXPECT_EQ(CodeOf(CaptureNamed(name), AtCaptureTime(temporary)), "") << name;
    EXPECT_EQ(AnswerTo(CaptureNamed(name), AtCaptureTime({"testid", "testsecret", "other"})),
              "400 InvalidSecurityToken.MismatchWithAccessKey "
              "Specified SecurityToken mismatch with the AccessKey.");
    EXPECT_EQ(CodeOf(CaptureNamed(name)), "") << "a key that needs none, " << name;
  }
  for (const HttpRequest& http : {InParameters(), InHeaders()}) {
    EXPECT_EQ(AnswerTo(http, AtCaptureTime(temporary)),
              "400 MissingSecurityToken SecurityToken is mandatory for this action.");
  }
}

TEST(GatewayTest, OtherSignatureMethodsAreNotValid) {
  EXPECT_EQ(AnswerTo(WithTarget(InParameters(), "HMAC-SHA1", "HMAC-SHA256")),
            "400 InvalidParamater The specified parameter \"SignatureMethod\" is not valid.");
  EXPECT_EQ(AnswerTo(WithTarget(InParameters(), "SignatureVersion=1.0", "SignatureVersion=2.0")),
            "400 InvalidParamater The specified parameter \"SignatureVersion\" is not valid.");
  std::string authorization(*InHeaders().Find("Authorization"));
  Replace(authorization, "ACS3-HMAC-SHA256", "ACS3-RSA-SHA256");
  EXPECT_EQ(AnswerTo(WithHeader(InHeaders(), "Authorization", authorization)),
            "400 InvalidParamater The specified parameter \"SignatureMethod\" is not valid.");
}

TEST(GatewayTest, AMalformedTimeIsRefused) {
  const std::string answer =
      "400 InvalidTimeStamp.Format Specified time stamp or date value is not well formatted.";
  for (const char* time : {"now", "2026-11-24", "2026-11-24T02:20:57", "2026-13-24T02:20:57Z",
                           "2026-11-24T02:20:57+00:00", "1795486807"}) {
    EXPECT_EQ(AnswerTo(WithHeader(InHeaders(), "x-acs-date", time)), answer) << time;
    EXPECT_EQ(AnswerTo(WithTarget(InParameters(), "2026-11-24T02%3A20%3A57Z", PercentEncode(time))),
              answer)
        << time;
  }
}

TEST(GatewayTest, ATimeIsGoodForAWhileBothWays) {
  const auto answer = [](const HttpRequest& http, std::string_view sent, std::int64_t distance) {
    GatewayOptions options = AtCaptureTime();
    options.now = [at = Seconds(sent) + distance] { return at; };
    return AnswerTo(http, options);
  };
  const std::string expired =
      "400 InvalidTimeStamp.Expired Specified time stamp or date value is expired.";
  for (const int sign : {-1, 1}) {
    EXPECT_EQ(answer(InParameters(), "2026-11-24T02:20:57Z", sign * 31 * 60), "passes");
    EXPECT_EQ(answer(InParameters(), "2026-11-24T02:20:57Z", sign * (31 * 60 + 1)), expired);
    EXPECT_EQ(answer(InHeaders(), "2026-11-24T02:20:07Z", sign * 15 * 60), "passes");
    EXPECT_EQ(answer(InHeaders(), "2026-11-24T02:20:07Z", sign * (15 * 60 + 1)), expired);
  }
}

TEST(GatewayTest, BothSpellingsOfTheTimeStampAreRead) {
  const std::string time = "2026-11-24T02:33:00Z";
  std::vector<Parameter> parameters = kMinimal;
  parameters.push_back({"TimeStamp", time});
  const HttpRequest http = Signed(parameters);
  EXPECT_EQ(http.target.find("Timestamp"), std::string::npos);
  EXPECT_EQ(CodeOf(http), "");
  parameters.back().value = "2026-11-24T02:00:00Z";
  EXPECT_EQ(CodeOf(Signed(parameters)), "InvalidTimeStamp.Expired");
}

TEST(GatewayTest, ANonceIsUsedOnceByEachKey) {
  GatewayOptions options = AtCaptureTime();
  const Credentials other{"other", "othersecret"};
  options.keys.push_back(other);
  Gateway gateway(options);
  const std::string used = "400 SignatureNonceUsed Specified signature nonce was used already.";
  const auto ask = [&](SignatureScheme scheme, const Credentials& key, const std::string& nonce) {
    return Described(Ask(gateway, Signed(kMinimal, scheme, key, nonce)));
  };
  EXPECT_EQ(ask(SignatureScheme::kParameters, kKey, "n"), "passes");
  EXPECT_EQ(ask(SignatureScheme::kParameters, kKey, "n"), used);
  EXPECT_EQ(ask(SignatureScheme::kHeaders, kKey, "n"), used);
  EXPECT_EQ(ask(SignatureScheme::kHeaders, other, "n"), "passes");
  EXPECT_EQ(ask(SignatureScheme::kHeaders, kKey, "m"), "passes");
}

TEST(GatewayTest, OnlyARequestThatMatchesUsesItsNonce) {
  Gateway gateway(AtCaptureTime());
  const HttpRequest forged = Signed(kMinimal, SignatureScheme::kHeaders, {"testid", "guessed"});
  EXPECT_TRUE(Described(Ask(gateway, forged)).starts_with("400 SignatureDoesNotMatch"));
  EXPECT_EQ(Described(Ask(gateway, Signed(kMinimal, SignatureScheme::kHeaders))), "passes");
}

TEST(GatewayTest, OtherVersionsAndActionsAreRefusedLast) {
  const std::string version = "400 InvalidVersion Specified parameter Version is not valid.";
  const std::string action =
      "404 InvalidAction.NotFound Specified api is not found, please check your url and method.";
  const std::vector<Parameter> other_version = {{"Action", "Nothing"}, {"Version", "2014-05-27"}};
  const std::vector<Parameter> other_action = {{"Action", "Nothing"}, {"Version", "2014-05-26"}};
  for (const auto scheme : {SignatureScheme::kParameters, SignatureScheme::kHeaders}) {
    EXPECT_EQ(AnswerTo(Signed(other_version, scheme)), version);
    EXPECT_EQ(AnswerTo(Signed(other_action, scheme)), action);
    EXPECT_EQ(AnswerTo(Signed(other_action, scheme), {}), action) << "without authentication";
    EXPECT_EQ(CodeOf(Signed(other_action, scheme), AtCaptureTime({"testid", "other"})),
              "SignatureDoesNotMatch")
        << "the signature comes before";
  }
}

TEST(GatewayTest, WhatTheServiceDecidesPasses) {
  const auto code = [](const std::string& query) {
    return CodeOf({.method = "GET", .target = "/?" + query}, {});
  };
  EXPECT_EQ(code(""), "");
  EXPECT_EQ(code("Action="), "");
  EXPECT_EQ(code("action=DescribeSnapshots"), "");
  EXPECT_EQ(code("Action=Other&Action=DescribeSnapshots"), "");
  EXPECT_EQ(code("Action=Other&Action=Another"), "InvalidAction.NotFound");
  EXPECT_EQ(code("Action=DescribeSnapshots&Format=yaml"), "");
}

// The order of api-facts, 6: each request breaks one rule less than the one before.
TEST(GatewayTest, TheFirstRuleThatIsBrokenIsTheOneThatIsNamed) {
  std::string target =
      "/?Action=Nothing&Version=1&AccessKeyId=nobody&SignatureMethod=x&SignatureVersion=1.0"
      "&SignatureNonce=n&Timestamp=never";
  const auto code = [&] { return CodeOf({.method = "GET", .target = target}); };
  EXPECT_EQ(code(), "MissingSignature");
  target += "&Signature=00";
  EXPECT_EQ(code(), "InvalidAccessKeyId.NotFound");
  Replace(target, "nobody", "testid");
  EXPECT_EQ(code(), "InvalidParamater");
  Replace(target, "SignatureMethod=x", "SignatureMethod=HMAC-SHA1");
  EXPECT_EQ(code(), "InvalidTimeStamp.Format");
  Replace(target, "never", "2016-02-23T12:46:24Z");
  EXPECT_EQ(code(), "InvalidTimeStamp.Expired");
  Replace(target, "2016-02-23T12:46:24Z", "2026-11-24T02:33:00Z");
  EXPECT_EQ(code(), "SignatureDoesNotMatch");
}

TEST(GatewayTest, RefusalsAgreeWithTheCatalogue) {
  int known = 0;
  for (const ErrorInfo& error : AllErrors()) {
    if (!error.code.starts_with("Missing") || error.code.starts_with("MissingParam")) continue;
    const std::string name = error.code.substr(7);
    EXPECT_EQ(error.status, 400);
    EXPECT_EQ(error.message, name + " is mandatory for this action.");
    ++known;
  }
  EXPECT_GE(known, 6);
}

// hostile requests.

TEST(GatewayTest, HostileParametersAreSignedAsTheyAre) {
  const std::string hostile("\0\xff\xfe\xed\xa0\x80\r\n\"<&", 11);
  std::vector<std::vector<Parameter>> lists = {{{"a", hostile}, {hostile, "b"}, {"", hostile}},
                                               {{"a", "1"}, {"a", "2"}, {"a", "1"}, {"a", ""}},
                                               {{"Signature.", "x"}, {"signature", "y"}},
                                               {{"a", std::string(std::size_t{1} << 20, '+')}},
                                               {{std::string(std::size_t{1} << 20, '\xff'), ""}}};
  std::vector<Parameter>& thousand = lists.emplace_back();
  for (int i = 0; i < 1000; ++i) thousand.push_back({"Tag." + std::to_string(i) + ".Key", "v v"});
  for (std::vector<Parameter>& list : lists) {
    list.insert(list.end(), kMinimal.begin(), kMinimal.end());
    for (const auto scheme : {SignatureScheme::kParameters, SignatureScheme::kHeaders}) {
      const HttpRequest http = Signed(list, scheme);
      EXPECT_EQ(CodeOf(http), "");
      EXPECT_EQ(CodeOf(http, AtCaptureTime({"testid", "other"})), "SignatureDoesNotMatch");
    }
  }
}

TEST(GatewayTest, PercentSignsThatAreNoTripletsDoNotBreakIt) {
  for (const char* tail : {"%", "%4", "%zz", "&&&=&=%00=%", "?", "#"}) {
    HttpRequest http = InParameters();
    http.target += tail;
    EXPECT_TRUE(AnswerTo(http).starts_with("400 SignatureDoesNotMatch")) << tail;
  }
}

TEST(GatewayTest, TheMediaTypeOfAFormIsReadInAnyLetters) {
  const HttpRequest http = CaptureNamed("popcore-post-ownheaders");
  const auto count = [&](std::optional<std::string> type) {
    return DecodeParameters(WithHeader(http, "content-type", type)).form.size();
  };
  EXPECT_EQ(count("application/x-www-form-urlencoded; charset=UTF-8"), 10u);
  EXPECT_EQ(count("Application/X-WWW-Form-Urlencoded"), 10u);
  EXPECT_EQ(count(std::nullopt), 10u);
  EXPECT_EQ(count("application/json"), 0u);
}

TEST(GatewayTest, SeveralThreadsMayAskAtOnce) {
  Gateway gateway(AtCaptureTime());
  std::atomic<int> passed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) {
        const HttpRequest http =
            Signed(kMinimal, SignatureScheme::kHeaders, kKey, std::to_string(n));
        if (!Ask(gateway, http)) ++passed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed, 100) << "each nonce once";
}

TEST(NonceMemoryTest, TheOldestAreForgotten) {
  NonceMemory memory(3, 100);
  for (const char* nonce : {"a", "b", "c"}) EXPECT_TRUE(memory.Use("k", nonce, 0));
  for (const char* nonce : {"a", "b", "c"}) EXPECT_FALSE(memory.Use("k", nonce, 100));
  EXPECT_TRUE(memory.Use("k", "d", 50));
  EXPECT_EQ(memory.size(), 3u);
  EXPECT_TRUE(memory.Use("k", "a", 50)) << "there was no room for it";
  EXPECT_FALSE(memory.Use("k", "c", 50));
  EXPECT_TRUE(memory.Use("k", "c", 101)) << "its time is over";
  EXPECT_FALSE(memory.Use("k", "d", 101));
}

TEST(NonceMemoryTest, KeysAndNoncesDoNotRunIntoOneAnother) {
  NonceMemory memory(10, 100);
  EXPECT_TRUE(memory.Use("ab", "c", 0));
  EXPECT_TRUE(memory.Use("a", "bc", 0));
  EXPECT_TRUE(memory.Use("1:a", "", 0));
  EXPECT_TRUE(memory.Use("", "1:a", 0));
  EXPECT_TRUE(memory.Use("a", std::string(1 << 20, 'x'), 0));
  EXPECT_FALSE(memory.Use("a", std::string(1 << 20, 'x'), 0));
}

TEST(NonceMemoryTest, NoRoomMeansNoMemory) {
  NonceMemory memory(0, 100);
  EXPECT_TRUE(memory.Use("k", "n", 0));
  EXPECT_TRUE(memory.Use("k", "n", 0));
  EXPECT_EQ(memory.size(), 0u);
}

}  // namespace
}  // namespace assay
