#include "instance/floating_interface.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "aws/ec2/client.h"
#include "aws/error.h"
#include "base/atomic_file.h"
#include "base/cidr.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "base/wait.h"
#include "instance/boot_services.h"
#include "instance/health.h"

namespace asiaq::instance {

namespace {

constexpr const char* address_file = "etc/floating_ip";
constexpr const char* route_table = "10";
constexpr WaitLimits attach_limits{.interval = Seconds(2), .limit = Seconds(60)};

std::vector<FloatingInterface> candidates(ThisHost& host, const aws::ec2::Client& ec2) {
  std::vector<FloatingInterface> found;
  for (const auto& eni : ec2.describe_network_interfaces_all(
           {.filters = {
                {.name = "vpc-id", .values = {host.metadata().vpc_id()}},
                {.name = "availability-zone", .values = {host.metadata().availability_zone()}},
                {.name = "private-ip-address",
                .values = host.user_data().list("floating_ips")}}})) {
    FloatingInterface candidate{.id = eni.network_interface_id.value_or(""),
                                .address = eni.private_ip_address.value_or("")};
    if (eni.attachment) {
      candidate.attachment_id = eni.attachment->attachment_id.value_or("");
      candidate.instance_id = eni.attachment->instance_id.value_or("");
    }
    found.push_back(candidate);
  }
  return found;
}

plan::Change change_of(plan::Verb verb, const FloatingInterface& interface, std::string detail,
                       std::function<void()> carry_out) {
  return {.verb = verb,
          .resource = {.kind = "network interface", .name = interface.address, .id = interface.id},
          .details = {std::move(detail)},
          .carry_out = std::move(carry_out),
          .after = {}};
}

/// Calls again while EC2 says that things are still on their way.
void attach_patiently(const aws::ec2::Client& ec2, const InterfaceChoice& choice,
                      const std::string& instance_id) {
  wait_until(fmt::format("{} to be attached", choice.interface.id), attach_limits,
             [&]() -> std::optional<std::string> {
               try {
                 ec2.attach_network_interface({.network_interface_id = choice.interface.id,
                                               .instance_id = instance_id,
                                               .device_index = 1});
                 return std::nullopt;
               } catch (const aws::ServiceError& error) {
                 return error.message();
               }
             });
}

void attach(ThisHost& host, const aws::ec2::Client& ec2, const InterfaceChoice& choice) {
  const FloatingInterface& interface = choice.interface;
  if (choice.step == InterfaceChoice::Step::detach_first) {
    host.hands().carry_out(change_of(
        plan::Verb::detach, interface, "from " + interface.instance_id, [&ec2, &interface] {
          log::info("taking {} from {}", interface.address, interface.instance_id);
          ec2.detach_network_interface({.attachment_id = interface.attachment_id, .force = true});
        }));
  }
  host.hands().carry_out(change_of(plan::Verb::attach, interface, "to " + host.instance_id(),
                                   [&] { attach_patiently(ec2, choice, host.instance_id()); }));
}

/// Of this host's interfaces and the one that is being attached.
void leave_source_addresses_alone(ThisHost& host, const aws::ec2::Client& ec2,
                                  const InterfaceChoice& choice) {
  auto checked = ec2.describe_network_interfaces_all(
      {.filters = {{.name = "attachment.instance-id", .values = {host.instance_id()}}}});
  std::vector<FloatingInterface> interfaces;
  if (choice.step != InterfaceChoice::Step::none) interfaces.push_back(choice.interface);
  for (const auto& eni : checked) {
    const std::string id = eni.network_interface_id.value_or("");
    if (id == choice.interface.id && !interfaces.empty()) continue;
    if (eni.source_dest_check.value_or(true))
      interfaces.push_back({.id = id, .address = eni.private_ip_address.value_or("")});
  }
  for (const FloatingInterface& interface : interfaces) {
    host.hands().carry_out(
        change_of(plan::Verb::update, interface, "source/destination check: off", [&] {
          ec2.modify_network_interface_attribute(
              {.network_interface_id = interface.id, .source_dest_check = {{.value = false}}});
        }));
  }
}

/// The interface that has this hardware address; nothing while it is not there.
std::optional<std::string> interface_named_by(const std::string& mac) {
  for (const auto& entry : std::filesystem::directory_iterator("/sys/class/net")) {
    if (first_line(entry.path() / "address") == mac) return entry.path().filename().string();
  }
  return std::nullopt;
}

struct OwnInterface {
  std::string mac;
  Cidr subnet;
};

/// The interface of this host that carries the address, as EC2 describes it.
std::optional<OwnInterface> find_own(Metadata& metadata, const std::string& address) {
  const std::string folder = "meta-data/network/interfaces/macs/";
  for (const std::string& entry : words(metadata.get(folder))) {
    const std::string mac(std::string_view(entry).substr(0, entry.find('/')));
    const auto addresses = words(metadata.find(folder + mac + "/local-ipv4s").value_or(""));
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) continue;
    const auto subnet =
        Cidr::parse(trimmed(metadata.get(folder + mac + "/subnet-ipv4-cidr-block")));
    if (subnet) return OwnInterface{mac, *subnet};
  }
  return std::nullopt;
}

/// Answers to other networks come in by the first interface: a strict filter would drop them.
void loosen_filter(Hands& hands, const std::string& device) {
  const std::string file = "/proc/sys/net/ipv4/conf/" + device + "/rp_filter";
  hands.carry_out({.verb = plan::Verb::update,
                   .resource = {.kind = "file", .name = file, .id = {}},
                   .details = {"2"},
                   .carry_out = [file] { std::ofstream(file) << "2\n"; },
                   .after = {}});
}

void set_routes(ThisHost& host, const std::string& address) {
  std::optional<OwnInterface> own;
  std::optional<std::string> device;
  wait_until(fmt::format("the interface of {} to appear", address), attach_limits,
             [&]() -> std::optional<std::string> {
               own = find_own(host.metadata(), address);
               if (own) device = interface_named_by(own->mac);
               return device ? std::nullopt : std::optional<std::string>("not there yet");
             });
  const auto gateway = Ipv4Address(own->subnet.first().number() + 1).to_string();
  Hands& hands = host.hands();
  loosen_filter(hands, *device);
  run_program(hands, {"ip", "link", "set", *device, "up"});
  run_program(hands, {"ip", "address", "replace",
                      fmt::format("{}/{}", address, own->subnet.prefix_length()), "dev", *device});
  run_program(hands, {"ip", "route", "replace", own->subnet.to_string(), "dev", *device, "src",
                      address, "table", route_table});
  run_program(hands, {"ip", "route", "replace", "default", "via", gateway, "dev", *device, "table",
                      route_table});
  try_program(hands, {"ip", "rule", "del", "from", address, "table", route_table});
  run_program(hands, {"ip", "rule", "add", "from", address, "table", route_table});
}

void remove_routes(Hands& hands, const std::string& address) {
  try_program(hands, {"ip", "rule", "del", "from", address, "table", route_table});
  try_program(hands, {"ip", "route", "flush", "table", route_table});
}

}  // namespace

std::optional<InterfaceChoice> choose_interface(
    const std::vector<FloatingInterface>& candidates, const std::string& instance_id,
    const std::function<std::size_t(std::size_t)>& random) {
  using Step = InterfaceChoice::Step;
  if (candidates.empty()) return std::nullopt;
  for (const FloatingInterface& candidate : candidates) {
    if (candidate.instance_id == instance_id) return InterfaceChoice{candidate, Step::none};
  }
  for (const FloatingInterface& candidate : candidates) {
    if (candidate.attachment_id.empty()) return InterfaceChoice{candidate, Step::attach};
  }
  return InterfaceChoice{candidates.at(random(candidates.size())), Step::detach_first};
}

void attach_floating_interface(ThisHost& host) {
  const auto addresses = host.user_data().list("floating_ips");
  if (addresses.empty()) return;
  if (is_testing(host)) {
    log::info("this host is under test and leaves {} alone", join(addresses, " "));
    return;
  }
  const aws::ec2::Client ec2(host.session());
  std::random_device seed;
  const auto choice =
      choose_interface(candidates(host, ec2), host.instance_id(), [&](std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(seed);
      });
  if (!choice) {
    throw with_hint(
        Error("ENI", fmt::format("no network interface of this zone has an address of {}",
                                 join(addresses, " "))),
        "provisioning the hostclass makes them");
  }
  if (choice->step != InterfaceChoice::Step::none) attach(host, ec2, *choice);
  leave_source_addresses_alone(host, ec2, *choice);
  write_file(host.hands(), host.paths().in(address_file), choice->interface.address + '\n');
  if (!host.hands().rehearses()) log::info("{} is this host's", choice->interface.address);
}

void release_floating_interface(ThisHost& host) {
  if (host.user_data().list("floating_ips").empty()) return;
  const aws::ec2::Client ec2(host.session());
  for (const FloatingInterface& candidate : candidates(host, ec2)) {
    if (candidate.instance_id != host.instance_id()) continue;
    host.hands().carry_out(change_of(
        plan::Verb::detach, candidate, "from " + candidate.instance_id, [&ec2, &candidate] {
          ec2.detach_network_interface({.attachment_id = candidate.attachment_id});
          log::info("{} is this host's no more", candidate.address);
        }));
  }
  remove_file(host.hands(), host.paths().in(address_file));
}

void give_up(ThisHost& host, const std::string& reason) {
  try {
    mark_unhealthy(host, reason);
  } catch (const Error& error) {
    log::error("auto scaling cannot be told: {}", error.what());
  }
  try_program(host.hands(), {"systemctl", "--no-block", "poweroff"});
}

void route_floating_address(ThisHost& host, Routes routes) {
  const auto address = first_line(host.paths().in(address_file));
  if (!address || !Ipv4Address::parse(*address)) return;
  if (routes == Routes::set) {
    set_routes(host, *address);
  } else {
    remove_routes(host.hands(), *address);
  }
}

}  // namespace asiaq::instance
