#pragma once

#include <string>

#include "aws/operation.h"
#include "aws/path.h"

/// What the generated code says about waiters, and how an answer is judged by it.
namespace asiaq::aws {

/// One way to judge an answer. The first that fits decides.
struct Acceptor {
  enum class Verdict : std::uint8_t { success, failure, retry };
  enum class Match : std::uint8_t {
    value,   ///< the value at the path is `expected`
    all,     ///< there are values at the path and each is `expected`
    any,     ///< one of them is
    some,    ///< what is at the path is not empty
    none,    ///< it is there and empty
    status,  ///< the HTTP status is `expected`
    error,   ///< the error's code is `expected`
    any_error,
    no_error
  };
  Verdict verdict = Verdict::success;
  Match match = Match::value;
  Path path{};
  std::string_view expected{};  ///< as text_of() gives it
};

struct Waiter {
  std::string_view name;  ///< "InstanceRunning"
  const Operation* operation = nullptr;
  std::span<const Acceptor> acceptors{};
};

/// What one look brought: an output, or an error's code.
struct Answer {
  const void* output = nullptr;
  int http_status = 200;
  std::string error_code{};         ///< empty: none
  const Selection* only = nullptr;  ///< what of the output counts; null: everything
};

/// The acceptor that decides, or null: neither as wanted nor a reason to give up.
const Acceptor* deciding(const Waiter& waiter, const Answer& answer);

/// What the answer shows of what the waiter looks at: "Instances.State.Name is pending, wanted
/// running".
std::string seen(const Waiter& waiter, const Answer& answer);

/// What AWS says of the reason: texts that stand beside what the waiter looks at ("FailureMessage",
/// "StateReason"). Empty if there are none.
std::string reason(const Waiter& waiter, const Answer& answer);

}  // namespace asiaq::aws
