#include "environment/teardown.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "aws/absence.h"
#include "aws/error.h"
#include "aws/patience.h"
#include "base/text.h"
#include "base/wait.h"

namespace asiaq::environment {

namespace {

using aws::ignoring_absence;
using Missing = std::optional<std::string>;

constexpr Seconds instance_limit{600};
constexpr Seconds endpoint_limit{900};
constexpr Seconds nat_gateway_limit{900};
constexpr WaitLimits interface_limits{.interval = Seconds(3), .limit = Seconds(1800)};
constexpr WaitLimits dependency_limits{.interval = Seconds(2), .limit = Seconds(60)};
/// As many as one call may name.
constexpr std::size_t instances_per_call = 500;

aws::ec2::Filter of_vpc(const std::string& vpc_id) {
  return {.name = "vpc-id", .values = {vpc_id}};
}

/// Every state of an instance but the last one.
aws::ec2::Filter not_terminated() {
  return {.name = "instance-state-name",
          .values = {"pending", "running", "shutting-down", "stopping", "stopped"}};
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 5;
  if (names.size() <= most) return join(names, ", ");
  const std::vector<std::string> first(names.begin(), names.begin() + most);
  return fmt::format("{} and {} more", join(first, ", "), names.size() - most);
}

/// What is still in the VPC, for a message.
std::string remaining(const aws::ec2::Client& ec2, const std::string& vpc_id) {
  std::vector<std::string> found;
  for (const auto& interface : ec2.describe_network_interfaces_all({.filters = {of_vpc(vpc_id)}})) {
    found.push_back(fmt::format("network interface {} of {} ({})",
                                interface.network_interface_id.value_or(""),
                                interface.requester_id.value_or(interface.owner_id.value_or("?")),
                                interface.description.value_or("no description")));
  }
  for (const auto& subnet : ec2.describe_subnets_all({.filters = {of_vpc(vpc_id)}})) {
    found.push_back("subnet " + subnet.subnet_id.value_or(""));
  }
  for (const auto& group : ec2.describe_security_groups_all({.filters = {of_vpc(vpc_id)}})) {
    if (group.group_name != "default") {
      found.push_back("security group " + group.group_id.value_or(""));
    }
  }
  return found.empty() ? "nothing that this program knows of" : join(found, ", ");
}

/// Those that do not shut down yet.
std::vector<std::string> instances_to_terminate(const aws::ec2::Client& ec2,
                                                const std::string& vpc_id) {
  std::vector<std::string> result;
  for (const auto& reservation :
       ec2.describe_instances_all({.filters = {of_vpc(vpc_id), not_terminated()}})) {
    for (const auto& instance : reservation.instances) {
      if (instance.state && instance.state->name == "shutting-down") continue;
      result.push_back(instance.instance_id.value_or(""));
    }
  }
  return result;
}

void terminate(const aws::ec2::Client& ec2, const std::vector<std::string>& ids) {
  for (std::size_t i = 0; i < ids.size(); i += instances_per_call) {
    const auto first = ids.begin() + static_cast<std::ptrdiff_t>(i);
    const auto count = std::min(instances_per_call, ids.size() - i);
    ec2.terminate_instances({.instance_ids = aws::List<std::string>(
                                 first, first + static_cast<std::ptrdiff_t>(count))});
  }
}

/// True if the interface is gone now.
bool delete_interface(const aws::ec2::Client& ec2, const aws::ec2::NetworkInterface& interface) {
  if (interface.requester_managed.value_or(false)) return false;
  try {
    if (interface.attachment && interface.attachment->attachment_id) {
      ignoring_absence([&] {
        ec2.detach_network_interface(
            {.attachment_id = *interface.attachment->attachment_id, .force = true});
      });
    }
    ignoring_absence([&] {
      ec2.delete_network_interface({.network_interface_id = *interface.network_interface_id});
    });
    return true;
  } catch (const aws::ServiceError& error) {
    // Detaching takes a moment, and the first interface of a host goes with the host.
    if (error.is_denied()) throw;
    return false;
  }
}

/// `what` says what to come to pass.
void patiently(const aws::ec2::Client& ec2, const std::string& vpc_id, const std::string& what,
               const std::function<void()>& write) {
  try {
    aws::write_patiently(what, dependency_limits, {"DependencyViolation", "ResourceInUse"}, write);
  } catch (TimeoutError& error) {
    error.set_hint(fmt::format("still in VPC {}: {}", vpc_id, remaining(ec2, vpc_id)));
    throw;
  }
}

}  // namespace

void delete_patiently(const aws::ec2::Client& ec2, const std::string& vpc_id,
                      const std::string& what, const std::function<void()>& deletion) {
  patiently(ec2, vpc_id, what + " to be deleted", deletion);
}

void terminate_instances(const aws::ec2::Client& ec2, const std::string& vpc_id) {
  terminate(ec2, instances_to_terminate(ec2, vpc_id));
  ec2.wait_until_instances_gone(
      {.filters = {of_vpc(vpc_id), not_terminated()}},
      {.what = fmt::format("instances of VPC {} to be terminated", vpc_id),
       .limit = instance_limit});
}

void delete_endpoints(const aws::ec2::Client& ec2, const std::string& vpc_id,
                      const std::vector<std::string>& ids) {
  const auto result = ec2.delete_vpc_endpoints({.vpc_endpoint_ids = {ids.begin(), ids.end()}});
  for (const auto& failure : result.unsuccessful) {
    const std::string code = failure.error ? failure.error->code.value_or("") : "";
    if (code.ends_with("NotFound")) continue;
    throw Error(
        "AWS", fmt::format("endpoint {} cannot be deleted: {} {}", failure.resource_id.value_or(""),
                           code, failure.error ? failure.error->message.value_or("") : ""));
  }
  ec2.wait_until_vpc_endpoints_gone(
      {.filters = {of_vpc(vpc_id)}},
      {.what = fmt::format("endpoints of VPC {} to be gone", vpc_id), .limit = endpoint_limit});
}

void wait_for_nat_gateways(const aws::ec2::Client& ec2, const std::string& vpc_id) {
  ec2.wait_until_nat_gateways_gone(
      {.filter = {of_vpc(vpc_id),
                  {.name = "state", .values = {"pending", "available", "deleting"}}}},
      {.what = fmt::format("NAT gateways of VPC {} to be gone", vpc_id),
       .limit = nat_gateway_limit});
}

/// No waiter: each look tries again what did not work before, for an interface can be deleted only
/// some time after it was detached, and new ones come with services that are going.
void delete_interfaces(const aws::ec2::Client& ec2, const std::string& vpc_id) {
  wait_until(fmt::format("network interfaces of VPC {} to be gone", vpc_id),
             scaled(interface_limits), [&]() -> Missing {
               std::vector<std::string> left;
               for (const auto& interface :
                    ec2.describe_network_interfaces_all({.filters = {of_vpc(vpc_id)}})) {
                 if (delete_interface(ec2, interface)) continue;
                 left.push_back(fmt::format("{} ({})", interface.network_interface_id.value_or(""),
                                            interface.description.value_or("")));
               }
               if (left.empty()) return {};
               return listed(left) + " left";
             });
}

void delete_internet_gateway(const aws::ec2::Client& ec2, const std::string& vpc_id,
                             const std::string& id, bool is_attached) {
  const std::string what = "internet gateway " + id;
  if (is_attached) {
    patiently(ec2, vpc_id, what + " to be detached", [&] {
      try {
        ec2.detach_internet_gateway({.internet_gateway_id = id, .vpc_id = vpc_id});
      } catch (const aws::ServiceError& error) {
        if (!error.has_code("Gateway.NotAttached")) throw;
      }
    });
  }
  delete_patiently(ec2, vpc_id, what,
                   [&] { ec2.delete_internet_gateway({.internet_gateway_id = id}); });
}

}  // namespace asiaq::environment
