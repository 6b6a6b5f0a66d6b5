#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "reference/findings/reproduction.h"
#include "spec/record/token_trail.h"

namespace assay {
namespace {

constexpr std::size_t kLongText = 16;  // bytes; shorter ones are read at a glance

std::optional<std::int64_t> NumberOf(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && std::to_string(number) == text ? std::optional(number) : std::nullopt;
}

// Smaller numbers; but a walk is smaller if its pages are larger.
std::vector<std::string> SimplerNumbers(const std::string& name, std::int64_t number, bool walk) {
  std::vector<std::string> out;
  if (walk && (name == "PageSize" || name == "MaxResults")) {
    for (const std::int64_t size : {100, 50, 20, 10}) {
      if (size > number) out.push_back(std::to_string(size));
    }
    return out;
  }
  std::set<std::int64_t> smaller{1, 2, 10, number / 2, number - 1};
  for (const std::int64_t candidate : smaller) {
    if (candidate > 0 && candidate < number) out.push_back(std::to_string(candidate));
  }
  return out;
}

// Halves of the list and, if it is short, the list without each one.
std::vector<std::string> SimplerLists(const nlohmann::json& list) {
  std::vector<std::string> out;
  const auto size = static_cast<std::ptrdiff_t>(list.size());
  const std::vector<nlohmann::json> items(list.begin(), list.end());
  const auto part = [&](std::ptrdiff_t from, std::ptrdiff_t to) {
    out.push_back(nlohmann::json(std::vector(items.begin() + from, items.begin() + to)).dump());
  };
  if (size >= 2) part(0, size / 2);
  if (size >= 2) part(size / 2, size);
  if (size > 2 && size <= 8) {
    for (std::ptrdiff_t i = 0; i < size; ++i) {
      std::vector<nlohmann::json> rest = items;
      rest.erase(rest.begin() + i);
      out.push_back(nlohmann::json(rest).dump());
    }
  }
  return out;
}

// Halves, cut between characters.
std::vector<std::string> SimplerTexts(const std::string& text) {
  if (text.size() <= kLongText) return {};
  std::size_t middle = text.size() / 2;
  while (middle > 0 && (static_cast<unsigned char>(text[middle]) & 0xC0) == 0x80) --middle;
  return {text.substr(0, middle), text.substr(middle)};
}

std::vector<std::string> SimplerValues(const Parameter& parameter, bool walk) {
  if (const auto number = NumberOf(parameter.value)) {
    return SimplerNumbers(parameter.name, *number, walk);
  }
  const bool flat = parameter.value.starts_with('[') &&
                    parameter.value.find_first_of("[{", 1) == std::string::npos;
  if (flat) {
    const auto list = nlohmann::json::parse(parameter.value, nullptr, false);
    if (list.is_array()) return SimplerLists(list);
  }
  // Half of a token or of an action means something else.
  const bool whole = parameter.name == "NextToken" || parameter.value == "DescribeSnapshots";
  return whole ? std::vector<std::string>() : SimplerTexts(parameter.value);
}

// "Tag.3." for Tag.3.Key: parameters that mean something together.
std::string FamilyOf(const std::string& name) {
  const std::size_t dot = name.find('.');
  const std::size_t end = dot == std::string::npos ? dot : name.find('.', dot + 1);
  return end == std::string::npos ? "" : name.substr(0, end + 1);
}

class Simpler {
 public:
  explicit Simpler(const Steps& steps) : steps_(steps) {}

  std::vector<Steps> All() {
    Transport();
    DropSteps();
    std::set<std::string> families, names;
    for (const Request& step : steps_) {
      for (const Parameter& parameter : step.parameters) {
        families.insert(FamilyOf(parameter.name));
        names.insert(parameter.name);
      }
    }
    families.erase("");
    names.erase("Action");
    for (const std::string& family : families) {
      Drop([&](const Parameter& parameter) { return parameter.name.starts_with(family); });
    }
    for (const std::string& name : names) {
      Drop([&](const Parameter& parameter) { return parameter.name == name; });
    }
    DropRepeated();
    Values();
    return std::move(out_);
  }

 private:
  void Transport() {
    Change([](Request& step) { step.encoding = FormEncoding::kPercent; });
    Change([](Request& step) {
      if (step.method != "POST") return;
      step.method = "GET";
      step.placement = Placement::kQuery;
    });
  }

  // Keeps the candidates that change anything.
  template <typename Edit>
  void Change(const Edit& edit) {
    Steps candidate = steps_;
    for (Request& step : candidate) edit(step);
    if (!(candidate == steps_)) out_.push_back(std::move(candidate));
  }

  template <typename Drops>
  void Drop(const Drops& drops) {
    Change([&](Request& step) { std::erase_if(step.parameters, drops); });
  }

  // Each one of a name that occurs more than once in a step.
  void DropRepeated() {
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      for (std::size_t i = 0; i < steps_[s].parameters.size(); ++i) {
        const std::string& name = steps_[s].parameters[i].name;
        if (std::ranges::count(steps_[s].parameters, name, &Parameter::name) < 2) continue;
        Steps candidate = steps_;
        candidate[s].parameters.erase(candidate[s].parameters.begin() +
                                      static_cast<std::ptrdiff_t>(i));
        out_.push_back(std::move(candidate));
      }
    }
  }

  // A step whose token no other step needs, except the last one.
  void DropSteps() {
    for (std::size_t gone = 0; gone + 1 < steps_.size(); ++gone) {
      Steps candidate;
      bool needed = false;
      for (std::size_t s = 0; s < steps_.size(); ++s) {
        if (s == gone) continue;
        candidate.push_back(steps_[s]);
        for (Parameter& parameter : candidate.back().parameters) {
          const auto token = ParseTokenReference(parameter.value);
          if (!token) continue;
          needed |= token->number() == gone + 1;
          if (token->number() > gone + 1) parameter.value = TokenOfAnswer(token->number() - 1);
        }
      }
      if (!needed) out_.push_back(std::move(candidate));
    }
  }

  // The same value in every step that has it.
  void Values() {
    std::set<std::pair<std::string, std::string>> seen;
    for (const Request& step : steps_) {
      for (const Parameter& parameter : step.parameters) {
        if (!seen.emplace(parameter.name, parameter.value).second) continue;
        for (const std::string& simpler : SimplerValues(parameter, steps_.size() > 1)) {
          Change([&](Request& other) {
            for (Parameter& p : other.parameters) {
              if (p.name == parameter.name && p.value == parameter.value) p.value = simpler;
            }
          });
        }
      }
    }
  }

  const Steps& steps_;
  std::vector<Steps> out_;
};

}  // namespace

std::vector<Steps> SimplerSteps(const Steps& steps) { return Simpler(steps).All(); }

}  // namespace assay
