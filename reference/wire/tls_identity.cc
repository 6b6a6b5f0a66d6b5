#include "reference/wire/tls_identity.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace assay {
namespace {

using MemoryPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// OpenSSL's own words for a file that cannot be read do not say why, so it gets the bytes.
Result<MemoryPtr> ReadPem(const std::string& where, const std::string& file) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> in(std::fopen(file.c_str(), "rb"),
                                                              std::fclose);
  MemoryPtr memory(BIO_new(BIO_s_mem()), BIO_free);
  char piece[4096];
  std::size_t count = 0;
  while (in && (count = std::fread(piece, 1, sizeof piece, in.get())) > 0)
    BIO_write(memory.get(), piece, static_cast<int>(count));
  if (!in || std::ferror(in.get()) != 0)
    return Error{where, std::string("cannot be read (") + std::strerror(errno) +
                            "); name a PEM file that exists and can be read"};
  return memory;
}

std::string LastReason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason == nullptr ? "unknown reason" : reason;
}

// Whether the last PEM_read_bio_… ended because no block is left, not because one is damaged.
bool NoBlockLeft() {
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

// Takes the place of OpenSSL's question for a passphrase on the terminal.
int RefusePassphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Done LoadChain(const std::string& file, SSL_CTX* context) {
  const std::string where = "--tls-cert " + file;
  const Result<MemoryPtr> pem = ReadPem(where, file);
  if (!pem) return pem.error();
  for (int count = 0;; ++count) {
    ERR_clear_error();
    const CertificatePtr certificate(PEM_read_bio_X509(pem->get(), nullptr, nullptr, nullptr),
                                     X509_free);
    if (!certificate && NoBlockLeft() && count > 0) return Ok();
    if (!certificate && NoBlockLeft())
      return Error{where, "holds no certificate; one begins with -----BEGIN CERTIFICATE-----"};
    if (!certificate)
      return Error{where, "holds a damaged certificate (" + LastReason() + "); create it again"};
    if ((count == 0 ? SSL_CTX_use_certificate(context, certificate.get())
                    : SSL_CTX_add1_chain_cert(context, certificate.get())) != 1)
      return Error{where, "cannot be used (" + LastReason() + "); use another certificate"};
  }
}

Done LoadKey(const std::string& file, const std::string& cert_file, SSL_CTX* context) {
  const std::string where = "--tls-key " + file;
  const Result<MemoryPtr> pem = ReadPem(where, file);
  if (!pem) return pem.error();
  ERR_clear_error();
  bool encrypted = false;
  const KeyPtr key(PEM_read_bio_PrivateKey(pem->get(), nullptr, RefusePassphrase, &encrypted),
                   EVP_PKEY_free);
  if (encrypted)
    return Error{where,
                 "is encrypted; write the key without its passphrase (openssl pkey does it)"};
  // If the file holds something other than a key, OpenSSL only says that it is "unsupported".
  if (!key)
    return Error{where,
                 "holds no readable private key; one begins with -----BEGIN PRIVATE KEY-----"};
  // Compared here, because OpenSSL keeps a key of another type apart from the certificate.
  if (X509_check_private_key(SSL_CTX_get0_certificate(context), key.get()) != 1)
    return Error{where, "is not the key of the first certificate in " + cert_file +
                            "; name the key that this certificate was made with"};
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    return Error{where, "cannot be used (" + LastReason() + "); use another key"};
  return Ok();
}

}  // namespace

Done LoadTlsIdentity(const std::string& cert_file, const std::string& key_file, SSL_CTX* context) {
  if (key_file.empty())
    return Error{"--tls-cert " + cert_file, "needs its key as well; add --tls-key FILE"};
  if (cert_file.empty())
    return Error{"--tls-key " + key_file, "needs its certificate as well; add --tls-cert FILE"};
  if (const Done chain = LoadChain(cert_file, context); !chain) return chain;
  return LoadKey(key_file, cert_file, context);
}

}  // namespace assay
