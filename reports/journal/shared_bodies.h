#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace assay {

// A body apart from what is its own: the values of RequestId and NextToken, which no other answer
// has.
struct SplitBody {
  struct Own {
    std::size_t at;  // in the whole body
    std::string text;
  };
  std::string common;
  std::vector<Own> own;  // in order
};
SplitBody Split(std::string_view body);
// The body again; false if the places do not fit.
bool Join(const SplitBody& split, std::string* body);

// Sixteen hex digits of the SHA-256 of a text.
std::string ShortDigest(std::string_view text);

// The common parts of bodies by their digest, packed.
class BodyShelf {
 public:
  void Put(const std::string& digest, std::string_view common);
  // False if it is not there.
  bool Get(const std::string& digest, std::string* common) const;

 private:
  std::unordered_map<std::string, std::string> packed_;
};

}  // namespace assay
