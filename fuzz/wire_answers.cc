#include "fuzz/wire_answers.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <cstdint>
#include <utility>

#include "reference/target/answer_parser.h"
#include "reference/target/foreign_protocol.h"
#include "reference/target/http_client.h"

namespace assay {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

enum class HowRead : std::uint8_t { kWhole, kUnfinished, kMalformed, kForeign };

// Reads one answer at the beginning of the bytes, and takes it away.
HowRead ReadOne(std::string_view& bytes, bool ended, AnswerParser& parser, std::string& problem) {
  constexpr std::string_view kBegins = "HTTP/";
  if (!bytes.starts_with(kBegins.substr(0, bytes.size()))) {
    problem = "no HTTP: " + DescribeForeignBytes(bytes);
    return HowRead::kForeign;
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

}  // namespace

WireAnswers ReadAnswers(std::string_view bytes, const std::vector<std::string>& methods,
                        bool ended) {
  WireAnswers out;
  const std::size_t came = bytes.size();
  while (!bytes.empty()) {
    const std::size_t number = out.whole.size();
    WireAnswer answer;
    AnswerParser parser(&answer.response, kAnswerLimit,
                        number < methods.size() && methods[number] == "HEAD");
    const HowRead reading = ReadOne(bytes, ended, parser, out.problem);
    out.is_cut = reading == HowRead::kUnfinished;
    out.is_foreign = reading == HowRead::kForeign && bytes.size() == came;
    if (reading != HowRead::kWhole) break;
    out.changed = parser.IsSwitching();
    if (out.changed) break;
    answer.keeps_alive = parser.keep_alive();
    if (!parser.IsInterim()) out.whole.push_back(std::move(answer));
  }
  return out;
}

}  // namespace assay
