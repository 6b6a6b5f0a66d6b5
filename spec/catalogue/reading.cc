#include "spec/catalogue/reading.h"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "spec/catalogue/embedded.h"
#include "spec/catalogue/parse.h"
#include "spec/text/text_file.h"

namespace assay {
namespace {

// "situations_7": as `assay selftest --situations` names them.
std::optional<Reading> BySituation(const std::string& name) {
  constexpr std::string_view kBegin = "situations_";
  if (!name.starts_with(kBegin)) return std::nullopt;
  Reading out{.name = name};
  const char* const end = name.data() + name.size();
  const auto [rest, failed] = std::from_chars(name.data() + kBegin.size(), end, out.situations);
  if (failed != std::errc() || rest != end || out.situations == 0) return std::nullopt;
  return out;
}

}  // namespace

Result<Reading> LoadReading(const std::string& name_or_file) {
  for (const EmbeddedFile& file : EmbeddedFiles()) {
    if (file.name == "readings/" + name_or_file + ".json") {
      return ParseReading(file.text, std::string(file.name));
    }
  }
  if (auto reading = BySituation(name_or_file)) return *std::move(reading);
  const Result<std::string> text = ReadTextFile(name_or_file);
  if (!text) {
    return Error{name_or_file,
                 "cannot be read (" + text.error().what +
                     "); `documented`, `observed` and `situations_1`, `situations_2` … "
                     "are built in, anything else is the "
                     "path of a reading file"};
  }
  return ParseReading(*text, name_or_file);
}

}  // namespace assay
