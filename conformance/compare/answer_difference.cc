#include "conformance/compare/answer_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "reference/state/dataset.h"
#include "spec/text/count.h"

namespace assay {
namespace {

using Kind = ObservedValue::Kind;

// "10", "absent", "\"\"": the value as people would write it down.
std::string Shown(const ObservedValue& value) {
  if (!value.given()) return "absent";
  if (value.kind == Kind::kText) return fmt::format("\"{}\"", Excerpt(value.text));
  return value.text.empty() ? std::string(NameOf(value.kind)) : Excerpt(value.text);
}

std::string Summary(const ObservedAnswer& answer) {
  if (!answer.readable)
    return fmt::format("{}, neither a JSON object nor an XML document", answer.status);
  if (answer.code.given()) return fmt::format("{} {}", answer.status, Excerpt(answer.code.text));
  return fmt::format("{}, a list of {}", answer.status, answer.snapshot_count);
}

std::vector<std::string_view> Listed(const ObservedAnswer& answer) {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
    out.push_back(answer.snapshots[i][Field::kSnapshotId].text);
  }
  return out;
}

std::optional<AnswerDifference> Between(const std::string& field, const ObservedValue& a,
                                        const ObservedValue& b) {
  if (a.kind == b.kind && a.text == b.text) return std::nullopt;
  return AnswerDifference{field, Shown(a), Shown(b)};
}

// A token is opaque: only whether there is one counts.
std::optional<AnswerDifference> BetweenTokens(const ObservedValue& a, const ObservedValue& b) {
  if (a.kind == b.kind && a.text.empty() == b.text.empty()) return std::nullopt;
  const auto shown = [](const ObservedValue& token) {
    return token.text.empty() ? Shown(token) : std::string("a token");
  };
  return AnswerDifference{"NextToken", shown(a), shown(b)};
}

std::optional<AnswerDifference> BetweenTags(const ObservedSnapshot& a, const ObservedSnapshot& b) {
  const auto same = [](const ObservedTag& x, const ObservedTag& y) {
    return x.key.text == y.key.text && x.value.text == y.value.text && x.key.kind == y.key.kind &&
           x.value.kind == y.value.kind;
  };
  if (a.tags_kind == b.tags_kind && std::ranges::equal(a.tags, b.tags, same)) return std::nullopt;
  const auto shown = [](const ObservedSnapshot& snapshot) {
    return snapshot.tags_kind == Kind::kObject ? CountInWords(snapshot.tags.size(), "tag")
                                               : std::string(NameOf(snapshot.tags_kind));
  };
  return AnswerDifference{"Snapshot.Tags", shown(a), shown(b)};
}

std::optional<AnswerDifference> BetweenSnapshots(const ObservedSnapshot& a,
                                                 const ObservedSnapshot& b) {
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    const std::string name = fmt::format("Snapshot.{}", kFields[i].name);
    if (auto found = Between(name, a.fields[i], b.fields[i])) return found;
  }
  return BetweenTags(a, b);
}

std::optional<AnswerDifference> BetweenLists(const ObservedAnswer& a, const ObservedAnswer& b) {
  std::vector<std::string_view> mine = Listed(a), theirs = Listed(b);
  const auto several = [](const std::vector<std::string_view>& ids) {
    return ids.empty() ? std::string("no snapshot")
                       : fmt::format("{}, the first is {}", CountText(ids.size(), "snapshot"),
                                     Excerpt(ids.front(), 40));
  };
  if (mine != theirs) {
    AnswerDifference out{"Snapshots", several(mine), several(theirs)};
    std::ranges::sort(mine);
    std::ranges::sort(theirs);
    if (mine == theirs) out.field = "the order of Snapshots";
    return out;
  }
  for (std::size_t i = 0; i < a.snapshot_count; ++i) {
    if (auto found = BetweenSnapshots(a.snapshots[i], b.snapshots[i])) return found;
  }
  if (a.list_kind == b.list_kind && a.has_list == b.has_list) return std::nullopt;
  return AnswerDifference{"Snapshots", std::string(NameOf(a.list_kind)),
                          std::string(NameOf(b.list_kind))};
}

std::optional<AnswerDifference> BetweenAnswers(const ObservedAnswer& a, const ObservedAnswer& b) {
  if (a.status != b.status || a.readable != b.readable || a.code.given() != b.code.given()) {
    return AnswerDifference{"status", Summary(a), Summary(b)};
  }
  if (a.xml != b.xml) {
    return AnswerDifference{"the format", a.xml ? "XML" : "JSON", b.xml ? "XML" : "JSON"};
  }
  if (auto found = Between("Code", a.code, b.code)) return found;
  if (auto found = Between("Message", a.message, b.message)) return found;
  if (a.snapshot_count != b.snapshot_count) return BetweenLists(a, b);
  if (auto found = Between("PageSize", a.page_size, b.page_size)) return found;
  if (auto found = Between("PageNumber", a.page_number, b.page_number)) return found;
  if (auto found = Between("TotalCount", a.total_count, b.total_count)) return found;
  if (auto found = BetweenTokens(a.next_token, b.next_token)) return found;
  return BetweenLists(a, b);
}

}  // namespace

std::optional<AnswerDifference> DifferenceBetween(const Exchange& first, const Exchange& second) {
  const ObservedAnswer& a = first.answer;
  const ObservedAnswer& b = second.answer;
  if (auto found = BetweenAnswers(a, b)) return found;
  const auto type = [](const std::string& text) { return text.substr(0, text.find(';')); };
  if (type(first.response.content_type) != type(second.response.content_type)) {
    return AnswerDifference{"Content-Type", Excerpt(first.response.content_type),
                            Excerpt(second.response.content_type)};
  }
  if (a.request_id.kind != b.request_id.kind) {
    return AnswerDifference{"RequestId", std::string(NameOf(a.request_id.kind)),
                            std::string(NameOf(b.request_id.kind))};
  }
  if (a.host_id.kind != b.host_id.kind) {
    return AnswerDifference{"HostId", std::string(NameOf(a.host_id.kind)),
                            std::string(NameOf(b.host_id.kind))};
  }
  return std::nullopt;
}

}  // namespace assay
