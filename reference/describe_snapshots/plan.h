#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reference/reading/choices.h"
#include "reference/state/dataset.h"
#include "reference/wire/message.h"

namespace assay {

class HiddenValues;

// One restriction of the list. All filters of a plan are combined with AND.
struct Filter {
  enum class Kind {
    kNothing,        // matches no snapshot
    kEquals,         // field == value
    kEqualsAnyCase,  // the same, ASCII letter case ignored
    kOneOf,          // field is one of values
    kName,           // SnapshotName; how it is compared is a question
    kUsage,          // Usage; image_disk is a question
    kResourceGroup,  // ResourceGroupId; the default group is a question
    kUnencrypted,    // Encrypted=false; what it selects is a question
    kCreatedAfter,   // creation_time against `seconds`
    kCreatedBefore,
    kTagKey,         // a tag with key `value`
    kTagPair,        // a tag with key `value` and value `second`
    kTagEmptyValue,  // a tag with key `value` and an empty value
  };
  Kind kind = Kind::kNothing;
  Rule rule = kNoRule;  // the rule that a mistake with this filter breaks
  Field field = Field::kSnapshotId;
  std::string value;
  std::string second;
  std::vector<std::string> values;
  std::int64_t seconds = 0;
  bool to_the_minute = false;       // the time is a full minute …
  bool has_seconds = false;         // … though it was given with seconds
  bool minute_of_creation = false;  // is what it is compared with
  friend bool operator==(const Filter&, const Filter&) = default;
};

// A NextToken that was given out: how far the walk is.
struct TokenOrigin {
  std::vector<Parameter> filters;  // FilterParameters() of the request that it answered
  std::string region;
  std::int64_t position = 0;               // snapshots delivered before
  std::optional<std::string> max_results;  // MaxResults of that request, as written
  bool used = false;                       // a page was listed by it before
  bool perhaps_used = false;               // sent before, but what became of it does not tell
  bool loose = false;  // position or size depend on what the target made of the request
  // Where each snapshot of the walk was delivered: position in the dataset -> page. Only the
  // judge keeps it; the server's tokens do not need it.
  std::shared_ptr<std::unordered_map<std::uint32_t, std::int64_t>> delivered;
  std::int64_t page = 0;  // pages delivered before
};

// How far the walk is after a page of `count` snapshots under the plan.
TokenOrigin OriginAfter(const Request& request, const struct Plan& plan, std::int64_t count);

// Knows the tokens that were given out.
class Tokens {
 public:
  virtual ~Tokens() = default;
  virtual std::optional<TokenOrigin> Find(std::string_view token) const = 0;
  // True if the text is the beginning of a token that was given out.
  virtual bool IsCut(std::string_view token) const = 0;
};

// Entries a page unless the request says otherwise ("Default value: 10").
inline constexpr std::int64_t kDefaultPageSize = 10;
// "Maximum value: 100" (page.size.maximum, token.max_results.maximum).
inline constexpr std::int64_t kMaximumPageSize = 100;

// Which page of the list is asked for.
struct Paging {
  bool by_token = false;
  std::int64_t number = 1;                  // page mode
  std::int64_t size = kDefaultPageSize;     // entries a page, after all clamping
  std::int64_t largest = kDefaultPageSize;  // token mode: the size that applies at most
  std::int64_t size_given =
      kDefaultPageSize;     // the PageSize of the request if it counts as a number
  bool empty = false;       // an empty page whatever matches
  bool loose = false;       // any part of the matches, up to the size
  bool unknowable = false;  // any list: the target chooses whose filters and position hold
  bool instead = false;     // the last page, in place of one past the end
  std::optional<TokenOrigin> origin;  // the walk that the token continues
};

// What one request means under one reading.
struct Plan {
  std::vector<Refusal> refusals;  // not empty: the request is refused with one of them
  bool may_be_refused = false;    // besides what `refusals` says, any refusal is right …
  std::vector<const ErrorInfo*> possible_errors;  // … with these codes too, reserved otherwise
  Rule discouraged = kNoRule;  // the rule that any refusal breaks, if nothing else allows it
  bool stop = false;           // the explorer has seen enough
  bool dry_run = false;
  bool xml = false;
  std::string region;
  bool unseen_region = false;  // a region about which the state says nothing
  std::vector<Filter> filters;
  bool by_ids = false;                    // SnapshotIds restricts the list …
  std::vector<std::uint32_t> candidates;  // … to these positions, ascending
  bool has_tags = false;
  bool has_group = false;
  Paging paging;
  const HiddenValues* hidden = nullptr;  // what is known of fields that no answer shows; or null
};

// Reads the request under the choices. `tokens` may be null if none was ever given out.
Plan MakePlan(const Request& request, const Dataset& dataset, const Tokens* tokens,
              Choices& choices);

}  // namespace assay
