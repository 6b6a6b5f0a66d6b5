#include "reference/faults/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reference/faults/families.h"
#include "spec/text/nearest.h"

namespace assay {

const std::vector<Fault>& Faults() {
  static const std::vector<Fault> faults = [] {
    std::vector<Fault> out;
    for (const auto add :
         {AddFilterFaults, AddPagingFaults, AddTokenFaults, AddTagFaults, AddTimeFaults,
          AddIdFaults, AddErrorFaults, AddShapeFaults, AddDataFaults, AddEncodingFaults,
          AddAuthFaults, AddTransportFaults, AddIntermittentFaults, AddDeepFaults, AddHostileFaults,
          AddCompanyFaults}) {
      add(out);
    }
    std::ranges::sort(out, {}, &Fault::id);
    return out;
  }();
  return faults;
}

const Fault* FindFault(std::string_view id) {
  const auto at = std::ranges::find(Faults(), id, &Fault::id);
  return at == Faults().end() ? nullptr : &*at;
}

std::string_view KindOfFault(std::string_view id) {
  return id.substr(0, id.find('.', id.find('.') + 1));
}

Result<std::vector<const Fault*>> FindFaults(const std::vector<std::string>& ids) {
  std::vector<const Fault*> out;
  for (const std::string& id : ids) {
    out.push_back(FindFault(id));
    if (out.back()) continue;
    std::vector<std::string_view> all;
    for (const Fault& fault : Faults()) all.push_back(fault.id);
    return Error{"--fault " + id, fmt::format("unknown fault; did you mean one of {}?",
                                              fmt::join(NearestTo(id, all, 3), ", "))};
  }
  return out;
}

bool OnlyWarns(const Fault& fault) {
  return std::ranges::none_of(
      fault.breaks, [](Rule rule) { return Catalogue::Get()[rule].level == Level::kMust; });
}

std::vector<Described> DescribedFaults() {
  std::vector<Described> out;
  for (const Fault& fault : Faults()) {
    std::vector<std::string_view> rules;
    for (const Rule rule : fault.breaks) rules.push_back(Id(rule));
    out.push_back(
        {fault.id, fault.title,
         fmt::format("{}\n  fault: {}\n  stage: {}\n  difficulty: {} of 5{}\n  breaks: {}\n"
                     "  commit it: assay serve --fault {}\n",
                     fault.id, fault.title, NameOf(fault.stage), fault.difficulty,
                     fault.wire ? " (over HTTP only)" : "", fmt::join(rules, ", "), fault.id)});
  }
  return out;
}

}  // namespace assay
