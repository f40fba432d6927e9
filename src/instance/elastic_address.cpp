#include "instance/elastic_address.h"

#include <fmt/format.h>

#include "aws/ec2/client.h"
#include "aws/error.h"
#include "base/cidr.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "instance/boot_services.h"

namespace asiaq::instance {

namespace {

aws::ec2::Address describe(const aws::ec2::Client& ec2, const std::string& address) {
  const auto found = ec2.describe_addresses({.public_ips = {address}});
  if (found.addresses.empty()) {
    throw with_hint(Error("EIP", fmt::format("this account has no address {}", address)),
                    "option eip of the hostclass names it; disco_eip.py allocate makes one");
  }
  return found.addresses.front();
}

plan::Resource resource_of(const aws::ec2::Address& address) {
  return {.kind = "elastic IP",
          .name = address.public_ip.value_or(""),
          .id = address.allocation_id.value_or("")};
}

std::string state_of(const aws::ec2::Client& ec2, const std::string& instance_id) {
  for (const auto& reservation : ec2.describe_instances_all(
           {.filters = {{.name = "instance-id", .values = {instance_id}}}})) {
    for (const auto& instance : reservation.instances) {
      if (instance.state) return instance.state->name.value_or("");
    }
  }
  return {};
}

}  // namespace

std::optional<std::string> first_address(std::string_view text) {
  for (const std::string& word : words(text, " \t\r\n,;[]\"'")) {
    if (Ipv4Address::parse(word)) return word;
  }
  return std::nullopt;
}

AddressDecision decide(const AddressHolder& holder, const std::string& instance_id) {
  if (holder.instance_id == instance_id) return AddressDecision::already_mine;
  const bool runs = holder.state == "running" || holder.state == "pending";
  return runs ? AddressDecision::leave : AddressDecision::take;
}

void take_elastic_address(ThisHost& host) {
  const auto wanted = first_address(host.user_data().get("eip"));
  if (!wanted) return;
  if (is_testing(host)) {
    log::info("this host is under test and leaves {} alone", *wanted);
    return;
  }
  const aws::ec2::Client ec2(host.session());
  const auto address = describe(ec2, *wanted);
  AddressHolder holder{.instance_id = address.instance_id.value_or(""), .state = {}};
  if (!holder.instance_id.empty() && holder.instance_id != host.instance_id()) {
    holder.state = state_of(ec2, holder.instance_id);
  }
  switch (decide(holder, host.instance_id())) {
    case AddressDecision::already_mine:
      return;
    case AddressDecision::leave:
      log::info("{} stays with {}", *wanted, holder.instance_id);
      return;
    case AddressDecision::take:
      host.hands().carry_out({.verb = plan::Verb::associate,
                              .resource = resource_of(address),
                              .details = {"with " + host.instance_id()},
                              .carry_out =
                                  [&] {
                                    ec2.associate_address({.allocation_id = address.allocation_id,
                                                           .instance_id = host.instance_id(),
                                                           .allow_reassociation = true});
                                    log::info("{} is this host's now", *wanted);
                                  },
                              .after = {}});
  }
}

void release_elastic_address(ThisHost& host) {
  const auto wanted = first_address(host.user_data().get("eip"));
  if (!wanted) return;
  const aws::ec2::Client ec2(host.session());
  const auto address = describe(ec2, *wanted);
  if (address.instance_id != host.instance_id() || !address.association_id) return;
  host.hands().carry_out({.verb = plan::Verb::detach,
                          .resource = resource_of(address),
                          .details = {"from " + host.instance_id()},
                          .carry_out =
                              [&] {
                                try {
                                  ec2.disassociate_address(
                                      {.association_id = address.association_id});
                                } catch (const aws::ServiceError& error) {
                                  // Another host took it since: the association is gone, which is
                                  // what was wanted.
                                  if (!error.is_not_found()) throw;
                                }
                              },
                          .after = {}});
}

}  // namespace asiaq::instance
