#include "conformance/open_questions.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/case_script.h"

namespace assay {
namespace {

constexpr Probe kProbes[] = {
    {"paging.page_size.above_maximum", {"PageSize=101", "PageSize=1000"}},
    {"paging.page_size.zero", {"PageSize=0"}},
    {"paging.page_size.negative", {"PageSize=-1"}},
    {"paging.page_size.not_integer", {"PageSize=ten", "PageSize=10.5"}},
    {"paging.page_size.beyond_32_bits", {"PageSize=4294967306"}},
    {"paging.page_number.zero", {"PageNumber=0"}},
    {"paging.page_number.negative", {"PageNumber=-1"}},
    {"paging.page_number.not_integer", {"PageNumber=one"}},
    {"paging.page_number.beyond_32_bits", {"PageNumber=4294967297"}},
    // Offsets beyond 16 and 32 bits, too.
    {"paging.page_number.past_end",
     {"PageNumber=1000000&PageSize=100", "PageNumber=2147483647&PageSize=10",
      "PageNumber=42949674&PageSize=100", "PageNumber=6555&PageSize=10"}},
    {"paging.max_results.below_ten", {"MaxResults=1", "MaxResults=9"}},
    {"paging.max_results.above_maximum", {"MaxResults=101"}},
    {"paging.max_results.beyond_32_bits", {"MaxResults=4294967306"}},
    {"paging.max_results.zero", {"MaxResults=0"}},
    {"paging.max_results.negative", {"MaxResults=-1"}},
    {"paging.max_results.not_integer", {"MaxResults=ten"}},
    {"paging.mixed.token_with_page_number", {"MaxResults=10", "NextToken=$token.1&PageNumber=1"}},
    {"paging.mixed.token_with_page_size", {"MaxResults=10", "NextToken=$token.1&PageSize=10"}},
    {"paging.mixed.token_with_both",
     {"MaxResults=10", "NextToken=$token.1&PageNumber=1&PageSize=10"}},
    {"paging.mixed.max_results_with_page_number", {"MaxResults=20&PageNumber=2"}},
    {"paging.mixed.max_results_with_page_size", {"MaxResults=20&PageSize=30"}},
    {"paging.mixed.max_results_with_both", {"MaxResults=20&PageNumber=2&PageSize=15"}},
    {"paging.mixed.ineffective_value",
     {"MaxResults=10&PageSize=101", "MaxResults=101&PageSize=10"}},
    {"paging.mixed.ineffective_type", {"MaxResults=10&PageSize=ten", "MaxResults=ten&PageSize=10"}},
    {"paging.neither", {"Action=DescribeSnapshots"}},
    {"paging.total_count.token_mode", {"MaxResults=10", "MaxResults=100"}},
    {"paging.page_number.token_mode", {"MaxResults=10"}},
    {"paging.page_size.token_mode", {"MaxResults=20"}},
    {"paging.next_token.page_mode", {"PageNumber=1&PageSize=10"}},
    {"paging.next_token.last_page", {"SnapshotIds=[\"$hit.SnapshotId\"]&MaxResults=10"}},
    {"paging.next_token.page_mode_form", {"SnapshotIds=[\"$hit.SnapshotId\"]&PageSize=10"}},
    {"paging.next_token.full_last_page",
     {"SnapshotIds=$ids.10&MaxResults=10", "SnapshotIds=$ids.10&PageSize=10"}},
    {"paging.token.short_page", {"MaxResults=10", "MaxResults=20"}},
    {"paging.token.unknown", {"MaxResults=10&NextToken=0123456789abcdef0123456789abcdef"}},
    {"paging.token.cut", {"MaxResults=10", "MaxResults=10&NextToken=$token.1.cut"}},
    {"paging.token.foreign",
     {"MaxResults=10", "MaxResults=10&NextToken=$token.1&RegionId=$region.other"}},
    {"paging.token.other_filters",
     {"MaxResults=10", "MaxResults=10&NextToken=$token.1&Status=accomplished"}},
    {"paging.token.other_max_results", {"MaxResults=10", "MaxResults=20&NextToken=$token.1"}},
    {"paging.token.without_max_results", {"MaxResults=20", "NextToken=$token.1"}},
    {"paging.token.reused",
     {"MaxResults=10", "MaxResults=10&NextToken=$token.1", "MaxResults=10&NextToken=$token.1"}},
    {"paging.order", {"PageNumber=1&PageSize=100"}},
    {"value.empty.instance_id", {"InstanceId="}},
    {"value.empty.disk_id", {"DiskId="}},
    {"value.empty.snapshot_link_id", {"SnapshotLinkId="}},
    {"value.empty.snapshot_ids", {"SnapshotIds="}},
    {"value.empty.snapshot_name", {"SnapshotName="}},
    {"value.empty.kms_key_id", {"KMSKeyId="}},
    {"value.empty.resource_group_id", {"ResourceGroupId="}},
    {"value.empty.status", {"Status="}},
    {"value.empty.snapshot_type", {"SnapshotType="}},
    {"value.empty.usage", {"Usage="}},
    {"value.empty.source_disk_type", {"SourceDiskType="}},
    {"value.empty.category", {"Category="}},
    {"value.empty.encrypted", {"Encrypted="}},
    {"value.empty.dry_run", {"DryRun="}},
    {"value.empty.page_number", {"PageNumber="}},
    {"value.empty.page_size", {"PageSize="}},
    {"value.empty.max_results", {"MaxResults="}},
    {"value.empty.next_token", {"NextToken=", "NextToken=&MaxResults=20"}},
    {"value.empty.filter_key", {"Filter.1.Key=", "Filter.1.Key=&Filter.1.Value=$time.middle"}},
    {"value.empty.filter_value",
     {"Filter.1.Value=", "Filter.1.Key=CreationStartTime&Filter.1.Value="}},
    {"value.empty.tag_key", {"Tag.1.Key=", "Tag.1.Key=&Tag.1.Value=$tag.value"}},
    {"value.empty.tag_value", {"Tag.1.Key=$tag.key&Tag.1.Value="}},
    {"value.empty.format", {"Format="}},
    {"value.empty.version", {"Version="}},
    {"value.empty.tag_value_alone", {"Tag.1.Value="}},
    {"name.unknown", {"NoSuchParameter=1"}},
    {"name.other_letters", {"status=failed", "pagesize=3"}},
    {"name.repeated", {"Status=failed&Status=accomplished"}},
    {"name.index_form", {"Tag.01.Key=$tag.key&Tag.01.Value=$tag.value"}},
    {"name.filter_index_form", {"Filter.01.Key=CreationStartTime&Filter.01.Value=$time.middle"}},
    {"name.index_length", {"Tag.9999999999.Key=$tag.key&Tag.9999999999.Value=$tag.value"}},
    {"value.blanks.number", {"PageSize=+20+"}},
    {"value.blanks.enumeration", {"Status=+failed"}},
    {"value.blanks.filter_key", {"Filter.1.Key=+CreationStartTime&Filter.1.Value=$time.middle"}},
    {"value.blanks.boolean", {"Encrypted=+true"}},
    {"value.blanks.identifier", {"DiskId=+$hit.SourceDiskId+"}},
    {"value.blanks.name", {"SnapshotName=+$hit.SnapshotName"}},
    {"value.blanks.tag", {"Tag.1.Key=+$tag.key&Tag.1.Value=$tag.value"}},
    {"value.blanks.time", {"Filter.1.Key=CreationStartTime&Filter.1.Value=+$time.middle"}},
    {"value.letters.status", {"Status=FAILED"}},
    {"value.letters.snapshot_type", {"SnapshotType=AUTO"}},
    {"value.letters.usage", {"Usage=NONE"}},
    {"value.letters.category", {"Category=STANDARD"}},
    {"value.category.small_letters", {"Category=standard"}},
    {"value.boolean.encrypted.capital",
     {"Encrypted=True&PageSize=100", "Encrypted=False&PageSize=100"}},
    {"value.boolean.encrypted.upper",
     {"Encrypted=TRUE&PageSize=100", "Encrypted=FALSE&PageSize=100"}},
    {"value.boolean.encrypted.mixed",
     {"Encrypted=tRuE&PageSize=100", "Encrypted=fAlSe&PageSize=100"}},
    {"value.boolean.encrypted.digit", {"Encrypted=1&PageSize=100", "Encrypted=0&PageSize=100"}},
    {"value.boolean.encrypted.word", {"Encrypted=yes&PageSize=100", "Encrypted=no&PageSize=100"}},
    {"value.boolean.encrypted.other_word",
     {"Encrypted=Yes&PageSize=100", "Encrypted=NO&PageSize=100"}},
    {"value.boolean.encrypted.other", {"Encrypted=maybe&PageSize=100"}},
    {"value.boolean.dry_run.capital", {"DryRun=True", "DryRun=False"}},
    {"value.boolean.dry_run.upper", {"DryRun=TRUE", "DryRun=FALSE"}},
    {"value.boolean.dry_run.mixed", {"DryRun=tRuE", "DryRun=fAlSe"}},
    {"value.boolean.dry_run.digit", {"DryRun=1", "DryRun=0"}},
    {"value.boolean.dry_run.word", {"DryRun=yes", "DryRun=no"}},
    {"value.boolean.dry_run.other_word", {"DryRun=Yes", "DryRun=NO"}},
    {"value.boolean.dry_run.other", {"DryRun=maybe"}},
    {"value.number.sign", {"PageSize=%2B20"}},
    {"value.number.leading_zeros", {"PageSize=020", "PageNumber=002&PageSize=10"}},
    {"value.snapshot_type.unknown", {"SnapshotType=no_such_type"}},
    {"value.source_disk_type.unknown", {"SourceDiskType=no_such_type"}},
    {"value.category.flash", {"Category=Flash&RegionId=$region.empty"}},
    {"value.category.archive", {"Category=archive"}},
    {"value.unknown.instance_id", {"InstanceId=$miss.InstanceId"}},
    {"value.malformed.instance_id", {"InstanceId=no+instance!"}},
    {"value.unknown.disk_id", {"DiskId=$miss.SourceDiskId"}},
    {"value.malformed.disk_id", {"DiskId=no+disk!"}},
    {"value.unknown.kms_key_id", {"KMSKeyId=$miss.KMSKeyId"}},
    {"value.malformed.kms_key_id", {"KMSKeyId=no+key!"}},
    {"value.unknown.region_id", {"RegionId=zz-nowhere-1", "RegionId=$beginning($region)"}},
    {"value.malformed.region_id", {"RegionId=no+region!"}},
    {"ids.not_json", {"SnapshotIds=$hit.SnapshotId", "SnapshotIds=["}},
    {"ids.not_array", {"SnapshotIds=\"$hit.SnapshotId\"", "SnapshotIds={}"}},
    {"ids.empty_array", {"SnapshotIds=[]"}},
    {"ids.non_string_element", {"SnapshotIds=[\"$hit.SnapshotId\",1]"}},
    {"ids.single_quotes", {"SnapshotIds=['$hit.SnapshotId']"}},
    {"ids.malformed_id", {"SnapshotIds=[\"no+id!\"]"}},
    {"ids.count", {"SnapshotIds=$ids.51.twice"}},
    {"link.json_array", {"SnapshotLinkId=[\"$hit.SnapshotLinkId\"]"}},
    {"filter.snapshot_name.match",
     {"SnapshotName=$beginning($hit.SnapshotName)", "SnapshotName=$ending($hit.SnapshotName)",
      "SnapshotName=$beginning($hit.SnapshotName)*", "SnapshotName=$beginning($hit.SnapshotName)",
      "SnapshotName=$ending($hit.SnapshotName)", "SnapshotName=*$ending($hit.SnapshotName)"}},
    {"filter.snapshot_name.letters",
     {"SnapshotName=$swapped($hit.SnapshotName)", "SnapshotName=$swapped($hit.SnapshotName)",
      "SnapshotName=$swapped($hit.SnapshotName)"}},
    {"filter.encrypted.false", {"Encrypted=false&PageSize=100"}},
    {"filter.usage.image", {"Usage=image&PageSize=100"}},
    {"filter.usage.disk", {"Usage=disk&PageSize=100"}},
    {"filter.resource_group.default",
     {"ResourceGroupId=$hit.ResourceGroupId", "ResourceGroupId=$hit.ResourceGroupId",
      "ResourceGroupId=$hit.ResourceGroupId"}},
    {"filter.resource_group.is_default", {"ResourceGroupId=$group.default"}},
    {"filter.resource_group.unknown", {"ResourceGroupId=$miss.ResourceGroupId"}},
    {"limit.resource_group",
     {"RegionId=$crowd.group.region&ResourceGroupId=$crowd.group.id&PageSize=10",
      "RegionId=$crowd.group.region&ResourceGroupId=$crowd.group.id&PageSize=100&PageNumber=11"}},
    {"limit.tag",
     {"RegionId=$crowd.tag.region&Tag.1.Key=$crowd.tag.key&Tag.1.Value=$crowd.tag.value&PageSize="
      "10",
      "RegionId=$crowd.tag.region&Tag.1.Key=$crowd.tag.key&Tag.1.Value=$crowd.tag.value&"
      "PageSize=100&PageNumber=11"}},
    {"time.start.equal",
     {"@where.CreationTime=*:00Z&SnapshotIds=[\"$hit.SnapshotId\"]&"
      "Filter.1.Key=CreationStartTime&Filter.1.Value=$time.hit"}},
    {"time.end.equal",
     {"@where.CreationTime=*:00Z&SnapshotIds=[\"$hit.SnapshotId\"]&"
      "Filter.2.Key=CreationEndTime&Filter.2.Value=$time.hit"}},
    {"time.start.minute",
     {"SnapshotIds=[\"$hit.SnapshotId\"]&Filter.1.Key=CreationStartTime&"
      "Filter.1.Value=$time.hit",
      "SnapshotIds=[\"$hit.SnapshotId\"]&Filter.1.Key=CreationStartTime&"
      "Filter.1.Value=$time.hit",
      "SnapshotIds=[\"$hit.SnapshotId\"]&Filter.1.Key=CreationStartTime&"
      "Filter.1.Value=$time.hit"}},
    {"time.end.minute",
     {"SnapshotIds=[\"$hit.SnapshotId\"]&Filter.2.Key=CreationEndTime&Filter.2.Value=$time.hit",
      "SnapshotIds=[\"$hit.SnapshotId\"]&Filter.2.Key=CreationEndTime&Filter.2.Value=$time.hit",
      "SnapshotIds=[\"$hit.SnapshotId\"]&Filter.2.Key=CreationEndTime&Filter.2.Value=$time.hit"}},
    {"time.start.full_minute",
     {"SnapshotIds=[\"$hit.SnapshotId\"]&Filter.1.Key=CreationStartTime&"
      "Filter.1.Value=$time.hit.seconds",
      "SnapshotIds=[\"$hit.SnapshotId\"]&Filter.1.Key=CreationStartTime&"
      "Filter.1.Value=$time.hit.seconds",
      "SnapshotIds=[\"$hit.SnapshotId\"]&Filter.1.Key=CreationStartTime&"
      "Filter.1.Value=$time.hit.seconds"}},
    {"time.end.full_minute",
     {"SnapshotIds=[\"$hit.SnapshotId\"]&Filter.2.Key=CreationEndTime&Filter.2.Value=$time.hit."
      "seconds",
      "SnapshotIds=[\"$hit.SnapshotId\"]&Filter.2.Key=CreationEndTime&Filter.2.Value=$time.hit."
      "seconds",
      "SnapshotIds=[\"$hit.SnapshotId\"]&Filter.2.Key=CreationEndTime&Filter.2.Value=$time.hit."
      "seconds"}},
    {"time.form.seconds", {"Filter.1.Key=CreationStartTime&Filter.1.Value=$hit.CreationTime"}},
    {"time.form.offset",
     {"Filter.1.Key=CreationStartTime&Filter.1.Value=2019-12-13T17:00%2B08:00"}},
    {"time.form.date_alone", {"Filter.1.Key=CreationStartTime&Filter.1.Value=2019-12-13"}},
    {"time.slots_swapped", {"Filter.1.Key=CreationEndTime&Filter.1.Value=$time.middle"}},
    {"time.third_slot", {"Filter.3.Key=CreationStartTime&Filter.3.Value=$time.middle"}},
    {"time.same_key_twice",
     {"Filter.1.Key=CreationStartTime&Filter.1.Value=$time.before_all&"
      "Filter.2.Key=CreationStartTime&Filter.2.Value=$time.middle",
      "Filter.1.Key=CreationStartTime&Filter.1.Value=$time.middle&"
      "Filter.2.Key=CreationStartTime&Filter.2.Value=$time.before_all"}},
    {"time.key_letters", {"Filter.1.Key=creationstarttime&Filter.1.Value=$time.middle"}},
    {"time.value_without_key", {"Filter.1.Value=$time.middle"}},
    {"time.key_without_value", {"Filter.1.Key=CreationStartTime"}},
    {"time.start_after_end",
     {"Filter.1.Key=CreationStartTime&Filter.1.Value=$time.after_all&"
      "Filter.2.Key=CreationEndTime&Filter.2.Value=$time.before_all"}},
    {"tag.key_without_value", {"Tag.1.Key=$tag.key", "Tag.1.Key=$tag.key", "Tag.1.Key=$tag.key"}},
    {"tag.value_without_key", {"Tag.1.Value=$tag.value"}},
    {"tag.gap",
     {"Tag.1.Key=$tag.1.key&Tag.1.Value=$tag.1.value&Tag.3.Key=$tag.2.key&"
      "Tag.3.Value=$tag.2.value"}},
    {"tag.number_zero", {"Tag.0.Key=$tag.key&Tag.0.Value=$tag.value"}},
    {"tag.number_above_twenty", {"Tag.21.Key=$tag.key&Tag.21.Value=$tag.value"}},
    {"tag.both_spellings", {"Tag.1.Key=$tag.key&Tag.1.Value=$tag.value&Tag.1.key=$tag.miss_key"}},
    {"tag.same_key_two_values",
     {"Tag.1.Key=$tag.key&Tag.1.Value=$tag.value&Tag.2.Key=$tag.key&Tag.2.Value=$tag.miss_value"}},
    {"tag.same_pair_twice",
     {"Tag.1.Key=$tag.key&Tag.1.Value=$tag.value&Tag.2.Key=$tag.key&Tag.2.Value=$tag.value"}},
    {"tag.key_letters",
     {"Tag.1.Key=$swapped($tag.key)&Tag.1.Value=$tag.value",
      "Tag.1.Key=$swapped($tag.key)&Tag.1.Value=$tag.value",
      "Tag.1.Key=$swapped($tag.key)&Tag.1.Value=$tag.value"}},
    {"tag.value_letters",
     {"Tag.1.Key=$tag.key&Tag.1.Value=$swapped($tag.value)",
      "Tag.1.Key=$tag.key&Tag.1.Value=$swapped($tag.value)",
      "Tag.1.Key=$tag.key&Tag.1.Value=$swapped($tag.value)"}},
    {"form.source_disk_size", {"Format=JSON&PageSize=10"}},
    {"form.available", {"Format=JSON&PageSize=10"}},
    {"form.unset.snapshot_name", {"@where.SnapshotName=&SnapshotIds=[\"$hit.SnapshotId\"]"}},
    {"form.unset.description", {"@where.Description=&SnapshotIds=[\"$hit.SnapshotId\"]"}},
    {"form.unset.kms_key_id", {"@where.KMSKeyId=&SnapshotIds=[\"$hit.SnapshotId\"]"}},
    {"form.unset.snapshot_sn", {"@where.SnapshotSN=&SnapshotIds=[\"$hit.SnapshotId\"]"}},
    {"form.unset.product_code", {"@where.ProductCode=&SnapshotIds=[\"$hit.SnapshotId\"]"}},
    {"form.unset.source_snapshot_id",
     {"@where.SourceSnapshotId=&SnapshotIds=[\"$hit.SnapshotId\"]"}},
    {"form.unset.source_region_id", {"@where.SourceRegionId=&SnapshotIds=[\"$hit.SnapshotId\"]"}},
    {"form.unset.source_storage_type",
     {"@where.SourceStorageType=&SnapshotIds=[\"$hit.SnapshotId\"]"}},
    {"form.no_tags", {"@where.Tags=&SnapshotIds=[\"$hit.SnapshotId\"]"}},
    {"form.automatic_snapshot_type",
     {"@where.SnapshotType=auto&SnapshotIds=[\"$hit.SnapshotId\"]"}},
    {"encoding.format.missing", {"@unset=Format"}},
    {"encoding.format.unknown", {"Format=YAML"}},
    {"encoding.utf8.invalid", {"SnapshotName=%FF%FE"}},
    {"encoding.method.other", {"@method=PUT", "@method=DELETE"}},
    {"value.elsewhere.instance_id", {"InstanceId=$elsewhere.InstanceId"}},
    {"value.elsewhere.disk_id", {"DiskId=$elsewhere.SourceDiskId"}},
    {"value.elsewhere.kms_key_id", {"KMSKeyId=$elsewhere.KMSKeyId"}},
    {"value.elsewhere.snapshot_link_id", {"SnapshotLinkId=$elsewhere.SnapshotLinkId"}},
    {"time.form.fractions",
     {"Filter.1.Key=CreationStartTime&Filter.1.Value=2019-12-13T17:00:00.000Z"}},
    {"time.form.small_letters",
     {"Filter.1.Key=CreationStartTime&Filter.1.Value=2019-12-13t17:00z"}},
    {"time.form.without_zone", {"Filter.1.Key=CreationStartTime&Filter.1.Value=2019-12-13T17:00"}},
};

// The keys of a case stand among the parameters, marked by an at sign.
RuleCase MakeCase(std::string_view text, std::size_t number) {
  RuleCase made = CaseOfText(text);
  made.name = std::to_string(number);
  for (const auto& [name, value] : made.set) {
    if (name == "@method") made.method = value;
    if (name == "@unset") made.unset.push_back(value);
    if (name.starts_with("@where.")) made.where.emplace_back(name.substr(7), value);
  }
  std::erase_if(made.set, [](const auto& pair) { return pair.first.starts_with("@"); });
  return made;
}

}  // namespace

std::span<const Probe> Probes() { return kProbes; }

std::string WhyUnreachable(Question question, const SuiteContext& context) {
  const std::string_view crowd = question == "limit.tag"_question ? "$crowd.tag.region"
                                 : question == "limit.resource_group"_question
                                     ? "$crowd.group.region"
                                     : "";
  const Result<std::string> value = context.values.Replace(crowd, nullptr);
  return value ? "" : value.error().what;
}

std::string WhyNeverAsked(Question question, const SuiteContext& context) {
  const std::string unreachable = WhyUnreachable(question, context);
  if (!unreachable.empty()) return unreachable;
  if (!context.notes.probed(question))
    return "the tests that ask it were left out, or had no value";
  if (Catalogue::Get()[question].form) return "no answer had a place that shows it";
  return "its requests were sent, but what the target does with something else in them, such as "
         "refusing it, decides their answers";
}

TestOutcome RunProbe(SuiteContext& context, const Probe& probe) {
  TestOutcome outcome;
  std::vector<RuleCase> cases;
  for (const std::string_view text : probe.requests) {
    if (text.empty()) break;
    cases.push_back(MakeCase(text, cases.size() + 1));
  }
  std::vector<CaseRun> runs;
  for (const RuleCase& probe_case : cases) {
    // The number is in the name, so that a repeated text speaks of another snapshot.
    const std::string name = fmt::format("{}/{}", probe.question, probe_case.name);
    Result<ConcreteCase> made = context.values.Make(probe_case, name, context.format());
    if (made) {
      runs.push_back({&probe_case, std::move(*made), false, std::nullopt});
    } else {
      outcome.skipped = made.error().what;
    }
  }
  if (runs.empty()) return outcome;
  outcome.skipped.clear();
  if (const auto question = FindQuestion(probe.question)) context.notes.Probed(*question);
  std::vector<CaseRun*> pointers;
  for (CaseRun& run : runs) pointers.push_back(&run);
  std::vector<std::unique_ptr<Script>> scripts;
  scripts.push_back(std::make_unique<CaseScript>(std::move(pointers)));
  const Origin origin{"questions", std::string(probe.question)};
  for (const ScriptResult& result : context.session.Run(origin, std::move(scripts))) {
    AddViolations(result, outcome);
  }
  return outcome;
}

}  // namespace assay
