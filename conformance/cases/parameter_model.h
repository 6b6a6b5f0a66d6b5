#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "conformance/cases/suite_context.h"
#include "conformance/covering/covering_array.h"
#include "spec/catalogue/parameter_values.h"

namespace assay {

// The operation's parameters and delivery as a covering array sees them, and how a row becomes a
// request. Each row speaks of the snapshot that fulfils the most of it, so that the filters of a
// row without odd values list at least that one wherever the dataset allows.
class ParameterModel {
 public:
  // `home` holds the values of the run's region.
  ParameterModel(const CaseMaker& home, SuiteFormat format);

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
  const CaseMaker& ValuesOf(const Row& row) const;
  const AbstractValue& At(const Row& row, std::size_t parameter) const {
    return parameters_[parameter].values[row[parameter]];
  }

  std::vector<AbstractParameter> parameters_;
  CoveringModel covering_;
  std::vector<std::string> left_out_;
  CaseMaker home_;
  CaseMaker other_;  // of another region with snapshots, or of the same
};

}  // namespace assay
