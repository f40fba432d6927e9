#include "aws/protocol/plain_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "aws/encoding.h"
#include "aws/error.h"
#include "aws/protocol/protocol.h"
#include "aws/time_text.h"
#include "base/text.h"

namespace asiaq::aws::protocol {
namespace {

[[noreturn]] void unreadable(const Member& member, std::string_view text) {
  throw UnreadableResponse{"member " + std::string(member.name) + " has the value '" +
                           std::string(text.substr(0, 100)) + "'"};
}

template <class Number>
Number parse_number(const Member& member, std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) unreadable(member, text);
  return value;
}

double parse_real(const Member& member, std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return parse_number<double>(member, text);
}

}  // namespace

std::string number_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  std::string text = fmt::format("{}", number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string time_text(Timestamp time, TimeFormat format) {
  switch (format) {
    case TimeFormat::rfc822:
      return to_http_date(time);
    case TimeFormat::epoch:
      return to_epoch(time);
    default:
      return to_iso8601(time);
  }
}

std::string scalar_text(const Member& member, const void* value, TimeFormat fallback) {
  switch (member.shape->kind) {
    case Kind::boolean:
      return *static_cast<const bool*>(value) ? "true" : "false";
    case Kind::integer:
      return std::to_string(*static_cast<const std::int32_t*>(value));
    case Kind::long_integer:
      return std::to_string(*static_cast<const std::int64_t*>(value));
    case Kind::real:
      return number_text(*static_cast<const double*>(value));
    case Kind::timestamp:
      return time_text(*static_cast<const Timestamp*>(value),
                       member.time == TimeFormat::of_place ? fallback : member.time);
    case Kind::blob:
      return base64_encode(*static_cast<const std::string*>(value));
    case Kind::string:
    case Kind::document:
      return *static_cast<const std::string*>(value);
    default:
      throw RequestError("member " + std::string(member.name) +
                         " cannot be sent where its model puts it");
  }
}

void set_scalar(const Member& member, void* value, std::string_view text) {
  const std::string_view core = trimmed(text);
  switch (member.shape->kind) {
    case Kind::boolean:
      *static_cast<bool*>(value) = lower_case(core) == "true" || core == "1";
      return;
    case Kind::integer:
      *static_cast<std::int32_t*>(value) = parse_number<std::int32_t>(member, core);
      return;
    case Kind::long_integer:
      *static_cast<std::int64_t*>(value) = parse_number<std::int64_t>(member, core);
      return;
    case Kind::real:
      *static_cast<double*>(value) = parse_real(member, core);
      return;
    case Kind::timestamp:
      if (const auto time = parse_time(core)) {
        *static_cast<Timestamp*>(value) = *time;
        return;
      }
      unreadable(member, text);
    case Kind::blob:
      try {
        *static_cast<std::string*>(value) = base64_decode(core);
      } catch (const RequestError&) {
        unreadable(member, text);
      }
      return;
    case Kind::string:
    case Kind::document:
      *static_cast<std::string*>(value) = text;
      return;
    default:
      unreadable(member, text);
  }
}

const void* value_to_send(const Member& member, const void* structure, const std::string& token) {
  const void* value = member.peek(structure);
  if (value == nullptr && member.has(member_flag::idempotency_token) && !token.empty())
    return &token;
  return value;
}

}  // namespace asiaq::aws::protocol
