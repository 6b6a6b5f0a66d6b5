#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "reference/dataset.h"
#include "reference/moment.h"

namespace assay {

// What lists taught about the fields that no answer shows (InstanceId, SnapshotLinkId): a snapshot
// that is listed under a value has that value and no other; one that is left out where nothing but
// the value keeps it out has another. So the lists of a filter are held against each other.
class HiddenValues {
 public:
  // Whether the snapshot (by its position) has the value; nothing where that is open.
  std::optional<bool> Is(std::uint32_t position, Field field, std::string_view value) const;
  // Learns it from the exchange; what is known already stays.
  void Learn(std::uint32_t position, Field field, const std::string& value, bool has,
             std::uint64_t exchange);
  // The exchange that taught what Is() says; 0 where nothing did.
  std::uint64_t TaughtBy(std::uint32_t position, Field field, std::string_view value) const;

 private:
  struct Lesson {
    std::string value;
    std::uint64_t exchange = 0;
  };
  using Place = std::pair<std::uint32_t, Field>;

  std::map<Place, Lesson> values_;
  std::map<Place, std::map<std::string, std::uint64_t, std::less<>>> others_;  // that it has not
};

struct ObservedAnswer;
struct Plan;
struct Request;
// Teaches the dataset's hidden values what a right list says of the one hidden field that its
// request asks for; nothing where any reading may take the request otherwise.
void LearnHidden(std::uint64_t exchange, const Request& request, const Plan& plan,
                 const ObservedAnswer& answer, const Dataset& dataset);

// Whether what the request lists cannot be told: it filters by a field that some answers show
// nothing of, and snapshots were created that nobody knows but from answers.
bool IsHidden(const Standing& standing, const Request& request);

inline constexpr std::size_t kMadeUpStems = 3;
// A value that nobody has: the prefix, one of kMadeUpStems beginnings, and the number. No two
// letters and no two equal digits stand side by side in it, so that a short name is hardly ever a
// part of one.
std::string MadeUpValue(std::string_view prefix, std::size_t stem, int number);
// True for such a value, whatever its letter case, and for parts of it that are long enough.
bool IsMadeUp(std::string_view value);

}  // namespace assay
