// Stage "render": the answer as JSON or XML.
#include "reference/describe_snapshots/render.h"

#include <fmt/format.h>

#include <iterator>

#include "reference/answer/observed.h"
#include "spec/text/json_text.h"

namespace assay {
namespace {

// Copies `text` in runs; `escape` gives the replacement of a character, or nothing to keep it.
template <typename Escape>
void AppendEscaped(std::string& out, std::string_view text, Escape escape) {
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::optional<std::string> escaped = escape(text[i]);
    if (!escaped) continue;
    out.append(text, copied, i - copied);
    out += *escaped;
    copied = i + 1;
  }
  out.append(text, copied);
}

void AppendXmlText(std::string& out, std::string_view text) {
  AppendEscaped(out, text, [](char c) -> std::optional<std::string> {
    switch (c) {
      case '&':
        return "&amp;";
      case '<':
        return "&lt;";
      case '>':
        return "&gt;";
      case '\r':
        return "&#13;";
      case '\n':
      case '\t':
        return std::nullopt;
      default:
        // XML 1.0 has no way to write the other control characters.
        if (static_cast<unsigned char>(c) < 0x20) return "";
        return std::nullopt;
    }
  });
}

enum class Written { kText, kBare };  // bare: JSON numbers and Booleans

// Writes one answer in one of the formats; the walk over the fields is the same for both.
class Writer {
 public:
  explicit Writer(bool xml) : xml_(xml) {}

  void Open(std::string_view name) {
    Start(name);
    if (!xml_) out_ += '{';
    first_ = true;
  }
  void Close(std::string_view name) {
    if (xml_) {
      End(name);
    } else {
      out_ += '}';
    }
    first_ = false;
  }
  // A list: in XML its items are direct children of the parent.
  void OpenList(std::string_view name) {
    if (xml_) return;
    Start(name);
    out_ += '[';
    first_ = true;
  }
  void CloseList() {
    if (!xml_) out_ += ']';
    first_ = false;
  }
  void OpenItem(std::string_view name) {
    if (xml_) {
      out_ += '<';
      out_ += name;
      out_ += '>';
    } else {
      if (!first_) out_ += ',';
      out_ += '{';
    }
    first_ = true;
  }
  void Scalar(std::string_view name, std::string_view text, Written as) {
    Start(name);
    if (xml_) {
      AppendXmlText(out_, text);
      End(name);
    } else if (as == Written::kText) {
      AppendJsonText(text, &out_);
    } else {
      out_ += text;
    }
    first_ = false;
  }

  std::string Take(std::string_view root) {
    if (!xml_) return "{" + out_ + "}";
    return fmt::format("<?xml version='1.0' encoding='UTF-8'?><{0}>{1}</{0}>", root, out_);
  }

 private:
  void Start(std::string_view name) {
    if (xml_) {
      out_ += '<';
      out_ += name;
      out_ += '>';
      return;
    }
    if (!first_) out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void End(std::string_view name) {
    out_ += "</";
    out_ += name;
    out_ += '>';
  }

  bool xml_;
  bool first_ = true;
  std::string out_;
};

Written WrittenAs(Field field, FieldType type, Choices& choices) {
  if (field == Field::kSourceDiskSize) {
    return choices.Pick("form.source_disk_size"_question) == "number"_option ? Written::kBare
                                                                             : Written::kText;
  }
  if (field == Field::kAvailable) {
    return choices.Pick("form.available"_question) == "boolean"_option ? Written::kBare
                                                                       : Written::kText;
  }
  return type == FieldType::kString ? Written::kText : Written::kBare;
}

void WriteField(Writer& writer, const FieldInfo& info, const Snapshot& snapshot, Choices& choices) {
  if (!snapshot.Has(info.field)) {
    if (info.unset && choices.Pick(*info.unset) == "empty_string"_option) {
      writer.Scalar(info.name, "", Written::kText);
    }
    return;
  }
  std::string_view text = snapshot[info.field];
  if (info.field == Field::kSnapshotType && text == "auto" &&
      choices.Pick("form.automatic_snapshot_type"_question) == "timer"_option) {
    text = "timer";
  }
  writer.Scalar(info.name, text, WrittenAs(info.field, info.type, choices));
}

void WriteTags(Writer& writer, const Snapshot& snapshot, Choices& choices) {
  if (snapshot.tags.empty() && choices.Pick("form.no_tags"_question) == "absent"_option) return;
  writer.Open("Tags");
  writer.OpenList("Tag");
  for (const Tag& tag : snapshot.tags) {
    writer.OpenItem("Tag");
    writer.Scalar("TagKey", tag.key, Written::kText);
    writer.Scalar("TagValue", tag.value, Written::kText);
    writer.Close("Tag");
  }
  writer.CloseList();
  writer.Close("Tags");
}

void WriteSnapshot(Writer& writer, const Snapshot& snapshot, Choices& choices) {
  writer.OpenItem("Snapshot");
  for (std::size_t i = 0; i < kDocumentedFieldCount; ++i) {
    WriteField(writer, kFields[i], snapshot, choices);
  }
  WriteTags(writer, snapshot, choices);
  writer.Close("Snapshot");
}

}  // namespace

std::string RenderList(const RenderedList& list, const Dataset& dataset, bool xml,
                       Choices& choices) {
  Writer writer(xml);
  const auto integer = [&](std::string_view name, const std::optional<std::int64_t>& value) {
    if (value) writer.Scalar(name, std::to_string(*value), Written::kBare);
  };
  writer.Scalar("RequestId", list.request_id, Written::kText);
  integer("TotalCount", list.total);
  integer("PageNumber", list.page_number);
  integer("PageSize", list.page_size);
  if (list.next_token) writer.Scalar("NextToken", *list.next_token, Written::kText);
  writer.Open("Snapshots");
  writer.OpenList("Snapshot");
  for (std::size_t i = 0; i < list.listed.size(); ++i) {
    const Snapshot& snapshot =
        list.altered.empty() ? dataset.snapshots[list.listed[i]] : list.altered[i];
    WriteSnapshot(writer, snapshot, choices);
  }
  writer.CloseList();
  writer.Close("Snapshots");
  return writer.Take("DescribeSnapshotsResponse");
}

std::string RenderError(const RenderedError& error, bool xml) {
  Writer writer(xml);
  writer.Scalar("RequestId", error.request_id, Written::kText);
  writer.Scalar("HostId", error.host_id, Written::kText);
  writer.Scalar("Code", error.code, Written::kText);
  writer.Scalar("Message", error.message, Written::kText);
  writer.Scalar(
      "Recommend",
      fmt::format("https://api.alibabacloud.com/troubleshoot?q={}&product=Ecs&requestId={}",
                  error.code, error.request_id),
      Written::kText);
  return writer.Take("Error");
}

RenderedError DescribeRefusal(const Refusal& refusal) {
  RenderedError out;
  const ErrorInfo* error =
      refusal.error ? refusal.error : Catalogue::Get().FindError("InvalidParameter");
  out.status = error->status;
  out.code = error->code;
  out.message = error->message;
  // A name that a client made up may contain anything; the answer has to stay readable.
  const std::string subject = Excerpt(refusal.subject, 64);
  if (error->code == "InvalidParameter") {
    out.message = fmt::format("The specified parameter \"{}\" is not valid.", subject);
  } else if (error->code == "MissingParameter") {
    out.message = fmt::format(
        "The input parameter \"{}\" that is mandatory for processing this request is not supplied.",
        subject);
  }
  return out;
}

}  // namespace assay
