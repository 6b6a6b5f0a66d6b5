#include "reference/auth/forge.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace assay {
namespace {

std::vector<Parameter>& LastOf(SignedParts& parts) {
  return parts.form.empty() ? parts.query : parts.form;
}

// Takes the last one of that name out.
void Remove(const std::string& name, SignedParts& parts) {
  for (std::vector<Parameter>* list : {&parts.form, &parts.query}) {
    const auto at = std::find_if(list->rbegin(), list->rend(), [&](const Parameter& parameter) {
      return parameter.name == name;
    });
    if (at == list->rend()) continue;
    list->erase(std::next(at).base());
    return;
  }
}

bool IsOfOperation(const Parameter& parameter) {
  constexpr std::array<std::string_view, 8> kCommon = {"Action",        "Version",    "Format",
                                                       "AccessKeyId",   "Timestamp",  "TimeStamp",
                                                       "SecurityToken", "BearerToken"};
  return !parameter.name.starts_with("Signature") &&
         std::ranges::find(kCommon, parameter.name) == kCommon.end();
}

// Another value of the last parameter of the operation.
void ChangeValue(SignedParts& parts) {
  for (std::vector<Parameter>* list : {&parts.form, &parts.query}) {
    const auto at = std::find_if(list->rbegin(), list->rend(), IsOfOperation);
    if (at == list->rend()) continue;
    at->value += "1";
    return;
  }
}

void ChangeFormat(SignedParts& parts) {
  for (std::vector<Parameter>* list : {&parts.form, &parts.query}) {
    for (Parameter& parameter : *list) {
      if (parameter.name == "Format") parameter.value = parameter.value == "XML" ? "JSON" : "XML";
    }
  }
}

}  // namespace

Parameter AddedBy(Forgery forgery) {
  // Changes nothing if the forgery is let through.
  if (forgery == Forgery::kParameter) return {"PageNumber", "1"};
  if (forgery == Forgery::kDryRun) return {"DryRun", "false"};
  return {};
}

void UndoForgery(Forgery forgery, SignedParts& parts) {
  switch (forgery) {
    case Forgery::kParameter:
    case Forgery::kDryRun:
      return Remove(AddedBy(forgery).name, parts);
    case Forgery::kValue:
      return ChangeValue(parts);
    case Forgery::kCommonParameter:
      return ChangeFormat(parts);
    case Forgery::kRemoved:
      LastOf(parts).push_back({"PageNumber", "1"});
      return;
    case Forgery::kMethod:
      parts.method = parts.method == "POST" ? "GET" : "POST";
      return;
    default:
      return;
  }
}

}  // namespace assay
