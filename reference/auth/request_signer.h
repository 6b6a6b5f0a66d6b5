#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "reference/auth/signature.h"
#include "reference/wire/wire_request.h"

namespace assay {

enum class SignatureScheme { kNone, kParameters, kHeaders };  // --signature none, v1, v3

struct SignerOptions {
  SignatureScheme scheme = SignatureScheme::kHeaders;
  HeaderAlgorithm algorithm = HeaderAlgorithm::kSha256;  // of kHeaders
  std::function<std::int64_t()> now = {};                // seconds since 1970; empty: the system's
  std::function<std::string()> nonce = {};               // empty: 128 random bits, hex
};

// Signs requests as the SDKs do: with kParameters by adding the common parameters where the request
// places them, with kHeaders by adding the x-acs-* headers and moving Action and Version there. A
// common parameter that the request already has stays as it is; one that has a `Signature` is left
// alone. What the request's `forgery` asks for is then wrong with the
// signature, and nothing else. The signer keeps buffers: one thread at a time. Empty for kNone.
RequestSigner MakeSigner(const Credentials& credentials, SignerOptions options = {});

// A request that asks for it is signed in its parameters under kHeaders, too: so one run can try
// both schemes.
void AskForParameterSignature(Request& request);
bool AsksForParameterSignature(const Request& request);

}  // namespace assay
