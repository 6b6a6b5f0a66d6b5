#include "reports/secrets.h"

#include <algorithm>
#include <array>

#include "spec/letters.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, 5> kSecrets = {"Signature", "AccessKeyId", "AccessKeySecret",
                                                      "SecurityToken", "BearerToken"};

// What stands between a name and its value, and what ends the value.
struct Spelling {
  std::string_view assign;
  std::string_view end;
};
constexpr std::array<Spelling, 6> kSpellings = {{{"=", "&"},
                                                 {"%3D", "%26"},
                                                 {"%253D", "%2526"},
                                                 {"\":\"", "\""},
                                                 {"\": \"", "\""},
                                                 {">", "<"}}};

bool IsSameName(std::string_view name, std::string_view secret) {
  std::size_t matched = 0;
  for (const char c : name) {
    if (c == '-' || c == '_') continue;
    if (matched == secret.size() || SmallLetter(c) != SmallLetter(secret[matched])) return false;
    ++matched;
  }
  return matched == secret.size();
}

std::size_t ValueEnd(std::string_view text, std::size_t begin, std::string_view end) {
  const std::size_t own = text.find(end, begin);
  const std::size_t any = text.find_first_of("\"'<> \t\r\n&", begin);
  return std::min({own, any, text.size()});
}

void HideValues(std::string_view name, std::string* text) {
  for (std::size_t at = 0; (at = text->find(name, at)) != std::string::npos;) {
    const bool closes_element = at > 0 && (*text)[at - 1] == '/';
    at += name.size();
    if (closes_element) continue;
    for (const Spelling& spelling : kSpellings) {
      if (std::string_view(*text).substr(at, spelling.assign.size()) != spelling.assign) continue;
      const std::size_t begin = at + spelling.assign.size();
      text->replace(begin, ValueEnd(*text, begin, spelling.end) - begin, "***");
      at = begin;
      break;
    }
  }
}

void HidePassword(std::string* text) {
  for (std::size_t at = 0; (at = text->find("://", at)) != std::string::npos;) {
    at += 3;
    const std::size_t end = text->find_first_of("/?# \t\r\n\"'<>", at);
    const std::size_t user = text->substr(at, end == std::string::npos ? end : end - at).rfind('@');
    if (user != std::string::npos) text->replace(at, user, "***");
  }
}

}  // namespace

bool IsSecret(std::string_view name) {
  return std::any_of(kSecrets.begin(), kSecrets.end(),
                     [name](std::string_view secret) { return IsSameName(name, secret); });
}

std::vector<std::pair<std::string, std::string>> WithoutSecrets(
    const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::vector<std::pair<std::string, std::string>> kept;
  std::copy_if(parameters.begin(), parameters.end(), std::back_inserter(kept),
               [](const auto& parameter) { return !IsSecret(parameter.first); });
  return kept;
}

std::string HideSecrets(std::string_view text) {
  std::string hidden(text);
  for (const std::string_view name : kSecrets) HideValues(name, &hidden);
  HidePassword(&hidden);
  return hidden;
}

}  // namespace assay
