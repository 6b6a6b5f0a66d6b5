#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reference/choices.h"
#include "reference/dataset.h"
#include "reference/message.h"

namespace assay {

// One restriction of the list. All filters of a plan are combined with AND.
struct Filter {
  enum class Kind {
    kNothing,        // matches no snapshot
    kEquals,         // field == value
    kEqualsAnyCase,  // the same, ASCII letter case ignored
    kOneOf,          // field is one of values
    kName,           // SnapshotName, as the reading has it
    kUsage,          // Usage; image_disk is a question
    kResourceGroup,  // ResourceGroupId; the default group is a question
    kUnencrypted,    // Encrypted=false, as the reading has it
    kCreatedAfter,   // creation_time against `seconds`
    kCreatedBefore,
    kTagKey,         // a tag with key `value`
    kTagPair,        // a tag with key `value` and value `second`
    kTagEmptyValue,  // a tag with key `value` and an empty value
  };
  Kind kind = Kind::kNothing;
  Rule rule = kNoRule;  // the rule that is broken where this filter is
  Field field = Field::kSnapshotId;
  std::string value;
  std::string second;
  std::vector<std::string> values;
  std::int64_t seconds = 0;
  bool to_the_minute = false;  // the time is a full minute …
  bool has_seconds = false;    // … though it was given with seconds
  friend bool operator==(const Filter&, const Filter&) = default;
};

// A NextToken that was given out: where the walk stands.
struct TokenOrigin {
  std::vector<Parameter> filters;  // FilterParameters() of the request that it answered
  std::string region;
  std::int64_t position = 0;               // snapshots delivered before
  std::optional<std::string> max_results;  // MaxResults of that request, as written
  bool used = false;                       // sent at least once before
  bool loose = false;  // position or size depend on what the target made of the request
  // Where each snapshot of the walk was delivered: position in the dataset -> page. Only the
  // judge keeps it; the server's tokens do not need it.
  std::shared_ptr<std::unordered_map<std::uint32_t, std::int64_t>> delivered;
  std::int64_t page = 0;  // pages delivered before
};

// Where the walk stands after a page of `count` snapshots under the plan.
TokenOrigin OriginAfter(const Request& request, const struct Plan& plan, std::int64_t count);

// Knows the tokens that were given out.
class Tokens {
 public:
  virtual ~Tokens() = default;
  virtual std::optional<TokenOrigin> Find(std::string_view token) const = 0;
  // True where the text is the beginning of a token that was given out.
  virtual bool IsCut(std::string_view token) const = 0;
};

// Which page of the list is asked for.
struct Paging {
  bool by_token = false;
  std::int64_t number = 1;       // page mode
  std::int64_t size = 10;        // entries a page, after all clamping
  std::int64_t largest = 10;     // token mode: the size that applies at most
  std::int64_t size_given = 10;  // the PageSize of the request where it counts as a number
  bool empty = false;            // an empty page whatever matches
  bool loose = false;            // any part of the matches, up to the size
  bool unknowable = false;       // any list: whose filters and position hold is the target's affair
  std::optional<TokenOrigin> origin;  // the walk that the token continues
};

// What one request means under one reading.
struct Plan {
  std::vector<Refusal> refusals;  // not empty: the request is refused with one of them
  bool may_be_refused = false;    // besides what `refusals` says, any refusal is right …
  std::vector<const ErrorInfo*> possible_errors;  // … with these codes too, reserved otherwise
  bool stop = false;                              // the explorer has seen enough
  bool dry_run = false;
  bool xml = false;
  std::string region;
  bool unseen_region = false;  // a region of which the state tells nothing
  std::vector<Filter> filters;
  bool by_ids = false;                    // SnapshotIds restricts the list …
  std::vector<std::uint32_t> candidates;  // … to these positions, ascending
  bool has_tags = false;
  bool has_group = false;
  Paging paging;
};

// The parameters that select snapshots, sorted: all but paging and what is common to all actions.
std::vector<Parameter> FilterParameters(const Request& request);

// Reads the request under the choices. `tokens` may be null where none was ever given out.
Plan MakePlan(const Request& request, const Dataset& dataset, const Tokens* tokens,
              Choices& choices);

// True where the state does not tell whether the snapshot satisfies the filter.
bool IsOpen(const Filter& filter, const Snapshot& snapshot, const Dataset& dataset);
// True where the snapshot satisfies the filter; false where that is open.
bool Matches(const Filter& filter, const Snapshot& snapshot, const Dataset& dataset,
             Choices& choices);

}  // namespace assay
