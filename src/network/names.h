// Names and tags of an environment's resources. They are the only state there is, and shared with
// environments of the original tools: never change one.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace asiaq::network {

/// One of the networks an environment may have.
struct MetanetworkKind {
  std::string_view name;
  std::string_view group_description;  ///< Of its security group; part of the contract with AWS.
};

/// All there are, in the order in which they are made. A fifth needs only a line here.
inline constexpr std::array<MetanetworkKind, 4> metanetwork_kinds{{
    {"intranet", "Inter host"},
    {"tunnel", "internet http proxy"},
    {"dmz", "Client facing"},
    {"maintenance", "Admin jump box"},
}};

/// Position in metanetwork_kinds; nothing for a name that is not there.
std::optional<std::size_t> metanetwork_position(std::string_view name);

namespace tag {
inline constexpr const char* name = "Name";
inline constexpr const char* type = "type";
inline constexpr const char* metanetwork = "meta_network";
inline constexpr const char* subnet = "subnet";
/// On a subnet whose NAT gateway's address was allocated with it and is released with it.
inline constexpr const char* automatic_nat = "dynonat";
/// On an elastic IP that was allocated for a NAT gateway; its value is `true`.
inline constexpr const char* automatic_address = "dynamic";
/// On a VPC that `create` has not finished; its value is the environment's type.
inline constexpr const char* creating = "asiaq:creating";
/// On what AWS does not tie to a VPC before a second call (gateways, DHCP options): the VPC's id,
/// so that a run that was killed between the two calls leaves nothing that cannot be found.
inline constexpr const char* owner = "asiaq:vpc";
/// On an elastic IP that `eip allocate` made: a random text, by which it is found when AWS's answer
/// is lost.
inline constexpr const char* allocation = "asiaq:allocation";
}  // namespace tag

/// Throws VpcConfigError unless an environment can have that name: not empty, no `_` (it would
/// break names of groups and alarms), no blank, `/`, `:`, `,`, `*`, `?`, no leading `-`.
void check_environment_name(std::string_view name);

/// `demo_tunnel`
std::string group_name(std::string_view environment, std::string_view metanetwork);

/// `demo_tunnel_us-west-2a`
std::string subnet_name(std::string_view environment, std::string_view metanetwork,
                        std::string_view zone);

}  // namespace asiaq::network
