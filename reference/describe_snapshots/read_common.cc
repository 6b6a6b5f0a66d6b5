// Action, Version, Format and RegionId: what every request has.
#include "reference/describe_snapshots/topic_reader.h"
#include "reference/describe_snapshots/values.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

class CommonReader : public TopicReader {
 public:
  explicit CommonReader(PlanDraft& draft) : TopicReader(draft), tokens_(draft.tokens) {}

  void Read() {
    ReadFormat();  // even if the request is refused already: a refusal has a format, too
    if (!plan_.stop) ReadAction();
    if (!plan_.stop) ReadRegionId();
  }

 private:
  void ReadAction() {
    const auto& action = Value(Slot::kAction);
    // An empty value counts as missing or as wrong: both refusals are noted.
    if (action.value_or("").empty()) {
      RefuseAction("MissingAction");
      RefuseAction("MissingParameter");
    }
    if (action && *action != "DescribeSnapshots") RefuseAction("InvalidAction.NotFound");
    const auto& version = Value(Slot::kVersion);
    if (!version || *version == "2014-05-26") return;
    if (!version->empty()) {
      if (Is("value.version.other"_question, "ignored"_option)) return;
      return RefuseAsRead("InvalidVersion", "Version");
    }
    if (Is("value.empty.version"_question, "as_absent"_option)) return;
    RefuseAsRead("MissingVersion", "Version");
    RefuseAsRead("InvalidVersion", "Version");
  }

  void RefuseAction(const char* code) {
    Add({"request.action.known"_rule, Catalogue::Get().FindError(code), true, "Action"});
  }

  void ReadFormat() {
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

  // A token may stand for everything that its walk asked for.
  bool TakesRegionOfToken() {
    const auto& token = Value(Slot::kNextToken);
    const auto origin = token && tokens_ ? tokens_->Find(*token) : std::nullopt;
    if (!origin || Is("paging.token.without_region"_question, "refused"_option)) return false;
    plan_.region = origin->region;
    return true;
  }

  bool IsRegion(const std::string& text) const {
    return std::ranges::find(dataset_.regions, text) != dataset_.regions.end();
  }

  void ReadRegionId() {
    const auto& given = Value(Slot::kRegionId);
    choices_.Mark("request.region_id.required"_rule);
    plan_.region = Trimmed(given.value_or(""), "value.blanks.identifier"_question);
    if (plan_.region.empty()) {
      if (TakesRegionOfToken()) return;
      // request.region_id.required: "any code that says so".
      Add({"request.region_id.required"_rule, Catalogue::Get().FindError("MissingParameter"), true,
           "RegionId"});
      return;
    }
    choices_.Mark("request.region_id.selects"_rule);
    plan_.region = Meant(plan_.region, [&](const std::string& text) { return IsRegion(text); });
    if (IsRegion(plan_.region)) return;
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

  const Tokens* tokens_;
};

}  // namespace

void ReadCommon(PlanDraft& draft) { CommonReader(draft).Read(); }

}  // namespace assay
