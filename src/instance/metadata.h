// What EC2 tells a host about itself: the instance metadata service, version 2.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "aws/environment.h"
#include "aws/http/transport.h"

namespace asiaq::instance {

/// The service at 169.254.169.254, or where AWS_EC2_METADATA_SERVICE_ENDPOINT says. Asks for a
/// session token first and keeps it. Not thread-safe.
class Metadata {
 public:
  explicit Metadata(
      std::unique_ptr<aws::http::Transport> transport = aws::http::make_curl_transport(),
      const aws::Environment& environment = aws::Environment::of_process());

  /// The document at `/latest/<path>`; nothing if there is none. Throws Error of kind "Metadata" if
  /// the service cannot be reached or refuses.
  std::optional<std::string> find(const std::string& path);

  /// The same; a missing document is an error, too.
  std::string get(const std::string& path);

  std::string instance_id() { return get("meta-data/instance-id"); }
  std::string region() { return get("meta-data/placement/region"); }
  std::string availability_zone() { return get("meta-data/placement/availability-zone"); }
  /// Of the first interface.
  std::string vpc_id();
  /// As it was given; empty if the host was launched without.
  std::string user_data() { return find("user-data").value_or(""); }

 private:
  aws::http::Response send(aws::http::Request request);
  std::string token();

  std::unique_ptr<aws::http::Transport> transport_;
  aws::http::Url endpoint_;
  std::string token_;
};

}  // namespace asiaq::instance
