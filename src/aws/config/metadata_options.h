#pragma once

#include "aws/config/setting_reader.h"
#include "aws/instance_metadata.h"

namespace asiaq::aws::config {

/// Where and how to ask the instance metadata service: AWS_EC2_METADATA_DISABLED,
/// AWS_EC2_METADATA_SERVICE_ENDPOINT, …_ENDPOINT_MODE (IPv4 or IPv6; an endpoint wins over it),
/// AWS_EC2_METADATA_V1_DISABLED, AWS_METADATA_SERVICE_TIMEOUT (seconds) and …_NUM_ATTEMPTS, and the
/// options of the profile of the same names
/// (docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html). Throws CredentialsError
/// naming the one that cannot be understood.
InstanceMetadata::Options read_metadata_options(const SettingReader& reader);

}  // namespace asiaq::aws::config
