#include "instance/boot_services.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "aws/ec2/client.h"
#include "aws/error.h"
#include "aws/s3/client.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "base/wait.h"
#include "instance/hosts_file.h"
#include "instance/identity.h"
#include "instance/testing_mode.h"

namespace asiaq::instance {

namespace {

bool means_next_bucket(const aws::ServiceError& error) {
  return error.http_status() == 403 || error.http_status() == 404;
}

plan::Change tag_change(ThisHost& host, std::vector<std::string> tags,
                        std::function<void()> carry_out) {
  return {.verb = plan::Verb::update,
          .resource = {.kind = "instance", .name = host.instance_id(), .id = {}},
          .details = std::move(tags),
          .carry_out = std::move(carry_out),
          .after = {}};
}

Tagging tagging_of(ThisHost& host) {
  return {
      .set =
          [&host](const std::map<std::string, std::string>& tags) {
            aws::List<aws::ec2::Tag> list;
            std::vector<std::string> lines;
            for (const auto& [key, value] : tags) {
              list.push_back({.key = key, .value = value});
              lines.push_back(fmt::format("tag {}: {}", key, value));
            }
            host.hands().carry_out(tag_change(host, std::move(lines), [&host, list] {
              aws::ec2::Client(host.session())
                  .create_tags({.resources = {host.instance_id()}, .tags = list});
            }));
          },
      .remove =
          [&host](const std::vector<std::string>& keys) {
            aws::List<aws::ec2::Tag> list;
            std::vector<std::string> lines;
            for (const std::string& key : keys) {
              list.push_back({.key = key});
              lines.push_back("no tag " + key);
            }
            host.hands().carry_out(tag_change(host, std::move(lines), [&host, list] {
              aws::ec2::Client(host.session())
                  .delete_tags({.resources = {host.instance_id()}, .tags = list});
            }));
          },
  };
}

bool is_smoke_tested(const aws::ec2::Instance& instance) {
  return std::any_of(instance.tags.begin(), instance.tags.end(), [](const aws::ec2::Tag& tag) {
    return tag.key == "smoketest" && !tag.value.value_or("").empty();
  });
}

}  // namespace

void fetch_user_data(ThisHost& host) {
  wait_until("the instance metadata service to answer", {Seconds(1), Seconds(60)},
             [&host]() -> std::optional<std::string> {
               try {
                 host.refresh_user_data();
                 return std::nullopt;
               } catch (const Error& error) {
                 if (error.kind() != "Metadata") throw;
                 return error.what();
               }
             });
}

void name_host(ThisHost& host) {
  const std::string name = host_name(host.user_data(), host.instance_id());
  host.hands().carry_out({.verb = plan::Verb::update,
                          .resource = {.kind = "host name", .name = name, .id = {}},
                          .details = {},
                          .carry_out =
                              [name] {
                                if (::sethostname(name.data(), name.size()) != 0) {
                                  throw Error("Host", fmt::format("the host cannot be named {}: {}",
                                                                  name, std::strerror(errno)));
                                }
                                log::info("this host is {}", name);
                              },
                          .after = {}});
  write_file(host.hands(), host.paths().in("etc/hostname"), name + '\n');
}

void update_hosts_file(ThisHost& host, Presence presence) {
  const auto file = host.paths().in("etc/hosts");
  const std::string before = read_file(file).value_or("");
  const std::string name = host_name(host.user_data(), host.instance_id());
  const std::string after = with_hosts_block(
      before, presence == Presence::present ? hosts_block(host.user_data(), name) : own_line(name));
  write_file(host.hands(), file, after);
}

void tag_host(ThisHost& host) {
  const std::string product_line = first_line(host.paths().product_line()).value_or("");
  tagging_of(host).set(boot_tags(host.user_data(), host.instance_id(), product_line));
}

FetchCredential from_buckets(aws::Session& session, std::vector<std::string> buckets) {
  return [s3 = aws::s3::Client(session),
          buckets = std::move(buckets)](const std::string& key) -> std::optional<std::string> {
    for (const std::string& bucket : buckets) {
      try {
        return s3.get_object({.bucket = bucket, .key = key}).body;
      } catch (const aws::ServiceError& error) {
        if (!means_next_bucket(error)) throw;
        log::debug("{} of {}: {}", key, bucket, error.what());
      }
    }
    return std::nullopt;
  };
}

InjectionResult update_credentials(ThisHost& host) {
  const auto buckets = host.user_data().list("credential_buckets");
  if (buckets.empty()) {
    log::warning("user data names no credential bucket: files keep their placeholders");
    return {};
  }
  return inject_credentials(from_buckets(host.session(), buckets), host.hands(),
                            {.root = host.paths().root});
}

SmokeTestResult test_host(ThisHost& host) {
  const std::string text = read_file(host.paths().smoke_test()).value_or("");
  return run_smoke_test(parse_smoke_test(text), host.paths().status_functions());
}

void report_boot(ThisHost& host) {
  report_boot(BootReport{.hands = host.hands(),
                         .paths = host.paths(),
                         .hostclass = host.hostclass(),
                         .smoke_test = [&host] { return test_host(host); },
                         .tagging = tagging_of(host),
                         .uptime = uptime_of_host});
}

void report_shutdown(ThisHost& host) {
  report_shutdown(host.hands(), host.paths(), tagging_of(host));
}

std::vector<std::string> tested_hosts(ThisHost& host, const std::string& hostclass) {
  std::vector<std::string> addresses;
  for (const auto& reservation :
       aws::ec2::Client(host.session())
           .describe_instances_all({.filters = {
                                        {.name = "vpc-id", .values = {host.metadata().vpc_id()}},
                                        {.name = "tag:hostclass", .values = {hostclass}},
                                        {.name = "instance-state-name", .values = {"running"}},
                                    }})) {
    for (const auto& instance : reservation.instances) {
      if (is_smoke_tested(instance) && instance.private_ip_address) {
        addresses.push_back(*instance.private_ip_address);
      }
    }
  }
  std::sort(addresses.begin(), addresses.end());
  return addresses;
}

bool is_testing(ThisHost& host) {
  if (const auto mode = chosen_testing_mode(host.paths())) return *mode == TestingMode::on;
  const std::string tag = host.tag("is_testing");
  return (tag.empty() ? host.user_data().get("is_testing") : tag) == "1";
}

}  // namespace asiaq::instance
