#pragma once

#include <string>

#include "spec/text/result.h"

using SSL_CTX = struct ssl_ctx_st;

namespace assay {

// Has the context show the certificate chain of one PEM file, the server's own certificate first,
// and prove it by the private key of the other. An Error names the flag of `assay serve`, the file
// and what is wrong with it; an encrypted key is an error, as nobody is asked for its passphrase.
Done LoadTlsIdentity(const std::string& cert_file, const std::string& key_file, SSL_CTX* context);

}  // namespace assay
