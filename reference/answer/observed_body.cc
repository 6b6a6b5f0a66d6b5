#include "reference/answer/observed_body.h"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "spec/text/utf8.h"

namespace assay {

void CutLongTexts(ObservedAnswer& answer) {
  const auto cut = [](std::string_view& text) {
    if (text.size() > kLongestText) text = CutUtf8(text, kLongestText);
  };
  for (ObservedValue* value :
       {&answer.request_id, &answer.host_id, &answer.code, &answer.message, &answer.recommend,
        &answer.page_size, &answer.page_number, &answer.total_count}) {
    cut(value->text);
  }
  if (answer.next_token.text.size() > kLongestToken) {
    answer.next_token.text = "";
    AddProblem(
        answer, "token.next.continues"_rule, "a NextToken that a request can hold",
        fmt::format("a NextToken of more than {} bytes, which is not sent back", kLongestToken),
        "long");
  }
  for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
    ObservedSnapshot& snapshot = answer.snapshots[i];
    VisitTexts(snapshot, cut);
  }
}

ObservedValue* FindTopLevel(ObservedAnswer& answer, std::string_view name) {
  if (name == "RequestId") return &answer.request_id;
  if (name == "NextToken") return &answer.next_token;
  if (name == "PageSize") return &answer.page_size;
  if (name == "PageNumber") return &answer.page_number;
  if (name == "TotalCount") return &answer.total_count;
  if (name == "Code") return &answer.code;
  if (name == "Message") return &answer.message;
  if (name == "HostId") return &answer.host_id;
  if (name == "Recommend") return &answer.recommend;
  return nullptr;
}

ObservedSnapshot& AddSnapshot(ObservedAnswer& answer) {
  if (answer.snapshot_count < kMostSnapshotsKept) ++answer.snapshot_count;
  if (answer.snapshot_count > answer.snapshots.size()) answer.snapshots.emplace_back();
  ObservedSnapshot& snapshot = answer.snapshots[answer.snapshot_count - 1];
  snapshot.fields.fill({});
  snapshot.tags.clear();
  snapshot.tags_fit = true;
  snapshot.tags_kind = ObservedValue::Kind::kAbsent;
  snapshot.seen.reset();
  return snapshot;
}

std::optional<std::size_t> PlaceIn(std::string_view whole, std::string_view part) {
  const std::less_equal<> not_after;  // pointers into different texts have no other order
  if (!not_after(whole.data(), part.data())) return std::nullopt;
  if (!not_after(part.data() + part.size(), whole.data() + whole.size())) return std::nullopt;
  return static_cast<std::size_t>(part.data() - whole.data());
}

void AddTag(const ObservedTag& tag, ObservedSnapshot& snapshot, ObservedAnswer& answer) {
  const auto check = [&](const ObservedValue& value, Rule rule, std::string_view name) {
    if (value.kind == ObservedValue::Kind::kText) return;
    snapshot.tags_fit = false;
    AddProblem(answer, rule, fmt::format("{} as a string", name), std::string(NameOf(value.kind)),
               std::string(NameOf(value.kind)));
  };
  check(tag.key, "response.tag.tag_key"_rule, "TagKey");
  check(tag.value, "response.tag.tag_value"_rule, "TagValue");
  if (snapshot.tags.size() < kMostTagsKept) snapshot.tags.push_back(tag);
}

void AddProblem(ObservedAnswer& answer, Rule rule, std::string expected, std::string actual,
                std::string shape) {
  if (answer.problems.size() >= kMostProblemsKept) return;
  answer.problems.push_back({rule, std::move(expected), std::move(actual), std::move(shape)});
}

void AddRepeatedName(ObservedAnswer& answer, std::string_view name) {
  AddProblem(answer, "encoding.json.unique_names"_rule, "each name once in an object",
             fmt::format("the name {} twice in one object", Excerpt(name)), Excerpt(name));
}

}  // namespace assay
