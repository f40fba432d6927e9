#include "aws/time_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace asiaq::aws {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

// Later than the last second of the year 9999.
constexpr double kLatestSecond = 1e12;

struct Civil {
  int year = 0;
  unsigned month = 0, day = 0, weekday = 0;
  long hour = 0, minute = 0, second = 0;
  long micros = 0;
};

Civil civil(Timestamp time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const auto rest = duration_cast<microseconds>(time - days);
  const auto whole = duration_cast<seconds>(rest).count();
  return {.year = static_cast<int>(date.year()),
          .month = static_cast<unsigned>(date.month()),
          .day = static_cast<unsigned>(date.day()),
          .weekday = std::chrono::weekday(days).c_encoding(),
          .hour = whole / 3600,
          .minute = whole / 60 % 60,
          .second = whole % 60,
          .micros = rest.count() % 1000000};
}

std::string fraction(long micros) {
  if (micros == 0) return "";
  std::string text = fmt::format(".{:06}", micros);
  while (text.back() == '0') text.pop_back();
  return text;
}

// Reads text from its front; every part is optional to the caller, who asks `ok` in the end.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  bool at_end() const { return text_.empty(); }
  char peek() const { return text_.empty() ? '\0' : text_.front(); }
  bool take(char sign) {
    if (peek() != sign) return false;
    text_.remove_prefix(1);
    return true;
  }
  std::optional<long> number(std::size_t most_digits) {
    long value = 0;
    std::size_t digits = 0;
    while (digits < most_digits && std::isdigit(static_cast<unsigned char>(peek()))) {
      value = value * 10 + (peek() - '0');
      text_.remove_prefix(1);
      ++digits;
    }
    return digits == 0 ? std::nullopt : std::optional(value);
  }
  std::string_view word() {
    std::size_t size = 0;
    while (size < text_.size() && std::isalpha(static_cast<unsigned char>(text_[size]))) ++size;
    const std::string_view found = text_.substr(0, size);
    text_.remove_prefix(size);
    return found;
  }
  void skip(std::string_view signs) {
    while (!text_.empty() && signs.find(text_.front()) != std::string_view::npos)
      text_.remove_prefix(1);
  }
  /// The fraction behind a point, in microseconds.
  long micros() {
    if (!take('.')) return 0;
    long value = 0;
    long unit = 100000;
    while (std::isdigit(static_cast<unsigned char>(peek()))) {
      value += (peek() - '0') * unit;
      unit /= 10;
      text_.remove_prefix(1);
    }
    return value;
  }

 private:
  std::string_view text_;
};

// Times like the end of the year 9999 stand for "never"; the clock ends in 2262. It begins in 1677,
// but what lies between such a time and now is more than it can count.
Timestamp within_the_clock(microseconds since_1970) {
  constexpr std::chrono::sys_days first{std::chrono::year{1900} / 1 / 1};
  constexpr auto last = std::chrono::floor<std::chrono::days>(Timestamp::max());
  return Timestamp(
      std::clamp<microseconds>(since_1970, first.time_since_epoch(), last.time_since_epoch()));
}

std::optional<Timestamp> from_civil(long year, long month, long day, long hour, long minute,
                                    long second, long micros, long offset_minutes) {
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok() || hour > 24 || minute > 59 || second > 60) return std::nullopt;
  return within_the_clock(std::chrono::sys_days(date).time_since_epoch() +
                          std::chrono::hours(hour) + std::chrono::minutes(minute - offset_minutes) +
                          seconds(second) + microseconds(micros));
}

std::optional<Timestamp> parse_iso8601(std::string_view text) {
  Reader reader(text);
  const auto year = reader.number(4);
  reader.take('-');
  const auto month = reader.number(2);
  reader.take('-');
  const auto day = reader.number(2);
  if (!year || !month || !day) return std::nullopt;
  if (reader.at_end()) return from_civil(*year, *month, *day, 0, 0, 0, 0, 0);
  if (!reader.take('T') && !reader.take('t') && !reader.take(' ')) return std::nullopt;
  const auto hour = reader.number(2);
  reader.take(':');
  const auto minute = reader.number(2);
  reader.take(':');
  const long second = reader.number(2).value_or(0);
  const long micros = reader.micros();
  if (!hour || !minute) return std::nullopt;
  long offset = 0;
  if (!reader.take('Z') && !reader.take('z') && !reader.at_end()) {
    const bool west = reader.peek() == '-';
    if (!reader.take('+') && !reader.take('-')) return std::nullopt;
    const auto hours = reader.number(2);
    reader.take(':');
    if (!hours) return std::nullopt;
    offset = *hours * 60 + reader.number(2).value_or(0);
    if (west) offset = -offset;
  }
  if (!reader.at_end()) return std::nullopt;
  return from_civil(*year, *month, *day, *hour, *minute, second, micros, offset);
}

std::optional<Timestamp> parse_http_date(std::string_view text) {
  Reader reader(text);
  reader.word();
  reader.skip(", ");
  const auto day = reader.number(2);
  reader.skip(" -");
  const std::string_view name = reader.word().substr(0, 3);
  reader.skip(" -");
  auto year = reader.number(4);
  reader.skip(" ");
  const auto hour = reader.number(2);
  reader.take(':');
  const auto minute = reader.number(2);
  reader.take(':');
  const auto second = reader.number(2);
  if (!day || !year || !hour || !minute || !second) return std::nullopt;
  if (*year < 100) *year += *year < 70 ? 2000 : 1900;
  const long micros = reader.micros();
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    if (kMonths[month] == name) {
      return from_civil(*year, static_cast<long>(month) + 1, *day, *hour, *minute, *second, micros,
                        0);
    }
  }
  return std::nullopt;
}

std::optional<Timestamp> parse_epoch(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(value) || std::abs(value) > kLatestSecond) return std::nullopt;
  return within_the_clock(microseconds(std::llround(value * 1e6)));
}

}  // namespace

std::string to_iso8601(Timestamp time) {
  const Civil parts = civil(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", parts.year, parts.month, parts.day,
                     parts.hour, parts.minute, parts.second, fraction(parts.micros));
}

std::string to_http_date(Timestamp time) {
  const Civil parts = civil(time);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[parts.weekday], parts.day,
                     kMonths[parts.month - 1], parts.year, parts.hour, parts.minute, parts.second);
}

std::string to_epoch(Timestamp time) {
  const auto micros = duration_cast<microseconds>(time.time_since_epoch()).count();
  const auto size = std::abs(micros);
  return (micros < 0 ? "-" : "") + std::to_string(size / 1000000) + fraction(size % 1000000);
}

std::string to_basic_iso8601(Timestamp time) {
  const Civil parts = civil(time);
  std::string text = "00000000T000000Z";
  // Every signature has it: plain digits are several times as fast as a general format.
  const auto put = [&](std::size_t end, long number, int digits) {
    for (; digits > 0; --digits, number /= 10) text[--end] = static_cast<char>('0' + number % 10);
  };
  put(4, parts.year, 4);
  put(6, static_cast<long>(parts.month), 2);
  put(8, static_cast<long>(parts.day), 2);
  put(11, parts.hour, 2);
  put(13, parts.minute, 2);
  put(15, parts.second, 2);
  return text;
}

std::optional<Timestamp> parse_time(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (std::isalpha(static_cast<unsigned char>(text.front()))) return parse_http_date(text);
  const bool has_date_signs = text.find('-', 1) != std::string_view::npos ||
                              text.find('T') != std::string_view::npos ||
                              text.find('t') != std::string_view::npos;
  return has_date_signs ? parse_iso8601(text) : parse_epoch(text);
}

}  // namespace asiaq::aws
