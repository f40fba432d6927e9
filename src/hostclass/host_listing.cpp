#include "hostclass/host_listing.h"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace asiaq::hostclass {

namespace {

std::string or_dash(const std::optional<std::string>& text) { return text.value_or("-"); }

std::string product_line(const Host& host) {
  const auto tag = host.tag("productline");
  return !tag || *tag == "unknown" ? "-" : *tag;
}

}  // namespace

ListingColumns& ListingColumns::add_most() {
  state = hostname = owner = instance_type = ami = smoke = ami_age = uptime = true;
  return *this;
}

ListingColumns& ListingColumns::add_all() {
  add_most();
  private_ip = availability_zone = productline = securitygroup = true;
  return *this;
}

std::vector<Host> listed(std::vector<Host> hosts) {
  std::erase_if(hosts, [](const Host& host) { return host.is_terminated(); });
  // Each key is made once, not at every comparison.
  using Key = std::tuple<std::string, std::string, std::string>;
  std::vector<std::pair<Key, std::size_t>> order;
  order.reserve(hosts.size());
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const Host& host = hosts[i];
    order.emplace_back(
        Key(host.state, or_dash(host.tag("hostclass")), or_dash(host.tag("hostname"))), i);
  }
  std::ranges::sort(order);
  std::vector<Host> sorted;
  sorted.reserve(hosts.size());
  for (const auto& [key, i] : order) sorted.push_back(std::move(hosts[i]));
  return sorted;
}

long long whole_hours(WallTime begin, WallTime end) {
  return std::chrono::floor<std::chrono::hours>(end - begin).count();
}

std::string listing_line(const Host& host, const ListingColumns& columns,
                         const ImageTimes& image_times, WallTime now) {
  std::string line = host.id;
  const auto add = [&line](const std::string& text, std::size_t width) {
    line += " " + left_aligned(text, width);
  };
  add(or_dash(host.tag("hostclass")), 30);
  add(or_dash(host.public_ip ? host.public_ip : host.preferred_private_ip()), 15);
  if (columns.state) add(host.state, 10);
  if (columns.hostname) add(host.tag("hostname") ? "y" : "-", 1);
  if (columns.owner) add(or_dash(host.tag("owner")), 11);
  if (columns.instance_type) add(host.instance_type, 10);
  if (columns.ami) add(host.image, 12);
  if (columns.smoke) add(host.is_smoke_tested() ? "y" : "-", 1);
  if (columns.ami_age) {
    const auto made = image_times.find(host.image);
    add(made == image_times.end() ? "None" : std::to_string(whole_hours(made->second, now)), 4);
  }
  if (columns.uptime) {
    add(host.launched ? std::to_string(whole_hours(*host.launched, now)) : "None", 3);
  }
  if (columns.private_ip) add(or_dash(host.preferred_private_ip()), 16);
  if (columns.availability_zone) add(host.zone, 12);
  if (columns.productline) add(product_line(host), 15);
  if (columns.securitygroup) add(or_dash(host.security_group), 15);
  return line;
}

}  // namespace asiaq::hostclass
