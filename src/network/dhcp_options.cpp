#include "network/dhcp_options.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <set>

#include "base/cidr.h"
#include "network/error.h"

namespace asiaq::network {

namespace {

constexpr const char* own_dns = "AmazonProvidedDNS";

void append_once(std::vector<std::string>& values, const std::string& value) {
  if (!value.empty() && std::ranges::find(values, value) == values.end()) values.push_back(value);
}

std::map<std::string, std::set<std::string>> as_sets(const DhcpOptions& options) {
  std::map<std::string, std::set<std::string>> sets;
  for (const auto& [key, values] : options) {
    if (!values.empty()) sets[key] = {values.begin(), values.end()};
  }
  return sets;
}

}  // namespace

DhcpOptions desired_dhcp_options(const DhcpSettings& settings,
                                 const std::vector<std::string>& ntp_servers) {
  DhcpOptions options;
  if (!settings.domain_name.empty()) options["domain-name"] = {settings.domain_name};
  std::vector<std::string>& dns = options["domain-name-servers"];
  append_once(dns, settings.internal_dns);
  append_once(dns, settings.external_dns);
  if (dns.empty()) dns.emplace_back(own_dns);
  std::vector<std::string> ntp;
  for (const std::string& server : ntp_servers) append_once(ntp, server);
  if (!ntp.empty()) options["ntp-servers"] = ntp;
  return options;
}

bool equivalent(const DhcpOptions& left, const DhcpOptions& right) {
  return as_sets(left) == as_sets(right);
}

std::string resolved_address(const std::string& host) {
  if (Ipv4Address::parse(host)) return host;
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo* first = nullptr;
  if (const int status = getaddrinfo(host.c_str(), nullptr, &wanted, &first); status != 0) {
    throw VpcConfigError(
        fmt::format("ntp_server '{}' cannot be resolved: {}", host, gai_strerror(status)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> found(first, freeaddrinfo);
  const auto* address = reinterpret_cast<const sockaddr_in*>(found->ai_addr);
  return Ipv4Address(ntohl(address->sin_addr.s_addr)).to_string();
}

}  // namespace asiaq::network
