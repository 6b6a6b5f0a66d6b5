#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "reference/state/shared_text.h"
#include "spec/catalogue/fields.h"

namespace assay {

// Lets the values of a field that many snapshots have share their texts.
class TextPool {
 public:
  SharedText Share(Field field, std::string text) {
    Texts& texts = texts_[static_cast<std::size_t>(field)];
    const auto known = texts.find(text);
    if (known != texts.end()) return known->second;
    SharedText shared(std::move(text));
    // Where nearly every snapshot has a value of its own, there is nothing to share.
    constexpr std::size_t kMost = 100'000;
    if (texts.size() < kMost) texts.emplace(shared.str(), shared);
    return shared;
  }

 private:
  using Texts = std::unordered_map<std::string_view, SharedText>;
  std::array<Texts, kFieldCount> texts_;
};

}  // namespace assay
