#include "reports/journal/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace assay {

// The folder itself is locked, so that nothing is left in it.
Result<FolderLock> FolderLock::Take(const std::string& folder) {
  const std::string name = folder.empty() ? "." : folder;
  std::error_code failed;
  std::filesystem::create_directories(name, failed);
  const int file = open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) {
    const int number = failed ? failed.value() : errno;
    return Error{name, std::string("the folder for the reports cannot be made: ") +
                           std::strerror(number) +
                           "; choose a folder that can be written with --out DIR"};
  }
  if (flock(file, LOCK_EX | LOCK_NB) == 0) return FolderLock(file);
  const int number = errno;
  close(file);
  if (number != EWOULDBLOCK) return FolderLock(-1);  // some file systems have no locks
  return Error{name,
               "another run writes its reports there; wait for its end, or choose another folder "
               "with --out DIR"};
}

bool FolderLock::IsHeld(const std::string& folder) {
  const int file = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return false;
  const bool held = flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(file);
  return held;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FolderLock::~FolderLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace assay
