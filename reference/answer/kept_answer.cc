#include "reference/answer/kept_answer.h"

#include <algorithm>

namespace assay {
namespace {

template <typename Visit>
void VisitValues(ObservedAnswer& answer, const Visit& visit) {
  for (ObservedValue* value :
       {&answer.request_id, &answer.host_id, &answer.code, &answer.message, &answer.recommend,
        &answer.next_token, &answer.page_size, &answer.page_number, &answer.total_count}) {
    visit(*value);
  }
  for (ObservedSnapshot& snapshot : answer.snapshots) {
    for (ObservedValue& value : snapshot.fields) visit(value);
    for (ObservedTag& tag : snapshot.tags) {
      visit(tag.key);
      visit(tag.value);
    }
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

KeptAnswer::KeptAnswer(const ObservedAnswer& answer) : answer_(CopyOf(answer)) {
  std::size_t size = 0;
  VisitValues(answer_, [&](const ObservedValue& value) { size += value.text.size(); });
  texts_ = std::make_unique_for_overwrite<char[]>(size);
  char* end = texts_.get();
  VisitValues(answer_, [&](ObservedValue& value) {
    char* const begin = std::exchange(end, std::ranges::copy(value.text, end).out);
    value.text = {begin, value.text.size()};
  });
}

}  // namespace assay
