#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

#include "reference/wire/http_server.h"

namespace assay {

// For tests: a key and its certificate, made anew, in PEM files that go when the identity goes.
class TlsIdentity {
 public:
  struct Options {
    std::string alternative_name = "IP:127.0.0.1";
    long ends_in_s = 3600;                // it begins two hours before that
    const TlsIdentity* issuer = nullptr;  // by default the certificate signs itself
    const char* passphrase = nullptr;     // the file of the key is encrypted with it
  };

  explicit TlsIdentity(const Options& options)
      : name_("assay_" + std::to_string(getpid()) + "_" + std::to_string(made_++)),
        key_(EVP_EC_gen("P-256"), EVP_PKEY_free),
        certificate_(X509_new(), X509_free) {
    const TlsIdentity& issuer = options.issuer == nullptr ? *this : *options.issuer;
    X509* x509 = certificate_.get();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), options.ends_in_s - 7200);
    X509_gmtime_adj(X509_getm_notAfter(x509), options.ends_in_s);
    X509_set_pubkey(x509, key_.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name_.c_str()), -1, -1, 0);
    X509_set_issuer_name(x509, X509_get_subject_name(issuer.certificate_.get()));
    Extend(NID_subject_alt_name, options.alternative_name.c_str());
    Extend(NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(x509, issuer.key_.get(), EVP_sha256());
    WriteFiles(options.passphrase);
  }
  TlsIdentity() : TlsIdentity(Options{}) {}
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;
  ~TlsIdentity() {
    std::filesystem::remove(cert_file());
    std::filesystem::remove(key_file());
  }

  std::string cert_file() const { return testing::TempDir() + name_ + ".cert.pem"; }
  std::string key_file() const { return testing::TempDir() + name_ + ".key.pem"; }

 private:
  void Extend(int nid, const char* value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
    X509_add_ext(certificate_.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  void WriteFiles(const char* passphrase) const {
    const FilePtr cert(std::fopen(cert_file().c_str(), "w"), std::fclose);
    PEM_write_X509(cert.get(), certificate_.get());
    const FilePtr key(std::fopen(key_file().c_str(), "w"), std::fclose);
    PEM_write_PKCS8PrivateKey(
        key.get(), key_.get(), passphrase == nullptr ? nullptr : EVP_aes_128_cbc(), passphrase,
        passphrase == nullptr ? 0 : static_cast<int>(std::strlen(passphrase)), nullptr, nullptr);
  }

  using FilePtr = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
  static inline std::atomic<int> made_{0};

  const std::string name_;
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate_;
};

inline HttpServerOptions WithTls(const TlsIdentity& identity, HttpServerOptions options = {}) {
  options.tls_cert = identity.cert_file();
  options.tls_key = identity.key_file();
  return options;
}

}  // namespace assay
