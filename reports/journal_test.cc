#include "reports/journal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/journal_lines.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

class JournalTest : public testing::Test {
 protected:
  JournalTest() {
    char name[] = "/tmp/assay_journal_XXXXXX";
    directory_ = mkdtemp(name);
  }
  ~JournalTest() override { fs::remove_all(directory_); }

  std::string Path() const { return directory_ + "/" + kJournalName; }
  std::string Text(const std::string& path) const {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  void Write(const std::string& text) const { std::ofstream(Path(), std::ios::binary) << text; }
  std::unique_ptr<Journal> Open(const JournalOptions& options = {}) const {
    return std::move(Journal::Open(directory_, options)).value();
  }
  std::vector<RecordedExchange> Exchanges() const {
    std::vector<RecordedExchange> exchanges;
    const auto run = ReadJournal(Path(), [&](RecordedExchange& e) { exchanges.push_back(e); });
    EXPECT_TRUE(run.has_value()) << (run ? "" : run.error().Text());
    return exchanges;
  }

  std::string directory_;
};

std::string Hostile() {
  std::string text = "\"]]></script><script>`|\\\r\n\t\x01\x7f";
  text += '\0';
  return text + "\xff\xfe 你好";
}

RunHeader SomeHeader() {
  return {"0.1.0",
          "abc",
          "http://127.0.0.1:1",
          "built in",
          18446744073709551615ULL,
          "2026-11-24T00:00:00Z",
          {{"--shard", "1/2"}, {"--access-key-id", "LTAI"}}};
}

ExchangeRecord SomeExchange() {
  ExchangeRecord exchange;
  exchange.id = 7;
  exchange.suite = "rules";
  exchange.test = "paging.page_size.maximum";
  exchange.method = "GET";
  exchange.placement = "query";
  exchange.encoding = "plus";
  exchange.parameters = {{"RegionId", "cn-hangzhou"}, {"RegionId", Hostile()}, {Hostile(), ""}};
  exchange.status = 400;
  exchange.content_type = "application/json\xff";
  exchange.body = "{\"Code\":\"X\"}";
  exchange.latency_us = -5;
  exchange.verdict = "conforms";
  exchange.rules = {"a.b.c", "d"};
  return exchange;
}

Finding SomeFinding() {
  Finding finding;
  finding.id = "paging.page_size.maximum-1";
  finding.rule = "paging.page_size.maximum";
  finding.kind = "violation";
  finding.stability = "intermittent";
  finding.repeated = {9, 103};
  finding.overlapping = {0, 96};
  finding.before = {{"GET", "query", "percent", {{"MaxResults", Hostile()}}}};
  finding.occurrences = 3;
  finding.statement = Hostile();
  finding.source = "describe-snapshots, PageSize";
  finding.method = "POST";
  finding.placement = "form";
  finding.encoding = "plus";
  finding.parameters = {{"PageSize", Hostile()}};
  finding.expected = "400";
  finding.actual = Hostile();
  finding.evidence = {7, 9};
  finding.diagnosis = {"paging.last_page.drops_one"};
  finding.diagnosed = true;
  return finding;
}

RunTrailer SomeTrailer() {
  RunTrailer trailer;
  trailer.verdict = "violations";
  trailer.exit_code = 1;
  trailer.seconds = 1.5;
  trailer.exchanges = 10;
  trailer.judged = 9;
  trailer.reason = "x";
  trailer.rules = {{"a.b.c", "must", 4, 1}};
  trailer.reading = {{"q", {"o", Hostile()}, true, 3, {1, 2}}};
  trailer.not_exercised = {"d.e.f: no tags"};
  trailer.parameters = {{"Status", 9, 4, 3}};
  return trailer;
}

TEST_F(JournalTest, EverythingWrittenIsReadBack) {
  {
    auto journal = Open();
    journal->Begin(SomeHeader());
    journal->Add(SomeExchange());
    journal->Add(SomeFinding());
    journal->End(SomeTrailer());
    EXPECT_TRUE(journal->status().has_value());
  }
  std::vector<RecordedExchange> exchanges;
  const auto run = ReadJournal(Path(), [&](RecordedExchange& e) { exchanges.push_back(e); });
  ASSERT_TRUE(run.has_value()) << run.error().Text();
  EXPECT_TRUE(run->finished);
  EXPECT_FALSE(run->cut);
  EXPECT_EQ(run->header.seed, SomeHeader().seed);
  EXPECT_EQ(run->last_exchange, 7u);
  ASSERT_EQ(run->findings.size(), 1u);
  EXPECT_EQ(FindingLine(run->findings[0]), FindingLine(SomeFinding()));
  EXPECT_EQ(run->findings[0].actual, Hostile());
  EXPECT_EQ(run->findings[0].repeated.tried, 103);
  EXPECT_EQ(run->findings[0].overlapping.tried, 96);
  ASSERT_EQ(run->findings[0].before.size(), 1u);
  EXPECT_EQ(run->findings[0].before[0].parameters, SomeFinding().before[0].parameters);
  EXPECT_EQ(TrailerLine(run->trailer), TrailerLine(SomeTrailer()));
  ASSERT_EQ(exchanges.size(), 1u);
  const ExchangeRecord& back = exchanges[0].exchange;
  EXPECT_EQ(back.parameters, SomeExchange().parameters);
  EXPECT_EQ(back.content_type, SomeExchange().content_type);
  EXPECT_EQ(back.body, SomeExchange().body);
  EXPECT_EQ(back.rules, SomeExchange().rules);
  EXPECT_EQ(back.latency_us, -5);
  EXPECT_EQ(back.encoding, "plus");
  EXPECT_EQ(back.status, 400);
}

TEST_F(JournalTest, EachLineIsAJsonObjectWithItsType) {
  {
    auto journal = Open();
    journal->Begin(SomeHeader());
    journal->Add(SomeExchange());
    journal->Add(SomeFinding());
    journal->End(SomeTrailer());
  }
  std::istringstream lines(Text(Path()));
  std::vector<std::string> types;
  for (std::string line; std::getline(lines, line);) {
    types.push_back(nlohmann::json::parse(line)["type"]);
  }
  EXPECT_EQ(types, (std::vector<std::string>{"header", "exchange", "finding", "trailer"}));
}

TEST_F(JournalTest, BodiesKeepTheirBytes) {
  {
    auto journal = Open();
    journal->Begin(SomeHeader());
    ExchangeRecord exchange = SomeExchange();
    for (const std::string& body : {std::string(), Hostile(), std::string("é\0\"", 4)}) {
      exchange.body = body;
      journal->Add(exchange);
    }
  }
  const auto exchanges = Exchanges();
  ASSERT_EQ(exchanges.size(), 3u);
  EXPECT_EQ(exchanges[0].exchange.body, "");
  EXPECT_EQ(exchanges[1].exchange.body, Hostile());
  EXPECT_EQ(exchanges[2].exchange.body, std::string("é\0\"", 4));
  EXPECT_NE(Text(Path()).find("body_base64"), std::string::npos);
}

TEST_F(JournalTest, LongBodiesAreCutUnlessTheyAreViolations) {
  {
    auto journal = Open();
    journal->Begin(SomeHeader());
    ExchangeRecord exchange = SomeExchange();
    exchange.body = std::string(300000, 'x');
    journal->Add(exchange);
    exchange.verdict = "violation";
    journal->Add(exchange);
  }
  const auto exchanges = Exchanges();
  ASSERT_EQ(exchanges.size(), 2u);
  EXPECT_TRUE(exchanges[0].body_cut);
  EXPECT_EQ(exchanges[0].exchange.body.size(), 256u * 1024);
  EXPECT_EQ(exchanges[0].body_bytes, 300000u);
  EXPECT_FALSE(exchanges[1].body_cut);
  EXPECT_EQ(exchanges[1].exchange.body.size(), 300000u);
}

TEST_F(JournalTest, BodiesBeyondTheBudgetAreLeftOutOfConformingExchangesOnly) {
  {
    JournalOptions options;
    options.body_budget = 10;
    auto journal = Open(options);
    journal->Begin(SomeHeader());
    ExchangeRecord exchange = SomeExchange();
    exchange.body = "12345678";
    for (const char* verdict : {"conforms", "conforms", "warning", "violation"}) {
      exchange.verdict = verdict;
      journal->Add(exchange);
    }
  }
  const auto exchanges = Exchanges();
  ASSERT_EQ(exchanges.size(), 4u);
  EXPECT_EQ(exchanges[0].exchange.body, "12345678");
  EXPECT_TRUE(exchanges[1].body_cut);
  EXPECT_EQ(exchanges[1].exchange.body, "");
  EXPECT_EQ(exchanges[1].body_bytes, 8u);
  EXPECT_EQ(exchanges[2].exchange.body, "12345678");
  EXPECT_EQ(exchanges[3].exchange.body, "12345678");
}

TEST_F(JournalTest, NoSecretIsWritten) {
  {
    auto journal = Open();
    RunHeader header = SomeHeader();
    header.target = "http://user:HUSH@host";
    header.options.push_back({"--security-token", "HUSH"});
    journal->Begin(header);
    ExchangeRecord exchange = SomeExchange();
    Finding finding = SomeFinding();
    for (const char* name : {"Signature", "AccessKeyId", "SecurityToken", "BearerToken"}) {
      exchange.parameters.push_back({name, "HUSH"});
      finding.parameters.push_back({name, "HUSH"});
    }
    exchange.verdict = "violation";
    exchange.body = R"({"Message":"string to sign is:GET&%2F&AccessKeyId%3DHUSH%26Action%3D"})";
    finding.actual = "SecurityToken=HUSH";
    journal->Add(exchange);
    journal->Add(finding);
  }
  EXPECT_EQ(Text(Path()).find("HUSH"), std::string::npos) << Text(Path());
}

TEST_F(JournalTest, AnEarlierJournalIsKept) {
  Write("earlier\n");
  Open()->Begin(SomeHeader());
  EXPECT_EQ(Text(Path() + ".previous"), "earlier\n");
  EXPECT_EQ(Text(Path()), HeaderLine(SomeHeader()));
}

TEST_F(JournalTest, AFolderThatCannotBeMadeIsNamed) {
  Write("");
  const auto journal = Journal::Open(Path() + "/out");
  ASSERT_FALSE(journal.has_value());
  EXPECT_EQ(journal.error().where, Path() + "/out");
  EXPECT_EQ(journal.error().exit, ExitCode::kBadUsage);
}

TEST_F(JournalTest, AFileInPlaceOfTheFolderIsAnError) {
  Write("");
  EXPECT_FALSE(Journal::Open(Path()).has_value());
}

TEST_F(JournalTest, FindingsAreOnDiskAtOnceAndExchangesAfterTheInterval) {
  JournalOptions options;
  options.flush_interval = std::chrono::milliseconds(1);
  auto journal = Open(options);
  journal->Begin(SomeHeader());
  journal->Add(SomeFinding());
  EXPECT_EQ(Text(Path()), HeaderLine(SomeHeader()) + FindingLine(SomeFinding()));
  journal->Add(SomeExchange());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (Text(Path()).find("\"exchange\"") == std::string::npos) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
}

TEST_F(JournalTest, AKilledRunLeavesWhatWasFlushed) {
  const pid_t child = fork();
  if (child == 0) {
    auto journal = Open();
    journal->Begin(SomeHeader());
    for (int i = 0; i < 1000; ++i) journal->Add(SomeExchange());
    journal->Add(SomeFinding());
    journal->Add(SomeExchange());
    raise(SIGKILL);
  }
  int state = 0;
  ASSERT_EQ(waitpid(child, &state, 0), child);
  ASSERT_TRUE(WIFSIGNALED(state));
  const auto run = ReadJournal(Path());
  ASSERT_TRUE(run.has_value()) << run.error().Text();
  EXPECT_FALSE(run->finished);
  EXPECT_GE(run->trailer.exchanges, 1000u);
  EXPECT_EQ(run->findings.size(), 1u);
  EXPECT_EQ(run->trailer.verdict, "inconclusive");
  EXPECT_NE(run->trailer.reason, "");
}

TEST_F(JournalTest, AFullDiskIsReportedAndLeavesOnlyTheLastLineCut) {
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {100000, 100000};
    setrlimit(RLIMIT_FSIZE, &limit);
    auto journal = Open();
    journal->Begin(SomeHeader());
    for (int i = 0; i < 1000; ++i) journal->Add(SomeExchange());
    journal->End(SomeTrailer());
    const Done status = journal->status();
    _exit(!status && status.error().where == Path() ? 42 : 1);
  }
  int state = 0;
  ASSERT_EQ(waitpid(child, &state, 0), child);
  ASSERT_TRUE(WIFEXITED(state));
  EXPECT_EQ(WEXITSTATUS(state), 42);
  const auto run = ReadJournal(Path());
  ASSERT_TRUE(run.has_value()) << run.error().Text();
  EXPECT_TRUE(run->cut);
  EXPECT_FALSE(run->finished);
}

TEST_F(JournalTest, ACutLastLineIsTolerated) {
  const std::string finding = FindingLine(SomeFinding());
  for (const std::size_t length : {std::size_t{1}, finding.size() / 2, finding.size() - 2}) {
    Write(HeaderLine(SomeHeader()) + finding.substr(0, length));
    const auto run = ReadJournal(Path());
    ASSERT_TRUE(run.has_value()) << run.error().Text();
    EXPECT_TRUE(run->cut);
    EXPECT_EQ(run->findings.size(), 0u);
    EXPECT_EQ(run->notes.size(), 1u);
  }
}

TEST_F(JournalTest, ABrokenLineInTheMiddleIsAnErrorWithItsPlace) {
  Write(HeaderLine(SomeHeader()) + "{\"type\":\"finding\"}\n" + TrailerLine(SomeTrailer()));
  const auto run = ReadJournal(Path());
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().where, Path() + ":2");
  EXPECT_EQ(run.error().what, "`id` is missing");
  EXPECT_EQ(run.error().exit, ExitCode::kBadUsage);
}

TEST_F(JournalTest, OtherFilesAreNoJournals) {
  for (const char* text : {"", "\n", "hello\n", "[]\n", "{\"type\":\"trailer\"}\n", "{\"ty",
                           "{\"type\":\"novel\"}\n", "{\"type\":7}\n"}) {
    Write(text);
    EXPECT_FALSE(ReadJournal(Path()).has_value()) << text;
  }
  EXPECT_FALSE(ReadJournal(directory_ + "/missing").has_value());
  EXPECT_FALSE(LoadRun(directory_ + "/missing").has_value());
}

TEST_F(JournalTest, AFolderWithoutAJournalIsNamed) {
  const auto run = LoadRun(directory_);
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().where, directory_);
}

TEST_F(JournalTest, AKilledRunIsContinuedAfterItsLastWholeLine) {
  Write(HeaderLine(SomeHeader()) + FindingLine(SomeFinding()) + "{\"type\":\"exch");
  {
    JournalOptions options;
    options.resume = true;
    auto journal = Open(options);
    journal->Begin(SomeHeader());
    journal->Add(SomeFinding());
    journal->End(SomeTrailer());
  }
  const auto run = ReadJournal(Path());
  ASSERT_TRUE(run.has_value()) << run.error().Text();
  EXPECT_TRUE(run->finished);
  EXPECT_FALSE(run->cut);
  EXPECT_EQ(run->findings.size(), 1u);
}

TEST_F(JournalTest, TwoRunsInOneFileAreRefused) {
  RunHeader other = SomeHeader();
  other.seed = 1;
  Write(HeaderLine(SomeHeader()) + HeaderLine(other));
  EXPECT_FALSE(ReadJournal(Path()).has_value());
}

TEST_F(JournalTest, LoadingBringsTheEvidenceOfEachFinding) {
  {
    auto journal = Open();
    journal->Begin(SomeHeader());
    ExchangeRecord exchange = SomeExchange();
    for (std::uint64_t id = 1; id <= 20; ++id) {
      exchange.id = id;
      journal->Add(exchange);
    }
    journal->Add(SomeFinding());
  }
  const auto run = LoadRun(directory_);
  ASSERT_TRUE(run.has_value());
  ASSERT_EQ(run->evidence.size(), 2u);
  EXPECT_EQ(run->evidence[0].exchange.id, 7u);
  EXPECT_EQ(run->evidence[1].exchange.id, 9u);
}

}  // namespace
}  // namespace assay
