#include "reference/describe_snapshots/forgery.h"

namespace assay {

ForgeryRefusal RefusalOf(Forgery forgery) {
  switch (forgery) {
    case Forgery::kSignature:
      return {"auth.signature.verified"_rule, "SignatureDoesNotMatch"};
    case Forgery::kParameter:
      return {"auth.signature.covers_parameters"_rule, "SignatureDoesNotMatch"};
    case Forgery::kTime:
    case Forgery::kFuture:
      return {"auth.time.limited"_rule, "InvalidTimeStamp.Expired"};
    case Forgery::kTimeFormat:
      return {"auth.time.given"_rule, "InvalidTimeStamp.Format"};
    case Forgery::kTimeMissing:
      return {"auth.time.given"_rule, "MissingTimestamp", false};
    case Forgery::kValue:
    case Forgery::kCommonParameter:
    case Forgery::kDryRun:
    case Forgery::kRemoved:
      return {"auth.signature.covers_parameters"_rule, "SignatureDoesNotMatch"};
    case Forgery::kMethod:
      return {"auth.signature.covers_method"_rule, "SignatureDoesNotMatch"};
    case Forgery::kHalf:
      return {"auth.signature.whole"_rule, "SignatureDoesNotMatch", false};
    case Forgery::kLetters:
      return {"auth.signature.whole"_rule, "SignatureDoesNotMatch"};
    case Forgery::kEmpty:
      return {"auth.signature.whole"_rule, "MissingSignature", false};
    case Forgery::kSignatureMethod:
      return {"auth.signature.method"_rule, "InvalidParamater", false};
    case Forgery::kBodyHash:
      return {"auth.signature.covers_body"_rule, "SignatureDoesNotMatch", false};
    case Forgery::kUnsignedHeaders:
      return {"auth.signature.covers_headers"_rule, "IncompleteSignature", false};
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
