#include "conformance/cases/parameter_model.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {
namespace {

// Refused under every reading: the values that pairs of errors are made of.
constexpr std::string_view kRefused = "refused";

// A run of one format leaves the parameter Format that one value.
std::vector<AbstractParameter> AllParameters(SuiteFormat format) {
  std::vector<AbstractParameter> out = ParameterValues::Get().parameters;
  if (format == SuiteFormat::kBoth) return out;
  const auto at = std::ranges::find(out, "Format", &AbstractParameter::name);
  std::erase_if(at->values, [&](const AbstractValue& value) {
    return value.name != (format == SuiteFormat::kJson ? "json" : "xml");
  });
  return out;
}

Done Apply(const AbstractValue& value, const CaseMaker& values, const Snapshot* hit,
           Request& request) {
  const RuleCase& change = value.change;
  if (change.method != "GET") request.method = change.method;
  if (change.placement != Placement::kQuery) request.placement = change.placement;
  if (change.encoding != FormEncoding::kPercent) request.encoding = change.encoding;
  if (change.forgery != Forgery::kNone) request.forgery = change.forgery;
  return values.ChangeParameters(change, hit, true, request);
}

// Two ways of paging in one request are a question of their own, and asked by probes.
bool PagesByNumber(std::string_view parameter) {
  return parameter == "PageNumber" || parameter == "PageSize";
}
bool PagesByToken(std::string_view parameter) {
  return parameter == "MaxResults" || parameter == "NextToken";
}

CaseMaker OtherRegion(const CaseMaker& home) {
  const Result<std::string> region = home.placeholders().Replace("$region.other", nullptr);
  return CaseMaker(home.dataset(), region ? *region : home.region(), home.seed());
}

}  // namespace

ParameterModel::ParameterModel(const CaseMaker& home, SuiteFormat format)
    : parameters_(AllParameters(format)), home_(home), other_(OtherRegion(home)) {
  LeaveOutUnsatisfiable();
  FillCovering();
}

void ParameterModel::LeaveOutUnsatisfiable() {
  for (AbstractParameter& parameter : parameters_) {
    std::erase_if(parameter.values, [&](const AbstractValue& value) {
      SnapshotNeeds needs;
      AddNeeds(value.change, needs);
      Request request;
      const Done done = Apply(value, home_, home_.ChooseNearest(needs, 0), request);
      if (done) return false;
      left_out_.push_back(fmt::format("{}: {}: {}", parameter.name, value.name, done.error().what));
      return true;
    });
  }
}

void ParameterModel::FillCovering() {
  for (const AbstractParameter& parameter : parameters_) {
    covering_.invalid.emplace_back();
    for (const AbstractValue& value : parameter.values) {
      covering_.invalid.back().push_back(value.odd);
    }
  }
  const auto size = [&](std::size_t p) { return static_cast<int>(parameters_[p].values.size()); };
  for (std::size_t a = 0; a < parameters_.size(); ++a) {
    for (std::size_t b = 0; b < parameters_.size(); ++b) {
      if (!PagesByNumber(parameters_[a].name) || !PagesByToken(parameters_[b].name)) continue;
      for (int i = 1; i < size(a); ++i) {
        for (int k = 1; k < size(b); ++k) {
          covering_.forbidden.push_back({{static_cast<int>(a), i}, {static_cast<int>(b), k}});
        }
      }
    }
  }
}

const CaseMaker& ParameterModel::ValuesOf(const Row& row) const {
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    if (At(row, p).other_region) return other_;
  }
  return home_;
}

Request ParameterModel::MakeRequest(const Row& row, std::uint64_t number) const {
  const CaseMaker& values = ValuesOf(row);
  SnapshotNeeds needs;
  for (std::size_t p = 0; p < parameters_.size(); ++p) AddNeeds(At(row, p).change, needs);
  const Snapshot* hit = values.ChooseNearest(needs, number);
  Request request = SmallestRequest(values.region(), "JSON");
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    // A value that this region cannot give is left out, as one that is absent.
    Request with = request;
    if (Apply(At(row, p), values, hit, with)) request = std::move(with);
  }
  return request;
}

std::string ParameterModel::Describe(const Row& row) const {
  std::string out;
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    if (row[p] == 0) continue;
    out += fmt::format("{}{}={}", out.empty() ? "" : ", ", parameters_[p].name, At(row, p).name);
  }
  return out;
}

std::vector<Row> ParameterModel::PrecedenceRows() const {
  std::vector<Cell> refused;
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    for (std::size_t v = 0; v < parameters_[p].values.size(); ++v) {
      if (parameters_[p].values[v].name == kRefused) {
        refused.emplace_back(static_cast<int>(p), static_cast<int>(v));
      }
    }
  }
  std::vector<Row> rows;
  for (std::size_t i = 0; i < refused.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      Row row(parameters_.size(), 0);
      row[static_cast<std::size_t>(refused[i].first)] =
          static_cast<std::uint16_t>(refused[i].second);
      row[static_cast<std::size_t>(refused[k].first)] =
          static_cast<std::uint16_t>(refused[k].second);
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace assay
