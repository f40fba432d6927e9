// What EC2 tells this host about itself.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "aws/instance_metadata.h"

namespace asiaq::instance {

/// The questions that hosts have, on top of the metadata service. All throw Error of kind
/// "Metadata" if the service does not answer. Thread-safe.
class Metadata {
 public:
  Metadata(std::shared_ptr<aws::http::Transport> transport, aws::InstanceMetadata::Options options,
           Clock& clock)
      : service_(std::move(transport), std::move(options), clock) {}

  /// The document at a path below /latest; nothing if there is none.
  std::optional<std::string> find(const std::string& path);

  /// The same; a missing document is an error, too.
  std::string get(const std::string& path);

  std::string instance_id() { return get("meta-data/instance-id"); }
  std::string availability_zone() { return get("meta-data/placement/availability-zone"); }
  /// Of the first interface.
  std::string vpc_id();
  /// As it was given; empty if the host was launched without.
  std::string user_data() { return find("user-data").value_or(""); }

 private:
  aws::InstanceMetadata service_;
};

}  // namespace asiaq::instance
