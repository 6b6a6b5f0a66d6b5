#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_set>

namespace assay {

// The nonces that were used recently. Each takes the same memory however long it is. Safe to call
// from several threads.
class NonceMemory {
 public:
  // Remembers up to `limit` nonces, and none longer than `seconds`; the oldest go first.
  NonceMemory(std::size_t limit, std::int64_t seconds) : limit_(limit), seconds_(seconds) {}

  // Remembers that the key used the nonce; false if it had used it before.
  bool Use(const std::string& key_id, const std::string& nonce, std::int64_t now);
  std::size_t size() const;

 private:
  struct Entry {
    std::string digest;
    std::int64_t used_at;
  };

  void Forget(std::int64_t now);

  const std::size_t limit_;
  const std::int64_t seconds_;
  mutable std::mutex mutex_;
  std::unordered_set<std::string> known_;
  std::deque<Entry> entries_;  // in the order of use
};

}  // namespace assay
