// The documents of a bucket's settings, to and from S3.
//
// Each is the JSON of the structure that S3's API puts: for the lifecycle `{"Rules": [...]}`, for
// the access control list `{"Owner": ..., "Grants": [...]}` and so on; a policy is itself.
#pragma once

#include <optional>
#include <string>

#include "access/bucket_files.h"

namespace asiaq::aws::s3 {
class Client;
}

namespace asiaq::access {

/// The document as S3 will give it back: times and numbers in one spelling, empty parts left out.
/// Throws ConfigError, naming the document's file, for what S3 does not know.
BucketDocument canonical_document(BucketSetting setting, const BucketDocument& document);

/// What is in force, canonical; nothing if it is not set. One call.
std::optional<Json> get_document(const aws::s3::Client& s3, const std::string& bucket,
                                 BucketSetting setting);

/// Puts the document in force. One call.
void put_document(const aws::s3::Client& s3, const std::string& bucket, BucketSetting setting,
                  const BucketDocument& document);

}  // namespace asiaq::access
