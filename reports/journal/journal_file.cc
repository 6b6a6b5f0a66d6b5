#include "reports/journal/journal_file.h"

#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>
#include <vector>

namespace assay {
namespace {

constexpr int kCompression = 3;
constexpr std::string_view kFrameBegin = "\x28\xB5\x2F\xFD";

int WriteAll(int file, std::string_view data) {
  while (!data.empty()) {
    const ssize_t written = write(file, data.data(), data.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    data.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

struct FrameWriter::Context {
  ZSTD_CCtx* zstd = ZSTD_createCCtx();
  ~Context() { ZSTD_freeCCtx(zstd); }
};

FrameWriter::FrameWriter() : context_(std::make_unique<Context>()) {
  ZSTD_CCtx_setParameter(context_->zstd, ZSTD_c_compressionLevel, kCompression);
  ZSTD_CCtx_setParameter(context_->zstd, ZSTD_c_checksumFlag, 1);
}

FrameWriter::~FrameWriter() = default;

int FrameWriter::Write(int file, std::string_view text) {
  if (text.empty()) return 0;
  packed_.resize(ZSTD_compressBound(text.size()));
  const std::size_t size =
      ZSTD_compress2(context_->zstd, packed_.data(), packed_.size(), text.data(), text.size());
  if (ZSTD_isError(size)) return ENOMEM;
  written_ += size;
  return WriteAll(file, std::string_view(packed_).substr(0, size));
}

struct LineReader::Source {
  std::string path;
  std::ifstream file;
  bool framed = false;
  bool ended = false;  // nothing more comes
  bool torn = false;
  std::vector<char> packed;  // of a framed file
  ZSTD_inBuffer in{nullptr, 0, 0};
  ZSTD_DStream* zstd = nullptr;
  std::uint64_t before = 0;       // bytes of the file before `in`
  std::uint64_t whole_bytes = 0;  // up to the end of the last whole frame
  std::size_t pending = 0;        // what zstd waits for; 0 between two frames
  bool full = false;              // zstd may hold more of what it was given

  ~Source() { ZSTD_freeDStream(zstd); }

  // Makes the next bytes of the file those of `in`; false at its end.
  bool Read() {
    before += in.size;
    file.read(packed.data(), static_cast<std::streamsize>(packed.size()));
    in = {packed.data(), static_cast<std::size_t>(file.gcount()), 0};
    return in.size > 0;
  }

  void AddPlain(std::string* text) {
    if (Read()) {
      text->append(packed.data(), in.size);
    } else {
      ended = true;
    }
  }

  void AddUnpacked(std::string* text) {
    if (!full && in.pos == in.size && !Read()) {
      ended = true;
      torn = torn || pending > 0;
      return;
    }
    const std::size_t old = text->size();
    text->resize(old + ZSTD_DStreamOutSize());
    ZSTD_outBuffer out{text->data() + old, ZSTD_DStreamOutSize(), 0};
    pending = ZSTD_decompressStream(zstd, &out, &in);
    text->resize(old + (ZSTD_isError(pending) ? 0 : out.pos));
    if (ZSTD_isError(pending)) ended = torn = true;
    full = out.pos == out.size;
    if (pending == 0) whole_bytes = before + in.pos;
  }
};

Result<LineReader> LineReader::Open(const std::string& path) {
  auto source = std::make_unique<Source>();
  source->path = path;
  errno = 0;
  source->file.open(path, std::ios::binary);
  if (!source->file) {
    return Error{path, std::string("the journal cannot be read: ") + std::strerror(errno)};
  }
  source->packed.resize(1 << 18);
  source->framed = IsFramed(path);
  if (source->framed) {
    source->zstd = ZSTD_createDStream();
    ZSTD_initDStream(source->zstd);
  }
  return LineReader(std::move(source));
}

LineReader::LineReader(std::unique_ptr<Source> source) : source_(std::move(source)) {}
LineReader::~LineReader() = default;
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader& LineReader::operator=(LineReader&&) noexcept = default;

bool LineReader::Fill() {
  if (source_->ended) return false;
  text_.erase(0, std::exchange(at_, 0));
  if (source_->framed) {
    source_->AddUnpacked(&text_);
  } else {
    source_->AddPlain(&text_);
  }
  return true;
}

bool LineReader::Next(std::string* line) {
  std::size_t searched = at_;
  std::size_t end;
  while ((end = text_.find('\n', searched)) == std::string::npos) {
    const std::size_t known = text_.size() - at_;
    if (!Fill()) {
      if (at_ == text_.size()) return false;
      whole_ = false;
      *line = text_.substr(std::exchange(at_, text_.size()));
      return true;
    }
    searched = at_ + known;
  }
  line->assign(text_, at_, end - at_);
  at_ = end + 1;
  whole_ = true;
  return true;
}

bool LineReader::torn() const { return source_->torn; }
std::uint64_t LineReader::whole_bytes() const { return source_->whole_bytes; }
bool LineReader::framed() const { return source_->framed; }

Done LineReader::status() const {
  if (!source_->file.bad()) return Ok();
  return Error{source_->path, std::string("reading failed: ") + std::strerror(errno)};
}

bool IsFramed(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string begin(kFrameBegin.size(), '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return static_cast<std::size_t>(file.gcount()) == begin.size() && begin == kFrameBegin;
}

}  // namespace assay
