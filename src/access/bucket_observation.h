// Looking at buckets as they are.
#pragma once

#include "access/bucket_difference.h"
#include "aws/s3/client.h"

namespace asiaq::access {

/// Looks at what `bucket`, which exists in `region`, has of the settings that are specified, and no
/// more. `s3` is of that region. One call for each setting.
BucketState observe_bucket(const aws::s3::Client& s3, const std::string& region,
                           const BucketSpecification& bucket);

}  // namespace asiaq::access
