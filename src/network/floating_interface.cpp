#include "network/floating_interface.h"

#include <fmt/format.h>

#include <set>

#include "aws/ec2/client.h"

namespace asiaq::network {

std::map<Ipv4Address, std::string> observe_interfaces(const aws::ec2::Client& ec2,
                                                      const std::string& vpc_id) {
  std::map<Ipv4Address, std::string> result;
  for (const aws::ec2::NetworkInterface& interface :
       ec2.describe_network_interfaces_all({.filters = {{.name = "vpc-id", .values = {vpc_id}}}})) {
    if (const auto address = Ipv4Address::parse(interface.private_ip_address.value_or(""))) {
      result[*address] = interface.network_interface_id.value_or("");
    }
  }
  return result;
}

std::vector<plan::ChangeId> add_floating_interfaces(
    plan::Plan& plan, const aws::ec2::Client& ec2, const std::vector<FloatingInterface>& wanted,
    const std::map<Ipv4Address, std::string>& present) {
  std::vector<plan::ChangeId> changes;
  std::set<Ipv4Address> seen;
  for (const FloatingInterface& interface : wanted) {
    if (present.contains(interface.address) || !seen.insert(interface.address).second) continue;
    const Reference made;
    changes.push_back(plan.add({
        .verb = plan::Verb::create,
        .resource = made.resource("network interface", interface.address.to_string()),
        .details = {fmt::format("in {}{}{}", interface.metanetwork,
                                interface.hostclass.empty() ? "" : " for ", interface.hostclass)},
        .carry_out =
            [ec2, interface, made] {
              const auto answer =
                  ec2.create_network_interface({.subnet_id = interface.subnet.id(),
                                                .description = floating_interface_description,
                                                .private_ip_address = interface.address.to_string(),
                                                .groups = {interface.group.id()}});
              made.set(answer.network_interface->network_interface_id.value());
            },
        .after = after(interface.subnet, interface.group),
    }));
  }
  return changes;
}

std::vector<plan::ChangeId> add_floating_interfaces(plan::Plan& plan, const aws::ec2::Client& ec2,
                                                    const Vpc& vpc, const Metanetwork& metanetwork,
                                                    const std::vector<Ipv4Address>& addresses) {
  std::vector<FloatingInterface> wanted;
  for (const Ipv4Address address : addresses) {
    wanted.push_back({.address = address,
                      .metanetwork = metanetwork.name,
                      .subnet = Reference(subnet_containing(metanetwork, address).id),
                      .group = Reference(metanetwork.group_id)});
  }
  if (wanted.empty()) return {};
  return add_floating_interfaces(plan, ec2, wanted, observe_interfaces(ec2, vpc.id));
}

}  // namespace asiaq::network
