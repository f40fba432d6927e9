#include "config/option_value.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::config {

std::string OptionValue::required() const {
  if (found_) return found_->value;
  ConfigError error(missing_);
  if (!hint_.empty()) error.set_hint(hint_);
  throw error;
}

std::optional<std::string> OptionValue::optional() const {
  if (!found_) return {};
  return found_->value;
}

std::string OptionValue::value_or(const std::string& fallback) const {
  return found_ ? found_->value : fallback;
}

bool OptionValue::boolean(bool fallback) const {
  return found_ ? is_truthy(found_->value) : fallback;
}

long long OptionValue::integer() const {
  required();
  return *optional_integer();
}

long long OptionValue::integer_or(long long fallback) const {
  return optional_integer().value_or(fallback);
}

std::optional<long long> OptionValue::optional_integer() const {
  if (!found_) return {};
  const std::optional<long long> number = parse_integer(found_->value);
  if (!number) reject(fmt::format("'{}' is not an integer", found_->value));
  return number;
}

double OptionValue::number_or(double fallback) const {
  if (!found_) return fallback;
  const std::string& text = found_->value;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
      !std::isfinite(number)) {
    reject(fmt::format("'{}' is not a number", text));
  }
  return number;
}

std::vector<std::string> OptionValue::list() const { return list_or({}); }

std::vector<std::string> OptionValue::list_or(std::vector<std::string> fallback) const {
  return found_ ? words(found_->value, " \t\r\n,") : std::move(fallback);
}

void OptionValue::reject(const std::string& problem) const {
  if (!found_) throw ConfigError(missing_);
  throw ConfigError(fmt::format("{}: option '{}' in section '{}': {}", found_->location,
                                found_->key, found_->section, problem));
}

}  // namespace asiaq::config
