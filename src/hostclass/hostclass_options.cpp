#include "hostclass/hostclass_options.h"

#include <fmt/format.h>

#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "config/config_folder.h"

namespace asiaq::hostclass {

namespace {

constexpr const char* fallback_instance_type = "m5.large";
constexpr int longest_wait = 7 * 24 * 3600;

/// How early the look-up met the option: smaller is earlier.
int step(const config::OptionValue::Found& found, std::string_view hostclass) {
  const int section = found.section == hostclass ? 0 : 2;
  return section + (found.key.find('@') == std::string::npos ? 1 : 0);
}

Seconds seconds_of(const config::OptionValue& option, Seconds fallback) {
  const auto seconds = option.optional_integer();
  if (!seconds) return fallback;
  if (*seconds < 1 || *seconds > longest_wait) {
    option.reject("a time limit is a number of seconds from 1 to a week");
  }
  return Seconds(static_cast<double>(*seconds));
}

std::optional<std::string> http_tokens(const config::OptionValue& option) {
  auto tokens = unless_empty(option.optional());
  if (tokens && *tokens != "optional" && *tokens != "required") {
    option.reject("it is optional or required");
  }
  return tokens;
}

std::optional<int> hop_limit(const config::OptionValue& option) {
  const auto hops = option.optional_integer();
  if (!hops) return std::nullopt;
  if (*hops < 1 || *hops > 64) option.reject("a hop limit is 1 to 64");
  return static_cast<int>(*hops);
}

}  // namespace

HostclassOptions read_hostclass_options(const config::ConfigFolder& folder,
                                        const std::string& hostclass,
                                        const std::string& environment) {
  const auto option = [&](std::string_view name) {
    return folder.hostclass_option(hostclass, name, environment);
  };
  HostclassOptions options{.hostclass = hostclass};
  options.metanetwork = option("meta_network").required();
  options.key_pair = unless_empty(option("ssh_key_name").required());
  if (options.key_pair && lower_case(*options.key_pair) == "none") options.key_pair.reset();
  options.public_ip = is_truthy(option("public_ip").required());
  options.terminates_on_failed_smoke_test = is_truthy(option("smoketest_termination").required());
  options.instance_profile = unless_empty(option("instance_profile_name").optional());
  options.uses_proxy = option("enable_proxy").boolean();
  options.chaos = option("chaos").boolean(true);
  options.detailed_monitoring = option("monitoring").boolean();
  options.static_addresses = static_addresses_of(folder, hostclass, environment);
  options.eip = option("eip").value_or("");
  options.domain_name = unless_empty(option("domain_name").optional());
  // The last step of the chain is what users write: default_instance_type in [disco_aws].
  options.default_instance_type = option("instance_type").value_or(fallback_instance_type);
  options.metadata_http_tokens = http_tokens(option("metadata_http_tokens"));
  options.metadata_hop_limit = hop_limit(option("metadata_hop_limit"));
  options.tags = parse_extra_tags(option("tags").value_or(""));
  options.smoke_test_user = unless_empty(option("smoketest_ssh_user").optional());
  options.smoke_test_limit = seconds_of(option("smoketest_timeout"), options.smoke_test_limit);
  options.capacity_limit = seconds_of(option("autoscale_timeout"), options.capacity_limit);
  return options;
}

std::string static_addresses_of(const config::ConfigFolder& folder, const std::string& hostclass,
                                const std::string& environment) {
  const auto address = folder.hostclass_option(hostclass, "ip_address", environment).found();
  const auto alias = folder.hostclass_option(hostclass, "private_ip", environment).found();
  if (!address && !alias) return {};
  if (!alias) return address->value;
  if (!address) return alias->value;
  return step(*alias, hostclass) < step(*address, hostclass) ? alias->value : address->value;
}

std::map<std::string, std::string> parse_extra_tags(const std::string& text) {
  std::map<std::string, std::string> tags;
  for (const std::string& pair : split(text, ',')) {
    if (trimmed(pair).empty()) continue;
    const std::size_t colon = pair.find(':');
    const std::string key(trimmed(std::string_view(pair).substr(0, colon)));
    if (colon == std::string::npos || key.empty()) {
      throw ConfigError(fmt::format("option tags: '{}' is not a pair key:value", trimmed(pair)));
    }
    tags[key] = std::string(trimmed(std::string_view(pair).substr(colon + 1)));
  }
  return tags;
}

}  // namespace asiaq::hostclass
