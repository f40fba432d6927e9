#include "aws/waiting.h"

#include <gtest/gtest.h>

#include "aws/ec2/client.h"
#include "aws/error.h"
#include "support/aws_session.h"
#include "support/thrown.h"

namespace asiaq::aws {
namespace {

std::string instance_in(const std::string& state) {
  return "<R><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceState>"
         "<name>" +
         state + "</name></instanceState></item></instancesSet></item></reservationSet></R>";
}

struct PauseCase {
  int look;
  double left;
  double chance;
  double pause;
};

TEST(PauseAfter, GrowsByChanceWithinDoublingCeilings) {
  const std::vector<PauseCase> cases{{1, 900, 0, 2},    {1, 900, 0.99, 2},  {2, 900, 0, 2},
                                     {2, 900, 0.5, 3},  {3, 900, 0.5, 5},   {4, 900, 0.5, 9},
                                     {7, 900, 0.5, 61}, {50, 900, 0.5, 61}, {1000, 900, 0, 2},
                                     {7, 60, 0.5, 60},  {2, 4.5, 0.5, 4.5}, {1, 1, 0.5, 1}};
  const WaitOptions options{.longest_pause = Seconds(120)};
  for (const PauseCase& each : cases) {
    EXPECT_DOUBLE_EQ(pause_after(each.look, Seconds(each.left), options, each.chance).count(),
                     each.pause)
        << "look " << each.look << " with " << each.left << " s left";
  }
}

TEST(Wait, LooksUntilTheStateIsAsWanted) {
  TestSession t;
  t.network->then(200, instance_in("pending"))
      .then(200, instance_in("pending"))
      .then(200, instance_in("running"));
  ec2::Client(t.session).wait_until_instance_running({.instance_ids = {"i-1"}});
  EXPECT_EQ(t.network->sent.size(), 3U);
  EXPECT_GE(t.clock.slept(), Seconds(4));
  EXPECT_LE(t.clock.slept(), Seconds(6));
}

TEST(Wait, GivesUpOnAStateThatNeverRecovers) {
  TestSession t;
  t.network->then(200, instance_in("pending")).then(200, instance_in("terminated"));
  EXPECT_EQ(test::thrown_by([&] {
              ec2::Client(t.session).wait_until_instance_running(
                  {.instance_ids = {"i-1"}}, {.what = "instance i-1 to be running"});
            }),
            "Wait: gave up waiting for instance i-1 to be running: "
            "Reservations.Instances.State.Name is terminated, wanted running");
  EXPECT_EQ(t.network->sent.size(), 2U);
}

TEST(Wait, EndsWithItsTimeAndSaysWhatIsMissing) {
  TestSession t;
  t.network->then(200, instance_in("pending"));
  EXPECT_EQ(test::thrown_by([&] {
              ec2::Client(t.session).wait_until_instance_running({.instance_ids = {"i-1"}},
                                                                 {.limit = Seconds(60)});
            }),
            "Timeout: waited 60 s for ec2 InstanceRunning: "
            "Reservations.Instances.State.Name is pending, wanted running");
  EXPECT_NEAR(Seconds(t.clock.slept()).count(), 60, 1e-6);
}

TEST(Wait, GoesOnWhileTheThingIsNotVisibleYet) {
  TestSession t;
  t.network
      ->then(400,
             "<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>no</Message>"
             "</Error></Errors></Response>")
      .then(200, instance_in("running"));
  ec2::Client(t.session).wait_until_instance_running({.instance_ids = {"i-1"}});
  EXPECT_EQ(t.network->sent.size(), 2U);
}

TEST(Wait, PassesOnAnErrorThatItDoesNotExpect) {
  TestSession t;
  t.network->then(403,
                  "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message>"
                  "</Error></Errors></Response>");
  EXPECT_THROW(ec2::Client(t.session).wait_until_instance_running({.instance_ids = {"i-1"}}),
               ServiceError);
}

}  // namespace
}  // namespace asiaq::aws
