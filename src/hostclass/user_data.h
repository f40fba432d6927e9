// User data: what a host knows about itself before it asks anybody.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace asiaq::hostclass {

/// The facts of one hostclass in one environment, unescaped.
struct UserDataFacts {
  std::string hostclass;
  std::string environment;
  std::string owner;
  std::string project;
  std::optional<std::string> http_proxy_ip;  ///< Only for hostclasses that use the proxy.
  std::string logger_ip;
  std::string logforwarder_ip;
  std::vector<std::string> credential_buckets;
  std::optional<std::string> zookeeper;  ///< Address or name, without the port.
  std::string eip;
  std::vector<std::string> floating_ips;
  std::optional<std::string> domain_name;
  bool terminates_on_failed_smoke_test = true;
  bool is_testing = false;
};

/// Lines `key="value"`, joined by LF, that both bash's `source` and the pattern `(\w+)="(.*?)"`
/// read. `is_testing` stands there only for testing groups. Throws ConfigError for a line break in
/// a value, for a domain name that would mislead hosts which search lines for words, and for more
/// than 16 KB (EC2's limit before base64).
std::string user_data(const UserDataFacts& facts);

}  // namespace asiaq::hostclass
