#include "instance/this_host.h"

#include <map>

#include "aws/config/metadata_options.h"
#include "aws/ec2/client.h"
#include "aws/http/transport.h"

namespace asiaq::instance {

namespace {

/// On a host the metadata service is there for certain, only late at times: while everything
/// starts at once. It gives tokens, and nobody else may be taken for it.
aws::Environment patient_environment() {
  static const std::map<std::string, std::string> usual{
      {"AWS_METADATA_SERVICE_TIMEOUT", "5"},
      {"AWS_METADATA_SERVICE_NUM_ATTEMPTS", "5"},
      {"AWS_EC2_METADATA_V1_DISABLED", "true"},
  };
  aws::Environment environment = aws::Environment::of_process();
  environment.variable = [variable = environment.variable](const std::string& name) {
    auto value = variable(name);
    const auto found = usual.find(name);
    const bool is_set = value && !value->empty();
    return is_set || found == usual.end() ? value : std::optional(found->second);
  };
  return environment;
}

}  // namespace

ThisHost::ThisHost(Hands& hands, HostPaths paths)
    : hands_(hands),
      paths_(std::move(paths)),
      metadata_(
          aws::http::make_curl_transport(),
          aws::config::read_metadata_options(aws::config::SettingReader(patient_environment())),
          system_clock()) {}

aws::Session& ThisHost::session() {
  if (!session_) {
    const auto access = hands_.rehearses() ? aws::Access::read_only : aws::Access::read_write;
    session_.emplace(aws::Session::open({.access = access, .environment = patient_environment()}));
  }
  return *session_;
}

const UserData& ThisHost::user_data() {
  if (!user_data_) {
    const auto kept = read_file(paths_.user_data());
    user_data_ = UserData::parse(kept ? *kept : metadata_.user_data());
  }
  return *user_data_;
}

const std::string& ThisHost::instance_id() {
  if (instance_id_.empty()) instance_id_ = metadata_.instance_id();
  return instance_id_;
}

void ThisHost::refresh_user_data() {
  const std::string text = metadata_.user_data();
  user_data_ = UserData::parse(text);
  write_file(hands_, paths_.user_data(), text, {.mode = 0644});
  write_file(hands_, paths_.run() / "user-data.sh", user_data_->shell_text(), {.mode = 0644});
}

std::string ThisHost::hostclass() {
  if (const auto& told = user_data().get("hostclass"); !told.empty()) return told;
  const std::string baked = first_line(paths_.hostclass()).value_or("");
  return baked.empty() ? "unknown" : baked;
}

std::string ThisHost::tag(const std::string& key) {
  aws::ec2::Client ec2(session());
  for (const auto& found :
       ec2.describe_tags_all({.filters = {{.name = "resource-id", .values = {instance_id()}},
                                          {.name = "key", .values = {key}}}})) {
    if (found.key == key) return found.value.value_or("");
  }
  return {};
}

}  // namespace asiaq::instance
