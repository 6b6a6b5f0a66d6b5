#pragma once

#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

namespace assay {

// For tests: a folder of its own, gone afterwards.
class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "assay_run_XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() { std::filesystem::remove_all(path_); }
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

  // Writes a file of that name; its path.
  std::string Write(const char* name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

// For tests: the bytes of the file, "" where there is none.
inline std::string ReadText(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// For tests: how a run ended.
struct EndedRun {
  int code = -1;
  std::string output;
  std::string errors;
  nlohmann::json report;  // report.json; discarded without one
};

// For tests: runs `assay run` in a process of its own, since GoogleTest runs its tests once a
// process. Its reports go to "report" in the folder, which is emptied first unless `keep`.
inline EndedRun RunAssay(const TestFolder& folder, const std::string& arguments,
                         const std::string& environment = "", bool keep = false) {
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  const std::filesystem::path out = folder / "report";
  if (!keep) std::filesystem::remove_all(out);
  const std::string command = fmt::format(
      "env -u GTEST_TOTAL_SHARDS -u GTEST_SHARD_INDEX -u GTEST_FILTER {} '{}' run --out '{}' "
      "--progress off {} > '{}' 2> '{}'",
      environment, self.string(), out.string(), arguments, (folder / "output").string(),
      (folder / "errors").string());
  const int status = std::system(command.c_str());
  EndedRun ended{WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                 ReadText(folder / "output"),
                 ReadText(folder / "errors"),
                 {}};
  ended.report = nlohmann::json::parse(ReadText(out / "report.json"), nullptr, false);
  return ended;
}

}  // namespace assay
