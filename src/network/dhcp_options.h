// The DHCP options of an environment: DNS servers, domain name, time servers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace asiaq::network {

/// What the configuration says; empty text is "not given".
struct DhcpSettings {
  std::string domain_name;
  std::string internal_dns;
  std::string external_dns;
  std::vector<std::string> ntp_servers;  ///< Addresses or host names.
  std::string ntp_server_metanetwork;    ///< With `ntp_server_offset`, where no server is named.
  std::string ntp_server_offset;
};

/// Values by AWS's key ("domain-name", "domain-name-servers", "ntp-servers"); absent ones are left
/// out.
using DhcpOptions = std::map<std::string, std::vector<std::string>>;

/// `ntp_servers` are addresses. Without any DNS server AWS's own is named; a server named twice
/// counts once.
DhcpOptions desired_dhcp_options(const DhcpSettings& settings,
                                 const std::vector<std::string>& ntp_servers);

/// Equal regardless of the order of values and of repetitions.
bool equivalent(const DhcpOptions& left, const DhcpOptions& right);

/// The IPv4 address of a host name, or the text itself if it is one already. Throws
/// VpcConfigError if the name cannot be resolved.
std::string resolved_address(const std::string& host);

}  // namespace asiaq::network
