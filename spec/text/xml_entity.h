#pragma once

#include <string_view>

namespace assay {

// How XML and HTML write a character that has a meaning in them; empty for every other one.
constexpr std::string_view XmlEntity(char32_t code) {
  switch (code) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    default:
      return {};
  }
}

}  // namespace assay
