#include "reference/message.h"

#include <algorithm>
#include <array>

namespace assay {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that "%XX" at `at` stands for, or -1.
int DecodeTriplet(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return -1;
  const int high = HexValue(text[at + 1]);
  const int low = HexValue(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

Parameter ParsePiece(std::string_view piece, bool* valid) {
  const std::size_t equals = piece.find('=');
  if (equals == std::string_view::npos) return {FormDecode(piece, valid), ""};
  return {FormDecode(piece.substr(0, equals), valid), FormDecode(piece.substr(equals + 1), valid)};
}

}  // namespace

std::string_view NameOf(Placement placement) {
  return placement == Placement::kQuery  ? "query"
         : placement == Placement::kForm ? "form"
                                         : "split";
}

Placement PlacementNamed(std::string_view name) {
  return name == "form"    ? Placement::kForm
         : name == "split" ? Placement::kSplit
                           : Placement::kQuery;
}

std::string_view NameOf(FormEncoding encoding) {
  return encoding == FormEncoding::kPlus ? "plus" : "percent";
}

FormEncoding FormEncodingNamed(std::string_view name) {
  return name == "plus" ? FormEncoding::kPlus : FormEncoding::kPercent;
}

namespace {

constexpr std::array<std::string_view, 7> kForgeries = {"none",  "signature", "parameter", "time",
                                                        "nonce", "key",       "unsigned"};

}  // namespace

std::string_view NameOf(Forgery forgery) { return kForgeries[static_cast<std::size_t>(forgery)]; }

Forgery ForgeryNamed(std::string_view name) {
  const auto at = std::find(kForgeries.begin(), kForgeries.end(), name);
  return at == kForgeries.end() ? Forgery::kNone : static_cast<Forgery>(at - kForgeries.begin());
}

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

void AppendPercentEncoded(std::string_view text, std::string* out) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::size_t copied = 0;  // what needs no encoding is copied in runs
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (IsUnreserved(text[i])) continue;
    out->append(text, copied, i - copied);
    const unsigned char byte = static_cast<unsigned char>(text[i]);
    const char triplet[] = {'%', kHex[byte >> 4], kHex[byte & 15]};
    out->append(triplet, sizeof triplet);
    copied = i + 1;
  }
  out->append(text, copied);
}

bool IsSlow(const Response& response) { return response.latency_us > 3'000'000; }

std::string PercentEncode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  AppendPercentEncoded(text, &out);
  return out;
}

namespace {

void AppendEncoded(std::string_view text, FormEncoding encoding, std::string* out) {
  while (encoding == FormEncoding::kPlus) {
    const std::size_t blank = text.find(' ');
    if (blank == std::string_view::npos) break;
    AppendPercentEncoded(text.substr(0, blank), out);
    out->push_back('+');
    text.remove_prefix(blank + 1);
  }
  AppendPercentEncoded(text, out);
}

}  // namespace

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

std::string FormDecode(std::string_view text, bool* valid) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = text[i] == '%' ? DecodeTriplet(text, i) : -1;
    if (byte >= 0) {
      out.push_back(static_cast<char>(byte));
      i += 2;
      continue;
    }
    if (text[i] == '%' && valid != nullptr) *valid = false;
    out.push_back(text[i] == '+' ? ' ' : text[i]);
  }
  return out;
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
