#include "reference/describe_snapshots/model.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "reference/describe_snapshots/parameters.h"
#include "reference/describe_snapshots/requests_for_test.h"
#include "spec/catalogue/catalogue_for_test.h"
#include "spec/text/letters.h"
#include "spec/text/time.h"

namespace assay {
namespace {

using Which = std::function<bool(const Snapshot&)>;

// What the model is to answer.
struct Expected {
  std::string refused;  // the code, "" for a list
  Which matches;        // of the snapshots of the region
  std::int64_t start = 0, size = 10;
  bool by_token = false;
  bool empty = false;  // an empty page whatever matches
};

Expected Refused(const std::string& code) { return {.refused = code}; }
Expected Lists(Which which) { return {.matches = std::move(which)}; }
Expected Everything() {
  return Lists([](const Snapshot&) { return true; });
}
Expected Nothing() {
  return Lists([](const Snapshot&) { return false; });
}
Expected Where(Field field, const std::string& value) {
  return Lists([=](const Snapshot& s) { return s[field] == value; });
}
Expected Page(std::int64_t start, std::int64_t size) {
  Expected out = Everything();
  out.start = start;
  out.size = size;
  return out;
}
Expected TokenPage(std::int64_t start, std::int64_t size) {
  Expected out = Page(start, size);
  out.by_token = true;
  return out;
}
Expected EmptyPage() {
  Expected out = Everything();
  out.empty = true;
  return out;
}

// A request that asks the question, and what is right under each option.
struct Row {
  std::string question;
  Request request;
  std::map<std::string, Expected> options;
  std::vector<std::pair<std::string, std::string>> beside = {};  // options of other questions
};

// Tokens that were given out, by text.
class FakeTokens : public Tokens {
 public:
  std::map<std::string, TokenOrigin, std::less<>> origins;
  std::optional<TokenOrigin> Find(std::string_view token) const override {
    const auto at = origins.find(token);
    return at == origins.end() ? std::nullopt : std::optional(at->second);
  }
  bool IsCut(std::string_view token) const override { return token == "wal"; }
};

// "walk": continues after the first 20 of the whole region, asked for with MaxResults=20.
const FakeTokens& GivenOut() {
  static const FakeTokens* const tokens = [] {
    auto* out = new FakeTokens;
    TokenOrigin origin{.filters = FilterParameters(Ask()),
                       .region = "cn-hangzhou",
                       .position = 20,
                       .max_results = "20",
                       .page = 1};
    out->origins["walk"] = origin;
    origin.used = true;
    out->origins["used"] = origin;
    return out;
  }();
  return *tokens;
}

// One reading; notes what is asked.
class Noting : public FixedReading {
 public:
  using FixedReading::FixedReading;
  Option Pick(Question question) override {
    asked.insert(std::string(Id(question)));
    return FixedReading::Pick(question);
  }
  std::set<std::string> asked;
};

bool HasTag(const Snapshot& s, std::string_view key) {
  return std::ranges::find(s.tags, key, &Tag::key) != s.tags.end();
}
bool HasTag(const Snapshot& s, std::string_view key, std::string_view value) {
  return std::ranges::any_of(s.tags,
                             [&](const Tag& t) { return t.key == key && t.value == value; });
}
std::string Lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

const std::string& FirstId() { return SnapshotWith(Field::kSnapshotId)[Field::kSnapshotId]; }
std::string Array(const std::string& id) { return "[\"" + id + "\"]"; }

void AddPaging(std::vector<Row>& rows) {
  const Expected bad = Refused("InvalidParameter");
  const Expected first = Page(0, 10);
  const auto size = [&](const char* question, const char* value,
                        std::map<std::string, Expected> options) {
    rows.push_back({fmt::format("paging.page_size.{}", question), Ask({{"PageSize", value}}),
                    std::move(options)});
  };
  size("above_maximum", "101", {{"cut", Page(0, 100)}, {"refused", bad}});
  size("zero", "0",
       {{"refused", bad}, {"as_absent", first}, {"default_size", first}, {"raised", Page(0, 1)}});
  size("negative", "-1",
       {{"refused", bad}, {"as_absent", first}, {"default_size", first}, {"raised", Page(0, 1)}});
  size("not_integer", "ten", {{"refused", bad}, {"as_absent", first}, {"default_size", first}});
  size("not_integer", "2x", {{"default_size", first}, {"leading_digits", Page(0, 2)}});
  size("beyond_32_bits", "2147483648",
       {{"refused", bad}, {"as_absent", first}, {"default_size", first}, {"cut", Page(0, 100)}});
  const auto number = [&](const char* question, const char* value,
                          std::map<std::string, Expected> options) {
    rows.push_back({fmt::format("paging.page_number.{}", question), Ask({{"PageNumber", value}}),
                    std::move(options)});
  };
  number("zero", "0", {{"refused", bad}, {"first_page", first}});
  number("negative", "-7", {{"refused", bad}, {"first_page", first}});
  number("not_integer", "2.5",
         {{"refused", bad}, {"first_page", first}, {"leading_digits", Page(10, 10)}});
  number("beyond_32_bits", "99999999999999999999",
         {{"refused", bad}, {"first_page", first}, {"past_end", EmptyPage()}});
  number("beyond_any_list", "1073741825",
         {{"refused", bad}, {"past_end", Page(std::int64_t{1073741824} * 10, 10)}});
  const auto all = static_cast<std::int64_t>(TestDataset().In("cn-hangzhou").size());
  number("past_end", "20",
         {{"empty_page", Page(190, 10)},
          {"last_page", Page((all - 1) / 10 * 10, 10)},
          {"refused", bad}});
  const auto most = [&](const char* question, const char* value,
                        std::map<std::string, Expected> options) {
    rows.push_back({fmt::format("paging.max_results.{}", question), Ask({{"MaxResults", value}}),
                    std::move(options)});
  };
  const Expected ten = TokenPage(0, 10), one = TokenPage(0, 1), hundred = TokenPage(0, 100);
  most("below_ten", "3", {{"raised_to_ten", ten}, {"honoured", TokenPage(0, 3)}});
  most("above_maximum", "101",
       {{"cut", hundred}, {"refused", bad}, {"as_absent", first}, {"default_size", ten}});
  most("beyond_32_bits", "4294967297",
       {{"cut", hundred}, {"refused", bad}, {"as_absent", first}, {"default_size", ten}});
  most("zero", "0",
       {{"refused", bad}, {"as_absent", first}, {"default_size", ten}, {"raised", one}});
  most("negative", "-1",
       {{"refused", bad}, {"as_absent", first}, {"default_size", ten}, {"raised", one}});
  most("not_integer", "many", {{"refused", bad}, {"as_absent", first}, {"default_size", ten}});
  most("not_integer", "12x", {{"default_size", ten}, {"leading_digits", TokenPage(0, 12)}});
  rows.push_back({"paging.neither", Ask(), {{"page_mode", first}, {"token_mode", ten}}});
}

void AddMixedPaging(std::vector<Row>& rows) {
  const Expected bad = Refused("InvalidParameter");
  const auto mixed = [&](const char* question, Pairs changes, const Expected& token_mode,
                         const Expected& page_mode) {
    rows.push_back({fmt::format("paging.mixed.{}", question),
                    Ask(changes),
                    {{"token_mode", token_mode}, {"page_mode", page_mode}, {"refused", bad}}});
  };
  mixed("token_with_page_number",
        {{"NextToken", "walk"}, {"MaxResults", "20"}, {"PageNumber", "3"}}, TokenPage(20, 20),
        Page(20, 10));
  mixed("token_with_page_size", {{"NextToken", "walk"}, {"MaxResults", "20"}, {"PageSize", "30"}},
        TokenPage(20, 20), Page(0, 30));
  mixed("token_with_both",
        {{"NextToken", "walk"}, {"MaxResults", "20"}, {"PageSize", "30"}, {"PageNumber", "2"}},
        TokenPage(20, 20), Page(30, 30));
  mixed("max_results_with_page_number", {{"MaxResults", "20"}, {"PageNumber", "2"}},
        TokenPage(0, 20), Page(10, 10));
  rows.back().options.emplace("pages_of_max_results", Page(20, 20));
  mixed("max_results_with_page_size", {{"MaxResults", "20"}, {"PageSize", "30"}}, TokenPage(0, 20),
        Page(0, 30));
  mixed("max_results_with_both", {{"MaxResults", "20"}, {"PageSize", "30"}, {"PageNumber", "2"}},
        TokenPage(0, 20), Page(30, 30));
  rows.push_back({"paging.mixed.ineffective_value",
                  Ask({{"MaxResults", "20"}, {"PageSize", "101"}}),
                  {{"ignored", TokenPage(0, 20)}, {"refused", bad}}});
  rows.push_back({"paging.mixed.ineffective_type",
                  Ask({{"MaxResults", "20"}, {"PageNumber", "nonsense"}}),
                  {{"ignored", TokenPage(0, 20)}, {"refused", bad}}});
}

void AddTokens(std::vector<Row>& rows) {
  const Expected bad = Refused("InvalidParameter");
  const Expected first = TokenPage(0, 20);
  Expected empty = EmptyPage();
  empty.by_token = true;
  empty.size = 20;
  for (const auto& [question, token] : std::vector<std::pair<std::string, std::string>>{
           {"unknown", "never-given-out"}, {"cut", "wal"}}) {
    rows.push_back({"paging.token." + question,
                    Ask({{"NextToken", token}, {"MaxResults", "20"}}),
                    {{"refused", bad}, {"first_page", first}, {"empty_page", empty}}});
  }
  rows.push_back(
      {"paging.token.other_max_results",
       Ask({{"NextToken", "walk"}, {"MaxResults", "30"}}),
       {{"request_size", TokenPage(20, 30)}, {"token_size", TokenPage(20, 20)}, {"refused", bad}}});
  rows.push_back(
      {"paging.token.without_max_results",
       Ask({{"NextToken", "walk"}}),
       {{"default_size", TokenPage(20, 10)}, {"token_size", TokenPage(20, 20)}, {"refused", bad}}});
  rows.push_back({"paging.token.reused",
                  Ask({{"NextToken", "used"}, {"MaxResults", "20"}}),
                  {{"same_page", TokenPage(20, 20)}, {"refused", bad}}});
  Expected failed = Where(Field::kStatus, "failed");
  failed.by_token = true;
  failed.size = 20;
  rows.push_back(
      {"paging.token.other_filters",
       Ask({{"NextToken", "walk"}, {"MaxResults", "20"}, {"Status", "failed"}}),
       {{"refused", bad}, {"request_filters", failed}, {"token_filters", TokenPage(20, 20)}}});
  Expected shanghai = first, nothing = empty;
  rows.push_back({"paging.token.foreign",
                  Ask({{"NextToken", "walk"}, {"MaxResults", "20"}, {"RegionId", "cn-shanghai"}}),
                  {{"refused", bad},
                   {"first_page", shanghai},
                   {"empty_page", nothing},
                   {"request_filters", shanghai}}});
  rows.push_back(
      {"value.empty.next_token",
       Ask({{"NextToken", ""}, {"MaxResults", "20"}}),
       {{"as_absent", first}, {"first_page", first}, {"refused", bad}, {"empty_page", empty}}});
}

void AddEmptyValues(std::vector<Row>& rows) {
  const Expected bad = Refused("InvalidParameter");
  for (const auto& [question, name] :
       std::vector<std::pair<std::string, std::string>>{{"instance_id", "InstanceId"},
                                                        {"disk_id", "DiskId"},
                                                        {"snapshot_link_id", "SnapshotLinkId"},
                                                        {"snapshot_ids", "SnapshotIds"},
                                                        {"snapshot_name", "SnapshotName"},
                                                        {"kms_key_id", "KMSKeyId"},
                                                        {"resource_group_id", "ResourceGroupId"},
                                                        {"status", "Status"},
                                                        {"snapshot_type", "SnapshotType"},
                                                        {"usage", "Usage"},
                                                        {"source_disk_type", "SourceDiskType"},
                                                        {"category", "Category"}}) {
    rows.push_back(
        {"value.empty." + question,
         Ask({{name, ""}}),
         {{"as_absent", Everything()}, {"matches_nothing", Nothing()}, {"refused", bad}}});
  }
  rows.push_back({"value.empty.encrypted",
                  Ask({{"Encrypted", ""}}),
                  {{"as_absent", Everything()}, {"as_false", Everything()}, {"refused", bad}}});
  for (const auto& [question, name] :
       std::vector<std::pair<std::string, std::string>>{{"dry_run", "DryRun"},
                                                        {"page_number", "PageNumber"},
                                                        {"page_size", "PageSize"},
                                                        {"max_results", "MaxResults"}}) {
    rows.push_back({"value.empty." + question,
                    Ask({{name, ""}}),
                    {{"as_absent", Everything()}, {"refused", bad}}});
  }
  const char* time = "2019-12-13T17:00Z";
  rows.push_back({"value.empty.filter_key",
                  Ask({{"Filter.1.Key", ""}}),
                  {{"as_absent", Everything()}, {"refused", bad}}});
  rows.push_back({"value.empty.filter_value",
                  Ask({{"Filter.2.Value", ""}}),
                  {{"as_absent", Everything()}, {"refused", bad}}});
  rows.push_back({"time.value_without_key",
                  Ask({{"Filter.1.Value", time}}),
                  {{"ignored", Everything()}, {"refused", Refused("InvalidFilterKey.NotFound")}}});
  rows.push_back({"time.key_without_value",
                  Ask({{"Filter.1.Key", "CreationStartTime"}}),
                  {{"ignored", Everything()}, {"refused", Refused("InvalidFilterKey.NotFound")}}});
  rows.push_back({"value.empty.tag_key",
                  Ask({{"Tag.1.Key", ""}}),
                  {{"as_absent", Everything()}, {"matches_nothing", Nothing()}, {"refused", bad}}});
  const auto env = [](const Snapshot& s) { return HasTag(s, "empty"); };
  rows.push_back({"value.empty.tag_value",
                  Ask({{"Tag.1.Key", "empty"}, {"Tag.1.Value", ""}}),
                  {{"as_absent", Lists(env)},
                   {"as_value", Lists([](const Snapshot& s) { return HasTag(s, "empty", ""); })},
                   {"refused", bad}}});
  rows.push_back({"value.empty.tag_value_alone",
                  Ask({{"Tag.1.Value", ""}}),
                  {{"as_value", Refused("InvalidTag.Mismatch")},
                   {"as_absent", Everything()},
                   {"refused", bad}}});
  rows.push_back({"value.empty.format",
                  Ask({{"Format", ""}}),
                  {{"as_absent", Everything()},
                   {"refused", bad},
                   {"xml", Everything()},
                   {"json", Everything()}}});
  rows.push_back({"value.empty.version",
                  Ask({{"Version", ""}}),
                  {{"as_absent", Everything()}, {"refused", Refused("MissingVersion")}}});
}

void AddNamesAndBlanks(std::vector<Row>& rows) {
  const Expected bad = Refused("InvalidParameter");
  rows.push_back({"value.version.other",
                  Ask({{"Version", "2013-01-01"}}),
                  {{"ignored", Everything()}, {"refused", Refused("InvalidVersion")}}});
  const Expected failed = Where(Field::kStatus, "failed");
  rows.push_back({"name.unknown",
                  Ask({{"NoSuchName", "1"}}),
                  {{"ignored", Everything()}, {"refused", Refused("UnsupportedParameter")}}});
  rows.push_back({"name.other_letters",
                  Ask({{"status", "failed"}}),
                  {{"as_unknown", Everything()}, {"as_meant", failed}}});
  Request twice = Ask({{"Status", "failed"}});
  twice.parameters.push_back({"Status", "accomplished"});
  rows.push_back({"name.repeated",
                  twice,
                  {{"first", failed},
                   {"last", Where(Field::kStatus, "accomplished")},
                   {"refused", bad},
                   {"joined", Refused("InvalidStatus.NotFound")}}});
  const Expected env = Lists([](const Snapshot& s) { return HasTag(s, "env"); });
  rows.push_back({"name.index_form",
                  Ask({{"Tag.01.Key", "env"}}),
                  {{"as_unknown", Everything()}, {"as_meant", env}}});
  rows.push_back({"name.index_length",
                  Ask({{"Tag.9999999999.Key", "env"}}),
                  {{"as_unknown", Everything()}, {"as_meant", env}}});
  const Expected late = Lists([](const Snapshot& s) { return s.creation_time >= 1609459200; });
  rows.push_back(
      {"name.filter_index_form",
       Ask({{"Filter.01.Key", "CreationStartTime"}, {"Filter.01.Value", "2021-01-01T00:00Z"}}),
       {{"as_unknown", Everything()}, {"as_meant", late}}});
  rows.push_back(
      {"value.blanks.filter_key",
       Ask({{"Filter.1.Key", "CreationStartTime "}, {"Filter.1.Value", "2021-01-01T00:00Z"}}),
       {{"taken", Refused("InvalidFilterKey.NotFound")}, {"trimmed", late}}});
  rows.push_back({"value.blanks.number",
                  Ask({{"PageSize", " 20"}}),
                  {{"taken", bad}, {"trimmed", Page(0, 20)}}});
  rows.push_back({"value.blanks.enumeration",
                  Ask({{"Status", "failed "}}),
                  {{"taken", Refused("InvalidStatus.NotFound")}, {"trimmed", failed}}});
  rows.push_back({"value.blanks.boolean",
                  Ask({{"DryRun", " false"}}),
                  {{"taken", bad}, {"trimmed", Everything()}}});
  const std::string disk = "d-bp1exactcount00010";
  rows.push_back({"value.blanks.identifier",
                  Ask({{"DiskId", " " + disk}}),
                  {{"taken", Nothing()}, {"trimmed", Where(Field::kSourceDiskId, disk)}}});
  const std::string& name = SnapshotWith(Field::kSnapshotName)[Field::kSnapshotName];
  rows.push_back({"value.blanks.name",
                  Ask({{"SnapshotName", name + "  "}}),
                  {{"taken", Nothing()}, {"trimmed", Where(Field::kSnapshotName, name)}}});
  rows.push_back(
      {"value.blanks.tag", Ask({{"Tag.1.Key", " env"}}), {{"taken", Nothing()}, {"trimmed", env}}});
  rows.push_back(
      {"value.blanks.time",
       Ask({{"Filter.1.Key", "CreationStartTime"}, {"Filter.1.Value", " 1990-01-01T00:00Z"}}),
       {{"taken", Refused("InvalidFilterValue")}, {"trimmed", Everything()}}});
  Request bytes = Ask({{"SnapshotName", "\xFF\xFE"}});
  rows.push_back({"encoding.utf8.invalid", bytes, {{"refused", bad}, {"as_text", Nothing()}}});
  rows.push_back({"encoding.format.unknown",
                  Ask({{"Format", "yaml"}}),
                  {{"refused", bad}, {"xml", Everything()}, {"json", Everything()}}});
  rows.push_back({"encoding.format.missing",
                  Ask({{"Format", ""}}),
                  {{"xml", Everything()}, {"json", Everything()}}});
}

void AddEnumerations(std::vector<Row>& rows) {
  const std::string& disk = SnapshotWith(Field::kSourceDiskId)[Field::kSourceDiskId];
  std::string capitals = disk;
  std::ranges::transform(capitals, capitals.begin(), CapitalLetter);
  rows.push_back({"value.letters.identifier",
                  Ask({{"DiskId", capitals}}),
                  {{"exact", Nothing()}, {"ignored_case", Where(Field::kSourceDiskId, disk)}}});
  rows.push_back({"value.letters.identifier",
                  Ask({{"RegionId", "CN-Hangzhou"}}),
                  {{"exact", Nothing()}, {"ignored_case", Everything()}}});
  rows.push_back({"value.letters.status",
                  Ask({{"Status", "Failed"}}),
                  {{"exact", Refused("InvalidStatus.NotFound")},
                   {"ignored_case", Where(Field::kStatus, "failed")}}});
  rows.push_back({"value.letters.snapshot_type",
                  Ask({{"SnapshotType", "AUTO"}}),
                  {{"exact", Refused("InvalidSnapshotType.NotFound")},
                   {"ignored_case", Where(Field::kSnapshotType, "auto")}}});
  rows.push_back(
      {"value.letters.usage",
       Ask({{"Usage", "None"}}),
       {{"exact", Refused("InvalidUsage")}, {"ignored_case", Where(Field::kUsage, "none")}}});
  rows.push_back({"value.letters.category",
                  Ask({{"Category", "STANDARD"}}),
                  {{"exact", Refused("InvalidSnapshotCategory.Malformed")},
                   {"ignored_case", Where(Field::kCategory, "standard")}}});
  rows.push_back({"value.category.small_letters",
                  Ask({{"Category", "standard"}}),
                  {{"accepted", Where(Field::kCategory, "standard")},
                   {"refused", Refused("InvalidSnapshotCategory.Malformed")}}});
  rows.push_back({"value.snapshot_type.unknown",
                  Ask({{"SnapshotType", "none"}}),
                  {{"not_found", Refused("InvalidSnapshotType.NotFound")},
                   {"matches_nothing", Nothing()},
                   {"ignored", Everything()}}});
  rows.push_back({"value.source_disk_type.unknown",
                  Ask({{"SourceDiskType", "none"}}),
                  {{"not_found", Refused("InvalidSourceDiskType")},
                   {"matches_nothing", Nothing()},
                   {"ignored", Everything()}}});
  for (const std::string category : {"flash", "archive"}) {
    const std::string region = category == "flash" ? "eu-central-1" : "cn-hangzhou";
    rows.push_back({"value.category." + category,
                    Ask({{"Category", category}, {"RegionId", region}}),
                    {{"matches_nothing", Nothing()},
                     {"refused", Refused("InvalidSnapshotCategory.Malformed")}}});
  }
  const auto usage = [](const char* a, const char* b) {
    return Lists([=](const Snapshot& s) { return s[Field::kUsage] == a || s[Field::kUsage] == b; });
  };
  for (const char* value : {"image", "disk"}) {
    rows.push_back(
        {fmt::format("filter.usage.{}", value),
         Ask({{"Usage", value}}),
         {{"not_matched", usage(value, value)}, {"matched", usage(value, "image_disk")}}});
  }
}

void AddBooleans(std::vector<Row>& rows) {
  const Expected bad = Refused("InvalidParameter"), dry = Refused("DryRunOperation");
  const Expected encrypted = Where(Field::kEncrypted, "true");
  for (const auto& [form, value, meant] :
       std::vector<std::tuple<std::string, std::string, bool>>{{"capital", "True", true},
                                                               {"upper", "FALSE", false},
                                                               {"mixed", "tRue", true},
                                                               {"digit", "1", true},
                                                               {"word", "no", false},
                                                               {"other_word", "NO", false}}) {
    rows.push_back({"value.boolean.encrypted." + form,
                    Ask({{"Encrypted", value}}),
                    {{"as_meant", meant ? encrypted : Everything()},
                     {"refused", bad},
                     {"as_false", Everything()},
                     {"as_absent", Everything()},
                     {"as_true", encrypted}}});
    rows.push_back({"value.boolean.dry_run." + form,
                    Ask({{"DryRun", value}}),
                    {{"as_meant", meant ? dry : Everything()},
                     {"refused", bad},
                     {"as_false", Everything()},
                     {"as_true", dry}}});
  }
  rows.push_back({"value.boolean.encrypted.other",
                  Ask({{"Encrypted", "maybe"}}),
                  {{"refused", bad},
                   {"as_false", Everything()},
                   {"as_absent", Everything()},
                   {"as_true", encrypted}}});
  rows.push_back({"value.boolean.dry_run.other",
                  Ask({{"DryRun", "maybe"}}),
                  {{"refused", bad},
                   {"as_false", Everything()},
                   {"as_absent", Everything()},
                   {"as_true", dry}}});
  rows.push_back(
      {"filter.encrypted.false",
       Ask({{"Encrypted", "false"}}),
       {{"no_filter", Everything()}, {"only_unencrypted", Where(Field::kEncrypted, "false")}}});
  for (const auto& [form, value] : {std::pair("sign", "+020"), std::pair("leading_zeros", "020")}) {
    rows.push_back({fmt::format("value.number.{}", form),
                    Ask({{"PageSize", value}}),
                    {{"as_meant", Page(0, 20)}, {"refused", bad}, {"as_absent", Page(0, 10)}}});
  }
}

// A value of the field that occurs in another region only.
std::string Elsewhere(Field field) {
  std::set<std::string> here;
  for (const Snapshot& s : TestDataset().snapshots) {
    if (s[Field::kRegionId] == "ap-southeast-1") here.insert(s[field]);
  }
  for (const Snapshot& s : TestDataset().snapshots) {
    if (s.Has(field) && !here.contains(s[field])) return s[field];
  }
  return "";
}

void AddResources(std::vector<Row>& rows) {
  struct Resource {
    std::string question, name;
    Field field;
    std::string unknown, code;
  };
  for (const Resource& r : std::vector<Resource>{
           {"instance_id", "InstanceId", Field::kInstanceId, "i-unknown",
            "InvalidInstanceId.NotFound"},
           {"disk_id", "DiskId", Field::kSourceDiskId, "d-unknown", "InvalidDiskId.NotFound"},
           {"kms_key_id", "KMSKeyId", Field::kKMSKeyId, "00000000-0000-4000-8000-000000000000",
            "InvalidParameter"}}) {
    const std::map<std::string, Expected> either = {{"empty", Nothing()},
                                                    {"refused", Refused(r.code)}};
    rows.push_back({"value.unknown." + r.question, Ask({{r.name, r.unknown}}), either});
    rows.push_back({"value.malformed." + r.question, Ask({{r.name, "not an id!"}}), either});
    rows.push_back({"value.elsewhere." + r.question,
                    Ask({{r.name, Elsewhere(r.field)}, {"RegionId", "ap-southeast-1"}}), either});
  }
  rows.push_back(
      {"value.elsewhere.snapshot_link_id",
       Ask({{"SnapshotLinkId", Elsewhere(Field::kSnapshotLinkId)}, {"RegionId", "ap-southeast-1"}}),
       {{"empty", Nothing()}, {"refused", Refused("InvalidSnapshotLinkId.NotFound")}}});
  const std::map<std::string, Expected> region = {{"empty", Nothing()},
                                                  {"refused", Refused("InvalidRegionId.NotFound")}};
  rows.push_back({"value.unknown.region_id", Ask({{"RegionId", "cn-nowhere"}}), region});
  rows.push_back({"value.malformed.region_id", Ask({{"RegionId", "no region!"}}), region});
  const std::string& link = SnapshotWith(Field::kSnapshotLinkId)[Field::kSnapshotLinkId];
  rows.push_back({"link.json_array",
                  Ask({{"SnapshotLinkId", Array(link)}}),
                  {{"each", Where(Field::kSnapshotLinkId, link)},
                   {"refused", Refused("InvalidSnapshotLinkId.NotFound")}}});
  const std::string& plain = TestDataset().default_resource_group;
  const std::string other = [&] {
    for (const Snapshot& s : TestDataset().snapshots) {
      if (s[Field::kResourceGroupId] != plain) return s[Field::kResourceGroupId];
    }
    return std::string();
  }();
  rows.push_back({"filter.resource_group.default",
                  Ask({{"ResourceGroupId", other}}),
                  {{"not_listed", Where(Field::kResourceGroupId, other)},
                   {"also_listed", Lists([=](const Snapshot& s) {
                      return s[Field::kResourceGroupId] == other ||
                             s[Field::kResourceGroupId] == plain;
                    })}}});
  rows.push_back(
      {"filter.resource_group.is_default",
       Ask({{"ResourceGroupId", plain}}),
       {{"its_snapshots", Where(Field::kResourceGroupId, plain)}, {"no_filter", Everything()}}});
  rows.push_back({"filter.resource_group.unknown",
                  Ask({{"ResourceGroupId", "rg-unknown"}}),
                  {{"no_snapshot_of_it", Where(Field::kResourceGroupId, plain)},
                   {"refused", Refused("InvalidResourceGroup.NotFound")}}});
}

void AddSnapshotName(std::vector<Row>& rows) {
  const auto name = [](auto test) {
    return Lists([=](const Snapshot& s) { return test(s[Field::kSnapshotName]); });
  };
  rows.push_back({"filter.snapshot_name.match",
                  Ask({{"SnapshotName", "data"}}),
                  {{"exact_name", Where(Field::kSnapshotName, "data")},
                   {"prefix", name([](const std::string& n) { return n.starts_with("data"); })},
                   {"substring",
                    name([](const std::string& n) { return n.find("data") != std::string::npos; })},
                   {"wildcard", Where(Field::kSnapshotName, "data")},
                   {"wildcard_named", Where(Field::kSnapshotName, "data")}}});
  rows.push_back(
      {"filter.snapshot_name.match",
       Ask({{"SnapshotName", "*"}}),
       {{"wildcard", name([](const std::string&) { return true; })},
        {"wildcard_named", name([](const std::string& n) { return !n.empty(); })},
        {"trailing_wildcard", name([](const std::string&) { return true; })},
        {"trailing_wildcard_named", name([](const std::string& n) { return !n.empty(); })},
        {"outer_wildcard", name([](const std::string&) { return true; })},
        {"outer_wildcard_named", name([](const std::string& n) { return !n.empty(); })}}});
  rows.push_back(
      {"filter.snapshot_name.match",
       Ask({{"SnapshotName", "*ta*"}}),
       {{"wildcard", name([](const std::string& n) { return n.find("ta") != std::string::npos; })},
        {"outer_wildcard",
         name([](const std::string& n) { return n.find("ta") != std::string::npos; })},
        {"trailing_wildcard", name([](const std::string& n) { return n.starts_with("*ta"); })}}});
  rows.push_back({"filter.snapshot_name.match",
                  Ask({{"SnapshotName", "d*a"}}),
                  {{"wildcard", name([](const std::string& n) {
                      return n.size() > 1 && n.front() == 'd' && n.back() == 'a';
                    })},
                   {"outer_wildcard", Where(Field::kSnapshotName, "d*a")}}});
  rows.push_back(
      {"filter.snapshot_name.letters",
       Ask({{"SnapshotName", "DATA-BACKUP"}}),
       {{"exact", Where(Field::kSnapshotName, "DATA-BACKUP")},
        {"ignored_case", name([](const std::string& n) { return Lower(n) == "data-backup"; })}}});
}

void AddIds(std::vector<Row>& rows) {
  const Expected bad = Refused("InvalidParameter");
  const Expected malformed = Refused("InvalidSnapshotIds.Malformed");
  const Expected one = Where(Field::kSnapshotId, FirstId());
  const auto ids = [&](const char* question, const std::string& value,
                       std::map<std::string, Expected> options) {
    rows.push_back(
        {fmt::format("ids.{}", question), Ask({{"SnapshotIds", value}}), std::move(options)});
  };
  ids("not_json", FirstId(),
      {{"invalid_parameter", bad},
       {"malformed", malformed},
       {"comma_list", one},
       {"loose_list", one}});
  ids("not_json", "[" + FirstId() + ",\"no-id\",]",
      {{"invalid_parameter", bad}, {"comma_list", Nothing()}, {"loose_list", one}});
  ids("null", "null", {{"as_other_json", bad}, {"as_absent", Everything()}});
  ids("not_array", "\"" + FirstId() + "\"",
      {{"invalid_parameter", bad},
       {"malformed", malformed},
       {"single_id", one},
       {"loose_list", one},
       {"matches_nothing", Nothing()}});
  ids("empty_array", "[]", {{"empty", Nothing()}, {"as_absent", Everything()}, {"refused", bad}});
  ids("non_string_element", "[1,\"" + FirstId() + "\"]", {{"refused", bad}, {"ignored", one}});
  ids("non_string_element", "[1]",
      {{"refused", bad}, {"ignored", Nothing()}, {"left_out", Nothing()}});
  ids("non_string_element", "[null,[1,\"" + FirstId() + "\"]]",
      {{"refused", bad}, {"ignored", Nothing()}, {"as_text", one}});
  ids("single_quotes", "['" + FirstId() + "']", {{"as_json", one}, {"refused", bad}});
  ids("malformed_id", "[\"" + FirstId() + "\",\"no id!\"]",
      {{"matches_nothing", one}, {"refused", bad}});
  ids("unknown", "[\"" + FirstId() + "\",\"s-bp1zzzzzzzzzzzzzzzzz\"]",
      {{"matches_nothing", one}, {"refused", bad}});
  std::string many = "[\"" + FirstId() + "\"";
  for (int i = 0; i < 100; ++i) many += ",\"" + FirstId() + "\"";
  ids("count", many + "]", {{"before", malformed}, {"after", one}});
}

void AddTimes(std::vector<Row>& rows) {
  const Expected bad_value = Refused("InvalidFilterValue");
  std::int64_t at = 0;
  ParseTime("2019-12-13T17:00:00Z", &at);
  const auto created = [](auto test) {
    return Lists([=](const Snapshot& s) { return test(s.creation_time); });
  };
  const char* start = "CreationStartTime";
  const char* end = "CreationEndTime";
  const char* minute = "2019-12-13T17:00Z";
  const Expected after = created([=](std::int64_t t) { return t >= at; });
  const Expected before = created([=](std::int64_t t) { return t <= at; });
  rows.push_back({"time.start.equal",
                  Ask({{"Filter.1.Key", start}, {"Filter.1.Value", minute}}),
                  {{"in", after}, {"out", created([=](std::int64_t t) { return t > at; })}}});
  rows.push_back({"time.end.equal",
                  Ask({{"Filter.2.Key", end}, {"Filter.2.Value", minute}}),
                  {{"in", before}, {"out", created([=](std::int64_t t) { return t < at; })}}});
  rows.push_back(
      {"time.start.minute",
       Ask({{"Filter.1.Key", start}, {"Filter.1.Value", minute}}),
       {{"in", after}, {"out", created([=](std::int64_t t) { return t == at || t >= at + 60; })}}});
  rows.push_back({"time.end.minute",
                  Ask({{"Filter.2.Key", end}, {"Filter.2.Value", minute}}),
                  {{"in", created([=](std::int64_t t) { return t < at + 60; })}, {"out", before}}});
  const char* full = "2019-12-13T17:00:00Z";
  rows.push_back(
      {"time.start.full_minute",
       Ask({{"Filter.1.Key", start}, {"Filter.1.Value", full}}),
       {{"in", after}, {"out", created([=](std::int64_t t) { return t == at || t >= at + 60; })}}});
  rows.push_back({"time.end.full_minute",
                  Ask({{"Filter.2.Key", end}, {"Filter.2.Value", full}}),
                  {{"in", created([=](std::int64_t t) { return t < at + 60; })}, {"out", before}}});
  for (const auto& [form, value] :
       std::vector<std::pair<std::string, std::string>>{{"seconds", "2019-12-13T17:00:30Z"},
                                                        {"offset", "2019-12-14T01:00:30+08:00"},
                                                        {"fractions", "2019-12-13T17:00:30.000Z"},
                                                        {"without_zone", "2019-12-13T17:00:30"},
                                                        {"small_letters", "2019-12-13t17:00z"},
                                                        {"date_alone", "2019-12-13"},
                                                        {"other_standard", "20191213T170030Z"}}) {
    std::int64_t bound = at + 30;
    if (form == "small_letters") bound = at;
    if (form == "date_alone") bound = at - 17 * 3600;
    Row row{"time.form." + form,
            Ask({{"Filter.1.Key", start}, {"Filter.1.Value", value}}),
            {{"as_meant", created([=](std::int64_t t) { return t >= bound; })},
             {"refused", bad_value}}};
    if (form == "seconds") {
      row.options.emplace("cut_off", created([=](std::int64_t t) { return t >= at; }));
      row.options.emplace("to_the_minute", created([=](std::int64_t t) { return t >= at + 60; }));
    }
    rows.push_back(std::move(row));
  }
  rows.push_back({"time.form.leap_second",
                  Ask({{"Filter.1.Key", start}, {"Filter.1.Value", "2019-12-13T17:00:60Z"}}),
                  {{"as_next_minute", created([=](std::int64_t t) { return t >= at + 60; })},
                   {"as_second_59", created([=](std::int64_t t) { return t >= at + 59; })},
                   {"refused", bad_value}}});
}

void AddFilterSlots(std::vector<Row>& rows) {
  const Expected bad_key = Refused("InvalidFilterKey.NotFound");
  const auto created_since = [](const char* time) {
    std::int64_t at = 0;
    ParseTime(time, &at);
    return Lists([=](const Snapshot& s) { return s.creation_time >= at; });
  };
  const char* start = "CreationStartTime";
  const char* minute = "2019-12-13T17:00Z";
  const Expected after = created_since("2019-12-13T17:00:00Z");
  rows.push_back({"time.slots_swapped",
                  Ask({{"Filter.2.Key", start}, {"Filter.2.Value", minute}}),
                  {{"accepted", after}, {"refused", bad_key}}});
  rows.push_back({"time.third_slot",
                  Ask({{"Filter.3.Key", start}, {"Filter.3.Value", minute}}),
                  {{"ignored", Everything()}, {"refused", bad_key}, {"accepted", after}}});
  const char* late = "2021-01-01T00:00Z";
  const Expected after_late = created_since("2021-01-01T00:00:00Z");
  rows.push_back(
      {"time.same_key_twice",
       Ask({{"Filter.1.Key", start},
            {"Filter.1.Value", late},
            {"Filter.2.Key", start},
            {"Filter.2.Value", minute}}),
       {{"last", after}, {"first", after_late}, {"both", after_late}, {"refused", bad_key}}});
  rows.push_back({"time.key_letters",
                  Ask({{"Filter.1.Key", "creationStartTime"}, {"Filter.1.Value", minute}}),
                  {{"exact", bad_key}, {"ignored_case", after}}});
  rows.push_back({"time.start_after_end",
                  Ask({{"Filter.1.Key", start},
                       {"Filter.1.Value", late},
                       {"Filter.2.Key", "CreationEndTime"},
                       {"Filter.2.Value", minute}}),
                  {{"empty", Nothing()}, {"refused", Refused("InvalidFilterValue")}}});
}

void AddTagSpellings(std::vector<Row>& rows) {
  const Expected bad = Refused("InvalidParameter"), mismatch = Refused("InvalidTag.Mismatch");
  const auto tagged = [](auto test) { return Lists(test); };
  const Expected env = tagged([](const Snapshot& s) { return HasTag(s, "env"); });
  const Expected team = tagged([](const Snapshot& s) { return HasTag(s, "team"); });
  const Expected prod = tagged([](const Snapshot& s) { return HasTag(s, "env", "prod"); });
  rows.push_back(
      {"tag.both_spellings",
       Ask({{"Tag.1.Key", "env"}, {"Tag.1.key", "team"}}),
       {{"capital", env}, {"refused", bad}, {"first", env}, {"lower", team}, {"last", team}}});
  rows.push_back({"tag.both_spellings",
                  Ask({{"Tag.1.Key", "env"}, {"Tag.1.value", "x"}, {"Tag.1.Value", "prod"}}),
                  {{"capital", prod}, {"refused", bad}, {"last", prod}}});
  rows.push_back(
      {"tag.both_spellings",
       Ask({{"Tag.1.key", "team"}, {"Tag.1.Key", "env"}}),
       {{"capital", env}, {"refused", bad}, {"first", team}, {"lower", team}, {"last", env}}});
  rows.push_back({"tag.mixed_spellings",
                  Ask({{"Tag.1.key", "env"}, {"Tag.1.Value", "prod"}}),
                  {{"as_meant", prod}, {"refused", mismatch}}});
}

void AddTags(std::vector<Row>& rows) {
  const Expected bad = Refused("InvalidParameter"), mismatch = Refused("InvalidTag.Mismatch");
  const auto tagged = [](auto test) { return Lists(test); };
  const Expected env = tagged([](const Snapshot& s) { return HasTag(s, "env"); });
  const Expected prod = tagged([](const Snapshot& s) { return HasTag(s, "env", "prod"); });
  const Expected both =
      tagged([](const Snapshot& s) { return HasTag(s, "env") && HasTag(s, "team"); });
  rows.push_back(
      {"tag.key_without_value",
       Ask({{"Tag.1.Key", "empty"}}),
       {{"any_value", tagged([](const Snapshot& s) { return HasTag(s, "empty"); })},
        {"empty_value", tagged([](const Snapshot& s) { return HasTag(s, "empty", ""); })},
        {"mismatch", mismatch}}});
  rows.push_back({"tag.value_without_key",
                  Ask({{"Tag.1.Value", "prod"}}),
                  {{"mismatch", mismatch}, {"ignored", Everything()}}});
  rows.push_back({"tag.gap",
                  Ask({{"Tag.1.Key", "env"}, {"Tag.3.Key", "team"}}),
                  {{"accepted", both}, {"refused", bad}, {"up_to_gap", env}}});
  rows.push_back({"tag.gap.without_key",
                  Ask({{"Tag.1.Value", "prod"}, {"Tag.2.Key", "env"}}),
                  {{"no_gap", env}, {"gap", Everything()}},
                  {{"tag.gap", "up_to_gap"}, {"tag.value_without_key", "ignored"}}});
  rows.push_back({"tag.number_zero",
                  Ask({{"Tag.0.Key", "env"}}),
                  {{"ignored", Everything()}, {"refused", bad}}});
  rows.push_back(
      {"tag.number_above_twenty",
       Ask({{"Tag.21.Key", "env"}}),
       {{"accepted", env}, {"ignored", Everything()}, {"count", Refused("InvalidTagCount")}}});
  rows.push_back({"tag.same_key_two_values",
                  Ask({{"Tag.1.Key", "env"},
                       {"Tag.1.Value", "prod"},
                       {"Tag.2.Key", "env"},
                       {"Tag.2.Value", "test"}}),
                  {{"nothing", Nothing()}, {"refused", bad}}});
  rows.push_back({"tag.same_pair_twice",
                  Ask({{"Tag.1.Key", "env"},
                       {"Tag.1.Value", "prod"},
                       {"Tag.2.Key", "env"},
                       {"Tag.2.Value", "prod"}}),
                  {{"accepted", prod}, {"refused", bad}}});
  rows.push_back({"tag.key_letters",
                  Ask({{"Tag.1.Key", "ENV"}}),
                  {{"exact", tagged([](const Snapshot& s) { return HasTag(s, "ENV"); })},
                   {"ignored_case", tagged([](const Snapshot& s) {
                      return std::ranges::any_of(
                          s.tags, [](const Tag& t) { return Lower(t.key) == "env"; });
                    })}}});
  rows.push_back({"tag.value_letters",
                  Ask({{"Tag.1.Key", "env"}, {"Tag.1.Value", "PROD"}}),
                  {{"exact", tagged([](const Snapshot& s) { return HasTag(s, "env", "PROD"); })},
                   {"ignored_case", tagged([](const Snapshot& s) {
                      return std::ranges::any_of(s.tags, [](const Tag& t) {
                        return t.key == "env" && Lower(t.value) == "prod";
                      });
                    })}}});
}

const std::vector<Row>& Rows() {
  static const std::vector<Row>* const rows = [] {
    auto* out = new std::vector<Row>;
    AddPaging(*out);
    AddMixedPaging(*out);
    AddTokens(*out);
    AddEmptyValues(*out);
    AddNamesAndBlanks(*out);
    AddEnumerations(*out);
    AddBooleans(*out);
    AddResources(*out);
    AddSnapshotName(*out);
    AddIds(*out);
    AddTimes(*out);
    AddFilterSlots(*out);
    AddTags(*out);
    AddTagSpellings(*out);
    return out;
  }();
  return *rows;
}

void Compare(const Request& request, const Expected& expected, const Answer& answer,
             const std::string& where) {
  if (!expected.refused.empty()) {
    ASSERT_TRUE(answer.refused()) << where;
    const ErrorInfo* error = answer.plan.refusals.front().error;
    // A code that nobody has documented is named by none.
    if (Catalogue::Get().FindError(expected.refused)) {
      ASSERT_NE(error, nullptr) << where;
      EXPECT_EQ(error->code, expected.refused) << where;
    }
    return;
  }
  ASSERT_FALSE(answer.refused()) << where << ": " << answer.plan.refusals.front().subject;
  std::vector<std::uint32_t> matches;
  for (const std::uint32_t i :
       TestDataset().In(Lower(std::string(request.Find("RegionId").value_or(""))))) {
    if (expected.matches(TestDataset().snapshots[i])) matches.push_back(i);
  }
  EXPECT_EQ(answer.page.matches, matches) << where;
  EXPECT_EQ(answer.plan.paging.by_token, expected.by_token) << where;
  EXPECT_EQ(answer.plan.paging.size, expected.size) << where;
  if (expected.empty) {
    EXPECT_TRUE(answer.plan.paging.empty) << where;
    EXPECT_EQ(answer.page.count, 0) << where;
  } else {
    EXPECT_EQ(answer.page.start, expected.start) << where;
    const auto rest = static_cast<std::int64_t>(matches.size()) - expected.start;
    EXPECT_EQ(answer.page.count, std::clamp<std::int64_t>(rest, 0, expected.size)) << where;
  }
}

TEST(Model, AnswersEveryQuestionAsItsOptionsSay) {
  for (const Row& row : Rows()) {
    for (const auto& [option, expected] : row.options) {
      Reading pins = Pins({{row.question, option}});
      for (const auto& [question, value] : row.beside) {
        const Reading more = Pins({{question, value}});
        pins.pins.insert(pins.pins.end(), more.pins.begin(), more.pins.end());
      }
      ASSERT_EQ(pins.pins.size(), 1u + row.beside.size())
          << row.question << " has no option " << option;
      Noting choices(pins);
      const Answer answer = DescribeSnapshots(row.request, TestDataset(), &GivenOut(), choices);
      const std::string where = row.question + " = " + option;
      EXPECT_TRUE(choices.asked.contains(row.question)) << where;
      Compare(row.request, expected, answer, where);
    }
  }
}

// Questions whose situation needs more than one request to the built-in dataset.
const std::set<std::string>& TestedElsewhere() {
  static const std::set<std::string> out = {
      "encoding.method.other",        // service_test.cc
      "paging.token.without_region",  // accusation_test.cc
      "limit.tag",
      "limit.resource_group",  // below
  };
  return out;
}

TEST(Model, IsAskedEveryQuestionWithEveryOption) {
  std::map<std::string, std::set<std::string>> covered;
  for (const Row& row : Rows()) {
    for (const auto& [option, expected] : row.options) covered[row.question].insert(option);
  }
  // Under this option the page is another region's: see the walks of service_test.cc.
  covered["paging.token.foreign"].insert("token_filters");
  for (const QuestionInfo& question : AllQuestions()) {
    const std::string id(Id(question.id));
    if (question.form() || TestedElsewhere().contains(id)) continue;
    for (const OptionInfo& option : question.options) {
      EXPECT_TRUE(covered[id].contains(std::string(Id(option.id))))
          << "no row asks " << id << " with " << Id(option.id);
    }
  }
}

TEST(Model, AsksNothingOfAPlainRequest) {
  Noting choices;
  DescribeSnapshots(Ask({{"PageNumber", "1"}, {"PageSize", "10"}, {"Status", "failed"}}),
                    TestDataset(), nullptr, choices);
  EXPECT_TRUE(choices.asked.empty()) << *choices.asked.begin();
}

// More than a thousand snapshots that all have one tag and one group.
const Dataset& LargeDataset() {
  static const Dataset* const dataset = [] {
    auto* out = new Dataset(GenerateDataset(1200, 1));
    for (Snapshot& snapshot : out->snapshots) {
      snapshot.Set(Field::kRegionId, "cn-hangzhou");
      snapshot.Set(Field::kResourceGroupId, "rg-one");
      snapshot.tags = {{"all", "1"}};
    }
    out->Index();
    return out;
  }();
  return *dataset;
}

TEST(Model, CountsToAThousandWhereTheReadingSaysSo) {
  for (const auto& [question, request] : std::vector<std::pair<std::string, Request>>{
           {"limit.tag", Ask({{"Tag.1.Key", "all"}, {"PageSize", "100"}, {"PageNumber", "11"}})},
           {"limit.resource_group",
            Ask({{"ResourceGroupId", "rg-one"}, {"PageSize", "100"}, {"PageNumber", "11"}})}}) {
    Noting all(Pins({{question, "all"}})), thousand(Pins({{question, "thousand"}})),
        listed(Pins({{question, "thousand_listed"}}));
    const Answer everything = DescribeSnapshots(request, LargeDataset(), nullptr, all);
    EXPECT_EQ(everything.page.total, 1200) << question;
    EXPECT_EQ(everything.page.count, 100) << question;
    const Answer limited = DescribeSnapshots(request, LargeDataset(), nullptr, thousand);
    EXPECT_EQ(limited.page.total, 1000) << question;
    EXPECT_EQ(limited.page.count, 0) << question;
    EXPECT_TRUE(thousand.asked.contains(question));
    const Answer cut = DescribeSnapshots(request, LargeDataset(), nullptr, listed);
    EXPECT_EQ(cut.page.total, 1200) << question;
    EXPECT_EQ(cut.page.end, 1000) << question;
    EXPECT_EQ(cut.page.count, 0) << question;
  }
}

TEST(Model, CountsToAThousandOfAGroupAndThoseOfTheDefaultGroupBesides) {
  Dataset dataset = GenerateDataset(1200, 1);
  for (Snapshot& snapshot : dataset.snapshots) {
    snapshot.Set(Field::kRegionId, "cn-hangzhou");
    snapshot.Set(Field::kResourceGroupId, "rg-one");
  }
  dataset.snapshots.front().Set(Field::kResourceGroupId, dataset.default_resource_group);
  dataset.Index();
  Noting choices(Pins({{"limit.resource_group", "thousand_of_group"}}));
  EXPECT_EQ(
      DescribeSnapshots(Ask({{"ResourceGroupId", "rg-one"}}), dataset, nullptr, choices).page.total,
      1001);
}

// what is written in the document.

Answer Plainly(const Request& request) {
  FixedReading choices;
  return DescribeSnapshots(request, TestDataset(), nullptr, choices);
}

void ExpectList(const Request& request, const Which& which) {
  Compare(request, Lists(which), Plainly(request), request.Text());
}

std::vector<std::string> Codes(const Answer& answer) {
  std::vector<std::string> out;
  for (const Refusal& refusal : answer.plan.refusals) {
    out.push_back(refusal.error ? refusal.error->code : "any code");
  }
  return out;
}

TEST(Model, FiltersByEachParameter) {
  for (const auto& [name, field] :
       std::vector<std::pair<std::string, Field>>{{"InstanceId", Field::kInstanceId},
                                                  {"DiskId", Field::kSourceDiskId},
                                                  {"SnapshotLinkId", Field::kSnapshotLinkId},
                                                  {"SnapshotName", Field::kSnapshotName},
                                                  {"Status", Field::kStatus},
                                                  {"SnapshotType", Field::kSnapshotType},
                                                  {"SourceDiskType", Field::kSourceDiskType},
                                                  {"KMSKeyId", Field::kKMSKeyId},
                                                  {"Category", Field::kCategory}}) {
    const std::string value = SnapshotWith(field)[field];
    ExpectList(Ask({{name, value}}), [&](const Snapshot& s) { return s[field] == value; });
  }
  ExpectList(Ask({{"Encrypted", "true"}}),
             [](const Snapshot& s) { return s[Field::kEncrypted] == "true"; });
  ExpectList(Ask({{"Usage", "none"}}),
             [](const Snapshot& s) { return s[Field::kUsage] == "none"; });
  ExpectList(Ask({{"SourceDiskType", "SYSTEM"}}),
             [](const Snapshot& s) { return s[Field::kSourceDiskType] == "system"; });
  ExpectList(Ask({{"SnapshotIds", Array(FirstId())}}),
             [](const Snapshot& s) { return s[Field::kSnapshotId] == FirstId(); });
  for (const char* name : {"Status", "SnapshotType"}) {
    ExpectList(Ask({{name, "all"}}), [](const Snapshot&) { return true; });
  }
}

TEST(Model, CombinesParametersWithAnd) {
  ExpectList(Ask({{"Status", "failed"}, {"Encrypted", "true"}, {"Usage", "none"}}),
             [](const Snapshot& s) {
               return s[Field::kStatus] == "failed" && s[Field::kEncrypted] == "true" &&
                      s[Field::kUsage] == "none";
             });
  const Snapshot& one = SnapshotWith(Field::kSnapshotId);
  const std::string other = one[Field::kStatus] == "failed" ? "accomplished" : "failed";
  ExpectList(Ask({{"SnapshotIds", Array(FirstId())}, {"Status", other}}),
             [](const Snapshot&) { return false; });
}

TEST(Model, WantsAllTags) {
  ExpectList(Ask({{"Tag.1.Key", "env"}, {"Tag.1.Value", "prod"}, {"Tag.2.Key", "team"}}),
             [](const Snapshot& s) { return HasTag(s, "env", "prod") && HasTag(s, "team"); });
  ExpectList(Ask({{"Tag.1.key", "env"}, {"Tag.1.value", "prod"}}),
             [](const Snapshot& s) { return HasTag(s, "env", "prod"); });
}

TEST(Model, RefusesWhatTheErrorTableSays) {
  Request tags = Ask();
  for (int i = 1; i <= 21; ++i) tags.Set(fmt::format("Tag.{}.Key", i), fmt::format("k{}", i));
  std::string ids = "[\"s-0\"";
  for (int i = 1; i <= 100; ++i) ids += fmt::format(",\"s-{}\"", i);
  for (const auto& [request, code] : std::vector<std::pair<Request, std::string>>{
           {tags, "InvalidTagCount"},
           {Ask({{"SnapshotIds", ids + "]"}}), "InvalidSnapshotIds.Malformed"},
           {Ask({{"Category", "nonsense"}}), "InvalidSnapshotCategory.Malformed"},
           {Ask({{"Filter.1.Key", "x"}, {"Filter.1.Value", "2019-12-13T22:00Z"}}),
            "InvalidFilterKey.NotFound"},
           {Ask({{"Filter.1.Key", "CreationStartTime"}, {"Filter.1.Value", "2021-02-30T00:00Z"}}),
            "InvalidFilterValue"},
           {Ask({{"Usage", "nonsense"}}), "InvalidUsage"},
           {Ask({{"Status", "nonsense"}}), "InvalidStatus.NotFound"},
           {Ask({{"SnapshotLinkId", "sl-unknown"}}), "InvalidSnapshotLinkId.NotFound"},
           {Ask({{"RegionId", ""}}), "MissingParameter"},
           {Ask({{"DryRun", "true"}}), "DryRunOperation"}}) {
    EXPECT_EQ(Codes(Plainly(request)), std::vector<std::string>{code}) << request.Text();
  }
}

TEST(Model, NamesEveryErrorThatApplies) {
  EXPECT_EQ(
      Codes(Plainly(Ask({{"Status", "x"}, {"Usage", "x"}, {"DryRun", "true"}}))),
      (std::vector<std::string>{"InvalidStatus.NotFound", "InvalidUsage", "DryRunOperation"}));
}

TEST(Model, AcceptsTheLimitsThemselves) {
  std::string ids = "[\"s-0\"";
  for (int i = 1; i < 100; ++i) ids += fmt::format(",\"s-{}\"", i);
  EXPECT_FALSE(Plainly(Ask({{"SnapshotIds", ids + "]"}})).refused());
  Request tags = Ask();
  for (int i = 1; i <= 20; ++i) tags.Set(fmt::format("Tag.{}.Key", i), fmt::format("k{}", i));
  EXPECT_FALSE(Plainly(tags).refused());
  EXPECT_EQ(Plainly(Ask({{"PageSize", "100"}})).page.count, 100);
  EXPECT_EQ(Plainly(Ask({{"MaxResults", "100"}})).page.count, 100);
  EXPECT_EQ(Plainly(Ask({{"PageSize", "1"}})).page.count, 1);
}

TEST(Model, CutsTheListIntoPages) {
  const Answer last = Plainly(Ask({{"PageSize", "50"}, {"PageNumber", "4"}}));
  EXPECT_EQ(last.page.total, 181);
  EXPECT_EQ(last.page.start, 150);
  EXPECT_EQ(last.page.count, 31);
}

TEST(Model, IsAFunctionOfItsArguments) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    RequestSampler sampler(seed);
    for (int i = 0; i < 200; ++i) {
      const Request request = sampler.Draw("");
      FixedReading a(RandomReading(seed)), b(RandomReading(seed));
      const Answer first = DescribeSnapshots(request, TestDataset(), nullptr, a);
      const Answer second = DescribeSnapshots(request, TestDataset(), nullptr, b);
      EXPECT_EQ(first.page.matches, second.page.matches);
      EXPECT_EQ(Codes(first), Codes(second));
    }
  }
}

// A target may take the request of another version for another query.
TEST(FilterParameters, HoldAnotherVersionButNotTheOperationsOwn) {
  const auto names = [](const Request& request) {
    std::vector<std::string> out;
    for (const Parameter& parameter : FilterParameters(request)) out.push_back(parameter.name);
    return out;
  };
  EXPECT_EQ(names(Ask({{"Version", "2014-05-26"}, {"Format", "XML"}, {"Usage", "disk"}})),
            names(Ask({{"Usage", "disk"}})));
  EXPECT_EQ(names(Ask({{"Version", "2014-05-27"}})).back(), "Version");
}

}  // namespace
}  // namespace assay
