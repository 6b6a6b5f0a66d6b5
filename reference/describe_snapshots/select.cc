// Stage "select": which snapshots satisfy the filters.
#include "reference/describe_snapshots/select.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "reference/describe_snapshots/hidden_values.h"
#include "reference/describe_snapshots/made_up.h"
#include "reference/describe_snapshots/values.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

bool GlobMatches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

// A `*` at the end alone stands for any characters.
bool MatchesBeginning(std::string_view asked, std::string_view name) {
  if (!asked.ends_with('*')) return asked == name;
  return name.starts_with(asked.substr(0, asked.size() - 1));
}

// A `*` at either end stands for any characters, elsewhere for itself.
bool MatchesBetweenEnds(std::string_view asked, std::string_view name) {
  if (!asked.starts_with('*')) return MatchesBeginning(asked, name);
  asked.remove_prefix(1);
  if (!asked.ends_with('*')) return name.ends_with(asked);
  asked.remove_suffix(1);
  return name.find(asked) != std::string_view::npos;
}

// filter.snapshot_name.selects: the document says "The name of the snapshot." and no more.
bool NameMatchesAs(Option match, std::string_view asked, std::string_view name) {
  switch (match) {
    case "exact_name"_option:
      return asked == name;
    case "prefix"_option:
      return name.starts_with(asked);
    case "substring"_option:
      return name.find(asked) != std::string_view::npos;
    case "wildcard_named"_option:
      return !name.empty() && GlobMatches(asked, name);
    case "trailing_wildcard"_option:
      return MatchesBeginning(asked, name);
    case "trailing_wildcard_named"_option:
      return !name.empty() && MatchesBeginning(asked, name);
    case "outer_wildcard"_option:
      return MatchesBetweenEnds(asked, name);
    case "outer_wildcard_named"_option:
      return !name.empty() && MatchesBetweenEnds(asked, name);
    default:
      return GlobMatches(asked, name);
  }
}

bool NameMatches(std::string_view asked, std::string_view name, Choices& choices) {
  // Longer than the name, it matches under no reading; hostile values are very long.
  if (asked.size() > name.size() && asked.find('*') == std::string_view::npos) return false;
  const std::string asked_folded = SmallLetters(asked), name_folded = SmallLetters(name);
  // It matches under no reading: nothing to ask.
  if (name_folded.find(asked_folded) == std::string::npos &&
      !GlobMatches(asked_folded, name_folded)) {
    return false;
  }
  if (asked == name) return true;
  const Option match = choices.Pick("filter.snapshot_name.match"_question);
  if (NameMatchesAs(match, asked, name)) return true;
  if (!NameMatchesAs(match, asked_folded, name_folded)) return false;
  return choices.Pick("filter.snapshot_name.letters"_question) == "ignored_case"_option;
}

bool UsageMatches(std::string_view asked, std::string_view usage, Choices& choices) {
  if (asked == usage) return true;
  if (usage != "image_disk") return false;
  if (asked == "image") {
    return choices.Pick("filter.usage.image"_question) == "matched"_option;
  }
  if (asked == "disk") return choices.Pick("filter.usage.disk"_question) == "matched"_option;
  return false;
}

bool GroupMatches(std::string_view asked, std::string_view group, const Dataset& dataset,
                  Choices& choices) {
  if (asked == dataset.default_resource_group) {
    return asked == group ||
           choices.Pick("filter.resource_group.is_default"_question) == "no_filter"_option;
  }
  if (asked == group) return true;
  return group == dataset.default_resource_group &&
         choices.Pick("filter.resource_group.default"_question) == "also_listed"_option;
}

bool IsIn(Choices& choices, Question question) { return choices.Pick(question) == "in"_option; }

std::int64_t ComparedTime(const Filter& filter, const Snapshot& snapshot) {
  const std::int64_t created = snapshot.creation_time;
  return filter.minute_of_creation ? created - (created % 60 + 60) % 60 : created;
}

// time.start.selects: "created after". A time without seconds means its whole minute.
bool CreatedAfter(const Filter& filter, std::int64_t created, Choices& choices) {
  if (created < filter.seconds) return false;
  if (created == filter.seconds) return IsIn(choices, "time.start.equal"_question);
  if (filter.to_the_minute && created < filter.seconds + 60) {
    return IsIn(choices, filter.has_seconds ? "time.start.full_minute"_question
                                            : "time.start.minute"_question);
  }
  return true;
}

// time.end.selects
bool CreatedBefore(const Filter& filter, std::int64_t created, Choices& choices) {
  if (created < filter.seconds) return true;
  if (created == filter.seconds) return IsIn(choices, "time.end.equal"_question);
  if (filter.to_the_minute && created < filter.seconds + 60) {
    return IsIn(choices,
                filter.has_seconds ? "time.end.full_minute"_question : "time.end.minute"_question);
  }
  return false;
}

bool TagTextMatches(std::string_view asked, std::string_view text, Question letters,
                    Choices& choices) {
  if (asked == text) return true;
  return asked.size() == text.size() && EqualAnyCase(asked, text) &&
         choices.Pick(letters) == "ignored_case"_option;
}

// tag.pair.one_tag: key and value are looked for in one and the same tag.
bool TagMatches(const Filter& filter, const std::vector<Tag>& tags, Choices& choices) {
  const std::string_view value = filter.second;  // empty for kTagEmptyValue
  for (const Tag& tag : tags) {
    if (!TagTextMatches(filter.value, tag.key, "tag.key_letters"_question, choices)) continue;
    if (filter.kind == Filter::Kind::kTagKey) return true;
    if (TagTextMatches(value, tag.value, "tag.value_letters"_question, choices)) return true;
  }
  return false;
}

// The field that the filter compares; none for tags, and if nothing matches anyway.
std::optional<Field> FieldOf(const Filter& filter) {
  switch (filter.kind) {
    case Filter::Kind::kNothing:
    case Filter::Kind::kTagKey:
    case Filter::Kind::kTagPair:
    case Filter::Kind::kTagEmptyValue:
      return std::nullopt;
    case Filter::Kind::kCreatedAfter:
    case Filter::Kind::kCreatedBefore:
      return Field::kCreationTime;
    default:
      return filter.field;
  }
}

// Whether the unknown field of the snapshot has a value that the filter asks for: nobody has one
// that was made up or that is not an id at all; the lists so far may tell of others.
std::optional<bool> HasHiddenValue(const Filter& filter, Field field, const Snapshot& snapshot,
                                   const Dataset& dataset, const HiddenValues* hidden) {
  if (field != Field::kInstanceId && field != Field::kSnapshotLinkId) return std::nullopt;
  const bool one = filter.kind == Filter::Kind::kEquals;
  const std::vector<std::string> values = one ? std::vector{filter.value} : filter.values;
  const auto at = dataset.by_id.find(snapshot[Field::kSnapshotId]);
  bool open = false;
  for (const std::string& value : values) {
    if (IsMadeUp(value) || !IsWellFormedId(value, "")) continue;
    const auto is =
        hidden && at != dataset.by_id.end() ? hidden->Is(at->second, field, value) : std::nullopt;
    if (is == true) return true;
    open |= !is.has_value();
  }
  return open ? std::nullopt : std::optional(false);
}

}  // namespace

bool IsOpen(const Filter& filter, const Snapshot& snapshot, const Dataset& dataset,
            const HiddenValues* hidden) {
  const auto field = FieldOf(filter);
  if (!field || snapshot.Knows(*field)) return false;
  return !HasHiddenValue(filter, *field, snapshot, dataset, hidden).has_value();
}

bool Matches(const Filter& filter, const Snapshot& snapshot, const Dataset& dataset,
             const HiddenValues* hidden, Choices& choices) {
  if (const auto field = FieldOf(filter); field && !snapshot.Knows(*field)) {
    return HasHiddenValue(filter, *field, snapshot, dataset, hidden).value_or(false);
  }
  const std::string& text = snapshot[filter.field];
  switch (filter.kind) {
    case Filter::Kind::kNothing:
      return false;
    case Filter::Kind::kEquals:
      return text == filter.value;
    case Filter::Kind::kEqualsAnyCase:
      return EqualAnyCase(text, filter.value);
    case Filter::Kind::kOneOf:
      return std::ranges::find(filter.values, text) != filter.values.end();
    case Filter::Kind::kName:
      return NameMatches(filter.value, text, choices);
    case Filter::Kind::kUsage:
      return UsageMatches(filter.value, text, choices);
    case Filter::Kind::kResourceGroup:
      return GroupMatches(filter.value, text, dataset, choices);
    case Filter::Kind::kUnencrypted:
      return text != "true" ||
             choices.Pick("filter.encrypted.false"_question) == "no_filter"_option;
    case Filter::Kind::kCreatedAfter:
      return CreatedAfter(filter, ComparedTime(filter, snapshot), choices);
    case Filter::Kind::kCreatedBefore:
      return CreatedBefore(filter, ComparedTime(filter, snapshot), choices);
    case Filter::Kind::kTagKey:
    case Filter::Kind::kTagPair:
    case Filter::Kind::kTagEmptyValue:
      return TagMatches(filter, snapshot.tags, choices);
  }
  return false;
}

Fit FitOf(const Plan& plan, const Snapshot& snapshot, const Dataset& dataset, Choices& choices) {
  Fit fit = Fit::kYes;
  for (const Filter& filter : plan.filters) {
    // The ids have been looked up already. (A filter by tags has no field of its own.)
    const bool looked_up =
        plan.by_ids && filter.kind == Filter::Kind::kOneOf && filter.field == Field::kSnapshotId;
    if (looked_up) continue;
    if (IsOpen(filter, snapshot, dataset, plan.hidden)) {
      fit = Fit::kOpen;
    } else if (!Matches(filter, snapshot, dataset, plan.hidden, choices)) {
      return Fit::kNo;
    }
  }
  return fit;
}

}  // namespace assay
