#include "reference/state/dataset_writer.h"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <vector>

#include "spec/text/json_text.h"

namespace assay {
namespace {

void AppendStrings(std::string_view key, const std::vector<std::string>& values, std::string* out) {
  fmt::format_to(std::back_inserter(*out), " \"{}\": [", key);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) *out += ", ";
    AppendJsonText(values[i], out);
  }
  *out += "],\n";
}

void AppendTags(const std::vector<Tag>& tags, std::string* out) {
  *out += "\"Tags\": [";
  for (std::size_t i = 0; i < tags.size(); ++i) {
    *out += i > 0 ? ", {\"TagKey\": " : "{\"TagKey\": ";
    AppendJsonText(tags[i].key, out);
    *out += ", \"TagValue\": ";
    AppendJsonText(tags[i].value, out);
    *out += '}';
  }
  *out += ']';
}

void AppendSnapshot(const Snapshot& snapshot, std::string* out) {
  *out += '{';
  for (const FieldInfo& info : kFields) {
    if (!snapshot.Has(info.field)) continue;
    *out += '"';
    *out += info.name;
    *out += "\": ";
    if (info.type == FieldType::kString) {
      AppendJsonText(snapshot[info.field], out);
    } else {
      *out += snapshot[info.field];
    }
    *out += ", ";
  }
  AppendTags(snapshot.tags, out);
  *out += '}';
}

}  // namespace

void DatasetWriter::Begin(const Dataset& dataset) {
  std::string out = "{\"format\": \"assay-dataset/1\",\n";
  AppendStrings("regions", dataset.regions, &out);
  out += " \"default_resource_group\": ";
  AppendJsonText(dataset.default_resource_group, &out);
  out += ",\n";
  AppendStrings("snapshot_links", dataset.snapshot_links, &out);
  out += " \"snapshots\": [";
  sink_(out);
}

void DatasetWriter::Add(const Snapshot& snapshot) {
  std::string out = count_ > 0 ? ",\n  " : "\n  ";
  ++count_;
  AppendSnapshot(snapshot, &out);
  sink_(out);
}

void DatasetWriter::End() { sink_("\n ]}\n"); }

std::string DatasetText(const Dataset& dataset) {
  std::string out;
  DatasetWriter writer([&](std::string_view part) { out += part; });
  writer.Begin(dataset);
  for (const Snapshot& snapshot : dataset.snapshots) writer.Add(snapshot);
  writer.End();
  return out;
}

}  // namespace assay
