#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "reference/auth/signature.h"
#include "reference/wire/http_server.h"
#include "reference/wire/message.h"

namespace assay {

// For tests: the data in signature_vectors/.

inline std::string ReadVectorFile(const std::string& name) {
  const std::string path = ASSAY_SOURCE_DIR "/reference/auth/signature_vectors/" + name;
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline nlohmann::json ReadVectors(const std::string& name) {
  return nlohmann::json::parse(ReadVectorFile(name));
}

// {"name": "value"}, in an order that is not the sorted one.
inline std::vector<Parameter> ParametersOf(const nlohmann::json& object) {
  std::vector<Parameter> out;
  for (const auto& [name, value] : object.items()) {
    out.insert(out.begin(), {name, value.get<std::string>()});
  }
  return out;
}

inline std::string_view TakeLine(std::string_view* text) {
  const std::size_t end = text->find("\r\n");
  EXPECT_NE(end, std::string_view::npos);
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(std::min(end + 2, text->size()));
  return line;
}

inline std::string JoinChunks(std::string_view text) {
  std::string body;
  while (const std::size_t size = std::stoul(std::string(TakeLine(&text)), nullptr, 16)) {
    body += text.substr(0, size);
    text.remove_prefix(size + 2);
  }
  return body;
}

// A captured request, taken apart without being decoded. Blanks in a request target are kept: one
// client sends them.
inline HttpRequest ReadCapture(const std::string& bytes) {
  std::string_view rest = bytes;
  HttpRequest http;
  const std::string_view first = TakeLine(&rest);
  const std::size_t method_end = first.find(' ');
  const std::size_t target_end = first.rfind(' ');
  http.method = first.substr(0, method_end);
  http.target = first.substr(method_end + 1, target_end - method_end - 1);
  for (std::string_view line = TakeLine(&rest); !line.empty(); line = TakeLine(&rest)) {
    const std::size_t colon = line.find(':');
    std::string_view value = line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    http.headers.emplace_back(line.substr(0, colon), value);
  }
  http.body = http.Find("Transfer-Encoding") ? JoinChunks(rest) : std::string(rest);
  return http;
}

enum class CaptureScheme { kParameters, kHeaders, kBearer };

struct Capture {
  std::string name;  // "tea7-v3-full.txt"
  CaptureScheme scheme;
  HttpRequest http;
  std::string canonical_request, to_sign, signature;  // as computed when it was captured
};

inline std::vector<Capture> ReadCaptures() {
  std::vector<Capture> out;
  const auto vectors = ReadVectors("captures.json");  // outlives the loop over a part of it
  for (const auto& entry : vectors.at("captures")) {
    const std::string scheme = entry.at("scheme");
    out.push_back(
        {.name = entry.at("file"),
         .scheme = scheme == "parameters" ? CaptureScheme::kParameters
                   : scheme == "headers"  ? CaptureScheme::kHeaders
                                          : CaptureScheme::kBearer,
         .http = ReadCapture(ReadVectorFile("captures/" + entry.at("file").get<std::string>())),
         .canonical_request = entry.value("canonical_request", ""),
         .to_sign = entry.value("string_to_sign", ""),
         .signature = entry.value("signature", "")});
  }
  return out;
}

}  // namespace assay
