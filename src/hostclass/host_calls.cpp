#include "hostclass/host_calls.h"

#include <algorithm>
#include <utility>

#include "aws/ec2/client.h"

namespace asiaq::hostclass {

namespace {

constexpr std::int32_t hosts_per_page = 1000;
/// The most values that a filter of EC2 takes.
constexpr std::size_t most_filter_values = 200;

std::vector<std::string> private_addresses(const aws::ec2::Instance& instance) {
  std::vector<std::pair<std::int32_t, std::string>> by_index;
  for (const auto& interface : instance.network_interfaces) {
    if (!interface.private_ip_address) continue;
    by_index.emplace_back(interface.attachment ? interface.attachment->device_index.value_or(0) : 0,
                          *interface.private_ip_address);
  }
  std::ranges::stable_sort(by_index, std::less<>(), &std::pair<std::int32_t, std::string>::first);
  std::vector<std::string> addresses;
  for (auto& [index, address] : by_index) addresses.push_back(std::move(address));
  if (addresses.empty() && instance.private_ip_address) {
    addresses.push_back(*instance.private_ip_address);
  }
  return addresses;
}

// Page by page: what EC2 says of an instance is many times what a Host keeps.
std::vector<Host> hosts_in_pages(const aws::ec2::Client& ec2,
                                 aws::ec2::DescribeInstancesRequest request) {
  std::vector<Host> hosts;
  ec2.describe_instances_pages(std::move(request),
                               [&hosts](const aws::ec2::DescribeInstancesResult& page) {
                                 for (const auto& reservation : page.reservations) {
                                   for (const auto& instance : reservation.instances)
                                     hosts.push_back(host_from(instance));
                                 }
                                 return true;
                               });
  return hosts;
}

}  // namespace

Host host_from(const aws::ec2::Instance& instance) {
  Host host{.id = instance.instance_id.value_or(""),
            .image = instance.image_id.value_or("-"),
            .instance_type = instance.instance_type.value_or("-"),
            .state = instance.state ? instance.state->name.value_or("") : "",
            .zone = instance.placement ? instance.placement->availability_zone.value_or("-") : "-",
            .private_ips = private_addresses(instance),
            .launched = instance.launch_time};
  if (instance.public_ip_address && !instance.public_ip_address->empty()) {
    host.public_ip = instance.public_ip_address;
  }
  if (!instance.security_groups.empty()) {
    host.security_group = instance.security_groups.front().group_name;
  }
  for (const auto& tag : instance.tags) {
    host.tags[tag.key.value_or("")] = tag.value.value_or("");
  }
  return host;
}

std::vector<Host> observe_hosts(const aws::ec2::Client& ec2, const std::string& vpc,
                                const std::vector<HostFilter>& filters) {
  aws::ec2::DescribeInstancesRequest request{.filters = {{.name = "vpc-id", .values = {vpc}}},
                                             .max_results = hosts_per_page};
  for (const auto& [name, values] : filters) {
    request.filters.push_back({.name = name, .values = values});
  }
  return hosts_in_pages(ec2, std::move(request));
}

std::vector<Host> observe_hosts_by_id(const aws::ec2::Client& ec2, const std::string& vpc,
                                      const std::vector<std::string>& ids) {
  if (ids.empty()) return {};
  return hosts_in_pages(ec2,
                        {.instance_ids = ids, .filters = {{.name = "vpc-id", .values = {vpc}}}});
}

std::vector<Host> observe_known_hosts(const aws::ec2::Client& ec2,
                                      const std::vector<std::string>& ids) {
  std::vector<Host> hosts;
  for (std::size_t begin = 0; begin < ids.size(); begin += most_filter_values) {
    const std::size_t end = std::min(begin + most_filter_values, ids.size());
    const std::vector<std::string> part(ids.begin() + static_cast<std::ptrdiff_t>(begin),
                                        ids.begin() + static_cast<std::ptrdiff_t>(end));
    for (Host& host : hosts_in_pages(ec2, {.filters = {{.name = "instance-id", .values = part}},
                                          .max_results = hosts_per_page})) {
      hosts.push_back(std::move(host));
    }
  }
  return hosts;
}

}  // namespace asiaq::hostclass
