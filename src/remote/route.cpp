#include "remote/route.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::remote {

namespace {

constexpr std::uint16_t ssh_port = 22;

bool completes(int connection, Seconds limit) {
  pollfd waiting{connection, POLLOUT, 0};
  const int milliseconds = static_cast<int>(limit.count() * 1000);
  if (poll(&waiting, 1, milliseconds) <= 0) return false;
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(connection, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

}  // namespace

std::optional<std::filesystem::path> config_of_environment() {
  const char* file = std::getenv("ASIAQ_SSH_CONFIG");
  if (file == nullptr || *file == '\0') return std::nullopt;
  return std::filesystem::absolute(file);
}

bool is_ipv4_address(const std::string& text) {
  in_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1;
}

bool accepts_ssh(const std::string& address, Seconds limit) {
  sockaddr_in target{};
  target.sin_family = AF_INET;
  target.sin_port = htons(ssh_port);
  if (inet_pton(AF_INET, address.c_str(), &target.sin_addr) != 1) return false;
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (connection < 0) return false;
  const int begun = connect(connection, reinterpret_cast<const sockaddr*>(&target), sizeof target);
  const bool accepted = begun == 0 || (errno == EINPROGRESS && completes(connection, limit));
  close(connection);
  return accepted;
}

std::optional<Route> find_route(const HostAddresses& host,
                                const std::optional<std::string>& jump_address,
                                const Probe& probe) {
  if (host.public_address && probe(*host.public_address)) return Route{*host.public_address, {}};
  for (const std::string& address : host.private_addresses) {
    if (probe(address)) return Route{address, {}};
  }
  if (!jump_address) return std::nullopt;
  if (!host.private_addresses.empty()) return Route{host.private_addresses.front(), jump_address};
  if (host.public_address) return Route{*host.public_address, jump_address};
  return std::nullopt;
}

std::optional<Route> find_route(const HostAddresses& host,
                                const std::optional<std::string>& jump_address) {
  if (!config_of_environment()) {
    return find_route(host, jump_address,
                      [](const std::string& address) { return accepts_ssh(address); });
  }
  return find_route(host, jump_address, [&](const std::string& address) {
    return address == host.public_address || !jump_address;
  });
}

Route require_route(const HostAddresses& host, const std::optional<std::string>& jump_address) {
  if (auto route = find_route(host, jump_address)) return *route;
  const bool without_address = !host.public_address && host.private_addresses.empty();
  Error error("Command",
              without_address
                  ? fmt::format("{} has no address", host.name)
                  : fmt::format("{} is not reachable by ssh and there is no jump host", host.name));
  if (!without_address) {
    error.set_hint("run a host of jump_box_hostclasses of [disco_aws], or come from its network");
  }
  throw error;
}

}  // namespace asiaq::remote
