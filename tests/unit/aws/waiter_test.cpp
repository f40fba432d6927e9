#include "aws/waiter.h"

#include <gtest/gtest.h>

#include "aws/ec2/tables.h"
#include "aws/ec2/types.h"
#include "aws/iam/tables.h"
#include "aws/rds/tables.h"
#include "aws/rds/types.h"
#include "aws/s3/tables.h"

namespace asiaq::aws {
namespace {

ec2::DescribeInstancesResult instances(const std::vector<std::string>& states) {
  ec2::DescribeInstancesResult result;
  for (const std::string& state : states) {
    result.reservations.push_back(
        {.instances = {{.instance_id = "i-1", .state = ec2::InstanceState{.name = state}}}});
  }
  return result;
}

const char* verdict(const Waiter& waiter, const Answer& answer) {
  const Acceptor* acceptor = deciding(waiter, answer);
  if (acceptor == nullptr) return "none";
  switch (acceptor->verdict) {
    case Acceptor::Verdict::success:
      return "success";
    case Acceptor::Verdict::failure:
      return "failure";
    case Acceptor::Verdict::retry:
      break;
  }
  return "retry";
}

struct StatesCase {
  std::vector<std::string> states;
  const char* verdict;
};

TEST(Waiter, JudgesTheStatesOfAllInstances) {
  const std::vector<StatesCase> cases{
      {{"running"}, "success"},         {{"running", "running"}, "success"},
      {{"running", "pending"}, "none"}, {{"pending", "terminated"}, "failure"},
      {{"shutting-down"}, "failure"},   {{}, "none"}};
  for (const StatesCase& each : cases) {
    const auto result = instances(each.states);
    EXPECT_STREQ(verdict(ec2::tables::InstanceRunning_waiter, {.output = &result}), each.verdict)
        << ::testing::PrintToString(each.states);
  }
}

TEST(Waiter, TakesTheErrorThatItExpects) {
  const Waiter& running = ec2::tables::InstanceRunning_waiter;
  EXPECT_STREQ(verdict(running, {.http_status = 400, .error_code = "InvalidInstanceID.NotFound"}),
               "retry");
  EXPECT_STREQ(verdict(running, {.http_status = 403, .error_code = "UnauthorizedOperation"}),
               "none");
}

TEST(Waiter, CountsWhatIsThere) {
  const Waiter& exists = ec2::tables::InstanceExists_waiter;
  const ec2::DescribeInstancesResult nothing;
  EXPECT_STREQ(verdict(exists, {.output = &nothing}), "none");
  const auto one = instances({"pending"});
  EXPECT_STREQ(verdict(exists, {.output = &one}), "success");
}

TEST(Waiter, GoesByTheStatus) {
  const Waiter& exists = s3::tables::BucketExists_waiter;
  EXPECT_STREQ(verdict(exists, {.http_status = 200}), "success");
  EXPECT_STREQ(verdict(exists, {.http_status = 403, .error_code = "403"}), "success");
  EXPECT_STREQ(verdict(exists, {.http_status = 404, .error_code = "404"}), "retry");
}

TEST(Waiter, SaysWhatItSees) {
  const Waiter& running = ec2::tables::InstanceRunning_waiter;
  const auto some = instances({"pending", "running", "pending"});
  EXPECT_EQ(seen(running, {.output = &some}),
            "Reservations.Instances.State.Name is pending, running, wanted running");
  const ec2::DescribeInstancesResult nothing;
  EXPECT_EQ(seen(running, {.output = &nothing}),
            "Reservations.Instances.State.Name is not there, wanted running");
  EXPECT_EQ(seen(running, {.error_code = "InvalidInstanceID.NotFound"}),
            "AWS says InvalidInstanceID.NotFound");
  EXPECT_EQ(seen(ec2::tables::InstanceExists_waiter, {.output = &nothing}),
            "Reservations is still empty");
  EXPECT_EQ(seen(s3::tables::BucketExists_waiter, {.http_status = 200}), "not yet");
  EXPECT_EQ(seen(ec2::tables::InstancesGone_waiter, {.output = &some}), "still there: i-1");
}

TEST(Waiter, SaysWhyItGivesUpWhereThatIsElsewhere) {
  rds::DBInstanceMessage broken;
  broken.db_instances.push_back({.db_instance_status = "incompatible-network"});
  const Waiter& addressed = rds::tables::DBInstanceAddressed_waiter;
  EXPECT_STREQ(verdict(addressed, {.output = &broken}), "failure");
  EXPECT_EQ(seen(addressed, {.output = &broken}),
            "DBInstances.DBInstanceStatus is incompatible-network");
  broken.db_instances[0].db_instance_status = "creating";
  EXPECT_EQ(seen(addressed, {.output = &broken}), "DBInstances.Endpoint.Address is still empty");
}

TEST(Waiter, TakesNoPageForTheWholeList) {
  ec2::DescribeNatGatewaysResult page;
  EXPECT_STREQ(verdict(ec2::tables::NatGatewaysGone_waiter, {.output = &page}), "success");
  page.next_token = "more";
  EXPECT_STREQ(verdict(ec2::tables::NatGatewaysGone_waiter, {.output = &page}), "retry");
}

}  // namespace
}  // namespace asiaq::aws
