#pragma once

#include <string_view>

#include "reference/wire/message.h"
#include "spec/catalogue/ids.h"

namespace assay {

// What a forged request is refused by.
struct ForgeryRefusal {
  Rule rule;
  std::string_view code;  // that clients know
  bool only_code = true;  // false: others say as well what is wrong
};

// For a forgery other than kNone.
ForgeryRefusal RefusalOf(Forgery forgery);

}  // namespace assay
