#include "hostclass/names.h"

#include <fmt/format.h>

#include <random>

namespace asiaq::hostclass {

namespace {

constexpr int last_template_number = 9'999'998;

}  // namespace

std::string new_group_name(std::string_view environment, std::string_view hostclass, WallTime time,
                           const std::set<std::string>& taken) {
  long long seconds = unix_seconds(time);
  std::string name;
  do {
    name = fmt::format("{}_{}_{}", environment, hostclass, seconds++);
  } while (taken.contains(name));
  return name;
}

std::string launch_template_name(std::string_view environment, std::string_view hostclass,
                                 int number) {
  return fmt::format("{}_{}_{}", environment, hostclass, number);
}

int random_launch_template_number() {
  thread_local std::mt19937 engine(std::random_device{}());
  return std::uniform_int_distribution<int>(0, last_template_number)(engine);
}

bool belongs_to_environment(std::string_view name, std::string_view environment) {
  return name.size() > environment.size() && name.starts_with(environment) &&
         name[environment.size()] == '_';
}

std::optional<std::string> hostclass_in(std::string_view name) {
  const std::size_t first = name.find('_');
  const std::size_t last = name.rfind('_');
  if (first == std::string_view::npos || last <= first + 1) return std::nullopt;
  return std::string(name.substr(first + 1, last - first - 1));
}

}  // namespace asiaq::hostclass
