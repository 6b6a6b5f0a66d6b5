#include "reference/auth/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <cassert>

namespace assay {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <typename T, auto Free>
using Owned = std::unique_ptr<T, Freer<Free>>;

const char* NameOf(DigestKind kind) {
  switch (kind) {
    case DigestKind::kSha1:
      return "SHA1";
    case DigestKind::kSha256:
      return "SHA256";
    case DigestKind::kSm3:
      return "SM3";
  }
  return "";
}

// Every supported version of OpenSSL has these digests: a failure is our own bug.
void Check([[maybe_unused]] bool ok) { assert(ok); }

const unsigned char* BytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

using Bytes = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string_view ViewOf(const Bytes& bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

}  // namespace

struct Digest::State {
  Owned<EVP_MD, EVP_MD_free> algorithm;
  Owned<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
  Bytes bytes{};
};

Digest::Digest(DigestKind kind) : state_(std::make_unique<State>()) {
  state_->algorithm.reset(EVP_MD_fetch(nullptr, NameOf(kind), nullptr));
}
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

std::string_view Digest::Of(std::string_view text) {
  unsigned int size = 0;
  EVP_MD_CTX* context = state_->context.get();
  Check(EVP_DigestInit_ex2(context, state_->algorithm.get(), nullptr) == 1 &&
        EVP_DigestUpdate(context, text.data(), text.size()) == 1 &&
        EVP_DigestFinal_ex(context, state_->bytes.data(), &size) == 1);
  return ViewOf(state_->bytes, size);
}

struct Hmac::State {
  Owned<EVP_MAC_CTX, EVP_MAC_CTX_free> context;
  Bytes bytes{};
};

Hmac::Hmac(DigestKind kind, std::string_view key) : state_(std::make_unique<State>()) {
  const Owned<EVP_MAC, EVP_MAC_free> algorithm(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  state_->context.reset(EVP_MAC_CTX_new(algorithm.get()));
  std::string name = NameOf(kind);
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
      OSSL_PARAM_construct_end()};
  // With a null pointer an empty key would mean: keep the previous key.
  const unsigned char* bytes = key.empty() ? BytesOf("") : BytesOf(key);
  Check(EVP_MAC_init(state_->context.get(), bytes, key.size(), parameters) == 1);
}
Hmac::Hmac(Hmac&&) noexcept = default;
Hmac& Hmac::operator=(Hmac&&) noexcept = default;
Hmac::~Hmac() = default;

std::string_view Hmac::Of(std::string_view text) {
  std::size_t size = 0;
  EVP_MAC_CTX* context = state_->context.get();
  Check(EVP_MAC_init(context, nullptr, 0, nullptr) == 1 &&
        EVP_MAC_update(context, BytesOf(text), text.size()) == 1 &&
        EVP_MAC_final(context, state_->bytes.data(), &size, state_->bytes.size()) == 1);
  return ViewOf(state_->bytes, size);
}

std::string Hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out(bytes.size() * 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out[2 * i] = kDigits[byte >> 4];
    out[2 * i + 1] = kDigits[byte & 15];
  }
  return out;
}

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace assay
