// Times in answers and in headers, and the hint how long to wait. A time that was read is written
// in every form so that it is read as the same.
#include "aws/retry/hints.h"
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
  http::Headers headers;
  headers.set("x-amz-retry-after", std::string(input));
  headers.set("Retry-After", std::string(input));
  headers.set("Date", "Thu, 01 Jan 2026 00:00:00 GMT");
  const retry::Hints hints = retry::read_hints(headers, {});
  const Seconds pause = retry::obey(hints, Seconds(1));
  promise(pause.count() >= 1 && pause.count() <= 125,
          "a hint never shortens, and never exceeds its bound");
}

}  // namespace asiaq::fuzz
