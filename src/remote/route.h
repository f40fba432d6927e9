// Which way a host is reached: its public address, one of its private ones, or through the jump
// host.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "remote/ssh.h"

namespace asiaq::remote {

/// The addresses of one host.
struct HostAddresses {
  std::string name;  ///< For messages: instance id, with the hostclass if known.
  std::optional<std::string> public_address;
  std::vector<std::string> private_addresses;
};

/// Whether ssh can be reached at an address from here.
using Probe = std::function<bool(const std::string& address)>;

/// The file named by ASIAQ_SSH_CONFIG; nothing if unset or empty.
std::optional<std::filesystem::path> config_of_environment();

/// True if a TCP connection to port 22 of `address` is accepted within `limit`. Refused,
/// unreachable or silent: false.
bool accepts_ssh(const std::string& address, Seconds limit = Seconds(2));

/// In order: the public address if `probe` finds it, each private address likewise, the first
/// private (else the public) address through the jump host. With no jump host and nothing found:
/// nothing.
std::optional<Route> find_route(const HostAddresses& host,
                                const std::optional<std::string>& jump_address, const Probe& probe);

/// The same with accepts_ssh; but where ASIAQ_SSH_CONFIG says how addresses are reached nothing is
/// probed (a packet to such an address must not leave this machine): the public address, else the
/// jump host, else the private address, and ssh decides.
std::optional<Route> find_route(const HostAddresses& host,
                                const std::optional<std::string>& jump_address);

/// For callers that need a way. Throws Error of kind "Command" naming the host.
Route require_route(const HostAddresses& host, const std::optional<std::string>& jump_address);

/// Dotted quad of four numbers up to 255.
bool is_ipv4_address(const std::string& text);

}  // namespace asiaq::remote
