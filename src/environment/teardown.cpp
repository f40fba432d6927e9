#include "environment/teardown.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/absence.h"
#include "aws/error.h"
#include "base/text.h"
#include "base/wait.h"

namespace asiaq::environment {

namespace {

using aws::ignoring_absence;
using Missing = std::optional<std::string>;

constexpr WaitLimits scaling_group_limits{.interval = Seconds(5), .limit = Seconds(900)};
constexpr WaitLimits instance_limits{.interval = Seconds(3), .limit = Seconds(600)};
constexpr WaitLimits endpoint_limits{.interval = Seconds(3), .limit = Seconds(900)};
constexpr WaitLimits nat_gateway_limits{.interval = Seconds(3), .limit = Seconds(900)};
constexpr WaitLimits interface_limits{.interval = Seconds(3), .limit = Seconds(1800)};
constexpr WaitLimits dependency_limits{.interval = Seconds(2), .limit = Seconds(60)};
/// As many as one call may name.
constexpr std::size_t instances_per_call = 500;

aws::List<aws::ec2::Filter> of_vpc(const std::string& vpc_id) {
  return {{.name = "vpc-id", .values = {vpc_id}}};
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
  for (const auto& interface : ec2.describe_network_interfaces_all({.filters = of_vpc(vpc_id)})) {
    found.push_back(fmt::format("network interface {} of {} ({})",
                                interface.network_interface_id.value_or(""),
                                interface.requester_id.value_or(interface.owner_id.value_or("?")),
                                interface.description.value_or("no description")));
  }
  for (const auto& subnet : ec2.describe_subnets_all({.filters = of_vpc(vpc_id)})) {
    found.push_back("subnet " + subnet.subnet_id.value_or(""));
  }
  for (const auto& group : ec2.describe_security_groups_all({.filters = of_vpc(vpc_id)})) {
    if (group.group_name != "default") {
      found.push_back("security group " + group.group_id.value_or(""));
    }
  }
  return found.empty() ? "nothing that this program knows of" : join(found, ", ");
}

struct LiveInstances {
  std::vector<std::string> all;
  std::vector<std::string> to_terminate;  ///< Not shutting down yet.
};

LiveInstances live_instances(const aws::ec2::Client& ec2, const std::string& vpc_id) {
  LiveInstances result;
  for (const auto& reservation : ec2.describe_instances_all({.filters = of_vpc(vpc_id)})) {
    for (const auto& instance : reservation.instances) {
      const std::string state = instance.state ? instance.state->name.value_or("") : "";
      if (state == "terminated") continue;
      result.all.push_back(instance.instance_id.value_or(""));
      if (state != "shutting-down") result.to_terminate.push_back(result.all.back());
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

/// Auto Scaling has no code of its own for what is gone.
void ignoring_unknown_name(const std::function<void()>& deletion) {
  try {
    deletion();
  } catch (const aws::ServiceError& error) {
    const bool is_gone =
        error.has_code("ValidationError") && error.message().find("not found") != std::string::npos;
    if (!is_gone) throw;
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

}  // namespace

void delete_patiently(const aws::ec2::Client& ec2, const std::string& vpc_id,
                      const std::string& what, const std::function<void()>& deletion) {
  try {
    wait_until(what + " to be deleted", scaled(dependency_limits), [&]() -> Missing {
      try {
        ignoring_absence(deletion);
        return {};
      } catch (const aws::ServiceError& error) {
        if (!error.has_code("DependencyViolation") && !error.has_code("ResourceInUse")) throw;
        return error.message();
      }
    });
  } catch (TimeoutError& error) {
    error.set_hint(fmt::format("still in VPC {}: {}", vpc_id, remaining(ec2, vpc_id)));
    throw;
  }
}

void wait_for_scaling_groups(const aws::autoscaling::Client& autoscaling,
                             const std::vector<std::string>& names) {
  wait_until("auto scaling groups to be gone", scaled(scaling_group_limits), [&]() -> Missing {
    std::vector<std::string> left;
    for (const auto& group : autoscaling.describe_auto_scaling_groups_all()) {
      const std::string name = group.auto_scaling_group_name.value_or("");
      if (std::ranges::find(names, name) != names.end()) left.push_back(name);
    }
    if (left.empty()) return {};
    return listed(left) + " left";
  });
}

void terminate_instances(const aws::ec2::Client& ec2, const std::string& vpc_id) {
  wait_until(fmt::format("instances of VPC {} to be terminated", vpc_id), scaled(instance_limits),
             [&]() -> Missing {
               const LiveInstances live = live_instances(ec2, vpc_id);
               if (!live.to_terminate.empty()) terminate(ec2, live.to_terminate);
               if (live.all.empty()) return {};
               return listed(live.all) + " left";
             });
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
  wait_until(
      fmt::format("endpoints of VPC {} to be gone", vpc_id), scaled(endpoint_limits),
      [&]() -> Missing {
        std::vector<std::string> left;
        for (const auto& endpoint : ec2.describe_vpc_endpoints_all({.filters = of_vpc(vpc_id)})) {
          const std::string state = lower_case(endpoint.state.value_or(""));
          if (state != "deleted") left.push_back(endpoint.vpc_endpoint_id.value_or(""));
        }
        if (left.empty()) return {};
        return listed(left) + " left";
      });
}

void wait_for_nat_gateways(const aws::ec2::Client& ec2, const std::string& vpc_id) {
  wait_until(
      fmt::format("NAT gateways of VPC {} to be gone", vpc_id), scaled(nat_gateway_limits),
      [&]() -> Missing {
        std::vector<std::string> left;
        for (const auto& gateway : ec2.describe_nat_gateways_all({.filter = of_vpc(vpc_id)})) {
          if (gateway.state == "deleted" || gateway.state == "failed") continue;
          left.push_back(gateway.nat_gateway_id.value_or(""));
        }
        if (left.empty()) return {};
        return listed(left) + " left";
      });
}

void delete_interfaces(const aws::ec2::Client& ec2, const std::string& vpc_id) {
  wait_until(fmt::format("network interfaces of VPC {} to be gone", vpc_id),
             scaled(interface_limits), [&]() -> Missing {
               std::vector<std::string> left;
               for (const auto& interface :
                    ec2.describe_network_interfaces_all({.filters = of_vpc(vpc_id)})) {
                 if (delete_interface(ec2, interface)) continue;
                 left.push_back(fmt::format("{} ({})", interface.network_interface_id.value_or(""),
                                            interface.description.value_or("")));
               }
               if (left.empty()) return {};
               return listed(left) + " left";
             });
}

void delete_scaling_group(const aws::autoscaling::Client& autoscaling, const std::string& name) {
  ignoring_unknown_name([&] {
    autoscaling.delete_auto_scaling_group({.auto_scaling_group_name = name, .force_delete = true});
  });
}

void delete_launch_configuration(const aws::autoscaling::Client& autoscaling,
                                 const std::string& name) {
  ignoring_unknown_name(
      [&] { autoscaling.delete_launch_configuration({.launch_configuration_name = name}); });
}

void delete_internet_gateway(const aws::ec2::Client& ec2, const std::string& vpc_id,
                             const std::string& id, bool is_attached) {
  const std::string what = "internet gateway " + id;
  if (is_attached) {
    delete_patiently(ec2, vpc_id, what, [&] {
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
