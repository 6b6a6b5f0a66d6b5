#include "reference/session/other_endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "reference/answer/observed.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

bool IsWebPage(const Response& response) {
  std::string_view body = response.body;
  body.remove_prefix(std::min(body.find_first_not_of(" \t\r\n\xEF\xBB\xBF"), body.size()));
  const auto begins = [&](std::string_view with) {
    return body.size() >= with.size() && EqualAnyCase(body.substr(0, with.size()), with);
  };
  // A wrong media type of an answer of the API is for the judge.
  const bool is_of_api =
      begins("{") || begins("<?xml") || begins("<describesnapshotsresponse") || begins("<error");
  return (response.content_type.starts_with("text/html") && !is_of_api) ||
         begins("<!doctype html") || begins("<html");
}

bool IsText(const Response& response) {
  const std::size_t first = response.body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return first == std::string::npos ||
         std::string_view("{[<").find(response.body[first]) == std::string_view::npos;
}

// A text of this kind, with a status of success, asks a person to sign in.
bool AsksToSignIn(const Response& response) {
  if (response.status != 200 || !StartsWithAnyCase(response.content_type, "text/plain"))
    return false;
  const std::string text = SmallLetters(std::string_view(response.body).substr(0, 2000));
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"sign in", "log in", "login", "password"},
      [&](std::string_view words) { return text.find(words) != std::string::npos; });
}

// The API has JSON or XML in every answer, and no text.
std::string WhatTheTextSays(const Response& response) {
  const std::string said = response.body.empty()
                               ? "an empty body"
                               : fmt::format("`{}`", ExcerptOfBody(response.body, 80));
  if (response.status / 100 == 3) {
    return response.location.empty()
               ? fmt::format("answers with a redirect ({}) to nowhere", response.status)
               : fmt::format(
                     "redirects to {} ({}); redirects are not followed, so name the API's "
                     "own endpoint",
                     Excerpt(response.location), response.status);
  }
  const std::string text = SmallLetters(std::string_view(response.body).substr(0, 2000));
  if (response.status == 400 && text.find("https") != std::string::npos) {
    return fmt::format("speaks TLS on this port ({}): write https:// in the address", said);
  }
  if (AsksToSignIn(response)) {
    return fmt::format("answers 200 with {}: a page to sign in, not the API", said);
  }
  const bool elsewhere = response.status == 401 || response.status == 403 ||
                         response.status == 404 || response.status == 405 ||
                         response.status == 407 || response.status == 502;
  if (!elsewhere) return "";
  return fmt::format(
      "answers {} with {}, which is not of the API; is the address right, its path "
      "included?",
      response.status, said);
}

}  // namespace

std::string OtherEndpoint(const Response& response) {
  if (IsWebPage(response)) {
    return fmt::format("answers {} with a web page; is this the API's endpoint?", response.status);
  }
  return IsText(response) ? WhatTheTextSays(response) : "";
}

}  // namespace assay
