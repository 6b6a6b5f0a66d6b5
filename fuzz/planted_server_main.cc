// A server that conforms but for one bug that only a few requests reach: what a campaign has to
// find.
//
//   planted_server emoji|page|three|format      prints "listening on http://127.0.0.1:PORT"
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "reference/answer/observed.h"
#include "reference/faults/fault.h"
#include "reference/server/server.h"
#include "reference/state/dataset.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

using Trigger = bool (*)(const Scene& scene, const Response& answer);

// A tag's value with an emoji, on pages of 37.
bool IsEmojiOnPageOf37(const Scene& scene, const Response&) {
  const auto has_emoji = [](const Parameter& parameter) {
    return parameter.name.starts_with("Tag.") && parameter.name.ends_with(".Value") &&
           std::ranges::any_of(parameter.value,
                               [](char c) { return static_cast<unsigned char>(c) >= 0xF0; });
  };
  return scene.Value("PageSize") == "37" &&
         std::ranges::any_of(scene.request.parameters, has_emoji);
}

// The third page, or a later one, of a walk through the encrypted ones.
bool IsThirdPageOfEncrypted(const Scene& scene, const Response&) {
  if (!scene.ByToken() || scene.Value("Encrypted") != "true") return false;
  const long size = std::strtol(std::string(scene.Value("MaxResults")).c_str(), nullptr, 10);
  return size > 0 && scene.start >= 2 * size;
}

bool HasThreeValues(const Scene& scene, const Response&) {
  return scene.Value("Usage") == "image" && scene.Value("SourceDiskType") == "System" &&
         scene.Value("SnapshotType") == "auto";
}

// A token that came in one format and is used in the other.
bool IsTokenOfOtherFormat(const Scene& scene, const Response& answer) {
  const std::string format = SmallLetters(scene.Value("Format"));
  if (const std::string next = NextTokenOf(answer); !next.empty()) scene.memory.Keep(next, format);
  const auto issued = scene.memory.Find(std::string(scene.Value("NextToken")));
  return issued && *issued != format;
}

int Serve(Trigger trigger) {
  const Dataset dataset = BuiltInDataset();
  Fault fault{.id = "planted", .title = "fails where nobody looks"};
  fault.answer = [trigger](const Scene& scene, Response& answer) {
    if (answer.status != 200 || !trigger(scene, answer)) return;
    answer.status = 500;
    answer.content_type = "text/plain";
    answer.body = "planted";
  };
  const auto server = Server::Start(dataset, {}, "127.0.0.1", 0, {}, {}, {&fault});
  if (!server) {
    fmt::print(stderr, "{}\n", server.error().Text());
    return 3;
  }
  fmt::print("listening on {}\n", (*server)->Url());
  std::fflush(stdout);
  (*server)->Wait();
  return 0;
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  const std::map<std::string_view, assay::Trigger> triggers = {
      {"emoji", assay::IsEmojiOnPageOf37},
      {"page", assay::IsThirdPageOfEncrypted},
      {"three", assay::HasThreeValues},
      {"format", assay::IsTokenOfOtherFormat}};
  const auto trigger = argc == 2 ? triggers.find(argv[1]) : triggers.end();
  if (trigger == triggers.end()) {
    fmt::print(stderr, "usage: planted_server emoji|page|three|format\n");
    return 2;
  }
  return assay::Serve(trigger->second);
}
