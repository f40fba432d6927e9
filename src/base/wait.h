// Waiting for something outside to come true.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"

namespace asiaq {

/// How often to look and how long at most. Both are multiplied by the environment variable
/// ASIAQ_WAIT_SCALE (a decimal number, 1 by default) in scaled(), so that tests against an emulator
/// do not sleep.
struct WaitLimits {
  Seconds interval{2};
  Seconds limit{900};
};

/// Factor of ASIAQ_WAIT_SCALE; 1 if unset or not a positive number.
double wait_scale();

WaitLimits scaled(WaitLimits limits);

/// Bounds all waiting of the process together: from now on, wait_until() and calls to AWS give up
/// after `limit` whatever their own limits are. Called by main before any thread is started.
void bound_all_waiting(Seconds limit, Clock& clock = system_clock());

/// What is left of the time that bound_all_waiting() allows, zero if it is over. Nothing if waiting
/// is not bounded, or for this thread is not: clean-up inside an interrupt::Shield is finished.
std::optional<Seconds> waiting_left(const Clock& clock);

/// Says that this time is over, what was waited for and what was still missing.
TimeoutError waiting_is_over(const std::string& what, const std::string& missing);

/// One look at what is waited for: nothing if it is as wanted, else what is still missing (shown
/// while waiting and in the time-out's message). Throws to give up early.
using Look = std::function<std::optional<std::string>()>;

/// Looks until nothing is missing. `what` names resource and wanted state ("instance i-1 to be
/// running"). Says on stderr what it waits for when that changes and every 30 s. Throws
/// TimeoutError naming `what`, the limit in seconds and what was still missing; Interrupted on a
/// signal.
void wait_until(const std::string& what, WaitLimits limits, const Look& look,
                Clock& clock = system_clock());

/// The pause after look number `look` (1, 2 …) when `left` of the limit remains.
using Pacing = std::function<Seconds(int look, Seconds left)>;

/// The same with pauses of the caller's choice.
void wait_until(const std::string& what, Seconds limit, const Look& look, const Pacing& pacing,
                Clock& clock = system_clock());

}  // namespace asiaq
