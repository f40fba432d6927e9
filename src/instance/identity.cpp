#include "instance/identity.h"

#include <fmt/format.h>

namespace asiaq::instance {

std::string host_name(const UserData& user_data, const std::string& instance_id) {
  const std::string& given = user_data.get("hostname");
  if (!given.empty()) return given;
  const std::string& hostclass = user_data.get("hostclass");
  if (hostclass.size() <= 3) return instance_id;
  return fmt::format("{}-{}", hostclass.substr(3), instance_id);
}

std::map<std::string, std::string> boot_tags(const UserData& user_data,
                                             const std::string& instance_id,
                                             const std::string& product_line) {
  const std::string name = host_name(user_data, instance_id);
  const std::string& environment = user_data.get("environment_name");
  const std::string& hostclass = user_data.get("hostclass");
  return {
      {"hostname", name},
      {"Name", fmt::format("{}-{}-{}", environment, hostclass, name)},
      {"hostclass", hostclass},
      {"owner", user_data.get("owner")},
      {"environment", environment},
      {"productline", product_line.empty() ? "unknown" : product_line},
  };
}

}  // namespace asiaq::instance
