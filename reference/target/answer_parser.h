#pragma once

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "reference/wire/message.h"

namespace assay {

inline constexpr std::size_t kAnswerHeaderLimit = 256 * 1024;  // bytes

// Reads the bytes of one answer into a Response whose strings keep their memory; interim answers
// (1xx) are answers of their own. Errors are Beast's, and leave no exception.
class AnswerParser : public boost::beast::http::basic_parser<false> {
 public:
  // `to_head`: the answer has no body, whatever its head says. `response` outlives the parser.
  AnswerParser(Response* response, std::size_t body_limit, bool to_head);

  // 101 is none: the connection no longer speaks HTTP after it (RFC 9110, 15.2.2).
  bool IsInterim() const { return is_done() && response_->status / 100 == 1 && !IsSwitching(); }
  bool IsSwitching() const { return response_->status == 101; }

 private:
  using Text = boost::beast::string_view;
  using ErrorCode = boost::system::error_code;

  void on_request_impl(boost::beast::http::verb, Text, Text, int, ErrorCode&) override {}
  void on_response_impl(int code, Text, int, ErrorCode&) override { response_->status = code; }
  void on_field_impl(boost::beast::http::field field, Text name, Text value,
                     ErrorCode& error) override;
  void ReadOwnField(Text name, std::string_view value);
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) override;
  std::size_t on_body_impl(Text piece, ErrorCode&) override;
  void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text piece, ErrorCode&) override;
  void on_finish_impl(ErrorCode&) override {}

  Response* response_;
  std::size_t header_bytes_ = 0;
  bool retry_in_ms_ = false;
};

}  // namespace assay
