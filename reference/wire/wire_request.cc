#include "reference/wire/wire_request.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace assay {
namespace {

// What the RPC clients send in the query when they split: the parameters common to all operations
// (facts on the clients, ecs20140526 1.1.0).
constexpr std::array<std::string_view, 12> kCommonParameters = {
    "Action",    "Version",         "Format",           "AccessKeyId",
    "Signature", "SignatureMethod", "SignatureVersion", "SignatureNonce",
    "Timestamp", "SecurityToken",   "SignatureType",    "BearerToken"};

bool IsCommon(std::string_view name) {
  return std::find(kCommonParameters.begin(), kCommonParameters.end(), name) !=
         kCommonParameters.end();
}

bool Contains(const std::vector<Parameter>& parameters, std::string_view name) {
  return std::any_of(parameters.begin(), parameters.end(),
                     [name](const Parameter& parameter) { return parameter.name == name; });
}

// Fills a list from its front, overwriting what an earlier request left there.
class Refill {
 public:
  explicit Refill(std::vector<Parameter>* list) : list_(list) {}
  ~Refill() { list_->resize(count_); }
  Refill(const Refill&) = delete;
  Refill& operator=(const Refill&) = delete;

  void Add(std::string_view name, std::string_view value) {
    if (count_ == list_->size()) list_->emplace_back();
    Parameter& parameter = (*list_)[count_++];
    parameter.name = name;
    parameter.value = value;
  }

 private:
  std::vector<Parameter>* list_;
  std::size_t count_ = 0;
};

bool GoesIntoForm(Placement placement, std::string_view name) {
  return placement == Placement::kForm || (placement == Placement::kSplit && !IsCommon(name));
}

void AppendHeader(std::string_view name, std::string_view value, std::string* out) {
  out->append(name).append(": ").append(value).append("\r\n");
}

void AppendHeaders(const WireRequest& wire, std::string* out) {
  bool accept_given = false;
  for (const auto& [name, value] : wire.headers) {
    AppendHeader(name, value, out);
    accept_given = accept_given || name == "Accept" || name == "accept";
  }
  if (!accept_given) AppendHeader("Accept", "*/*", out);
}

bool NeedsLength(const WireRequest& wire) {
  return !wire.form.empty() || wire.method == "POST" || wire.method == "PUT" ||
         wire.method == "PATCH";
}

// In two chunks, of which the first one ends within the first name.
void AppendChunks(const WireRequest& wire, std::string* out) {
  const std::string body = wire.Body();
  AppendHeader("Transfer-Encoding", "chunked", out);
  out->append("\r\n");
  const std::size_t first = std::min<std::size_t>(body.size(), 3);
  for (const std::string_view chunk :
       {std::string_view(body).substr(0, first), std::string_view(body).substr(first)}) {
    if (chunk.empty()) continue;
    char size[20];
    const auto end = std::to_chars(size, size + sizeof size, chunk.size(), 16).ptr;
    out->append(size, end).append("\r\n").append(chunk).append("\r\n");
  }
  out->append("0\r\n\r\n");
}

// Ends the head and appends the body, whose length is known, and written, only after that.
void AppendBody(const WireRequest& wire, std::string* out) {
  if (!wire.form.empty()) AppendHeader("Content-Type", FormContentTypeOf(wire.encoding), out);
  if (!wire.form.empty() && wire.encoding == FormEncoding::kChunked) {
    return AppendChunks(wire, out);
  }
  out->append("Content-Length: ");
  const std::size_t length_at = out->size();
  out->append("\r\n\r\n");
  const std::size_t body_at = out->size();
  AppendForm(wire.form, out, wire.encoding);
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, out->size() - body_at).ptr;
  out->insert(length_at, digits, static_cast<std::size_t>(end - digits));
}

}  // namespace

std::string_view FormContentTypeOf(FormEncoding encoding) {
  return encoding == FormEncoding::kCharset ? "application/x-www-form-urlencoded; charset=UTF-8"
                                            : kFormContentType;
}

bool WireRequest::Has(std::string_view name) const {
  return Contains(query, name) || Contains(form, name);
}

std::string WireRequest::Body() const {
  std::string body;
  AppendForm(form, &body, encoding);
  return body;
}

void LayOut(const Request& request, std::string_view version, WireRequest* wire) {
  wire->method = request.method;
  wire->encoding = request.encoding;
  wire->headers.clear();
  Refill query(&wire->query);
  Refill form(&wire->form);
  const auto add = [&](std::string_view name, std::string_view value) {
    (GoesIntoForm(request.placement, name) ? form : query).Add(name, value);
  };
  for (const Parameter& parameter : request.parameters) add(parameter.name, parameter.value);
  if (!version.empty() && !request.Find("Version")) add("Version", version);
}

std::string SignatureOf(const WireRequest& wire) {
  for (const auto* list : {&wire.query, &wire.form}) {
    for (const Parameter& parameter : *list) {
      if (parameter.name == "Signature") return parameter.value;
    }
  }
  for (const auto& [name, value] : wire.headers) {
    if (name != "Authorization") continue;
    const std::size_t at = value.rfind("Signature=");
    if (at != std::string::npos) return value.substr(at + 10);
  }
  return "";
}

void Encode(const WireRequest& wire, std::string_view user_agent, std::string* out) {
  out->assign(wire.method).append(" ").append(wire.path);
  if (!wire.query.empty()) {
    out->push_back('?');
    AppendForm(wire.query, out, wire.encoding);
  }
  out->append(" HTTP/1.1\r\n");
  AppendHeader("Host", wire.host, out);
  AppendHeader("User-Agent", user_agent, out);
  AppendHeaders(wire, out);
  if (NeedsLength(wire)) {
    AppendBody(wire, out);
  } else {
    out->append("\r\n");
  }
}

}  // namespace assay
