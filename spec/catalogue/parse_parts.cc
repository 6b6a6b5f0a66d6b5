#include "spec/catalogue/parse_parts.h"

#include <algorithm>

#include "spec/catalogue/embedded.h"
#include "spec/text/nearest.h"

namespace assay {
namespace {

template <typename Id, typename Ids>
Id ReadId(ObjectReader& owner, const std::string& key, std::string_view what, const Ids& ids) {
  const std::string text = owner.Text(key);
  const std::size_t position = PositionOfId(ids, text);
  if (position < ids.size()) return static_cast<Id>(position);
  owner.Complain(key, UnknownWord(what, text, ids));
  return static_cast<Id>(0);
}

SourceReference ReadSource(DataFile& file, const nlohmann::ordered_json& value,
                           const std::string& place) {
  ObjectReader reader(file, value, place);
  SourceReference source;
  source.document = reader.Text("document");
  source.where = reader.Text("where");
  source.quote = reader.Text("quote");
  source.completes = reader.OptionalBool("completes").value_or(false);
  reader.RefuseOthers();
  return source;
}

}  // namespace

std::vector<SourceReference> ReadSources(DataFile& file, ObjectReader& owner) {
  return ReadList(file, owner, "source", ReadSource);
}

Level ReadLevel(ObjectReader& owner) {
  const std::string name = owner.Text("level");
  const std::optional<Level> level = Named<Level>(name);
  if (!level) {
    owner.Complain("level",
                   fmt::format("`{}` is not one of {}", name, fmt::join(kNamesOf<Level>, ", ")));
  }
  return level.value_or(Level::kShould);
}

Rule ReadRuleId(ObjectReader& owner, const std::string& key) {
  return ReadId<Rule>(owner, key, "rule", kRuleIds);
}

Question ReadQuestionId(ObjectReader& owner, const std::string& key) {
  return ReadId<Question>(owner, key, "question", kQuestionIds);
}

Option ReadOptionId(ObjectReader& owner, const std::string& key) {
  return ReadId<Option>(owner, key, "option", kOptionIds);
}

std::string_view EmbeddedText(std::string_view name) {
  const auto& files = EmbeddedFiles();
  const auto at = std::ranges::find(files, name, &EmbeddedFile::name);
  return at == files.end() ? std::string_view() : at->text;
}

}  // namespace assay
