// Which hosts of an environment a person means, and which of them is the jump host.
#pragma once

#include <optional>
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

/// What disco_ssh.sh means: of the running hosts, in the order in which they are listed (by
/// hostclass, then hostname), the first that has the text as its id or as one of its addresses,
/// else the first that has it somewhere in its id, hostclass or addresses. Never a builder of
/// images. Nothing if there is none.
std::optional<Host> first_listed(const std::vector<Host>& hosts, const std::string& text);

/// The address that listings show: the second interface's where there are two or more (normally
/// the static one), else the first's. Nothing for a host without.
std::optional<std::string> preferred_private_address(const Host& host);

/// Of the first of `hostclasses` that has running hosts that passed their smoke test: the first
/// with a public address, else the first. Its public, else its private address. Nothing if there
/// is none.
std::optional<std::string> jump_address(const std::vector<Host>& hosts,
                                        const std::vector<std::string>& hostclasses);

}  // namespace asiaq::remote
