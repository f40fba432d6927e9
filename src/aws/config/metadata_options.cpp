#include "aws/config/metadata_options.h"

#include "aws/http/message.h"
#include "base/text.h"

namespace asiaq::aws::config {
namespace {

constexpr const char* kIpv6Endpoint = "http://[fd00:ec2::254]";

std::string endpoint(const SettingReader& reader, std::string usual) {
  if (const auto found =
          reader.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint")) {
    if (!http::parse_url(found->value)) {
      throw CredentialsError(found->origin + " is '" + found->value +
                             "', not an http or https URL");
    }
    return found->value;
  }
  if (const auto found = reader.get("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                                    "ec2_metadata_service_endpoint_mode")) {
    const std::string mode = lower_case(found->value);
    if (mode == "ipv6") return kIpv6Endpoint;
    if (mode != "ipv4") {
      throw CredentialsError(found->origin + " is '" + found->value + "', neither IPv4 nor IPv6");
    }
  }
  return usual;
}

}  // namespace

InstanceMetadata::Options read_metadata_options(const SettingReader& reader) {
  InstanceMetadata::Options options;
  options.disabled = reader.flag("AWS_EC2_METADATA_DISABLED", nullptr, false);
  options.endpoint = endpoint(reader, std::move(options.endpoint));
  if (reader.flag("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled", false))
    options.version_1 = InstanceMetadata::Version1::refused;
  options.timeout =
      Seconds(reader.number("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout", 1, 1, 300));
  options.attempts = reader.number("AWS_METADATA_SERVICE_NUM_ATTEMPTS",
                                   "metadata_service_num_attempts", 1, 1, 100);
  return options;
}

}  // namespace asiaq::aws::config
