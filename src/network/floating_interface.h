// Interfaces that hold a static private address, so that whichever host serves it takes it over.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/cidr.h"
#include "network/metanetwork.h"
#include "network/reference.h"
#include "plan/plan.h"

namespace asiaq::network {

/// Their description, by which hosts and people know them.
inline constexpr const char* floating_interface_description = "floating interface";

/// An interface that should be there.
struct FloatingInterface {
  Ipv4Address address;
  std::string hostclass;    ///< For the plan's text; may be empty.
  std::string metanetwork;  ///< For the plan's text.
  Reference subnet;
  Reference group;
};

/// Ids of the VPC's interfaces by primary private address. One paginated Describe.
std::map<Ipv4Address, std::string> observe_interfaces(const aws::ec2::Client& ec2,
                                                      const std::string& vpc_id);

/// Adds the creation of every interface whose address nobody has yet; an address named twice is
/// made once. `ec2` is copied into the changes.
std::vector<plan::ChangeId> add_floating_interfaces(
    plan::Plan& plan, const aws::ec2::Client& ec2, const std::vector<FloatingInterface>& wanted,
    const std::map<Ipv4Address, std::string>& present);

/// For a metanetwork that is there: finds what is present and adds what is missing. Throws
/// IpRangeError for an address outside of it.
std::vector<plan::ChangeId> add_floating_interfaces(plan::Plan& plan, const aws::ec2::Client& ec2,
                                                    const Vpc& vpc, const Metanetwork& metanetwork,
                                                    const std::vector<Ipv4Address>& addresses);

}  // namespace asiaq::network
