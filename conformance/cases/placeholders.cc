#include "conformance/cases/placeholders.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "reference/describe_snapshots/made_up.h"
#include "reference/describe_snapshots/model.h"
#include "spec/catalogue/rule_case.h"
#include "spec/text/count.h"
#include "spec/text/letters.h"
#include "spec/text/time.h"

namespace assay {
namespace {

using Strings = std::vector<std::string>;

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

char SwappedLetter(char c) { return SmallLetter(c) == c ? CapitalLetter(c) : SmallLetter(c); }

std::string Map(std::string_view text, char (*change)(char)) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), change);
  return out;
}

// The start of the second half of the text, at a whole character.
std::size_t MiddleOf(std::string_view text) {
  std::size_t half = (text.size() + 1) / 2;
  while (half < text.size() && (static_cast<unsigned char>(text[half]) & 0xC0) == 0x80) ++half;
  return half;
}

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

std::string Minute(std::int64_t seconds) {
  return FormatTime(seconds).substr(0, 16) + "Z";  // yyyy-MM-ddTHH:mmZ
}

Error Lacks(std::string_view placeholder, const std::string& what) {
  return {"", fmt::format("`{}`: {}", placeholder, what)};
}

std::string JsonArray(const Strings& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? ",\"" : "\"") + text + "\"";
  return out + "]";
}

// If the state shows none.
std::string UsualPrefix(Field field) {
  switch (field) {
    case Field::kSnapshotId:
      return "s-";
    case Field::kInstanceId:
      return "i-";
    case Field::kSourceDiskId:
      return "d-";
    case Field::kSnapshotLinkId:
      return "sl-";
    case Field::kResourceGroupId:
      return "rg-";
    default:
      return "";
  }
}

// What a value of the field begins with: "s-", "rg-".
std::string PrefixOfMiss(Field field, const std::string& known) {
  if (field == Field::kKMSKeyId) return "9d8b7f6a-5c4e-4d3b-8a2f-";
  if (known.empty()) return UsualPrefix(field);
  const std::string prefix = known.substr(0, known.find('-') + 1);
  return field == Field::kSnapshotName || prefix.size() > 4 ? "" : prefix;
}

// What more snapshots share than the limit, the first that a region turns out to have.
struct Shared {
  std::string_view region;
  Tag tag;  // of a resource group only the value
};
std::optional<Shared> FindCrowd(const Dataset& dataset, bool by_tag) {
  for (const auto& region : dataset.regions) {
    const std::vector<std::uint32_t>& positions = dataset.In(region);
    if (std::ssize(positions) <= kListLimit) continue;
    std::map<std::pair<std::string_view, std::string_view>, std::int64_t> counts;
    const auto is_crowd = [&](std::string_view key, std::string_view value) {
      return IsUsable(value) && ++counts[{key, value}] > kListLimit;
    };
    for (const std::uint32_t position : positions) {
      const Snapshot& snapshot = dataset.snapshots[position];
      const std::string& group = snapshot[Field::kResourceGroupId];
      if (!by_tag && is_crowd("", group)) return Shared{region, {"", group}};
      for (const Tag& tag : snapshot.tags) {
        if (by_tag && IsUsable(tag.key) && is_crowd(tag.key, tag.value)) return Shared{region, tag};
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::string SwappedLetters(std::string_view text) { return Map(text, SwappedLetter); }

bool IsUsable(std::string_view text) {
  return !text.empty() && !IsBlank(text.front()) && !IsBlank(text.back());
}

bool HasUsable(const Snapshot& snapshot, Field field) {
  return snapshot.Has(field) && IsUsable(snapshot[field]);
}

std::vector<Tag> UsableTags(const Snapshot& snapshot) {
  std::vector<Tag> out;
  std::set<std::string> keys;
  for (const Tag& tag : snapshot.tags) {
    if (!IsUsable(tag.key) || !IsUsable(tag.value)) continue;
    if (keys.insert(SmallLetters(tag.key)).second) out.push_back(tag);
  }
  return out;
}

std::optional<TwoValues> FindTwoValues(const Snapshot& snapshot) {
  const std::vector<Tag> tags = UsableTags(snapshot);
  for (std::size_t i = 1; i < tags.size(); ++i) {
    if (SmallLetters(tags[i].value) != SmallLetters(tags[0].value)) {
      return TwoValues{tags[0], tags[i].value};
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> TakeNumber(std::string_view& text) {
  if (text.empty() || text.front() != '.') return std::nullopt;
  std::size_t number = 0;
  const char* begin = text.data() + 1;
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

Placeholders::Placeholders(const Dataset& dataset, std::string region)
    : dataset_(dataset), region_(std::move(region)), positions_(dataset_.In(region_)) {}

std::optional<std::string> Placeholders::AnyValue(Field field, const std::string* except) const {
  // A name with a wildcard may stand for others.
  const auto stands_for_itself = [field](const std::string& value) {
    return field != Field::kSnapshotName || value.find('*') == std::string::npos;
  };
  for (const std::uint32_t position : positions_) {
    const Snapshot& snapshot = dataset_.snapshots[position];
    if (HasUsable(snapshot, field) && stands_for_itself(snapshot[field]) &&
        (!except || snapshot[field] != *except)) {
      return snapshot[field];
    }
  }
  return std::nullopt;
}

std::optional<std::string> Placeholders::Elsewhere(Field field) const {
  std::set<std::string_view> here;
  for (const std::uint32_t position : positions_) {
    here.insert(dataset_.snapshots[position][field]);
  }
  for (const Snapshot& snapshot : dataset_.snapshots) {
    if (HasUsable(snapshot, field) && !here.contains(snapshot[field])) return snapshot[field];
  }
  return std::nullopt;
}

const Placeholders::Held& Placeholders::HeldBy(Field field) const {
  const auto [at, is_new] = held_.try_emplace(field);
  Held& held = at->second;
  if (!is_new) return held;
  std::set<std::string> values;
  for (const Snapshot& snapshot : dataset_.snapshots) values.insert(SmallLetters(snapshot[field]));
  values.erase("");
  for (const std::string& value : values) held.joined += value + "\n";
  held.shortest_first.assign(values.begin(), values.end());
  std::ranges::stable_sort(held.shortest_first, {}, &std::string::size);
  return held;
}

std::optional<std::string> Placeholders::Miss(Field field, int number) const {
  const auto [at, is_new] = misses_.try_emplace({field, number});
  if (is_new) at->second = MakeMiss(field, number);
  return at->second;
}

std::optional<std::string> Placeholders::MakeMiss(Field field, int number) const {
  const std::string prefix = PrefixOfMiss(field, AnyValue(field, nullptr).value_or(""));
  const Held& held = HeldBy(field);
  const auto collides = [&](const std::string& value) {
    const std::string small = SmallLetters(value);
    if (held.joined.find(small) != std::string::npos) return true;
    for (const std::string& other : held.shortest_first) {
      if (other.size() > small.size()) break;
      if (small.find(other) != std::string::npos) return true;
    }
    return field == Field::kSnapshotLinkId &&
           std::ranges::find(dataset_.snapshot_links, value) != dataset_.snapshot_links.end();
  };
  for (std::size_t stem = 0; stem < kMadeUpStems; ++stem) {
    const std::string value = MadeUpValue(prefix, stem, number);
    if (!collides(value)) return value;
  }
  return std::nullopt;
}

std::string Placeholders::MissTag(std::string_view prefix) const {
  if (tag_texts_.empty()) {
    tag_texts_.insert("");
    for (const Snapshot& snapshot : dataset_.snapshots) {
      for (const Tag& tag : snapshot.tags) {
        tag_texts_.insert(SmallLetters(tag.key));
        tag_texts_.insert(SmallLetters(tag.value));
      }
    }
  }
  for (int number = 0;; ++number) {
    std::string text = fmt::format("{}{}", prefix, number);
    if (!tag_texts_.contains(text)) return text;
  }
}

Result<std::string> Placeholders::OfSnapshot(std::string_view which, const FieldInfo& field,
                                             const Snapshot* hit, bool lenient) const {
  const std::string place = fmt::format("{}.{}", which, field.name);
  if (which == "$miss") {
    if (const auto value = Miss(field.field)) return *value;
    return Lacks(place, "the dataset has too many short values");
  }
  if (which == "$elsewhere") {
    if (const auto value = Elsewhere(field.field)) return *value;
    return Lacks(place, "the dataset has no such value in other regions only");
  }
  if (which == "$other") {
    const std::string* own = hit && hit->Has(field.field) ? &(*hit)[field.field] : nullptr;
    if (const auto value = AnyValue(field.field, own)) return *value;
    return Lacks(place, fmt::format("the dataset has no second value in {}", region_));
  }
  if (hit && HasUsable(*hit, field.field)) return (*hit)[field.field];
  if (const auto value = lenient ? AnyValue(field.field, nullptr) : std::nullopt) return *value;
  if (const auto value = lenient ? Elsewhere(field.field) : std::nullopt) return *value;
  return Lacks(place, fmt::format("the dataset has no snapshot with it in {}", region_));
}

Result<std::string> Placeholders::Region(std::string_view name) const {
  if (name == "$region") return region_;
  const bool empty = name == "$region.empty";
  for (const std::string& region : dataset_.regions) {
    if (region != region_ && dataset_.In(region).empty() == empty) return region;
  }
  return Lacks(name, empty ? "the dataset has a snapshot in every region"
                           : "the dataset has snapshots in one region only");
}

Result<std::string> Placeholders::Crowd(std::string_view name) const {
  const bool by_tag = name.starts_with("$crowd.tag.");
  const std::optional<Shared> crowd = FindCrowd(dataset_, by_tag);
  if (!crowd) {
    return Lacks(name, fmt::format("the dataset has no 1,001 snapshots of one {} in a region",
                                   by_tag ? "tag" : "resource group"));
  }
  if (name.ends_with(".region")) return std::string(crowd->region);
  return name.ends_with(".key") ? crowd->tag.key : crowd->tag.value;
}

Result<std::string> Placeholders::Time(std::string_view name, const Snapshot* hit) const {
  if (name.starts_with("$time.hit")) {
    if (!hit) return Lacks(name, fmt::format("the dataset has no snapshot in {}", region_));
    const std::int64_t shift = name.ends_with("minus_minute")  ? -60
                               : name.ends_with("plus_minute") ? 60
                                                               : 0;
    const std::string minute = Minute(hit->creation_time + shift);
    return name == "$time.hit.seconds" ? minute.substr(0, 16) + ":00Z" : minute;
  }
  std::vector<std::int64_t> times;
  for (const std::uint32_t at : positions_) times.push_back(dataset_.snapshots[at].creation_time);
  std::ranges::sort(times);
  if (times.empty()) return Lacks(name, fmt::format("the dataset has no snapshot in {}", region_));
  if (name == "$time.before_all") return Minute(times.front() - 60);
  if (name == "$time.after_all") return Minute(times.back() + 120);
  for (std::size_t i = times.size() / 2; i < times.size(); ++i) {
    const std::int64_t minute = (times[i] + 119) / 60 * 60;
    const auto next = std::ranges::upper_bound(times, minute - 60);
    const bool near = next != times.end() && *next < minute + 60;
    if (!near && times.front() < minute && times.back() > minute) return Minute(minute);
  }
  return Lacks(name, "the creation times leave no free minute between them");
}

Result<std::string> Placeholders::TagText(std::string_view name, const Snapshot* hit,
                                          bool lenient) const {
  if (name == "$tag.miss_key") return MissTag("no_such_key_");
  if (name == "$tag.miss_value") return MissTag("no_such_value_");
  if (name == "$tag.other_value") {
    const auto two = hit ? FindTwoValues(*hit) : std::nullopt;
    if (two) return two->other;
    return Lacks(name, "the snapshot has no tags of two different values");
  }
  std::string_view rest = name.substr(4);
  const std::size_t number = TakeNumber(rest).value_or(1);
  std::vector<Tag> tags = hit ? UsableTags(*hit) : std::vector<Tag>{};
  for (std::size_t i = 0; lenient && tags.size() < number && i < dataset_.snapshots.size(); ++i) {
    tags = UsableTags(dataset_.snapshots[i]);
  }
  if (number == 0 || tags.size() < number) {
    return Lacks(name, fmt::format("the dataset has no snapshot with {} in {}",
                                   CountText(number, "tag"), region_));
  }
  return rest.ends_with("key") ? tags[number - 1].key : tags[number - 1].value;
}

// ids.list.*: ids of the region, the chosen snapshot's first.
Result<std::string> Placeholders::Ids(std::string_view name, const Snapshot* hit) const {
  std::string_view rest = name.substr(4);
  const std::size_t count = TakeNumber(rest).value_or(0);
  Strings ids;
  if (hit && count > 0) ids.push_back((*hit)[Field::kSnapshotId]);
  for (const std::uint32_t position : positions_) {
    const std::string& id = dataset_.snapshots[position][Field::kSnapshotId];
    if (ids.size() < count && std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  }
  if (ids.size() < count) {
    return Lacks(name, ids.empty() ? fmt::format("the dataset has no snapshot in {}", region_)
                                   : fmt::format("the dataset has only {} in {}",
                                                 CountText(ids.size(), "snapshot"), region_));
  }
  if (rest == ".reversed") std::ranges::reverse(ids);
  if (rest == ".twice") {
    const Strings once = ids;
    ids.insert(ids.end(), once.begin(), once.end());
  }
  if (rest.starts_with(".padded")) {
    rest.remove_prefix(7);
    const std::size_t all = TakeNumber(rest).value_or(0);
    for (int n = 1; ids.size() < all; ++n) {
      const auto id = Miss(Field::kSnapshotId, n);
      if (!id) return Lacks(name, "the dataset has too many short ids");
      ids.push_back(*id);
    }
  }
  return JsonArray(ids);
}

Result<std::string> Placeholders::Placeholder(std::string_view name, const Snapshot* hit,
                                              bool lenient) const {
  if (name.starts_with("$region")) return Region(name);
  if (name.starts_with("$time.")) return Time(name, hit);
  if (name.starts_with("$tag.")) return TagText(name, hit, lenient);
  if (name.starts_with("$ids.")) return Ids(name, hit);
  if (name.starts_with("$token.")) return std::string(name);
  if (name.starts_with("$crowd.")) return Crowd(name);
  if (name == "$group.default") {
    if (!dataset_.default_resource_group.empty()) return dataset_.default_resource_group;
    return Lacks(name, "no answer shows which group is the default one");
  }
  if (name == "$link.unused") {
    for (const std::string& link : dataset_.snapshot_links) {
      if (std::ranges::none_of(dataset_.snapshots, [&](const Snapshot& snapshot) {
            return snapshot[Field::kSnapshotLinkId] == link;
          })) {
        return link;
      }
    }
    return Lacks(name, "the dataset has a snapshot of every chain");
  }
  const std::size_t dot = name.find('.');
  const FieldInfo* field =
      dot == std::string_view::npos ? nullptr : FindField(name.substr(dot + 1));
  if (!field) return Lacks(name, "not a placeholder (see spec/cases.md)");
  return OfSnapshot(name.substr(0, dot), *field, hit, lenient);
}

// Reads a text from left to right.
class Placeholders::Replacement {
 public:
  Replacement(const Placeholders& placeholders, const Snapshot* hit, bool lenient)
      : placeholders_(placeholders), hit_(hit), lenient_(lenient) {}

  Result<std::string> Run(std::string_view text) {
    std::string out;
    while (!text.empty()) {
      const std::size_t dollar = std::min(text.find('$'), text.size());
      out += text.substr(0, dollar);
      text.remove_prefix(dollar);
      if (text.empty()) break;
      const std::string_view name = TakeName(text);
      Result<std::string> value = IsFunction(name) && text.starts_with("(")
                                      ? Function(name, text)
                                      : placeholders_.Placeholder(name, hit_, lenient_);
      if (!value) return value;
      out += *value;
    }
    return out;
  }

 private:
  static bool IsFunction(std::string_view name) {
    return name == "$upper" || name == "$lower" || name == "$escaped" || name == "$repeat" ||
           name == "$beginning" || name == "$ending" || name == "$swapped" || name == "$octets";
  }

  // The name of the placeholder, dots included; `text` then begins behind it.
  static std::string_view TakeName(std::string_view& text) {
    const std::string name = PlaceholdersIn(text).front();
    const std::string_view taken = text.substr(0, name.size());
    text.remove_prefix(name.size());
    return taken;
  }

  Result<std::string> Function(std::string_view name, std::string_view& text) {
    const std::size_t end = std::min(text.find(')'), text.size() - 1);
    std::string_view inner = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    std::size_t times = 1;
    if (name == "$repeat") {
      const std::size_t comma = inner.rfind(',');
      if (comma == std::string_view::npos) return Lacks(name, "`$repeat(TEXT,N)` is expected");
      times = std::strtoul(std::string(inner.substr(comma + 1)).c_str(), nullptr, 10);
      inner = inner.substr(0, comma);
    }
    if (name == "$octets") {
      const auto octets = OctetsOf(inner);
      return octets ? Result<std::string>(*octets)
                    : Lacks(name, "pairs of hex digits are expected");
    }
    Result<std::string> value = Replacement(placeholders_, hit_, lenient_).Run(inner);
    if (!value) return value;
    if (name == "$upper") return Map(*value, CapitalLetter);
    if (name == "$lower") return SmallLetters(*value);
    if (name == "$swapped") return SwappedLetters(*value);
    if (name == "$escaped") return Escaped(*value);
    if (name == "$beginning") return value->substr(0, MiddleOf(*value));
    if (name == "$ending") return value->substr(MiddleOf(*value));
    std::string repeated;
    for (std::size_t i = 0; i < times; ++i) repeated += *value;
    return repeated;
  }

  const Placeholders& placeholders_;
  const Snapshot* hit_;
  bool lenient_;
};

Result<std::string> Placeholders::Replace(std::string_view text, const Snapshot* hit,
                                          bool lenient) const {
  return Replacement(*this, hit, lenient).Run(text);
}

void Placeholders::AddTags(const std::string& count, const Snapshot* hit, Request& request) const {
  const std::size_t number = std::strtoul(count.c_str(), nullptr, 10);
  std::vector<Tag> tags = hit ? UsableTags(*hit) : std::vector<Tag>{};
  for (std::size_t i = 1; i <= number; ++i) {
    const bool own = i <= tags.size();
    const std::string prefix = fmt::format("Tag.{}.", i);
    request.parameters.push_back(
        {prefix + "Key", own ? tags[i - 1].key : fmt::format("{}_{}", MissTag("no_such_key_"), i)});
    request.parameters.push_back(
        {prefix + "Value",
         own ? tags[i - 1].value : fmt::format("{}_{}", MissTag("no_such_value_"), i)});
  }
}

}  // namespace assay
