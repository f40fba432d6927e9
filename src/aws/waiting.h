#pragma once

#include <memory>
#include <string>
#include <type_traits>

#include "base/clock.h"

/// Waiting until AWS says that something is as wanted. What to ask and how to judge the answers is
/// in AWS's models (waiters-2.json); awsgen makes tables of it and a `wait_until_…` per waiter.
namespace asiaq::aws {

class Session;
struct Service;
struct Waiter;

/// How long a wait may take. All times are multiplied by ASIAQ_WAIT_SCALE, as in base/wait.h.
struct WaitOptions {
  /// What is waited for, in messages: "instance i-1 to be running". Empty: the waiter's name.
  std::string what{};
  Seconds limit{900};  ///< of the whole wait
  /// Pauses between two looks grow from the one to the other, by chance within what has been
  /// reached (smithy.io/2.0/additional-specs/waiters.html). Smithy's own longest is 120 s: nobody
  /// who looks on should wait that long for what is there already.
  Seconds shortest_pause{2};
  Seconds longest_pause{5};
};

/// The pause after look number `look` (1, 2 …) when `left` of the whole time remains; `chance` is
/// from [0, 1). A pause that would leave less than a shortest one lasts to the end of the time.
Seconds pause_after(int look, Seconds left, const WaitOptions& options, double chance);

/// Makes the structures of an operation, whose types only the generated code knows.
struct Structures {
  std::shared_ptr<void> (*request)();
  std::shared_ptr<void> (*result)();  ///< null where the operation has no output
};

/// Calls the waiter's operation with `request` until an answer is judged a success. Waits of a
/// session whose requests only list ids share their looks: one call asks for all of them
/// (aws/shared_looks.h). Says what it still waits for as base/wait.h does. Throws WaitError
/// for a state that does not become the wanted one any more, ServiceError for an error that
/// the waiter does not expect, TimeoutError, Interrupted.
void wait(Session& session, const Service& service, const Waiter& waiter, const void* request,
          const Structures& structures, const WaitOptions& options);

template <class Structure>
std::shared_ptr<void> made() {
  if constexpr (std::is_void_v<Structure>) {
    return nullptr;
  } else {
    return std::make_shared<Structure>();
  }
}

template <class Result, class Request>
void wait_with(Session& session, const Service& service, const Waiter& waiter,
               const Request* request, const WaitOptions& options) {
  wait(session, service, waiter, request, {made<Request>, made<Result>}, options);
}

}  // namespace asiaq::aws
