#include "remote/route.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/error.h"

namespace asiaq::remote {
namespace {

const HostAddresses public_host{"i-1", "198.51.100.7", {"10.1.0.7", "10.1.9.7"}};
const HostAddresses private_host{"i-2", std::nullopt, {"10.1.0.8", "10.1.9.8"}};

/// Sets ASIAQ_SSH_CONFIG for one test.
struct SshConfigVariable {
  explicit SshConfigVariable(const char* value) { setenv("ASIAQ_SSH_CONFIG", value, 1); }
  ~SshConfigVariable() { unsetenv("ASIAQ_SSH_CONFIG"); }
};

Probe reaching(std::set<std::string> addresses) {
  return [addresses](const std::string& address) { return addresses.contains(address); };
}

TEST(FindRoute, PrefersThePublicAddress) {
  const auto route =
      find_route(public_host, "198.51.100.1", reaching({"198.51.100.7", "10.1.0.7"}));
  ASSERT_TRUE(route);
  EXPECT_EQ(route->address, "198.51.100.7");
  EXPECT_FALSE(route->jump_address);
}

TEST(FindRoute, TakesThePrivateAddressThatAnswers) {
  const auto route = find_route(public_host, "198.51.100.1", reaching({"10.1.9.7"}));
  ASSERT_TRUE(route);
  EXPECT_EQ(route->address, "10.1.9.7");
  EXPECT_FALSE(route->jump_address);
}

TEST(FindRoute, GoesThroughTheJumpHostToTheFirstPrivateAddress) {
  const auto route = find_route(public_host, "198.51.100.1", reaching({}));
  ASSERT_TRUE(route);
  EXPECT_EQ(route->address, "10.1.0.7");
  EXPECT_EQ(route->jump_address, "198.51.100.1");
}

TEST(FindRoute, FindsNoneWithoutJumpHost) {
  EXPECT_FALSE(find_route(private_host, std::nullopt, reaching({})));
}

TEST(FindRoute, LeavesItToSshWhereItsSettingsSayHowAddressesAreReached) {
  const SshConfigVariable variable("/nowhere/ssh_config");
  EXPECT_EQ(find_route(public_host, "10.9.0.1")->address, "198.51.100.7");
  EXPECT_EQ(find_route(private_host, "10.9.0.1")->jump_address, "10.9.0.1");
  const auto direct = find_route(private_host, std::nullopt);
  EXPECT_EQ(direct->address, "10.1.0.8");
  EXPECT_FALSE(direct->jump_address);
}

TEST(RequireRoute, NamesTheHostThatCannotBeReached) {
  try {
    require_route({"i-3 (mhcweb)", std::nullopt, {}}, std::nullopt);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), "Command");
    EXPECT_NE(error.reason().find("i-3 (mhcweb)"), std::string::npos) << error.reason();
  }
}

TEST(AcceptsSsh, IsFalseForWhatIsNoAddressOrRefuses) {
  EXPECT_FALSE(accepts_ssh("not-an-address"));
  EXPECT_FALSE(accepts_ssh("127.255.255.254", Seconds(0.5)));
}

TEST(IsIpv4Address, TakesDottedQuadsOnly) {
  EXPECT_TRUE(is_ipv4_address("10.0.0.1"));
  for (const char* text : {"10.0.0", "10.0.0.256", "mhcweb", "::1", "10.0.0.1 ", ""}) {
    EXPECT_FALSE(is_ipv4_address(text)) << text;
  }
}

}  // namespace
}  // namespace asiaq::remote
