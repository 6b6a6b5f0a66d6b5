#include "spec/catalogue/catalogue.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "spec/catalogue/embedded.h"
#include "spec/catalogue/parse.h"
#include "spec/catalogue/parse_parts.h"

namespace assay {
namespace {

// "Throttling*" covers whatever begins with Throttling.
bool Covers(std::string_view pattern, std::string_view code) {
  if (!pattern.ends_with('*')) return pattern == code;
  return code.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

int QuestionInfo::PositionOf(Option option) const {
  const auto at = std::ranges::find(options, option, &OptionInfo::id);
  return at == options.end() ? -1 : static_cast<int>(at - options.begin());
}

const Catalogue& Catalogue::Get() {
  static const Catalogue catalogue;
  return catalogue;
}

Catalogue::Catalogue() {
  for (const EmbeddedFile& file : EmbeddedFiles()) {
    const std::string name(file.name);
    if (name.starts_with("rules/")) {
      for (RuleInfo& rule : Trust(ParseRules(file.text, name))) rules_.push_back(std::move(rule));
    } else if (name == "questions.json") {
      questions_ = Trust(ParseQuestions(file.text, name));
    } else if (name == "errors.json") {
      errors_ = Trust(ParseErrors(file.text, name));
    }
  }
  std::ranges::sort(rules_, {}, &RuleInfo::id);
  for (const QuestionInfo& question : questions_) asked_.push_back(question.id);
  std::ranges::sort(questions_, {}, &QuestionInfo::id);
}

bool Catalogue::IsReserved(std::string_view code) const {
  return std::ranges::any_of(errors_, [&](const ErrorInfo& error) {
    return std::ranges::any_of(error.reserves,
                               [&](const std::string& pattern) { return Covers(pattern, code); });
  });
}

const ErrorInfo* Catalogue::FindError(std::string_view code) const {
  const auto at = std::ranges::find(errors_, code, &ErrorInfo::code);
  return at == errors_.end() ? nullptr : &*at;
}

std::optional<Rule> FindRule(std::string_view id) {
  const std::size_t position = PositionOfId(kRuleIds, id);
  if (position == kRuleIds.size()) return std::nullopt;
  return static_cast<Rule>(position);
}

std::optional<Question> FindQuestion(std::string_view id) {
  const std::size_t position = PositionOfId(kQuestionIds, id);
  if (position == kQuestionIds.size()) return std::nullopt;
  return static_cast<Question>(position);
}

std::string SpecHash() {
  std::string all;
  for (const EmbeddedFile& file : EmbeddedFiles()) {
    all += fmt::format("{} {}\n{}", file.name, file.text.size(), file.text);
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(all.data(), all.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + size, ""));
}

}  // namespace assay
