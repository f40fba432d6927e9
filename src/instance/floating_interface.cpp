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
#include "base/process.h"
#include "base/text.h"
#include "base/wait.h"
#include "instance/boot_services.h"
#include "instance/floating_interface.h"
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

/// Calls again while EC2 says that things are still on their way.
void attach(const aws::ec2::Client& ec2, const InterfaceChoice& choice,
            const std::string& instance_id) {
  if (choice.step == InterfaceChoice::Step::detach_first) {
    log::info("taking {} from {}", choice.interface.address, choice.interface.instance_id);
    ec2.detach_network_interface({.attachment_id = choice.interface.attachment_id, .force = true});
  }
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

void leave_source_addresses_alone(const aws::ec2::Client& ec2, const std::string& instance_id) {
  for (const auto& eni : ec2.describe_network_interfaces_all(
           {.filters = {{.name = "attachment.instance-id", .values = {instance_id}}}})) {
    ec2.modify_network_interface_attribute({.network_interface_id = eni.network_interface_id,
                                            .source_dest_check = {{.value = false}}});
  }
}

void run_ip(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "ip");
  const ProcessResult result = run_process({.arguments = arguments});
  if (result.status != 0) {
    throw Error("Host", fmt::format("{}: {}", shell_quoted(arguments), trimmed(result.output)));
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
  // Answers to other networks come in by the first interface: a strict filter would drop them.
  std::ofstream("/proc/sys/net/ipv4/conf/" + *device + "/rp_filter") << "2\n";
  run_ip({"link", "set", *device, "up"});
  run_ip({"address", "replace", fmt::format("{}/{}", address, own->subnet.prefix_length()), "dev",
          *device});
  run_ip({"route", "replace", own->subnet.to_string(), "dev", *device, "src", address, "table",
          route_table});
  run_ip({"route", "replace", "default", "via", gateway, "dev", *device, "table", route_table});
  run_process({.arguments = {"ip", "rule", "del", "from", address, "table", route_table}});
  run_ip({"rule", "add", "from", address, "table", route_table});
}

void remove_routes(const std::string& address) {
  run_process({.arguments = {"ip", "rule", "del", "from", address, "table", route_table}});
  run_process({.arguments = {"ip", "route", "flush", "table", route_table}});
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
  if (choice->step != InterfaceChoice::Step::none) attach(ec2, *choice, host.instance_id());
  leave_source_addresses_alone(ec2, host.instance_id());
  write_atomically(host.paths().in(address_file), choice->interface.address + '\n');
  log::info("{} is this host's", choice->interface.address);
}

void give_up(ThisHost& host, const std::string& reason) {
  try {
    mark_unhealthy(host, reason);
  } catch (const Error& error) {
    log::error("auto scaling cannot be told: {}", error.what());
  }
  run_process({.arguments = {"systemctl", "--no-block", "poweroff"}});
}

void route_floating_address(ThisHost& host, Routes routes) {
  const auto address = first_line(host.paths().in(address_file));
  if (!address || !Ipv4Address::parse(*address)) return;
  if (routes == Routes::set) {
    set_routes(host, *address);
  } else {
    remove_routes(*address);
  }
}

}  // namespace asiaq::instance
