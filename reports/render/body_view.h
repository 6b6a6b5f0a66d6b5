#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// A body in lines a person can read: JSON and XML with an element a line, anything else as it is.
std::vector<std::string> ReadableLines(std::string_view body);

// The lines with each snapshot of a list on one: its id, and those of its fields that are named, on
// lines of their own if they are long.
std::vector<std::string> CollapseSnapshots(const std::vector<std::string>& lines,
                                           const std::vector<std::string>& fields);

// The lines with members and snapshots in the order in which the model has them.
std::vector<std::string> InOrderOf(const std::vector<std::string>& model,
                                   const std::vector<std::string>& lines);

// The fields, by name, that differ in snapshots which both bodies list.
std::vector<std::string> DifferingFields(const std::vector<std::string>& left,
                                         const std::vector<std::string>& right);

// Two texts beside each other, line by line.
struct ComparedLine {
  enum class Kind { kSame, kDifferent, kGap };
  Kind kind = Kind::kSame;
  std::string left, right;  // of a gap: how many lines are left out
};
// Lines that are equal stand side by side; those far from a difference are left out. Request ids
// and tokens, which differ by chance, count as equal. Empty if there is no difference.
std::vector<ComparedLine> CompareLines(const std::vector<std::string>& left,
                                       const std::vector<std::string>& right);

// The lines that speak of what a text names (ids of snapshots, words in quotes), with some around
// them; the beginning if there are none. At most `most`.
std::vector<std::string> Excerpt(const std::vector<std::string>& lines, std::string_view text,
                                 std::size_t most);

// The values of SnapshotId in a body, JSON or XML, in order.
std::vector<std::string> ListedIds(std::string_view body);

// The ids of snapshots that a text names, in order, each once.
std::vector<std::string> NamedIds(std::string_view text);

}  // namespace assay
