#include "reference/findings/answer_digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "reference/wire/transport_failure.h"
#include "spec/text/quick_hash.h"

namespace assay {
namespace {

using Kind = ObservedValue::Kind;

std::uint64_t Mix(std::uint64_t hash, std::string_view text) { return MixQuickHash(hash, text); }
std::uint64_t Mix(std::uint64_t hash, const ObservedValue& value) {
  return Mix(Mix(hash, NameOf(value.kind)), value.text);
}
std::uint32_t Folded(std::uint64_t hash) { return static_cast<std::uint32_t>(hash ^ (hash >> 32)); }

// The part of a RequestId that is not chance: its type and its form.
std::string FormOf(std::string_view id) {
  std::string out;
  for (const char c : id) {
    out += c >= '0' && c <= '9' ? 'X' : c >= 'A' && c <= 'F' ? 'X' : c >= 'a' && c <= 'f' ? 'x' : c;
  }
  // Letters are chance, too; only lower case is a form.
  if (out.find('x') != std::string::npos) std::ranges::replace(out, 'X', 'x');
  return out;
}

std::uint64_t Outcome(const ObservedAnswer& answer, const Response& response) {
  if (!answer.readable) return Mix(0, response.body.empty() ? "empty" : "unreadable");
  return Mix(0, answer.IsError() ? "error" : answer.has_list ? "list" : "neither");
}

std::uint64_t Media(const ObservedAnswer& answer, const Response& response) {
  const std::string_view type = response.content_type;
  std::uint64_t hash = Mix(0, type.substr(0, type.find(';')));
  hash = Mix(hash, OtherEncodingName(answer, response));
  hash = Mix(hash, IsSlow(response) ? "slow" : "");
  return Mix(hash, !answer.readable ? "" : answer.xml ? "xml" : "json");
}

// What is wrong with its form: of the container of the list, or of the rest.
std::uint64_t Problems(const ObservedAnswer& answer, bool of_container) {
  std::uint64_t hash = 0;
  for (const Difference& problem : answer.problems) {
    if ((problem.rule == "response.snapshots.container"_rule) != of_container) continue;
    hash = Mix(Mix(hash, Id(problem.rule)), problem.shape);
  }
  return hash;
}

std::uint64_t Container(const ObservedAnswer& answer) {
  const std::uint64_t hash = Mix(Problems(answer, true), NameOf(answer.list_kind));
  return Mix(hash, answer.has_list ? "list" : "none");
}

}  // namespace

AnswerDigest AnswerDigester::Of(const ObservedAnswer& answer, const Response& response) {
  AnswerDigest out;
  out.parts[AnswerDigest::kOutcome] = Folded(Outcome(answer, response));
  out.parts[AnswerDigest::kStatus] = static_cast<std::uint32_t>(response.status);
  out.parts[AnswerDigest::kMedia] = Folded(Media(answer, response));
  out.parts[AnswerDigest::kProblems] = Folded(Problems(answer, false));
  if (!answer.readable) return out;
  out.parts[AnswerDigest::kCode] = Folded(Mix(0, answer.code));
  out.parts[AnswerDigest::kMessage] = Folded(Mix(0, answer.message));
  const bool again = !answer.request_id.text.empty() &&
                     !request_ids_.insert(QuickHash(answer.request_id.text)).second;
  out.parts[AnswerDigest::kRepeated] = again ? 1 : 0;
  const bool other_header =
      !response.request_id.empty() && response.request_id != answer.request_id.text;
  out.parts[AnswerDigest::kEnvelope] =
      Folded(Mix(Mix(0, fmt::format("{} {} {}", NameOf(answer.request_id.kind), other_header,
                                    NameOf(answer.host_id.kind))),
                 FormOf(answer.request_id.text)));
  out.parts[AnswerDigest::kContainer] = Folded(Container(answer));
  const auto add_number = [&out](AnswerDigest::Part kind, AnswerDigest::Part text,
                                 const ObservedValue& value) {
    out.parts[kind] = Folded(Mix(0, NameOf(value.kind)));
    out.parts[text] = Folded(Mix(0, value.text));
  };
  add_number(AnswerDigest::kPageSizeKind, AnswerDigest::kPageSize, answer.page_size);
  add_number(AnswerDigest::kPageNumberKind, AnswerDigest::kPageNumber, answer.page_number);
  add_number(AnswerDigest::kTotalCountKind, AnswerDigest::kTotalCount, answer.total_count);
  out.parts[AnswerDigest::kToken] = Folded(
      Mix(Mix(0, NameOf(answer.next_token.kind)), answer.next_token.text.empty() ? "" : "token"));
  std::array<std::uint64_t, kFieldCount> fields{}, field_kinds{};
  std::uint64_t ids = 0, tags = 0, kinds = 0;
  const auto add_kind = [](std::uint64_t& hash, Kind kind) {
    hash = (hash ^ static_cast<std::uint64_t>(kind)) * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 32;
  };
  for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
    const ObservedSnapshot& snapshot = answer.snapshots[i];
    ids = Mix(ids, snapshot[Field::kSnapshotId].text);
    const SeenSnapshot* const seen = snapshot.seen.get();
    for (std::size_t f = 0; f < kFieldCount; ++f) {
      fields[f] = MixQuickHash(fields[f],
                               seen ? seen->field_hashes[f] : QuickHash(snapshot.fields[f].text));
      add_kind(field_kinds[f], snapshot.fields[f].kind);
    }
    add_kind(kinds, snapshot.tags_kind);
    for (std::size_t t = 0; t < snapshot.tags.size(); ++t) {
      const auto& [key, value] = snapshot.tags[t];
      tags = MixQuickHash(tags, seen ? seen->tag_hashes[2 * t] : QuickHash(key.text));
      tags = MixQuickHash(tags, seen ? seen->tag_hashes[2 * t + 1] : QuickHash(value.text));
      add_kind(kinds, key.kind);
      add_kind(kinds, value.kind);
    }
  }
  out.parts[AnswerDigest::kList] = Folded(ids);
  out.parts[AnswerDigest::kTags] = Folded(tags);
  out.parts[AnswerDigest::kTagKinds] = Folded(kinds);
  for (std::size_t f = 0; f < kFieldCount; ++f) {
    out.parts[AnswerDigest::kFirstField + f] = Folded(fields[f]);
    out.parts[AnswerDigest::kFirstFieldKind + f] = Folded(field_kinds[f]);
  }
  if (answer.next_token.kind == ObservedValue::Kind::kText) out.next_token = answer.next_token.text;
  return out;
}

std::uint64_t AnswerDigest::Whole() const {
  std::uint64_t hash = 0;
  for (const std::uint32_t part : parts) hash = (hash ^ part) * 0x9E3779B97F4A7C15ULL;
  return hash;
}

AnswerDigest AnswerDigest::OfBroken(const Error& error) {
  const auto failure = FailureOf(error);
  const bool silent = error.what.find(kNothingCame) != std::string::npos;
  // What is malformed has many causes, and the words tell which; the numbers in them vary.
  std::string words;
  if (failure == TransportFailure::kMalformed || failure == TransportFailure::kNoHttp) {
    std::ranges::copy_if(error.what, std::back_inserter(words),
                         [](char c) { return c < '0' || c > '9'; });
  }
  AnswerDigest out;
  out.parts[kOutcome] = Folded(
      Mix(Mix(Mix(0, failure ? Beginning(*failure) : ""), silent ? "silent" : "bytes"), words));
  return out;
}

namespace {

AnswerDigest::Parts Different(const AnswerDigest& a, const AnswerDigest& b) {
  AnswerDigest::Parts out;
  for (std::size_t i = 0; i < AnswerDigest::kParts; ++i) out[i] = a.parts[i] != b.parts[i];
  return out;
}

// The parts that do not follow from one of those that differ.
AnswerDigest::Parts Comparable(const AnswerDigest::Parts& different) {
  using enum AnswerDigest::Part;
  using Parts = AnswerDigest::Parts;
  static const Parts kOfAnyAnswer = Parts().set(kOutcome).set(kMedia).set(kEnvelope).set(kRepeated);
  static const Parts kOfAnError = Parts(kOfAnyAnswer).set(kStatus).set(kCode).set(kMessage);
  static const Parts kOfAList = ~(Parts().set() << kTags);
  if (different[kOutcome]) return kOfAnyAnswer;
  if (different[kStatus] || different[kCode] || different[kMessage]) return kOfAnError;
  return different[kList] ? kOfAList : Parts().set();
}

}  // namespace

AnswerDigest::Parts AnswerDigest::Unlike(const AnswerDigest& other) const {
  const Parts different = Different(*this, other);
  return different & Comparable(different);
}

AnswerDigest::Parts AnswerDigest::Alike(const AnswerDigest& other) const {
  const Parts different = Different(*this, other);
  return ~different & Comparable(different);
}

bool AnswerDigest::Agrees(const AnswerDigest& other, const Parts& which) const {
  for (std::size_t i = 0; i < kParts; ++i) {
    if (which[i] && parts[i] != other.parts[i]) return false;
  }
  return true;
}

std::size_t Distance(const AnswerDigest::Parts& unlike) {
  constexpr std::size_t kOfList = 8,
                        kOfOutcome = 16;  // parts that are wrong in a list, at most nearly always
  const bool outcome = unlike[AnswerDigest::kOutcome] || unlike[AnswerDigest::kStatus];
  return unlike.count() + (outcome ? kOfOutcome : unlike[AnswerDigest::kList] ? kOfList : 0);
}

namespace {

// What a rule about the form of one part speaks of; nothing if it is about more.
AnswerDigest::Parts PartsOfForm(Rule rule) {
  using enum AnswerDigest::Part;
  AnswerDigest::Parts out;
  const std::string_view id = Id(rule);
  const auto speaks_of = [&](std::string_view echo, std::string_view type) {
    return id == echo || id == type;
  };
  if (id.starts_with("response.tag")) out.set(kTags).set(kTagKinds);
  if (id == "response.snapshots.container") out.set(kContainer);
  if (speaks_of("page.size.echo", "response.page_size.type")) {
    out.set(kPageSize).set(kPageSizeKind);
  }
  if (speaks_of("page.number.echo", "response.page_number.type")) {
    out.set(kPageNumber).set(kPageNumberKind);
  }
  if (speaks_of("page.total_count.matches", "response.total_count.type")) {
    out.set(kTotalCount).set(kTotalCountKind);
  }
  for (const FieldInfo& info : kFields) {
    if (info.rule != kNoRule && info.rule == rule) {
      const auto field = static_cast<std::size_t>(info.field);
      out.set(kFirstField + field).set(kFirstFieldKind + field);
    }
  }
  return out.any() ? out.set(kProblems) : out;
}

}  // namespace

AnswerDigest::Parts PartsOf(const Difference& difference) {
  using enum AnswerDigest::Part;
  AnswerDigest::Parts out;
  switch (difference.aspect) {
    case Aspect::kOutcome:
      return out.set(kOutcome).set(kStatus).set(kCode).set(kMessage);
    case Aspect::kList:
      return out.set(kPageSize).set(kPageNumber).set(kTotalCount).set(kToken).set(kList);
    case Aspect::kForm:
      break;
  }
  // Each part may be wrong for a reason of its own.
  out = PartsOfForm(difference.rule);
  return out.any() ? out : ~AnswerDigest::Parts().set(kToken).set(kList);
}

bool ShowInOnePart(const Difference& a, const Difference& b) {
  return (PartsOf(a) & PartsOf(b)).reset(AnswerDigest::kProblems).any();
}

}  // namespace assay
