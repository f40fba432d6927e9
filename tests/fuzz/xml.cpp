// Answers of the EC2, query and rest-xml protocols, good ones and errors.
#include "aws/autoscaling/tables.h"
#include "aws/autoscaling/types.h"
#include "aws/ec2/tables.h"
#include "aws/ec2/types.h"
#include "aws/protocol/protocol.h"
#include "aws/s3/tables.h"
#include "aws/s3/types.h"
#include "fuzz/targets.h"

namespace asiaq::fuzz {
namespace {

template <class Output>
void read(const aws::Service& service, const aws::Operation& operation,
          const aws::http::Response& response) {
  Output output;
  try {
    aws::protocol::read_response(service, operation, response, &output);
  } catch (const aws::protocol::UnreadableResponse&) {
  }
  aws::protocol::is_error_in_disguise(service, operation, response);
}

}  // namespace

void xml(std::string_view input) {
  using namespace aws;
  const http::Response response{.status = 200, .headers = {}, .body = std::string(input)};
  read<ec2::DescribeInstancesResult>(ec2::tables::service, ec2::tables::DescribeInstances_operation,
                                     response);
  read<autoscaling::AutoScalingGroupsType>(autoscaling::tables::service,
                                           autoscaling::tables::DescribeAutoScalingGroups_operation,
                                           response);
  read<s3::ListObjectsV2Output>(s3::tables::service, s3::tables::ListObjectsV2_operation, response);
  read<s3::GetBucketAclOutput>(s3::tables::service, s3::tables::GetBucketAcl_operation, response);
  read<s3::GetBucketLocationOutput>(s3::tables::service, s3::tables::GetBucketLocation_operation,
                                    response);
  read<s3::CopyObjectOutput>(s3::tables::service, s3::tables::CopyObject_operation, response);
  for (const Service* service :
       {&ec2::tables::service, &autoscaling::tables::service, &s3::tables::service}) {
    const auto error = protocol::read_error(*service, response);
    promise(!error.code.empty(), "an error without a code");
  }
}

}  // namespace asiaq::fuzz
