// Times in answers and in headers, and the hint how long to wait. A time that was read is written
// in every form so that it is read as the same.
#include "aws/retry/policy.h"
#include "aws/time_text.h"
#include "fuzz/targets.h"

namespace asiaq::fuzz {

void time(std::string_view input) {
  using namespace aws;
  if (const auto time = parse_time(input)) {
    promise(parse_time(to_iso8601(*time)) == time, "ISO 8601: " + to_iso8601(*time));
    promise(parse_time(to_epoch(*time)) == time, "seconds: " + to_epoch(*time));
    const auto whole = std::chrono::floor<std::chrono::seconds>(*time);
    promise(parse_time(to_http_date(*time)) == whole, "HTTP: " + to_http_date(*time));
    promise(parse_time(to_basic_iso8601(*time)) == whole, "basic: " + to_basic_iso8601(*time));
  }
  const retry::Attempt attempt{.failure = retry::Failure::transient, .hint = std::string(input)};
  const auto pause = retry::pause_before_next({}, attempt, [] { return 0.5; });
  promise(pause && pause->count() >= 0 && pause->count() <= 5.1, "a hint adds 5 s at the most");
}

}  // namespace asiaq::fuzz
