#include "aws/waiting.h"

#include <algorithm>
#include <cmath>

#include "aws/call.h"
#include "aws/error.h"
#include "aws/session_parts.h"
#include "aws/waiter.h"
#include "base/wait.h"

namespace asiaq::aws {
namespace {

// The look that reaches the longest pause is never later than this.
constexpr int kMostDoublings = 30;

WaitOptions scaled(WaitOptions options) {
  const double scale = wait_scale();
  options.limit *= scale;
  options.shortest_pause *= scale;
  options.longest_pause *= scale;
  return options;
}

[[noreturn]] void give_up(const std::string& what, const std::string& why) {
  throw Error("Wait", "gave up waiting for " + what + ": " + why);
}

}  // namespace

Seconds pause_after(int look, Seconds left, const WaitOptions& options, double chance) {
  const int doublings = std::min(look - 1, kMostDoublings);
  const Seconds ceiling =
      std::min(options.longest_pause, options.shortest_pause * std::exp2(doublings));
  const Seconds pause = options.shortest_pause + (ceiling - options.shortest_pause) * chance;
  return left - pause < options.shortest_pause ? left : pause;
}

void wait(Session& session, const Service& service, const Waiter& waiter, const void* request,
          const std::function<void*()>& make_result, const WaitOptions& options) {
  const WaitOptions times = scaled(options);
  const std::string what = options.what.empty()
                               ? std::string(service.name) + " " + std::string(waiter.name)
                               : options.what;
  const auto look = [&]() -> std::optional<std::string> {
    void* const result = make_result();
    Answer answer{.output = result};
    std::optional<ServiceError> error;
    try {
      call(session, service, *waiter.operation, request, result);
    } catch (const ServiceError& thrown) {
      error = thrown;
      answer = {
          .output = nullptr, .http_status = thrown.http_status(), .error_code = thrown.code()};
    }
    const Acceptor* acceptor = deciding(waiter, answer);
    if (acceptor == nullptr && error) throw *error;
    if (acceptor == nullptr || acceptor->verdict == Acceptor::Verdict::retry) {
      return seen(waiter, answer);
    }
    if (acceptor->verdict == Acceptor::Verdict::failure) give_up(what, seen(waiter, answer));
    return std::nullopt;
  };
  SessionParts& parts = session.parts();
  wait_until(
      what, times.limit, look,
      [&](int number, Seconds left) { return pause_after(number, left, times, parts.random()); },
      parts.clock);
}

}  // namespace asiaq::aws
