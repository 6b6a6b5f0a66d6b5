#include "reference/wire/endpoint.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(ParseEndpoint, ReadsUrlsAndBareHosts) {
  const struct {
    const char* url;
    Endpoint endpoint;
    const char* canonical;
  } cases[] = {
      {"http://127.0.0.1:8080", {false, "127.0.0.1", 8080, "/"}, "http://127.0.0.1:8080"},
      {"https://ecs.example.com", {true, "ecs.example.com", 443, "/"}, "https://ecs.example.com"},
      {"HTTP://Host/", {false, "host", 80, "/"}, "http://host"},
      {"host:9000", {false, "host", 9000, "/"}, "http://host:9000"},
      {"host", {false, "host", 80, "/"}, "http://host"},
      {"https://h:8443/a/b", {true, "h", 8443, "/a/b"}, "https://h:8443/a/b"},
      {"http://[::1]:8080/", {false, "::1", 8080, "/"}, "http://[::1]:8080"},
      {"[fe80::1]", {false, "fe80::1", 80, "/"}, "http://[fe80::1]"},
  };
  for (const auto& [url, endpoint, canonical] : cases) {
    const auto parsed = ParseEndpoint(url);
    ASSERT_TRUE(parsed) << url;
    EXPECT_EQ(parsed.value(), endpoint) << url;
    EXPECT_EQ(parsed.value().Url(), canonical);
  }
}

TEST(ParseEndpoint, NamesWhatIsWrong) {
  const struct {
    const char* url;
    const char* what;
  } cases[] = {
      {"", "no host"},         {"http://", "no host"},  {"http://:80", "no host"},
      {"ftp://h", "\"ftp\""},  {"h:0", "port"},         {"h:65536", "port"},
      {"h:", "port"},          {"h:80x", "port"},       {"::1", "no host"},
      {"fe80::1", "[ ]"},      {"[::1", "no host"},     {"http://h/?a=1", "query"},
      {"http://h#a", "query"}, {"http://h o", "space"}, {"http://h\r\nX: y", "control character"},
      {"http://u:p@h", "user"}};
  for (const auto& [url, what] : cases) {
    const auto parsed = ParseEndpoint(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_NE(parsed.error().what.find(what), std::string::npos) << parsed.error().Text();
    EXPECT_EQ(parsed.error().exit, ExitCode::kBadUsage);
    EXPECT_EQ(parsed.error().Text().find("u:p"), std::string::npos) << "tells the password";
  }
}

TEST(ParseEndpoint, RepeatsNoPassword) {
  for (const char* url : {"ftp://user:hidden@h", "http://user:hid den@h", "http://h/?hidden=1",
                          "http://user:hidden@h:0", "user:hidden@h:80x", "http:// u:hidden@h"}) {
    const auto parsed = ParseEndpoint(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_EQ(parsed.error().Text().find("hid"), std::string::npos) << parsed.error().Text();
  }
}

}  // namespace
}  // namespace assay
