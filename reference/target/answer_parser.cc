#include "reference/target/answer_parser.h"

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <charconv>
#include <ctime>
#include <optional>
#include <string>

namespace assay {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

// Bytes of a header that is kept: longer ones say nothing more.
constexpr std::size_t kValueLimit = 4096;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }
std::string_view Kept(std::string_view value) { return value.substr(0, kValueLimit); }

// A whole number of at least 0, or nothing.
std::optional<std::int64_t> ParseCount(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size() || count < 0) return std::nullopt;
  return count;
}

// Milliseconds from a Retry-After header: whole seconds or a date (RFC 9110, 10.2.3); 0 if it is
// neither or lies in the past.
std::int64_t RetryAfterMs(std::string_view text) {
  constexpr std::int64_t kDay = 86400;
  if (const auto seconds = ParseCount(text)) return std::min(*seconds, kDay) * 1000;
  std::tm date{};
  if (strptime(std::string(text).c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date) == nullptr) return 0;
  return std::clamp<std::int64_t>(timegm(&date) - std::time(nullptr), 0, kDay) * 1000;
}

}  // namespace

AnswerParser::AnswerParser(Response* response, std::size_t body_limit, bool to_head)
    : response_(response) {
  header_limit(kAnswerHeaderLimit);
  this->body_limit(body_limit);
  eager(true);
  skip(to_head);
}

void AnswerParser::on_field_impl(http::field field, Text name, Text value, ErrorCode& error) {
  // Beast bounds what it holds unparsed, not the whole head, so the sum is counted here.
  header_bytes_ += name.size() + value.size();
  if (header_bytes_ > kAnswerHeaderLimit) error = http::error::header_limit;
  if (field == http::field::content_type) {
    if (response_->content_type.empty()) response_->content_type = Kept(View(value));
  } else if (field == http::field::content_encoding) {
    response_->encoding = Kept(View(value));
  } else if (field == http::field::location) {
    response_->location = Kept(View(value));
  } else if (field == http::field::retry_after) {
    if (!retry_in_ms_) response_->retry_after_ms = RetryAfterMs(View(value));
  } else if (field == http::field::unknown) {
    ReadOwnField(name, View(value));
  }
}

void AnswerParser::ReadOwnField(Text name, std::string_view value) {
  if (beast::iequals(name, "x-acs-request-id")) {
    response_->request_id = Kept(value);
  } else if (beast::iequals(name, "x-acs-retry-after")) {
    // Milliseconds, by the official clients' own tests.
    const auto ms = ParseCount(value);
    retry_in_ms_ = ms.has_value();
    if (ms) response_->retry_after_ms = *ms;
  }
}

void AnswerParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) {
  // A length is only a promise, so little memory is reserved for it.
  if (length) response_->body.reserve(std::min<std::uint64_t>(*length, 1024 * 1024));
}

std::size_t AnswerParser::on_body_impl(Text piece, ErrorCode&) {
  response_->body.append(piece.data(), piece.size());
  return piece.size();
}

std::size_t AnswerParser::on_chunk_body_impl(std::uint64_t, Text piece, ErrorCode&) {
  response_->body.append(piece.data(), piece.size());
  return piece.size();
}

}  // namespace assay
