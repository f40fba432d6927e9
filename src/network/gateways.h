// The internet gateway and the VPN gateway of an environment.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "network/reference.h"
#include "plan/plan.h"

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::network {

/// An environment has one, whether anything is routed to it or not.
struct InternetGateway {
  std::string id;
  bool is_attached = false;
};

/// Gateways attached to the VPC, and unattached ones that were made for it. One paginated Describe.
std::vector<InternetGateway> observe_internet_gateways(const aws::ec2::Client& ec2,
                                                       const std::string& vpc_id);

/// Adds creation and attachment as far as they are missing.
Reference add_internet_gateway(plan::Plan& plan, const aws::ec2::Client& ec2,
                               const std::string& environment, const Reference& vpc,
                               const std::vector<InternetGateway>& observed);

/// Made and named after the environment by people; it outlives the environment and is only attached
/// and detached.
struct VpnGateway {
  std::string id;
  std::vector<std::string> vpc_ids;  ///< VPCs that it is attached to, or being attached.
};

/// The available gateway whose Name is that of the environment. One Describe.
std::optional<VpnGateway> observe_vpn_gateway(const aws::ec2::Client& ec2,
                                              const std::string& environment);

/// Adds what brings the gateway to this VPC: away from any other, which may take minutes, then
/// here.
Reference add_vpn_gateway(plan::Plan& plan, const aws::ec2::Client& ec2,
                          const std::string& environment, const Reference& vpc,
                          const VpnGateway& gateway);

/// Detaches the gateway from the VPC and waits until it is. Repeatable.
void detach_vpn_gateway(const aws::ec2::Client& ec2, const std::string& gateway_id,
                        const std::string& vpc_id);

}  // namespace asiaq::network
