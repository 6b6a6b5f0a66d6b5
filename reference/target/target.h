#pragma once

#include <chrono>
#include <memory>

#include "reference/wire/message.h"
#include "spec/text/result.h"
#include "spec/text/secret_mask.h"

namespace assay {

// Gives requests to a Target and takes their answers. Both calls come from one thread.
class RequestSource {
 public:
  virtual ~RequestSource() = default;
  // The next request, or nullptr when none can be sent before an outstanding one is answered
  // (or ever again). The pointer stays valid until Answered() is called with it.
  virtual const Request* Next() = 0;
  // No request is taken before that time.
  virtual std::chrono::steady_clock::time_point NotBefore() const { return {}; }
  // The answer to a request that Next() gave out, in the order of arrival. An Error is a broken,
  // refused or timed-out exchange. The source may swap `response->body` out and reuse it.
  virtual void Answered(const Request* request, Result<Response>& response) = 0;
};

// The thing under test: the model in process, our own server, or anybody's endpoint.
class Target {
 public:
  virtual ~Target() = default;
  // Sends what the source yields, up to Concurrency() requests at a time, until Next() gives
  // nullptr and every request is answered.
  virtual void Run(RequestSource& source) = 0;
  virtual int Concurrency() const { return 1; }
  // "http://127.0.0.1:8080" or "model"; for reports.
  virtual std::string Name() const = 0;
};

// Hides what a target repeated of secrets, in an answer or in the words of a failure: each Target
// does so before anyone keeps them.
void HideSecrets(const SecretMask& mask, Result<Response>& response);

// Sends one request, once, and waits for its answer.
Result<Response> SendOnce(Target& target, const Request& request);
// The same; a request that was throttled is sent again.
Result<Response> Send(Target& target, const Request& request);

}  // namespace assay
