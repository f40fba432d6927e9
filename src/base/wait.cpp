#include "base/wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/interrupt.h"
#include "base/log.h"

namespace asiaq {

namespace {

constexpr Seconds reminder_interval{30};

/// What the user allows for all waits of the command.
struct WaitingBound {
  Seconds limit;
  SteadyTime end;
};
std::optional<WaitingBound> bound;

}  // namespace

double wait_scale() {
  const char* text = std::getenv("ASIAQ_WAIT_SCALE");
  if (text == nullptr) return 1;
  const double scale = std::strtod(text, nullptr);
  return scale > 0 ? scale : 1;
}

WaitLimits scaled(WaitLimits limits) {
  const double scale = wait_scale();
  return {limits.interval * scale, limits.limit * scale};
}

void bound_all_waiting(Seconds limit, Clock& clock) {
  const auto duration = std::chrono::duration_cast<SteadyTime::duration>(limit);
  bound = WaitingBound{limit, clock.steady_now() + duration};
}

std::optional<Seconds> waiting_left(const Clock& clock) {
  if (!bound || interrupt::shielded()) return {};
  return std::max<Seconds>(Seconds(0), bound->end - clock.steady_now());
}

TimeoutError waiting_is_over(const std::string& what, const std::string& missing) {
  TimeoutError error(
      fmt::format("the {:.0f} s allowed for all waiting are over; was waiting for {}: {}",
                  bound ? bound->limit.count() : 0, what, missing));
  error.set_hint("run the same command again: it goes on from where things are");
  return error;
}

void wait_until(const std::string& what, WaitLimits limits, const Look& look, Clock& clock) {
  wait_until(
      what, limits.limit, look, [&](int, Seconds) { return limits.interval; }, clock);
}

void wait_until(const std::string& what, Seconds limit, const Look& look, const Pacing& pacing,
                Clock& clock) {
  const SteadyTime start = clock.steady_now();
  SteadyTime last_said = start;
  std::string said;
  for (int number = 1;; ++number) {
    const std::optional<std::string> missing = look();
    if (!missing) return;
    const SteadyTime now = clock.steady_now();
    const Seconds waited = now - start;
    if (waited >= limit) {
      throw TimeoutError(fmt::format("waited {:.0f} s for {}: {}", limit.count(), what, *missing));
    }
    const std::optional<Seconds> left = waiting_left(clock);
    if (left && *left <= Seconds(0)) throw waiting_is_over(what, *missing);
    if (*missing != said || now - last_said >= reminder_interval) {
      log::info("Waiting for {}: {} ({:.0f} of at most {:.0f} s)", what, *missing, waited.count(),
                limit.count());
      said = *missing;
      last_said = now;
    }
    Seconds pause = std::min(pacing(number, limit - waited), limit - waited);
    if (left) pause = std::min(pause, *left);
    clock.sleep_for(pause);
  }
}

}  // namespace asiaq
