#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "reference/describe_snapshots/model.h"

namespace assay {

// What the judge remembers of pages and tokens: a token is opaque, so which walk, filters and
// position it belongs to is known only from the answer that it came with.
class WalkMemory {
 public:
  // A token as the model sees it for one request.
  class View : public Tokens {
   public:
    View(std::optional<TokenOrigin> origin, bool cut) : origin_(std::move(origin)), cut_(cut) {}
    std::optional<TokenOrigin> Find(std::string_view) const override { return origin_; }
    bool IsCut(std::string_view) const override { return cut_; }

   private:
    std::optional<TokenOrigin> origin_;
    bool cut_;
  };
  // For the request's NextToken: of several origins (a token may just be a position) the one that
  // fits the request best.
  View Look(const Request& request) const;

  // An earlier page that the new one contradicts.
  struct Clash {
    std::uint64_t exchange;
    bool repeated;  // true: the same page, other content; false: a snapshot on two pages
    std::uint32_t snapshot;
  };
  // Compares a page with what was seen of the same list; nothing is remembered.
  std::optional<Clash> Check(const Request& request, const Plan& plan,
                             const std::vector<std::uint32_t>& listed) const;
  // Remembers a page, and the token that it came with ("" for none).
  void Remember(std::uint64_t exchange, const Request& request, const Plan& plan,
                const std::vector<std::uint32_t>& listed, std::string_view next_token);
  // Notes that the request used its token.
  void Use(const Request& request);

 private:
  struct SeenPage {
    std::uint64_t exchange;
    std::vector<std::uint32_t> listed;
  };
  struct Placement {
    std::int64_t page;
    std::uint64_t exchange;
  };
  struct SeenList {
    std::unordered_map<std::string, SeenPage> pages;            // by page number or token
    std::unordered_map<std::uint32_t, Placement> placements;    // page mode: where each one stood
  };
  TokenOrigin* FindOrigin(const Request& request);
  std::shared_ptr<std::unordered_map<std::uint32_t, std::int64_t>> Delivered(
      const Plan& plan, const std::vector<std::uint32_t>& listed) const;

  std::unordered_map<std::string, SeenList> lists_;             // by list and page size
  std::unordered_map<std::string, std::vector<TokenOrigin>> tokens_;
};

}  // namespace assay
