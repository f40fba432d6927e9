// The host on which the program runs: what it was told at launch, and its connection to AWS.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "aws/session.h"
#include "instance/hands.h"
#include "instance/metadata.h"
#include "instance/user_data.h"

namespace asiaq::instance {

/// Where things are on a host, below `root` (`/` but in tests).
struct HostPaths {
  std::filesystem::path root = "/";

  std::filesystem::path in(const char* relative) const { return root / relative; }
  std::filesystem::path run() const { return in("run/disco"); }
  std::filesystem::path user_data() const { return run() / "user-data"; }
  std::filesystem::path hostclass() const { return in("opt/wgen/etc/hostclass"); }
  std::filesystem::path product_line() const { return in("opt/wgen/etc/productline"); }
  std::filesystem::path banner() const { return in("opt/wgen/etc/banner"); }
  std::filesystem::path smoke_test() const { return in("opt/wgen/etc/smoketest.conf"); }
  std::filesystem::path status_functions() const { return in("opt/wgen/bin/get_status.sh"); }
};

/// Everything is fetched when it is first asked for. Not thread-safe.
class ThisHost {
 public:
  /// `hands` must outlive it.
  explicit ThisHost(Hands& hands, HostPaths paths = {});

  const HostPaths& paths() const { return paths_; }
  /// Whoever changes something of the host, or of AWS for the host, does it with these.
  Hands& hands() { return hands_; }
  Metadata& metadata() { return metadata_; }
  /// Read-only when the hands rehearse.
  aws::Session& session();

  /// From the copy in /run/disco, else from the metadata service.
  const UserData& user_data();
  const std::string& instance_id();

  /// Asks the metadata service again and leaves a copy in /run/disco, as it is and in a form that
  /// shells can source. Readable by everybody: user data hold no secrets.
  void refresh_user_data();

  /// Hostclass of the user data, else of the image; "unknown" without any.
  std::string hostclass();

  /// The value of one of this instance's tags, empty if it has none of that name. One call.
  std::string tag(const std::string& key);

 private:
  Hands& hands_;
  HostPaths paths_;
  Metadata metadata_;
  std::optional<aws::Session> session_;
  std::optional<UserData> user_data_;
  std::string instance_id_;
};

}  // namespace asiaq::instance
