#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "conformance/run/run.h"
#include "reference/target/target.h"
#include "reports/journal/journal.h"
#include "reports/journal/shared_bodies.h"

namespace assay {

// The answers that the journal of a stopped run holds, by their requests.
class RecordedAnswers {
 public:
  // Reads them; the Error names the file.
  static Result<RecordedAnswers> Read(const std::string& journal);

  // Takes the next answer to that request; false if there is none left.
  bool Take(const Request& request, Response* response);
  std::size_t size() const { return size_; }

 private:
  struct Answer {
    int status = 0;
    std::string content_type, request_id;
    std::int64_t latency_us = 0;
    std::string digest;
    std::vector<SplitBody::Own> own;
  };
  void Add(const RecordedExchange& recorded);

  std::unordered_map<std::uint64_t, std::deque<Answer>> answers_;  // by RequestDigest()
  BodyShelf bodies_;
  std::size_t size_ = 0;
};

// Answers what a stopped run had answered before, and passes everything else on.
class ResumedTarget : public Target {
 public:
  // Both outlive the object.
  ResumedTarget(Target& live, RecordedAnswers& recorded) : live_(live), recorded_(recorded) {}

  void Run(RequestSource& source) override;
  int Concurrency() const override { return live_.Concurrency(); }
  std::string Name() const override { return live_.Name(); }

 private:
  Target& live_;
  RecordedAnswers& recorded_;
};

// The options of the run whose folder is options.resume: those that decide what is sent and how it
// is judged are its own. The Error names the folder, or what cannot be taken from its journal.
Result<RunOptions> ResumedOptions(RunOptions options);

}  // namespace assay
