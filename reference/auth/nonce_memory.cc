#include "reference/auth/nonce_memory.h"

#include "reference/auth/digest.h"

namespace assay {

bool NonceMemory::Use(const std::string& key_id, const std::string& nonce, std::int64_t now) {
  // The length in front keeps ("ab", "c") and ("a", "bc") apart.
  Digest digest(DigestKind::kSha256);
  std::string name(digest.Of(std::to_string(key_id.size()) + ":" + key_id + nonce));
  const std::scoped_lock lock(mutex_);
  Forget(now);
  if (!known_.insert(name).second) return false;
  entries_.push_back({std::move(name), now});
  if (entries_.size() > limit_) {
    known_.erase(entries_.front().digest);
    entries_.pop_front();
  }
  return true;
}

std::size_t NonceMemory::size() const {
  const std::scoped_lock lock(mutex_);
  return entries_.size();
}

void NonceMemory::Forget(std::int64_t now) {
  while (!entries_.empty() && entries_.front().used_at < now - seconds_) {
    known_.erase(entries_.front().digest);
    entries_.pop_front();
  }
}

}  // namespace assay
