#include "property/generators.h"

#include <rapidcheck.h>

#include <ostream>
#include <utility>

namespace assay {
namespace {

// A generator from a function that draws a value and one that lists its shrinks.
template <typename T, typename Draw, typename Shrinks>
rc::Gen<T> Drawn(Draw draw, Shrinks shrinks) {
  return [draw, shrinks](const rc::Random& random, int) {
    return rc::shrinkable::shrinkRecur(draw(Dice(random)), [shrinks](const T& value) {
      return rc::seq::fromContainer(shrinks(value));
    });
  };
}

Request Without(Request request, std::size_t parameter) {
  request.parameters.erase(request.parameters.begin() + static_cast<std::ptrdiff_t>(parameter));
  return request;
}

void AppendWithoutUnits(const Request& request, std::vector<Request>& out) {
  const std::size_t units = UnitsOf(request).size();
  if (units > 3) {
    // Halves first: most filters of a counterexample do not matter.
    for (const bool first : {true, false}) {
      std::vector<bool> dropped(units);
      for (std::size_t i = 0; i < units; ++i) dropped[i] = (i < units / 2) == first;
      out.push_back(WithoutUnits(request, dropped));
    }
  }
  for (std::size_t i = 0; i < units; ++i) {
    std::vector<bool> dropped(units);
    dropped[i] = true;
    out.push_back(WithoutUnits(request, dropped));
  }
}

void AppendSimplerValues(const Request& request, const Vocabulary& vocabulary,
                         std::vector<Request>& out) {
  for (std::size_t i = 0; i < request.parameters.size(); ++i) {
    const Parameter& parameter = request.parameters[i];
    for (std::string& value : vocabulary.Simpler(parameter.name, parameter.value)) {
      Request simpler = request;
      simpler.parameters[i].value = std::move(value);
      out.push_back(std::move(simpler));
    }
  }
}

std::vector<Request> ShrinkValid(const Request& request, const Vocabulary& vocabulary) {
  std::vector<Request> out;
  AppendWithoutUnits(request, out);
  for (std::size_t i = 0; i < request.parameters.size(); ++i) {
    const std::string_view name = request.parameters[i].name;
    // A key alone is a valid filter, too.
    if (name.starts_with("Tag.") && name.ends_with(".Value")) out.push_back(Without(request, i));
  }
  AppendSimplerValues(request, vocabulary, out);
  return out;
}

std::vector<Request> ShrinkAny(const Request& request, const Vocabulary& vocabulary) {
  std::vector<Request> out;
  AppendWithoutUnits(request, out);
  for (std::size_t i = 0; i < request.parameters.size(); ++i) {
    if (request.parameters[i].name == "Action") continue;
    out.push_back(Without(request, i));
  }
  if (request.method != "GET" || request.placement != Placement::kQuery) {
    out.push_back(request);
    out.back().method = "GET";
    out.back().placement = Placement::kQuery;
  }
  if (request.encoding != FormEncoding::kPercent) {
    out.push_back(request);
    out.back().encoding = FormEncoding::kPercent;
  }
  AppendSimplerValues(request, vocabulary, out);
  return out;
}

template <typename ShrinkRequest>
std::vector<LawCase> ShrinkCase(const LawCase& law_case, const ShrinkRequest& shrink_request) {
  std::vector<LawCase> out;
  for (std::size_t i = 0; law_case.requests.size() > 1 && i < law_case.requests.size(); ++i) {
    out.push_back(law_case);
    out.back().requests.erase(out.back().requests.begin() + static_cast<std::ptrdiff_t>(i));
  }
  for (std::size_t i = 0; i < law_case.requests.size(); ++i) {
    for (Request& request : shrink_request(law_case.requests[i])) {
      out.push_back(law_case);
      out.back().requests[i] = std::move(request);
    }
  }
  return out;
}

Reading DrawReading(Dice dice) {
  Reading reading{.name = "random", .pins = {}};
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    reading.pins.emplace_back(question.id, dice.Of(question.options).id);
  }
  return reading;
}

std::vector<Reading> ShrinkReading(const Reading& reading) {
  std::vector<Reading> out;
  for (std::size_t i = 0; i < reading.pins.size(); ++i) {
    const Option first = Catalogue::Get()[reading.pins[i].first].options.front().id;
    if (reading.pins[i].second == first) continue;
    out.push_back(reading);
    out.back().pins[i].second = first;
  }
  return out;
}

}  // namespace

rc::Gen<LawCase> ValidCases(std::shared_ptr<const Vocabulary> vocabulary) {
  return Drawn<LawCase>(
      [vocabulary](Dice dice) {
        LawCase out{.choice = dice.Number()};
        out.requests.push_back(vocabulary->DrawValid(dice));
        return out;
      },
      [vocabulary](const LawCase& law_case) {
        return ShrinkCase(
            law_case, [&](const Request& request) { return ShrinkValid(request, *vocabulary); });
      });
}

rc::Gen<LawCase> AnyCases(std::shared_ptr<const Vocabulary> vocabulary, std::size_t most) {
  return Drawn<LawCase>(
      [vocabulary, most](Dice dice) {
        LawCase out{.choice = dice.Number()};
        out.requests = vocabulary->DrawSequence(dice, most);
        return out;
      },
      [vocabulary](const LawCase& law_case) {
        return ShrinkCase(law_case,
                          [&](const Request& request) { return ShrinkAny(request, *vocabulary); });
      });
}

rc::Gen<Reading> Readings() { return Drawn<Reading>(DrawReading, ShrinkReading); }

void showValue(const LawCase& law_case, std::ostream& out) {
  for (const Request& request : law_case.requests) {
    out << request.method << ' ' << request.Text() << '\n';
  }
  out << "choice " << law_case.choice;
}

void showValue(const Reading& reading, std::ostream& out) {
  for (const auto& [question, option] : reading.pins) {
    if (option != Catalogue::Get()[question].options.front().id) {
      out << Id(question) << '=' << Id(option) << ' ';
    }
  }
}

}  // namespace assay
