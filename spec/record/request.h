#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/text/enum_names.h"

namespace assay {

// One request parameter, decoded: UTF-8 text as the caller means it, before percent-encoding.
struct Parameter {
  std::string name;
  std::string value;
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

// Where the parameters of a request travel.
enum class Placement {
  kQuery,
  kForm,
  kSplit  // common parameters in the query, the rest in the form
};
template <>
inline constexpr std::array<std::string_view, 3> kNamesOf<Placement> = {"query", "form", "split"};

// How they are written there. All say the same to whoever reads a query or a form.
enum class FormEncoding {
  kPercent,   // RFC 3986: a blank is %20
  kPlus,      // the rules of HTML forms: a blank is "+"
  kLowerHex,  // %c3 instead of %C3
  kEscaped,   // every octet of names and values is escaped
  kCharset,   // the media type of a form names its charset
  kChunked    // a form is sent in chunks
};
template <>
inline constexpr std::array<std::string_view, 6> kNamesOf<FormEncoding> = {
    "percent", "plus", "lower_hex", "escaped", "charset", "chunked"};

// What is wrong with a request's signature, on purpose: an endpoint that checks signatures refuses
// it.
enum class Forgery {
  kNone,
  kSignature,        // another one than the key makes
  kParameter,        // a parameter was added after signing
  kTime,             // signed a day ago
  kNonce,            // of an earlier request
  kKey,              // of an access key that does not exist
  kUnsigned,         // none at all
  kFuture,           // signed a day ahead
  kTimeFormat,       // signed at a time that is none
  kTimeMissing,      // the time of signing is left out
  kMethod,           // signed for another method
  kValue,            // the value of a parameter was changed after signing
  kCommonParameter,  // the same for Format
  kDryRun,           // DryRun was added after signing
  kRemoved,          // a parameter was taken away after signing
  kHalf,             // the first half of the signature
  kLetters,          // the signature in other letters
  kEmpty,            // an empty signature
  kSignatureMethod,  // made by a method that does not exist
  kBodyHash,         // of headers: the hash is that of another body
  kUnsignedHeaders   // of headers: they cover neither time nor nonce nor action
};
template <>
inline constexpr std::array<std::string_view, 21> kNamesOf<Forgery> = {"none",
                                                                       "signature",
                                                                       "parameter",
                                                                       "time",
                                                                       "nonce",
                                                                       "key",
                                                                       "unsigned",
                                                                       "future",
                                                                       "time_format",
                                                                       "time_missing",
                                                                       "method",
                                                                       "value",
                                                                       "common_parameter",
                                                                       "dry_run",
                                                                       "removed",
                                                                       "half",
                                                                       "letters",
                                                                       "empty",
                                                                       "signature_method",
                                                                       "body_hash",
                                                                       "unsigned_headers"};
// Only a signature in headers can be wrong in this way.
inline bool IsOfHeaders(Forgery forgery) {
  return forgery == Forgery::kBodyHash || forgery == Forgery::kUnsignedHeaders;
}

// One request, before it is signed and encoded. Parameters keep their order and may repeat.
// `Action` and `Version` are parameters like the others; the client adds what is common to all
// (Version, SignatureNonce, …) when it sends.
struct Request {
  std::string method = "GET";
  Placement placement = Placement::kQuery;
  std::vector<Parameter> parameters;
  FormEncoding encoding = FormEncoding::kPercent;
  Forgery forgery = Forgery::kNone;

  // The first value of the parameter, or nothing.
  std::optional<std::string_view> Find(std::string_view name) const;
  // Sets the parameter, replacing every earlier one of that name.
  void Set(std::string_view name, std::string_view value);
  void Unset(std::string_view name);
  // "RegionId=cn-hangzhou&Status=all": parameters in order, percent-encoded (RFC 3986).
  std::string Text() const;
  friend bool operator==(const Request&, const Request&) = default;
};

// Appends "a=1&b=2": the parameters in order, names and values encoded.
void AppendForm(const std::vector<Parameter>& parameters, std::string* out,
                FormEncoding encoding = FormEncoding::kPercent);
// Splits and decodes "a=1&b=2" in order; empty pieces are dropped.
std::vector<Parameter> ParseForm(std::string_view text, bool* valid = nullptr);

}  // namespace assay
