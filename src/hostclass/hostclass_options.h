// What disco_aws.ini says of one hostclass in one environment, as far as launching it needs.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.h"

namespace asiaq::config {
class ConfigFolder;
}

namespace asiaq::hostclass {

struct HostclassOptions {
  std::string hostclass;
  std::string metanetwork;
  std::optional<std::string> key_pair;
  std::optional<std::string> instance_profile;
  bool public_ip = false;
  bool terminates_on_failed_smoke_test = true;
  bool uses_proxy = false;
  bool chaos = true;
  bool detailed_monitoring = false;
  std::string static_addresses;  ///< Addresses or offsets as written; empty for none.
  std::string eip;
  std::optional<std::string> domain_name;
  std::string default_instance_type;
  std::optional<std::string> metadata_http_tokens;
  std::optional<int> metadata_hop_limit;
  std::map<std::string, std::string> tags;     ///< Extra ones for group and hosts.
  std::optional<std::string> smoke_test_user;  ///< Logs in by ssh to see whether a host is ready.
  Seconds smoke_test_limit{1200};
  Seconds capacity_limit{300};
};

/// Throws ConfigError for a required option that is missing (meta_network, ssh_key_name,
/// public_ip, smoketest_termination) and for values that make no sense.
HostclassOptions read_hostclass_options(const config::ConfigFolder& folder,
                                        const std::string& hostclass,
                                        const std::string& environment);

/// Option `ip_address` or, where that is not written at the same step of the look-up, its alias
/// `private_ip`; empty if there is none.
std::string static_addresses_of(const config::ConfigFolder& folder, const std::string& hostclass,
                                const std::string& environment);

/// Pairs `key:value` separated by commas, each split at its first colon; blanks around keys and
/// values do not count. Throws ConfigError for a pair without a colon or a key.
std::map<std::string, std::string> parse_extra_tags(const std::string& text);

}  // namespace asiaq::hostclass
