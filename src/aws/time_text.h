#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/value.h"

/// Times as AWS writes them.
namespace asiaq::aws {

/// "2015-08-30T12:36:00Z", with a fraction only if there is one ("…00.123Z").
std::string to_iso8601(Timestamp time);
/// "Sun, 30 Aug 2015 12:36:00 GMT" (RFC 7231).
std::string to_http_date(Timestamp time);
/// Seconds since 1970, with a fraction only if there is one.
std::string to_epoch(Timestamp time);
/// "20150830T123600Z", as signatures want it.
std::string to_basic_iso8601(Timestamp time);

/// Any of the forms above, ISO 8601 with an offset, and the older HTTP date with dashes. Empty if
/// it is none. Times before 1900 are the beginning of that year, those that the clock does not know
/// the beginning of its last day (in 2262).
std::optional<Timestamp> parse_time(std::string_view text);

}  // namespace asiaq::aws
