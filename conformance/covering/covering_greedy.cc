#include "conformance/covering/covering_greedy.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <optional>
#include <utility>

namespace assay {
namespace {

constexpr int kLanes = 8;
using Lanes8 = std::int8_t __attribute__((vector_size(kLanes)));
using Lanes32 = std::int32_t __attribute__((vector_size(4 * kLanes)));

// Visits the stripe that a row selects in each subset with a given parameter. `start` runs over the
// places where the subsets begin, in the order of the walk.
template <typename Visit>
struct StripeWalk {
  const Row& row;
  const std::vector<int>& sizes;
  int parameter;
  const std::uint32_t* start;
  Visit visit;

  void Go(int left, int from, std::size_t offset, std::size_t stride) {
    if (left == 0) return visit(*start++ + offset);
    for (int q = from; q < static_cast<int>(sizes.size()); ++q) {
      if (q == parameter) continue;
      if (left == 1) {
        visit(*start++ + offset + row[q] * stride);
      } else {
        Go(left - 1, q + 1, offset + row[q] * stride, stride * sizes[q]);
      }
    }
  }
};

// The tuples that are in no row yet.
//
// Each tuple is noted once for each of its parameters, so that tuples which differ in the value of
// that parameter alone lie side by side, in a stripe: what each value of a parameter would add to a
// row is read in one pass.
class NewTuples {
 public:
  explicit NewTuples(const TupleIndex& index)
      : index_(index),
        is_new_(index.tuples(), true),
        // The last stripe is read in whole lanes, past its end.
        stripes_(index.tuples() * index.strength() + kLanes, 1) {
    const int parameters = static_cast<int>(index.sizes().size());
    std::uint32_t place = 0;
    for (int p = 0; p < parameters; ++p) {
      for (const std::uint32_t subset : index.SubsetsWith(p)) {
        starts_.push_back(place);
        place += index.First(subset + 1) - index.First(subset);
      }
    }
  }

  bool Contains(TupleIndex::Id tuple) const { return is_new_[tuple]; }

  std::size_t Count(const Row& row) const {
    std::size_t count = 0;
    for (std::size_t s = 0; s < index_.subsets(); ++s) count += is_new_[index_.Find(s, row)];
    return count;
  }

  // How many the row would contain with each value of the parameter.
  void CountByValue(const Row& row, int parameter, std::vector<int>* counts) const {
    const int size = index_.sizes()[parameter];
    counts->resize(size);
    for (int from = 0; from < size; from += kLanes) {
      Lanes32 sums = {};
      ForEachStripe(row, parameter, [&](std::size_t place) {
        Lanes8 stripe;
        std::memcpy(&stripe, &stripes_[place + from], sizeof stripe);
        sums += __builtin_convertvector(stripe, Lanes32);
      });
      for (int v = from; v < std::min(from + kLanes, size); ++v) (*counts)[v] = sums[v - from];
    }
  }

  void Remove(const Row& row) {
    for (std::size_t s = 0; s < index_.subsets(); ++s) is_new_[index_.Find(s, row)] = false;
    for (int p = 0; p < static_cast<int>(row.size()); ++p) {
      ForEachStripe(row, p, [&](std::size_t place) { stripes_[place + row[p]] = 0; });
    }
  }

 private:
  template <typename Visit>
  void ForEachStripe(const Row& row, int parameter, Visit visit) const {
    const std::uint32_t* starts = &starts_[parameter * index_.SubsetsWith(parameter).size()];
    StripeWalk<Visit> walk{row, index_.sizes(), parameter, starts, visit};
    walk.Go(index_.strength() - 1, 0, 0, index_.sizes()[parameter]);
  }

  const TupleIndex& index_;
  std::vector<bool> is_new_;           // by tuple
  std::vector<std::int8_t> stripes_;   // 1 for a new tuple
  std::vector<std::uint32_t> starts_;  // by parameter and subset: where its stripes begin
};

// Finds rows that contain many new tuples: a row starts with a few of them, and then takes the best
// value of one parameter after the other until none is better.
class Greedy {
 public:
  Greedy(const RowRules& rules, const TupleIndex& index, std::vector<TupleIndex::Id> wanted,
         Random* random)
      : rules_(rules),
        index_(index),
        random_(*random),
        new_(index),
        wanted_(std::move(wanted)),
        left_(wanted_.size()),
        order_(rules.sizes().size()) {
    std::iota(order_.begin(), order_.end(), 0);
  }

  std::vector<Row> Build(int candidates) {
    std::vector<Row> rows;
    while (left_ > 0) {
      rows.push_back(FindBestRow(candidates));
      left_ -= new_.Count(rows.back());
      new_.Remove(rows.back());
      ForgetCovered();
    }
    return rows;
  }

 private:
  Row FindBestRow(int candidates) {
    Row best;
    std::size_t best_count = 0;
    for (int i = 0; i < std::max(candidates, 1); ++i) {
      Row row = Start();
      Climb(&row);
      const std::size_t count = new_.Count(row);
      if (count <= best_count) continue;
      best_count = count;
      best = std::move(row);
    }
    return best;
  }

  // A random row that contains a new tuple, and more of them if they fit together.
  Row Start() {
    Row row(order_.size());
    for (std::size_t p = 0; p < row.size(); ++p) {
      row[p] = static_cast<std::uint16_t>(random_.Below(rules_.sizes()[p]));
    }
    row = *rules_.FindRow({}, row);
    std::vector<Cell> kept;
    for (std::size_t i = 0; i <= row.size(); ++i) AddTuple(index_.Cells(PickNew()), &kept, &row);
    return row;
  }

  TupleIndex::Id PickNew() {
    for (;;) {
      const TupleIndex::Id tuple = wanted_[random_.Below(wanted_.size())];
      if (new_.Contains(tuple)) return tuple;
    }
  }

  // Adds `cells` to those that `row` has to keep, if an allowed row has them all.
  void AddTuple(const std::vector<Cell>& cells, std::vector<Cell>* kept, Row* row) const {
    std::vector<Cell> joined = *kept;
    for (const Cell& cell : cells) {
      const auto same = std::find_if(kept->begin(), kept->end(),
                                     [&](const Cell& c) { return c.first == cell.first; });
      if (same == kept->end()) joined.push_back(cell);
      if (same != kept->end() && same->second != cell.second) return;
    }
    if (const auto found = rules_.FindRow(joined, *row)) {
      *row = *found;
      *kept = std::move(joined);
    }
  }

  void Climb(Row* row) {
    bool has_improved = true;
    while (has_improved) {
      has_improved = false;
      random_.Shuffle(&order_);
      for (const int parameter : order_) has_improved |= TakeBestValue(parameter, row);
    }
  }

  // Whether the row contains more new tuples than before. It chooses among equals at random, which
  // lets it cross plateaus.
  bool TakeBestValue(int parameter, Row* row) {
    new_.CountByValue(*row, parameter, &counts_);
    const int before = counts_[(*row)[parameter]];
    int best = before;
    std::size_t equals = 1;
    int choice = (*row)[parameter];
    for (int value = 0; value < rules_.sizes()[parameter]; ++value) {
      if (counts_[value] < best || value == (*row)[parameter]) continue;
      if (!rules_.Allows(*row, parameter, value)) continue;
      equals = counts_[value] > best ? 1 : equals + 1;
      best = counts_[value];
      if (random_.Below(equals) == 0) choice = value;
    }
    (*row)[parameter] = static_cast<std::uint16_t>(choice);
    return best > before;
  }

  // Keeps at least half of the list new, so that PickNew finds one soon.
  void ForgetCovered() {
    if (2 * left_ >= wanted_.size()) return;
    std::erase_if(wanted_, [&](TupleIndex::Id tuple) { return !new_.Contains(tuple); });
  }

  const RowRules& rules_;
  const TupleIndex& index_;
  Random& random_;
  NewTuples new_;
  std::vector<TupleIndex::Id> wanted_;
  std::size_t left_;  // of the wanted tuples, those that are new
  std::vector<int> order_;
  std::vector<int> counts_;  // scratch of TakeBestValue
};

}  // namespace

std::vector<Row> BuildGreedily(const RowRules& rules, const TupleIndex& index,
                               std::vector<TupleIndex::Id> wanted, int candidates, Random* random) {
  return Greedy(rules, index, std::move(wanted), random).Build(candidates);
}

}  // namespace assay
