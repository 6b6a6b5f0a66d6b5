#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace assay {

enum class DigestKind { kSha1, kSha256, kSm3 };

// Hashes texts one after another and keeps its context between them. Not for several threads.
class Digest {
 public:
  explicit Digest(DigestKind kind);
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  ~Digest();

  // The raw bytes of the digest, valid until the next call.
  std::string_view Of(std::string_view text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// HMACs (RFC 2104) of texts under one key; the key is prepared once. Not for several threads.
class Hmac {
 public:
  Hmac(DigestKind kind, std::string_view key);
  Hmac(Hmac&&) noexcept;
  Hmac& operator=(Hmac&&) noexcept;
  ~Hmac();

  // The raw bytes of the HMAC, valid until the next call.
  std::string_view Of(std::string_view text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Two digits a byte, lower case.
std::string Hex(std::string_view bytes);
// Compares in a time that depends on the lengths only, so that it tells nothing about a secret.
bool EqualInConstantTime(std::string_view a, std::string_view b);

}  // namespace assay
