#pragma once

#include <optional>

#include "aws/http/message.h"
#include "aws/value.h"
#include "base/clock.h"

/// What a service says about when to come back.
namespace asiaq::aws::retry {

struct Hints {
  std::optional<Seconds> amz;   ///< x-amz-retry-after, in milliseconds on the wire
  std::optional<Seconds> http;  ///< Retry-After (RFC 9110 §10.2.3): seconds or a date

  bool operator==(const Hints&) const = default;
};

/// Reads both headers; values that make no sense are none. A date counts from the answer's own
/// `Date`, or from `now` without one; a date that is over is no time at all.
Hints read_hints(const http::Headers& headers, Timestamp now);

/// `pause` as the hints want it: AWS's own moves it up by 5 s at the most, as in the standard mode
/// of its SDKs; the general one is obeyed up to two minutes.
Seconds obey(const Hints& hints, Seconds pause);

}  // namespace asiaq::aws::retry
