#include "reference/answer/kept_answer.h"

#include <algorithm>
#include <utility>

#include "reference/answer/observed_body.h"

namespace assay {
namespace {

// Those of snapshots that hold their texts themselves are left out.
template <typename Visit>
void VisitTexts(ObservedAnswer& answer, const Visit& visit) {
  for (ObservedValue* value :
       {&answer.request_id, &answer.host_id, &answer.code, &answer.message, &answer.recommend,
        &answer.next_token, &answer.page_size, &answer.page_number, &answer.total_count}) {
    visit(value->text);
  }
  for (ObservedSnapshot& snapshot : answer.snapshots) {
    if (!snapshot.seen) VisitTexts(snapshot, visit);
  }
}

// The answer without the entries of `snapshots` that are not in use.
ObservedAnswer CopyOf(const ObservedAnswer& answer) {
  ObservedAnswer out{.status = answer.status,
                     .xml = answer.xml,
                     .readable = answer.readable,
                     .declared_encoding = answer.declared_encoding,
                     .request_id = answer.request_id,
                     .host_id = answer.host_id,
                     .code = answer.code,
                     .message = answer.message,
                     .recommend = answer.recommend,
                     .next_token = answer.next_token,
                     .page_size = answer.page_size,
                     .page_number = answer.page_number,
                     .total_count = answer.total_count,
                     .list_kind = answer.list_kind,
                     .has_list = answer.has_list,
                     .snapshots = {},
                     .snapshot_count = answer.snapshot_count,
                     .problems = answer.problems};
  out.snapshots.assign(answer.snapshots.begin(),
                       answer.snapshots.begin() + static_cast<std::ptrdiff_t>(out.snapshot_count));
  return out;
}

}  // namespace

KeptAnswer::KeptAnswer(const ObservedAnswer& answer, std::string_view body)
    : answer_(CopyOf(answer)) {
  const std::string_view source = body.empty() ? body : answer.source;
  std::size_t size = 0;
  VisitTexts(answer_, [&](std::string_view& text) {
    if (const auto place = PlaceIn(source, text)) {
      text = {body.data() + *place, text.size()};
    } else {
      size += text.size();
    }
  });
  answer_.source = source.empty() ? source : body;
  if (size == 0) return;
  texts_ = std::make_unique_for_overwrite<char[]>(size);
  char* end = texts_.get();
  VisitTexts(answer_, [&](std::string_view& text) {
    if (PlaceIn(answer_.source, text)) return;
    char* const begin = std::exchange(end, std::ranges::copy(text, end).out);
    text = {begin, text.size()};
  });
}

}  // namespace assay
