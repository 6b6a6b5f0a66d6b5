#include "fuzz/exchange_input.h"

#include <algorithm>
#include <charconv>
#include <random>

namespace assay {
namespace {

void ReadLine(std::string_view line, Request& request) {
  if (line.starts_with('@')) {
    if (line.starts_with("@POST")) request.method = "POST";
    if (line.ends_with(" form")) request.placement = Placement::kForm;
    if (line.ends_with(" split")) request.placement = Placement::kSplit;
    return;
  }
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos || equals == 0) return;
  request.parameters.push_back(
      {std::string(line.substr(0, equals)), std::string(line.substr(equals + 1))});
}

void Finish(Request request, ExchangeInput& input) {
  if (request.parameters.empty() && request.method == "GET") return;
  if (input.requests.size() == kMostRequests) return;
  const auto add = [&](const char* name, const char* value) {
    if (!request.Find(name)) request.Set(name, value);
  };
  add("Action", "DescribeSnapshots");
  add("RegionId", "cn-hangzhou");
  add("Format", "JSON");
  input.requests.push_back(std::move(request));
}

}  // namespace

ExchangeInput ParseExchangeInput(std::string_view text) {
  ExchangeInput input;
  Request request;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    constexpr std::string_view kReading = "reading ";
    if (line.starts_with(kReading)) {
      std::from_chars(line.data() + kReading.size(), line.data() + line.size(), input.reading);
    } else if (line.empty()) {
      Finish(std::move(request), input);
      request = Request{};
    } else if (request.parameters.size() < 200) {
      ReadLine(line, request);
    }
  }
  Finish(std::move(request), input);
  return input;
}

std::string WriteExchangeInput(const ExchangeInput& input) {
  std::string out = "reading " + std::to_string(input.reading) + "\n";
  for (const Request& request : input.requests) {
    if (request.method == "POST") {
      out += request.placement == Placement::kForm    ? "@POST form\n"
             : request.placement == Placement::kSplit ? "@POST split\n"
                                                      : "@POST\n";
    }
    for (const Parameter& parameter : request.parameters) {
      out += parameter.name + "=" + parameter.value + "\n";
    }
    out += "\n";
  }
  return out;
}

Reading NumberedReading(std::uint32_t number) {
  Reading reading{.name = "number " + std::to_string(number)};
  if (number == 0) return reading;
  std::mt19937_64 random(number);
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    reading.pins.emplace_back(question.id, question.options[random() % question.options.size()].id);
  }
  return reading;
}

}  // namespace assay
