#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "spec/text/result.h"

namespace assay {

// Appends text to a file in Zstandard frames, each of which can be read by itself.
class FrameWriter {
 public:
  FrameWriter();
  ~FrameWriter();
  FrameWriter(const FrameWriter&) = delete;
  FrameWriter& operator=(const FrameWriter&) = delete;

  // Writes one frame with this text to the file; 0, or the number of the error.
  int Write(int file, std::string_view text);
  // Bytes of all frames so far.
  std::uint64_t written() const { return written_; }

 private:
  struct Context;
  std::unique_ptr<Context> context_;
  std::string packed_;
  std::uint64_t written_ = 0;
};

// Reads the lines of a file, plain or in Zstandard frames, whatever its name.
class LineReader {
 public:
  static Result<LineReader> Open(const std::string& path);
  ~LineReader();
  LineReader(LineReader&&) noexcept;
  LineReader& operator=(LineReader&&) noexcept;

  // The next line without its end; false if there is none.
  bool Next(std::string* line);
  // Whether the line that came last ended: a file that was cut off ends within one.
  bool whole() const { return whole_; }
  // True if the last frame is not whole, or holds something else than a frame.
  bool torn() const;
  // In a file of frames: the length of all whole ones.
  std::uint64_t whole_bytes() const;
  bool framed() const;
  // An error of reading; where the file is at its end or torn there is none.
  Done status() const;

 private:
  struct Source;
  explicit LineReader(std::unique_ptr<Source> source);
  bool Fill();

  std::unique_ptr<Source> source_;
  std::string text_;  // read, of which lines were taken up to `at_`
  std::size_t at_ = 0;
  bool whole_ = true;
};

// True if the file begins as a Zstandard frame does.
bool IsFramed(const std::string& path);

}  // namespace assay
