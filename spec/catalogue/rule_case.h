#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/record/request.h"

namespace assay {

// What a case expects besides the judge's verdict. The vocabulary is closed; everything set must
// hold. Values may hold placeholders (`$hit.SourceDiskId`), see spec/cases.md.
struct Expectation {
  std::optional<bool> accepted;        // 200 and a list
  std::optional<std::string> refused;  // a 4xx; with that code if it is not ""
  std::optional<int> page_number;
  std::optional<int> page_size;
  std::optional<int> total_count;
  std::optional<bool> next_token;  // NextToken is given and not empty, or is not
  std::optional<int> items;        // number of snapshots listed
  std::optional<int> at_most;      // an upper limit of that number
  std::optional<bool> empty;       // no snapshot listed, or some
  std::string same_as;             // name of another case: the same snapshots listed
  std::string subset_of;           // … each listed there too
  std::string disjoint_from;       // … none listed there
  std::vector<std::pair<std::string, std::string>> every;  // field, value of every snapshot listed
};

// One change to the smallest valid request (Action and RegionId).
struct RuleCase {
  std::string name;
  std::string method = "GET";
  Placement placement = Placement::kQuery;
  std::string format;  // "json", "xml"; "" for the run's
  FormEncoding encoding = FormEncoding::kPercent;
  Forgery forgery = Forgery::kNone;
  std::vector<std::pair<std::string, std::string>> set;  // in file order; a name may repeat
  std::vector<std::string> unset;
  // Field, value of the snapshot that `$hit` speaks of; the value "" means that it is unset there.
  std::vector<std::pair<std::string, std::string>> where;
  Expectation expect;
};

// The placeholders in a text, in order, without the arguments of functions: "$upper",
// "$hit.Status".
std::vector<std::string> PlaceholdersIn(std::string_view text);

// The forms that a placeholder may have, as spec/cases.md lists them: "$hit.FIELD",
// "$repeat(TEXT,N)".
std::span<const std::string_view> PlaceholderForms();

// Whether the placeholder has one of those forms. Only the name of a function counts.
bool IsPlaceholder(std::string_view placeholder);

// The octets of an even number of capital hex digits: what `$octets(HEX)` stands for.
std::optional<std::string> OctetsOf(std::string_view hex);

}  // namespace assay
