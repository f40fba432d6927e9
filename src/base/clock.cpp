#include "base/clock.h"

#include <array>
#include <ctime>

#include "base/interrupt.h"

namespace asiaq {

namespace {

class SystemClock final : public Clock {
 public:
  WallTime now() const override { return std::chrono::system_clock::now(); }
  SteadyTime steady_now() const override { return std::chrono::steady_clock::now(); }
  void sleep_for(Seconds duration) override { interrupt::sleep_for(duration); }
};

std::string format_utc(WallTime time, const char* format) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), format, &parts);
  return {text.data(), length};
}

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

std::string rfc3339(WallTime time) { return format_utc(time, "%Y-%m-%dT%H:%M:%SZ"); }

std::string utc_date_time(WallTime time) { return format_utc(time, "%Y-%m-%d %H:%M:%S"); }

long long unix_seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

WallTime from_unix_seconds(long long seconds) { return WallTime(std::chrono::seconds(seconds)); }

}  // namespace asiaq
