#include <gmock/gmock.h>

#include "instance/elastic_address.h"
#include "instance/floating_interface.h"

namespace asiaq::instance {
namespace {

using testing::Optional;
using Step = InterfaceChoice::Step;

TEST(ElasticAddress, IsTheFirstAddressInTheText) {
  EXPECT_THAT(first_address("10.0.0.1 10.0.0.2"), Optional(std::string("10.0.0.1")));
  EXPECT_THAT(first_address("None, 5.5.5.5"), Optional(std::string("5.5.5.5")));
  EXPECT_EQ(first_address("None"), std::nullopt);
  EXPECT_EQ(first_address(""), std::nullopt);
  EXPECT_EQ(first_address("1.2.3"), std::nullopt);
}

TEST(ElasticAddress, IsTakenFromNobodyThatRuns) {
  EXPECT_EQ(decide({"", ""}, "i-1"), AddressDecision::take);
  EXPECT_EQ(decide({"i-1", "running"}, "i-1"), AddressDecision::already_mine);
  EXPECT_EQ(decide({"i-2", "running"}, "i-1"), AddressDecision::leave);
  EXPECT_EQ(decide({"i-2", "pending"}, "i-1"), AddressDecision::leave);
  EXPECT_EQ(decide({"i-2", "terminated"}, "i-1"), AddressDecision::take);
  EXPECT_EQ(decide({"i-2", ""}, "i-1"), AddressDecision::take);
}

std::size_t last(std::size_t count) { return count - 1; }

TEST(FloatingInterface, IsTheOwnOneThenAFreeOneThenSomebodysOne) {
  const FloatingInterface free{"eni-1", "10.0.0.1", "", ""};
  const FloatingInterface mine{"eni-2", "10.0.0.2", "a-2", "i-1"};
  const FloatingInterface others{"eni-3", "10.0.0.3", "a-3", "i-3"};
  EXPECT_FALSE(choose_interface({}, "i-1", last).has_value());
  EXPECT_EQ(choose_interface({free, others, mine}, "i-1", last)->interface.id, "eni-2");
  EXPECT_EQ(choose_interface({free, others, mine}, "i-1", last)->step, Step::none);
  EXPECT_EQ(choose_interface({others, free}, "i-1", last)->step, Step::attach);
  const auto taken = choose_interface({others, others}, "i-1", last);
  EXPECT_EQ(taken->step, Step::detach_first);
  EXPECT_EQ(taken->interface.attachment_id, "a-3");
}

}  // namespace
}  // namespace asiaq::instance
