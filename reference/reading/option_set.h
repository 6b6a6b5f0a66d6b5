#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <initializer_list>

#include "spec/catalogue/catalogue.h"

namespace assay {

// A set of options of one question, each by its position in the catalogue.
class OptionSet {
 public:
  // Yields the positions, in ascending order.
  class Iterator {
   public:
    constexpr explicit Iterator(std::uint16_t rest) : rest_(rest) {}
    constexpr int operator*() const { return std::countr_zero(rest_); }
    constexpr Iterator& operator++() {
      rest_ = static_cast<std::uint16_t>(rest_ & (rest_ - 1));
      return *this;
    }
    friend constexpr bool operator==(Iterator, Iterator) = default;

   private:
    std::uint16_t rest_;
  };

  constexpr OptionSet() = default;  // empty
  static constexpr OptionSet At(int position) { return OptionSet(1U << position); }
  static OptionSet Of(Question question, std::initializer_list<Option> options);
  static OptionSet All(Question question);

  constexpr bool Has(int position) const { return (bits_ >> position) & 1U; }
  constexpr bool Only() const { return std::has_single_bit(bits_); }  // one option is left
  constexpr bool IsWithin(OptionSet other) const { return (bits_ & ~other.bits_) == 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr int size() const { return std::popcount(bits_); }
  // The first position; the set is not empty.
  constexpr int First() const { return *begin(); }

  constexpr OptionSet& operator&=(OptionSet other) { return *this = *this & other; }
  constexpr OptionSet& operator|=(OptionSet other) { return *this = *this | other; }
  friend constexpr OptionSet operator&(OptionSet a, OptionSet b) {
    return OptionSet(a.bits_ & b.bits_);
  }
  friend constexpr OptionSet operator|(OptionSet a, OptionSet b) {
    return OptionSet(a.bits_ | b.bits_);
  }
  friend constexpr OptionSet operator-(OptionSet a, OptionSet b) {
    return OptionSet(a.bits_ & ~b.bits_);
  }
  friend constexpr bool operator==(OptionSet, OptionSet) = default;

  constexpr Iterator begin() const { return Iterator(bits_); }
  constexpr Iterator end() const { return Iterator(0); }

 private:
  constexpr explicit OptionSet(unsigned bits) : bits_(static_cast<std::uint16_t>(bits)) {}

  std::uint16_t bits_ = 0;
};

// The options of each question that are possible, by Index(question).
using Domains = std::array<OptionSet, kQuestionCount>;
// Every option of every question.
const Domains& AllOptions();

// The option of the question at that position.
Option OptionAt(Question question, int position);

}  // namespace assay
