#include "reports/journal/folder_lock.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace assay {
namespace {

TEST(FolderLocks, KeepASecondRunOutUntilTheFirstOneEnds) {
  const std::string folder = testing::TempDir() + "assay_folder_lock/a/b";
  {
    const Result<FolderLock> first = FolderLock::Take(folder);
    ASSERT_TRUE(first) << first.error().Text();
    const Result<FolderLock> second = FolderLock::Take(folder);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().what.find("another run"), std::string::npos);
    EXPECT_EQ(second.error().exit, ExitCode::kBadUsage);
    EXPECT_TRUE(FolderLock::IsHeld(folder));
  }
  EXPECT_FALSE(FolderLock::IsHeld(folder));
  EXPECT_FALSE(FolderLock::IsHeld(folder + "/none"));
  EXPECT_TRUE(FolderLock::Take(folder));
  EXPECT_TRUE(std::filesystem::is_empty(folder)) << "nothing is left behind";
}

TEST(FolderLocks, TellOfAFolderThatCannotBeMade) {
  const Result<FolderLock> lock = FolderLock::Take("/proc/no/such/folder");
  ASSERT_FALSE(lock);
  EXPECT_NE(lock.error().what.find("cannot be made"), std::string::npos);
}

}  // namespace
}  // namespace assay
