#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay {

// Whether the value of a parameter, option or header of that name must never be written: the
// signature, keys and tokens. Letter case, '-' and '_' do not matter.
bool IsSecret(std::string_view name);

// The parameters without those that IsSecret() names. Every writer passes parameters through it.
std::vector<std::pair<std::string, std::string>> WithoutSecrets(
    const std::vector<std::pair<std::string, std::string>>& parameters);

// The text with `***` in place of the value behind each secret's name, as it stands in a query, in
// a string to sign (percent-encoded once or twice), in JSON or XML, and of a password in a URL.
std::string HideSecrets(std::string_view text);

}  // namespace assay
