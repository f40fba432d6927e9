#include "remote/host_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>

#include "aws/ec2/client.h"
#include "base/error.h"
#include "base/text.h"

namespace asiaq::remote {

namespace {

constexpr std::string_view builder_prefix = "bake_";

bool contains(const std::string& whole, const std::string& part) {
  return whole.find(part) != std::string::npos;
}

std::string shown(const Host& host) {
  return fmt::format("{} ({})", host.hostname.empty() ? host.id : host.hostname,
                     host.hostclass.empty() ? "-" : host.hostclass);
}

/// What a person may call a host in full.
std::vector<std::string> id_and_addresses(const Host& host) {
  std::vector<std::string> names = host.addresses.private_addresses;
  names.push_back(host.id);
  if (host.addresses.public_address) names.push_back(*host.addresses.public_address);
  return names;
}

/// In the order of their device indexes: the first interface's address comes first.
std::vector<std::string> private_addresses(const aws::ec2::Instance& instance) {
  std::vector<std::pair<int, std::string>> by_device;
  for (const auto& interface : instance.network_interfaces) {
    if (!interface.private_ip_address) continue;
    const int device = interface.attachment ? interface.attachment->device_index.value_or(0) : 0;
    by_device.emplace_back(device, *interface.private_ip_address);
  }
  std::sort(by_device.begin(), by_device.end());
  std::vector<std::string> addresses;
  for (auto& [device, address] : by_device) addresses.push_back(std::move(address));
  if (addresses.empty() && instance.private_ip_address) {
    addresses.push_back(*instance.private_ip_address);
  }
  return addresses;
}

}  // namespace

Host from_aws(const aws::ec2::Instance& instance) {
  Host host;
  host.id = instance.instance_id.value_or("");
  if (instance.state) host.state = instance.state->name.value_or("");
  for (const auto& tag : instance.tags) {
    const std::string key = tag.key.value_or("");
    if (key == "hostclass") host.hostclass = tag.value.value_or("");
    if (key == "hostname") host.hostname = tag.value.value_or("");
    if (key == "smoketest") host.passed_smoke_test = !tag.value.value_or("").empty();
  }
  host.addresses.name = fmt::format("{} {}", host.hostclass, host.id);
  if (instance.public_ip_address && !instance.public_ip_address->empty()) {
    host.addresses.public_address = instance.public_ip_address;
  }
  host.addresses.private_addresses = private_addresses(instance);
  return host;
}

std::vector<Host> observe_hosts(const aws::ec2::Client& ec2, const std::string& vpc_id) {
  aws::ec2::DescribeInstancesRequest request;
  request.filters = {{.name = "vpc-id", .values = {vpc_id}}};
  std::vector<Host> hosts;
  for (const auto& reservation : ec2.describe_instances_all(request)) {
    for (const auto& instance : reservation.instances) {
      Host host = from_aws(instance);
      if (host.state != "terminated") hosts.push_back(std::move(host));
    }
  }
  return hosts;
}

std::vector<Host> matching(const std::vector<Host>& hosts, const std::string& text) {
  std::vector<Host> found;
  for (const Host& host : hosts) {
    if (host.state != "running") continue;
    const bool builder = host.hostclass.starts_with(builder_prefix);
    if (contains(host.id, text) ||
        (!builder && (contains(host.hostclass, text) || contains(host.hostname, text)))) {
      found.push_back(host);
    }
  }
  return found;
}

Host the_host(const std::vector<Host>& hosts, const std::string& text, Several several) {
  std::vector<Host> found = matching(hosts, text);
  if (found.empty()) {
    throw Error("Command", fmt::format("no running instance matches {}", text));
  }
  if (found.size() == 1) return found.front();
  if (several == Several::refused) {
    std::vector<std::string> names;
    for (const Host& host : found) names.push_back(shown(host));
    Error error("Command",
                fmt::format("{} instances match {}: {}", found.size(), text, join(names, ", ")));
    throw error.set_hint("name one of them, or give --first");
  }
  std::set<std::string> hostclasses;
  for (const Host& host : found) hostclasses.insert(host.hostclass);
  if (hostclasses.size() > 1) {
    throw Error("Command", fmt::format("{} matches instances of several hostclasses: {}", text,
                                       join({hostclasses.begin(), hostclasses.end()}, ", ")));
  }
  return found.front();
}

std::optional<Host> first_listed(const std::vector<Host>& hosts, const std::string& text) {
  const Host* whole = nullptr;
  const Host* part = nullptr;
  const auto comes_before = [](const Host& one, const Host* other) {
    return other == nullptr ||
           std::tie(one.hostclass, one.hostname) < std::tie(other->hostclass, other->hostname);
  };
  for (const Host& host : hosts) {
    if (host.state != "running" || host.hostclass.starts_with(builder_prefix)) continue;
    const std::vector<std::string> names = id_and_addresses(host);
    const bool is_whole = std::ranges::find(names, text) != names.end();
    const bool is_part =
        contains(host.hostclass, text) ||
        std::ranges::any_of(names, [&](const std::string& name) { return contains(name, text); });
    if (is_whole && comes_before(host, whole)) whole = &host;
    if (is_part && comes_before(host, part)) part = &host;
  }
  const Host* found = whole != nullptr ? whole : part;
  if (found == nullptr) return std::nullopt;
  return *found;
}

std::optional<std::string> preferred_private_address(const Host& host) {
  const std::vector<std::string>& addresses = host.addresses.private_addresses;
  if (addresses.empty()) return std::nullopt;
  return addresses.size() > 1 ? addresses[1] : addresses[0];
}

std::optional<std::string> jump_address(const std::vector<Host>& hosts,
                                        const std::vector<std::string>& hostclasses) {
  for (const std::string& hostclass : hostclasses) {
    const Host* chosen = nullptr;
    for (const Host& host : hosts) {
      const bool fit =
          host.hostclass == hostclass && host.state == "running" && host.passed_smoke_test;
      if (!fit) continue;
      if (chosen == nullptr ||
          (!chosen->addresses.public_address && host.addresses.public_address)) {
        chosen = &host;
      }
    }
    if (chosen == nullptr) continue;
    if (chosen->addresses.public_address) return chosen->addresses.public_address;
    if (!chosen->addresses.private_addresses.empty()) {
      return chosen->addresses.private_addresses.front();
    }
  }
  return std::nullopt;
}

}  // namespace asiaq::remote
