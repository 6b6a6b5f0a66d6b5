#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference/describe_snapshots/model.h"
#include "reference/describe_snapshots/render.h"
#include "reference/wire/message.h"

namespace assay {

struct HttpResponse;

// Where in the pipeline of a server a fault sits.
enum class Stage : std::uint8_t {
  kReceive,
  kAuthenticate,
  kParse,
  kValidate,
  kSelect,
  kOrder,
  kPage,
  kRender,
  kSend
};
std::string_view NameOf(Stage stage);  // "receive", …

// What faults remember from one request to the next: a cache, say. Safe to call from several
// threads; keeps a bounded number of texts.
class FaultMemory {
 public:
  std::optional<std::string> Find(const std::string& key) const;
  void Keep(const std::string& key, std::string text);
  // How often that key was counted before.
  int Count(const std::string& key);

 private:
  static constexpr std::size_t kMost = 20'000;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, int> counts_;
};

// One request on its way through the server, as a fault sees it.
struct Scene {
  const Dataset& dataset;
  const Request& request;  // as it was sent
  Choices& choices;
  FaultMemory& memory;
  std::uint64_t number = 1;       // of the request at this server, from 1
  int overlapping = 0;            // other requests that are being answered
  const Plan* plan = nullptr;     // from the stage "validate" on
  const Page* page = nullptr;     // from the stage "page" on: `matches` in the order of the answer
  std::int64_t start = 0;         // rank of the first entry listed
  std::string_view request_id{};  // of the answer, from the stage "render" on

  bool Has(std::string_view name) const { return request.Find(name).has_value(); }
  std::string_view Value(std::string_view name) const { return request.Find(name).value_or(""); }
  // True if some parameter `Tag.N.…` (or `Filter.N.…`) is given.
  bool HasIndexed(std::string_view prefix) const;
  std::int64_t PageNumber() const { return plan ? plan->paging.number : 1; }
  bool ByToken() const { return plan && plan->paging.by_token; }
};

// The token that is about to be issued.
struct TokenDraft {
  std::int64_t position = 0;  // snapshots delivered before
  std::int64_t total = 0;     // snapshots that can be delivered
  bool more = false;          // false: no token is issued
};

// A mistake that an author of an emulator makes: one small change at one stage. It breaks a rule
// under every reading. The functions that are set change what the right server would do there;
// `when` limits it to some requests.
struct Fault {
  std::string id;     // "paging.last_page.drops_one"
  std::string title;  // what the server does, in the third person
  Stage stage = Stage::kSelect;
  int difficulty = 1;              // 1: any request shows it; 5: hardly any does
  std::vector<Rule> breaks;        // at least one of these is reported
  bool wire = false;               // needs HTTP to show
  bool history = false;            // depends on the requests before
  Forgery blind = Forgery::kNone;  // the forgery that goes unnoticed …
  bool in_parameters = false;      // … in signatures in parameters alone
  std::string ignored = {};        // the parameter that it ignores; whenever, without `when`
  // Another code and text of what the gateway refuses.
  std::function<void(std::string& code, std::string& message)> turned_away = nullptr;

  std::function<bool(const Scene&)> when = nullptr;
  std::function<void(const Scene&, Request&)> parse = nullptr;
  std::function<void(const Scene&, Plan&)> validate = nullptr;
  // Whether the snapshot is listed; `right` is what the filters say.
  std::function<bool(const Scene&, const Snapshot&, bool right)> select = nullptr;
  std::function<void(const Scene&, std::vector<std::uint32_t>&)> order = nullptr;
  std::function<void(const Scene&, RenderedList&)> page = nullptr;
  std::function<void(const Scene&, TokenDraft&)> token = nullptr;
  std::function<void(const Scene&, Snapshot&)> snapshot = nullptr;  // as it is written
  std::function<void(const Scene&, RenderedError&)> error = nullptr;
  std::function<void(const Scene&, nlohmann::ordered_json&)> json = nullptr;  // a body in JSON
  std::function<void(const Scene&, std::string&)> xml = nullptr;              // a body in XML
  std::function<void(const Scene&, Response&)> answer = nullptr;              // any answer
  std::function<void(const Scene&, HttpResponse&)> send = nullptr;
};

}  // namespace assay
