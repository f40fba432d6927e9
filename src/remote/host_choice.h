// Which hosts of an environment a person means, and which of them is the jump host.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "remote/route.h"

namespace asiaq::aws::ec2 {
class Client;
struct Instance;
}  // namespace asiaq::aws::ec2

namespace asiaq::remote {

struct Host {
  std::string id;
  std::string state;      ///< "running", "stopped" ...
  std::string hostclass;  ///< Tag; empty without.
  std::string hostname;   ///< Tag; empty without.
  bool passed_smoke_test = false;
  HostAddresses addresses;
};

Host from_aws(const aws::ec2::Instance& instance);

/// All hosts of a VPC that are not terminated. One paginated Describe.
std::vector<Host> observe_hosts(const aws::ec2::Client& ec2, const std::string& vpc_id);

/// Running hosts whose id, hostclass or hostname contains the text. Builders of images count only
/// by id.
std::vector<Host> matching(const std::vector<Host>& hosts, const std::string& text);

enum class Several { refused, first_taken };

/// The one host of matching(). Throws Error of kind "Command" if there is none; if there are
/// several, unless the first may be taken and all are of one hostclass.
Host the_host(const std::vector<Host>& hosts, const std::string& text, Several several);

/// Of the first of `hostclasses` that has running hosts that passed their smoke test: the first
/// with a public address, else the first. Its public, else its private address. Nothing if there
/// is none.
std::optional<std::string> jump_address(const std::vector<Host>& hosts,
                                        const std::vector<std::string>& hostclasses);

}  // namespace asiaq::remote
