#include "monitor/alarm_name.h"

#include <algorithm>

#include "base/text.h"
#include "monitor/notification.h"

namespace asiaq::monitor {

namespace {

constexpr std::size_t parts_without_team = 4;

}  // namespace

bool is_alarm_of(std::string_view alarm, const std::vector<std::string>& topic_arns,
                 std::string_view environment) {
  const std::vector<std::string> parts = split(alarm, '_');
  if (parts.size() < parts_without_team || (parts.back() != "max" && parts.back() != "min")) {
    return false;
  }
  const bool is_first = parts[0] == environment;
  const bool is_second = parts.size() > parts_without_team && parts[1] == environment;
  if (!is_first && !is_second) return false;
  std::vector<std::string> told;
  for (const std::string& arn : topic_arns) {
    const std::string of = environment_of(arn.substr(arn.rfind(':') + 1));
    if (!of.empty()) told.push_back(of);
  }
  if (told.empty()) return parts.size() == parts_without_team ? is_first : is_second;
  return std::ranges::find(told, lower_case(environment)) != told.end();
}

}  // namespace asiaq::monitor
