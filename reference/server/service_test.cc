#include "reference/server/service.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "reference/describe_snapshots/requests_for_test.h"

namespace assay {
namespace {

using Json = nlohmann::json;

struct Told {
  int status;
  Json body;
  std::vector<std::string> ids;
  std::string token, code;
};

class Asking {
 public:
  explicit Asking(const Reading& reading) : service_(TestDataset(), reading) {}
  explicit Asking(Pairs pins) : Asking(Pins(pins)) {}

  Told operator()(const Request& request) {
    const Response response = AnswerOf(service_, request);
    Told told{.status = response.status, .body = Json::parse(response.body)};
    told.code = told.body.value("Code", "");
    told.token = told.body.value("NextToken", "");
    if (told.status != 200) return told;
    for (const Json& item : told.body["Snapshots"]["Snapshot"]) {
      told.ids.push_back(item["SnapshotId"]);
    }
    return told;
  }

 private:
  Service service_;
};

std::set<std::string> RegionIds() {
  std::set<std::string> out;
  for (const std::uint32_t i : TestDataset().by_region.at("cn-hangzhou")) {
    out.insert(TestDataset().snapshots[i][Field::kSnapshotId]);
  }
  return out;
}

std::vector<Reading> SomeReadings() {
  std::vector<Reading> out = {DefaultReading(), LastReading(), LoadReading("observed").value()};
  for (std::uint64_t seed = 1; seed <= 20; ++seed) out.push_back(RandomReading(seed));
  return out;
}

TEST(Service, ListsEverySnapshotOnceByNumber) {
  for (const Reading& reading : SomeReadings()) {
    for (const int size : {1, 7, 50, 100}) {
      Asking ask(reading);
      std::vector<std::string> seen;
      for (int page = 1; page <= (181 + size - 1) / size; ++page) {
        const Told told =
            ask(Ask({{"PageSize", std::to_string(size)}, {"PageNumber", std::to_string(page)}}));
        EXPECT_EQ(told.body["TotalCount"], 181);
        EXPECT_EQ(told.body["PageNumber"], page);
        EXPECT_EQ(told.body["PageSize"], size);
        seen.insert(seen.end(), told.ids.begin(), told.ids.end());
      }
      EXPECT_EQ(seen.size(), 181u);
      EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()), RegionIds());
    }
  }
}

TEST(Service, ListsEverySnapshotOnceByToken) {
  for (const Reading& reading : SomeReadings()) {
    for (const char* size : {"10", "33", "100"}) {
      Asking ask(reading);
      std::vector<std::string> seen;
      Request request = Ask({{"MaxResults", size}});
      int pages = 0;
      for (bool more = true; more && pages < 200; ++pages) {
        const Told told = ask(request);
        ASSERT_EQ(told.status, 200) << told.body;
        EXPECT_LE(told.ids.size(), std::stoul(size));
        seen.insert(seen.end(), told.ids.begin(), told.ids.end());
        more = !told.token.empty();
        request.Set("NextToken", told.token);
      }
      EXPECT_LT(pages, 200);
      EXPECT_EQ(seen.size(), 181u);
      EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()), RegionIds());
    }
  }
}

TEST(Service, SortsAsTheReadingSays) {
  std::vector<std::vector<std::string>> orders;
  for (const char* order : {"newest_first", "oldest_first", "any"}) {
    Asking ask({{"paging.order", order}});
    const Told told = ask(Ask({{"PageSize", "100"}}));
    orders.push_back(told.ids);
    std::string before;
    for (const Json& item : told.body["Snapshots"]["Snapshot"]) {
      const std::string at = item["CreationTime"];
      EXPECT_TRUE(order != std::string("newest_first") || before.empty() || at <= before);
      EXPECT_TRUE(order != std::string("oldest_first") || before.empty() || at >= before);
      before = at;
    }
    EXPECT_EQ(ask(Ask({{"PageSize", "100"}})).ids, told.ids);
  }
  EXPECT_NE(orders[0], orders[2]);
  EXPECT_NE(orders[1], orders[2]);
}

TEST(Service, EchoesInTokenModeWhatTheReadingSays) {
  const Request request = Ask({{"MaxResults", "20"}});
  const auto body = [&](Pairs pins) { return Asking(pins)(request).body; };
  EXPECT_EQ(body({{"paging.total_count.token_mode", "all"}})["TotalCount"], 181);
  EXPECT_EQ(body({{"paging.total_count.token_mode", "zero"}})["TotalCount"], 0);
  EXPECT_FALSE(body({{"paging.total_count.token_mode", "absent"}}).contains("TotalCount"));
  EXPECT_EQ(body({{"paging.total_count.token_mode", "anything"}})["TotalCount"], 20);
  EXPECT_EQ(body({{"paging.page_number.token_mode", "given"}})["PageNumber"], 1);
  EXPECT_EQ(body({{"paging.page_number.token_mode", "zero"}})["PageNumber"], 0);
  EXPECT_FALSE(body({{"paging.page_number.token_mode", "absent"}}).contains("PageNumber"));
  EXPECT_EQ(body({{"paging.page_size.token_mode", "given"}})["PageSize"], 10);
  EXPECT_EQ(body({{"paging.page_size.token_mode", "max_results"}})["PageSize"], 20);
  EXPECT_EQ(body({{"paging.page_size.token_mode", "zero"}})["PageSize"], 0);
  EXPECT_FALSE(body({{"paging.page_size.token_mode", "absent"}}).contains("PageSize"));
}

TEST(Service, GivesTokensWhereTheReadingSays) {
  const Request by_number = Ask({{"PageSize", "20"}});
  EXPECT_EQ(Asking({{"paging.next_token.page_mode", "none"}})(by_number).token, "");
  EXPECT_NE(Asking({{"paging.next_token.page_mode", "continues"}})(by_number).token, "");
  const Request last = Ask({{"MaxResults", "100"}, {"DiskId", "d-bp1exactcount00001"}});
  EXPECT_EQ(Asking({{"paging.next_token.last_page", "empty_string"}})(last).body["NextToken"], "");
  EXPECT_FALSE(
      Asking({{"paging.next_token.last_page", "absent"}})(last).body.contains("NextToken"));
  const Request full = Ask({{"MaxResults", "20"}, {"DiskId", "d-bp1exactcount00020"}});
  EXPECT_EQ(Asking({{"paging.next_token.full_last_page", "none"}})(full).token, "");
  Asking goes_on({{"paging.next_token.full_last_page", "continues"}});
  Request empty = full;
  empty.Set("NextToken", goes_on(full).token);
  const Told behind = goes_on(empty);
  EXPECT_EQ(behind.status, 200);
  EXPECT_TRUE(behind.ids.empty());
  EXPECT_EQ(behind.token, "");
  EXPECT_EQ(
      Asking({{"paging.token.short_page", "allowed"}})(Ask({{"MaxResults", "20"}})).ids.size(),
      19u);
}

TEST(Service, TakesATokenTwiceWhereTheReadingSaysSo) {
  const Request first = Ask({{"MaxResults", "20"}});
  for (const char* option : {"same_page", "refused"}) {
    Asking ask({{"paging.token.reused", option}});
    Request next = first;
    next.Set("NextToken", ask(first).token);
    const Told once = ask(next), twice = ask(next);
    EXPECT_EQ(once.status, 200);
    if (option == std::string("same_page")) {
      EXPECT_EQ(twice.ids, once.ids);
    } else {
      EXPECT_EQ(twice.status, 400);
    }
  }
}

TEST(Service, TreatsOddTokensAsTheReadingSays) {
  const auto told = [](const char* question, const char* option, auto change) {
    Asking ask({{question, option}});
    const Told first = ask(Ask({{"MaxResults", "20"}}));
    Request request = Ask({{"MaxResults", "20"}, {"NextToken", first.token}});
    change(request, first.token);
    Told answer = ask(request);
    answer.token = answer.ids == first.ids ? "first page" : "another";
    return answer;
  };
  const auto cut = [](Request& r, const std::string& token) {
    r.Set("NextToken", token.substr(0, 9));
  };
  const auto unknown = [](Request& r, const std::string&) { r.Set("NextToken", "unknown"); };
  const auto foreign = [](Request& r, const std::string&) { r.Set("RegionId", "cn-shanghai"); };
  EXPECT_EQ(told("paging.token.cut", "refused", cut).status, 400);
  EXPECT_EQ(told("paging.token.cut", "first_page", cut).token, "first page");
  EXPECT_TRUE(told("paging.token.cut", "empty_page", cut).ids.empty());
  EXPECT_EQ(told("paging.token.unknown", "refused", unknown).status, 400);
  EXPECT_EQ(told("paging.token.unknown", "first_page", unknown).token, "first page");
  EXPECT_TRUE(told("paging.token.unknown", "empty_page", unknown).ids.empty());
  EXPECT_EQ(told("paging.token.foreign", "refused", foreign).status, 400);
  const auto region_of = [](const Told& t) {
    return TestDataset().snapshots[TestDataset().by_id.at(t.ids.front())][Field::kRegionId];
  };
  EXPECT_EQ(region_of(told("paging.token.foreign", "token_filters", foreign)), "cn-hangzhou");
  EXPECT_EQ(region_of(told("paging.token.foreign", "request_filters", foreign)), "cn-shanghai");
}

TEST(Service, RefusesOrClosesOnOtherMethods) {
  for (const char* option : {"refused", "closed"}) {
    Service service(TestDataset(), Pins({{"encoding.method.other", option}}));
    EXPECT_EQ(service.ClosesOn("PUT"), option == std::string("closed"));
    EXPECT_FALSE(service.ClosesOn("GET"));
    EXPECT_FALSE(service.ClosesOn("POST"));
  }
  Service service(TestDataset(), Reading{});
  Request request = Ask();
  request.method = "PUT";
  const Response response = AnswerOf(service, request);
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(Json::parse(response.body)["Code"], "UnsupportedHTTPMethod");
}

TEST(Service, GivesEveryAnswerARequestIdOfItsOwn) {
  Service service(TestDataset(), Reading{});
  std::set<std::string> ids;
  for (int i = 0; i < 200; ++i) {
    const Response response = AnswerOf(service, i % 2 == 0 ? Ask() : Ask({{"Status", "x"}}));
    EXPECT_EQ(Json::parse(response.body)["RequestId"], response.request_id);
    ids.insert(response.request_id);
  }
  EXPECT_EQ(ids.size(), 200u);
}

TEST(Service, SaysWhichFormatAndHostItIs) {
  Service service(TestDataset(), Reading{});
  EXPECT_EQ(AnswerOf(service, Ask()).content_type, "application/json;charset=utf-8");
  EXPECT_EQ(AnswerOf(service, Ask({{"Format", "XML"}})).content_type, "text/xml;charset=utf-8");
  EXPECT_EQ(Json::parse(AnswerOf(service, Ask({{"Status", "x"}})).body)["HostId"],
            "ecs.example.com");
}

}  // namespace
}  // namespace assay
