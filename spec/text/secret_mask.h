#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay {

// Puts `***` in place of secrets that are known by their value, wherever and however a text repeats
// them: plain, percent-encoded once or twice, in Base64, and escaped as in JSON or XML.
class SecretMask {
 public:
  // Texts of fewer than four bytes are no secrets.
  void Add(std::string_view secret);
  bool empty() const { return spellings_.empty(); }

  // Takes time in proportion to the length of the text.
  void Hide(std::string& text) const;

 private:
  std::vector<std::string> spellings_;  // the longest first
};

}  // namespace assay
