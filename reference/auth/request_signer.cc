#include "reference/auth/request_signer.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <random>
#include <utility>

#include "reference/auth/forge.h"
#include "spec/text/letters.h"
#include "spec/text/time.h"

namespace assay {
namespace {

constexpr std::int64_t kDay = 24 * 60 * 60;

// Nonces of one process and, by their first half, of one signer.
class RandomNonces {
 public:
  std::string operator()() {
    std::string bytes;
    for (const std::uint64_t half : {random_(), random_()}) {
      for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(half >> shift);
    }
    return Hex(bytes);
  }

 private:
  std::mt19937_64 random_ = Seeded();

  static std::mt19937_64 Seeded() {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }
};

// What both schemes need from outside: time and nonces. The text of the time is made once a second.
class Stamp {
 public:
  explicit Stamp(SignerOptions& options)
      : now_(options.now ? std::move(options.now) : SecondsNow),
        nonce_(options.nonce ? std::move(options.nonce) : RandomNonces()) {}

  const std::string& Time(Forgery forgery) {
    if (forgery == Forgery::kTimeFormat) {
      at_ = 0;
      return text_ = "yesterday at noon";
    }
    const std::int64_t shift = forgery == Forgery::kTime     ? -kDay
                               : forgery == Forgery::kFuture ? kDay
                                                             : 0;
    const std::int64_t now = now_() + shift;
    if (text_.empty() || now != at_) {
      at_ = now;
      text_ = FormatTime(now);
    }
    return text_;
  }
  // A new one, or for a forged nonce that of the equal request before it, or else of the latest.
  std::string Nonce(const Request& request) {
    const std::size_t content = ContentOf(request);
    if (request.forgery == Forgery::kNonce) {
      const auto at = std::find_if(used_.rbegin(), used_.rend(),
                                   [&](const Used& used) { return used.content == content; });
      if (at != used_.rend()) return at->nonce;
      if (!used_.empty()) return used_.back().nonce;
    }
    std::string nonce = nonce_();
    if (request.forgery != Forgery::kNone) return nonce;
    if (used_.size() == kNoncesKept) used_.pop_front();
    used_.push_back({content, nonce});
    return nonce;
  }

 private:
  struct Used {
    std::size_t content;
    std::string nonce;
  };
  static constexpr std::size_t kNoncesKept = 1024;

  static std::size_t ContentOf(const Request& request) {
    std::string text = request.method;
    text.append(NameOf(request.placement));
    for (const Parameter& parameter : request.parameters) {
      text.append(parameter.name).append("=").append(parameter.value).append("&");
    }
    return std::hash<std::string>{}(text);
  }

  std::function<std::int64_t()> now_;
  std::function<std::string()> nonce_;
  std::deque<Used> used_;
  std::int64_t at_ = 0;
  std::string text_;
};

// A key that no endpoint knows, of the form of real ones.
std::string KeyId(const Credentials& credentials, Forgery forgery) {
  return forgery == Forgery::kKey ? "LTAI0000AssayNoSuchKey00" : credentials.key_id;
}

// Makes the signature wrong in the way that the forgery asks for; the form stays that of hex, or of
// Base64.
void Spoil(Forgery forgery, std::string& signature) {
  if (forgery == Forgery::kSignature) signature[0] = signature[0] == '0' ? '1' : '0';
  if (forgery == Forgery::kHalf) signature.resize(signature.size() / 2);
  if (forgery == Forgery::kEmpty) signature.clear();
  if (forgery == Forgery::kLetters) {
    for (char& c : signature) c = SmallLetter(c) == c ? CapitalLetter(c) : SmallLetter(c);
  }
}

void Add(Parameter parameter, WireRequest& wire) {
  if (parameter.name.empty()) return;
  (wire.form.empty() ? wire.query : wire.form).push_back(std::move(parameter));
}

class ParameterSigner {
 public:
  ParameterSigner(const Credentials& credentials, SignerOptions& options)
      : credentials_(credentials), stamp_(options), hmac_(ParameterHmac(credentials.secret)) {}

  void Sign(const Request& request, WireRequest& wire) {
    if (wire.Has("Signature") || request.forgery == Forgery::kUnsigned) return;
    std::vector<Parameter>& list = request.placement == Placement::kForm ? wire.form : wire.query;
    const auto add = [&](std::string_view name, std::string_view value) {
      if (!wire.Has(name)) list.push_back({std::string(name), std::string(value)});
    };
    add("AccessKeyId", KeyId(credentials_, request.forgery));
    if (!credentials_.security_token.empty()) add("SecurityToken", credentials_.security_token);
    const bool unknown = request.forgery == Forgery::kSignatureMethod;
    add("SignatureMethod", unknown ? "HMAC-NONE" : "HMAC-SHA1");
    add("SignatureVersion", "1.0");
    add("SignatureNonce", stamp_.Nonce(request));
    if (!wire.Has("TimeStamp") && request.forgery != Forgery::kTimeMissing) {
      add("Timestamp", stamp_.Time(request.forgery));
    }
    Add(AddedBy(request.forgery), wire);
    std::string signature = SignatureOf(request.forgery, wire);
    Spoil(request.forgery, signature);
    list.push_back({"Signature", std::move(signature)});
  }

 private:
  std::string SignatureOf(Forgery forgery, const WireRequest& wire) {
    if (forgery == Forgery::kNone) {
      WriteParametersToSign(wire.method, wire.query, wire.form, &to_sign_);
    } else {
      SignedParts parts{wire.method, wire.query, wire.form};
      UndoForgery(forgery, parts);
      WriteParametersToSign(parts.method, parts.query, parts.form, &to_sign_);
    }
    return ParameterSignature(hmac_, to_sign_);
  }

  Credentials credentials_;
  Stamp stamp_;
  Hmac hmac_;
  std::string to_sign_;
};

// Whether the text can be the value of a header as it is.
bool FitsHeader(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

// Takes the only parameter of that name out of the list, or leaves it and returns "".
std::string TakeOut(std::string_view name, std::vector<Parameter>* list) {
  const auto has_name = [name](const Parameter& parameter) { return parameter.name == name; };
  const auto first = std::find_if(list->begin(), list->end(), has_name);
  if (first == list->end() || std::any_of(first + 1, list->end(), has_name)) return "";
  if (!FitsHeader(first->value)) return "";
  std::string value = std::move(first->value);
  list->erase(first);
  return value;
}

class HeaderSigner {
 public:
  HeaderSigner(const Credentials& credentials, SignerOptions& options)
      : credentials_(credentials),
        algorithm_(options.algorithm),
        stamp_(options),
        digest_(DigestOf(algorithm_)),
        hmac_(HeaderHmac(algorithm_, credentials.secret)),
        empty_hash_(Hex(digest_.Of(""))) {}

  void Sign(const Request& request, WireRequest& wire) {
    if (wire.Has("Signature") || request.forgery == Forgery::kUnsigned) return;
    wire.headers.emplace_back("Accept", "application/json");
    MoveToHeader("Action", "x-acs-action", wire);
    MoveToHeader("Version", "x-acs-version", wire);
    if (request.forgery != Forgery::kTimeMissing) {
      wire.headers.emplace_back("x-acs-date", stamp_.Time(request.forgery));
    }
    wire.headers.emplace_back("x-acs-signature-nonce", stamp_.Nonce(request));
    Add(AddedBy(request.forgery), wire);
    const SignedParts parts = PartsToSign(request.forgery, wire);
    const std::string payload_hash = PayloadHash(request.forgery, parts, wire.encoding);
    wire.headers.emplace_back("x-acs-content-sha256", payload_hash);
    if (!credentials_.security_token.empty()) {
      wire.headers.emplace_back("x-acs-accesskey-id", credentials_.key_id);
      wire.headers.emplace_back("x-acs-security-token", credentials_.security_token);
    }
    wire.headers.emplace_back("Authorization",
                              Authorize(wire, parts, payload_hash, request.forgery));
  }

 private:
  static void MoveToHeader(std::string_view name, std::string_view header, WireRequest& wire) {
    std::string value;
    if (wire.Has(name)) {
      const bool in_form = std::none_of(wire.query.begin(), wire.query.end(),
                                        [name](const Parameter& p) { return p.name == name; });
      value = TakeOut(name, in_form ? &wire.form : &wire.query);
    }
    if (!value.empty()) wire.headers.emplace_back(header, std::move(value));
  }

  static SignedParts PartsToSign(Forgery forgery, const WireRequest& wire) {
    SignedParts parts{wire.method, wire.query, wire.form};
    UndoForgery(forgery, parts);
    return parts;
  }

  std::string PayloadHash(Forgery forgery, const SignedParts& parts, FormEncoding encoding) {
    if (forgery == Forgery::kBodyHash) return Hex(digest_.Of("another body"));
    if (parts.form.empty()) return empty_hash_;
    std::string body;
    AppendForm(parts.form, &body, encoding);
    return Hex(digest_.Of(body));
  }

  std::string Authorize(const WireRequest& wire, const SignedParts& parts,
                        std::string_view payload_hash, Forgery forgery) {
    headers_.assign(wire.headers.begin(), wire.headers.end());
    headers_.emplace_back("host", wire.host);
    if (!wire.form.empty()) headers_.emplace_back("content-type", FormContentTypeOf(wire.encoding));
    HeaderNames names = NamesToSign(headers_);
    if (forgery == Forgery::kUnsignedHeaders) {
      std::erase_if(names, [](std::string_view name) { return name != "host"; });
    }
    WriteCanonicalRequest({parts.method, wire.path, parts.query, headers_, names, payload_hash},
                          &text_);
    const std::string to_sign = HeadersToSign(algorithm_, digest_, text_);
    std::string out(forgery == Forgery::kSignatureMethod ? "ACS3-HMAC-NONE" : NameOf(algorithm_));
    out.append(" Credential=").append(KeyId(credentials_, forgery)).append(",SignedHeaders=");
    AppendSignedHeaders(names, &out);
    std::string signature = HeaderSignature(hmac_, to_sign);
    Spoil(forgery, signature);
    return out.append(",Signature=").append(signature);
  }

  Credentials credentials_;
  HeaderAlgorithm algorithm_;
  Stamp stamp_;
  Digest digest_;
  Hmac hmac_;
  std::string empty_hash_;
  std::string text_;
  std::vector<Header> headers_;
};

// Signs in headers, or in parameters if the request says so.
class EitherSigner {
 public:
  EitherSigner(const Credentials& credentials, const SignerOptions& options)
      : for_parameters_(options),
        for_headers_(options),
        parameters_(credentials, for_parameters_),
        headers_(credentials, for_headers_) {}

  void Sign(const Request& request, WireRequest& wire) {
    if (AsksForParameterSignature(request)) return parameters_.Sign(request, wire);
    headers_.Sign(request, wire);
  }

 private:
  SignerOptions for_parameters_, for_headers_;
  ParameterSigner parameters_;
  HeaderSigner headers_;
};

template <typename Signer>
RequestSigner Wrap(const Credentials& credentials, SignerOptions& options) {
  // std::function copies what it holds; the copies share the signer.
  const auto signer = std::make_shared<Signer>(credentials, options);
  return [signer](const Request& request, WireRequest& wire) { signer->Sign(request, wire); };
}

}  // namespace

RequestSigner MakeSigner(const Credentials& credentials, SignerOptions options) {
  switch (options.scheme) {
    case SignatureScheme::kNone:
      return {};
    case SignatureScheme::kParameters:
      return Wrap<ParameterSigner>(credentials, options);
    case SignatureScheme::kHeaders:
      return Wrap<EitherSigner>(credentials, options);
  }
  return {};
}

void AskForParameterSignature(Request& request) { request.Set("SignatureVersion", "1.0"); }

bool AsksForParameterSignature(const Request& request) {
  return request.Find("SignatureVersion") == "1.0";
}

}  // namespace assay
