#include "reference/state/rank_set.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

namespace assay {
namespace {

constexpr std::uint32_t kWordBits = 64;
constexpr std::size_t kBlock = 64;  // words
// A list takes 32 bits a rank, so it is the smaller form if fewer than one in 32 are in it.
constexpr std::uint32_t kSparse = 32;

std::size_t WordsFor(std::uint32_t size) { return (size + kWordBits - 1) / kWordBits; }

std::uint64_t BitsBelow(std::uint32_t bit) { return (std::uint64_t{1} << bit) - 1; }

std::uint32_t CountOf(std::uint64_t word) {
  return static_cast<std::uint32_t>(std::popcount(word));
}

template <typename Visit>
void ForEachBit(const std::vector<std::uint64_t>& words, Visit visit) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (std::uint64_t word = words[i]; word != 0; word &= word - 1) {
      visit(static_cast<std::uint32_t>(i) * kWordBits +
            static_cast<std::uint32_t>(std::countr_zero(word)));
    }
  }
}

}  // namespace

RankSet RankSet::Range(std::uint32_t begin, std::uint32_t end, std::uint32_t size) {
  RankSet out;
  out.size_ = size;
  out.begin_ = begin;
  out.count_ = end > begin ? end - begin : 0;
  return out;
}

RankSet RankSet::Of(std::vector<std::uint32_t> ranks, std::uint32_t size) {
  if (ranks.size() > size / kSparse) {
    Words words(WordsFor(size));
    for (const std::uint32_t rank : ranks) {
      words[rank / kWordBits] |= std::uint64_t{1} << rank % kWordBits;
    }
    return OfWords(std::move(words), size);
  }
  RankSet out;
  out.form_ = Form::kList;
  out.size_ = size;
  out.count_ = static_cast<std::uint32_t>(ranks.size());
  out.list_ = std::make_shared<const std::vector<std::uint32_t>>(std::move(ranks));
  return out;
}

RankSet RankSet::OfWords(Words words, std::uint32_t size) {
  RankSet out;
  out.form_ = Form::kBits;
  out.size_ = size;
  std::vector<std::uint32_t> before;
  before.reserve(words.size() / kBlock + 1);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i % kBlock == 0) before.push_back(out.count_);
    out.count_ += CountOf(words[i]);
  }
  if (out.count_ <= size / kSparse) {
    std::vector<std::uint32_t> ranks;
    ranks.reserve(out.count_);
    ForEachBit(words, [&](std::uint32_t rank) { ranks.push_back(rank); });
    return Of(std::move(ranks), size);
  }
  out.words_ = std::make_shared<const Words>(std::move(words));
  out.before_ = std::make_shared<const std::vector<std::uint32_t>>(std::move(before));
  return out;
}

bool RankSet::IsSparse() const { return count_ <= size_ / kSparse; }

bool RankSet::Contains(std::uint32_t rank) const {
  switch (form_) {
    case Form::kRange:
      return rank >= begin_ && rank - begin_ < count_;
    case Form::kList:
      return std::ranges::binary_search(*list_, rank);
    case Form::kBits:
      return ((*words_)[rank / kWordBits] >> rank % kWordBits) & 1U;
  }
  return false;
}

std::uint32_t RankSet::CountBelow(std::uint32_t rank) const {
  if (form_ == Form::kRange) return rank <= begin_ ? 0 : std::min(rank - begin_, count_);
  if (form_ == Form::kList) {
    return static_cast<std::uint32_t>(std::ranges::lower_bound(*list_, rank) - list_->begin());
  }
  if (rank >= size_) return count_;
  const std::size_t last = rank / kWordBits;
  std::uint32_t count = (*before_)[last / kBlock];
  for (std::size_t i = last / kBlock * kBlock; i < last; ++i) count += CountOf((*words_)[i]);
  return count + CountOf((*words_)[last] & BitsBelow(rank % kWordBits));
}

std::uint32_t RankSet::At(std::uint32_t index) const {
  if (form_ == Form::kRange) return begin_ + index;
  if (form_ == Form::kList) return (*list_)[index];
  const auto block = std::ranges::upper_bound(*before_, index) - before_->begin() - 1;
  std::uint32_t rest = index - (*before_)[static_cast<std::size_t>(block)];
  std::size_t i = static_cast<std::size_t>(block) * kBlock;
  for (; rest >= CountOf((*words_)[i]); ++i) rest -= CountOf((*words_)[i]);
  std::uint64_t word = (*words_)[i];
  for (; rest > 0; --rest) word &= word - 1;
  return static_cast<std::uint32_t>(i) * kWordBits +
         static_cast<std::uint32_t>(std::countr_zero(word));
}

std::vector<std::uint32_t> RankSet::Ranks() const {
  if (form_ == Form::kList) return *list_;
  std::vector<std::uint32_t> out;
  out.reserve(count_);
  if (form_ == Form::kRange) {
    for (std::uint32_t i = 0; i < count_; ++i) out.push_back(begin_ + i);
  } else {
    ForEachBit(*words_, [&](std::uint32_t rank) { out.push_back(rank); });
  }
  return out;
}

std::uint64_t RankSet::Word(std::size_t index) const {
  if (form_ == Form::kBits) return (*words_)[index];
  const std::uint64_t first = index * kWordBits;
  const std::uint64_t from = std::max<std::uint64_t>(first, begin_);
  const std::uint64_t to = std::min<std::uint64_t>(first + kWordBits, begin_ + count_);
  if (from >= to) return 0;
  const std::uint64_t below = to - first == kWordBits
                                  ? ~std::uint64_t{0}
                                  : BitsBelow(static_cast<std::uint32_t>(to - first));
  return below & ~BitsBelow(static_cast<std::uint32_t>(from - first));
}

void RankSet::AddTo(Words& words) const {
  if (form_ == Form::kList) {
    for (const std::uint32_t rank : *list_) {
      words[rank / kWordBits] |= std::uint64_t{1} << rank % kWordBits;
    }
    return;
  }
  for (std::size_t i = 0; i < words.size(); ++i) words[i] |= Word(i);
}

RankSet::Words RankSet::AllWords() const {
  Words words(WordsFor(size_));
  AddTo(words);
  return words;
}

template <typename Keep>
RankSet RankSet::Filtered(Keep keep) const {
  std::vector<std::uint32_t> ranks = Ranks();
  std::erase_if(ranks, [&](std::uint32_t rank) { return !keep(rank); });
  return Of(std::move(ranks), size_);
}

template <typename Combine>
RankSet RankSet::Combined(const RankSet& a, const RankSet& b, Combine combine) {
  Words words = a.AllWords();
  if (b.form_ == Form::kList) {
    const Words others = b.AllWords();
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = combine(words[i], others[i]);
  } else {
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = combine(words[i], b.Word(i));
  }
  return OfWords(std::move(words), a.size_);
}

RankSet Intersection(const RankSet& a, const RankSet& b) {
  if (a.empty() || b.count_ == b.size_) return a;
  if (b.empty() || a.count_ == a.size_) return b;
  if (a.words_ != nullptr && a.words_ == b.words_) return a;
  if (a.form_ == RankSet::Form::kRange && b.form_ == RankSet::Form::kRange) {
    return RankSet::Range(std::max(a.begin_, b.begin_),
                          std::min(a.begin_ + a.count_, b.begin_ + b.count_), a.size_);
  }
  const RankSet& smaller = a.count_ < b.count_ ? a : b;
  const RankSet& larger = a.count_ < b.count_ ? b : a;
  if (smaller.IsSparse()) {
    return smaller.Filtered([&](std::uint32_t rank) { return larger.Contains(rank); });
  }
  return RankSet::Combined(a, b, [](std::uint64_t x, std::uint64_t y) { return x & y; });
}

RankSet Without(const RankSet& a, const RankSet& b) {
  if (a.empty() || b.empty()) return a;
  if (a.IsSparse()) return a.Filtered([&](std::uint32_t rank) { return !b.Contains(rank); });
  return RankSet::Combined(a, b, [](std::uint64_t x, std::uint64_t y) { return x & ~y; });
}

RankSet Union(const RankSet& a, const RankSet& b) {
  if (a.empty() || b.count_ == b.size_) return b;
  if (b.empty() || a.count_ == a.size_) return a;
  if (a.form_ == RankSet::Form::kList && b.form_ == RankSet::Form::kList) {
    std::vector<std::uint32_t> ranks;
    std::ranges::set_union(*a.list_, *b.list_, std::back_inserter(ranks));
    return RankSet::Of(std::move(ranks), a.size_);
  }
  return RankSet::Combined(a, b, [](std::uint64_t x, std::uint64_t y) { return x | y; });
}

RankSet UnionOf(const std::vector<RankSet>& sets, std::uint32_t size) {
  if (sets.empty()) return RankSet::Of({}, size);
  if (sets.size() == 1) return sets.front();
  std::uint64_t most = 0;
  for (const RankSet& set : sets) most += set.count_;
  if (most <= size / kSparse) {
    std::vector<std::uint32_t> ranks;
    for (const RankSet& set : sets) std::ranges::copy(set.Ranks(), std::back_inserter(ranks));
    std::ranges::sort(ranks);
    const auto same = std::ranges::unique(ranks);
    ranks.erase(same.begin(), same.end());
    return RankSet::Of(std::move(ranks), size);
  }
  RankSet::Words words(WordsFor(size));
  for (const RankSet& set : sets) set.AddTo(words);
  return RankSet::OfWords(std::move(words), size);
}

}  // namespace assay
