#include "aws/patience.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "aws/error.h"
#include "support/fake_clock.h"

namespace asiaq::aws {
namespace {

/// Refuses writes with these codes, one after another, then takes them.
struct Service {
  std::vector<std::string> codes{};
  std::string message{};
  std::size_t calls = 0;

  void write() {
    const std::size_t number = calls++;
    if (number < codes.size()) throw ServiceError({.code = codes[number], .message = message});
  }

  void write_patiently(Clock& clock) {
    aws::write_patiently(
        "subnet group x to be deleted", {.interval = Seconds(5), .limit = Seconds(60)},
        {"InUse", "Busy"}, [this] { write(); }, clock);
  }
};

TEST(Patience, TriesAgainWhileSomethingElseMustEnd) {
  FakeClock clock;
  Service service{.codes = {"InUse", "Busy"}};
  service.write_patiently(clock);
  EXPECT_EQ(service.calls, 3U);
  EXPECT_EQ(clock.slept(), Seconds(10));
}

TEST(Patience, EndsWithWhatAwsSaidLast) {
  FakeClock clock;
  Service service{.codes = std::vector<std::string>(100, "InUse"), .message = "y is using it"};
  try {
    service.write_patiently(clock);
    FAIL() << "nothing thrown";
  } catch (const TimeoutError& error) {
    EXPECT_STREQ(error.what(), "waited 60 s for subnet group x to be deleted: y is using it");
  }
  EXPECT_EQ(service.calls, 13U);
}

TEST(Patience, TakesNoOtherRefusalForAWait) {
  FakeClock clock;
  Service service{.codes = {"AccessDenied"}};
  EXPECT_THROW(service.write_patiently(clock), ServiceError);
  EXPECT_EQ(service.calls, 1U);
}

TEST(Patience, IsContentWithWhatIsGone) {
  FakeClock clock;
  Service service{.codes = {"InUse", "SubnetGroupNotFoundFault"}};
  service.write_patiently(clock);
  EXPECT_EQ(service.calls, 2U);
  // Auto Scaling's way to say so.
  Service group{.codes = {"ValidationError"}, .message = "Group x not found"};
  group.write_patiently(clock);
  EXPECT_EQ(group.calls, 1U);
  Service invalid{.codes = {"ValidationError"}, .message = "Name too long"};
  EXPECT_THROW(invalid.write_patiently(clock), ServiceError);
}

}  // namespace
}  // namespace asiaq::aws
