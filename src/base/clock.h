// Time as an injected thing, so that waits and retries can be tested without waiting.
#pragma once

#include <chrono>
#include <string>

namespace asiaq {

using Seconds = std::chrono::duration<double>;
using WallTime = std::chrono::system_clock::time_point;
using SteadyTime = std::chrono::steady_clock::time_point;

/// Tells time and lets time pass. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime now() const = 0;
  virtual SteadyTime steady_now() const = 0;
  /// Sleeps for `duration`; negative is no sleep. Throws Interrupted when the program is asked to
  /// stop.
  virtual void sleep_for(Seconds duration) = 0;
};

/// The machine's clock; sleeping ends early, with Interrupted, on SIGINT, SIGTERM or SIGHUP.
Clock& system_clock();

/// `2016-03-04T05:06:07Z`, UTC (RFC 3339).
std::string rfc3339(WallTime time);

/// `2016-03-04 05:06:07`, UTC.
std::string utc_date_time(WallTime time);

long long unix_seconds(WallTime time);
WallTime from_unix_seconds(long long seconds);

}  // namespace asiaq
