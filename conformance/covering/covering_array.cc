#include "conformance/covering/covering_array.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "conformance/covering/covering_greedy.h"
#include "conformance/covering/covering_reduction.h"
#include "conformance/covering/tuple_index.h"
#include "spec/text/random.h"

namespace assay {
namespace {

// What one array has to cover: all tuples of the valid values, in rows of valid values. If a cell
// is fixed, every row has it too, and the tuples are those of the other parameters.
class Problem {
 public:
  Problem(const CoveringModel& model, std::optional<Cell> fixed)
      : parameters_(model.invalid.size()), fixed_(fixed), rules_(Rules(model)) {}

  const RowRules& rules() const { return rules_; }
  bool HasEmptyDomain() const {
    return std::count(rules_.sizes().begin(), rules_.sizes().end(), 0) > 0;
  }

  // A row of this problem with the values and parameters of the model.
  Row InModel(const Row& row) const {
    Row whole(parameters_);
    if (fixed_) whole[fixed_->first] = static_cast<std::uint16_t>(fixed_->second);
    for (std::size_t i = 0; i < row.size(); ++i) whole[parameter_[i]] = domains_[i][row[i]];
    return whole;
  }

 private:
  RowRules Rules(const CoveringModel& model);
  // Whether rows of this problem may contain the set; drops what the fixed cell settles.
  bool Project(const std::vector<Cell>& set, std::vector<Cell>* projected) const;

  std::size_t parameters_;
  std::optional<Cell> fixed_;
  std::vector<int> parameter_;                       // by parameter here
  std::vector<std::vector<std::uint16_t>> domains_;  // by parameter here
  std::vector<std::vector<int>> local_;              // by parameter and value in the model, or -1
  RowRules rules_;
};

RowRules Problem::Rules(const CoveringModel& model) {
  std::vector<int> sizes;
  for (int p = 0; p < static_cast<int>(parameters_); ++p) {
    std::vector<std::uint16_t> domain;
    std::vector<int> local;
    for (const bool is_invalid : model.invalid[p]) {
      if (!is_invalid) domain.push_back(static_cast<std::uint16_t>(local.size()));
      local.push_back(is_invalid ? -1 : static_cast<int>(domain.size()) - 1);
    }
    local_.push_back(std::move(local));
    if (fixed_ && fixed_->first == p) continue;
    parameter_.push_back(p);
    sizes.push_back(static_cast<int>(domain.size()));
    domains_.push_back(std::move(domain));
  }
  std::vector<std::vector<Cell>> forbidden;
  for (const std::vector<Cell>& set : model.forbidden) {
    std::vector<Cell> projected;
    if (Project(set, &projected)) forbidden.push_back(std::move(projected));
  }
  return RowRules(std::move(sizes), std::move(forbidden));
}

bool Problem::Project(const std::vector<Cell>& set, std::vector<Cell>* projected) const {
  for (const Cell& cell : set) {
    if (fixed_ && cell.first == fixed_->first) {
      if (cell != *fixed_) return false;
      continue;
    }
    const int value = local_[cell.first][cell.second];
    if (value < 0) return false;
    const int shift = fixed_ && cell.first > fixed_->first ? 1 : 0;
    projected->emplace_back(cell.first - shift, value);
  }
  return true;
}

// The tuples that rows can hold, and a number of rows below which no array holds them.
struct Wanted {
  std::vector<TupleIndex::Id> tuples;
  std::size_t bound = 0;
};

bool HasConstrained(const RowRules& rules, const TupleIndex& index, std::size_t subset) {
  for (int i = 0; i < index.strength(); ++i) {
    if (rules.IsConstrained(index.Parameter(subset, i))) return true;
  }
  return false;
}

// A row holds one tuple of each subset, so the subset with the most tuples gives the bound.
Wanted FindFeasible(const RowRules& rules, const Row& allowed, const TupleIndex& index) {
  Wanted wanted;
  for (std::size_t subset = 0; subset < index.subsets(); ++subset) {
    const std::size_t before = wanted.tuples.size();
    const bool is_constrained = HasConstrained(rules, index, subset);
    for (TupleIndex::Id tuple = index.First(subset); tuple < index.First(subset + 1); ++tuple) {
      if (is_constrained && !rules.FindRow(index.Cells(tuple), allowed)) continue;
      wanted.tuples.push_back(tuple);
    }
    wanted.bound = std::max(wanted.bound, wanted.tuples.size() - before);
  }
  return wanted;
}

// Rows for the tuples of one problem.
CoveringArray Solve(const Problem& problem, int strength, const CoveringEffort& effort,
                    Random* random) {
  CoveringArray array;
  const RowRules& rules = problem.rules();
  array.tuples = static_cast<std::size_t>(TupleIndex::Count(rules.sizes(), strength));
  std::optional<Row> allowed;
  if (!problem.HasEmptyDomain()) allowed = rules.FindRow({}, Row(rules.sizes().size()));
  if (!allowed) {
    array.infeasible = array.tuples;
    return array;
  }
  if (strength == 0) {
    array.covered = array.tuples;
    array.rows = {problem.InModel(*allowed)};
    return array;
  }
  const TupleIndex index(rules.sizes(), strength);
  Wanted wanted = FindFeasible(rules, *allowed, index);
  array.covered = wanted.tuples.size();
  array.infeasible = array.tuples - array.covered;
  std::vector<Row> rows =
      BuildGreedily(rules, index, std::move(wanted.tuples), effort.candidates, random);
  rows = Reduce(rules, index, std::move(rows), wanted.bound, effort.steps, random);
  for (const Row& row : rows) array.rows.push_back(problem.InModel(row));
  return array;
}

void Append(const CoveringArray& part, CoveringArray* whole) {
  whole->rows.insert(whole->rows.end(), part.rows.begin(), part.rows.end());
  whole->tuples += part.tuples;
  whole->covered += part.covered;
  whole->infeasible += part.infeasible;
}

std::vector<Cell> InvalidCells(const CoveringModel& model) {
  std::vector<Cell> cells;
  for (int p = 0; p < static_cast<int>(model.invalid.size()); ++p) {
    for (int v = 0; v < static_cast<int>(model.invalid[p].size()); ++v) {
      if (model.invalid[p][v]) cells.emplace_back(p, v);
    }
  }
  return cells;
}

bool IsTooLarge(std::vector<int> sizes, int strength) {
  if (TupleIndex::Count(sizes, strength) > kMaxTuples) return true;
  std::sort(sizes.begin(), sizes.end(), std::greater<>());
  double rows = 1;
  for (int i = 0; i < strength; ++i) rows *= sizes[i];
  return rows > kMaxRows;
}

}  // namespace

CoveringEffort CoveringEffort::Default(int strength) {
  if (strength <= 2) return {.candidates = 5, .steps = 200'000};
  if (strength == 3) return {.candidates = 2, .steps = 90'000};
  return {.candidates = 1, .steps = 20'000};
}

Result<CoveringArray> Cover(const CoveringModel& model, int strength, std::uint64_t seed,
                            const CoveringEffort& effort) {
  const std::string where = "strength " + std::to_string(strength);
  if (strength < 1 || strength > 6) return Error{where, "give a strength from 1 to 6"};
  CoveringArray array;
  if (model.invalid.empty()) return array;
  strength = std::min(strength, static_cast<int>(model.invalid.size()));
  const Problem valid(model, std::nullopt);
  if (IsTooLarge(valid.rules().sizes(), strength)) {
    return Error{where, "there are too many combinations of this strength; give a lower one"};
  }
  Random random(seed);
  array = Solve(valid, strength, effort, &random);
  const CoveringEffort share{.candidates = effort.candidates, .steps = effort.steps / 6};
  for (const Cell& cell : InvalidCells(model)) {
    Append(Solve(Problem(model, cell), strength - 1, share, &random), &array);
  }
  return array;
}

Result<CoveringArray> Cover(const CoveringModel& model, int strength, std::uint64_t seed) {
  return Cover(model, strength, seed, CoveringEffort::Default(strength));
}

}  // namespace assay
