#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reference/auth/digest.h"
#include "reference/wire/message.h"

namespace assay {

using Header = std::pair<std::string, std::string>;

// Who sends a request. The token is "" for keys that are not temporary.
struct Credentials {
  std::string key_id;
  std::string secret;
  std::string security_token = "";
};

// A signature among the parameters: `SignatureVersion=1.0` on the wire, "V2" in the documents,
// "v1" on our command line (api-facts, 5.2). Everything here works on decoded parameters, since
// clients encode one way and sign another.

// Replaces `*out` by the text that is signed: method and all parameters of query and form except
// `Signature`, sorted by the bytes of name and value.
void WriteParametersToSign(std::string_view method, const std::vector<Parameter>& query,
                           const std::vector<Parameter>& form, std::string* out);
// What signs parameters under the secret: HMAC-SHA1 with "&" at the end of the key.
Hmac ParameterHmac(std::string_view secret);
// The value of `Signature` for a text of WriteParametersToSign().
std::string ParameterSignature(Hmac& hmac, std::string_view to_sign);

// A signature in the header Authorization: "V3" in the documents and "v3" on our command line
// (api-facts, 5.3).

enum class HeaderAlgorithm { kSha256, kSm3 };

// "ACS3-HMAC-SHA256" or "ACS3-HMAC-SM3".
std::string_view NameOf(HeaderAlgorithm algorithm);
// The algorithm of exactly that name, or nothing.
std::optional<HeaderAlgorithm> FindHeaderAlgorithm(std::string_view name);
DigestKind DigestOf(HeaderAlgorithm algorithm);

// Names of headers in the order of their lower-case form, each once; they may be in any letters.
using HeaderNames = std::vector<std::string_view>;

// What a signature in headers covers.
struct SignedRequest {
  std::string_view method;
  std::string_view path;
  const std::vector<Parameter>& query;  // decoded
  const std::vector<Header>& headers;   // of the whole request
  const HeaderNames& names;             // of the headers that are signed
  std::string_view payload_hash;        // of the body, hex
};

// What a client signs: host, content-type and every x-acs-*. Views into `headers`.
HeaderNames NamesToSign(const std::vector<Header>& headers);
// Appends the names as Authorization and the canonical request hold them: "host;x-acs-action".
void AppendSignedHeaders(const HeaderNames& names, std::string* out);
// Replaces `*out` by the canonical request. A signed header that the request lacks counts as empty;
// the values of one that it has more than once are sorted and joined by commas.
void WriteCanonicalRequest(const SignedRequest& request, std::string* out);
// The text that is signed: name of the algorithm and hash of the canonical request.
std::string HeadersToSign(HeaderAlgorithm algorithm, Digest& digest,
                          std::string_view canonical_request);
// What signs headers under the secret.
Hmac HeaderHmac(HeaderAlgorithm algorithm, std::string_view secret);
// The `Signature` of Authorization for a text of HeadersToSign().
std::string HeaderSignature(Hmac& hmac, std::string_view to_sign);

// "ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…", taken apart.
struct Authorization {
  std::string_view algorithm, credential, signature;
  HeaderNames signed_headers;
};
// Views into `text`, or nothing if it is not of that form: a part is missing, empty, unknown or
// given twice. The parts may come in any order, with blanks around them.
std::optional<Authorization> ParseAuthorization(std::string_view text);

}  // namespace assay
