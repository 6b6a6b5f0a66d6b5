#include "reference/target/foreign_protocol.h"

#include <fmt/format.h>

namespace assay {
namespace {

constexpr std::size_t kShown = 40;

// RFC 8446, 5.1: a record of type handshake or alert.
bool IsTlsRecord(std::string_view bytes) {
  return bytes.size() >= 3 && (bytes[0] == 0x15 || bytes[0] == 0x16) && bytes[1] == 0x03 &&
         bytes[2] <= 0x04;
}

// RFC 9113, 3.4: the first frame of a server is SETTINGS, on stream 0.
bool IsHttp2Frame(std::string_view bytes) {
  return bytes.size() >= 9 && bytes[0] == 0 && bytes[3] == 0x04 &&
         bytes.substr(5, 4) == std::string_view("\0\0\0\0", 4);
}

bool IsPrintable(char c) { return c >= 0x20 && c < 0x7F; }

std::string Shown(std::string_view bytes) {
  std::string out;
  for (const char c : bytes.substr(0, kShown)) {
    out += IsPrintable(c) ? std::string(1, c)
                          : fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
  }
  return out + (bytes.size() > kShown ? "…" : "");
}

}  // namespace

std::string DescribeForeignBytes(std::string_view bytes) {
  if (IsTlsRecord(bytes)) return "a TLS record: this is an https endpoint, write https://";
  if (IsHttp2Frame(bytes)) return "a frame of HTTP/2; only HTTP/1.1 is asked for";
  if (bytes.starts_with("SSH-")) return "the greeting of an SSH server: " + Shown(bytes);
  if (bytes.starts_with("220 ") || bytes.starts_with("220-") || bytes.starts_with("+OK")) {
    return "the greeting of a mail or FTP server: " + Shown(bytes);
  }
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && (bytes[first] == '{' || bytes[first] == '<')) {
    return "a body without a status line, as in HTTP/0.9: " + Shown(bytes);
  }
  return "it begins with " + Shown(bytes);
}

}  // namespace assay
