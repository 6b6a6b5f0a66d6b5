#include "reference/wire/tls_identity.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <fstream>
#include <sstream>

#include "reference/wire/tls_identity_for_test.h"

namespace assay {
namespace {

Done Load(const std::string& cert_file, const std::string& key_file) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()),
                                                                  SSL_CTX_free);
  return LoadTlsIdentity(cert_file, key_file, context.get());
}

std::string ContentOf(const std::string& file) {
  std::ostringstream content;
  content << std::ifstream(file).rdbuf();
  return content.str();
}

// A file of the test's own.
class TextFile {
 public:
  explicit TextFile(const std::string& content)
      : path(testing::TempDir() + "assay_" + std::to_string(getpid()) + ".pem") {
    std::ofstream(path) << content;
  }
  ~TextFile() { std::filesystem::remove(path); }

  const std::string path;
};

void ExpectError(const Done& loaded, const std::string& where, const std::string& what) {
  ASSERT_FALSE(loaded) << "no error, instead of: " << where << ": " << what;
  EXPECT_EQ(loaded.error().where, where);
  EXPECT_NE(loaded.error().what.find(what), std::string::npos) << loaded.error().Text();
  EXPECT_EQ(loaded.error().exit, ExitCode::kBadUsage);
}

TEST(TlsIdentity, TakesACertificateAndItsKey) {
  const TlsIdentity identity;
  const Done loaded = Load(identity.cert_file(), identity.key_file());
  EXPECT_TRUE(loaded) << loaded.error().Text();
}

TEST(TlsIdentity, TakesBothFromOneFile) {
  const TlsIdentity identity;
  const TextFile both(ContentOf(identity.key_file()) + ContentOf(identity.cert_file()));
  const Done loaded = Load(both.path, both.path);
  EXPECT_TRUE(loaded) << loaded.error().Text();
}

TEST(TlsIdentity, RefusesOneFileWithoutTheOther) {
  const TlsIdentity identity;
  ExpectError(Load(identity.cert_file(), ""), "--tls-cert " + identity.cert_file(),
              "add --tls-key FILE");
  ExpectError(Load("", identity.key_file()), "--tls-key " + identity.key_file(),
              "add --tls-cert FILE");
}

TEST(TlsIdentity, SaysWhichFileCannotBeRead) {
  const TlsIdentity identity;
  const std::string folder = testing::TempDir();
  ExpectError(Load("/no/such.pem", identity.key_file()), "--tls-cert /no/such.pem",
              "No such file or directory");
  ExpectError(Load(identity.cert_file(), "/no/such.pem"), "--tls-key /no/such.pem",
              "No such file or directory");
  ExpectError(Load(folder, identity.key_file()), "--tls-cert " + folder, "Is a directory");
  ExpectError(Load(identity.cert_file(), folder), "--tls-key " + folder, "Is a directory");
}

TEST(TlsIdentity, SaysWhichFileHoldsSomethingElse) {
  const TlsIdentity identity;
  ExpectError(Load(identity.key_file(), identity.cert_file()), "--tls-cert " + identity.key_file(),
              "holds no certificate");
  ExpectError(Load(identity.cert_file(), identity.cert_file()), "--tls-key " + identity.cert_file(),
              "holds no readable private key");
  const TextFile empty("");
  ExpectError(Load(empty.path, identity.key_file()), "--tls-cert " + empty.path,
              "holds no certificate");
  ExpectError(Load(identity.cert_file(), empty.path), "--tls-key " + empty.path,
              "holds no readable private key");
}

TEST(TlsIdentity, SaysWhichFileIsDamaged) {
  const TlsIdentity identity;
  const TextFile cert(ContentOf(identity.cert_file()).replace(60, 8, "AAAAAAAA"));
  ExpectError(Load(cert.path, identity.key_file()), "--tls-cert " + cert.path,
              "holds a damaged certificate");
  const TextFile key(ContentOf(identity.key_file()).replace(30, 8, "AAAAAAAA"));
  ExpectError(Load(identity.cert_file(), key.path), "--tls-key " + key.path,
              "holds no readable private key");
}

TEST(TlsIdentity, ReadsAChainToItsEnd) {
  const TlsIdentity identity;
  const std::string cert = ContentOf(identity.cert_file());
  const TextFile chain(cert + std::string(cert).replace(60, 8, "AAAAAAAA"));
  ExpectError(Load(chain.path, identity.key_file()), "--tls-cert " + chain.path,
              "holds a damaged certificate");
}

TEST(TlsIdentity, RefusesTheKeyOfAnotherCertificate) {
  const TlsIdentity identity;
  const TlsIdentity other;
  ExpectError(Load(identity.cert_file(), other.key_file()), "--tls-key " + other.key_file(),
              "not the key of the first certificate in " + identity.cert_file());
}

TEST(TlsIdentity, RefusesAKeyOfAnotherType) {
  const TlsIdentity identity;
  const TextFile key("");
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> rsa(EVP_RSA_gen(2048), EVP_PKEY_free);
  std::FILE* out = std::fopen(key.path.c_str(), "w");
  PEM_write_PrivateKey(out, rsa.get(), nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
  ExpectError(Load(identity.cert_file(), key.path), "--tls-key " + key.path,
              "not the key of the first certificate in " + identity.cert_file());
}

TEST(TlsIdentity, RefusesAnEncryptedKeyAndAsksNobody) {
  const TlsIdentity identity({.passphrase = "secret"});
  ExpectError(Load(identity.cert_file(), identity.key_file()), "--tls-key " + identity.key_file(),
              "is encrypted");
}

}  // namespace
}  // namespace assay
