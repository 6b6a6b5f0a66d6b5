#include "reference/auth/gateway.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <string_view>

#include "reference/auth/forge.h"
#include "reference/auth/nonce_memory.h"
#include "reference/wire/wire_request.h"
#include "spec/catalogue/catalogue.h"
#include "spec/text/letters.h"
#include "spec/text/time.h"

namespace assay {
namespace {

constexpr std::string_view kAction = "DescribeSnapshots";
constexpr std::string_view kVersion = "2014-05-26";

// A refusal that the catalogue knows.
GatewayRefusal Documented(std::string_view code) {
  const ErrorInfo* error = Catalogue::Get().FindError(code);
  assert(error != nullptr);
  return {error->status, error->code, error->message};
}

GatewayRefusal Missing(std::string_view name) { return Documented("Missing" + std::string(name)); }

// The misspelling is the documented one (api-facts, 6, "sig method/version").
GatewayRefusal InvalidParamater(std::string_view name) {
  GatewayRefusal refusal = Documented("InvalidParamater");
  refusal.message = "The specified parameter \"" + std::string(name) + "\" is not valid.";
  return refusal;
}

std::string_view ValueOf(std::string_view name, const WireParameters& wire) {
  for (const auto* list : {&wire.query, &wire.form}) {
    for (const Parameter& parameter : *list) {
      if (parameter.name == name) return parameter.value;
    }
  }
  return "";
}

// What a request says about its sender, in whichever of the two ways it is signed. Views into the
// request; "" if it does not say.
struct Claims {
  std::optional<Authorization> authorization;  // of a signature in headers
  bool in_headers = false;
  std::string_view key_id, token, nonce, time, signature;
  std::string_view method, version;  // SignatureMethod, SignatureVersion; of one in parameters
};

Claims ReadHeaders(const HttpRequest& http, std::string_view authorization) {
  Claims claims{.authorization = ParseAuthorization(authorization), .in_headers = true};
  claims.key_id = claims.authorization ? claims.authorization->credential
                                       : http.Find("x-acs-accesskey-id").value_or("");
  if (claims.authorization) claims.signature = claims.authorization->signature;
  claims.token = http.Find("x-acs-security-token").value_or("");
  claims.nonce = http.Find("x-acs-signature-nonce").value_or("");
  claims.time = http.Find("x-acs-date").value_or("");
  return claims;
}

Claims ReadParameters(const WireParameters& wire) {
  Claims claims;
  claims.key_id = ValueOf("AccessKeyId", wire);
  claims.token = ValueOf("SecurityToken", wire);
  claims.nonce = ValueOf("SignatureNonce", wire);
  claims.time = ValueOf("Timestamp", wire);
  if (claims.time.empty()) claims.time = ValueOf("TimeStamp", wire);  // ECS documents of 2016
  claims.signature = ValueOf("Signature", wire);
  claims.method = ValueOf("SignatureMethod", wire);
  claims.version = ValueOf("SignatureVersion", wire);
  return claims;
}

// Another kind of Authorization is not ours to check; a proxy may have put it there.
Claims ReadClaims(const HttpRequest& http, const WireParameters& wire) {
  const std::string_view authorization = http.Find("Authorization").value_or("");
  const bool unsigned_v3 = ValueOf("Signature", wire).empty() && http.Find("x-acs-date");
  if (StartsWithAnyCase(authorization, "ACS3-") || unsigned_v3) {
    return ReadHeaders(http, authorization);
  }
  return ReadParameters(wire);
}

// Whether the request names an action or version, and whether any of them is the right one. The
// service decides which of several counts, and whether another letter case does.
struct Naming {
  bool named = false;
  bool right = false;
};
Naming ReadNaming(const Request& request, std::string_view name, std::string_view right) {
  Naming out;
  for (const Parameter& parameter : request.parameters) {
    if (!EqualAnyCase(parameter.name, name)) continue;
    out.named = out.named || !parameter.value.empty();
    out.right = out.right || parameter.value == right;
  }
  return out;
}

using Refused = std::optional<GatewayRefusal>;

Refused CheckMethod(const HttpRequest& http) {
  if (http.method == "GET" || http.method == "POST") return std::nullopt;
  return Documented("UnsupportedHTTPMethod");
}

Refused CheckNames(const Request& request) {
  const Naming version = ReadNaming(request, "Version", kVersion);
  if (version.named && !version.right) return Documented("InvalidVersion");
  const Naming action = ReadNaming(request, "Action", kAction);
  if (action.named && !action.right) return Documented("InvalidAction.NotFound");
  return std::nullopt;
}

bool IsMalformed(const HttpRequest& http, const Claims& claims) {
  return claims.in_headers && http.Find("Authorization") && !claims.authorization;
}

// What a signature in headers has to cover, as far as the request has it.
bool CoversHeaders(const HttpRequest& http, const Claims& claims) {
  constexpr std::array<std::string_view, 5> kNeeded = {"host", "x-acs-action", "x-acs-version",
                                                       "x-acs-date", "x-acs-signature-nonce"};
  const HeaderNames& covered = claims.authorization->signed_headers;
  return std::ranges::all_of(kNeeded, [&](std::string_view name) {
    return !http.Find(name) || std::ranges::any_of(covered, [&](std::string_view other) {
      return EqualAnyCase(other, name);
    });
  });
}

Refused CheckPresence(const HttpRequest& http, const Request& request, const Claims& claims,
                      const GatewayOptions& options) {
  const auto is_blind = [&](Forgery forgery) {
    return options.blind && options.blind(forgery, claims.in_headers);
  };
  if (!ReadNaming(request, "Action", kAction).named) return Missing("Action");
  if (!ReadNaming(request, "Version", kVersion).named) return Missing("Version");
  if (IsMalformed(http, claims)) return Documented("IncompleteSignature");
  if (claims.key_id.empty()) return Missing("AccessKeyId");
  if (!claims.in_headers && claims.method.empty()) return Missing("SignatureMethod");
  if (!claims.in_headers && claims.version.empty()) return Missing("SignatureVersion");
  if (claims.nonce.empty()) return Missing("SignatureNonce");
  if (claims.time.empty() && !is_blind(Forgery::kTimeMissing)) return Missing("Timestamp");
  if (claims.signature.empty() && !is_blind(Forgery::kEmpty)) return Missing("Signature");
  if (claims.authorization && !CoversHeaders(http, claims) &&
      !is_blind(Forgery::kUnsignedHeaders)) {
    return Documented("IncompleteSignature");
  }
  return std::nullopt;
}

Refused CheckToken(const Credentials& key, const Claims& claims) {
  if (key.security_token.empty()) return std::nullopt;
  if (claims.token.empty()) return Missing("SecurityToken");
  if (EqualInConstantTime(claims.token, key.security_token)) return std::nullopt;
  // Error table of the CDN reference; the ECS pages do not list it.
  return GatewayRefusal{400, "InvalidSecurityToken.MismatchWithAccessKey",
                        "Specified SecurityToken mismatch with the AccessKey."};
}

Refused CheckSignatureMethod(const Claims& claims) {
  if (claims.in_headers) {
    if (FindHeaderAlgorithm(claims.authorization->algorithm)) return std::nullopt;
    return InvalidParamater("SignatureMethod");
  }
  if (claims.method != "HMAC-SHA1") return InvalidParamater("SignatureMethod");
  if (claims.version != "1.0") return InvalidParamater("SignatureVersion");
  return std::nullopt;
}

Refused CheckTime(const Claims& claims, std::int64_t now, const GatewayOptions& options) {
  const std::int64_t validity_s =
      claims.in_headers ? options.header_validity_s : options.parameter_validity_s;
  std::int64_t time = 0;
  if (!ParseTime(claims.time, &time)) return Documented("InvalidTimeStamp.Format");
  if (time < now - validity_s || time > now + validity_s) {
    return Documented("InvalidTimeStamp.Expired");
  }
  return std::nullopt;
}

// The signature that is expected, and the text that it is made from.
struct Expected {
  std::string signature, to_sign;
};

Expected SignParameters(const HttpRequest& http, const WireParameters& wire,
                        const Credentials& key) {
  Expected out;
  WriteParametersToSign(http.method, wire.query, wire.form, &out.to_sign);
  Hmac hmac = ParameterHmac(key.secret);
  out.signature = ParameterSignature(hmac, out.to_sign);
  return out;
}

// The hash is taken of the body itself, so that a wrong x-acs-content-sha256 does not match.
Expected SignHeaders(const HttpRequest& http, const WireParameters& wire, const Claims& claims,
                     const Credentials& key) {
  const auto algorithm = *FindHeaderAlgorithm(claims.authorization->algorithm);
  Digest digest(DigestOf(algorithm));
  const std::string payload_hash = Hex(digest.Of(http.body));
  std::string canonical;
  WriteCanonicalRequest({http.method, wire.path, wire.query, http.headers,
                         claims.authorization->signed_headers, payload_hash},
                        &canonical);
  Expected out;
  out.to_sign = HeadersToSign(algorithm, digest, canonical);
  Hmac hmac = HeaderHmac(algorithm, key.secret);
  out.signature = HeaderSignature(hmac, out.to_sign);
  return out;
}

// SDKs cut the text at "server string to sign is:" and compare the rest with what they signed.
Refused CheckSignature(const HttpRequest& http, const WireParameters& wire, const Claims& claims,
                       const Credentials& key) {
  const Expected expected =
      claims.in_headers ? SignHeaders(http, wire, claims, key) : SignParameters(http, wire, key);
  if (EqualInConstantTime(claims.signature, expected.signature)) return std::nullopt;
  GatewayRefusal refusal = Documented("SignatureDoesNotMatch");
  refusal.message += expected.to_sign;
  return refusal;
}

// The request that the signature was made for, if that is how it was forged.
struct Unforged {
  HttpRequest http;
  WireParameters wire;
};
Unforged Undo(Forgery forgery, const HttpRequest& http, const WireParameters& wire) {
  SignedParts parts{http.method, wire.query, wire.form};
  UndoForgery(forgery, parts);
  Unforged out{http, wire};
  out.http.method = parts.method;
  out.wire.query = std::move(parts.query);
  out.wire.form = std::move(parts.form);
  if (wire.form.empty()) return out;
  out.http.body.clear();
  AppendForm(out.wire.form, &out.http.body);
  return out;
}

bool HasForm(const HttpRequest& http) {
  const std::string_view type = http.Find("Content-Type").value_or("");
  return !http.body.empty() && (type.empty() || StartsWithAnyCase(type, kFormContentType));
}

}  // namespace

WireParameters DecodeParameters(const HttpRequest& http) {
  WireParameters out;
  const std::string_view target = http.target;
  const std::size_t end = std::min(target.find('?'), target.size());
  out.path = target.substr(0, end);
  if (end < target.size()) out.query = ParseForm(target.substr(end + 1));
  if (HasForm(http)) out.form = ParseForm(http.body);
  return out;
}

struct Gateway::State {
  GatewayOptions options;
  NonceMemory nonces;

  const Credentials* FindKey(std::string_view key_id) const {
    const auto at = std::find_if(options.keys.begin(), options.keys.end(),
                                 [key_id](const Credentials& key) { return key.key_id == key_id; });
    return at == options.keys.end() ? nullptr : &*at;
  }
  bool IsBlindTo(Forgery forgery, const Claims& claims) const {
    return options.blind && options.blind(forgery, claims.in_headers);
  }
  Refused Authenticate(const HttpRequest& http, const Request& request);
  bool OverlooksTime(const Claims& claims, std::int64_t now) const;
  bool TakesAlike(const Claims& claims, const Expected& expected) const;
  Refused VerifySignature(const HttpRequest& http, const WireParameters& wire, const Claims& claims,
                          const Credentials& key) const;
};

// Whether a fault takes the beginning of the signature, or its letters, for the whole.
bool Gateway::State::TakesAlike(const Claims& claims, const Expected& expected) const {
  const std::string_view given = claims.signature;
  if (IsBlindTo(Forgery::kHalf, claims) && !given.empty() &&
      expected.signature.starts_with(given)) {
    return true;
  }
  if (IsBlindTo(Forgery::kEmpty, claims) && given.empty()) return true;
  return IsBlindTo(Forgery::kLetters, claims) && EqualAnyCase(given, expected.signature);
}

Refused Gateway::State::VerifySignature(const HttpRequest& http, const WireParameters& wire,
                                        const Claims& claims, const Credentials& key) const {
  Refused refused = CheckSignature(http, wire, claims, key);
  if (!refused || IsBlindTo(Forgery::kSignature, claims)) return std::nullopt;
  if (TakesAlike(claims, claims.in_headers ? SignHeaders(http, wire, claims, key)
                                           : SignParameters(http, wire, key))) {
    return std::nullopt;
  }
  if (IsBlindTo(Forgery::kBodyHash, claims) && claims.in_headers) return std::nullopt;
  for (const Forgery forgery : {Forgery::kParameter, Forgery::kValue, Forgery::kCommonParameter,
                                Forgery::kDryRun, Forgery::kRemoved, Forgery::kMethod}) {
    if (!IsBlindTo(forgery, claims)) continue;
    const Unforged genuine = Undo(forgery, http, wire);
    if (!CheckSignature(genuine.http, genuine.wire, claims, key)) return std::nullopt;
  }
  return refused;
}

// Whether a fault overlooks what is wrong with the time.
bool Gateway::State::OverlooksTime(const Claims& claims, std::int64_t now) const {
  if (claims.time.empty()) return IsBlindTo(Forgery::kTimeMissing, claims);
  std::int64_t time = 0;
  if (!ParseTime(claims.time, &time)) return IsBlindTo(Forgery::kTimeFormat, claims);
  return IsBlindTo(time < now ? Forgery::kTime : Forgery::kFuture, claims);
}

Refused Gateway::State::Authenticate(const HttpRequest& http, const Request& request) {
  const WireParameters wire = DecodeParameters(http);
  const Claims claims = ReadClaims(http, wire);
  if (claims.signature.empty() && IsBlindTo(Forgery::kUnsigned, claims)) return std::nullopt;
  if (Refused refused = CheckPresence(http, request, claims, options)) return refused;
  const Credentials* key = FindKey(claims.key_id);
  if (key == nullptr && IsBlindTo(Forgery::kKey, claims)) return std::nullopt;
  if (key == nullptr) return Documented("InvalidAccessKeyId.NotFound");
  if (Refused refused = CheckToken(*key, claims)) return refused;
  if (Refused refused = CheckSignatureMethod(claims)) {
    if (IsBlindTo(Forgery::kSignatureMethod, claims)) return std::nullopt;
    return refused;
  }
  const std::int64_t now = options.now();
  const auto late = CheckTime(claims, now, options);
  if (late && !OverlooksTime(claims, now)) return late;
  if (Refused refused = VerifySignature(http, wire, claims, *key)) return refused;
  // Only now: a stranger must not be able to use up the nonces of others.
  if (nonces.Use(key->key_id, std::string(claims.nonce), now)) return std::nullopt;
  if (IsBlindTo(Forgery::kNonce, claims)) return std::nullopt;
  return Documented("SignatureNonceUsed");
}

Gateway::Gateway(GatewayOptions options) {
  if (!options.now) options.now = SecondsNow;
  // A time stamp may lie ahead by the validity and stays good for as long after that.
  const std::int64_t remembered_s =
      2 * std::max(options.parameter_validity_s, options.header_validity_s);
  const std::size_t limit = options.nonce_limit;
  state_.reset(new State{std::move(options), {limit, remembered_s}});
}
Gateway::~Gateway() = default;

std::optional<GatewayRefusal> Gateway::Check(const HttpRequest& http, const Request& request) {
  if (Refused refused = CheckMethod(http)) return refused;
  if (state_->options.authenticate) {
    if (Refused refused = state_->Authenticate(http, request)) return refused;
  }
  return CheckNames(request);
}

}  // namespace assay
