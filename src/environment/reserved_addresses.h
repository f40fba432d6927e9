// Static addresses that hostclasses will need, kept free of others from the first moment.
#pragma once

#include <string>
#include <vector>

#include "config/config_folder.h"
#include "network/floating_interface.h"
#include "network/metanetwork_changes.h"

namespace asiaq::environment {

/// The static addresses of one hostclass in one environment.
struct ReservedAddresses {
  std::string hostclass;
  std::string metanetwork;
  std::vector<std::string>
      addresses;  ///< Absolute ones (`10.0.0.5`) and offsets (`+5`), as written.
};

/// Of every section of disco_aws.ini that begins with `mhc`, in the order of the file; none if
/// there is no such file. `ip_address` wins over its other name `private_ip` at each step of the
/// look-up chain.
std::vector<ReservedAddresses> reserved_addresses(const config::ConfigFolder& folder,
                                                  const std::string& environment);

/// The interfaces that hold these addresses. Addresses of other environments may be configured too:
/// what does not fit is left out, with a warning. Pure.
std::vector<network::FloatingInterface> floating_interfaces(
    const std::vector<network::PlannedMetanetwork>& metanetworks,
    const std::vector<ReservedAddresses>& reserved);

}  // namespace asiaq::environment
