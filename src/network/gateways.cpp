#include "network/gateways.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/ec2/client.h"
#include "base/wait.h"
#include "network/names.h"
#include "network/repeating.h"
#include "network/tags.h"

namespace asiaq::network {

namespace {

constexpr WaitLimits attachment_limits{.interval = Seconds(2), .limit = Seconds(600)};
/// After a gateway was detached AWS refuses to attach it elsewhere for a while.
constexpr Seconds pause_after_detachment{30};

/// Of one gateway with one VPC; "detached" also where AWS does not list it any more.
std::string attachment_state(const aws::ec2::Client& ec2, const std::string& gateway_id,
                             const std::string& vpc_id) {
  const auto found = ec2.describe_vpn_gateways({.vpn_gateway_ids = {gateway_id}});
  for (const aws::ec2::VpnGateway& gateway : found.vpn_gateways) {
    for (const aws::ec2::VpcAttachment& attachment : gateway.vpc_attachments) {
      if (attachment.vpc_id == vpc_id) return attachment.state.value_or("detached");
    }
  }
  return "detached";
}

/// No waiter: the attachment to one VPC out of several, which AWS drops some time after it has
/// ended, has no path.
void wait_for_attachment(const aws::ec2::Client& ec2, const std::string& gateway_id,
                         const std::string& vpc_id, const std::string& wanted) {
  wait_until(fmt::format("VPN gateway {} to be {} {} VPC {}", gateway_id, wanted,
                         wanted == "attached" ? "to" : "from", vpc_id),
             scaled(attachment_limits), [&]() -> std::optional<std::string> {
               const std::string state = attachment_state(ec2, gateway_id, vpc_id);
               if (state == wanted) return {};
               return "it is " + state;
             });
}

void attach_vpn_gateway(const aws::ec2::Client& ec2, const std::string& gateway_id,
                        const std::string& vpc_id) {
  write_or_confirm(
      [&] { ec2.attach_vpn_gateway({.vpc_id = vpc_id, .vpn_gateway_id = gateway_id}); },
      [&] { return attachment_state(ec2, gateway_id, vpc_id).starts_with("attach"); });
  wait_for_attachment(ec2, gateway_id, vpc_id, "attached");
}

bool is_attached(const aws::ec2::Client& ec2, const std::string& internet_gateway_id,
                 const std::string& vpc_id) {
  return std::ranges::any_of(observe_internet_gateways(ec2, vpc_id),
                             [&](const InternetGateway& gateway) {
                               return gateway.id == internet_gateway_id && gateway.is_attached;
                             });
}

}  // namespace

std::vector<InternetGateway> observe_internet_gateways(const aws::ec2::Client& ec2,
                                                       const std::string& vpc_id) {
  std::vector<InternetGateway> result;
  for (const aws::ec2::InternetGateway& gateway : ec2.describe_internet_gateways_all()) {
    const bool is_attached = std::ranges::any_of(
        gateway.attachments, [&](const auto& attachment) { return attachment.vpc_id == vpc_id; });
    const bool is_ours =
        gateway.attachments.empty() && tag_value(gateway.tags, tag::owner) == vpc_id;
    if (is_attached || is_ours) {
      result.push_back(
          {.id = gateway.internet_gateway_id.value_or(""), .is_attached = is_attached});
    }
  }
  std::ranges::stable_sort(result, std::greater{}, &InternetGateway::is_attached);
  return result;
}

Reference add_internet_gateway(plan::Plan& plan, const aws::ec2::Client& ec2,
                               const std::string& environment, const Reference& vpc,
                               const std::vector<InternetGateway>& observed) {
  Reference gateway;
  if (!observed.empty()) {
    gateway.set(observed.front().id);
    if (observed.front().is_attached) return gateway;
  } else {
    gateway.after = {plan.add({
        .verb = plan::Verb::create,
        .resource = gateway.resource("internet gateway", environment),
        .carry_out =
            [ec2, environment, vpc, gateway] {
              const auto tags =
                  tagged("internet-gateway", {{tag::name, environment}, {tag::owner, vpc.id()}});
              gateway.set(
                  create_once({.what = "internet gateway " + environment,
                               .create =
                                   [&] {
                                     const auto made =
                                         ec2.create_internet_gateway({.tag_specifications = tags});
                                     return made.internet_gateway->internet_gateway_id.value();
                                   },
                               .find =
                                   [&] {
                                     const auto found = observe_internet_gateways(ec2, vpc.id());
                                     return found.empty() ? "" : found.front().id;
                                   }}));
            },
        .after = vpc.after,
    })};
  }
  gateway.after = {plan.add({
      .verb = plan::Verb::attach,
      .resource = gateway.resource("internet gateway", environment),
      .carry_out =
          [ec2, vpc, gateway] {
            write_or_confirm(
                [&] {
                  ec2.attach_internet_gateway(
                      {.internet_gateway_id = gateway.id(), .vpc_id = vpc.id()});
                },
                [&] { return is_attached(ec2, gateway.id(), vpc.id()); });
          },
      .after = after(vpc, gateway),
  })};
  return gateway;
}

std::optional<VpnGateway> observe_vpn_gateway(const aws::ec2::Client& ec2,
                                              const std::string& environment) {
  const auto found =
      ec2.describe_vpn_gateways({.filters = {{.name = "tag:Name", .values = {environment}}}});
  for (const aws::ec2::VpnGateway& gateway : found.vpn_gateways) {
    if (gateway.state != "available" || tag_value(gateway.tags, tag::name) != environment) continue;
    VpnGateway result{.id = gateway.vpn_gateway_id.value_or("")};
    for (const aws::ec2::VpcAttachment& attachment : gateway.vpc_attachments) {
      if (attachment.state != "detached") result.vpc_ids.push_back(attachment.vpc_id.value_or(""));
    }
    return result;
  }
  return {};
}

Reference add_vpn_gateway(plan::Plan& plan, const aws::ec2::Client& ec2,
                          const std::string& environment, const Reference& vpc,
                          const VpnGateway& gateway) {
  Reference result(gateway.id);
  const plan::Resource resource{.kind = "VPN gateway", .name = environment, .id = gateway.id};
  std::vector<std::string> others = gateway.vpc_ids;
  const bool is_here = !vpc.id().empty() && std::erase(others, vpc.id()) > 0;
  std::vector<plan::ChangeId> before = vpc.after;
  for (const std::string& other : others) {
    before.push_back(plan.add({
        .verb = plan::Verb::detach,
        .resource = resource,
        .details = {"from VPC " + other},
        .carry_out =
            [ec2, id = gateway.id, other] {
              detach_vpn_gateway(ec2, id, other);
              system_clock().sleep_for(pause_after_detachment * wait_scale());
            },
        .after = vpc.after,
    }));
  }
  if (is_here) return result;
  result.after = {plan.add({
      .verb = plan::Verb::attach,
      .resource = resource,
      .carry_out = [ec2, id = gateway.id, vpc] { attach_vpn_gateway(ec2, id, vpc.id()); },
      .after = before,
  })};
  return result;
}

void detach_vpn_gateway(const aws::ec2::Client& ec2, const std::string& gateway_id,
                        const std::string& vpc_id) {
  write_or_confirm(
      [&] { ec2.detach_vpn_gateway({.vpc_id = vpc_id, .vpn_gateway_id = gateway_id}); },
      [&] { return attachment_state(ec2, gateway_id, vpc_id).starts_with("detach"); });
  wait_for_attachment(ec2, gateway_id, vpc_id, "detached");
}

}  // namespace asiaq::network
