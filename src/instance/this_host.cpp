#include "instance/this_host.h"

#include "aws/ec2/client.h"
#include "instance/atomic_file.h"

namespace asiaq::instance {

ThisHost::ThisHost(HostPaths paths) : paths_(std::move(paths)) {}

Metadata& ThisHost::metadata() {
  if (!metadata_) metadata_.emplace();
  return *metadata_;
}

aws::Session& ThisHost::session() {
  if (!session_) session_.emplace(aws::Session::open());
  return *session_;
}

const UserData& ThisHost::user_data() {
  if (!user_data_) {
    const auto kept = read_file(paths_.user_data());
    user_data_ = UserData::parse(kept ? *kept : metadata().user_data());
  }
  return *user_data_;
}

const std::string& ThisHost::instance_id() {
  if (instance_id_.empty()) instance_id_ = metadata().instance_id();
  return instance_id_;
}

void ThisHost::refresh_user_data() {
  const std::string text = metadata().user_data();
  user_data_ = UserData::parse(text);
  std::filesystem::create_directories(paths_.run());
  write_atomically(paths_.user_data(), text, {.mode = 0644});
  write_atomically(paths_.run() / "user-data.sh", user_data_->shell_text(), {.mode = 0644});
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
