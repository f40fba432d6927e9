#include "image/name.h"

#include <fmt/format.h>

#include <regex>
#include <vector>

#include "base/text.h"

namespace asiaq::image {

std::string image_name(std::string_view hostclass, long long unix_seconds) {
  return fmt::format("{} {}", hostclass, unix_seconds);
}

bool is_hostclass_image_name(std::string_view name) {
  static const std::regex pattern(R"(^[A-Za-z0-9_]+\s([0-9]+\s)?[0-9]{10,50})");
  return std::regex_search(name.begin(), name.end(), pattern,
                           std::regex_constants::match_continuous);
}

std::string hostclass_of(std::string_view name) {
  const std::vector<std::string> parts = words(name);
  return parts.empty() ? std::string() : parts.front();
}

long long timestamp_of(std::string_view name) {
  const std::vector<std::string> parts = words(name);
  if (parts.empty()) return 0;
  const long long seconds = parse_integer(parts.back()).value_or(0);
  return seconds > 0 ? seconds : 0;
}

}  // namespace asiaq::image
