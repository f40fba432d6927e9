// The changes that make the databases of an environment.
#pragma once

#include <vector>

#include "database/preparation.h"
#include "network/reference.h"
#include "plan/plan.h"

namespace asiaq::database {

/// The network that databases are put into: that of the metanetwork `intranet`.
struct Placement {
  network::Reference vpc;
  std::vector<network::Reference> subnets;  ///< At least two, in different zones.
  network::Reference group;
};

/// Adds for each database, independent of the others: its subnet group, its parameter group, the
/// instance (from its newest snapshot, if there is one), for one that comes from a snapshot what
/// else its section says, and its DNS record, as soon as it has an address.
void add_databases(plan::Plan& plan, aws::Session& session,
                   const std::vector<PreparedDatabase>& databases, const Placement& placement);

/// What has to be changed of an instance so that it is as its section says; nothing but id and
/// password if it is. Storage does not shrink. Pure.
aws::rds::ModifyDBInstanceMessage differences(const PreparedDatabase& wanted,
                                              const std::string& group_id,
                                              const aws::rds::DBInstance& present);

}  // namespace asiaq::database
