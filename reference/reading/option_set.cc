#include "reference/reading/option_set.h"

namespace assay {

OptionSet OptionSet::Of(Question question, std::initializer_list<Option> options) {
  OptionSet out;
  for (const Option option : options) out |= At(Catalogue::Get()[question].PositionOf(option));
  return out;
}

OptionSet OptionSet::All(Question question) {
  return OptionSet((1U << Catalogue::Get()[question].options.size()) - 1);
}

const Domains& AllOptions() {
  static const Domains all = [] {
    Domains domains{};
    for (const QuestionInfo& question : Catalogue::Get().questions()) {
      domains[Index(question.id)] = OptionSet::All(question.id);
    }
    return domains;
  }();
  return all;
}

Option OptionAt(Question question, int position) {
  return Catalogue::Get()[question].options[static_cast<std::size_t>(position)].id;
}

}  // namespace assay
