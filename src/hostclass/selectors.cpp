#include "hostclass/selectors.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/ec2/client.h"
#include "base/error.h"
#include "hostclass/host_calls.h"

namespace asiaq::hostclass {

namespace {

/// Adds hosts that are not there yet.
void add(std::vector<Host>& hosts, std::vector<Host> more) {
  for (Host& host : more) {
    if (std::ranges::find(hosts, host.id, &Host::id) == hosts.end()) {
      hosts.push_back(std::move(host));
    }
  }
}

/// EC2's filters know wildcards; what a user types is meant literally.
std::vector<Host> with_tag(std::vector<Host> hosts, const std::string& key,
                           const std::vector<std::string>& values) {
  std::erase_if(hosts, [&](const Host& host) {
    const auto value = host.tag(key);
    return !value || std::ranges::find(values, *value) == values.end();
  });
  return hosts;
}

std::vector<Host> tagged(const aws::ec2::Client& ec2, const std::string& vpc,
                         const std::string& key, const std::vector<std::string>& values) {
  if (values.empty()) return {};
  return with_tag(observe_hosts(ec2, vpc, {{"tag:" + key, values}}), key, values);
}

}  // namespace

std::vector<Host> select_hosts(const aws::ec2::Client& ec2, const std::string& vpc,
                               const HostSelection& selection) {
  std::vector<Host> hosts;
  add(hosts, observe_hosts_by_id(ec2, vpc, selection.instances));
  const std::vector<Host> named = tagged(ec2, vpc, "hostname", selection.hostnames);
  for (const std::string& hostname : selection.hostnames) {
    add(hosts, {host_of_name(named, hostname)});
  }
  add(hosts, tagged(ec2, vpc, "hostclass", selection.hostclasses));
  if (!selection.images.empty()) {
    add(hosts, observe_hosts(ec2, vpc, {{"image-id", selection.images}}));
  }
  add(hosts, tagged(ec2, vpc, "aws:autoscaling:groupName", selection.groups));
  return hosts;
}

Host host_of_name(const std::vector<Host>& hosts, const std::string& hostname) {
  const Host* found = nullptr;
  for (const Host& host : hosts) {
    if (host.tag("hostname") != hostname) continue;
    if (found == nullptr || (found->is_going() && !host.is_going())) found = &host;
  }
  if (found == nullptr) {
    throw Error("NoSuchHost", fmt::format("could not find an instance with hostname {}", hostname));
  }
  return *found;
}

std::vector<Host> that_are_up(std::vector<Host> hosts) {
  std::erase_if(hosts, [](const Host& host) { return !host.is_up(); });
  return hosts;
}

}  // namespace asiaq::hostclass
