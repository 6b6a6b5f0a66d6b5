#include "reference/auth/signature.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "reference/auth/gateway.h"
#include "reference/auth/signature_vectors_for_test.h"
#include "spec/text/base64.h"

namespace assay {
namespace {

std::string ToSign(std::string_view method, const std::vector<Parameter>& query,
                   const std::vector<Parameter>& form = {}) {
  std::string text = "what was there before";
  WriteParametersToSign(method, query, form, &text);
  return text;
}

std::string SignV1(std::string_view secret, std::string_view to_sign) {
  Hmac hmac = ParameterHmac(secret);
  return ParameterSignature(hmac, to_sign);
}

struct Signed {
  std::string canonical, to_sign, signature;
};

Signed SignV3(const SignedRequest& request, std::string_view secret,
              HeaderAlgorithm algorithm = HeaderAlgorithm::kSha256) {
  Signed out{.canonical = "what was there before"};
  WriteCanonicalRequest(request, &out.canonical);
  Digest digest(DigestOf(algorithm));
  out.to_sign = HeadersToSign(algorithm, digest, out.canonical);
  Hmac hmac = HeaderHmac(algorithm, secret);
  out.signature = HeaderSignature(hmac, out.to_sign);
  return out;
}

std::string TextOf(const nlohmann::json& vector, const char* key) { return vector.at(key); }

Signed SignDocumented(const nlohmann::json& vector) {
  std::vector<Header> headers;
  for (const auto& header : vector.at("headers")) headers.emplace_back(header[0], header[1]);
  const std::string method = vector.at("method"), hash = vector.at("payload_hash");
  return SignV3(
      {method, "/", ParametersOf(vector.at("query")), headers, NamesToSign(headers), hash},
      TextOf(vector, "secret"));
}

Signed SignEmpty(const std::vector<Header>& headers, const HeaderNames& names,
                 const std::vector<Parameter>& query = {}) {
  return SignV3({"GET", "/", query, headers, names, "h"}, "secret");
}

TEST(DigestTest, DocumentedDigestsAreReproduced) {
  const auto digests = ReadVectors("documented.json").at("digests");
  ASSERT_EQ(digests.size(), 2u);
  for (const auto& vector : digests) {
    const auto algorithm = FindHeaderAlgorithm(TextOf(vector, "algorithm"));
    ASSERT_TRUE(algorithm);
    Digest digest(DigestOf(*algorithm));
    const std::string text = vector.at("text");
    EXPECT_EQ(Hex(digest.Of(text)), TextOf(vector, "hex"));
    EXPECT_NE(Hex(digest.Of(text + " ")), TextOf(vector, "hex"));
    EXPECT_EQ(Hex(digest.Of(text)), TextOf(vector, "hex"))
        << "a second time, with the kept context";
  }
}

TEST(DigestTest, DocumentedMacsAreReproduced) {
  const auto macs = ReadVectors("documented.json").at("macs");
  ASSERT_EQ(macs.size(), 2u);
  for (const auto& vector : macs) {
    const auto algorithm = FindHeaderAlgorithm(TextOf(vector, "algorithm"));
    ASSERT_TRUE(algorithm);
    Hmac hmac = HeaderHmac(*algorithm, TextOf(vector, "secret"));
    const std::string text = vector.at("text");
    EXPECT_EQ(Hex(hmac.Of(text)), TextOf(vector, "hex"));
    EXPECT_NE(Hex(hmac.Of(text + " ")), TextOf(vector, "hex"));
    EXPECT_EQ(Hex(hmac.Of(text)), TextOf(vector, "hex")) << "a second time, with the kept context";
  }
}

// RFC 2202 (test case 6 and 7: keys longer than a block) and the HMAC of nothing under nothing.
TEST(DigestTest, KeysOfAnyLengthSign) {
  Hmac longer(DigestKind::kSha1, std::string(80, '\xaa'));
  EXPECT_EQ(Hex(longer.Of("Test Using Larger Than Block-Size Key - Hash Key First")),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112");
  Hmac empty(DigestKind::kSha1, "");
  EXPECT_EQ(Hex(empty.Of("")), "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
  EXPECT_EQ(Hex(empty.Of("")), "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
}

// RFC 4648, section 10.
TEST(DigestTest, Base64PadsToFourCharacters) {
  EXPECT_EQ(ToBase64(""), "");
  EXPECT_EQ(ToBase64("f"), "Zg==");
  EXPECT_EQ(ToBase64("fo"), "Zm8=");
  EXPECT_EQ(ToBase64("foo"), "Zm9v");
  EXPECT_EQ(ToBase64("\xff\xef\xbe"), "/+++");
}

TEST(DigestTest, OnlyEqualTextsAreEqual) {
  EXPECT_TRUE(EqualInConstantTime("", ""));
  EXPECT_TRUE(EqualInConstantTime(std::string_view("a\0b", 3), std::string_view("a\0b", 3)));
  EXPECT_FALSE(EqualInConstantTime(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
  EXPECT_FALSE(EqualInConstantTime("a", "ab"));
  EXPECT_FALSE(EqualInConstantTime("a", ""));
  EXPECT_FALSE(EqualInConstantTime("xa", "ya"));
}

TEST(ParameterSignatureTest, DocumentedVectorsAreReproduced) {
  const auto vectors = ReadVectors("documented.json").at("parameters");
  ASSERT_EQ(vectors.size(), 5u);
  for (const auto& vector : vectors) {
    SCOPED_TRACE(vector.at("source"));
    const std::string text =
        ToSign(TextOf(vector, "method"), ParametersOf(vector.at("parameters")));
    if (vector.contains("string_to_sign")) {
      EXPECT_EQ(text, TextOf(vector, "string_to_sign"));
    }
    EXPECT_EQ(SignV1(TextOf(vector, "secret"), text), TextOf(vector, "signature"));
  }
}

TEST(ParameterSignatureTest, MistakesOfTheDocumentsAreNotReproduced) {
  const auto traps = ReadVectors("documented.json").at("traps").at("parameters");
  ASSERT_EQ(traps.size(), 3u);
  for (const auto& trap : traps) {
    SCOPED_TRACE(trap.at("why"));
    const std::string text =
        trap.contains("string_to_sign")
            ? TextOf(trap, "string_to_sign")
            : ToSign(TextOf(trap, "method"), ParametersOf(trap.at("parameters")));
    EXPECT_NE(SignV1(TextOf(trap, "secret"), text), TextOf(trap, "signature"));
  }
}

TEST(ParameterSignatureTest, CapturedRequestsGiveTheTextThatTheirClientsSigned) {
  int count = 0;
  for (const Capture& capture : ReadCaptures()) {
    if (capture.scheme != CaptureScheme::kParameters) continue;
    SCOPED_TRACE(capture.name);
    const WireParameters wire = DecodeParameters(capture.http);
    const std::string text = ToSign(capture.http.method, wire.query, wire.form);
    EXPECT_EQ(text, capture.to_sign);
    EXPECT_EQ(SignV1("testsecret", text), capture.signature);
    ++count;
  }
  EXPECT_EQ(count, 28);
}

TEST(ParameterSignatureTest, NamesAreSortedByTheirBytes) {
  EXPECT_EQ(ToSign("GET", {{"a", "1"}, {"B", "2"}, {"\xc3\xa9", "3"}, {"a.10", "4"}, {"a.2", "5"}}),
            "GET&%2F&B%3D2%26a%3D1%26a.10%3D4%26a.2%3D5%26%25C3%25A9%3D3");
}

TEST(ParameterSignatureTest, QueryAndFormAreOneList) {
  const std::vector<Parameter> all = {{"c", "3"}, {"a", "1"}, {"b", "2"}, {"b", "0"}};
  const std::string text = ToSign("POST", all);
  EXPECT_EQ(text, "POST&%2F&a%3D1%26b%3D0%26b%3D2%26c%3D3");
  EXPECT_EQ(ToSign("POST", {}, all), text);
  EXPECT_EQ(ToSign("POST", {all[1], all[3]}, {all[0], all[2]}), text);
}

TEST(ParameterSignatureTest, OnlyTheSignatureItselfIsNotSigned) {
  EXPECT_EQ(ToSign("GET", {{"Signature", "x"}, {"a", "1"}, {"Signature", "y"}}),
            ToSign("GET", {{"a", "1"}}));
  EXPECT_NE(ToSign("GET", {{"signature", "x"}}), ToSign("GET", {}));
  EXPECT_EQ(ToSign("GET", {{"SignatureType", ""}}), "GET&%2F&SignatureType%3D");
}

TEST(ParameterSignatureTest, EveryByteIsEncodedTwice) {
  for (int c = 0; c < 256; ++c) {
    const std::string value(3, static_cast<char>(c));
    EXPECT_EQ(ToSign("GET", {{value, value}}),
              "GET&%2F&" + PercentEncode(PercentEncode(value) + "=" + PercentEncode(value)));
  }
}

TEST(ParameterSignatureTest, MalformedAndLongValuesAreSignedAsTheyAre) {
  const std::string hostile("\0\xff\xfe\xed\xa0\x80\r\n", 8);
  EXPECT_EQ(ToSign("GET", {{"a", hostile}}),
            "GET&%2F&a%3D%2500%25FF%25FE%25ED%25A0%2580%250D%250A");
  const std::string blanks(std::size_t{1} << 20, ' ');
  EXPECT_EQ(ToSign("GET", {{"a", blanks}}).size(), 12 + 5 * blanks.size());
  EXPECT_EQ(ToSign("GET", {{blanks, ""}}).size(), 11 + 5 * blanks.size());
}

TEST(ParameterSignatureTest, TheOrderOfAThousandParametersDoesNotMatter) {
  std::vector<Parameter> parameters;
  for (int i = 0; i < 1000; ++i) {
    parameters.push_back(
        {"Tag." + std::to_string(i % 500) + ".Key", std::to_string(i * 7919 % 1000)});
  }
  const std::string text = ToSign("GET", parameters);
  std::mt19937 random(1);
  std::shuffle(parameters.begin(), parameters.end(), random);
  EXPECT_EQ(ToSign("GET", parameters), text);
  parameters[500].value += '0';
  EXPECT_NE(ToSign("GET", parameters), text);
}

TEST(HeaderSignatureTest, DocumentedVectorsAreReproduced) {
  const auto vectors = ReadVectors("documented.json").at("headers");
  ASSERT_EQ(vectors.size(), 4u);
  for (const auto& vector : vectors) {
    SCOPED_TRACE(vector.at("source"));
    const Signed made = SignDocumented(vector);
    if (vector.contains("hashed_canonical_request")) {
      EXPECT_EQ(made.to_sign, "ACS3-HMAC-SHA256\n" + TextOf(vector, "hashed_canonical_request"));
    }
    EXPECT_EQ(made.signature, TextOf(vector, "signature"));
  }
}

TEST(HeaderSignatureTest, MistakesOfTheDocumentsAreNotReproduced) {
  const auto traps = ReadVectors("documented.json").at("traps").at("headers");
  ASSERT_EQ(traps.size(), 1u);
  for (const auto& trap : traps)
    EXPECT_NE(SignDocumented(trap).signature, TextOf(trap, "signature"));
}

TEST(HeaderSignatureTest, CapturedRequestsGiveTheTextThatTheirClientsSigned) {
  int count = 0;
  for (const Capture& capture : ReadCaptures()) {
    if (capture.scheme != CaptureScheme::kHeaders) continue;
    SCOPED_TRACE(capture.name);
    const std::string header(capture.http.Find("Authorization").value_or(""));
    const auto authorization = ParseAuthorization(header);
    ASSERT_TRUE(authorization);
    EXPECT_EQ(authorization->credential, "testid");
    EXPECT_EQ(authorization->signature, capture.signature);
    const WireParameters wire = DecodeParameters(capture.http);
    Digest digest(DigestKind::kSha256);
    const std::string hash = Hex(digest.Of(capture.http.body));
    const Signed made = SignV3({capture.http.method, wire.path, wire.query, capture.http.headers,
                                authorization->signed_headers, hash},
                               "testsecret");
    EXPECT_EQ(made.canonical, capture.canonical_request);
    EXPECT_EQ(made.to_sign, capture.to_sign);
    EXPECT_EQ(made.signature, capture.signature);
    ++count;
  }
  EXPECT_EQ(count, 14);
}

TEST(HeaderSignatureTest, HeadersAreLoweredTrimmedSortedAndJoined) {
  const std::vector<Header> headers = {{"X-Acs-B", " 2\t"}, {"x-acs-a", "z"}, {"Other", "no"},
                                       {"X-ACS-A", "a a "}, {"HOST", "h:1"},  {"x-acs-c", ""}};
  EXPECT_EQ(SignEmpty(headers, NamesToSign(headers)).canonical,
            "GET\n/\n\nhost:h:1\nx-acs-a:a a,z\nx-acs-b:2\nx-acs-c:\n\n"
            "host;x-acs-a;x-acs-b;x-acs-c\nh");
}

TEST(HeaderSignatureTest, WhatTheRequestSaysIsSignedAndNothingElse) {
  const std::vector<Header> headers = {{"user-agent", "u"}, {"host", "h"}, {"x-acs-a", "1"}};
  const auto authorization =
      ParseAuthorization("A Credential=c,SignedHeaders=User-Agent;host;absent;Host,Signature=s");
  ASSERT_TRUE(authorization);
  const std::string canonical = SignEmpty(headers, authorization->signed_headers).canonical;
  EXPECT_EQ(canonical, "GET\n/\n\nabsent:\nhost:h\nuser-agent:u\n\nabsent;host;user-agent\nh");
}

TEST(HeaderSignatureTest, TheQueryIsSortedAndEncodedOnce) {
  EXPECT_EQ(SignEmpty({}, {}, {{"b", "x y"}, {"b", "*"}, {"empty", ""}, {"A", "~"}}).canonical,
            "GET\n/\nA=~&b=%2A&b=x%20y&empty=\n\n\nh");
}

TEST(HeaderSignatureTest, AlgorithmsSignDifferently) {
  const std::vector<Header> headers = {{"x-acs-test", "http"}, {"x-acs-TEST", "https"}};
  const Signed sm3 = SignV3({"GET",
                             "/",
                             {{"test", "ok"}, {"empty", ""}},
                             headers,
                             NamesToSign(headers),
                             "55e12e91650d2fec56ec74e1d3e4ddbfce2ef3a65890c2a19ecf88a307e76a23"},
                            "secret", HeaderAlgorithm::kSm3);
  EXPECT_TRUE(sm3.to_sign.starts_with("ACS3-HMAC-SM3\n"));
  // Computed with Python's hmac over the SM3 of another build of OpenSSL.
  EXPECT_EQ(sm3.signature, "25c54cea9038acf3b671287a870a3f5392e6ac8a692b43ca091d2b11868885ef");
}

TEST(HeaderSignatureTest, ThousandsOfHeadersAreSignedInReasonableTime) {
  std::vector<Header> headers;
  HeaderNames names;
  headers.reserve(20'000);
  for (int i = 0; i < 20'000; ++i) headers.emplace_back("x-" + std::to_string(i), "v");
  for (const Header& header : headers) names.push_back(header.first);
  std::sort(names.begin(), names.end());
  const auto start = std::chrono::steady_clock::now();
  EXPECT_GT(SignEmpty(headers, names).canonical.size(), 20'000u * 8);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST(AuthorizationTest, PartsAreFoundInAnyOrder) {
  for (const char* text :
       {"ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host;x-acs-a,Signature=00ff",
        "  ACS3-HMAC-SHA256   Signature=00ff , SignedHeaders=x-acs-a ; host;;host, Credential=id "
        " "}) {
    const auto authorization = ParseAuthorization(text);
    ASSERT_TRUE(authorization) << text;
    EXPECT_EQ(authorization->algorithm, "ACS3-HMAC-SHA256");
    EXPECT_EQ(authorization->credential, "id");
    EXPECT_EQ(authorization->signature, "00ff");
    EXPECT_EQ(authorization->signed_headers, (std::vector<std::string_view>{"host", "x-acs-a"}));
  }
}

TEST(AuthorizationTest, AnythingElseIsMalformed) {
  for (const char* text :
       {"", " ", "ACS3-HMAC-SHA256", "ACS3-HMAC-SHA256 ",
        "Basic dGVzdGlkOng=", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host",
        "ACS3-HMAC-SHA256 Credential", "ACS3-HMAC-SHA256 Credential=id,Signature=00",
        "ACS3-HMAC-SHA256 ,,,", "ACS3-HMAC-SHA256 SignedHeaders=host,Signature=00",
        "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=;;,Signature=00",
        "ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=00",
        "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature=",
        "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature=00,Signature=00",
        "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature=00,Other=1",
        "ACS3-HMAC-SHA256 credential=id,signedheaders=host,signature=00",
        "ACS3-HMAC-SHA256 Credential=id;SignedHeaders=host;Signature=00"}) {
    EXPECT_FALSE(ParseAuthorization(text)) << text;
  }
}

TEST(AuthorizationTest, HostileTextNeitherBreaksNorLasts) {
  std::string names = "ACS3-HMAC-SHA256 Credential=id,Signature=00,SignedHeaders=";
  for (int i = 0; i < 60'000; ++i) names += ";a";
  const auto authorization = ParseAuthorization(names);
  ASSERT_TRUE(authorization);
  EXPECT_EQ(authorization->signed_headers.size(), 1u);
  std::string out;
  AppendSignedHeaders(authorization->signed_headers, &out);
  EXPECT_EQ(out, "a");
  std::mt19937 random(7);
  constexpr std::string_view kPieces[] = {"Credential", "=",
                                          ",",          ";",
                                          " ",          "Signature",
                                          "ACS3-",      "SignedHeaders",
                                          "x",          std::string_view("\0", 1),
                                          "\xff"};
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (int n = 0; n < 12; ++n) text += kPieces[random() % std::size(kPieces)];
    const auto parsed = ParseAuthorization(text);
    if (parsed) {
      EXPECT_FALSE(parsed->credential.empty() || parsed->signature.empty()) << text;
    }
  }
}

}  // namespace
}  // namespace assay
