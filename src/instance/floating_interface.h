// The fixed private addresses of a hostclass: network interfaces that move from host to host.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "instance/this_host.h"

namespace asiaq::instance {

/// A network interface that carries one of the addresses.
struct FloatingInterface {
  std::string id;
  std::string address;
  std::string attachment_id;  ///< Empty: attached to nothing.
  std::string instance_id;    ///< Its owner, if attached.
};

struct InterfaceChoice {
  FloatingInterface interface;
  enum class Step { none, attach, detach_first } step = Step::none;
};

/// This host's own, else a free one, else one that another host holds (`random` gives a number
/// below its argument). Nothing without any interface.
std::optional<InterfaceChoice> choose_interface(
    const std::vector<FloatingInterface>& candidates, const std::string& instance_id,
    const std::function<std::size_t(std::size_t)>& random);

/// Attaches an interface as device 1 and notes its address in /etc/floating_ip. Nothing to do, and
/// no call, for a hostclass without such addresses; none under test. Throws Error if it cannot.
void attach_floating_interface(ThisHost& host);

/// Gives back what this host has of them, if anything.
void release_floating_interface(ThisHost& host);

/// For a host that could not get its interface and must never count as tested: marks it unhealthy
/// and switches it off.
void give_up(ThisHost& host, const std::string& reason);

enum class Routes { set, removed };

/// Answers from the floating address leave by its own interface: an address on it, a table of
/// routes and a rule. Does nothing without /etc/floating_ip.
void route_floating_address(ThisHost& host, Routes routes);

}  // namespace asiaq::instance
