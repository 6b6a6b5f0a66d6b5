#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <unordered_set>

#include "reference/answer/difference.h"
#include "reference/answer/observed.h"
#include "reference/wire/message.h"
#include "spec/catalogue/fields.h"
#include "spec/text/result.h"

namespace assay {

// What an answer says, whatever its spelling: request ids and tokens by their role, everything else
// by its value. It is kept by parts, so that of several mistakes in one answer each can be told by
// the parts that it changes. Equal answers have equal parts.
struct AnswerDigest {
  enum Part : std::size_t {
    kOutcome,  // an error, a list, or neither
    kStatus,   // the three follow from another outcome
    kCode,
    kMessage,
    kMedia,         // media type, encoding, JSON or XML, whether it came late
    kEnvelope,      // RequestId and HostId
    kRepeated,      // whether the RequestId was given before
    kProblems,      // what is wrong with its form
    kContainer,     // what the list is in
    kPageSizeKind,  // types of the numbers …
    kPageNumberKind,
    kTotalCountKind,
    kPageSize,  // … and their values
    kPageNumber,
    kTotalCount,
    kToken,  // whether there is a NextToken
    kList,   // ids, in their order
    kTags,
    kTagKinds,                                    // types of tags
    kFirstField,                                  // the values of each field from here on …
    kFirstFieldKind = kFirstField + kFieldCount,  // … and their types
    kParts = kFirstFieldKind + kFieldCount
  };
  using Parts = std::bitset<kParts>;

  std::array<std::uint32_t, kParts> parts{};
  std::string next_token = {};  // "" if there is none

  std::uint64_t Whole() const;  // equal if all parts are
  // Of the answer: what did not come whole has one part only.
  static AnswerDigest OfBroken(const Error& error);
  // The parts that differ; those that follow from another one left out.
  Parts Unlike(const AnswerDigest& other) const;
  // The parts that are equal; those that follow from one that differs left out.
  Parts Alike(const AnswerDigest& other) const;
  // True if all of these parts are equal.
  bool Agrees(const AnswerDigest& other, const Parts& which) const;
};

// How far two answers are apart that are unlike in these parts. Another outcome or list hides what
// else differs, and so counts for more than a few parts of an equal one.
std::size_t Distance(const AnswerDigest::Parts& unlike);

// The parts that the difference shows in.
AnswerDigest::Parts PartsOf(const Difference& difference);
// False if each is about a part of its own, so that what mends one leaves the other.
bool ShowInOnePart(const Difference& a, const Difference& b);

class AnswerDigester {
 public:
  // `answer` is the response as it was read.
  AnswerDigest Of(const ObservedAnswer& answer, const Response& response);

 private:
  std::unordered_set<std::size_t> request_ids_;
};

}  // namespace assay
