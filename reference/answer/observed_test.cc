#include "reference/answer/observed.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reference/answer/observed_body.h"

namespace assay {
namespace {

using Kind = ObservedValue::Kind;

constexpr const char* kList =
    R"({"RequestId":"473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E","TotalCount":2,"PageNumber":1,)"
    R"("PageSize":10,"NextToken":"caeb\u0061","Snapshots":{"Snapshot":[)"
    R"({"SnapshotId":"s-1","SnapshotName":"a \"b\" \n é","SourceDiskSize":40,"Encrypted":false,)"
    R"("Tags":{"Tag":[{"TagKey":"k","TagValue":"v"},{"TagKey":"","TagValue":""}]},"New":[1,{"a":null}]},)"
    R"({"SnapshotId":"s-2","Tags":{"Tag":[]}}]}})";

constexpr const char* kXmlList =
    "<?xml version='1.0' encoding='UTF-8'?><DescribeSnapshotsResponse><RequestId>R-1</RequestId>"
    "<TotalCount>1</TotalCount><NextToken/><Snapshots><Snapshot><SnapshotId>s-1</SnapshotId>"
    "<SnapshotName>a &amp; b</SnapshotName><Description> </Description><Tags><Tag>"
    "<TagKey>k</TagKey><TagValue>v</TagValue></Tag></Tags></Snapshot></Snapshots>"
    "</DescribeSnapshotsResponse>";

class Reading {
 public:
  const ObservedAnswer& Of(std::string body, int status = 200) {
    response_.status = status;
    response_.body = std::move(body);
    return reader_.Read(response_);
  }

 private:
  Response response_;
  AnswerReader reader_;
};

// The ids of the rules that the body breaks, in order, each once.
std::string Broken(const ObservedAnswer& answer) {
  std::string out;
  for (const Difference& problem : answer.problems) {
    const std::string id(Id(problem.rule));
    if (out.find(id) == std::string::npos) out += (out.empty() ? "" : " ") + id;
  }
  return out;
}

std::string BrokenBy(const std::string& body) {
  Reading reading;
  return Broken(reading.Of(body));
}

std::string List(const std::string& items) {
  return R"({"Snapshots":{"Snapshot":[)" + items + "]}}";
}

std::string Repeat(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(AnswerReader, ReadsEveryValueWithItsType) {
  Reading reading;
  const ObservedAnswer& answer = reading.Of(kList, 201);
  EXPECT_TRUE(answer.readable);
  EXPECT_FALSE(answer.xml);
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(Broken(answer), "");
  EXPECT_EQ(answer.next_token.text, "caeba");
  EXPECT_EQ(answer.total_count.kind, Kind::kInteger);
  EXPECT_EQ(answer.total_count.text, "2");
  ASSERT_EQ(answer.snapshot_count, 2u);
  const ObservedSnapshot& first = answer.snapshots[0];
  EXPECT_EQ(first[Field::kSnapshotName].text, "a \"b\" \n é");
  EXPECT_EQ(first[Field::kSourceDiskSize].kind, Kind::kInteger);
  EXPECT_EQ(first[Field::kEncrypted].kind, Kind::kBoolean);
  EXPECT_EQ(first[Field::kEncrypted].text, "false");
  EXPECT_FALSE(first[Field::kDescription].given());
  ASSERT_EQ(first.tags.size(), 2u);
  EXPECT_EQ(first.tags[0].value.text, "v");
  EXPECT_EQ(first.tags[1].key.kind, Kind::kText);
  EXPECT_EQ(answer.snapshots[1].tags_kind, Kind::kObject);
}

TEST(AnswerReader, ReadsErrorEnvelopesInBothFormats) {
  Reading reading;
  const std::string json =
      R"({"RequestId":"R","HostId":"h","Code":"InvalidUsage","Message":"m","Recommend":"r"})";
  EXPECT_EQ(reading.Of(json, 404).code.text, "InvalidUsage");
  const ObservedAnswer& xml = reading.Of(
      "<Error><RequestId>R</RequestId><HostId>h</HostId><Code>InvalidUsage</Code>"
      "<Message>m</Message><Recommend>r</Recommend></Error>",
      404);
  EXPECT_EQ(xml.code.text, "InvalidUsage");
  EXPECT_EQ(xml.host_id.text, "h");
  EXPECT_EQ(xml.recommend.text, "r");
  EXPECT_FALSE(xml.has_list);
  EXPECT_EQ(Broken(xml), "");
}

TEST(AnswerReader, TakesNoCutBodyForAWholeOne) {
  Reading reading;
  const std::string json = kList, xml = kXmlList;
  for (std::size_t size = 0; size < json.size(); ++size) {
    const ObservedAnswer& answer = reading.Of(json.substr(0, size));
    EXPECT_FALSE(answer.readable) << size;
    EXPECT_NE(Broken(answer), "") << size;
  }
  for (std::size_t size = 0; size < xml.size(); ++size) {
    const ObservedAnswer& answer = reading.Of(xml.substr(0, size));
    EXPECT_FALSE(answer.readable) << size;
    EXPECT_NE(Broken(answer), "") << size;
  }
}

TEST(AnswerReader, SurvivesEveryChangedByte) {
  Reading reading;
  for (const std::string& original : std::vector<std::string>{kList, kXmlList}) {
    for (std::size_t at = 0; at < original.size(); ++at) {
      for (const char c : std::string("\0\"{}[]<>&,:\\x0\xFF", 15)) {
        std::string body = original;
        body[at] = c;
        const ObservedAnswer& answer = reading.Of(body);
        EXPECT_TRUE(answer.readable || !answer.problems.empty()) << body;
      }
    }
  }
}

TEST(AnswerReader, RefusesWhatIsNoJsonText) {
  const std::string malformed = "encoding.json.well_formed";
  for (const char* body : {"",
                           " ",
                           "OK",
                           "{",
                           "}",
                           "{]",
                           "{\"a\":1,}",
                           "{\"a\" 1}",
                           "{\"a\":}",
                           "{'a':1}",
                           "{\"a\":1 \"b\":2}",
                           "{\"a\":01}",
                           "{\"a\":1.}",
                           "{\"a\":.5}",
                           "{\"a\":1e}",
                           "{\"a\":--1}",
                           "{\"a\":+1}",
                           "{\"a\":tru}",
                           "{\"a\":truex}",
                           "{\"a\":[1 2]}",
                           "{\"a\":[1,]}",
                           "{\"a\":[1,{\"b\":nulll}]}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\ud800\"}",
                           "{\"a\":NaN}",
                           "{\"TotalCount\":12345678901234567890x}",
                           "{\"TotalCount\":123456789012345678901-}",
                           "{\"TotalCount\":000000000000000000000}",
                           "{\"TotalCount\":1e1e1}",
                           "{\"Snapshots\":{\"Snapshot\":[{\"Status\":\"\\q\"}]}}",
                           "{\"a\":\"\n\"}"}) {
    Reading reading;
    const ObservedAnswer& answer = reading.Of(body);
    EXPECT_FALSE(answer.readable) << body;
    EXPECT_EQ(Broken(answer), malformed) << body;
  }
}

TEST(AnswerReader, SaysWhereATextStopsBeingJson) {
  const auto told = [](const std::string& body) {
    Reading reading;
    const ObservedAnswer& answer = reading.Of(body);
    return answer.problems.empty() ? "" : answer.problems.front().actual;
  };
  EXPECT_EQ(told(R"({"PageSize":10 "Total":1})"),
            R"(not JSON from byte 16 on: {"PageSize":10  and then "Total":1})");
  EXPECT_EQ(told(R"({"PageSize":10,"Snapshots":{"Snapshot":[)"),
            R"(ends in the middle, after 40 bytes: {"PageSize":10,"Snapshots":{"Snapshot":[)");
  const std::string far = told("{\"Description\":\"" + std::string(300, 'x') + "é\",}" + kList);
  EXPECT_TRUE(far.starts_with("not JSON from byte 321 on: …xxx")) << far;
  EXPECT_NE(far.find("xxé\","), std::string::npos) << far;
}

TEST(AnswerReader, SeesTextBehindTheObject) {
  for (const char* behind : {"x", "{}", "{\"a\":1}", "1", ",", "}", "null"}) {
    EXPECT_EQ(BrokenBy(kList + std::string(behind)), "encoding.json.well_formed") << behind;
    EXPECT_EQ(BrokenBy(kList + std::string(" ") + behind), "encoding.json.well_formed") << behind;
  }
  EXPECT_EQ(BrokenBy(std::string(" \n") + kList + "\r\n\t "), "");
}

TEST(AnswerReader, WantsAnObject) {
  for (const char* body : {"[]", "[{}]", "1", "\"x\"", "null", "true"}) {
    Reading reading;
    const ObservedAnswer& answer = reading.Of(body);
    EXPECT_FALSE(answer.readable) << body;
    EXPECT_EQ(Broken(answer), "encoding.format.json") << body;
  }
}

TEST(AnswerReader, RefusesAByteOrderMarkInJsonAndTakesItInXml) {
  EXPECT_EQ(BrokenBy(std::string("\xEF\xBB\xBF") + kList), "encoding.json.well_formed");
  EXPECT_EQ(BrokenBy(std::string("\xEF\xBB\xBF") + kXmlList), "");
}

TEST(AnswerReader, SeesNamesThatStandTwice) {
  const std::string twice = "encoding.json.unique_names";
  EXPECT_EQ(BrokenBy(R"({"RequestId":"a","RequestId":"a"})"), twice);
  EXPECT_EQ(BrokenBy(R"({"Request\u0049d":"a","RequestId":"b"})"), twice);
  EXPECT_EQ(BrokenBy(R"({"Unknown":1,"Unknown":2})"), twice);
  EXPECT_EQ(BrokenBy(R"({"Snapshots":{"Snapshot":[]},"Snapshots":{"Snapshot":[]}})"), twice);
  EXPECT_EQ(BrokenBy(R"({"Snapshots":{"Snapshot":[],"Snapshot":[]}})"), twice);
  EXPECT_EQ(BrokenBy(R"({"Snapshots":{"x":1,"x":1,"Snapshot":[]}})"), twice);
  EXPECT_EQ(BrokenBy(List(R"({"Status":"a","Status":"a"})")), twice);
  EXPECT_EQ(BrokenBy(List(R"({"x":"a","x":"a"})")), twice);
  EXPECT_EQ(BrokenBy(List(R"({"Tags":{"Tag":[]},"Tags":{"Tag":[]}})")), twice);
  EXPECT_EQ(BrokenBy(List(R"({"Tags":{"Tag":[],"Tag":[]}})")), twice);
  EXPECT_EQ(BrokenBy(List(R"({"Tags":{"Tag":[{"TagKey":"a","TagValue":"b","TagKey":"a"}]}})")),
            twice);
  EXPECT_EQ(BrokenBy(List(R"({"Status":"a"},{"Status":"a"})")), "");
  EXPECT_EQ(BrokenBy("<Error><Code>a</Code><Code>a</Code></Error>"), twice);
}

TEST(AnswerReader, ReadsOnInAWrongContainer) {
  for (const char* container : {R"([{"Status":"a"}])", R"({"Snapshot":{"Status":"a"}})"}) {
    AnswerReader reader;
    Response response;
    response.status = 200;
    response.content_type = "application/json";
    response.body = fmt::format(R"({{"Snapshots":{}}})", container);
    const ObservedAnswer& answer = reader.Read(response);
    EXPECT_TRUE(answer.has_list) << container;
    ASSERT_EQ(answer.snapshot_count, 1U) << container;
    EXPECT_EQ(answer.snapshots[0][Field::kStatus].text, "a") << container;
  }
}

TEST(AnswerReader, SeesWrongTypesAtEveryLevel) {
  for (const std::string& value :
       std::vector<std::string>{"null", "1", "1.5", "true", "\"x\"", "[]", "[1]", "{}"}) {
    const bool object = value == "{}", array = value[0] == '[', null = value == "null";
    const std::string snapshots = BrokenBy(R"({"Snapshots":)" + value + "}");
    const std::string within = value == "[1]" ? " response.snapshot.object" : "";
    EXPECT_EQ(snapshots, array ? "response.snapshots.container" + within : "")
        << "an absent list is the judge's affair: " << value;
    EXPECT_EQ(
        BrokenBy(R"({"Snapshots":{"Snapshot":)" + value + "}}"),
        array ? (value == "[]" ? "" : "response.snapshot.object") : "response.snapshots.container")
        << value;
    EXPECT_EQ(BrokenBy(List(value)), object ? "" : "response.snapshot.object") << value;
    EXPECT_EQ(BrokenBy(List(R"({"Tags":)" + value + "}")),
              null ? "response.null.absent" : "response.tags.container")
        << value;
    EXPECT_EQ(BrokenBy(List(R"({"Tags":{"Tag":)" + value + "}}")),
              array ? (value == "[]" ? "" : "response.tag.object") : "response.tags.container")
        << value;
    EXPECT_EQ(BrokenBy(List(R"({"Tags":{"Tag":[)" + value + "]}}")),
              object ? "response.tag.tag_key response.tag.tag_value" : "response.tag.object")
        << value;
    const bool text = value == "\"x\"";
    EXPECT_EQ(BrokenBy(List(R"({"Tags":{"Tag":[{"TagKey":)" + value + R"(,"TagValue":"v"}]}})")),
              text ? "" : "response.tag.tag_key")
        << value;
    EXPECT_EQ(BrokenBy(List(R"({"Tags":{"Tag":[{"TagValue":)" + value + R"(,"TagKey":"v"}]}})")),
              text ? "" : "response.tag.tag_value")
        << value;
    EXPECT_EQ(BrokenBy(R"({"TotalCount":)" + value + "}"), null ? "response.null.absent" : "");
    EXPECT_EQ(BrokenBy(List(R"({"Status":)" + value + "}")), null ? "response.null.absent" : "");
  }
}

TEST(AnswerReader, KeepsTheKindOfScalarsOfTheWrongType) {
  Reading reading;
  EXPECT_EQ(reading.Of(R"({"PageSize":"10"})").page_size.kind, Kind::kText);
  EXPECT_EQ(reading.Of(R"({"PageSize":10.0})").page_size.kind, Kind::kFraction);
  EXPECT_EQ(reading.Of(R"({"PageSize":1E1})").page_size.kind, Kind::kFraction);
  EXPECT_EQ(reading.Of(R"({"PageSize":true})").page_size.kind, Kind::kBoolean);
  EXPECT_EQ(reading.Of(R"({"PageSize":[1]})").page_size.kind, Kind::kArray);
  EXPECT_EQ(reading.Of(R"({"PageSize":{"a":1}})").page_size.kind, Kind::kObject);
  EXPECT_EQ(reading.Of(R"({"PageSize":null})").page_size.kind, Kind::kNull);
  EXPECT_EQ(reading.Of(R"({"PageSize": 10 , "a":1})").page_size.text, "10");
}

TEST(AnswerReader, TakesHugeNumbersForWhatTheyAre) {
  Reading reading;
  const std::string digits(5000, '9');
  const ObservedAnswer& huge = reading.Of(R"({"TotalCount":)" + digits + R"(,"PageSize":-)" +
                                          digits + R"(,"PageNumber":1e99999,"Other":1E+999})");
  EXPECT_TRUE(huge.readable);
  EXPECT_EQ(Broken(huge), "");
  EXPECT_EQ(huge.total_count.kind, Kind::kInteger);
  EXPECT_EQ(huge.total_count.text, digits);
  EXPECT_EQ(huge.page_number.kind, Kind::kFraction);
}

TEST(AnswerReader, SurvivesDeepNesting) {
  for (const std::size_t depth : {100u, 1000u, 100'000u}) {
    for (const std::string& body :
         {Repeat("[", depth), Repeat("[", depth) + Repeat("]", depth),
          R"({"a":)" + Repeat("[", depth) + Repeat("]", depth) + "}",
          R"({"Snapshots":)" + Repeat("{\"Snapshots\":", depth) + "1" + Repeat("}", depth) + "}",
          List(Repeat("[", depth) + Repeat("]", depth)),
          List(R"({"Status":)" + Repeat("{\"a\":", depth) + "1" + Repeat("}", depth) + "}"),
          List(R"({"Tags":{"Tag":[)" + Repeat("[", depth) + Repeat("]", depth) + "]}}"),
          Repeat("<a>", depth), Repeat("<a>", depth) + Repeat("</a>", depth),
          "<!DOCTYPE a " + Repeat("<!b [", depth)}) {
      Reading reading;
      const ObservedAnswer& answer = reading.Of(body);
      EXPECT_TRUE(answer.readable || Broken(answer) != "") << body.substr(0, 40);
    }
  }
}

TEST(AnswerReader, RefusesWhatIsNoUtf8) {
  for (const char* octets : {"\xFF", "\xC3\x28", "\xED\xA0\x80", "\xC0\xAF", "\xF4\x90\x80\x80"}) {
    Reading reading;
    const std::string body = R"({"RequestId":")" + std::string(octets) + R"("})";
    EXPECT_FALSE(reading.Of(body).readable);
    EXPECT_EQ(Broken(reading.Of(body)), "encoding.utf8.valid");
    EXPECT_EQ(BrokenBy("<Error><Code>" + std::string(octets) + "</Code></Error>"),
              "encoding.utf8.valid");
  }
}

TEST(AnswerReader, ReadsTheVariantsOfXml) {
  Reading reading;
  const ObservedAnswer& answer = reading.Of(kXmlList);
  EXPECT_TRUE(answer.xml);
  EXPECT_EQ(Broken(answer), "");
  ASSERT_EQ(answer.snapshot_count, 1u);
  EXPECT_EQ(answer.snapshots[0][Field::kSnapshotName].text, "a & b");
  EXPECT_EQ(answer.snapshots[0][Field::kDescription].text, " ");
  EXPECT_EQ(answer.next_token.kind, Kind::kText);
  EXPECT_EQ(answer.next_token.text, "");
  ASSERT_EQ(answer.snapshots[0].tags.size(), 1u);
  EXPECT_EQ(answer.snapshots[0].tags[0].key.text, "k");
  const auto code = [&](const std::string& inner) {
    return std::string(reading.Of("<Error><Code>" + inner + "</Code></Error>").code.text);
  };
  EXPECT_EQ(code("<![CDATA[a<b>&amp;]]>"), "a<b>&amp;");
  EXPECT_EQ(code("In<!-- a comment -->valid"), "Invalid");
  EXPECT_EQ(code("In<![CDATA[va]]>lid"), "Invalid");
  EXPECT_EQ(code("&lt;&#65;&#x42;&quot;&apos;&gt;"), "<AB\"'>");
  EXPECT_EQ(code("<?pi x?>a"), "a");
  EXPECT_EQ(code("a\r\nb"), "a\nb");
  EXPECT_EQ(reading.Of("<Error><Code><Deep>x</Deep></Code></Error>").code.kind, Kind::kObject);
  EXPECT_EQ(
      reading.Of("<!-- c --><Error a='1' b=\"2\"><Code>x</Code></Error><!-- d -->\n").code.text,
      "x");
}

TEST(AnswerReader, RefusesWhatIsNoXmlDocument) {
  for (const std::string& body : std::vector<std::string>{
           "<", "<>", "<a", "<a>", "<a></b>", "</a>", "<a/><b/>", "<a/>text", "text<a/>",
           "<!-- -->", "<?xml version='1.0'?>", "<a b></a>", "<a><!-- </a>", "<a><![CDATA[</a>"}) {
    Reading reading;
    const std::string xml = body[0] == 't' ? " <a/>" + body : body;
    EXPECT_FALSE(reading.Of(xml).readable) << xml;
    EXPECT_EQ(Broken(reading.Of(xml)), "encoding.xml.well_formed") << xml;
  }
  EXPECT_EQ(BrokenBy(std::string("<Error><Code>a\0b</Code></Error>", 32)),
            "encoding.xml.well_formed");
  EXPECT_EQ(BrokenBy("<Error><Code>a\x01</Code></Error>"), "encoding.xml.well_formed");
  EXPECT_EQ(BrokenBy("<html><body/></html>"), "encoding.xml.root");
  EXPECT_EQ(BrokenBy("<R><Snapshots><Snapshot><Tags><Tag><Key>a</Key></Tag></Tags></Snapshot>"
                     "</Snapshots></R>"),
            "encoding.xml.root response.tag.tag_key response.tag.tag_value");
}

TEST(AnswerReader, ExpandsNoEntities) {
  std::string dtd = "<?xml version='1.0'?><!DOCTYPE Error [<!ENTITY a0 'lol'>";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "&a" + std::to_string(i - 1) + ";";
    dtd += "<!ENTITY a" + std::to_string(i) + " '" + Repeat(before, 10) + "'>";
  }
  Reading reading;
  const ObservedAnswer& laughs = reading.Of(dtd + "]><Error><Code>&a11;</Code></Error>");
  EXPECT_LT(laughs.code.text.size(), 100u);
  EXPECT_EQ(Broken(laughs), "encoding.xml.no_doctype");
  const ObservedAnswer& file = reading.Of(
      "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Error><Code>&x;</Code></Error>");
  EXPECT_EQ(file.code.text.find("root"), std::string::npos);
  EXPECT_EQ(Broken(file), "encoding.xml.no_doctype");
}

TEST(AnswerReader, BoundsWhatItKeepsOfLargeBodies) {
  const std::size_t many = 3'000'000;
  Reading reading;
  const ObservedAnswer& objects = reading.Of(List(Repeat("{},", many) + "{}"));
  EXPECT_TRUE(objects.readable);
  EXPECT_LE(objects.snapshot_count, 1000u);
  EXPECT_LE(objects.snapshots.size(), 1000u);
  EXPECT_LE(reading.Of(List(Repeat("1,", many) + "1")).problems.size(), 32u);
  const ObservedAnswer& tags =
      reading.Of(List(R"({"Tags":{"Tag":[)" + Repeat("{},", many) + "{}]}}"));
  EXPECT_LE(tags.snapshots[0].tags.size(), 100u);
  EXPECT_LE(tags.problems.size(), 32u);
  const ObservedAnswer& xml =
      reading.Of("<R><Snapshots>" + Repeat("<Snapshot/>", 150'000) + "</Snapshots></R>");
  EXPECT_TRUE(xml.readable);
  EXPECT_LE(xml.snapshots.size(), 1000u);
  EXPECT_LE(reading.Of("<Error>" + Repeat("<Code/>", 150'000) + "</Error>").problems.size(), 32u);
  const std::string ten_million(10'000'000, 'x');
  const ObservedAnswer& texts =
      reading.Of(R"({"RequestId":")" + ten_million + R"(","NextToken":")" + ten_million + "\"}");
  EXPECT_EQ(texts.request_id.text.size(), kLongestText);
  EXPECT_EQ(texts.next_token.text, "");
  EXPECT_EQ(Broken(texts), "token.next.continues");
}

std::string WhatIsWrongWith(const Response& response) {
  AnswerReader reader;
  const ObservedAnswer& answer = reader.Read(response);
  EXPECT_FALSE(answer.readable);
  return answer.problems.empty() ? "" : answer.problems.front().actual;
}

TEST(AnswerReader, SaysWhatCameInPlaceOfADocument) {
  const auto says = [](const Response& response, const char* words) {
    const std::string text = WhatIsWrongWith(response);
    EXPECT_NE(text.find(words), std::string::npos) << text;
  };
  Response response{.status = 200, .content_type = "", .body = "\x1F\x8B\x08 and so on"};
  says(response, "gzip, without a word");
  response.encoding = "gzip";
  says(response, "gzip, which no request asked for");
  response.encoding = "br";
  response.body = "\x01\x02";
  says(response, "Content-Encoding `br`");
  response.encoding = "";
  response.body = "\xEF\xBB\xBF{}";
  says(response, "byte order mark");
  response.body = std::string("\xFF\xFE{\0}\0", 6);
  says(response, "UTF-16");
  response.body = R"({"a":)" + Repeat("[", 300) + Repeat("]", 300) + "}";
  says(response, "more than 200 deep");
  response.body = "";
  says(response, "an empty body");
  response.status = 302;
  says(response, "a redirect (302) to nowhere");
  response.location = "https://login.example.com/";
  says(response, "a redirect (302) to https://login.example.com/");
}

TEST(AnswerReader, GivesUpOnXmlThatIsLargerThanAnyAnswer) {
  EXPECT_EQ(BrokenBy("<Error>" + Repeat("<Code/>", 250'000) + "</Error>"),
            "encoding.xml.well_formed");
  std::string attributes;
  for (int i = 0; i < 150; ++i) attributes += " a" + std::to_string(i) + "=''";
  EXPECT_EQ(BrokenBy("<Error" + attributes + "/>"), "encoding.xml.well_formed");
}

TEST(AnswerReader, ForgetsTheBodyBefore) {
  Reading reading;
  reading.Of(kList, 404);
  const ObservedAnswer& second = reading.Of(R"({"Snapshots":{"Snapshot":[{}]}})");
  EXPECT_EQ(second.status, 200);
  EXPECT_FALSE(second.request_id.given());
  EXPECT_FALSE(second.next_token.given());
  ASSERT_EQ(second.snapshot_count, 1u);
  for (const ObservedValue& value : second.snapshots[0].fields) EXPECT_FALSE(value.given());
  EXPECT_TRUE(second.snapshots[0].tags.empty());
  EXPECT_EQ(second.snapshots[0].tags_kind, Kind::kAbsent);
  EXPECT_EQ(reading.Of("{}").snapshot_count, 0u);
  EXPECT_FALSE(reading.Of("{}").has_list);
  reading.Of(kXmlList);
  EXPECT_FALSE(reading.Of("{}").xml);
  EXPECT_FALSE(reading.Of("<Error/>").has_list);
  reading.Of("{");
  EXPECT_TRUE(reading.Of("{}").problems.empty());
  // A shorter body in the same memory, where the longer one's text still follows it.
  reading.Of(R"({"TotalCount":123456})");
  EXPECT_EQ(reading.Of(R"({"TotalCount":1})").total_count.text, "1");
  EXPECT_FALSE(reading.Of(R"({"TotalCount":1)").readable);
  EXPECT_FALSE(reading.Of(R"({"TotalCount":123456)").readable);
}

TEST(AnswerReader, GivesNoTokenOfABodyThatCannotBeRead) {
  Response response;
  response.body = R"({"NextToken":"abc"})";
  EXPECT_EQ(NextTokenOf(response), "abc");
  response.body = R"({"NextToken":"abc")";
  EXPECT_EQ(NextTokenOf(response), "");
  response.body = R"({"NextToken":5})";
  EXPECT_EQ(NextTokenOf(response), "");
  response.body = "<R><NextToken>t</NextToken></R>";
  EXPECT_EQ(NextTokenOf(response), "t");
}

TEST(Excerpt, CutsAtACharacterAndShowsControlCharacters) {
  EXPECT_EQ(Excerpt("abc"), "abc");
  EXPECT_EQ(Excerpt(""), "");
  EXPECT_EQ(Excerpt("a\nb\x7F"), "a\\x0ab\\x7f");
  EXPECT_EQ(Excerpt("a\n"), "a\\x0a");
  EXPECT_EQ(ExcerptOfBody("a\nb\r\n\n"), "a\\x0ab");
  EXPECT_EQ(ExcerptOfBody("\n"), "\\x0a");
  EXPECT_EQ(ExcerptOfBody(""), "");
  EXPECT_EQ(Excerpt("éé", 3), "é…");
  EXPECT_EQ(Excerpt("abcdef", 3), "abc…");
  EXPECT_EQ(Excerpt("\xFF\xFE"), "2 bytes that are no text");
}

}  // namespace
}  // namespace assay
