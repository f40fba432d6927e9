// Errors: what was being done, to which resource, why it failed and what to do next.
//
// An Error is thrown where something fails, gains context on its way up, and is printed once, as
// one line, by main. Interruption by a signal is not an Error (see base/interrupt.h), so that no
// handler for errors swallows it.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asiaq {

/// Exit statuses of the program. Others occur only where a remote command's status is passed on.
enum class ExitStatus : int { success = 0, failure = 1, usage = 2 };

/// The root of all errors. Copyable; not thread-safe for concurrent modification.
class Error : public std::exception {
 public:
  /// `kind` is a stable word that scripts may look for ("Timeout", "VPCEnvironment", ...); `reason`
  /// is one sentence naming the resource, without a final period.
  Error(std::string kind, std::string reason);

  /// Says what was being done; later calls come first in the message ("outer: inner: reason").
  Error& add_context(std::string doing);

  /// Says what the user can do next; printed in parentheses at the end.
  Error& set_hint(std::string hint);

  Error& set_exit_status(int status);

  const std::string& kind() const { return kind_; }
  const std::string& reason() const { return reason_; }
  const std::string& hint() const { return hint_; }
  int exit_status() const { return exit_status_; }

  /// The whole message in one line, "context: reason (hint)"; line breaks of the parts become
  /// blanks.
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  void compose();

  std::string kind_;
  std::string reason_;
  std::string hint_;
  std::vector<std::string> contexts_;
  std::string message_;
  int exit_status_ = static_cast<int>(ExitStatus::failure);
};

/// Something in the configuration folder is missing or wrong. Kind: "AsiaqConfig".
class ConfigError : public Error {
 public:
  explicit ConfigError(std::string reason);
};

/// The command line cannot be understood. Kind: "Usage"; exit status by the tool's dialect.
class UsageError : public Error {
 public:
  explicit UsageError(std::string reason);
};

/// A wait ended without the wanted state. Kind: "Timeout".
class TimeoutError : public Error {
 public:
  explicit TimeoutError(std::string reason);
};

/// `error` with a hint, as what it is: `throw error.set_hint(…)` would throw a plain Error.
template <class Problem>
Problem with_hint(Problem error, std::string hint) {
  error.set_hint(std::move(hint));
  return error;
}

/// Runs `action`, adding `doing` as context to any Error that leaves it.
template <class Action>
auto with_context(std::string_view doing, Action&& action) {
  try {
    return action();
  } catch (Error& error) {
    error.add_context(std::string(doing));
    throw;
  }
}

}  // namespace asiaq
