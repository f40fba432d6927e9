// The changes that make an environment's VPC and, last of all, mark it as finished.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "network/reference.h"
#include "network/vpc.h"

namespace asiaq::network {

struct VpcTarget {
  std::string name;
  std::string type;
  Cidr range;
  /// A range drawn from a pool must be nobody else's; a configured one may be shared.
  enum class Origin { configured, drawn } origin = Origin::configured;
  TagMap tags;  ///< Besides Name, type and the mark of an unfinished VPC.
};

/// Adds the creation of the VPC, unless it is there and only unfinished, and what its hosts need to
/// have names. After the creation all VPCs are looked at again: one of the same name, or one that
/// overlaps a drawn range, means that two runs met; then the new VPC is deleted and the change
/// fails.
Reference add_vpc(plan::Plan& plan, const aws::ec2::Client& ec2, const VpcTarget& target,
                  const std::optional<Vpc>& unfinished);

/// Adds the removal of the mark, after everything that is in the plan.
void add_completion(plan::Plan& plan, const aws::ec2::Client& ec2, const std::string& name,
                    const Reference& vpc);

}  // namespace asiaq::network
