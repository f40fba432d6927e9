#include "hostclass/user_data.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::hostclass {

namespace {

constexpr std::size_t size_limit = 16 * 1024;

/// Hosts find these keys by searching for the bare word, so no other line may contain one.
constexpr std::array<std::string_view, 3> searched_words = {"hostclass", "owner",
                                                            "environment_name"};

/// Lines of user data under construction.
class Lines {
 public:
  void add(std::string_view key, std::string_view value) {
    if (value.find_first_of("\r\n") != std::string_view::npos) {
      throw ConfigError(fmt::format("the user data value {} contains a line break", key));
    }
    if (!text_.empty()) text_ += '\n';
    text_ += fmt::format("{}=\"{}\"", key, escaped(value));
  }

  std::string take() && { return std::move(text_); }

 private:
  static std::string escaped(std::string_view value) {
    std::string result;
    for (const char c : value) {
      if (c == '\\' || c == '"' || c == '$' || c == '`') result += '\\';
      result += c;
    }
    return result;
  }

  std::string text_;
};

void check_domain_name(const std::string& domain_name) {
  for (const std::string_view word : searched_words) {
    if (domain_name.find(word) != std::string::npos) {
      throw ConfigError(
          fmt::format("domain_name {} contains the word {}, by which hosts search their user data",
                      domain_name, word));
    }
  }
}

}  // namespace

std::string user_data(const UserDataFacts& facts) {
  Lines lines;
  lines.add("hostclass", facts.hostclass);
  if (facts.http_proxy_ip) lines.add("http_proxy_ip", *facts.http_proxy_ip);
  lines.add("logger_ip", facts.logger_ip);
  lines.add("logforwarder_ip", facts.logforwarder_ip);
  lines.add("environment_name", facts.environment);
  lines.add("owner", facts.owner);
  lines.add("credential_buckets", join(facts.credential_buckets, " "));
  lines.add("zookeepers",
            facts.zookeeper ? fmt::format("[\"{}:2181\"]", *facts.zookeeper) : std::string("[]"));
  lines.add("eip", facts.eip);
  lines.add("floating_ips", join(facts.floating_ips, " "));
  lines.add("floating_ip", facts.floating_ips.empty() ? "" : facts.floating_ips.front());
  lines.add("smoketest_termination", facts.terminates_on_failed_smoke_test ? "1" : "0");
  lines.add("project_name", facts.project);
  if (facts.domain_name) {
    check_domain_name(*facts.domain_name);
    lines.add("domain_name", *facts.domain_name);
  }
  if (facts.is_testing) lines.add("is_testing", "1");
  std::string text = std::move(lines).take();
  if (text.size() > size_limit) {
    throw ConfigError(fmt::format("the user data of {} has {} bytes; EC2 takes at most {}",
                                  facts.hostclass, text.size(), size_limit));
  }
  return text;
}

}  // namespace asiaq::hostclass
