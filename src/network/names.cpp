#include "network/names.h"

#include <fmt/format.h>

#include "network/error.h"

namespace asiaq::network {

std::optional<std::size_t> metanetwork_position(std::string_view name) {
  for (std::size_t i = 0; i < metanetwork_kinds.size(); ++i) {
    if (metanetwork_kinds[i].name == name) return i;
  }
  return {};
}

void check_environment_name(std::string_view name) {
  if (name.empty()) throw VpcConfigError("an environment needs a name");
  if (name.find('_') != std::string_view::npos) {
    throw VpcConfigError(fmt::format(
        "environment name '{}' has an underscore, which separates the parts of resource names",
        name));
  }
  if (const auto found = name.find_first_of(" \t\r\n/:,*?"); found != std::string_view::npos) {
    throw VpcConfigError(
        fmt::format("environment name '{}' has the character '{}', which has a meaning in filters "
                    "and peerings",
                    name, name[found]));
  }
  if (name.front() == '-') {
    throw VpcConfigError(fmt::format("environment name '{}' begins with a dash", name));
  }
}

std::string group_name(std::string_view environment, std::string_view metanetwork) {
  return fmt::format("{}_{}", environment, metanetwork);
}

std::string subnet_name(std::string_view environment, std::string_view metanetwork,
                        std::string_view zone) {
  return fmt::format("{}_{}_{}", environment, metanetwork, zone);
}

}  // namespace asiaq::network
