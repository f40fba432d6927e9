// The AWS services that hosts live in.
#pragma once

#include "aws/autoscaling/client.h"
#include "aws/ec2/client.h"

namespace asiaq::hostclass {

/// Cheap to copy, thread-safe; the session must outlive it.
struct Clients {
  explicit Clients(aws::Session& session) : ec2(session), autoscaling(session) {}

  aws::ec2::Client ec2;
  aws::autoscaling::Client autoscaling;
};

}  // namespace asiaq::hostclass
