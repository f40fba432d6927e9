#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "aws/http/message.h"
#include "aws/protocol/protocol.h"

/// Which region serves a bucket. S3 tells whoever asks in the wrong one
/// (docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html).
namespace asiaq::aws {

/// What S3 has told so far, by bucket. Thread-safe.
class BucketRegions {
 public:
  std::optional<std::string> of(const std::string& bucket) const;
  void set(const std::string& bucket, std::string region);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> regions_;
};

/// The region that an answer of S3 sends its caller to: from the header x-amz-bucket-region, the
/// error's Region, or the host of its Endpoint or of the header Location. Empty if the answer is
/// about something else.
std::optional<std::string> region_of_redirect(const http::Response& response,
                                              const protocol::ErrorFacts& error);

}  // namespace asiaq::aws
