// Stage "validate": what each value means, and which errors apply.
#include "reference/describe_snapshots/topic_reader.h"
#include "reference/describe_snapshots/values.h"

namespace assay {
namespace {

// What every request has.
class CommonReader : public TopicReader {
 public:
  explicit CommonReader(PlanDraft& draft) : TopicReader(draft) {}

  void Read() {
    Format();  // even where the request is refused already: the refusal has a format, too
    if (!plan_.stop) Action();
    if (!plan_.stop) RegionId();
  }

 private:
  void Action() {
    const auto& action = Value(Slot::kAction);
    // An empty value counts as missing or as wrong: both are told.
    if (action.value_or("").empty()) {
      RefuseAsRead("MissingAction", "Action");
      RefuseAsRead("MissingParameter", "Action");
    }
    if (action && *action != "DescribeSnapshots") RefuseAsRead("InvalidAction.NotFound", "Action");
    const auto& version = Value(Slot::kVersion);
    if (!version || *version == "2014-05-26") return;
    if (!version->empty()) return RefuseAsRead("InvalidVersion", "Version");
    if (Is("value.empty.version"_question, "as_absent"_option)) return;
    RefuseAsRead("MissingVersion", "Version");
    RefuseAsRead("InvalidVersion", "Version");
  }

  void Format() {
    const auto& format = Value(Slot::kFormat);
    const std::string letters = SmallLetters(format.value_or(""));
    if (letters == "json" || letters == "xml") {
      plan_.xml = letters == "xml";
      // encoding.format.json, encoding.format.xml
      choices_.Mark(plan_.xml ? "encoding.format.xml"_rule : "encoding.format.json"_rule);
      return;
    }
    if (letters.empty()) {
      if (format) {
        const Option option = choices_.Pick("value.empty.format"_question);
        if (option == "refused"_option) return RefuseAsRead("InvalidParameter", "Format");
        plan_.xml = option == "xml"_option;
        if (option != "as_absent"_option) return;
      }
      choices_.Mark("encoding.format.default"_rule);
      plan_.xml = Is("encoding.format.missing"_question, "xml"_option);
      return;
    }
    const Option option = choices_.Pick("encoding.format.unknown"_question);
    if (option == "refused"_option) RefuseAsRead("InvalidParameter", "Format");
    plan_.xml = option == "xml"_option;
  }

  void RegionId() {
    const auto& given = Value(Slot::kRegionId);
    choices_.Mark("request.region_id.required"_rule);
    plan_.region = Trimmed(given.value_or(""), "value.blanks.identifier"_question);
    if (plan_.region.empty()) {
      // request.region_id.required: "any code that says so".
      Add({"request.region_id.required"_rule, Catalogue::Get().FindError("MissingParameter"), true,
           "RegionId"});
      return;
    }
    choices_.Mark("request.region_id.selects"_rule);
    if (std::ranges::find(dataset_.regions, plan_.region) != dataset_.regions.end()) return;
    plan_.unseen_region = IsUnseen(plan_.region);
    if (plan_.unseen_region) {
      plan_.may_be_refused = true;
      return;
    }
    const std::optional<bool> well_formed = LooksWellFormed(IdKind::kRegion, plan_.region);
    if (!well_formed) {
      plan_.may_be_refused = true;
      return;
    }
    const Question question =
        *well_formed ? "value.unknown.region_id"_question : "value.malformed.region_id"_question;
    if (Is(question, "refused"_option)) RefuseAsRead("InvalidRegionId.NotFound", "RegionId");
  }
};

}  // namespace

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Plan MakePlan(const Request& request, const Dataset& dataset, const Tokens* tokens,
              Choices& choices) {
  GatheredParameters gathered = Gather(request, choices);
  PlanDraft draft{request, dataset, tokens, choices, std::move(gathered.parameters), {}};
  draft.plan.refusals = std::move(gathered.refusals);
  draft.plan.stop = gathered.stop;
  draft.plan.may_be_refused = gathered.may_be_refused;
  CommonReader(draft).Read();
  // Once the explorer has seen enough nothing more is read.
  for (const auto read :
       {ReadResources, ReadIds, ReadEnumerations, ReadBooleans, ReadTimes, ReadTags, ReadPaging}) {
    if (draft.plan.stop) break;
    read(draft);
  }
  return std::move(draft.plan);
}

}  // namespace assay
