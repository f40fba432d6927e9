// Running commands on an environment's hosts by ssh, with the keys of its credential buckets.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "hostclass/host.h"
#include "network/vpc.h"
#include "remote/private_folder.h"
#include "remote/ssh.h"

namespace asiaq::aws {
class Session;
}
namespace asiaq::config {
class ConfigFolder;
}

namespace asiaq::hostclass {

/// Keys and jump host are looked for when the first command runs, the way to a host once per host.
/// Thread-safe. Session and folder must outlive it.
class HostLogin {
 public:
  HostLogin(aws::Session& session, const config::ConfigFolder& folder, network::Vpc vpc);

  /// Status and output of the command, whatever they are; 255 if ssh failed. Throws Error of kind
  /// "Command" for a host without an address.
  remote::RemoteResult run(const Host& host, const std::string& user,
                           const remote::RemoteCommand& command);

  /// True if the account `user`, whose login only says how far the host got, answers with success.
  bool says_ready(const Host& host, const std::string& user);

 private:
  const remote::Ssh& ssh();
  remote::Route route_to(const Host& host);
  std::optional<std::string> jump_address();

  aws::Session& session_;
  const config::ConfigFolder& folder_;
  network::Vpc vpc_;
  remote::PrivateFolder keys_;
  std::mutex mutex_;
  std::unique_ptr<remote::Ssh> ssh_;
  std::map<std::string, remote::Route> routes_;
  std::optional<std::string> jump_address_;
  std::optional<SteadyTime> looked_for_jump_;
};

/// Runs the command on one host after another and gives each piece of output to `print`. The status
/// is the last that was not 0; a failure does not stop the others.
int run_on_hosts(HostLogin& login, const std::vector<Host>& hosts, const std::string& user,
                 const std::string& command, const std::function<void(std::string_view)>& print);

}  // namespace asiaq::hostclass
