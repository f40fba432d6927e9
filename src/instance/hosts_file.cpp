#include "instance/hosts_file.h"

#include <array>
#include <utility>

#include "base/cidr.h"
#include "base/text.h"

namespace asiaq::instance {

namespace {

constexpr std::string_view begin_mark = "# asiaq: begin";
constexpr std::string_view end_mark = "# asiaq: end";
constexpr std::array<std::pair<const char*, const char*>, 3> names = {
    {{"http_proxy_ip", "s3proxy"},
     {"logger_ip", "discologger"},
     {"logforwarder_ip", "logforwarder"}}};

}  // namespace

std::string own_line(const std::string& host_name) { return "127.0.1.1 " + host_name + '\n'; }

std::string hosts_block(const UserData& user_data, const std::string& host_name) {
  std::string block = own_line(host_name);
  for (const auto& [key, name] : names) {
    const auto address = Ipv4Address::parse(user_data.get(key));
    block +=
        address ? address->to_string() + ' ' + name + '\n' : std::string("# no ") + name + '\n';
  }
  return block;
}

std::string with_hosts_block(std::string_view hosts, std::string_view block) {
  std::string result;
  bool inside = false;
  while (!hosts.empty()) {
    const auto length = std::min(hosts.find('\n'), hosts.size() - 1) + 1;
    const std::string_view line = hosts.substr(0, length);
    hosts.remove_prefix(length);
    if (trimmed(line) == begin_mark) inside = true;
    if (!inside) result += line;
    if (trimmed(line) == end_mark) inside = false;
  }
  if (block.empty()) return result;
  if (!result.empty() && result.back() != '\n') result += '\n';
  result += begin_mark;
  result += '\n';
  result += block;
  result += end_mark;
  result += '\n';
  return result;
}

}  // namespace asiaq::instance
