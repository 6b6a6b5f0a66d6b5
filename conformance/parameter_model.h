#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/covering_array.h"
#include "conformance/suite_context.h"

namespace assay {

// One abstract value of a parameter: the text `name=value&…` with placeholders, "" for absent.
struct AbstractValue {
  std::string_view name;  // "hit", "unknown"
  // One to a row: refused, matching nothing, or read as the target pleases. Two of them would hide
  // each other, and a row of several open questions tells little.
  bool odd = false;
  std::string_view text;
  std::string_view where = "";  // what the row's snapshot is wished to be: `Status=failed`
};

// A parameter, or parameters that belong together, as Tag.N.Key and Tag.N.Value.
struct AbstractParameter {
  std::string_view name;
  std::vector<AbstractValue> values;
};

// The operation's parameters and delivery as a covering array sees them, and how a row becomes a
// request. Each row speaks of the snapshot that fulfils the most of it, so that the filters of a
// row without odd values list at least that one wherever the dataset allows.
class ParameterModel {
 public:
  // `home` holds the values of the run's region.
  ParameterModel(const Values& home, SuiteFormat format);

  const std::vector<AbstractParameter>& parameters() const { return parameters_; }
  const CoveringModel& covering() const { return covering_; }
  // Values that the dataset cannot satisfy, and so are left out: "InstanceId: elsewhere: why".
  const std::vector<std::string>& left_out() const { return left_out_; }

  // The request of the row; `number` varies the snapshot.
  Request MakeRequest(const Row& row, std::uint64_t number) const;
  // "Status=failed, Tags=pair": what of the row is not absent.
  std::string Describe(const Row& row) const;

  // A row of two values that are refused whatever the reading is, for each two parameters that have
  // such a value: which of the errors comes first is the target's choice.
  std::vector<Row> PrecedenceRows() const;

 private:
  void LeaveOutUnsatisfiable();
  void FillCovering();
  const Values& ValuesOf(const Row& row) const;
  const AbstractValue& At(const Row& row, std::size_t parameter) const {
    return parameters_[parameter].values[row[parameter]];
  }

  std::vector<AbstractParameter> parameters_;
  CoveringModel covering_;
  std::vector<std::string> left_out_;
  Values home_;
  Values other_;  // of another region with snapshots, or of the same
};

}  // namespace assay
