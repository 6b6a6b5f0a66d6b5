#include "conformance/cases/combinations.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

// Percent of the tuples that can occur at all.
double ShareCovered(const CoveringArray& array) {
  const std::size_t feasible = array.tuples - array.infeasible;
  return feasible == 0 ? 100.0
                       : 100.0 * static_cast<double>(array.covered) / static_cast<double>(feasible);
}

Json RequestJson(const Request& request) {
  Json parameters = Json::array();
  for (const Parameter& parameter : request.parameters) {
    parameters.push_back(Json::array({parameter.name, parameter.value}));
  }
  return {{"method", request.method},
          {"placement", NameOf(request.placement)},
          {"parameters", std::move(parameters)}};
}

Json RowsJson(const ParameterModel& model, const std::vector<Row>& rows) {
  Json out = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Json values = Json::object();
    for (std::size_t p = 0; p < rows[i].size(); ++p) {
      const AbstractParameter& parameter = model.parameters()[p];
      values[std::string(parameter.name)] = parameter.values[rows[i][p]].name;
    }
    out.push_back({{"row", i + 1},
                   {"values", std::move(values)},
                   {"request", RequestJson(model.MakeRequest(rows[i], i))}});
  }
  return out;
}

std::string RowsText(const ParameterModel& model, const std::vector<Row>& rows) {
  std::string out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Request request = model.MakeRequest(rows[i], i);
    out += fmt::format("{:5}  {}\n       {} {} {}\n", i + 1, model.Describe(rows[i]),
                       request.method, NameOf(request.placement), request.Text());
  }
  return out;
}

}  // namespace

Result<Combinations> MakeCombinations(const CaseMaker& home, SuiteFormat format, int strength,
                                      std::uint64_t seed) {
  ParameterModel model(home, format);
  Result<CoveringArray> array = Cover(model.covering(), strength, seed);
  if (!array) return array.error();
  std::vector<Row> precedence = model.PrecedenceRows();
  return Combinations{std::move(model), std::move(*array), std::move(precedence)};
}

TestOutcome RunRows(SuiteContext& context, const ParameterModel& model,
                    const std::vector<Row>& rows, std::size_t first, std::size_t count,
                    const Origin& origin) {
  TestOutcome outcome;
  std::vector<Request> requests;
  for (std::size_t i = first; i < std::min(first + count, rows.size()); ++i) {
    requests.push_back(model.MakeRequest(rows[i], i));
  }
  for (const ScriptResult& result : SendAll(context, origin, std::move(requests))) {
    AddViolations(result, outcome);
  }
  return outcome;
}

std::string CombinationsText(const Combinations& combinations, int strength, std::uint64_t seed) {
  std::string out = fmt::format("Combinations of strength {}, seed {}\n\n", strength, seed);
  out += RowsText(combinations.model, combinations.array.rows);
  out += "\nPairs of errors: which one is told is the target's choice\n\n";
  out += RowsText(combinations.model, combinations.precedence);
  const CoveringArray& array = combinations.array;
  out += fmt::format(
      "\n{} rows and {} pairs of errors. {} of {} choices of {} values are covered ({:.1f} %); {} "
      "more cannot occur.\n",
      array.rows.size(), combinations.precedence.size(), array.covered,
      array.tuples - array.infeasible, strength, ShareCovered(array), array.infeasible);
  for (const std::string& why : combinations.model.left_out()) {
    out += fmt::format("left out: {}\n", why);
  }
  return out;
}

std::string CombinationsJson(const Combinations& combinations, int strength, std::uint64_t seed) {
  const CoveringArray& array = combinations.array;
  const Json out = {{"format", "assay-cases/1"},
                    {"strength", strength},
                    {"seed", seed},
                    {"tuples", array.tuples},
                    {"covered", array.covered},
                    {"infeasible", array.infeasible},
                    {"percent_covered", ShareCovered(array)},
                    {"left_out", combinations.model.left_out()},
                    {"rows", RowsJson(combinations.model, array.rows)},
                    {"precedence", RowsJson(combinations.model, combinations.precedence)}};
  return out.dump(1) + "\n";
}

}  // namespace assay
