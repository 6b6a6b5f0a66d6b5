#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  kSplit
};  // kSplit: common parameters in the query, rest in the form
std::string_view NameOf(Placement placement);     // "query", "form", "split"
Placement PlacementNamed(std::string_view name);  // kQuery for any other name

// How they are written there. Both say the same to whoever reads a query or a form.
enum class FormEncoding {
  kPercent,  // RFC 3986: a blank is %20
  kPlus      // the rules of HTML forms: a blank is "+"
};
std::string_view NameOf(FormEncoding encoding);         // "percent", "plus"
FormEncoding FormEncodingNamed(std::string_view name);  // kPercent for any other name

// What is wrong with a request's signature, on purpose: an endpoint that checks signatures refuses
// it.
enum class Forgery {
  kNone,
  kSignature,  // another one than the key makes
  kParameter,  // a parameter was added after signing
  kTime,       // signed a day ago
  kNonce,      // of an earlier request
  kKey,        // of an access key that does not exist
  kUnsigned    // none at all
};
std::string_view NameOf(Forgery forgery);     // "none", "signature", …
Forgery ForgeryNamed(std::string_view name);  // kNone for any other name

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

// One answer as it came over the wire. `body` is hostile input.
struct Response {
  int status = 0;
  std::string content_type;  // the Content-Type header, "" where absent
  std::string body;
  std::int64_t retry_after_ms = 0;  // from x-acs-retry-after or Retry-After; 0 where absent
  std::int64_t latency_us = 0;      // from the last byte sent to the last byte received
  std::string request_id = "";      // the x-acs-request-id header, "" where absent
};

// The characters that percent-encoding leaves as they are: RFC 3986, section 2.3.
inline constexpr std::array<bool, 256> kUnreserved = [] {
  std::array<bool, 256> table{};
  for (const char c :
       std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();
inline bool IsUnreserved(char c) { return kUnreserved[static_cast<unsigned char>(c)]; }

// Percent-encodes for signing and for URLs: RFC 3986 unreserved characters stay, hex in capitals.
std::string PercentEncode(std::string_view text);
// The same, at the end of `*out`, so that a buffer can be used again.
void AppendPercentEncoded(std::string_view text, std::string* out);
// Appends "a=1&b=2": the parameters in order, names and values encoded.
void AppendForm(const std::vector<Parameter>& parameters, std::string* out,
                FormEncoding encoding = FormEncoding::kPercent);
// Decodes %XX, and '+' as a blank (form rules). A '%' without two hex digits is kept as it is and
// sets `*valid` (where given) to false.
std::string FormDecode(std::string_view text, bool* valid = nullptr);
// Splits and decodes "a=1&b=2" in order; empty pieces are dropped.
std::vector<Parameter> ParseForm(std::string_view text, bool* valid = nullptr);

}  // namespace assay
