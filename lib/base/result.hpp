// Result<T>: a value, or the reason why the world refused one.
//
// Used wherever something outside the program can say no (files, sockets, foreign bytes, a user's words). A bad signature or a
// 500 from an endpoint is not an error but a value of its own type. Values of this room are plain data: copy, move, share by const.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace hookctl {

// What kind of refusal it is; apps/hookctl/exit_code.hpp turns it into an exit code.
enum class ErrorKind {
  usage,        // the words given are wrong: unknown option, provider, event; malformed file, config or secret
  unavailable,  // the world is not as needed: endpoint unreachable, port in use, file not readable
  interrupted,  // stopped by Ctrl-C or SIGTERM
  bug,          // cannot happen unless hookctl is wrong
};

// `message` is lower case and names the thing and where it was sought; `hint` is the next step, or empty.
struct Error {
  ErrorKind kind{ErrorKind::usage};
  std::string message;
  std::string hint{};
};

inline Error usage_error(std::string message, std::string hint = {}) {
  return {ErrorKind::usage, std::move(message), std::move(hint)};
}
inline Error unavailable_error(std::string message, std::string hint = {}) {
  return {ErrorKind::unavailable, std::move(message), std::move(hint)};
}
inline Error bug_error(std::string message) { return {ErrorKind::bug, std::move(message), "please report this"}; }

// Either a T or an Error. Asking for the one that is not there ends the program: test with `if (result)` first.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}           // NOLINT: meant to be implicit
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}       // NOLINT: meant to be implicit

  explicit operator bool() const noexcept { return held_.index() == 0; }
  bool ok() const noexcept { return held_.index() == 0; }

  T& value() & { return ok() ? *std::get_if<0>(&held_) : (std::abort(), *std::get_if<0>(&held_)); }
  const T& value() const& { return ok() ? *std::get_if<0>(&held_) : (std::abort(), *std::get_if<0>(&held_)); }
  T value() && { return std::move(value()); }  // by value: a loop over *f() must not dangle
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T value_or(T other) const { return ok() ? value() : std::move(other); }

  Error& error() { return !ok() ? *std::get_if<1>(&held_) : (std::abort(), *std::get_if<1>(&held_)); }
  const Error& error() const { return !ok() ? *std::get_if<1>(&held_) : (std::abort(), *std::get_if<1>(&held_)); }

 private:
  std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: meant to be implicit

  explicit operator bool() const noexcept { return !error_; }
  bool ok() const noexcept { return !error_; }
  Error& error() { return error_ ? *error_ : (std::abort(), *error_); }
  const Error& error() const { return error_ ? *error_ : (std::abort(), *error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace hookctl
