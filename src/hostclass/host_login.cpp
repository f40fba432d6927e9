#include "hostclass/host_login.h"

#include <fmt/format.h>

#include "aws/ec2/client.h"
#include "aws/s3/client.h"
#include "aws/session.h"
#include "base/error.h"
#include "base/log.h"
#include "config/config_folder.h"
#include "config/credential_buckets.h"
#include "remote/host_choice.h"
#include "remote/keys.h"
#include "remote/route.h"

namespace asiaq::hostclass {

namespace {

/// Where none was there, a jump host may come up while hosts are waited for.
constexpr Seconds jump_search_interval{15};
constexpr Seconds readiness_answer_limit{20};

std::vector<std::string> credential_buckets(const config::ConfigFolder& folder,
                                            const network::Vpc& vpc, const std::string& region) {
  const config::CredentialBucketScope scope{region, folder.project_name()};
  std::vector<std::string> buckets;
  for (const std::string& word :
       folder.vpc(vpc.name, vpc.type).option("credential_buckets").list()) {
    for (std::string& name : config::credential_bucket_candidates(scope, word)) {
      buckets.push_back(std::move(name));
    }
  }
  return buckets;
}

}  // namespace

HostLogin::HostLogin(aws::Session& session, const config::ConfigFolder& folder, network::Vpc vpc)
    : session_(session), folder_(folder), vpc_(std::move(vpc)) {}

remote::RemoteResult HostLogin::run(const Host& host, const std::string& user,
                                    const remote::RemoteCommand& command) {
  const remote::Ssh* client = nullptr;
  remote::Route route;
  {
    const std::lock_guard lock(mutex_);
    client = &ssh();
    route = route_to(host);
  }
  return client->run(route, user, command);
}

bool HostLogin::says_ready(const Host& host, const std::string& user) {
  try {
    return run(host, user, {.text = "true", .timeout = readiness_answer_limit}).status == 0;
  } catch (const TimeoutError& error) {
    log::debug("Host {} does not answer {}: {}", host.id, user, error.what());
  } catch (const Error& error) {
    log::debug("Host {} cannot be asked: {}", host.id, error.what());
  }
  // The next attempt may need another way.
  const std::lock_guard lock(mutex_);
  routes_.erase(host.id);
  return false;
}

const remote::Ssh& HostLogin::ssh() {
  if (!ssh_) {
    const aws::s3::Client s3(session_);
    remote::SshSettings settings;
    settings.identities =
        remote::fetch_keys(s3, credential_buckets(folder_, vpc_, session_.region()), keys_);
    ssh_ = std::make_unique<remote::Ssh>(std::move(settings));
  }
  return *ssh_;
}

remote::Route HostLogin::route_to(const Host& host) {
  if (const auto known = routes_.find(host.id); known != routes_.end()) return known->second;
  if (host.private_ips.empty()) {
    throw Error("Command", fmt::format("host {} has no private address", host.id));
  }
  const remote::HostAddresses addresses{
      .name = host.id, .public_address = host.public_ip, .private_addresses = host.private_ips};
  auto route = remote::find_route(addresses, jump_address());
  // Not reachable as far as one can see from here: ssh has the last word.
  if (!route) return {.address = host.private_ips.front(), .jump_address = std::nullopt};
  routes_[host.id] = *route;
  return *route;
}

std::optional<std::string> HostLogin::jump_address() {
  const SteadyTime now = system_clock().steady_now();
  if (jump_address_ || (looked_for_jump_ && now - *looked_for_jump_ < jump_search_interval)) {
    return jump_address_;
  }
  looked_for_jump_ = now;
  const auto hostclasses = folder_.plain_option("jump_box_hostclasses", vpc_.name).list();
  if (hostclasses.empty()) return std::nullopt;
  jump_address_ =
      remote::jump_address(remote::observe_hosts(aws::ec2::Client(session_), vpc_.id), hostclasses);
  return jump_address_;
}

int run_on_hosts(HostLogin& login, const std::vector<Host>& hosts, const std::string& user,
                 const std::string& command, const std::function<void(std::string_view)>& print) {
  int status = 0;
  for (const Host& host : hosts) {
    log::debug("Running on {}", host.id);
    const auto result = login.run(host, user, {.text = command, .on_output = print});
    if (result.status == 0) continue;
    log::warning("The command ended with status {} on host {}", result.status, host.id);
    status = result.status;
  }
  return status;
}

}  // namespace asiaq::hostclass
