// What the configuration folder says of an environment, read and checked as a whole.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config_folder.h"
#include "monitor/notification.h"
#include "network/environment_config.h"
#include "network/peering_lines.h"

namespace asiaq::environment {

/// The network of one environment. Throws ConfigError if neither its type nor the environment
/// itself has a section in disco_vpc.ini, and what network::read_environment_config throws.
network::EnvironmentConfig read_network(const config::ConfigFolder& folder, const std::string& name,
                                        const std::string& type);

/// The lines of [peerings] whose options begin with `connection_`; none without the section. Throws
/// as network::parse_peering_line, also for lines about other environments.
std::vector<network::PeeringLine> read_peerings(const config::ConfigFolder& folder);

/// What the lines mean among the VPCs that are up, as far as they touch `only`. A VPC has the
/// metanetworks that disco_vpc.ini defines for it. Unfinished VPCs count as not being there, but
/// for `only` itself.
std::vector<network::WantedPeering> wanted_peerings(const config::ConfigFolder& folder,
                                                    const std::vector<network::PeeringLine>& lines,
                                                    std::vector<network::Vpc> vpcs,
                                                    const std::optional<std::string>& only);

/// Ids of the VPCs that these connections lead to from `vpc_id`.
std::vector<std::string> peers_of(const std::vector<network::WantedPeering>& wanted,
                                  const std::string& vpc_id);

/// Whom alarms of the environment tell; nothing, after a warning, if disco_alarms.ini or its
/// section [notifications] is missing. Throws as monitor::notifications_of.
std::optional<std::vector<monitor::Notification>> read_notifications(
    const config::ConfigFolder& folder, const std::string& name);

}  // namespace asiaq::environment
