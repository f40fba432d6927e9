// Which environment a command is about.
#pragma once

#include <string>
#include <vector>

#include "network/vpc.h"

namespace asiaq::environment {

/// Which environment is meant: exactly one of the two is given.
struct Selection {
  std::string name;
  std::string vpc_id;
};

/// The environment among the VPCs of the region. Throws VpcEnvironmentError with exit status 2 if
/// there is none, and with status 1 and all ids if several VPCs have the name. `*` and `?` are
/// ordinary characters. Pure.
network::Vpc select_environment(const std::vector<network::Vpc>& vpcs, const Selection& selection);

/// Throws VpcEnvironmentError for a VPC that no environment is: a default one, or one without a
/// Name or type.
void check_is_environment(const network::Vpc& vpc);

}  // namespace asiaq::environment
