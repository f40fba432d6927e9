// What a look-up of an option found, in the form the asker needs.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace asiaq::config {

/// The result of one look-up along a chain. An option that is written with an empty value is set.
/// All errors are ConfigErrors naming file, section and option. A value type.
class OptionValue {
 public:
  struct Found {
    std::string value;
    std::string location;  ///< `file:line`
    std::string section;
    std::string key;  ///< As found: with `@environment` or `default_` where that is what matched.
  };

  /// `missing` is the message for required reads that found nothing, `hint` says what to write.
  OptionValue(std::optional<Found> found, std::string missing, std::string hint)
      : found_(std::move(found)), missing_(std::move(missing)), hint_(std::move(hint)) {}

  bool is_set() const { return found_.has_value(); }
  const std::optional<Found>& found() const { return found_; }

  std::string required() const;
  std::optional<std::string> optional() const;
  std::string value_or(const std::string& fallback) const;

  /// True for true, yes, t, y, aye, 1 in any case; false for every other value; `fallback` if
  /// unset.
  bool boolean(bool fallback = false) const;

  /// A plain decimal integer; any other value is an error. The first form requires the option.
  long long integer() const;
  long long integer_or(long long fallback) const;
  std::optional<long long> optional_integer() const;

  /// A plain decimal number such as a percentage, with an optional fraction.
  double number_or(double fallback) const;

  /// Words separated by runs of blanks and commas; none if unset.
  std::vector<std::string> list() const;
  std::vector<std::string> list_or(std::vector<std::string> fallback) const;

  /// An error about the value found ("file:line: option 'k' in section 's': problem").
  [[noreturn]] void reject(const std::string& problem) const;

 private:
  std::optional<Found> found_;
  std::string missing_;
  std::string hint_;
};

}  // namespace asiaq::config
