#include "reference/target/connection_options.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "spec/text/base64.h"

namespace assay {
namespace {

using Described = std::vector<std::pair<std::string, std::string>>;

TEST(ConnectionOptionsText, HidesWhatLooksLikeACredential) {
  ConnectionOptions options;
  options.headers = {"X-Trace: a1", "Authorization: Bearer x", "x-api-key: x", "Cookie: x"};
  options.proxy = "http://user:x@proxy:3128";
  EXPECT_EQ(DescribeConnection(options, "http://target"),
            (Described{{"--header", "X-Trace: a1"},
                       {"--header", "Authorization: ***"},
                       {"--header", "x-api-key: ***"},
                       {"--header", "Cookie: ***"},
                       {"--proxy", "http://***@proxy:3128"}}));
}

TEST(ConnectionOptionsText, AProxyMayHaveALoginWhichIsHidden) {
  ConnectionOptions options;
  options.proxy = "http://us%65r:open%2Fsesame@proxy:3128";
  const auto plain = MakeTargetOptions(options, "http://target");
  ASSERT_TRUE(plain) << plain.error().Text();
  EXPECT_EQ(plain->proxy->Url(), "http://proxy:3128");
  EXPECT_EQ(plain->proxy_authorization, "Basic " + ToBase64("user:open/sesame"));
  std::string text = "You sent open/sesame and " + ToBase64("user:open/sesame") + ".";
  plain->mask.Hide(text);
  EXPECT_EQ(text.find("sesame"), std::string::npos) << text;
  EXPECT_EQ(text.find(ToBase64("user:open/sesame")), std::string::npos) << text;
  options.proxy = "http://user:open-sesame@:x";
  const auto wrong = MakeTargetOptions(options, "http://target");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().Text().find("sesame"), std::string::npos) << wrong.error().Text();
}

TEST(ConnectionOptionsText, AKeyNeedsItsCertificate) {
  ConnectionOptions options;
  options.client_key = "key.pem";
  const auto made = MakeTargetOptions(options, "https://target");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().Text(),
            "--client-key: is the key of a certificate; name that with --client-cert");
}

TEST(ConnectionOptionsText, HidesCredentialsByTheFormOfTheirValues) {
  for (const char* header :
       {"X-N: Bearer abc", "X-N: ghp_abc", "X-N: eyJhbGciOi.J9.x", "X-N: LTAI5t",
        "X-N: user=a&password=b", "X-Session-Id: x", "X-JWT: x"}) {
    ConnectionOptions options;
    options.headers = {header};
    const Described described = DescribeConnection(options, "http://target");
    ASSERT_EQ(described.size(), 1U);
    EXPECT_TRUE(described[0].second.ends_with(": ***")) << header;
  }
}

TEST(ConnectionOptionsText, HidesTheSecretsWithinAHeaderWhereverTheyAreRepeated) {
  ConnectionOptions options;
  options.headers = {"Authorization: Bearer abcdefgh12345", "Cookie: theme=light; sid=qwertzuiop",
                     "X-Auth: Basic dXNlcjpvcGVuLXNlc2FtZQ=="};
  const auto made = MakeTargetOptions(options, "http://target");
  ASSERT_TRUE(made) << made.error().Text();
  for (const char* repeated : {"abcdefgh12345", "qwertzuiop", "open-sesame", "user:open-sesame"}) {
    std::string text = "You sent " + std::string(repeated) + ".";
    made->mask.Hide(text);
    EXPECT_EQ(text.find(repeated), std::string::npos) << text;
  }
  std::string text = "A light theme.";
  made->mask.Hide(text);
  EXPECT_EQ(text, "A light theme.");
}

TEST(ConnectionOptionsText, AHeaderHasANameAndNoLineBreak) {
  for (const char* header : {"", "X-Trace", ": x", "a b: x", "X: a\r\nY: b"}) {
    ConnectionOptions options;
    options.headers = {header};
    EXPECT_FALSE(MakeTargetOptions(options, "http://target")) << header;
  }
}

TEST(ConnectionOptionsText, TheVariablesNameAProxyButNotForThisMachine) {
  setenv("http_proxy", "http://proxy:1", 1);
  setenv("no_proxy", "other.example, .inner.example", 1);
  const auto proxied = [](const char* url) {
    const auto made = MakeTargetOptions({}, url);
    return made && made->proxy.has_value();
  };
  EXPECT_TRUE(proxied("http://target.example"));
  for (const char* url : {"http://127.0.0.1:1", "http://localhost", "http://[::1]:1", "unix:/x",
                          "http://other.example", "http://a.inner.example"}) {
    EXPECT_FALSE(proxied(url)) << url;
  }
  ConnectionOptions none;
  none.proxy = "none";
  EXPECT_FALSE(MakeTargetOptions(none, "http://target.example")->proxy);
  unsetenv("http_proxy");
  unsetenv("no_proxy");
}

}  // namespace
}  // namespace assay
