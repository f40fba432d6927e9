#include "network/repeating.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "aws/absence.h"
#include "aws/ec2/client.h"
#include "aws/error.h"
#include "base/error.h"
#include "support/aws_session.h"

namespace asiaq::network {
namespace {

aws::ServiceError refusal(std::string code, bool outcome_unknown = false) {
  return aws::ServiceError({.service = "ec2",
                            .operation = "CreateSubnet",
                            .code = std::move(code),
                            .outcome_unknown = outcome_unknown});
}

/// A service that may lose its answers, and does not show at once what it has made.
struct Service {
  enum class Fault { none, error_before, error_after, silence_before, silence_after };
  std::vector<Fault> faults{};  ///< Of the calls, in order; none after the last.
  bool refuses_twins = false;
  int looks_until_shown = 0;
  int calls = 0;
  int looks = 0;
  std::vector<std::string> made{};

  std::string create() {
    const std::size_t number = static_cast<std::size_t>(calls++);
    const Fault fault = number < faults.size() ? faults[number] : Fault::none;
    const bool is_carried_out = fault != Fault::error_before && fault != Fault::silence_before;
    if (is_carried_out && refuses_twins && !made.empty()) throw refusal("InvalidSubnet.Conflict");
    if (is_carried_out) made.push_back("subnet-" + std::to_string(made.size() + 1));
    if (fault == Fault::error_before || fault == Fault::error_after) {
      throw refusal("InternalError", true);
    }
    if (fault != Fault::none) {
      throw aws::ConnectionError("connection reset", aws::ConnectionError::Sent::perhaps);
    }
    return made.back();
  }

  std::string find() {
    looks += 1;
    return made.empty() || looks <= looks_until_shown ? "" : made.front();
  }

  std::string create_once(Clock& clock) {
    return network::create_once({.what = "subnet demo_dmz_us-west-2a",
                                 .create = [this] { return create(); },
                                 .find = [this] { return find(); }},
                                clock);
  }
};

using Fault = Service::Fault;

TEST(CreateOnce, ACallThatSucceedsIsAllThereIs) {
  FakeClock clock;
  Service service;
  EXPECT_EQ(service.create_once(clock), "subnet-1");
  EXPECT_EQ(service.calls, 1);
  EXPECT_EQ(service.looks, 0);
}

TEST(CreateOnce, WhatWasMadeIsTaken) {
  for (const Fault fault : {Fault::error_after, Fault::silence_after}) {
    FakeClock clock;
    Service service{.faults = {fault}, .looks_until_shown = 2};
    EXPECT_EQ(service.create_once(clock), "subnet-1");
    EXPECT_EQ(service.made.size(), 1U);
    EXPECT_EQ(service.calls, 1);
    EXPECT_EQ(service.looks, 3);
  }
}

TEST(CreateOnce, WhatWasNotMadeIsMadeAgain) {
  for (const Fault fault : {Fault::error_before, Fault::silence_before}) {
    FakeClock clock;
    Service service{.faults = {fault, fault}};
    EXPECT_EQ(service.create_once(clock), "subnet-1");
    EXPECT_EQ(service.made.size(), 1U);
    EXPECT_EQ(service.calls, 3);
    // Twice as long as AWS may need to show it.
    EXPECT_DOUBLE_EQ(clock.slept().count(), 30);
  }
}

TEST(CreateOnce, APlaceThatIsTakenAfterAnUnknownOutcomeIsOurOwn) {
  FakeClock clock;
  Service service{.faults = {Fault::silence_after}, .refuses_twins = true, .looks_until_shown = 6};
  EXPECT_EQ(service.create_once(clock), "subnet-1");
  EXPECT_EQ(service.made.size(), 1U);
  EXPECT_EQ(service.calls, 2);
}

TEST(CreateOnce, APlaceThatIsTakenFromTheStartIsNot) {
  FakeClock clock;
  Service service{.refuses_twins = true, .made = {"subnet-9"}};
  EXPECT_THROW(service.create_once(clock), aws::ServiceError);
  EXPECT_EQ(service.looks, 0);
}

TEST(CreateOnce, ARefusalIsThrownAtOnce) {
  FakeClock clock;
  int calls = 0;
  const Creation creation{.what = "VPC demo",
                          .create = [&]() -> std::string {
                            calls += 1;
                            throw refusal("VpcLimitExceeded");
                          },
                          .find = [] { return "vpc-1"; }};
  EXPECT_THROW(create_once(creation, clock), aws::ServiceError);
  EXPECT_EQ(calls, 1);
}

TEST(CreateOnce, AServiceThatIsDownIsGivenUp) {
  FakeClock clock;
  Service service{.faults = std::vector<Fault>(100, Fault::error_before)};
  EXPECT_THROW(service.create_once(clock), aws::ServiceError);
  EXPECT_EQ(service.calls, 10);
  EXPECT_DOUBLE_EQ(clock.slept().count(), 9 * 15);
}

TEST(CreateOnce, TheLayerBelowDoesNotSendACreationTwice) {
  aws::TestSession test;
  test.network->then(500, "<html>down</html>")
      .then(200, "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>");
  const aws::ec2::Client ec2(test.session);
  std::vector<std::string> operations;
  const auto create = [&] {
    operations.emplace_back("CreateVpc");
    return ec2.create_vpc({.cidr_block = "10.0.0.0/16"}).vpc->vpc_id.value();
  };
  const auto find = [&] {
    operations.emplace_back("DescribeVpcs");
    ec2.describe_vpcs({});
    return "vpc-1";
  };
  EXPECT_EQ(create_once({.what = "VPC demo", .create = create, .find = find}, test.clock), "vpc-1");
  EXPECT_EQ(operations, (std::vector<std::string>{"CreateVpc", "DescribeVpcs"}));
  EXPECT_EQ(test.network->sent.size(), 2U);
}

TEST(WriteOrConfirm, AnErrorCountsOnlyIfThingsAreNotAsWanted) {
  const auto write = [] { throw refusal("Resource.AlreadyAssociated"); };
  EXPECT_NO_THROW(write_or_confirm(write, [] { return true; }));
  EXPECT_THROW(write_or_confirm(write, [] { return false; }), aws::ServiceError);
}

TEST(WriteOrConfirm, NobodyIsAskedWithoutAnError) {
  EXPECT_NO_THROW(write_or_confirm([] {}, []() -> bool { throw Error("AWS", "asked"); }));
  EXPECT_THROW(write_or_confirm([] { throw refusal("UnauthorizedOperation"); },
                                []() -> bool { throw Error("AWS", "asked"); }),
               aws::ServiceError);
}

TEST(IgnoringAbsence, WhatIsGoneIsAsGoodAsDeleted) {
  for (const char* code : {"InvalidVpcID.NotFound", "NatGatewayNotFound", "NoSuchEntity"}) {
    EXPECT_NO_THROW(aws::ignoring_absence([&] { throw refusal(code); })) << code;
  }
  EXPECT_THROW(aws::ignoring_absence([] { throw refusal("DependencyViolation"); }),
               aws::ServiceError);
}

}  // namespace
}  // namespace asiaq::network
