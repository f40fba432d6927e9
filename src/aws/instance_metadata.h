#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"

/// What an EC2 instance can ask about itself
/// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html).
namespace asiaq::aws {

namespace http {
class Transport;
struct Request;
struct Response;
}  // namespace http

class InstanceMetadata {
 public:
  /// Asking without a token, where the service gives none: by AWS's rule allowed unless refused.
  enum class Version1 { allowed, refused };
  struct Options {
    std::string endpoint = "http://169.254.169.254";
    Seconds timeout{1};
    int attempts = 1;
    Version1 version_1 = Version1::allowed;
    bool disabled = false;  ///< Not to be asked at all; users of the class look at it themselves.
  };

  /// Asks nothing yet. Thread-safe.
  InstanceMetadata(std::shared_ptr<http::Transport> transport, Options options, Clock& clock);

  /// The text at a path below /latest, such as "meta-data/instance-id" or "user-data"; nothing if
  /// there is none. Throws ConnectionError when the service cannot be reached or refuses, as on a
  /// machine that is no instance.
  std::optional<std::string> get(const std::string& path);

  /// Region of the instance, from its placement.
  std::optional<std::string> region();

 private:
  std::string token();
  void forget_token();
  http::Response send(const http::Request& request);

  std::shared_ptr<http::Transport> transport_;
  Options options_;
  Clock& clock_;
  std::mutex mutex_;
  std::string token_;  ///< Empty while version 1 is in use.
  SteadyTime token_until_{};
};

}  // namespace asiaq::aws
