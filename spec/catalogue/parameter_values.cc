#include "spec/catalogue/parameter_values.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "spec/catalogue/case_reader.h"
#include "spec/catalogue/data_file.h"
#include "spec/catalogue/parse_parts.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

AbstractValue ReadValue(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  AbstractValue made;
  made.name = reader.Text("name");
  made.odd = reader.OptionalBool("odd").value_or(false);
  const std::string region = reader.TextOr("region", "");
  made.other_region = region == "other";
  if (!region.empty() && !made.other_region) reader.Complain("region", "`other` is expected here");
  made.change = ReadChange(reader);
  if (!made.change.format.empty()) reader.Complain("format", "is a parameter here; set Format");
  reader.RefuseOthers();
  return made;
}

AbstractParameter ReadAbstractParameter(DataFile& file, const Json& value,
                                        const std::string& place) {
  ObjectReader reader(file, value, place);
  AbstractParameter made{reader.Text("name"), ReadList(file, reader, "values", ReadValue)};
  reader.RefuseOthers();
  return made;
}

// The text between `opening` and the `)` at the end, or nothing.
std::optional<std::string_view> Within(std::string_view opening, std::string_view text) {
  if (!text.starts_with(opening) || !text.ends_with(')')) return std::nullopt;
  return text.substr(opening.size(), text.size() - opening.size() - 1);
}

// "3,ab" -> "ababab", or nothing.
std::optional<std::string> Repeat(std::string_view text) {
  constexpr std::size_t kMost = 1'000'000;
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end == text.data() + text.size() || *end != ',') return std::nullopt;
  const std::string_view piece = text.substr(static_cast<std::size_t>(end - text.data()) + 1);
  if (piece.empty() || count > kMost / piece.size()) return std::nullopt;
  std::string out;
  while (count-- > 0) out += piece;
  return out;
}

// What nobody would write out: octets that are not UTF-8 as `$octets(HEX)`, and long texts as
// `$repeat(COUNT,TEXT)`.
std::vector<std::string> ReadTexts(ObjectReader& reader, const std::string& key) {
  std::vector<std::string> texts = reader.Texts(key);
  for (std::string& text : texts) {
    if (const auto hex = Within("$octets(", text)) {
      if (const auto octets = OctetsOf(*hex)) {
        text = *octets;
      } else {
        reader.Complain(key,
                        "pairs of hex digits in capital letters are expected in `" + text + "`");
      }
    } else if (const auto repeated = Within("$repeat(", text)) {
      if (auto made = Repeat(*repeated)) {
        text = std::move(*made);
      } else {
        reader.Complain(key, "a number, a comma and a text are expected in `" + text + "`");
      }
    }
  }
  return texts;
}

OddValues ReadOddValues(DataFile& file, const Json& value, const std::string& place) {
  ObjectReader reader(file, value, place);
  OddValues made{reader.Text("name"), ReadTexts(reader, "values"), ReadTexts(reader, "fuzzed")};
  reader.RefuseOthers();
  return made;
}

}  // namespace

const ParameterValues& ParameterValues::Get() {
  static const ParameterValues values =
      Trust(ParseParameterValues(EmbeddedText("parameters.json"), "parameters.json"));
  return values;
}

const OddValues& ParameterValues::Odd(std::string_view name) const {
  return *std::ranges::find(odd_values, name, &OddValues::name);
}

Result<ParameterValues> ParseParameterValues(std::string_view text, const std::string& name) {
  DataFile file(text, name);
  if (!file.sound()) return file.error();
  ObjectReader reader(file, file.root(), "");
  ParameterValues values;
  values.parameters = ReadList(file, reader, "parameters", ReadAbstractParameter);
  values.odd_values = ReadList(file, reader, "odd_values", ReadOddValues);
  reader.RefuseOthers();
  if (!file.sound()) return file.error();
  return values;
}

}  // namespace assay
