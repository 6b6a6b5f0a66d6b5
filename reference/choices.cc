#include "reference/choices.h"

namespace assay {

FixedReading::FixedReading(const Reading& reading) {
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    options_[Index(question.id)] = question.options.front().id;
  }
  for (const auto& [question, option] : reading.pins) options_[Index(question)] = option;
}

}  // namespace assay
