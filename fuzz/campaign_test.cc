#include "fuzz/campaign.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "reference/faults/catalogue.h"
#include "reference/server/server.h"
#include "spec/text/test_folder_for_test.h"

namespace assay {
namespace {

// A campaign at the reference server, which may make a mistake.
class CampaignTest : public testing::Test {
 protected:
  void Begin(std::vector<const Fault*> faults = {}) {
    auto server = Server::Start(dataset_, {}, "127.0.0.1", 0, {}, {}, std::move(faults));
    ASSERT_TRUE(server.has_value()) << server.error().Text();
    server_ = std::move(*server);
    options_.target = server_->Url();
    options_.out = (folder_ / "out").string();
    options_.progress = "off";
    auto plan = MakeCampaignPlan(options_);
    ASSERT_TRUE(plan.has_value()) << plan.error().Text();
    plan_ = std::move(*plan);
    std::filesystem::create_directories(plan_.corpus);
    auto campaign = Campaign::Open(options_, plan_, 1, options_.out, errors_);
    ASSERT_TRUE(campaign.has_value()) << campaign.error().Text();
    campaign_ = std::move(*campaign);
  }
  std::vector<std::string> Corpus() const {
    std::vector<std::string> texts;
    for (const auto& file : std::filesystem::directory_iterator(plan_.corpus)) {
      texts.push_back(ReadText(file.path()));
    }
    return texts;
  }

  const TestFolder folder_;
  const Dataset dataset_ = BuiltInDataset();
  std::unique_ptr<Server> server_;
  CampaignOptions options_;
  CampaignPlan plan_;
  std::ostringstream errors_;
  std::unique_ptr<Campaign> campaign_;
};

// The engine keeps what it made itself; of siblings it learns from the corpus.
TEST_F(CampaignTest, KeepsSiblingsThatShowSomethingNew) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  EXPECT_GT(campaign_->siblings(), 0U);
  campaign_->Run("PageSize=10\n", {"PageSize=10\n", "Status=no_such_state\n"});
  EXPECT_EQ(Corpus(), std::vector<std::string>{"Status=no_such_state\n"});
  campaign_->Run("PageSize=10\n", {"Status=no_such_state\nPageSize=10\n"});
  EXPECT_EQ(campaign_->Finish(), ExitCode::kConforms);
}

TEST_F(CampaignTest, JudgesSiblings) {
  ASSERT_NO_FATAL_FAILURE(Begin({FindFault("filter.usage.none_as_all")}));
  campaign_->Run("PageSize=10\n", {"Status=failed\n", "Usage=none\n"});
  EXPECT_EQ(campaign_->Finish(), ExitCode::kViolations);
}

}  // namespace
}  // namespace assay
