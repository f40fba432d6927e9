// Terminating and stopping hosts, and tagging them.
#pragma once

#include <string>
#include <vector>

#include "hostclass/clients.h"
#include "hostclass/host.h"
#include "plan/plan.h"

namespace asiaq::hostclass {

/// Routes of the VPC that lead to the hosts are deleted, then all hosts are terminated in one call.
/// Hosts on their way out are left out of plan and result.
struct HostPlan {
  plan::Plan plan;
  std::vector<std::string> hosts;  ///< Ids.
};
HostPlan plan_termination(const Clients& clients, const std::string& vpc,
                          const std::vector<Host>& hosts);

/// One call for all; hosts that are stopped or on their way out are left out.
HostPlan plan_stop(const Clients& clients, const std::vector<Host>& hosts);

/// Sets the tag on hosts that do not have that value, or removes it where it is if `value` is
/// empty.
plan::Plan plan_tag(const Clients& clients, const std::vector<Host>& hosts, const std::string& key,
                    const std::string& value);

/// "Terminated: Instance:i-1,Instance:i-2".
std::string result_line(const std::string& done, const std::vector<std::string>& ids);

}  // namespace asiaq::hostclass
