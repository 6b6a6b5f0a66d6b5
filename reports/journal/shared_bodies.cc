#include "reports/journal/shared_bodies.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <zstd.h>

#include <algorithm>
#include <array>

namespace assay {
namespace {

constexpr std::array<std::string_view, 2> kOwn = {"RequestId", "NextToken"};

// The value behind a name, as JSON or XML write it; empty if it is neither.
std::string_view ValueBehind(std::string_view body, std::size_t end_of_name) {
  const std::size_t begin = body.find_first_not_of("\": >", end_of_name);
  if (begin == std::string_view::npos || begin == end_of_name) return {};
  return body.substr(begin, body.substr(begin).find_first_of("\"<"));
}

}  // namespace

SplitBody Split(std::string_view body) {
  std::vector<std::pair<std::size_t, std::size_t>> places;  // begin and length
  for (const std::string_view name : kOwn) {
    const std::size_t at = body.find(name);
    if (at == std::string_view::npos) continue;
    const std::string_view value = ValueBehind(body, at + name.size());
    if (value.empty()) continue;
    places.emplace_back(static_cast<std::size_t>(value.data() - body.data()), value.size());
  }
  std::ranges::sort(places);
  SplitBody out;
  std::size_t done = 0;
  for (const auto& [begin, length] : places) {
    if (begin < done) continue;
    out.common += body.substr(done, begin - done);
    out.own.push_back({begin, std::string(body.substr(begin, length))});
    done = begin + length;
  }
  out.common += body.substr(done);
  return out;
}

bool Join(const SplitBody& split, std::string* body) {
  *body = split.common;
  for (const SplitBody::Own& own : split.own) {
    if (own.at > body->size()) return false;
    body->insert(own.at, own.text);
  }
  return true;
}

std::string ShortDigest(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

void BodyShelf::Put(const std::string& digest, std::string_view common) {
  if (packed_.contains(digest)) return;
  std::string packed(ZSTD_compressBound(common.size()), '\0');
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), common.data(), common.size(), 1);
  if (ZSTD_isError(size)) return;
  packed.resize(size);
  packed.shrink_to_fit();
  packed_.emplace(digest, std::move(packed));
}

bool BodyShelf::Get(const std::string& digest, std::string* common) const {
  const auto at = packed_.find(digest);
  if (at == packed_.end()) return false;
  const unsigned long long size = ZSTD_getFrameContentSize(at->second.data(), at->second.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) return false;
  common->resize(size);
  return !ZSTD_isError(ZSTD_decompress(common->data(), size, at->second.data(), at->second.size()));
}

}  // namespace assay
