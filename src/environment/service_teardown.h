// The changes that take away what services other than EC2 hold of an environment.
#pragma once

#include <string>
#include <vector>

#include "dns/record_removal.h"
#include "environment/service_inventory.h"
#include "plan/plan.h"

namespace asiaq::environment {

/// Adds the deletion of alarms and metric filters, which wait for nothing.
void add_monitoring_removal(plan::Plan& plan, aws::Session& session,
                            const ServiceInventory& inventory, const std::string& environment);

/// Adds the deletion of log groups after `hosts` are gone: agents of living ones would make them
/// again.
void add_log_removal(plan::Plan& plan, aws::Session& session, const ServiceInventory& inventory,
                     const std::vector<plan::ChangeId>& hosts);

/// Adds the deletion of load balancers, each after the records that lead to it, and after `before`
/// that of target groups, which load balancers use; gives the changes after which they are gone.
/// Their interfaces may stay for minutes.
std::vector<plan::ChangeId> add_load_balancer_removal(plan::Plan& plan, aws::Session& session,
                                                      const ServiceInventory& inventory,
                                                      const std::vector<plan::ChangeId>& before,
                                                      const dns::RecordRemovals& records);

}  // namespace asiaq::environment
