#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reference/describe_snapshots/model.h"
#include "reference/judge/asked_answer.h"

namespace assay {

// What all sane answers to one request have in common: where an open question decides the answer,
// nothing else may be demanded of it (design, section 1, "What may be accused").
class Bounds {
 public:
  Bounds(const AskedAnswer& asked, const Dataset& dataset) : asked_(asked), dataset_(dataset) {}

  // Adds the answer of one path through the open questions.
  void Add(const Answer& expected, Choices& choices);

  // What is wrong with the answer in any sane reading; nothing if it is within the bounds.
  // `questions` are those that the paths asked; `nearest` is what the nearest of them says.
  std::optional<Difference> Check(const std::vector<Question>& questions,
                                  const std::optional<Difference>& nearest, Choices& choices) const;

 private:
  bool IsOpen() const;
  std::optional<Difference> CheckError(bool odd, const std::optional<Difference>& nearest) const;
  std::optional<Difference> CheckList() const;
  std::optional<Difference> CheckMeanings(Choices& choices) const;
  void NoteFilters(const Answer& expected, Choices& choices);

  const AskedAnswer& asked_;
  const Dataset& dataset_;
  std::set<std::string> outcomes_;  // one text for each outcome that differs from the others
  bool any_list_ = false;           // a path that does not tell which list is right
  bool any_region_ = false;         // … nor of which region
  bool any_refusal_ = false;        // a path under which the request may be refused as well
  int listing_ = 0;                 // paths that list
  int refusing_ = 0;
  std::set<std::string> codes_;    // of their refusals
  std::set<std::string> regions_;  // of the paths that list
  std::set<bool> formats_;         // of the same: whether XML is asked for
  std::int64_t largest_page_ = 0;  // of the same
  bool any_place_ = false;         // a path that does not tell whose place and size a token has
  bool continues_ = true;          // every path that lists goes on with the walk of a token
  std::optional<Answer> list_;     // of the first path that lists …
  std::vector<std::uint32_t> all_match_, some_match_;  // … and of all of them
  // A snapshot that is listed: how many of the paths that list shut it out, and by which filters.
  struct ShutOut {
    int paths = 0;
    std::map<Rule, int> by;
  };
  std::vector<ShutOut> shut_out_;
};

}  // namespace assay
