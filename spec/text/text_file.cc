#include "spec/text/text_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace assay {

Result<std::string> ReadTextFile(const std::string& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error))
    error = std::make_error_code(std::errc::is_a_directory);
  if (error && error != std::errc::no_such_file_or_directory) return Error{file, error.message()};
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || in.bad()) {
    return Error{file, std::generic_category().message(errno != 0 ? errno : EIO)};
  }
  return std::move(text).str();
}

}  // namespace assay
