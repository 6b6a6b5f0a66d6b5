#include "spec/record/request.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "spec/text/letters.h"
#include "spec/text/percent.h"

namespace assay {
namespace {

Parameter ParsePiece(std::string_view piece, bool* valid) {
  const std::size_t equals = piece.find('=');
  if (equals == std::string_view::npos) return {FormDecode(piece, valid), ""};
  return {FormDecode(piece.substr(0, equals), valid), FormDecode(piece.substr(equals + 1), valid)};
}

// Makes the two digits behind each `%` from there on small.
void LowerHex(std::size_t from, std::string* out) {
  for (std::size_t at = from; (at = out->find('%', at)) != std::string::npos; ++at) {
    for (std::size_t i = at + 1; i < at + 3 && i < out->size(); ++i) {
      (*out)[i] = SmallLetter((*out)[i]);
    }
  }
}

void AppendEscaped(std::string_view text, std::string* out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    out->push_back('%');
    out->push_back(kDigits[octet >> 4]);
    out->push_back(kDigits[octet & 15]);
  }
}

void AppendEncoded(std::string_view text, FormEncoding encoding, std::string* out) {
  if (encoding == FormEncoding::kEscaped) return AppendEscaped(text, out);
  const std::size_t begin = out->size();
  while (encoding == FormEncoding::kPlus) {
    const std::size_t blank = text.find(' ');
    if (blank == std::string_view::npos) break;
    AppendPercentEncoded(text.substr(0, blank), out);
    out->push_back('+');
    text.remove_prefix(blank + 1);
  }
  AppendPercentEncoded(text, out);
  if (encoding == FormEncoding::kLowerHex) LowerHex(begin, out);
}

}  // namespace

std::optional<std::string_view> Request::Find(std::string_view name) const {
  for (const Parameter& parameter : parameters)
    if (parameter.name == name) return parameter.value;
  return std::nullopt;
}

void Request::Set(std::string_view name, std::string_view value) {
  const auto has_name = [name](const Parameter& parameter) { return parameter.name == name; };
  const auto first = std::find_if(parameters.begin(), parameters.end(), has_name);
  if (first == parameters.end()) {
    parameters.push_back({std::string(name), std::string(value)});
    return;
  }
  // The views may point into what is removed below.
  std::string kept(value);
  const std::string kept_name(name);
  first->value = std::move(kept);
  parameters.erase(
      std::remove_if(first + 1, parameters.end(),
                     [&](const Parameter& parameter) { return parameter.name == kept_name; }),
      parameters.end());
}

void Request::Unset(std::string_view name) {
  const std::string kept_name(name);
  std::erase_if(parameters,
                [&](const Parameter& parameter) { return parameter.name == kept_name; });
}

std::string Request::Text() const {
  std::string text;
  AppendForm(parameters, &text);
  return text;
}

void AppendForm(const std::vector<Parameter>& parameters, std::string* out, FormEncoding encoding) {
  bool first = true;
  for (const Parameter& parameter : parameters) {
    if (!first) out->push_back('&');
    first = false;
    AppendEncoded(parameter.name, encoding, out);
    out->push_back('=');
    AppendEncoded(parameter.value, encoding, out);
  }
}

std::vector<Parameter> ParseForm(std::string_view text, bool* valid) {
  std::vector<Parameter> parameters;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    if (end > 0) parameters.push_back(ParsePiece(text.substr(0, end), valid));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parameters;
}

}  // namespace assay
