#include "reference/findings/diagnosis.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/service.h"

namespace assay {
namespace {

constexpr const char* kFault = "paging.total.one_more";

// What a server with that fault answered, one group for all that fails.
struct Observed {
  Observed() {
    Service service(TestDataset(), reading, {FindFault(kFault)});
    ExchangeReader reader;
    std::uint64_t id = 0;
    for (const char* value : {"all", "accomplished", "failed", "progressing"}) {
      for (const int size : {10, 20, 50}) {
        Request request = Ask({{"Status", value}, {"PageSize", std::to_string(size)}});
        Response response;
        service.Handle(request, "model", response);
        const Exchange exchange = reader.Read(++id, request, response);
        const Verdict verdict = judge.Examine(exchange);
        EXPECT_TRUE(verdict.HasViolation());
        diagnosis.Observe(exchange, {"group"});
      }
    }
  }

  std::vector<std::string> Named() const {
    AnswerDigest::Parts shown;
    shown.set();
    std::vector<std::string> out;
    for (const Fault* fault :
         diagnosis.Explain({"group", shown, {}}, Diagnosis::Pattern::kAlways, judge, reading, {})
             .faults) {
      out.push_back(fault->id);
    }
    return out;
  }

  const Reading reading = DefaultReading();
  Judge judge{TestDataset(), reading};
  Diagnosis diagnosis;
};

TEST(Diagnosis, NamesTheFaultThatGivesTheSameAnswers) {
  EXPECT_EQ(Observed().Named(), std::vector<std::string>{kFault});
}

// Who stops a run waits for its reports.
TEST(Diagnosis, NamesNothingOnceItIsLate) {
  Observed observed;
  observed.diagnosis.EndAt(std::chrono::steady_clock::now() + std::chrono::hours(1));
  EXPECT_FALSE(observed.diagnosis.IsLate());
  EXPECT_EQ(observed.Named().size(), 1U);
  observed.diagnosis.EndAt(std::chrono::steady_clock::now() - std::chrono::seconds(1));
  EXPECT_TRUE(observed.diagnosis.IsLate());
  EXPECT_EQ(observed.Named(), std::vector<std::string>{});
}

}  // namespace
}  // namespace assay
