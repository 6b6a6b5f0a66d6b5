#include "reports/render/progress.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace assay {
namespace {

using std::chrono::milliseconds;

class ProgressTest : public testing::Test {
 protected:
  std::unique_ptr<Progress> Show(ProgressMode mode, bool is_terminal, int columns = 100) {
    return std::make_unique<Progress>(out_, mode, TerminalStyle{is_terminal, false, columns},
                                      [this] { return now_; });
  }
  // The lines as a terminal shows them one after the other.
  std::vector<std::string> Drawn() const {
    std::vector<std::string> lines;
    std::string text = out_.str();
    for (std::size_t at; (at = text.find("\r\x1b[K")) != std::string::npos;) {
      text.erase(0, at + 4);
      lines.push_back(text.substr(0, text.find_first_of("\r\n")));
    }
    return lines;
  }

  std::ostringstream out_;
  std::chrono::steady_clock::time_point now_;
};

TEST_F(ProgressTest, ALineIsDrawnAtMostTenTimesASecond) {
  auto progress = Show(ProgressMode::kAuto, true);
  progress->Begin("rules", 0, 4);
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    now_ += milliseconds(1);
    progress->CountRequest();
  }
  progress->CountFailure();
  now_ += milliseconds(3000);
  progress->Begin("walks", 2, 4);
  progress->End();
  EXPECT_EQ(Drawn().size(), 13u);  // the beginning, ten in the second, the other suite, the end
  EXPECT_EQ(Drawn()[11],
            "[##########..........]  50 % walks: 1,000 requests, 250 a second, 1 kind of failure, "
            "about 4 "
            "s left");
  EXPECT_EQ(Drawn()[12], "");
}

TEST_F(ProgressTest, ALineNeverWraps) {
  for (int columns = 1; columns < 120; ++columns) {
    out_.str("");
    auto progress = Show(ProgressMode::kAuto, true, columns);
    progress->Begin("combinations", 99, 1000);
    now_ += milliseconds(20'000);
    progress->CountRequest();
    for (const std::string& line : Drawn()) {
      EXPECT_LT(line.size(), static_cast<std::size_t>(std::max(2, columns)));
    }
  }
}

TEST_F(ProgressTest, ElsewhereThereIsALineEveryFiveSeconds) {
  auto progress = Show(ProgressMode::kAuto, false);
  progress->Begin("rules", 0, 2);
  for (std::uint64_t i = 1; i <= 12; ++i) {
    now_ += milliseconds(1000);
    progress->CountRequest();
  }
  progress->Begin("walks", 1, 2);
  progress->End();
  progress->End();
  EXPECT_EQ(out_.str(),
            "  0 % rules: 5 requests, 1 a second, no failure\n"
            "  0 % rules: 10 requests, 1 a second, no failure\n"
            " 50 % walks: 12 requests, 1 a second, no failure, about 12 s left\n");
}

TEST_F(ProgressTest, PlainIsPlainOnATerminalToo) {
  Show(ProgressMode::kPlain, true)->Begin("rules", 0, 1);
  EXPECT_EQ(out_.str().find('\r'), std::string::npos);
  EXPECT_NE(out_.str(), "");
}

TEST_F(ProgressTest, OffIsSilent) {
  auto progress = Show(ProgressMode::kOff, true);
  progress->Begin("rules", 0, 1);
  now_ += milliseconds(60000);
  progress->CountRequest();
  progress->End();
  EXPECT_EQ(out_.str(), "");
}

TEST(ProgressModes, AreParsed) {
  EXPECT_EQ(*ParseProgressMode("plain"), ProgressMode::kPlain);
  EXPECT_FALSE(ParseProgressMode("loud").has_value());
}

}  // namespace
}  // namespace assay
