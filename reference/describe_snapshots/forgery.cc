#include "reference/describe_snapshots/forgery.h"

namespace assay {

ForgeryRefusal RefusalOf(Forgery forgery) {
  switch (forgery) {
    case Forgery::kSignature:
      return {"auth.signature.verified"_rule, "SignatureDoesNotMatch"};
    case Forgery::kParameter:
      return {"auth.signature.covers_parameters"_rule, "SignatureDoesNotMatch"};
    case Forgery::kTime:
      return {"auth.time.limited"_rule, "InvalidTimeStamp.Expired"};
    case Forgery::kNonce:
      return {"auth.nonce.once"_rule, "SignatureNonceUsed"};
    case Forgery::kKey:
      return {"auth.key.known"_rule, "InvalidAccessKeyId.NotFound"};
    case Forgery::kUnsigned:
    case Forgery::kNone:
      break;
  }
  return {"auth.signature.required"_rule, "MissingAccessKeyId", false};
}

}  // namespace assay
