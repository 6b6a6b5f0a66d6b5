// Bodies that documents show and recordings hold (spec/describe_snapshots/source.md). Left out: the
// event of a completed snapshot, which is sent to a queue and answers no request.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "reference/judge/check_fields.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// What the checks that need no state say about one sample.
struct Looked {
  std::set<std::string> broken, answers;
};

fs::path Folder() { return fs::path(ASSAY_SOURCE_DIR) / "reference/answer/samples"; }

Response ReadSample(const std::string& name) {
  std::ifstream in(Folder() / name, std::ios::binary);
  Response response;
  response.body.assign(std::istreambuf_iterator<char>(in), {});
  response.content_type = name.ends_with("xml") ? "text/xml" : "application/json;charset=utf-8";
  return response;
}

Looked Look(const std::string& name) {
  const Response response = ReadSample(name);
  AnswerReader reader;
  const ObservedAnswer& answer = reader.Read(response);
  EXPECT_TRUE(answer.readable) << name;
  CheckResult findings;
  CheckForm(answer, response, findings);
  if (answer.code.given()) {
    CheckErrorEnvelope(answer, findings);
  } else {
    CheckFieldForms(answer, findings);
    EXPECT_GT(answer.snapshot_count, 0u) << name;
  }
  Looked out;
  for (const Difference& d : answer.problems) out.broken.emplace(Id(d.rule));
  for (const Difference& d : findings.differences) out.broken.emplace(Id(d.rule));
  for (const Restriction& r : findings.answers) {
    for (const int position : r.options) {
      const Option option = OptionAt(r.question, position);
      out.answers.insert(std::string(Id(r.question)) + "=" + std::string(Id(option)));
    }
  }
  return out;
}

using Ids = std::set<std::string>;

const Ids kNumber = {"form.source_disk_size=number"};
const Ids kNumberAndText = {"form.available=string", "form.source_disk_size=number"};
const Ids kNumberAndBoolean = {"form.available=boolean", "form.source_disk_size=number"};
const Ids kNoHost = {"error.envelope.host_id"};

struct Sample {
  Ids broken, answers;
};

// What each sample breaks, and how it answers the questions of form.
const std::map<std::string, Sample>& Samples() {
  static const auto* const samples = new std::map<std::string, Sample>{
      {"base_document.json", {{}, kNumberAndText}},
      {"documented_2014.xml", {{}, {}}},
      {"documented_2015.json", {{}, kNumber}},
      {"documented_2021.json", {{}, kNumber}},
      {"documented_2025.json", {{}, kNumberAndBoolean}},
      {"recorded_2017.json", {{}, kNumber}},
      {"recorded_2018.json", {{}, kNumber}},
      // Written by hand for tests of clients, which do not look at the envelope.
      {"double_2014.json", {{"response.request_id.given"}, {"form.source_disk_size=string"}}},
      {"double_terraform.json", {{"response.request_id.given"}, {"form.available=boolean"}}},
      // Its RequestId is made unreadable on purpose.
      {"documented_error.xml", {{"response.request_id.form"}, {}}},
      {"recorded_error_incorrectinstancestatus.json", {{}, {}}},
      {"recorded_error_instance_ids.json", {kNoHost, {}}},
      {"recorded_error_invalidaccesskeyid_notfound.json", {{}, {}}},
      {"recorded_error_invaliddomainname_noexist.json", {{}, {}}},
      {"recorded_error_invalidimageid_notfound.json", {{"response.request_id.form"}, {}}},
      {"recorded_error_invalidtimestamp_expired.json", {{}, {}}},
      {"recorded_error_invalidversion.json", {{}, {}}},
      {"recorded_error_missingsignature.json", {{}, {}}},
      {"recorded_error_signaturedoesnotmatch.json", {{}, {}}},
      {"recorded_error_snapshot_ids.json", {kNoHost, {}}},
  };
  return *samples;
}

TEST(Samples, AreAllLookedAt) {
  Ids files, known;
  for (const auto& entry : fs::directory_iterator(Folder())) {
    files.insert(entry.path().filename().string());
  }
  for (const auto& [name, sample] : Samples()) known.insert(name);
  EXPECT_EQ(files, known);
}

TEST(Samples, BreakNoOtherRulesThanTheirOwn) {
  for (const auto& [name, sample] : Samples()) EXPECT_EQ(Look(name).broken, sample.broken) << name;
}

TEST(Samples, OfDocumentsAndRecordingsBreakNoMust) {
  for (const auto& [name, sample] : Samples()) {
    if (name.starts_with("double_")) continue;
    for (const std::string& id : Look(name).broken) {
      EXPECT_EQ(Catalogue::Get()[FindRule(id).value()].level, Level::kShould) << name << ": " << id;
    }
  }
}

TEST(Samples, AnswerTheQuestionsOfForm) {
  for (const auto& [name, sample] : Samples()) {
    EXPECT_EQ(Look(name).answers, sample.answers) << name;
  }
}

TEST(Samples, DisagreeAboutTheFormOfAvailable) {
  EXPECT_TRUE(Look("base_document.json").answers.contains("form.available=string"));
  EXPECT_TRUE(Look("documented_2025.json").answers.contains("form.available=boolean"));
}

// The checks can go red: each sample of a list with one field spoiled.
TEST(Samples, BreakTheRuleOfAFieldThatIsSpoiled) {
  AnswerReader reader;
  for (const auto& [good, bad, rule] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"\"accomplished\"", "\"done\"", "response.field.status"},
           {"\"100%\"", "\"100\"", "response.field.progress"},
           {"\"2015-07-30T05:00:14Z\"", "\"2015-07-30 05:00\"", "response.field.creation_time"},
           {"\"system\"", "\"root\"", "response.field.source_disk_type"},
           {"\"none\"", "\"\\u006eothing\"", "response.field.usage"},
           {"\"SourceDiskSize\":20", "\"SourceDiskSize\":\"20G\"",
            "response.field.source_disk_size"},
           {"\"SnapshotId\":", "\"Id\":", "response.field.snapshot_id"}}) {
    Response response = ReadSample("documented_2015.json");
    const std::size_t at = response.body.find(good);
    ASSERT_NE(at, std::string::npos) << good;
    response.body.replace(at, good.size(), bad);
    CheckResult findings;
    CheckFieldForms(reader.Read(response), findings);
    ASSERT_EQ(findings.differences.size(), 1u) << bad;
    EXPECT_EQ(Id(findings.differences[0].rule), rule) << bad;
  }
}

}  // namespace
}  // namespace assay
