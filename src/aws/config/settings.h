#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "aws/config/shared_files.h"
#include "aws/http/transport.h"
#include "aws/instance_metadata.h"
#include "aws/protocol/integrity.h"
#include "aws/retry/policy.h"

/// Settings of the environment and the profile
/// (docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html).
namespace asiaq::aws::config {

struct Settings {
  std::optional<std::string> region;
  /// By the service's name in settings ("EC2", "AUTO_SCALING"); "" for all services.
  std::map<std::string, std::string> endpoints;
  bool use_fips = false;
  bool use_dual_stack = false;
  bool sts_regional = true;
  InstanceMetadata::Options metadata;
  retry::Settings retry;
  http::Limits limits;
  std::optional<std::filesystem::path> ca_bundle;
  protocol::Integrity uploads = protocol::Integrity::when_supported;
  protocol::Integrity downloads = protocol::Integrity::when_supported;

  /// The endpoint set for a service, by its model's serviceId ("Auto Scaling").
  std::optional<std::string> endpoint_for(std::string_view service_id) const;
};

/// Throws CredentialsError naming the variable or the profile's option that cannot be understood,
/// the broken file that was needed, or the profile that is not there.
Settings read_settings(const Environment& environment, const SharedFiles& files,
                       const ProfileChoice& profile, const std::optional<std::string>& region);

}  // namespace asiaq::aws::config
