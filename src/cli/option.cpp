#include "cli/option.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::cli {

std::string OptionRecord::placeholder() const {
  if (!details.value.empty()) return details.value;
  if (is_positional()) return name;
  if (!details.choices.empty()) return "{" + join(details.choices, ",") + "}";
  std::string text = name.substr(name.find_first_not_of('-'));
  for (char& c : text) {
    c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return text;
}

namespace detail {

void convert(const std::string&, const std::string& text, std::string& result) { result = text; }

void convert(const std::string& name, const std::string& text, long long& result) {
  const std::optional<long long> value = parse_integer(text);
  if (!value) {
    throw UsageError(fmt::format("argument {}: '{}' is not an integer", name, text));
  }
  result = *value;
}

void convert(const std::string& name, const std::string& text, int& result) {
  long long value = 0;
  convert(name, text, value);
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) {
    throw UsageError(fmt::format("argument {}: {} is too large", name, text));
  }
  result = static_cast<int>(value);
}

void convert(const std::string& name, const std::string& text, double& result) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
      !std::isfinite(result)) {
    throw UsageError(fmt::format("argument {}: '{}' is not a number", name, text));
  }
}

std::string show(const std::string& value) { return value; }
std::string show(long long value) { return fmt::format("{}", value); }
std::string show(double value) { return fmt::format("{}", value); }

}  // namespace detail
}  // namespace asiaq::cli
