#include "fuzz/exchange_input.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <random>

#include "spec/catalogue/operation.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

// True if the value of Action may name another operation, which is never sent: it might change the
// target. What is left of the own name, or too short for one, names none, nor does what a run makes
// up (NoSuchActionAtAll).
bool MayBeAnother(std::string_view value) {
  constexpr std::size_t kShortest = 4;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const std::string own = SmallLetters(OperationInfo::Get().action);
  while (!value.empty()) {
    const auto begin = std::ranges::find_if(value, is_letter);
    const auto end = std::find_if_not(begin, value.end(), is_letter);
    const std::string word = SmallLetters(std::string(begin, end));
    if (word.size() >= kShortest && !own.starts_with(word) && !word.starts_with("nosuch")) {
      return true;
    }
    value.remove_prefix(static_cast<std::size_t>(end - value.begin()));
  }
  return false;
}

// What a line cannot hold: the end of one, and the backslash that stands before these letters.
constexpr std::string_view kEscaped = "\n\r\\";
constexpr std::string_view kEscapes = "nr\\";

std::string Escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const std::size_t which = kEscaped.find(c);
    if (which != kEscaped.npos) out += '\\';
    out += which == kEscaped.npos ? c : kEscapes[which];
  }
  return out;
}

// A backslash before any other letter means itself: people write these texts.
std::string Unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = text[i] == '\\' && i + 1 < text.size();
    const std::size_t which = begins ? kEscapes.find(text[i + 1]) : kEscapes.npos;
    out += which == kEscapes.npos ? text[i] : kEscaped[which];
    if (which != kEscapes.npos) ++i;
  }
  return out;
}

void ReadLine(std::string_view line, Request& request) {
  if (line.starts_with('@')) {
    if (line.starts_with("@POST")) request.method = "POST";
    // What a GET sends in its body no server has to read.
    const bool has_body = request.method == "POST";
    if (has_body && line.find(" form") != line.npos) request.placement = Placement::kForm;
    if (has_body && line.find(" split") != line.npos) request.placement = Placement::kSplit;
    if (line.ends_with(" plus")) request.encoding = FormEncoding::kPlus;
    return;
  }
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos || equals == 0) return;
  request.parameters.push_back(
      {Unescape(line.substr(0, equals)), Unescape(line.substr(equals + 1))});
}

void Finish(Request request, const std::string& region, ExchangeInput& input) {
  if (request.parameters.empty() && request.method == "GET") return;
  if (input.requests.size() == kMostRequests) return;
  if (region.empty()) return input.requests.push_back(std::move(request));
  std::erase_if(request.parameters, [](const Parameter& parameter) {
    return EqualAnyCase(parameter.name, "Action") && MayBeAnother(parameter.value);
  });
  const auto add = [&](const char* name, const std::string& value) {
    if (!request.Find(name)) request.Set(name, value);
  };
  add("Action", "DescribeSnapshots");
  add("RegionId", region);
  add("Format", "JSON");
  input.requests.push_back(std::move(request));
}

}  // namespace

ExchangeInput ParseExchangeInput(std::string_view text, const std::string& region) {
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
      Finish(std::move(request), region, input);
      request = Request{};
    } else if (request.parameters.size() < 200) {
      ReadLine(line, request);
    }
  }
  Finish(std::move(request), region, input);
  return input;
}

bool GoesOn(const ExchangeInput& input) {
  return std::ranges::any_of(
      input.requests, [](const Request& request) { return request.Find("NextToken").has_value(); });
}

void KeepAlone(std::size_t request, ExchangeInput& input) {
  if (!GoesOn(input)) input.requests = {Request(input.requests[request])};
}

std::string WriteExchangeInput(const ExchangeInput& input) {
  std::string out = "reading " + std::to_string(input.reading) + "\n";
  for (const Request& request : input.requests) {
    const bool plus = request.encoding == FormEncoding::kPlus;
    if (request.method == "POST" || request.placement != Placement::kQuery || plus) {
      out += request.method == "POST" ? "@POST" : "@GET";
      if (request.placement != Placement::kQuery) out.append(" ").append(NameOf(request.placement));
      out += plus ? " plus\n" : "\n";
    }
    for (const Parameter& parameter : request.parameters) {
      out += Escape(parameter.name) + "=" + Escape(parameter.value) + "\n";
    }
    out += "\n";
  }
  return out;
}

Result<std::string> ReadInputFile(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::string text(kLongestInput + 1, '\0');
  if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !in.is_open()) {
    return Error{path, std::string("cannot be read: ") + std::strerror(errno)};
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

std::string GeneralName(std::string_view name) {
  std::string general(name);
  const std::size_t dot = general.find('.');
  const std::size_t end = general.find('.', dot + 1);
  if (end == std::string::npos || OperationInfo::Get().FindParameter(name)) return general;
  return general.replace(dot + 1, end - dot - 1, "N");
}

std::string FirstName(std::string_view general) {
  std::string name(general);
  if (const std::size_t n = name.find(".N."); n != std::string::npos) name[n + 1] = '1';
  return name;
}

bool NamesParameter(const ExchangeInput& input) {
  return std::ranges::any_of(input.requests, [](const Request& request) {
    return std::ranges::any_of(request.parameters, [](const Parameter& parameter) {
      return OperationInfo::Get().FindParameter(GeneralName(parameter.name)) != nullptr;
    });
  });
}

Reading NumberedReading(std::uint32_t number) {
  Reading reading{.name = "number " + std::to_string(number)};
  std::mt19937_64 random(number);
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    const std::size_t option = number == 0 ? 0 : random() % question.options.size();
    reading.pins.emplace_back(question.id, question.options[option].id);
  }
  return reading;
}

Reading KnownReading(std::uint32_t number) {
  Reading known = NumberedReading(number);
  std::erase_if(known.pins, [&](const auto& pin) { return (Index(pin.first) + number) % 16 == 0; });
  return known;
}

const ReadingsOfInput& ReadingsOf(const ExchangeInput& input) {
  static const std::vector<ReadingsOfInput> readings = [] {
    std::vector<ReadingsOfInput> out;
    for (std::uint32_t n = 0; n < kReadings; ++n) {
      out.push_back({NumberedReading(n), KnownReading(n)});
    }
    return out;
  }();
  return readings[input.reading % kReadings];
}

}  // namespace assay
