#pragma once

#include <string>

#include "spec/text/result.h"

namespace assay {

// Keeps other runs out of a folder as long as it lives. A run that was killed leaves no lock
// behind.
class FolderLock {
 public:
  // Makes the folder if needed. The Error says that another run writes there, or what is wrong with
  // the folder.
  static Result<FolderLock> Take(const std::string& folder);
  // Whether a run, or this process, holds the lock of the folder.
  static bool IsHeld(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int file) : file_(file) {}
  int file_;
};

}  // namespace assay
