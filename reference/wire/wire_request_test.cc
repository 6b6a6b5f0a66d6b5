#include "reference/wire/wire_request.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

Request MakeRequest(std::string method, Placement placement, std::vector<Parameter> parameters) {
  return {std::move(method), placement, std::move(parameters)};
}

std::string Encoded(const Request& request, const RequestSigner& sign = nullptr) {
  WireRequest wire;
  wire.host = "h:8080";
  wire.path = "/";
  LayOut(request, "2014-05-26", &wire);
  if (sign) sign(request, wire);
  std::string out;
  Encode(wire, "assay/1", &out);
  return out;
}

const std::vector<Parameter> kParameters = {
    {"Action", "DescribeSnapshots"}, {"RegionId", "cn"}, {"Name", "a b*[\"é\"]"}};

TEST(WireRequest, PutsEverythingIntoTheQuery) {
  EXPECT_EQ(Encoded(MakeRequest("GET", Placement::kQuery, kParameters)),
            "GET /?Action=DescribeSnapshots&RegionId=cn&Name=a%20b%2A%5B%22%C3%A9%22%5D"
            "&Version=2014-05-26 HTTP/1.1\r\n"
            "Host: h:8080\r\nUser-Agent: assay/1\r\nAccept: */*\r\n\r\n");
}

TEST(WireRequest, PutsEverythingIntoTheForm) {
  EXPECT_EQ(Encoded(MakeRequest("POST", Placement::kForm, {{"Action", "A"}, {"b", "1 2"}})),
            "POST / HTTP/1.1\r\nHost: h:8080\r\nUser-Agent: assay/1\r\nAccept: */*\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 35\r\n\r\n"
            "Action=A&b=1%202&Version=2014-05-26");
}

TEST(WireRequest, SendsBlanksAsTheRequestSays) {
  Request request = MakeRequest("POST", Placement::kSplit, {{"Action", "A a"}, {"b", "1 2"}});
  request.encoding = FormEncoding::kPlus;
  const std::string text = Encoded(request);
  EXPECT_TRUE(text.starts_with("POST /?Action=A+a&Version=2014-05-26 HTTP/1.1\r\n")) << text;
  EXPECT_TRUE(text.ends_with("Content-Length: 5\r\n\r\nb=1+2")) << text;
}

TEST(WireRequest, NamesTheCharsetOfAForm) {
  Request request = MakeRequest("POST", Placement::kForm, {{"a", "1"}});
  request.encoding = FormEncoding::kCharset;
  const std::string text = Encoded(request);
  EXPECT_NE(text.find("\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"),
            std::string::npos)
      << text;
}

TEST(WireRequest, SendsAFormInChunks) {
  Request request = MakeRequest("POST", Placement::kForm, {{"Action", "A"}, {"b", "1 2"}});
  request.encoding = FormEncoding::kChunked;
  const std::string text = Encoded(request);
  EXPECT_TRUE(
      text.ends_with("\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "3\r\nAct\r\n20\r\nion=A&b=1%202&Version=2014-05-26\r\n0\r\n\r\n"))
      << text;
  EXPECT_EQ(text.find("Content-Length"), std::string::npos) << text;
}

TEST(WireRequest, SplitsCommonParametersFromTheRest) {
  const std::string text =
      Encoded(MakeRequest("POST", Placement::kSplit,
                          {{"Format", "JSON"}, {"RegionId", "cn"}, {"Action", "A"}, {"x", ""}}));
  EXPECT_TRUE(text.starts_with("POST /?Format=JSON&Action=A&Version=2014-05-26 HTTP/1.1\r\n"))
      << text;
  EXPECT_TRUE(text.ends_with("Content-Length: 14\r\n\r\nRegionId=cn&x=")) << text;
}

TEST(WireRequest, AddsNoVersionToARequestThatHasOne) {
  const std::string text = Encoded(MakeRequest("GET", Placement::kQuery, {{"Version", "x"}}));
  EXPECT_TRUE(text.starts_with("GET /?Version=x HTTP/1.1\r\n")) << text;
}

TEST(WireRequest, AddsNoVersionWhereNoneIsWanted) {
  WireRequest wire;
  LayOut(MakeRequest("GET", Placement::kQuery, {{"a", "1"}}), "", &wire);
  EXPECT_FALSE(wire.Has("Version"));
  EXPECT_TRUE(wire.Has("a"));
}

TEST(WireRequest, GivesALengthWithAPostThatHasNoBody) {
  const std::string text = Encoded(MakeRequest("POST", Placement::kQuery, kParameters));
  EXPECT_TRUE(text.ends_with("\r\nContent-Length: 0\r\n\r\n")) << text;
  EXPECT_EQ(text.find("Content-Type"), std::string::npos);
}

TEST(WireRequest, LeavesNothingOfAnEarlierRequest) {
  WireRequest wire;
  LayOut(MakeRequest("POST", Placement::kForm, kParameters), "2014-05-26", &wire);
  wire.headers.emplace_back("Authorization", "secret");
  LayOut(MakeRequest("GET", Placement::kQuery, {{"a", "1"}}), "", &wire);
  EXPECT_EQ(wire.query, (std::vector<Parameter>{{"a", "1"}}));
  EXPECT_TRUE(wire.form.empty());
  EXPECT_TRUE(wire.headers.empty());
}

TEST(WireRequest, SendsWhatASignerAdds) {
  const auto sign = [](const Request& request, WireRequest& wire) {
    wire.query.push_back({"Signature", std::to_string(request.parameters.size()) + "+/="});
    wire.headers.emplace_back("Accept", "application/json");
    wire.headers.emplace_back("x-body", wire.Body());
  };
  EXPECT_EQ(Encoded(MakeRequest("POST", Placement::kForm, {{"a", "1"}}), sign),
            "POST /?Signature=1%2B%2F%3D HTTP/1.1\r\nHost: h:8080\r\nUser-Agent: assay/1\r\n"
            "Accept: application/json\r\nx-body: a=1&Version=2014-05-26\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 22\r\n\r\n"
            "a=1&Version=2014-05-26");
}

}  // namespace
}  // namespace assay
