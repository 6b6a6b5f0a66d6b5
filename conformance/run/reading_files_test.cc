// What a run learned, as a file that pins it: `assay reading --from`, then `assay run --reading`.
#include <gtest/gtest.h>

#include <sstream>

#include "conformance/cases/bench_for_test.h"
#include "conformance/run/run_for_test.h"
#include "reference/server/server.h"
#include "reports/journal/target_reading.h"
#include "reports/reading_command.h"

namespace assay {
namespace {

// Questions and rules are enough to learn by; the rest only costs time.
const std::string kSome = " --skip 'combinations.*' --skip 'odd_values.*' --skip 'interactions.*'";

std::unique_ptr<Server> Serve(const Reading& reading) {
  return std::move(*Server::Start(BuiltIn(), reading, "127.0.0.1", 0));
}

TEST(ReadingFiles, OfARunHoldItsTargetToWhatItDid) {
  const TestFolder folder;
  const Reading reading = RandomReading(5);
  const auto target = Serve(reading);
  ASSERT_EQ(RunAssay(folder, "--target " + target->Url() + kSome).code, 0);
  const std::string file = (folder / "learned.json").string();
  std::ostringstream out, errors;
  const Done written = WriteReading((folder / "report").string(), file, out, errors);
  ASSERT_TRUE(written) << written.error().Text();
  const Result<Reading> learned = LoadReading(file);
  ASSERT_TRUE(learned) << learned.error().Text();
  EXPECT_GT(learned->pins.size(), kQuestionCount * 8 / 10);
  for (const auto& pin : learned->pins) {
    EXPECT_TRUE(std::ranges::count(reading.pins, pin)) << Id(pin.first) << "=" << Id(pin.second);
  }

  const EndedRun again =
      RunAssay(folder, "--target " + target->Url() + " --reading " + file + kSome);
  EXPECT_EQ(again.code, 0) << again.output << again.errors;

  const auto other = Serve(RandomReading(6));
  const EndedRun different =
      RunAssay(folder, "--target " + other->Url() + " --reading " + file + kSome);
  EXPECT_EQ(different.code, 1) << different.output << different.errors;
  EXPECT_FALSE(WriteReading((folder / "report").string(), "", out, errors))
      << "answers that follow no reading make no reading file";
}

}  // namespace
}  // namespace assay
