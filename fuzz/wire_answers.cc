#include "fuzz/wire_answers.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <utility>

#include "reference/target/foreign_protocol.h"

namespace assay {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Parser = http::response_parser<http::string_body>;

constexpr std::size_t kHeaderLimit = 256 * 1024;  // as of every answer to a run

enum class HowRead : std::uint8_t { kWhole, kUnfinished, kMalformed };

// Reads one answer at the beginning of the bytes, and takes it away.
HowRead ReadOne(std::string_view& bytes, bool ended, Parser& parser, std::string& problem) {
  constexpr std::string_view kBegins = "HTTP/";
  if (!bytes.starts_with(kBegins.substr(0, bytes.size()))) {
    problem = "no HTTP: " + DescribeForeignBytes(bytes);
    return HowRead::kMalformed;
  }
  beast::error_code error;
  const std::size_t taken = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (!parser.is_done() && ended && (!error || error == http::error::need_more) &&
      parser.is_header_done()) {
    error = {};
    parser.put_eof(error);
  }
  if (parser.is_done()) {
    bytes.remove_prefix(taken);
    return HowRead::kWhole;
  }
  if (!error || error == http::error::need_more || error == http::error::partial_message) {
    return HowRead::kUnfinished;
  }
  problem = "a malformed answer (" + error.message() + ")";
  return HowRead::kMalformed;
}

WireAnswer AnswerOf(Parser& parser) {
  auto& message = parser.get();
  const auto type = message[http::field::content_type];
  WireAnswer answer;
  answer.response.status = static_cast<int>(message.result_int());
  answer.response.content_type = {type.data(), type.size()};
  answer.response.retry_after_ms = message.count(http::field::retry_after) > 0 ? 1 : 0;
  answer.response.body = std::move(message.body());
  answer.keeps_alive = parser.keep_alive();
  return answer;
}

}  // namespace

WireAnswers ReadAnswers(std::string_view bytes, const std::vector<std::string>& methods,
                        bool ended) {
  WireAnswers out;
  while (!bytes.empty()) {
    const std::size_t number = out.whole.size();
    Parser parser;
    parser.header_limit(kHeaderLimit);
    parser.body_limit(8 * 1024 * 1024);
    parser.eager(true);
    parser.skip(number < methods.size() && methods[number] == "HEAD");
    const HowRead reading = ReadOne(bytes, ended, parser, out.problem);
    out.is_cut = reading == HowRead::kUnfinished;
    if (reading != HowRead::kWhole) break;
    const unsigned status = parser.get().result_int();
    out.changed = status == 101;
    if (out.changed) break;
    if (status / 100 != 1) out.whole.push_back(AnswerOf(parser));
  }
  return out;
}

}  // namespace assay
