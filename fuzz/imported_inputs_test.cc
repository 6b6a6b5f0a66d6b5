#include "fuzz/imported_inputs.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fuzz/exchange_input.h"
#include "reports/journal/journal.h"
#include "reports/render/har_file.h"
#include "reports/render/repro.h"
#include "spec/text/test_folder_for_test.h"

namespace assay {
namespace {

Request Asks(std::vector<Parameter> more) {
  Request request{.parameters = {{"Action", "DescribeSnapshots"}, {"RegionId", "cn-hangzhou"}}};
  request.parameters.insert(request.parameters.end(), more.begin(), more.end());
  return request;
}

std::string InputOf(const std::vector<Request>& requests) {
  return WriteExchangeInput({.requests = requests});
}

// A run with a walk of two pages, a forged and signed request, one of another operation, one of
// another method, one with the end of a line in a value, and a finding that needs a request before
// it.
void WriteRun(const std::string& folder) {
  auto journal = Journal::Open(folder);
  ASSERT_TRUE(journal) << journal.error().Text();
  (*journal)->Begin({.assay = "0", .target = "http://127.0.0.1:1/"});
  std::uint64_t id = 0;
  const auto add = [&](Request request, const std::string& token) {
    const std::string body = token.empty() ? "{}" : R"({"NextToken":")" + token + "\"}";
    (*journal)->Add(ExchangeRecord{.id = ++id,
                                   .request = std::move(request),
                                   .status = 200,
                                   .next_token = token,
                                   .body = body,
                                   .verdict = ExchangeVerdict::kConforms});
  };
  add(Asks({{"MaxResults", "2"}}), "secondpage");
  add(Asks({{"NextToken", "secondpage"}}), "");
  Request forged = Asks({{"Status", "all"}, {"SignatureNonce", "n1"}, {"Timestamp", "t1"}});
  forged.forgery = Forgery::kValue;
  add(forged, "");
  add({.parameters = {{"Action", "DeleteSnapshot"}, {"SnapshotId", "s-1"}}}, "");
  add(Asks({{"SnapshotName", "two\nlines"}}), "");
  Request put = Asks({{"Status", "failed"}});
  put.method = "PUT";
  add(put, "");
  (*journal)->Add(Finding{.id = "page.size.limits.x",
                          .rule = "page.size.limits",
                          .request = Asks({{"NextToken", "$token.1"}}),
                          .before = {Asks({{"MaxResults", "7"}})},
                          .evidence = {1, 2}});
  (*journal)->End({.exit_code = 1, .exchanges = id, .judged = id});
}

const std::vector<std::string>& OfTheRun() {
  static const std::vector<std::string> texts = {
      InputOf({Asks({{"MaxResults", "7"}}), Asks({{"NextToken", "$token.1"}})}),
      InputOf({Asks({{"MaxResults", "2"}}), Asks({{"NextToken", "$token.1"}})}),
      InputOf({Asks({{"Status", "all"}})}), InputOf({Asks({{"SnapshotName", "two\nlines"}})})};
  return texts;
}

TEST(ImportedInputs, AreTheFindingsAndRequestsOfARun) {
  const TestFolder folder;
  WriteRun((folder / "run").string());
  const auto imported = ImportInputs({(folder / "run").string()});
  ASSERT_TRUE(imported) << imported.error().Text();
  EXPECT_EQ(imported->texts, OfTheRun());
  ASSERT_EQ(imported->said.size(), 1U);
  EXPECT_EQ(imported->said[0],
            "4 inputs with 6 requests from " + (folder / "run" / kJournalName).string() +
                "; left out: 1 asking for something else, 1 not to be written as an "
                "input (another method)");
}

TEST(ImportedInputs, AreThoseOfAPlainJournalAndOfARepro) {
  const TestFolder folder;
  WriteRun((folder / "run").string());
  const auto run = LoadRun((folder / "run").string());
  ASSERT_TRUE(run);
  const std::string repro =
      folder.Write("repro/one.ndjson", ReproJournal(*run, run->findings.front()));
  const auto imported = ImportInputs({repro});
  ASSERT_TRUE(imported) << imported.error().Text();
  EXPECT_EQ(imported->texts, (std::vector(OfTheRun().begin(), OfTheRun().begin() + 2)));
}

TEST(ImportedInputs, AreThoseOfAHarFile) {
  const TestFolder folder;
  WriteRun((folder / "run").string());
  const auto run = LoadRun((folder / "run").string());
  ASSERT_TRUE(run);
  const auto imported = ImportInputs({folder.Write("a.har", HarText(*run))});
  ASSERT_TRUE(imported) << imported.error().Text();
  ASSERT_EQ(imported->texts.size(), 1U);
  const ExchangeInput input = ParseExchangeInput(imported->texts[0], "");
  ASSERT_EQ(input.requests.size(), 2U);
  EXPECT_EQ(input.requests[1].Find("NextToken"), "$token.1");
}

TEST(ImportedInputs, OfAHarFileNeedNoAnswers) {
  const auto entry = [](const std::string& host, const std::string& query) {
    return R"({"request":{"method":"GET","url":")" + host + "/?" + query +
           R"("},"response":{"status":0,"content":{}}})";
  };
  const TestFolder folder;
  const auto imported = ImportInputs({folder.Write(
      "a.har", R"({"log":{"entries":[)" +
                   entry("http://one", "Action=DescribeSnapshots&PageSize=1&Signature=x") + "," +
                   entry("http://two", "Action=DescribeSnapshots&PageSize=2") + "," +
                   entry("http://two", "Action=DescribeDisks") + "]}}")});
  ASSERT_TRUE(imported) << imported.error().Text();
  EXPECT_EQ(imported->texts,
            (std::vector<std::string>{"reading 0\nAction=DescribeSnapshots\nPageSize=1\n\n",
                                      "reading 0\nAction=DescribeSnapshots\nPageSize=2\n\n"}));
  EXPECT_NE(imported->said.at(0).find("left out: 1 asking for something else"), std::string::npos);
}

TEST(ImportedInputs, OfTextsAreCanonicalAndEachOnce) {
  const TestFolder folder;
  folder.Write("texts/a", "Status=all\nnonsense\nSignature=x\nAccessKeyId=LTAI\n");
  folder.Write("texts/b", "reading 0\nStatus=all\n\n");
  folder.Write("texts/inner/c", "@POST form\nPageSize=7\n");
  folder.Write("texts/report.html", "<p class=x>\n");
  folder.Write("texts/d", "Action=DeleteSnapshot\nSnapshotId=s-1\n");
  folder.Write("texts/long", "SnapshotName=" + std::string(9000, 'x') + "\n");
  const auto imported = ImportInputs({(folder / "texts").string()});
  ASSERT_TRUE(imported) << imported.error().Text();
  EXPECT_EQ(imported->texts, (std::vector<std::string>{"reading 0\nStatus=all\n\n",
                                                       "reading 0\n@POST form\nPageSize=7\n\n"}));
  ASSERT_EQ(imported->said.size(), 2U);
  EXPECT_NE(imported->said[0].find("left out: 1 asking for something else, 1 equal to others, 1 of "
                                   "more than 8 KiB, 1 without a request"),
            std::string::npos)
      << imported->said[0];
}

std::string ErrorOf(const std::string& path) {
  const auto imported = ImportInputs({path});
  return imported ? "none" : imported.error().Text();
}

TEST(ImportedInputs, NeedSomethingThatCanBeUsed) {
  const TestFolder folder;
  const std::string text = folder.Write("notes.txt", "nothing here\n");
  EXPECT_EQ(ErrorOf(text),
            text +
                ": holds no request of DescribeSnapshots that can be used (left out: 1 without a "
                "request); give the folder of a run, a journal, a HAR file or a folder of inputs "
                "(--from)");
  const std::string none = (folder / "none").string();
  EXPECT_EQ(ErrorOf(none), none + ": there is no such file or folder (--from)");
  const std::string journal = folder.Write("broken.ndjson", "{\"type\":\"header\"}\n");
  EXPECT_EQ(ErrorOf(journal).substr(0, journal.size() + 2), journal + ":1");
  const std::string har = folder.Write("a.har", "{");
  EXPECT_EQ(ErrorOf(har).substr(0, har.size()), har);
  EXPECT_EQ(ErrorOf("/dev/null"), "/dev/null: is neither a file nor a folder (--from)");
}

TEST(ImportedInputs, FromAPlaceThatHoldsNothingNewAreNoMistake) {
  const TestFolder folder;
  const std::string one = folder.Write("one", "PageSize=7\n"),
                    other = folder.Write("two", "PageSize=7\n");
  const auto imported = ImportInputs({one, other});
  ASSERT_TRUE(imported) << imported.error().Text();
  EXPECT_EQ(imported->texts.size(), 1U);
}

}  // namespace
}  // namespace assay
