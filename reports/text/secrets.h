#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay {

// Whether the value of a parameter, option or header of that name must never be written: the
// signature, keys and tokens. Letter case, '-' and '_' do not matter.
bool IsSecret(std::string_view name);

// Whether a client adds the parameter of that name when it signs; letter case does not matter. It
// is not part of what the request asks.
bool IsOfSignature(std::string_view name);

// The parameters without those that IsSecret() names. Every writer passes parameters through it.
template <typename NameAndValue>
std::vector<NameAndValue> WithoutSecrets(std::vector<NameAndValue> parameters) {
  std::erase_if(parameters, [](const NameAndValue& parameter) {
    const auto& [name, value] = parameter;
    return IsSecret(name);
  });
  return parameters;
}

// The text with `***` in place of the value behind each secret's name, as it appears in a query, in
// a string to sign (percent-encoded once or twice), in JSON or XML, and of a password in a URL.
std::string HideSecrets(std::string_view text);

}  // namespace assay
