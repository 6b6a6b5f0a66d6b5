// Stage "parse": which parameter is meant by each name.
#include "reference/describe_snapshots/parameters.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "spec/catalogue/operation.h"
#include "spec/text/letters.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, kSlotCount> kSlotNames = {
    "Action",         "Version",     "Format",          "RegionId",  "InstanceId",   "DiskId",
    "SnapshotLinkId", "SnapshotIds", "SnapshotName",    "Status",    "SnapshotType", "Usage",
    "SourceDiskType", "Encrypted",   "ResourceGroupId", "DryRun",    "KMSKeyId",     "Category",
    "PageNumber",     "PageSize",    "NextToken",       "MaxResults"};

// Taken by every action; checked by the gateway, not by the operation (api-facts, 5.1).
constexpr std::array<std::string_view, 11> kCommonNames = {
    "AccessKeyId",     "BearerToken",    "SecurityToken",     "Signature",
    "SignatureMethod", "SignatureNonce", "SignatureType",     "SignatureVersion",
    "TimeStamp",       "Timestamp",      "SignatureAlgorithm"};

// Every ECS operation takes these (api-facts, 1); this one's page does not name them.
bool IsOwnerName(std::string_view name) {
  return name == "OwnerAccount" || name == "OwnerId" || name == "ResourceOwnerAccount" ||
         name == "ResourceOwnerId";
}

// The slot of one parameter.
struct Place {
  enum class Kind {
    kUnknown,
    kCommon,
    kSlot,
    kFilterKey,
    kFilterValue,
    kTag
  } kind = Kind::kUnknown;
  std::size_t slot = 0;
  std::int64_t n = 0;
  std::optional<std::string> TagSlot::*tag = nullptr;
  bool other_letters = false;
  bool other_index = false;
  bool long_index = false;
  friend bool operator<(const Place& a, const Place& b) {
    return std::tuple(a.kind, a.slot, a.n, a.tag_order()) <
           std::tuple(b.kind, b.slot, b.n, b.tag_order());
  }
  int tag_order() const {
    if (tag == &TagSlot::key) return 1;
    if (tag == &TagSlot::lower_key) return 2;
    return tag == &TagSlot::value ? 3 : tag == &TagSlot::lower_value ? 4 : 0;
  }
};

constexpr std::int64_t kLargestIndex = 1'000'000'000;

// "Tag.3.Key" -> prefix "Tag", n 3, suffix "Key".
struct Indexed {
  std::string_view prefix, suffix;
  std::int64_t n = 0;
  bool other_form = false;
  bool is_long = false;  // more digits than a number of 32 bits has; n is then the largest one
};
std::optional<Indexed> SplitIndexed(std::string_view name) {
  const std::size_t first = name.find('.');
  const std::size_t last = name.rfind('.');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const std::string_view digits = name.substr(first + 1, last - first - 1);
  if (digits.empty() || !std::ranges::all_of(digits, IsDigit)) return std::nullopt;
  Indexed out{name.substr(0, first), name.substr(last + 1)};
  out.is_long = digits.size() > 9;
  out.n = kLargestIndex;
  if (!out.is_long) std::from_chars(digits.data(), digits.data() + digits.size(), out.n);
  out.other_form = digits.size() > 1 && digits.front() == '0';
  return out;
}

Place PlaceOfIndexed(const Indexed& name) {
  Place place{.n = name.n, .other_index = name.other_form, .long_index = name.is_long};
  const bool tag = EqualAnyCase(name.prefix, "Tag"), filter = EqualAnyCase(name.prefix, "Filter");
  const bool key = EqualAnyCase(name.suffix, "Key"), value = EqualAnyCase(name.suffix, "Value");
  if ((!tag && !filter) || (!key && !value)) return {};
  // tag.key.lower_case: both spellings of the tag parameters are documented.
  const bool lower = name.suffix == "key" || name.suffix == "value";
  const bool capital = name.suffix == "Key" || name.suffix == "Value";
  place.other_letters =
      (name.prefix != "Tag" && name.prefix != "Filter") || !(capital || (tag && lower));
  if (filter) {
    place.kind = key ? Place::Kind::kFilterKey : Place::Kind::kFilterValue;
  } else {
    place.kind = Place::Kind::kTag;
    place.tag = key ? (lower ? &TagSlot::lower_key : &TagSlot::key)
                    : (lower ? &TagSlot::lower_value : &TagSlot::value);
  }
  return place;
}

Place PlaceOf(std::string_view name) {
  for (std::size_t i = 0; i < kSlotNames.size(); ++i) {
    if (EqualAnyCase(kSlotNames[i], name)) {
      return {.kind = Place::Kind::kSlot, .slot = i, .other_letters = kSlotNames[i] != name};
    }
  }
  if (IsCommonParameter(name)) return {.kind = Place::Kind::kCommon};
  if (const auto indexed = SplitIndexed(name)) return PlaceOfIndexed(*indexed);
  return {};
}

// CreateSnapshot allows names of 2 to 128 characters, and tags have no longer texts (api-facts, 1);
// SnapshotIds holds 100 ids.
std::size_t LongestValue(std::string_view name) { return name == "SnapshotIds" ? 8000 : 128; }

bool IsControl(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

// What some language's function takes off the ends of a text, beside blanks and tabs.
bool IsTrimmedBySome(char32_t code) {
  if (IsControl(code)) return code != '\t';
  constexpr std::array<char32_t, 11> kBlanks = {0xA0,   0x1680, 0x180E, 0x2028, 0x2029, 0x202F,
                                                0x205F, 0x2060, 0x3000, 0xFEFF, 0x200B};
  return (code >= 0x2000 && code <= 0x200A) || std::ranges::find(kBlanks, code) != kBlanks.end();
}

class Gatherer {
 public:
  explicit Gatherer(Choices& choices) : choices_(choices) {}

  GatheredParameters Gather(const Request& request) {
    for (const Parameter& parameter : request.parameters) {
      if (!IsValidUtf8(parameter.name) || !IsValidUtf8(parameter.value)) InvalidUtf8(parameter);
      CheckExtremes(parameter);
      const Place place = Resolve(parameter.name);
      if (place.kind == Place::Kind::kUnknown) {
        Unknown(parameter);
      } else if (place.kind != Place::Kind::kCommon) {
        values_[place].push_back(&parameter);
      }
    }
    for (const auto& [place, values] : values_) Store(place, values);
    return std::move(out_);
  }

 private:
  void Refuse(const char* code, std::string_view subject) {
    Refusal refusal{.rule = "request.open.admissible"_rule,
                    .error = Catalogue::Get().FindError(code),
                    .any_code = true,
                    .subject = std::string(subject)};
    out_.stop |= choices_.Refuse(refusal);
    out_.refusals.push_back(std::move(refusal));
  }

  void InvalidUtf8(const Parameter& parameter) {
    if (choices_.Pick("encoding.utf8.invalid"_question) == "refused"_option) {
      Refuse("InvalidParameter", parameter.name);
    }
  }

  // Whether values that no snapshot has may be looked up, or are refused at sight, is open; so is
  // what of the white space beyond ASCII belongs to a value.
  void CheckExtremes(const Parameter& parameter) {
    if (parameter.name == "NextToken") return;  // the target's own
    const std::string& value = parameter.value;
    std::size_t length = value.size();
    if (!std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; })) {
      length = 0;
      bool trimmed = false;
      ForEachCharacter(value, [&](const Character& character, std::string_view) {
        trimmed = character.valid && IsTrimmedBySome(character.code);
        out_.may_be_refused |= character.valid && IsControl(character.code);
        out_.may_be_anything |= trimmed && length == 0;
        ++length;
      });
      out_.may_be_anything |= trimmed;
    }
    const bool short_name = length == 1 && parameter.name == "SnapshotName";
    out_.may_be_refused |= short_name || length > LongestValue(parameter.name);
  }

  Place Resolve(std::string_view name) {
    Place place = PlaceOf(name);
    if (place.other_letters &&
        choices_.Pick("name.other_letters"_question) == "as_unknown"_option) {
      return {};
    }
    const Question index_form = place.kind == Place::Kind::kTag ? "name.index_form"_question
                                                                : "name.filter_index_form"_question;
    if (place.other_index && choices_.Pick(index_form) == "as_unknown"_option) {
      return {};
    }
    if (place.long_index && choices_.Pick("name.index_length"_question) == "as_unknown"_option) {
      return {};
    }
    place.other_letters = place.other_index = place.long_index = false;
    return place;
  }

  void Unknown(const Parameter& parameter) {
    if (IsOwnerName(parameter.name)) {
      out_.discouraged = "request.owner.accepted"_rule;
      choices_.Mark(out_.discouraged);
      const bool again = !owner_names_.insert(parameter.name).second;
      if (again && choices_.Pick("name.repeated"_question) == "refused"_option) {
        Refuse("InvalidParameter", parameter.name);
      }
      return;
    }
    if (choices_.Pick("name.unknown"_question) != "refused"_option) return;
    Refuse("UnsupportedParameter", parameter.name);
  }

  void Store(const Place& place, const std::vector<const Parameter*>& values) {
    std::string chosen = values.front()->value;
    if (values.size() > 1) {
      const Option option = choices_.Pick("name.repeated"_question);
      if (option == "refused"_option) Refuse("InvalidParameter", values.front()->name);
      if (option == "last"_option) chosen = values.back()->value;
      if (option == "joined"_option) {
        for (std::size_t i = 1; i < values.size(); ++i) chosen += "," + values[i]->value;
      }
    }
    Parameters& parameters = out_.parameters;
    switch (place.kind) {
      case Place::Kind::kSlot:
        parameters.slots[place.slot] = std::move(chosen);
        break;
      case Place::Kind::kFilterKey:
        parameters.filters[place.n].key = std::move(chosen);
        break;
      case Place::Kind::kFilterValue:
        parameters.filters[place.n].value = std::move(chosen);
        break;
      default:
        StoreTag(place, values.back(), std::move(chosen));
        break;
    }
  }

  void StoreTag(const Place& place, const Parameter* last, std::string chosen) {
    TagSlot& slot = out_.parameters.tags[place.n];
    slot.*place.tag = std::move(chosen);
    const bool is_key = place.tag == &TagSlot::lower_key;
    if (!is_key && place.tag != &TagSlot::lower_value) return;
    Place capital = place;
    capital.tag = is_key ? &TagSlot::key : &TagSlot::value;
    const auto other = values_.find(capital);
    // Both are in the request's list.
    const bool is_last = other != values_.end() && last > other->second.back();
    (is_key ? slot.lower_key_is_last : slot.lower_value_is_last) = is_last;
  }

  Choices& choices_;
  std::map<Place, std::vector<const Parameter*>> values_;
  std::set<std::string> owner_names_;
  GatheredParameters out_;
};

// The name in small letters, numbers in it without leading zeros.
std::string CanonicalName(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool number_starts = c == '0' && (out.empty() || out.back() == '.');
    if (number_starts && i + 1 < name.size() && name[i + 1] >= '0' && name[i + 1] <= '9') continue;
    out += SmallLetter(c);
  }
  return out;
}

}  // namespace

std::string_view NameOf(Slot slot) { return kSlotNames[static_cast<std::size_t>(slot)]; }

bool IsCommonParameter(std::string_view name) {
  return std::ranges::find(kCommonNames, name) != kCommonNames.end();
}

bool IsPagingParameter(std::string_view name) {
  return name == "PageNumber" || name == "PageSize" || name == "NextToken" || name == "MaxResults";
}

GatheredParameters Gather(const Request& request, Choices& choices) {
  return Gatherer(choices).Gather(request);
}

std::vector<Parameter> FilterParameters(const Request& request) {
  std::vector<std::pair<std::string, const Parameter*>> named;
  for (const Parameter& parameter : request.parameters) {
    if (IsPagingParameter(parameter.name) || IsCommonParameter(parameter.name) ||
        parameter.name == "Action" || parameter.name == "Format" ||
        (parameter.name == "Version" && parameter.value == OperationInfo::Get().version)) {
      continue;
    }
    named.emplace_back(CanonicalName(parameter.name), &parameter);
  }
  // Names that may mean the same keep their order: which one counts may depend on it.
  std::ranges::stable_sort(named, {},
                           [](const auto& one) -> const std::string& { return one.first; });
  std::vector<Parameter> out;
  out.reserve(named.size());
  for (const auto& [name, parameter] : named) out.push_back(*parameter);
  return out;
}

}  // namespace assay
