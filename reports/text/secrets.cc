#include "reports/text/secrets.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "spec/text/letters.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, 5> kSecrets = {"Signature", "AccessKeyId", "AccessKeySecret",
                                                      "SecurityToken", "BearerToken"};
constexpr std::array<std::string_view, 4> kHeaders = {"x-acs-security-token", "x-acs-accesskey-id",
                                                      "X-Acs-Security-Token", "X-Acs-Accesskey-Id"};

// What separates a name from its value, and what ends the value.
struct Spelling {
  std::string_view assign;
  std::string_view end;
};
constexpr std::array<Spelling, 7> kSpellings = {{{"=", "&"},
                                                 {"%3D", "%26"},
                                                 {"%253D", "%2526"},
                                                 {"\":\"", "\""},
                                                 {"\": \"", "\""},
                                                 {"\\\":\\\"", "\\"},
                                                 {">", "<"}}};
constexpr std::array<Spelling, 2> kInHeaders = {{{": ", "\n"}, {":", "\n"}}};
constexpr std::array<Spelling, 1> kInAuthorization = {{{"=", ","}}};

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
  const std::size_t any = std::min(text.find_first_of("\"'<> \t\r\n&", begin), text.size());
  return std::min(text.substr(0, any).find(end, begin), any);
}

// Where the value begins that the spelling behind a name announces, and what ends it; or nothing.
const Spelling* SpellingAt(std::string_view text, std::size_t at,
                           std::span<const Spelling> spellings) {
  const auto found = std::ranges::find_if(spellings, [&](const Spelling& spelling) {
    return text.substr(at, spelling.assign.size()) == spelling.assign;
  });
  return found == spellings.end() ? nullptr : &*found;
}

// Each text is read once: what is hidden is skipped, not searched again.
void HideValues(std::string_view name, std::span<const Spelling> spellings, std::string* text) {
  std::size_t at = text->find(name);
  if (at == std::string::npos) return;
  std::string out;
  std::size_t done = 0;
  for (; at != std::string::npos; at = text->find(name, at)) {
    const bool closes_element = at > 0 && (*text)[at - 1] == '/';
    at += name.size();
    const Spelling* spelling = closes_element ? nullptr : SpellingAt(*text, at, spellings);
    if (spelling == nullptr) continue;
    const std::size_t begin = at + spelling->assign.size();
    at = ValueEnd(*text, begin, spelling->end);
    out.append(*text, done, begin - done).append("***");
    done = at;
  }
  *text = std::move(out.append(*text, done));
}

void HidePassword(std::string* text) {
  std::size_t at = text->find("://");
  if (at == std::string::npos) return;
  std::string out;
  std::size_t done = 0;
  for (; at != std::string::npos; at = text->find("://", at)) {
    at += 3;
    const std::size_t end = std::min(text->find_first_of("/?# \t\r\n\"'<>", at), text->size());
    const std::size_t user = std::string_view(*text).substr(at, end - at).rfind('@');
    if (user == std::string::npos) continue;
    out.append(*text, done, at - done).append("***");
    done = at + user;
    at = end;
  }
  *text = std::move(out.append(*text, done));
}

}  // namespace

bool IsOfSignature(std::string_view name) {
  constexpr std::array<std::string_view, 9> kNames = {
      "AccessKeyId",   "Signature",     "SignatureMethod", "SignatureNonce", "SignatureVersion",
      "SignatureType", "SecurityToken", "BearerToken",     "Timestamp"};
  return std::ranges::any_of(kNames, [&](std::string_view own) { return EqualAnyCase(own, name); });
}

bool IsSecret(std::string_view name) {
  if (name == "--signature") return false;  // the option that names the scheme
  return std::any_of(kSecrets.begin(), kSecrets.end(),
                     [name](std::string_view secret) { return IsSameName(name, secret); });
}

std::string HideSecrets(std::string_view text) {
  std::string hidden(text);
  for (const std::string_view name : kSecrets) HideValues(name, kSpellings, &hidden);
  for (const std::string_view name : kHeaders) HideValues(name, kInHeaders, &hidden);
  HideValues("Credential", kInAuthorization, &hidden);
  HidePassword(&hidden);
  return hidden;
}

}  // namespace assay
