// Faults of what is stored: answers show values that are not the right ones.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reference/describe_snapshots/topic_reader.h"
#include "reference/faults/families.h"
#include "spec/text/letters.h"
#include "spec/text/time.h"

namespace assay {
namespace {

using Change = std::function<void(const Scene&, Snapshot&)>;

// Cuts to at most so many bytes, between two characters.
std::string Cut(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Each byte beyond ASCII as a character of its own: UTF-8 that was taken for Latin-1.
std::string Mojibake(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xC0 | (byte >> 6));
      out += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return out;
}

std::string QuestionMarks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) out += c;
    if (byte >= 0xC0) out += '?';
  }
  return out;
}

// Without the characters beyond the basic plane: four bytes in UTF-8.
std::string WithoutEmoji(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    if (length < 4) out += text.substr(i, length);
    i += length;
  }
  return out;
}

std::string HtmlEscaped(std::string_view text) {
  std::string out = ReplacedAll(std::string(text), "&", "&amp;");
  out = ReplacedAll(std::move(out), "<", "&lt;");
  return ReplacedAll(std::move(out), "\"", "&quot;");
}

void SetText(Snapshot& snapshot, Field field, const std::function<std::string(std::string)>& f) {
  if (snapshot.Has(field)) snapshot.Set(field, f(snapshot[field]));
}

void AddTexts(std::vector<Fault>& out) {
  struct Text {
    const char* word;
    const char* title;
    int difficulty;
    std::function<std::string(std::string)> change;
  };
  const std::vector<Text> texts = {
      {"cut_at_64", "cuts {} to 64 bytes", 3, [](std::string t) { return Cut(t, 64); }},
      {"cut_at_127", "cuts {} to 127 bytes", 4, [](std::string t) { return Cut(t, 127); }},
      {"question_marks", "writes ? for characters beyond ASCII in {}", 2,
       [](std::string t) { return QuestionMarks(t); }},
      {"latin_1", "takes {} for Latin-1", 2, [](std::string t) { return Mojibake(t); }},
      {"no_emoji", "loses emoji in {}", 3, [](std::string t) { return WithoutEmoji(t); }},
      {"html_escaped", "escapes {} for HTML", 2, [](std::string t) { return HtmlEscaped(t); }},
      {"small_letters", "writes {} in lower case", 2,
       [](std::string t) { return SmallLetters(t); }},
      {"no_ascii_lost", "loses texts beyond ASCII in {}", 3,
       [](std::string t) { return IsAscii(t) ? t : std::string(); }}};
  const struct {
    const char* word;
    const char* name;
    Field field;
    Rule rule;
  } fields[] = {
      {"name", "SnapshotName", Field::kSnapshotName, "response.field.snapshot_name"_rule},
      {"description", "Description", Field::kDescription, "response.field.description"_rule}};
  for (const auto& field : fields) {
    for (const Text& text : texts) {
      out.push_back(
          {.id = fmt::format("data.{}.{}", field.word, text.word),
           .title = fmt::format(fmt::runtime(text.title), field.name),
           .stage = Stage::kRender,
           .difficulty = text.difficulty,
           .breaks = {field.rule},
           .snapshot = [f = field.field, change = text.change](const Scene&, Snapshot& snapshot) {
             SetText(snapshot, f, change);
           }});
    }
  }
  out.push_back({.id = "data.description.cut_at_255",
                 .title = "cuts Description to 255 bytes",
                 .stage = Stage::kRender,
                 .difficulty = 4,
                 .breaks = {"response.field.description"_rule},
                 .snapshot = [](const Scene&, Snapshot& snapshot) {
                   SetText(snapshot, Field::kDescription,
                           [](std::string t) { return Cut(t, 255); });
                 }});
}

void AddTags(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty, auto change) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kRender,
                   .difficulty = difficulty,
                   .breaks = {"response.tags.complete"_rule},
                   .snapshot = [change](const Scene&, Snapshot& snapshot) {
                     if (!snapshot.tags.empty()) change(snapshot.tags);
                   }});
  };
  using Tags = std::vector<Tag>;
  add("data.tags.loses_last", "loses the last tag of a snapshot", 2,
      [](Tags& tags) { tags.pop_back(); });
  add("data.tags.at_most_10", "keeps 10 tags of a snapshot", 3, [](Tags& tags) {
    if (tags.size() > 10) tags.resize(10);
  });
  add("data.tags.loses_twentieth", "keeps 19 tags of a snapshot", 4, [](Tags& tags) {
    if (tags.size() > 19) tags.resize(19);
  });
  add("data.tags.swapped", "swaps key and value of tags", 2, [](Tags& tags) {
    for (Tag& tag : tags) std::swap(tag.key, tag.value);
  });
  add("data.tags.small_letters", "writes keys of tags in lower case", 3, [](Tags& tags) {
    for (Tag& tag : tags) tag.key = SmallLetters(tag.key);
  });
  add("data.tags.cut_at_64", "cuts values of tags to 64 bytes", 3, [](Tags& tags) {
    for (Tag& tag : tags) tag.value = Cut(tag.value, 64);
  });
  add("data.tags.one_value_a_key", "gives every tag the value of the first", 3, [](Tags& tags) {
    for (Tag& tag : tags) tag.value = tags.front().value;
  });
}

// Changes of one field.
Change Constant(Field field, const char* value) {
  return [=](const Scene&, Snapshot& snapshot) { snapshot.Set(field, value); };
}
Change Copy(Field to, Field from) {
  return [=](const Scene&, Snapshot& snapshot) {
    if (snapshot.Has(from)) snapshot.Set(to, snapshot[from]);
  };
}
// Takes the value of the next snapshot.
Change Neighbours(Field field) {
  return [=](const Scene& scene, Snapshot& snapshot) {
    const auto at = scene.dataset.by_id.find(snapshot[Field::kSnapshotId]);
    if (at == scene.dataset.by_id.end()) return;
    const auto& all = scene.dataset.snapshots;
    const Snapshot& next = all[(at->second + 1) % all.size()];
    if (next.Has(field)) snapshot.Set(field, next[field]);
  };
}
Change Shift(Field field, std::int64_t seconds) {
  return [=](const Scene&, Snapshot& snapshot) {
    std::int64_t time = 0;
    if (ParseTime(snapshot[field], &time)) snapshot.Set(field, FormatTime(time + seconds));
  };
}
Change Calculate(Field field, long long (*change)(long long)) {
  return [=](const Scene&, Snapshot& snapshot) {
    SetText(snapshot, field,
            [&](const std::string& t) { return std::to_string(change(std::atoll(t.c_str()))); });
  };
}
// The value of another field, if the snapshot has this one.
Change Replace(Field field, Field by) {
  return [=](const Scene&, Snapshot& snapshot) {
    SetText(snapshot, field, [&](const std::string&) { return snapshot[by]; });
  };
}
Change Rewrite(Field field, std::string (*change)(std::string)) {
  return [=](const Scene&, Snapshot& snapshot) { SetText(snapshot, field, change); };
}
void ShowDefaultGroup(const Scene& scene, Snapshot& snapshot) {
  snapshot.Set(Field::kResourceGroupId, scene.dataset.default_resource_group);
}
void HideKmsKey(const Scene&, Snapshot& snapshot) {
  if (snapshot.Has(Field::kKMSKeyId)) snapshot.Set(Field::kKMSKeyId, "");
}

long long InMebibytes(long long gibibytes) { return gibibytes * 1024; }
long long AtMost1000(long long size) { return std::min(size, 1000LL); }
long long OneMore(long long days) { return days + 1; }
std::string WithoutSeconds(std::string time) {
  if (time.size() == 20) time.replace(17, 2, "00");
  return time;
}
std::string WithAZero(std::string text) { return text + "0"; }
std::string San(std::string) { return "san"; }
std::string WithoutOuterBlanks(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  text.erase(0, text.find_first_not_of(' '));
  return text;
}

struct FieldFault {
  const char* id;
  const char* title;
  int difficulty;
  Rule rule;
  Change change;
};

const std::vector<FieldFault> kFieldFaults = {
    {"data.name.neighbours", "shows the name of the next snapshot", 2,
     "response.field.snapshot_name"_rule, Neighbours(Field::kSnapshotName)},
    {"data.disk_id.neighbours", "shows the disk of the next snapshot", 2,
     "response.field.source_disk_id"_rule, Neighbours(Field::kSourceDiskId)},
    {"data.description.is_name", "shows the name as Description", 2,
     "response.field.description"_rule, Copy(Field::kDescription, Field::kSnapshotName)},
    {"data.description.no_outer_blanks", "cuts blanks at both ends of Description", 3,
     "response.field.description"_rule, Rewrite(Field::kDescription, WithoutOuterBlanks)},
    {"data.modified.is_created", "shows CreationTime as LastModifiedTime", 2,
     "response.field.last_modified_time"_rule,
     Copy(Field::kLastModifiedTime, Field::kCreationTime)},
    {"data.progress.always_100", "always shows a progress of 100%", 2,
     "response.field.progress"_rule, Constant(Field::kProgress, "100%")},
    {"data.status.always_accomplished", "shows every snapshot as accomplished", 2,
     "response.field.status"_rule, Constant(Field::kStatus, "accomplished")},
    {"data.usage.always_none", "shows every snapshot as unused", 2, "response.field.usage"_rule,
     Constant(Field::kUsage, "none")},
    {"data.encrypted.always_false", "shows every snapshot as unencrypted", 2,
     "response.field.encrypted"_rule, Constant(Field::kEncrypted, "false")},
    {"data.category.always_standard", "shows every snapshot as standard", 2,
     "response.field.category"_rule, Constant(Field::kCategory, "standard")},
    {"data.snapshot_type.always_user", "shows every snapshot as made by a user", 2,
     "response.field.snapshot_type"_rule, Constant(Field::kSnapshotType, "user")},
    {"data.disk_type.always_system", "shows every disk as a system disk", 2,
     "response.field.source_disk_type"_rule, Constant(Field::kSourceDiskType, "system")},
    {"data.group.always_default", "shows every snapshot in the default group", 3,
     "response.field.resource_group_id"_rule, ShowDefaultGroup},
    {"data.created.local_time", "shows CreationTime in Chinese time", 1,
     "response.field.creation_time"_rule, Shift(Field::kCreationTime, 8 * 3600)},
    {"data.created.minute_only", "drops the seconds of CreationTime", 2,
     "response.field.creation_time"_rule, Rewrite(Field::kCreationTime, WithoutSeconds)},
    {"data.modified.local_time", "shows LastModifiedTime in Chinese time", 1,
     "response.field.last_modified_time"_rule, Shift(Field::kLastModifiedTime, 8 * 3600)},
    {"data.size.in_mebibytes", "shows SourceDiskSize in MiB", 1,
     "response.field.source_disk_size"_rule, Calculate(Field::kSourceDiskSize, InMebibytes)},
    {"data.size.at_most_1000", "shows 1000 for larger disks", 4,
     "response.field.source_disk_size"_rule, Calculate(Field::kSourceDiskSize, AtMost1000)},
    {"data.retention.one_more", "shows one day too many in RetentionDays", 2,
     "response.field.retention_days"_rule, Calculate(Field::kRetentionDays, OneMore)},
    {"data.product_code.other", "shows another ProductCode", 3, "response.field.product_code"_rule,
     Rewrite(Field::kProductCode, WithAZero)},
    {"data.serial.is_id", "shows the id as SnapshotSN", 3, "response.field.snapshot_sn"_rule,
     Replace(Field::kSnapshotSN, Field::kSnapshotId)},
    {"data.source_region.own", "shows the snapshot's own region as SourceRegionId", 3,
     "response.field.source_region_id"_rule, Replace(Field::kSourceRegionId, Field::kRegionId)},
    {"data.source_snapshot.own", "shows the snapshot's own id as SourceSnapshotId", 3,
     "response.field.source_snapshot_id"_rule,
     Replace(Field::kSourceSnapshotId, Field::kSnapshotId)},
    {"data.storage_type.always_disk", "shows a SourceStorageType of its own", 3,
     "response.field.source_storage_type"_rule, Rewrite(Field::kSourceStorageType, San)},
    {"data.kms_key.hidden", "hides KMSKeyId", 2, "response.field.kms_key_id"_rule, HideKmsKey},
};

Fault FaultOf(const FieldFault& fault) {
  return {.id = fault.id,
          .title = fault.title,
          .stage = Stage::kRender,
          .difficulty = fault.difficulty,
          .breaks = {fault.rule},
          .snapshot = fault.change};
}

// Shows, with a wrong value, a field that answers do not have.
Fault ShownFault(const char* id, const char* title, Rule rule, const char* name) {
  return {.id = id,
          .title = title,
          .stage = Stage::kRender,
          .difficulty = 2,
          .breaks = {rule},
          .json = [name](const Scene&, nlohmann::ordered_json& body) {
            if (!body.contains("Snapshots")) return;
            for (auto& snapshot : body["Snapshots"]["Snapshot"]) snapshot[name] = "none";
          }};
}

}  // namespace

void AddDataFaults(std::vector<Fault>& out) {
  AddTexts(out);
  AddTags(out);
  for (const FieldFault& fault : kFieldFaults) out.push_back(FaultOf(fault));
  out.push_back(ShownFault("data.region.other", "shows a RegionId that is not the snapshot's",
                           "response.field.region_id"_rule, "RegionId"));
  out.push_back(ShownFault("data.chain.other", "shows a SnapshotLinkId that is not the snapshot's",
                           "response.field.snapshot_link_id"_rule, "SnapshotLinkId"));
}

}  // namespace assay
