#pragma once

#include <string>

#include "model.h"

/// Writes endpoint rules as constant tables.
namespace awsgen {

/// The source that defines <space>::tables::endpoint_rules; nearly empty for a model without rules.
std::string rules_source(const Json& rule_set, const std::string& space);

/// The source that defines endpoint::partitions() from botocore's partitions.json.
std::string partitions_source(const Json& partitions);

}  // namespace awsgen
