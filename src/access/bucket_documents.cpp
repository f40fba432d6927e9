#include "access/bucket_documents.h"

#include <fmt/format.h>

#include "access/shape_json.h"
#include "aws/error.h"
#include "aws/s3/client.h"
#include "aws/s3/tables.h"
#include "base/error.h"

namespace asiaq::access {
namespace {

namespace s3 = aws::s3;
namespace tables = aws::s3::tables;

// Calls `visit` with an empty request to put the setting and the description of its document.
template <class Visitor>
auto with_put_request(BucketSetting setting, Visitor visit) {
  switch (setting) {
    case BucketSetting::lifecycle:
      return visit(s3::PutBucketLifecycleConfigurationRequest{},
                   *tables::PutBucketLifecycleConfiguration_operation.input->payload);
    case BucketSetting::acl:
      return visit(s3::PutBucketAclRequest{}, *tables::PutBucketAcl_operation.input->payload);
    case BucketSetting::versioning:
      return visit(s3::PutBucketVersioningRequest{},
                   *tables::PutBucketVersioning_operation.input->payload);
    case BucketSetting::website:
      return visit(s3::PutBucketWebsiteRequest{},
                   *tables::PutBucketWebsite_operation.input->payload);
    case BucketSetting::logging:
      return visit(s3::PutBucketLoggingRequest{},
                   *tables::PutBucketLogging_operation.input->payload);
    case BucketSetting::policy:
      break;
  }
  throw Error("Bucket", "a policy is no structure of S3");
}

void send(const s3::Client& client, const s3::PutBucketLifecycleConfigurationRequest& request) {
  client.put_bucket_lifecycle_configuration(request);
}
void send(const s3::Client& client, const s3::PutBucketAclRequest& request) {
  client.put_bucket_acl(request);
}
void send(const s3::Client& client, const s3::PutBucketVersioningRequest& request) {
  client.put_bucket_versioning(request);
}
void send(const s3::Client& client, const s3::PutBucketWebsiteRequest& request) {
  client.put_bucket_website(request);
}
void send(const s3::Client& client, const s3::PutBucketLoggingRequest& request) {
  client.put_bucket_logging(request);
}

void check_policy(const BucketDocument& policy) {
  if (!policy.content.is_object() || !policy.content.contains("Statement")) {
    throw ConfigError(
        fmt::format("{}: a policy is written {{\"Version\": …, \"Statement\": […]}}", policy.file));
  }
}

Json without_decoration(BucketSetting setting, Json document) {
  // Facts about the answer, not about the rules.
  if (setting == BucketSetting::lifecycle) document.erase("TransitionDefaultMinimumObjectSize");
  return document;
}

Json parsed_policy(const s3::GetBucketPolicyOutput& answer, const std::string& bucket) {
  return parse_json(answer.policy.value_or("{}"), "policy of bucket " + bucket);
}

Json get(const s3::Client& client, const std::string& bucket, BucketSetting setting) {
  switch (setting) {
    case BucketSetting::lifecycle: {
      const auto answer = client.get_bucket_lifecycle_configuration({.bucket = bucket});
      return structure_as_json(*tables::GetBucketLifecycleConfiguration_operation.output, &answer);
    }
    case BucketSetting::policy:
      return parsed_policy(client.get_bucket_policy({.bucket = bucket}), bucket);
    case BucketSetting::acl: {
      const auto answer = client.get_bucket_acl({.bucket = bucket});
      return structure_as_json(*tables::GetBucketAcl_operation.output, &answer);
    }
    case BucketSetting::versioning: {
      const auto answer = client.get_bucket_versioning({.bucket = bucket});
      return structure_as_json(*tables::GetBucketVersioning_operation.output, &answer);
    }
    case BucketSetting::website: {
      const auto answer = client.get_bucket_website({.bucket = bucket});
      return structure_as_json(*tables::GetBucketWebsite_operation.output, &answer);
    }
    case BucketSetting::logging: {
      const auto answer = client.get_bucket_logging({.bucket = bucket});
      return structure_as_json(*tables::GetBucketLogging_operation.output, &answer);
    }
  }
  return Json::object();
}

}  // namespace

BucketDocument canonical_document(BucketSetting setting, const BucketDocument& document) {
  if (setting == BucketSetting::policy) {
    check_policy(document);
    return document;
  }
  return with_put_request(setting, [&](auto request, const aws::Member& payload) {
    void* structure = payload.make(&request);
    fill_structure(document.content, *payload.shape, structure, document.file);
    return BucketDocument{document.file, structure_as_json(*payload.shape, structure)};
  });
}

std::optional<Json> get_document(const aws::s3::Client& s3, const std::string& bucket,
                                 BucketSetting setting) {
  try {
    return without_decoration(setting, get(s3, bucket, setting));
  } catch (const aws::ServiceError& error) {
    const bool unset = error.has_code("NoSuchLifecycleConfiguration") ||
                       error.has_code("NoSuchBucketPolicy") ||
                       error.has_code("NoSuchWebsiteConfiguration");
    if (!unset) throw;
    return std::nullopt;
  }
}

void put_document(const aws::s3::Client& s3, const std::string& bucket, BucketSetting setting,
                  const BucketDocument& document) {
  if (setting == BucketSetting::policy) {
    s3.put_bucket_policy({.bucket = bucket, .policy = document.content.dump()});
    return;
  }
  with_put_request(setting, [&](auto request, const aws::Member& payload) {
    request.bucket = bucket;
    fill_structure(document.content, *payload.shape, payload.make(&request), document.file);
    send(s3, request);
  });
}

}  // namespace asiaq::access
