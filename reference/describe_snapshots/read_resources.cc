// Stage "validate": ids of other resources, and the name.
#include "reference/describe_snapshots/topic_reader.h"
#include "reference/describe_snapshots/values.h"
#include "reference/state/dataset_index.h"

namespace assay {
namespace {

class ResourceReader : public TopicReader {
 public:
  explicit ResourceReader(PlanDraft& draft) : TopicReader(draft) {}

  void Read() {
    if (!plan_.stop) ReadInstanceId();
    if (!plan_.stop) ReadDiskId();
    if (!plan_.stop) ReadSnapshotLinkId();
    if (!plan_.stop) ReadResourceGroupId();
    if (!plan_.stop) ReadKMSKeyId();
    if (!plan_.stop) ReadSnapshotName();
  }

 private:
  // How well an id is known: each degree may be treated in its own way.
  struct IdQuestions {
    Question empty, unknown, malformed, elsewhere;
  };

  void AddEquals(Slot slot, Field field, IdKind kind, const IdQuestions& questions, Rule rule,
                 const char* code) {
    auto value = Text(slot, questions.empty, "value.blanks.identifier"_question, rule);
    if (!value) return;
    choices_.Mark(rule);
    value = MeantId(field, *value);
    plan_.filters.push_back(
        {.kind = Filter::Kind::kEquals, .rule = rule, .field = field, .value = *value});
    if (ExistsHere(field, *value)) return;
    if (plan_.unseen_region || IsUnseen(*value)) {
      plan_.may_be_refused = true;
      return;
    }
    const bool elsewhere = ExistsAnywhere(field, *value);
    const std::optional<bool> well_formed = LooksWellFormed(kind, *value);
    if (!elsewhere && !well_formed) {
      plan_.may_be_refused = true;
      return;
    }
    const Question question = elsewhere      ? questions.elsewhere
                              : *well_formed ? questions.unknown
                                             : questions.malformed;
    if (Is(question, "refused"_option)) RefuseAsRead(code, NameOf(slot));
  }

  void ReadInstanceId() {
    AddEquals(Slot::kInstanceId, Field::kInstanceId, IdKind::kInstance,
              {"value.empty.instance_id"_question, "value.unknown.instance_id"_question,
               "value.malformed.instance_id"_question, "value.elsewhere.instance_id"_question},
              "filter.instance_id.selects"_rule, "InvalidInstanceId.NotFound");
  }

  void ReadDiskId() {
    if (const auto& value = Value(Slot::kDiskId)) {
      // filter.disk_id.released: "retained even after the source disk … is released".
      if (IsReleasedDisk(*value)) choices_.Mark("filter.disk_id.released"_rule);
    }
    AddEquals(Slot::kDiskId, Field::kSourceDiskId, IdKind::kDisk,
              {"value.empty.disk_id"_question, "value.unknown.disk_id"_question,
               "value.malformed.disk_id"_question, "value.elsewhere.disk_id"_question},
              "filter.disk_id.selects"_rule, "InvalidDiskId.NotFound");
  }
  // A disk without an instance; the state knows no more about it.
  bool IsReleasedDisk(std::string_view disk) const {
    return !dataset_.discovered && ExistsAnywhere(Field::kSourceDiskId, disk) && !IsAttached(disk);
  }
  bool IsAttached(std::string_view disk) const {
    return std::ranges::any_of(dataset_.by_region, [&](const auto& region) {
      const auto has_instance = [&](const Snapshot& s) {
        return s[Field::kSourceDiskId] == disk && s.Has(Field::kInstanceId);
      };
      const RegionIndex* index = dataset_.IndexOf(region.first);
      const auto of_disk = index ? index->With(Field::kSourceDiskId, disk) : std::nullopt;
      if (of_disk) {
        return std::ranges::any_of(of_disk->Ranks(),
                                   [&](auto rank) { return has_instance(index->At(rank)); });
      }
      return std::ranges::any_of(
          region.second, [&](auto position) { return has_instance(dataset_.snapshots[position]); });
    });
  }

  void ReadKMSKeyId() {
    AddEquals(Slot::kKMSKeyId, Field::kKMSKeyId, IdKind::kKey,
              {"value.empty.kms_key_id"_question, "value.unknown.kms_key_id"_question,
               "value.malformed.kms_key_id"_question, "value.elsewhere.kms_key_id"_question},
              "filter.kms_key_id.selects"_rule, "InvalidParameter");
  }

  void ReadSnapshotLinkId() {
    const Rule rule = "filter.snapshot_link_id.selects"_rule;
    const auto value = Text(Slot::kSnapshotLinkId, "value.empty.snapshot_link_id"_question,
                            "value.blanks.identifier"_question, rule);
    if (!value) return;
    choices_.Mark(rule);
    std::vector<std::string> links{*value};
    const IdListText list = ReadIdList(*value);
    if (list.form == IdListText::Form::kArray) {
      if (Is("link.json_array"_question, "refused"_option)) {
        // filter.snapshot_link_id.unknown
        Refuse("filter.snapshot_link_id.unknown"_rule, "InvalidSnapshotLinkId.NotFound");
      }
      links = list.ids;
    }
    // What begins as an array, and is none, may be refused for that.
    plan_.may_be_refused |= value->starts_with('[');
    const bool of_array = list.form == IdListText::Form::kArray;
    for (std::string& link : links) {
      link = Meant(link, [&](const std::string& text) {
        return IsLink(text) || (text != link && IsUnseen(text));
      });
      CheckLink(link, of_array);
    }
    plan_.filters.push_back({.kind = Filter::Kind::kOneOf,
                             .rule = rule,
                             .field = Field::kSnapshotLinkId,
                             .values = std::move(links)});
  }

  bool IsLink(const std::string& text) const {
    return std::ranges::find(dataset_.snapshot_links, text) != dataset_.snapshot_links.end();
  }

  void CheckLink(const std::string& link, bool of_array) {
    const bool known = IsLink(link);
    if (plan_.unseen_region || (!known && IsUnseen(link))) {
      plan_.may_be_refused = true;
      plan_.possible_errors.push_back(Catalogue::Get().FindError("InvalidSnapshotLinkId.NotFound"));
    } else if (!known) {
      choices_.Mark("filter.snapshot_link_id.unknown"_rule);
      // Only the single unknown chain is documented; in an array it may just select nothing.
      if (of_array) {
        plan_.may_be_refused = true;
        plan_.possible_errors.push_back(
            Catalogue::Get().FindError("InvalidSnapshotLinkId.NotFound"));
      } else {
        Refuse("filter.snapshot_link_id.unknown"_rule, "InvalidSnapshotLinkId.NotFound");
      }
    } else if (!ExistsAnywhere(Field::kSnapshotLinkId, link)) {
      // A target into which the snapshots alone were loaded knows no chain without any.
      plan_.may_be_refused = true;
      plan_.possible_errors.push_back(Catalogue::Get().FindError("InvalidSnapshotLinkId.NotFound"));
    } else if (!ExistsHere(Field::kSnapshotLinkId, link) &&
               Is("value.elsewhere.snapshot_link_id"_question, "refused"_option)) {
      Add({"request.open.admissible"_rule,
           Catalogue::Get().FindError("InvalidSnapshotLinkId.NotFound"), true, "SnapshotLinkId"});
    }
  }

  void ReadResourceGroupId() {
    const Rule rule = "filter.resource_group_id.selects"_rule;
    auto value = Text(Slot::kResourceGroupId, "value.empty.resource_group_id"_question,
                      "value.blanks.identifier"_question, rule);
    if (!value) return;
    choices_.Mark(rule);
    value = Meant(*value, [&](const std::string& text) { return IsKnownGroup(text); });
    plan_.has_group = true;
    plan_.filters.push_back({.kind = Filter::Kind::kResourceGroup,
                             .rule = rule,
                             .field = Field::kResourceGroupId,
                             .value = *value});
    if (plan_.unseen_region || (IsUnseen(*value) && !IsKnownGroup(*value))) {
      plan_.may_be_refused = true;
      return;
    }
    if (*value != dataset_.default_resource_group &&
        !ExistsAnywhere(Field::kResourceGroupId, *value) &&
        Is("filter.resource_group.unknown"_question, "refused"_option)) {
      RefuseAsRead("InvalidResourceGroup.NotFound", "ResourceGroupId");
    }
  }

  bool IsKnownGroup(const std::string& group) const {
    return group == dataset_.default_resource_group ||
           ExistsAnywhere(Field::kResourceGroupId, group);
  }

  void ReadSnapshotName() {
    const Rule rule = "filter.snapshot_name.selects"_rule;
    const auto value = Text(Slot::kSnapshotName, "value.empty.snapshot_name"_question,
                            "value.blanks.name"_question, rule);
    if (!value) return;
    choices_.Mark(rule);
    plan_.filters.push_back({.kind = Filter::Kind::kName,
                             .rule = rule,
                             .field = Field::kSnapshotName,
                             .value = *value});
  }
};

}  // namespace

void ReadResources(PlanDraft& draft) { ResourceReader(draft).Read(); }

}  // namespace assay
