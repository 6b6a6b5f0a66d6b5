#include "conformance/parameter_model.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {
namespace {

constexpr bool kOdd = true;

// Refused under every reading: the values that pairs of errors are made of.
constexpr std::string_view kRefused = "refused";

std::vector<AbstractParameter> Delivery() {
  return {{"Delivery",
           {{"get", false, ""},
            {"post_form", false, "@method=POST&@placement=form"},
            {"post_query", false, "@method=POST"},
            {"post_split", false, "@method=POST&@placement=split"}}},
          {"RegionId",
           {{"home", false, ""},
            {"other", false, ""},
            {"empty", kOdd, "RegionId=$region.empty"},
            {"unknown", kOdd, "RegionId=zz-nowhere-1"},
            {"malformed", kOdd, "RegionId=no%20region!"},
            {"no_value", kOdd, "RegionId="},
            {kRefused, kOdd, "@unset=RegionId"}}}};
}

std::vector<AbstractParameter> Resources() {
  return {{"InstanceId",
           {{"absent", false, ""},
            {"hit", false, "InstanceId=$hit.InstanceId"},
            {"other", kOdd, "InstanceId=$other.InstanceId"},
            {"unknown", kOdd, "InstanceId=$miss.InstanceId"},
            {"elsewhere", kOdd, "InstanceId=$elsewhere.InstanceId"},
            {"malformed", kOdd, "InstanceId=no%20instance!"},
            {"no_value", kOdd, "InstanceId="}}},
          {"DiskId",
           {{"absent", false, ""},
            {"hit", false, "DiskId=$hit.SourceDiskId"},
            {"other", kOdd, "DiskId=$other.SourceDiskId"},
            {"unknown", kOdd, "DiskId=$miss.SourceDiskId"},
            {"malformed", kOdd, "DiskId=no%20disk!"},
            {"no_value", kOdd, "DiskId="}}},
          {"SnapshotLinkId",
           {{"absent", false, ""},
            {"hit", false, "SnapshotLinkId=$hit.SnapshotLinkId"},
            {"other", kOdd, "SnapshotLinkId=$other.SnapshotLinkId"},
            {"unused", kOdd, "SnapshotLinkId=$link.unused"},
            {kRefused, kOdd, "SnapshotLinkId=$miss.SnapshotLinkId"},
            {"array", kOdd, "SnapshotLinkId=[\"$hit.SnapshotLinkId\"]"},
            {"no_value", kOdd, "SnapshotLinkId="}}},
          {"ResourceGroupId",
           {{"absent", false, ""},
            {"hit", false, "ResourceGroupId=$hit.ResourceGroupId"},
            {"other", kOdd, "ResourceGroupId=$other.ResourceGroupId"},
            {"default", kOdd, "ResourceGroupId=$group.default"},
            {"unknown", kOdd, "ResourceGroupId=$miss.ResourceGroupId"},
            {"no_value", kOdd, "ResourceGroupId="}}},
          {"KMSKeyId",
           {{"absent", false, ""},
            {"hit", false, "KMSKeyId=$hit.KMSKeyId"},
            {"other", kOdd, "KMSKeyId=$other.KMSKeyId"},
            {"unknown", kOdd, "KMSKeyId=$miss.KMSKeyId"},
            {"no_value", kOdd, "KMSKeyId="}}},
          {"SnapshotName",
           {{"absent", false, ""},
            {"hit", false, "SnapshotName=$hit.SnapshotName"},
            {"beginning", kOdd, "SnapshotName=$beginning($hit.SnapshotName)"},
            {"unknown", kOdd, "SnapshotName=$miss.SnapshotName"},
            {"other_letters", kOdd, "SnapshotName=$swapped($hit.SnapshotName)"},
            {"no_value", kOdd, "SnapshotName="}}},
          {"SnapshotIds",
           {{"absent", false, ""},
            {"one", false, "SnapshotIds=[\"$hit.SnapshotId\"]"},
            {"several", false, "SnapshotIds=$ids.3"},
            {"hundred", false, "SnapshotIds=$ids.3.padded.100"},
            {"twice", false, "SnapshotIds=$ids.3.twice"},
            {"blanks", false, "SnapshotIds=[ \"$hit.SnapshotId\" , \"$miss.SnapshotId\" ]"},
            {"unknown", kOdd, "SnapshotIds=[\"$miss.SnapshotId\"]"},
            {kRefused, kOdd, "SnapshotIds=$ids.1.padded.101"},
            {"not_json", kOdd, "SnapshotIds=$hit.SnapshotId"},
            {"no_array", kOdd, "SnapshotIds=\"$hit.SnapshotId\""},
            {"empty_array", kOdd, "SnapshotIds=[]"},
            {"number_in_it", kOdd, "SnapshotIds=[\"$hit.SnapshotId\",1]"},
            {"single_quotes", kOdd, "SnapshotIds=['$hit.SnapshotId']"},
            {"malformed_id", kOdd, "SnapshotIds=[\"no id!\"]"},
            {"no_value", kOdd, "SnapshotIds="}}}};
}

std::vector<AbstractParameter> Enumerations() {
  return {{"Status",
           {{"absent", false, ""},
            {"all", false, "Status=all"},
            {"progressing", false, "Status=progressing", "Status=progressing"},
            {"accomplished", false, "Status=accomplished", "Status=accomplished"},
            {"failed", false, "Status=failed", "Status=failed"},
            {"other_letters", kOdd, "Status=$swapped($hit.Status)"},
            {kRefused, kOdd, "Status=no_such_state"},
            {"no_value", kOdd, "Status="}}},
          {"SnapshotType",
           {{"absent", false, ""},
            {"all", false, "SnapshotType=all"},
            {"auto", false, "SnapshotType=auto", "SnapshotType=auto"},
            {"user", false, "SnapshotType=user", "SnapshotType=user"},
            {"other_letters", kOdd, "SnapshotType=$swapped($hit.SnapshotType)"},
            {"unknown", kOdd, "SnapshotType=no_such_type"},
            {"no_value", kOdd, "SnapshotType="}}},
          {"Usage",
           {{"absent", false, ""},
            {"image", false, "Usage=image", "Usage=image"},
            {"disk", false, "Usage=disk", "Usage=disk"},
            {"image_disk", false, "Usage=image_disk", "Usage=image_disk"},
            {"none", false, "Usage=none", "Usage=none"},
            {"other_letters", kOdd, "Usage=$swapped($hit.Usage)"},
            {kRefused, kOdd, "Usage=no_such_usage"},
            {"no_value", kOdd, "Usage="}}},
          {"SourceDiskType",
           {{"absent", false, ""},
            {"system", false, "SourceDiskType=system", "SourceDiskType=system"},
            {"data", false, "SourceDiskType=Data", "SourceDiskType=data"},
            {"upper", false, "SourceDiskType=SYSTEM", "SourceDiskType=system"},
            {"unknown", kOdd, "SourceDiskType=no_such_type"},
            {"no_value", kOdd, "SourceDiskType="}}},
          {"Category",
           {{"absent", false, ""},
            {"standard", false, "Category=Standard", "Category=standard"},
            {"flash", false, "Category=Flash", "Category=flash"},
            {"archive", kOdd, "Category=archive"},
            {"upper", kOdd, "Category=STANDARD", "Category=standard"},
            {kRefused, kOdd, "Category=no_such_category"},
            {"no_value", kOdd, "Category="}}},
          {"Encrypted",
           {{"absent", false, ""},
            {"true", false, "Encrypted=true", "Encrypted=true"},
            {"false", false, "Encrypted=false", "Encrypted=false"},
            {"capital", kOdd, "Encrypted=True", "Encrypted=true"},
            {"digit", kOdd, "Encrypted=1", "Encrypted=true"},
            {"other", kOdd, "Encrypted=maybe"},
            {"no_value", kOdd, "Encrypted="}}},
          {"DryRun",
           {{"absent", false, ""},
            {"false", false, "DryRun=false"},
            {kRefused, kOdd, "DryRun=true"},
            {"capital", kOdd, "DryRun=False"},
            {"other", kOdd, "DryRun=maybe"},
            {"no_value", kOdd, "DryRun="}}}};
}

std::vector<AbstractParameter> TimesAndTags() {
  return {
      {"Filter",
       {{"absent", false, ""},
        {"start", false, "Filter.1.Key=CreationStartTime&Filter.1.Value=$time.hit.minus_minute"},
        {"end", false, "Filter.2.Key=CreationEndTime&Filter.2.Value=$time.hit.plus_minute"},
        {"window", false,
         "Filter.1.Key=CreationStartTime&Filter.1.Value=$time.hit.minus_minute&"
         "Filter.2.Key=CreationEndTime&Filter.2.Value=$time.hit.plus_minute"},
        {"too_late", kOdd, "Filter.1.Key=CreationStartTime&Filter.1.Value=$time.hit.plus_minute"},
        {"too_early", kOdd, "Filter.2.Key=CreationEndTime&Filter.2.Value=$time.hit.minus_minute"},
        {"start_at_it", kOdd, "Filter.1.Key=CreationStartTime&Filter.1.Value=$time.hit"},
        {"end_at_it", kOdd, "Filter.2.Key=CreationEndTime&Filter.2.Value=$time.hit"},
        {"swapped_slots", kOdd,
         "Filter.1.Key=CreationEndTime&Filter.1.Value=$time.hit.plus_minute&"
         "Filter.2.Key=CreationStartTime&Filter.2.Value=$time.hit.minus_minute"},
        {"start_after_end", kOdd,
         "Filter.1.Key=CreationStartTime&Filter.1.Value=$time.hit.plus_minute&"
         "Filter.2.Key=CreationEndTime&Filter.2.Value=$time.hit.minus_minute"},
        {"seconds", kOdd, "Filter.1.Key=CreationStartTime&Filter.1.Value=$hit.CreationTime"},
        {"third_slot", kOdd, "Filter.3.Key=CreationStartTime&Filter.3.Value=$time.hit.plus_minute"},
        {"key_alone", kOdd, "Filter.1.Key=CreationStartTime"},
        {"value_alone", kOdd, "Filter.1.Value=$time.hit.minus_minute"},
        {"malformed", kOdd, "Filter.1.Key=CreationStartTime&Filter.1.Value=yesterday"},
        {"impossible", kOdd, "Filter.1.Key=CreationStartTime&Filter.1.Value=2023-02-29T00%3A00Z"},
        {kRefused, kOdd, "Filter.1.Key=NoSuchKey&Filter.1.Value=2019-12-13T17%3A00Z"}}},
      {"Tags",
       {{"absent", false, ""},
        {"pair", false, "Tag.1.Key=$tag.key&Tag.1.Value=$tag.value"},
        {"two", false,
         "Tag.1.Key=$tag.1.key&Tag.1.Value=$tag.1.value&"
         "Tag.2.Key=$tag.2.key&Tag.2.Value=$tag.2.value"},
        {"lower_case", false, "Tag.1.key=$tag.key&Tag.1.value=$tag.value"},
        {"twenty", kOdd, "@tags=20"},
        {"other_value", kOdd, "Tag.1.Key=$tag.key&Tag.1.Value=$tag.miss_value"},
        {"one_of_two", kOdd,
         "Tag.1.Key=$tag.1.key&Tag.1.Value=$tag.1.value&"
         "Tag.2.Key=$tag.miss_key&Tag.2.Value=$tag.miss_value"},
        {"key_alone", kOdd, "Tag.1.Key=$tag.key"},
        {"value_alone", kOdd, "Tag.1.Value=$tag.value"},
        {"other_letters", kOdd, "Tag.1.Key=$swapped($tag.key)&Tag.1.Value=$tag.value"},
        {"gap", kOdd, "Tag.2.Key=$tag.key&Tag.2.Value=$tag.value"},
        {"number_zero", kOdd, "Tag.0.Key=$tag.key&Tag.0.Value=$tag.value"},
        {"one_key_two_values", kOdd,
         "Tag.1.Key=$tag.key&Tag.1.Value=$tag.value&"
         "Tag.2.Key=$tag.key&Tag.2.Value=$tag.miss_value"},
        {"empty_key", kOdd, "Tag.1.Key=&Tag.1.Value=$tag.value"},
        {"empty_value", kOdd, "Tag.1.Key=$tag.key&Tag.1.Value="},
        {kRefused, kOdd, "@tags=21"}}}};
}

std::vector<AbstractParameter> PagingAndNames() {
  return {{"PageNumber",
           {{"absent", false, ""},
            {"first", false, "PageNumber=1"},
            {"second", kOdd, "PageNumber=2"},
            {"past_end", kOdd, "PageNumber=1000"},
            {"zero", kOdd, "PageNumber=0"},
            {"negative", kOdd, "PageNumber=-1"},
            {"letters", kOdd, "PageNumber=one"},
            {"huge", kOdd, "PageNumber=4294967297"},
            {"zeros", kOdd, "PageNumber=01"},
            {"no_value", kOdd, "PageNumber="}}},
          {"PageSize",
           {{"absent", false, ""},
            {"one", false, "PageSize=1"},
            {"ten", false, "PageSize=10"},
            {"hundred", false, "PageSize=100"},
            {"above", kOdd, "PageSize=101"},
            {"zero", kOdd, "PageSize=0"},
            {"negative", kOdd, "PageSize=-1"},
            {"letters", kOdd, "PageSize=ten"},
            {"huge", kOdd, "PageSize=4294967306"},
            {"no_value", kOdd, "PageSize="}}},
          {"MaxResults",
           {{"absent", false, ""},
            {"ten", false, "MaxResults=10"},
            {"hundred", false, "MaxResults=100"},
            {"one", kOdd, "MaxResults=1"},
            {"above", kOdd, "MaxResults=101"},
            {"zero", kOdd, "MaxResults=0"},
            {"negative", kOdd, "MaxResults=-1"},
            {"letters", kOdd, "MaxResults=ten"},
            {"huge", kOdd, "MaxResults=4294967306"},
            {"no_value", kOdd, "MaxResults="}}},
          {"NextToken",
           {{"absent", false, ""},
            {"unknown", kOdd, "NextToken=0123456789abcdef0123456789abcdef"},
            {"no_value", kOdd, "NextToken="}}},
          {"Names",
           {{"plain", false, ""},
            {"unknown", kOdd, "NoSuchParameter=1"},
            {"other_letters", kOdd, "status=no_such_state"},
            {"repeated", kOdd, "RegionId=$region&RegionId=$region"}}}};
}

std::vector<AbstractParameter> Format(SuiteFormat format) {
  AbstractParameter out{"Format", {}};
  if (format != SuiteFormat::kXml) out.values.push_back({"json", false, "Format=JSON"});
  if (format != SuiteFormat::kJson) out.values.push_back({"xml", false, "Format=XML"});
  if (format == SuiteFormat::kBoth) {
    out.values.push_back({"absent", kOdd, "@unset=Format"});
    out.values.push_back({"unknown", kOdd, "Format=YAML"});
  }
  return {out};
}

std::vector<AbstractParameter> AllParameters(SuiteFormat format) {
  std::vector<AbstractParameter> out;
  for (auto part : {Delivery(), Format(format), Resources(), Enumerations(), TimesAndTags(),
                    PagingAndNames()}) {
    std::ranges::move(part, std::back_inserter(out));
  }
  return out;
}

void AddWishes(const AbstractValue& value, Wish& wish) {
  for (const Parameter& parameter : ParseForm(value.where)) {
    if (const FieldInfo* field = FindField(parameter.name)) {
      wish.where.emplace_back(field->field, parameter.value);
    }
  }
  Values::AddNeeds(value.text, wish);
}

// `@method=POST` and the like say how the request is made; everything else is a parameter.
Done Apply(const AbstractValue& value, const Values& values, const Snapshot* hit,
           Request& request) {
  std::vector<std::string> begun;
  for (const Parameter& parameter : ParseForm(value.text)) {
    if (parameter.name == "@method") {
      request.method = parameter.value;
    } else if (parameter.name == "@placement") {
      request.placement = parameter.value == "form" ? Placement::kForm : Placement::kSplit;
    } else if (parameter.name == "@unset") {
      request.Unset(parameter.value);
    } else if (parameter.name == "@tags") {
      if (const Done done = values.AddTags(parameter.value, hit, request); !done) return done;
    } else {
      const Result<std::string> text = values.Replace(parameter.value, hit, true);
      if (!text) return text.error();
      if (std::ranges::find(begun, parameter.name) == begun.end()) request.Unset(parameter.name);
      begun.push_back(parameter.name);
      request.parameters.push_back({parameter.name, *text});
    }
  }
  return Ok();
}

// Two ways of paging in one request are a question of their own, and asked by probes.
bool PagesByNumber(std::string_view parameter) {
  return parameter == "PageNumber" || parameter == "PageSize";
}
bool PagesByToken(std::string_view parameter) {
  return parameter == "MaxResults" || parameter == "NextToken";
}

Values OtherRegion(const Values& home) {
  const Result<std::string> region = home.Replace("$region.other", nullptr);
  return Values(home.dataset(), region ? *region : home.region(), home.seed());
}

}  // namespace

ParameterModel::ParameterModel(const Values& home, SuiteFormat format)
    : parameters_(AllParameters(format)), home_(home), other_(OtherRegion(home)) {
  LeaveOutUnsatisfiable();
  FillCovering();
}

void ParameterModel::LeaveOutUnsatisfiable() {
  for (AbstractParameter& parameter : parameters_) {
    std::erase_if(parameter.values, [&](const AbstractValue& value) {
      Wish wish;
      AddWishes(value, wish);
      Request request;
      const Done done = Apply(value, home_, home_.ChooseNearest(wish, 0), request);
      if (done) return false;
      left_out_.push_back(fmt::format("{}: {}: {}", parameter.name, value.name, done.error().what));
      return true;
    });
  }
}

void ParameterModel::FillCovering() {
  for (const AbstractParameter& parameter : parameters_) {
    covering_.invalid.emplace_back();
    for (const AbstractValue& value : parameter.values) {
      covering_.invalid.back().push_back(value.odd);
    }
  }
  const auto size = [&](std::size_t p) { return static_cast<int>(parameters_[p].values.size()); };
  for (std::size_t a = 0; a < parameters_.size(); ++a) {
    for (std::size_t b = 0; b < parameters_.size(); ++b) {
      if (!PagesByNumber(parameters_[a].name) || !PagesByToken(parameters_[b].name)) continue;
      for (int i = 1; i < size(a); ++i) {
        for (int k = 1; k < size(b); ++k) {
          covering_.forbidden.push_back({{static_cast<int>(a), i}, {static_cast<int>(b), k}});
        }
      }
    }
  }
}

const Values& ParameterModel::ValuesOf(const Row& row) const {
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    if (parameters_[p].name == "RegionId" && At(row, p).name == "other") return other_;
  }
  return home_;
}

Request ParameterModel::MakeRequest(const Row& row, std::uint64_t number) const {
  const Values& values = ValuesOf(row);
  Wish wish;
  for (std::size_t p = 0; p < parameters_.size(); ++p) AddWishes(At(row, p), wish);
  const Snapshot* hit = values.ChooseNearest(wish, number);
  Request request = SmallestRequest(values.region(), "JSON");
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    // A value that this region cannot give is left out, as one that is absent.
    Request with = request;
    if (Apply(At(row, p), values, hit, with)) request = std::move(with);
  }
  return request;
}

std::string ParameterModel::Describe(const Row& row) const {
  std::string out;
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    if (row[p] == 0) continue;
    out += fmt::format("{}{}={}", out.empty() ? "" : ", ", parameters_[p].name, At(row, p).name);
  }
  return out;
}

std::vector<Row> ParameterModel::PrecedenceRows() const {
  std::vector<Cell> refused;
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    for (std::size_t v = 0; v < parameters_[p].values.size(); ++v) {
      if (parameters_[p].values[v].name == kRefused) {
        refused.emplace_back(static_cast<int>(p), static_cast<int>(v));
      }
    }
  }
  std::vector<Row> rows;
  for (std::size_t i = 0; i < refused.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      Row row(parameters_.size(), 0);
      row[static_cast<std::size_t>(refused[i].first)] =
          static_cast<std::uint16_t>(refused[i].second);
      row[static_cast<std::size_t>(refused[k].first)] =
          static_cast<std::uint16_t>(refused[k].second);
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace assay
