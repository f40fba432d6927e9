#include "aws/retry/hints.h"

#include <algorithm>

#include "aws/time_text.h"
#include "base/text.h"

namespace asiaq::aws::retry {
namespace {

constexpr Seconds kMostAddedByAmz{5};
constexpr Seconds kMostOfHttp{120};

std::optional<double> whole_number(const std::string* text) {
  if (text == nullptr) return std::nullopt;
  const auto number = parse_integer(trimmed(*text));
  if (!number || *number < 0) return std::nullopt;
  return static_cast<double>(*number);
}

std::optional<Seconds> seconds_or_date(const http::Headers& headers, Timestamp now) {
  const std::string* text = headers.find("Retry-After");
  if (text == nullptr) return std::nullopt;
  if (const auto seconds = whole_number(text)) return Seconds(*seconds);
  // Numbers that are no whole seconds must not be taken for a date.
  if (text->find(':') == std::string::npos) return std::nullopt;
  const auto date = parse_time(trimmed(*text));
  if (!date) return std::nullopt;
  const Timestamp from = parse_time(headers.get("Date")).value_or(now);
  // The clock's own unit cannot count from the first to the last of its times.
  return std::max(Seconds(0), Seconds(date->time_since_epoch()) - Seconds(from.time_since_epoch()));
}

}  // namespace

Hints read_hints(const http::Headers& headers, Timestamp now) {
  Hints hints{.amz = std::nullopt, .http = seconds_or_date(headers, now)};
  if (const auto milliseconds = whole_number(headers.find("x-amz-retry-after"))) {
    hints.amz = Seconds(*milliseconds / 1000);
  }
  return hints;
}

Seconds obey(const Hints& hints, Seconds pause) {
  Seconds obeyed = pause;
  if (hints.amz) obeyed = std::max(obeyed, std::min(*hints.amz, pause + kMostAddedByAmz));
  if (hints.http) obeyed = std::max(obeyed, std::min(*hints.http, kMostOfHttp));
  return obeyed;
}

}  // namespace asiaq::aws::retry
