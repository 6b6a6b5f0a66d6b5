#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reference/describe_snapshots/model.h"

namespace assay {

// What the judge remembers of pages and tokens: a token is opaque, so which walk, filters and
// position it belongs to is known only from the answer that it came with.
class WalkMemory {
 public:
  // The tokens of one request as the model sees them.
  class View : public Tokens {
   public:
    struct Seen {
      std::string text;
      std::optional<TokenOrigin> origin = std::nullopt;
      bool cut = false;
    };
    explicit View(std::vector<Seen> tokens, bool crosses = false)
        : tokens_(std::move(tokens)), crosses_(crosses) {}
    // True if a token comes from another state than the answer.
    bool crosses_states() const { return crosses_; }
    std::optional<TokenOrigin> Find(std::string_view token) const override;
    bool IsCut(std::string_view token) const override;

   private:
    std::vector<Seen> tokens_;
    bool crosses_ = false;
  };
  // For each text that may be the request's token: of several origins (a token may just be a
  // position) the one that fits the request best.
  // `state` is AnswerState::number(): in another state than the token's the place in the list is
  // open, and the origin loose.
  View FindTokens(const Request& request, std::uint64_t state = 0) const;

  // An earlier page that the new one contradicts.
  struct Clash {
    std::uint64_t exchange;
    bool repeated;  // true: the same page, other content; false: a snapshot on two pages
    std::uint32_t snapshot;
  };
  // One page of one list, as it was asked for and as a reading takes it.
  struct Page {
    // Only requests in the same format, sent in the same way, are asked for the same list.
    Page(const Request& request, const Plan& plan, const std::vector<std::uint32_t>& listed,
         std::uint64_t state = 0);

    const Request& request;
    const Plan& plan;
    const std::vector<std::uint32_t>& listed;  // positions in the dataset, in order
    const std::uint64_t state;                 // pages of two states are not compared
    std::string list_key, page_key;
  };
  // Compares a page with what was seen of the same list; nothing is remembered.
  std::optional<Clash> Check(const Page& page) const;
  // Remembers a page, and the token that it came with ("" for none).
  void Remember(std::uint64_t exchange, const Page& page, std::string_view next_token);
  // Remembers a token whose place in a list is not known because the state moved.
  void RememberLoose(const Request& request, std::string_view next_token);
  // Notes that the request used its token, or may have; if several may be meant, no place is known
  // any more.
  void Use(const Request& request, bool certainly);

 private:
  struct KnownOrigin {
    TokenOrigin origin;
    std::uint64_t state = 0;  // of the answer that gave it
  };
  void Keep(std::string_view token, KnownOrigin known);
  struct SeenPage {
    std::uint64_t exchange;
    std::vector<std::uint32_t> listed;
  };
  struct Placement {
    std::int64_t page;
    std::uint64_t exchange;
  };
  struct SeenList {
    std::unordered_map<std::string, SeenPage> pages;  // by page number or token
    std::unordered_map<std::uint32_t, Placement>
        placements;  // page mode: where each one was listed
  };
  std::shared_ptr<std::unordered_map<std::uint32_t, std::int64_t>> Delivered(
      const Plan& plan, const std::vector<std::uint32_t>& listed) const;

  std::unordered_map<std::string, SeenList> lists_;  // by list and page size
  // Sorted: cut tokens are looked for.
  std::map<std::string, std::vector<KnownOrigin>> tokens_;
};

}  // namespace assay
