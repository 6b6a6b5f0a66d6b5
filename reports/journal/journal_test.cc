#include "reports/journal/journal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/journal/journal_lines.h"
#include "spec/record/token_trail.h"

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
  // The lines of a journal, unpacked.
  std::string Lines() const {
    std::string text;
    auto reader = LineReader::Open(Path());
    EXPECT_TRUE(reader.has_value());
    for (std::string line; reader->Next(&line);) text += line + "\n";
    return text;
  }
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
  exchange.request.encoding = FormEncoding::kPlus;
  exchange.request.parameters = {
      {"RegionId", "cn-hangzhou"}, {"RegionId", Hostile()}, {Hostile(), ""}};
  exchange.status = 400;
  exchange.content_type = "application/json\xff";
  exchange.body = "{\"Code\":\"X\"}";
  exchange.latency_us = -5;
  exchange.verdict = ExchangeVerdict::kConforms;
  exchange.rules = {"a.b.c", "d"};
  return exchange;
}

Finding SomeFinding() {
  Finding finding;
  finding.id = "paging.page_size.maximum-1";
  finding.rule = "paging.page_size.maximum";
  finding.kind = FindingKind::kViolation;
  finding.stability = Stability::kIntermittent;
  finding.repeated = {9, 103};
  finding.overlapping = {0, 96};
  finding.before = {{.parameters = {{"MaxResults", Hostile()}}}};
  finding.occurrences = 3;
  finding.statement = Hostile();
  finding.source = "describe-snapshots, PageSize";
  finding.request.method = "POST";
  finding.request.placement = Placement::kForm;
  finding.request.encoding = FormEncoding::kPlus;
  finding.request.parameters = {{"PageSize", Hostile()}};
  finding.expected = "400";
  finding.actual = Hostile();
  finding.evidence = {7, 9};
  finding.diagnosis = {"paging.last_page.drops_one"};
  finding.diagnosed = true;
  finding.cause = "drops one";
  finding.answer = {200, "application/json", Hostile()};
  return finding;
}

RunTrailer SomeTrailer() {
  RunTrailer trailer;
  trailer.verdict = RunVerdict::kViolations;
  trailer.exit_code = 1;
  trailer.seconds = 1.5;
  trailer.exchanges = 10;
  trailer.judged = 9;
  trailer.reason = "x";
  trailer.rules = {{"a.b.c", Level::kMust, 4, 1}};
  trailer.reading = {{"q", {"o", Hostile()}, true, 3, {1, 2}}};
  trailer.not_exercised = {"d.e.f: no tags"};
  trailer.parameters = {{"Status", 9, 4, 3}};
  trailer.campaign = {.ended = "after 3 s",
                      .workers = 2,
                      .shown_once = 4,
                      .shown_twice = 5,
                      .samples = {{1.5, 10, 20, 30, 1, 6}, {3, 20, 40, 35, 2, 7}}};
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
  EXPECT_EQ(back.request, SomeExchange().request);
  EXPECT_EQ(back.content_type, SomeExchange().content_type);
  EXPECT_EQ(back.body, SomeExchange().body);
  EXPECT_EQ(back.rules, SomeExchange().rules);
  EXPECT_EQ(back.latency_us, -5);
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
  std::istringstream lines(Lines());
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
  EXPECT_NE(Lines().find("body_base64"), std::string::npos);
}

TEST_F(JournalTest, LongBodiesAreCutUnlessTheyAreViolations) {
  {
    auto journal = Open();
    journal->Begin(SomeHeader());
    ExchangeRecord exchange = SomeExchange();
    exchange.body = std::string(300000, 'x');
    journal->Add(exchange);
    exchange.verdict = ExchangeVerdict::kViolation;
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
    options.body_budget = 0;
    options.buffer_bytes = 1;  // every line is a frame
    auto journal = Open(options);
    journal->Begin(SomeHeader());
    ExchangeRecord exchange = SomeExchange();
    exchange.body = "12345678";
    for (const ExchangeVerdict verdict : {ExchangeVerdict::kConforms, ExchangeVerdict::kConforms,
                                          ExchangeVerdict::kWarning, ExchangeVerdict::kViolation}) {
      exchange.verdict = verdict;
      journal->Add(exchange);
    }
  }
  const auto exchanges = Exchanges();
  ASSERT_EQ(exchanges.size(), 4u);
  // The header was written before.
  EXPECT_TRUE(exchanges[0].body_cut);
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
      exchange.request.parameters.push_back({name, "HUSH"});
      finding.request.parameters.push_back({name, "HUSH"});
    }
    exchange.verdict = ExchangeVerdict::kViolation;
    exchange.body = R"({"Message":"string to sign is:GET&%2F&AccessKeyId%3DHUSH%26Action%3D"})";
    finding.actual = "SecurityToken=HUSH";
    journal->Add(exchange);
    journal->Add(finding);
  }
  EXPECT_EQ(Lines().find("HUSH"), std::string::npos) << Lines();
}

TEST_F(JournalTest, AnEarlierJournalIsKept) {
  Write("earlier\n");
  Open()->Begin(SomeHeader());
  EXPECT_EQ(Text(Path() + ".previous"), "earlier\n");
  EXPECT_EQ(Lines(), HeaderLine(SomeHeader()));
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

TEST_F(JournalTest, TheHeaderIsOnDiskAtOnceAndExchangesAfterTheInterval) {
  JournalOptions options;
  options.flush_interval = std::chrono::milliseconds(1);
  auto journal = Open(options);
  journal->Begin(SomeHeader());
  EXPECT_EQ(Lines(), HeaderLine(SomeHeader()));
  journal->Add(SomeExchange());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (Lines().find("\"exchange\"") == std::string::npos) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
}

// An answer that no other one is like, but for its request id.
std::string ListBody(int number) {
  std::string body = fmt::format(R"({{"RequestId":"{:036}","Snapshots":[)", number);
  for (int i = 0; i < 300; ++i) body += fmt::format("\"s-{}\",", i * 7);
  return body + "\"\"]}";
}

TEST_F(JournalTest, ABodyIsWrittenOnceAndReadBackEachTime) {
  {
    auto journal = Open();
    journal->Begin(SomeHeader());
    ExchangeRecord exchange = SomeExchange();
    for (int i = 0; i < 200; ++i) {
      exchange.id = static_cast<std::uint64_t>(i + 1);
      exchange.body = ListBody(i);
      journal->Add(exchange);
    }
  }
  const std::string lines = Lines();
  EXPECT_LT(lines.size(), 200u * 1000);
  EXPECT_NE(lines.find("\"body_hash\""), std::string::npos);
  const auto exchanges = Exchanges();
  ASSERT_EQ(exchanges.size(), 200u);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(exchanges[static_cast<std::size_t>(i)].exchange.body, ListBody(i));
  }
}

// Bytes that cannot be compressed.
std::string Noise(std::size_t size, std::uint64_t seed) {
  std::string out;
  for (std::uint64_t state = seed + 1; out.size() < size;) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    out += static_cast<char>('!' + (state >> 33) % 90);
  }
  return out;
}

TEST_F(JournalTest, StaysSmallWhateverIsAnsweredAndSaysWhatItLeftOut) {
  JournalOptions options;
  options.body_budget = 100'000;
  options.failing_body_budget = 300'000;
  options.line_budget = 400'000;
  options.bodies_a_rule = 3;
  options.buffer_bytes = 10'000;
  {
    auto journal = Open(options);
    journal->Begin(SomeHeader());
    ExchangeRecord exchange = SomeExchange();
    for (std::uint64_t i = 0; i < 2000; ++i) {
      exchange.id = i + 1;
      exchange.body = Noise(5000, i);
      exchange.verdict = i % 100 == 99 ? ExchangeVerdict::kViolation : ExchangeVerdict::kConforms;
      exchange.rules = {"rule" + std::to_string(i % 2)};
      journal->Add(exchange);
    }
    journal->End(SomeTrailer());
  }
  EXPECT_LT(fs::file_size(Path()), 450'000u);
  const auto run = ReadJournal(Path());
  ASSERT_TRUE(run.has_value()) << run.error().Text();
  EXPECT_TRUE(run->finished);
  ASSERT_EQ(run->notes.size(), 1u);
  EXPECT_NE(run->notes[0].find("leaves out the bodies of"), std::string::npos) << run->notes[0];
  std::size_t whole = 0;
  for (const RecordedExchange& recorded : Exchanges()) {
    whole += recorded.exchange.verdict == ExchangeVerdict::kViolation && !recorded.body_cut ? 1 : 0;
  }
  EXPECT_EQ(whole, 3u);
}

TEST_F(JournalTest, KeepsAllOrNothingIfItIsTold) {
  for (const Keep keep : {Keep::kAll, Keep::kNone}) {
    JournalOptions options;
    options.keep = keep;
    options.body_budget = 0;
    options.line_budget = 0;
    {
      auto journal = Open(options);
      journal->Begin(SomeHeader());
      journal->Add(SomeExchange());
    }
    const auto exchanges = Exchanges();
    ASSERT_EQ(exchanges.size(), keep == Keep::kAll ? 1u : 0u);
    if (keep == Keep::kAll) {
      EXPECT_EQ(exchanges[0].exchange.body, SomeExchange().body);
    }
  }
}

TEST_F(JournalTest, AKilledRunLeavesWhatWasFlushed) {
  const pid_t child = fork();
  if (child == 0) {
    auto journal = Open();
    journal->Begin(SomeHeader());
    for (int i = 0; i < 1000; ++i) journal->Add(SomeExchange());
    journal->AddSighting(SomeFinding());
    journal->Begin(SomeHeader());  // whatever is written at once takes along what came before
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
  EXPECT_EQ(run->trailer.verdict, RunVerdict::kViolations);
  EXPECT_NE(run->trailer.reason, "");
}

TEST_F(JournalTest, AFullDiskIsReportedAndLeavesOnlyTheLastLineCut) {
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {10000, 10000};
    setrlimit(RLIMIT_FSIZE, &limit);
    JournalOptions options;
    options.buffer_bytes = 2000;
    auto journal = Open(options);
    journal->Begin(SomeHeader());
    ExchangeRecord exchange = SomeExchange();
    for (std::uint64_t i = 0; i < 1000; ++i) {
      exchange.body = Noise(300, i);
      journal->Add(exchange);
    }
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

TEST_F(JournalTest, AnUnknownNameIsAnError) {
  std::string line = FindingLine(SomeFinding());
  line.replace(line.find("intermittent"), 12, "now and then");
  Write(HeaderLine(SomeHeader()) + line + TrailerLine(SomeTrailer()));
  const auto run = ReadJournal(Path());
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().where, Path() + ":2");
  EXPECT_EQ(
      run.error().what,
      "`stability` is `now and then`, which is not one of deterministic, intermittent; it may "
      "come from a newer version");
}

TEST_F(JournalTest, TokensInTheNotationOfEarlierVersionsAreRead) {
  Finding finding = SomeFinding();
  finding.request.parameters = {{"NextToken", "<NextToken of answer 2>"},
                                {"SnapshotName", "<NextToken of answer x>"}};
  finding.before = {{.parameters = {{"NextToken", "<NextToken of answer 1>"}}}};
  Write(HeaderLine(SomeHeader()) + FindingLine(finding) + TrailerLine(SomeTrailer()));
  const auto run = ReadJournal(Path());
  ASSERT_TRUE(run.has_value()) << run.error().Text();
  EXPECT_EQ(run->findings[0].request.parameters,
            (std::vector<Parameter>{{"NextToken", TokenOfAnswer(2)},
                                    {"SnapshotName", "<NextToken of answer x>"}}));
  EXPECT_EQ(run->findings[0].before[0].Find("NextToken"), TokenOfAnswer(1));
}

TEST_F(JournalTest, OtherFilesAreNotJournals) {
  for (const char* text : {"", "\n", "hello\n", "[]\n", "{\"type\":\"trailer\"}\n", "{\"ty",
                           "{\"type\":\"novel\"}\n", "{\"type\":7}\n"}) {
    Write(text);
    EXPECT_FALSE(ReadJournal(Path()).has_value()) << text;
  }
  Write("hello\n");
  EXPECT_EQ(ReadJournal(Path()).error().exit, ExitCode::kBadUsage);
  EXPECT_FALSE(ReadJournal(directory_ + "/missing").has_value());
  EXPECT_FALSE(LoadRun(directory_ + "/missing").has_value());
}

TEST_F(JournalTest, ARunThatWroteNothingIsToldFromOtherFiles) {
  for (const char* text : {"", "\x28\xB5\x2F\xFD\x24"}) {  // empty, or the begin of a frame
    Write(text);
    const auto run = LoadRun(directory_);
    ASSERT_FALSE(run.has_value());
    EXPECT_NE(run.error().what.find("ended before it wrote anything"), std::string::npos);
    EXPECT_NE(run.error().what.find("run it again"), std::string::npos);
    EXPECT_EQ(run.error().exit, ExitCode::kCouldNotJudge);
  }
}

TEST_F(JournalTest, AKilledRunIsResumedAndAKilledCampaignGoesOnFromItsCorpus) {
  const auto reason = [&](RunHeader header) {
    Open()->Begin(header);
    return LoadRun(directory_)->trailer.reason;
  };
  const std::string run = reason(SomeHeader());
  EXPECT_NE(run.find("the run was killed after 0 exchanges"), std::string::npos) << run;
  EXPECT_NE(run.find("`assay run --resume " + directory_ + "`"), std::string::npos) << run;
  EXPECT_EQ(run.find("corpus"), std::string::npos) << run;
  RunHeader header = SomeHeader();
  header.options.emplace_back("--corpus", "here");
  const std::string campaign = reason(header);
  EXPECT_NE(campaign.find("the campaign was killed"), std::string::npos) << campaign;
  EXPECT_NE(campaign.find("corpus"), std::string::npos) << campaign;
  EXPECT_EQ(campaign.find("--resume"), std::string::npos) << campaign;
}

TEST_F(JournalTest, AKilledRunHadAsManyExchangesAsItsFindingsWereSeen) {
  {
    const auto journal = Open();
    journal->Begin(SomeHeader());
    journal->Add(SomeExchange());
    Finding finding = SomeFinding();
    finding.occurrences = 2048;  // of which one was written down
    journal->AddSighting(finding);
  }
  const RunTrailer trailer = LoadRun(directory_)->trailer;
  EXPECT_EQ(trailer.exchanges, 2048U);
  EXPECT_EQ(trailer.judged, 2048U);
  EXPECT_NE(trailer.reason.find("at least 2,048 exchanges, of which its record has 1"),
            std::string::npos)
      << trailer.reason;
}

TEST_F(JournalTest, BodiesThatWereNotWantedAreNotLeftOutToStaySmall) {
  RunHeader header = SomeHeader();
  header.options.emplace_back("--keep", "none");
  {
    const auto journal = Open({.keep = Keep::kNone});
    journal->Begin(header);
    journal->Add(SomeExchange());
    journal->End({});
  }
  EXPECT_EQ(
      LoadRun(directory_)->notes,
      (std::vector<std::string>{"The journal leaves out the body of 1 answer (--keep none)."}));
}

TEST_F(JournalTest, AFolderWithoutAJournalIsNamed) {
  const auto run = LoadRun(directory_);
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().where, directory_);
}

TEST_F(JournalTest, AKilledRunIsContinuedAfterItsLastWholeFrame) {
  {
    auto journal = Open();
    journal->Begin(SomeHeader());
    journal->Add(SomeExchange());
    journal->AddSighting(SomeFinding());
  }
  std::ofstream(Path(), std::ios::app | std::ios::binary) << "\x28\xB5\x2F\xFD\x04half";
  ASSERT_TRUE(ReadJournal(Path())->cut);
  {
    JournalOptions options;
    options.resume = true;
    auto journal = Open(options);
    journal->Begin(SomeHeader());
    journal->Add(SomeExchange());  // which it has
    ExchangeRecord other = SomeExchange();
    other.id = 8;
    journal->Add(other);
    journal->Add(SomeFinding());
    journal->End(SomeTrailer());
  }
  const auto run = ReadJournal(Path());
  ASSERT_TRUE(run.has_value()) << run.error().Text();
  EXPECT_TRUE(run->finished);
  EXPECT_FALSE(run->cut);
  EXPECT_EQ(run->findings.size(), 1u);
  EXPECT_EQ(Exchanges().size(), 2u);
}

TEST_F(JournalTest, APlainJournalOfAnEarlierVersionIsRead) {
  Write(HeaderLine(SomeHeader()) + FindingLine(SomeFinding()) + TrailerLine(SomeTrailer()));
  fs::rename(Path(), directory_ + "/" + kPlainJournalName);
  const auto run = LoadRun(directory_);
  ASSERT_TRUE(run.has_value()) << run.error().Text();
  EXPECT_EQ(run->findings.size(), 1u);
  EXPECT_EQ(run->findings[0].actual, SomeFinding().actual);
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
