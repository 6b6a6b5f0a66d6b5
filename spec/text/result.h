#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace assay {

// What a process tells its caller (design, "Exit codes").
enum class ExitCode : int { kConforms = 0, kViolations = 1, kBadUsage = 2, kCouldNotJudge = 3 };

// An error that the user can fix: `where` names the file, flag or address and the place in it,
// `what` says what is wrong and how to put it right. `exit` is the code `main` ends with.
struct Error {
  std::string where;
  std::string what;
  ExitCode exit = ExitCode::kBadUsage;

  std::string Text() const { return where.empty() ? what : where + ": " + what; }
};

// A value or the Error that prevented it; spelled like std::expected.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return *get(); }
  const T& value() const& { return *get(); }
  T&& value() && { return std::move(*get()); }
  T& operator*() & { return *get(); }
  const T& operator*() const& { return *get(); }
  T&& operator*() && { return std::move(*get()); }
  T* operator->() { return get(); }
  const T* operator->() const { return get(); }
  const Error& error() const {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }

 private:
  T* get() {
    assert(has_value());
    return std::get_if<0>(&state_);
  }
  const T* get() const {
    assert(has_value());
    return std::get_if<0>(&state_);
  }
  std::variant<T, Error> state_;
};

// The result of something that yields no value.
using Done = Result<std::monostate>;
inline Done Ok() { return std::monostate{}; }

}  // namespace assay
