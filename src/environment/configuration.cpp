#include "environment/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"

namespace asiaq::environment {

using network::PeeringLine;
using network::Vpc;
using network::WantedPeering;

namespace {

/// What a person may have meant by a type that is not configured.
std::string type_hint(const config::ConfigFolder& folder, const std::string& type) {
  const std::vector<std::string> types = folder.vpc_types();
  if (types.empty()) return "the file defines no type";
  const std::optional<std::string> near = nearest(type, types);
  return fmt::format("the types are {}{}", join(types, ", "),
                     near ? fmt::format("; did you mean {}?", *near) : "");
}

}  // namespace

network::EnvironmentConfig read_network(const config::ConfigFolder& folder, const std::string& name,
                                        const std::string& type) {
  const config::VpcConfig vpc = folder.vpc(name, type);
  if (!vpc.is_configured()) {
    throw with_hint(ConfigError(fmt::format("{} has neither a section [envtype:{}] nor [env:{}]",
                                            folder.path(config::vpc_file).string(), type, name)),
                    type_hint(folder, type));
  }
  return network::read_environment_config(
      name, type, [&](std::string_view option) { return vpc.option(option).optional(); });
}

std::vector<PeeringLine> read_peerings(const config::ConfigFolder& folder) {
  const config::Ini& file = folder.ini(std::string(config::vpc_file));
  std::vector<PeeringLine> lines;
  for (const std::string& option : file.options("peerings")) {
    if (!starts_with_ignoring_case(option, "connection_")) continue;
    lines.push_back(network::parse_peering_line(option, file.get("peerings", option).value_or("")));
  }
  return lines;
}

std::vector<WantedPeering> wanted_peerings(const config::ConfigFolder& folder,
                                           const std::vector<PeeringLine>& lines,
                                           std::vector<Vpc> vpcs,
                                           const std::optional<std::string>& only) {
  std::erase_if(vpcs, [&](const Vpc& vpc) { return vpc.is_unfinished() && vpc.id != only; });
  const auto has_metanetwork = [&](const Vpc& vpc, const std::string& metanetwork) {
    const auto range = folder.vpc(vpc.name, vpc.type).option(metanetwork + "_cidr").optional();
    return range && !trimmed(*range).empty();
  };
  return network::wanted_peerings(lines, vpcs, has_metanetwork, only);
}

std::vector<std::string> peers_of(const std::vector<WantedPeering>& wanted,
                                  const std::string& vpc_id) {
  std::set<std::string> ids;
  for (const WantedPeering& peering : wanted) {
    if (!peering.touches(vpc_id)) continue;
    ids.insert(peering.first.id == vpc_id ? peering.second.id : peering.first.id);
  }
  return {ids.begin(), ids.end()};
}

std::optional<std::vector<monitor::Notification>> read_notifications(
    const config::ConfigFolder& folder, const std::string& name) {
  const config::Ini* alarms = folder.find_ini(monitor::alarms_file);
  if (alarms == nullptr || !alarms->has_section("notifications")) {
    log::warning("{} has no section [notifications]: nobody will be told of alarms",
                 folder.joined(monitor::alarms_file).string());
    return {};
  }
  return monitor::notifications_of(*alarms, name);
}

}  // namespace asiaq::environment
