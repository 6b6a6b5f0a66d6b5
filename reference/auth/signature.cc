#include "reference/auth/signature.h"

#include <algorithm>

#include "spec/text/base64.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Less than, equal to or greater than 0, as the texts in lower case compare by their bytes.
int CompareLower(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (a[i] == b[i]) continue;
    const auto x = static_cast<unsigned char>(SmallLetter(a[i]));
    const auto y = static_cast<unsigned char>(SmallLetter(b[i]));
    if (x != y) return x < y ? -1 : 1;
  }
  return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}

bool LowerLess(std::string_view a, std::string_view b) { return CompareLower(a, b) < 0; }
bool LowerEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CompareLower(a, b) == 0;
}

void AppendLower(std::string_view text, std::string* out) {
  for (const char c : text) out->push_back(SmallLetter(c));
}

void SortNames(HeaderNames* names) {
  std::sort(names->begin(), names->end(), LowerLess);
  names->erase(std::unique(names->begin(), names->end(), LowerEqual), names->end());
}

using ParameterList = std::vector<const Parameter*>;

bool ParameterLess(const Parameter* a, const Parameter* b) {
  const int names = a->name.compare(b->name);
  return names != 0 ? names < 0 : a->value < b->value;
}

void AppendPointers(const std::vector<Parameter>& parameters, ParameterList* out) {
  for (const Parameter& parameter : parameters) out->push_back(&parameter);
}

// Percent-encodes what percent-encoding gave: the '%' of each triplet becomes "%25".
void AppendTwiceEncoded(std::string_view text, std::string* out) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (IsUnreserved(text[i])) continue;
    out->append(text, copied, i - copied);
    const auto byte = static_cast<unsigned char>(text[i]);
    const char triplet[] = {'%', '2', '5', kHex[byte >> 4], kHex[byte & 15]};
    out->append(triplet, sizeof triplet);
    copied = i + 1;
  }
  out->append(text, copied);
}

// Appends "name:value\n" for each name; `headers` and `names` are sorted.
class CanonicalHeaders {
 public:
  explicit CanonicalHeaders(const std::vector<Header>& headers) {
    lines_.reserve(headers.size());
    for (const auto& [name, value] : headers) lines_.push_back({name, Trim(value)});
    std::sort(lines_.begin(), lines_.end(), [](const Line& a, const Line& b) {
      const int names = CompareLower(a.name, b.name);
      return names != 0 ? names < 0 : a.value < b.value;
    });
  }

  void Append(const HeaderNames& names, std::string* out) const {
    auto line = lines_.begin();
    for (const std::string_view name : names) {
      AppendLower(name, out);
      out->push_back(':');
      while (line != lines_.end() && LowerLess(line->name, name)) ++line;
      for (bool first = true; line != lines_.end() && LowerEqual(line->name, name); ++line) {
        if (!first) out->push_back(',');
        out->append(line->value);
        first = false;
      }
      out->push_back('\n');
    }
  }

 private:
  struct Line {
    std::string_view name, value;
  };
  std::vector<Line> lines_;
};

void AppendCanonicalQuery(const std::vector<Parameter>& query, std::string* out) {
  ParameterList sorted;
  sorted.reserve(query.size());
  AppendPointers(query, &sorted);
  std::sort(sorted.begin(), sorted.end(), ParameterLess);
  bool first = true;
  for (const Parameter* parameter : sorted) {
    if (!first) out->push_back('&');
    first = false;
    AppendPercentEncoded(parameter->name, out);
    out->push_back('=');
    AppendPercentEncoded(parameter->value, out);
  }
}

// Cuts the text up to the next `separator` off `*rest`.
std::string_view TakeUntil(char separator, std::string_view* rest) {
  const std::size_t end = std::min(rest->find(separator), rest->size());
  const std::string_view piece = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return piece;
}

HeaderNames SplitNames(std::string_view text) {
  HeaderNames names;
  while (!text.empty()) {
    const std::string_view name = Trim(TakeUntil(';', &text));
    if (!name.empty()) names.push_back(name);
  }
  SortNames(&names);
  return names;
}

// Where the part called `name` belongs, or nullptr.
std::string_view* PartOf(std::string_view name, Authorization* out,
                         std::string_view* signed_headers) {
  if (name == "Credential") return &out->credential;
  if (name == "SignedHeaders") return signed_headers;
  if (name == "Signature") return &out->signature;
  return nullptr;
}

}  // namespace

void WriteParametersToSign(std::string_view method, const std::vector<Parameter>& query,
                           const std::vector<Parameter>& form, std::string* out) {
  ParameterList sorted;
  sorted.reserve(query.size() + form.size());
  AppendPointers(query, &sorted);
  AppendPointers(form, &sorted);
  std::erase_if(sorted, [](const Parameter* p) { return p->name == "Signature"; });
  std::sort(sorted.begin(), sorted.end(), ParameterLess);
  out->assign(method).append("&%2F&");
  bool first = true;
  for (const Parameter* parameter : sorted) {
    if (!first) out->append("%26");
    first = false;
    AppendTwiceEncoded(parameter->name, out);
    out->append("%3D");
    AppendTwiceEncoded(parameter->value, out);
  }
}

Hmac ParameterHmac(std::string_view secret) {
  return Hmac(DigestKind::kSha1, std::string(secret) + "&");
}

std::string ParameterSignature(Hmac& hmac, std::string_view to_sign) {
  return ToBase64(hmac.Of(to_sign));
}

std::string_view NameOf(HeaderAlgorithm algorithm) {
  return algorithm == HeaderAlgorithm::kSha256 ? "ACS3-HMAC-SHA256" : "ACS3-HMAC-SM3";
}

std::optional<HeaderAlgorithm> FindHeaderAlgorithm(std::string_view name) {
  for (const HeaderAlgorithm algorithm : {HeaderAlgorithm::kSha256, HeaderAlgorithm::kSm3}) {
    if (name == NameOf(algorithm)) return algorithm;
  }
  return std::nullopt;
}

DigestKind DigestOf(HeaderAlgorithm algorithm) {
  return algorithm == HeaderAlgorithm::kSha256 ? DigestKind::kSha256 : DigestKind::kSm3;
}

HeaderNames NamesToSign(const std::vector<Header>& headers) {
  constexpr std::string_view kPrefix = "x-acs-";
  HeaderNames names;
  for (const auto& [name, value] : headers) {
    const std::string_view start = std::string_view(name).substr(0, kPrefix.size());
    if (LowerEqual(name, "host") || LowerEqual(name, "content-type") ||
        LowerEqual(start, kPrefix)) {
      names.push_back(name);
    }
  }
  SortNames(&names);
  return names;
}

void AppendSignedHeaders(const HeaderNames& names, std::string* out) {
  bool first = true;
  for (const std::string_view name : names) {
    if (!first) out->push_back(';');
    first = false;
    AppendLower(name, out);
  }
}

void WriteCanonicalRequest(const SignedRequest& request, std::string* out) {
  out->assign(request.method).append("\n").append(request.path).append("\n");
  AppendCanonicalQuery(request.query, out);
  out->push_back('\n');
  CanonicalHeaders(request.headers).Append(request.names, out);
  out->push_back('\n');
  AppendSignedHeaders(request.names, out);
  out->append("\n").append(request.payload_hash);
}

std::string HeadersToSign(HeaderAlgorithm algorithm, Digest& digest,
                          std::string_view canonical_request) {
  std::string text(NameOf(algorithm));
  text += '\n';
  return text += Hex(digest.Of(canonical_request));
}

Hmac HeaderHmac(HeaderAlgorithm algorithm, std::string_view secret) {
  return Hmac(DigestOf(algorithm), secret);
}

std::string HeaderSignature(Hmac& hmac, std::string_view to_sign) { return Hex(hmac.Of(to_sign)); }

std::optional<Authorization> ParseAuthorization(std::string_view text) {
  Authorization out;
  std::string_view signed_headers;
  text = Trim(text);
  out.algorithm = TakeUntil(' ', &text);
  while (!text.empty()) {
    std::string_view value = Trim(TakeUntil(',', &text));
    std::string_view* part = PartOf(TakeUntil('=', &value), &out, &signed_headers);
    if (part == nullptr || !part->empty() || value.empty()) return std::nullopt;
    *part = value;
  }
  out.signed_headers = SplitNames(signed_headers);
  if (out.credential.empty() || out.signature.empty() || out.signed_headers.empty()) {
    return std::nullopt;
  }
  return out;
}

}  // namespace assay
