#include "reference/judge/verdict.h"

#include <algorithm>
#include <iterator>

namespace assay {
namespace {

bool IsViolation(const Difference& difference) {
  return !difference.doubtful && IsMust(difference);
}
bool IsWarning(const Difference& difference) { return !difference.doubtful && !IsMust(difference); }

}  // namespace

std::vector<Difference> Verdict::violations() const {
  std::vector<Difference> out;
  std::ranges::copy_if(differences, std::back_inserter(out), IsViolation);
  return out;
}

std::vector<Difference> Verdict::warnings() const {
  std::vector<Difference> out;
  std::ranges::copy_if(differences, std::back_inserter(out), IsWarning);
  return out;
}

bool Verdict::HasViolation() const { return std::ranges::any_of(differences, IsViolation); }
bool Verdict::HasWarning() const { return std::ranges::any_of(differences, IsWarning); }
bool Verdict::HasDoubt() const { return std::ranges::any_of(differences, &Difference::doubtful); }

bool Verdict::IsSound() const {
  return !unreadable && std::ranges::none_of(differences, [](const Difference& difference) {
    return IsViolation(difference) && difference.aspect != Aspect::kForm;
  });
}

}  // namespace assay
