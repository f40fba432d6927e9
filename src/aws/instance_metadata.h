#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "aws/environment.h"
#include "base/clock.h"

/// What an EC2 instance can ask about itself
/// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html),
/// version 2 only.
namespace asiaq::aws {

namespace http {
class Transport;
}

class InstanceMetadata {
 public:
  struct Options {
    std::string endpoint = "http://169.254.169.254";
    Seconds timeout{1};
    int attempts = 1;
  };
  /// Options by AWS_EC2_METADATA_SERVICE_ENDPOINT, AWS_METADATA_SERVICE_TIMEOUT and
  /// AWS_METADATA_SERVICE_NUM_ATTEMPTS.
  static Options options_from(const Environment& environment);

  /// Asks nothing yet. Thread-safe.
  InstanceMetadata(std::shared_ptr<http::Transport> transport, Options options, Clock& clock);
  /// With the machine's own network, environment and clock.
  InstanceMetadata();

  /// The text at a path below /latest, such as "meta-data/instance-id" or "user-data"; nothing if
  /// there is none. Throws ConnectionError when the service cannot be reached or refuses, as on a
  /// machine that is no instance.
  std::optional<std::string> get(const std::string& path);

  /// Region of the instance, from its placement.
  std::optional<std::string> region();

 private:
  std::string token();

  std::shared_ptr<http::Transport> transport_;
  Options options_;
  Clock& clock_;
  std::mutex mutex_;
  std::string token_;
  SteadyTime token_until_{};
};

}  // namespace asiaq::aws
