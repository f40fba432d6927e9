#include "remote/host_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/ec2/client.h"
#include "base/error.h"

namespace asiaq::remote {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

Host host(const std::string& id, const std::string& hostclass, const std::string& address,
          const std::string& public_address = "") {
  Host made{.id = id, .state = "running", .hostclass = hostclass, .passed_smoke_test = true};
  made.hostname = hostclass.substr(3) + "-" + id;
  made.addresses.private_addresses = {address};
  if (!public_address.empty()) made.addresses.public_address = public_address;
  return made;
}

const std::vector<Host> hosts = {
    host("i-11", "mhcweb", "10.0.0.1"),
    host("i-12", "mhcweb", "10.0.0.2"),
    host("i-21", "mhcservice", "10.0.0.3"),
    host("i-31", "bake_mhcweb", "10.0.0.4"),
};

std::vector<std::string> ids(const std::vector<Host>& found) {
  std::vector<std::string> result;
  for (const Host& one : found) result.push_back(one.id);
  return result;
}

TEST(Matching, FindsPartsOfHostclassHostnameAndId) {
  EXPECT_THAT(ids(matching(hosts, "mhcweb")), ElementsAre("i-11", "i-12"));
  EXPECT_THAT(ids(matching(hosts, "service-i")), ElementsAre("i-21"));
  EXPECT_THAT(ids(matching(hosts, "i-12")), ElementsAre("i-12"));
  EXPECT_THAT(ids(matching(hosts, "i-31")), ElementsAre("i-31"));
}

TEST(Matching, IgnoresWhatDoesNotRun) {
  std::vector<Host> stopped = {hosts[0]};
  stopped[0].state = "stopped";
  EXPECT_TRUE(matching(stopped, "mhcweb").empty());
}

TEST(TheHost, IsTheOnlyMatch) {
  EXPECT_EQ(the_host(hosts, "service", Several::refused).id, "i-21");
}

TEST(TheHost, NamesTheHostsIfThereAreSeveral) {
  try {
    the_host(hosts, "mhcweb", Several::refused);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("web-i-11"), HasSubstr("web-i-12"), HasSubstr("--first")));
  }
}

TEST(TheHost, MayBeTheFirstOfOneHostclassOnly) {
  EXPECT_EQ(the_host(hosts, "mhcweb", Several::first_taken).id, "i-11");
  try {
    the_host(hosts, "mhc", Several::first_taken);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_THAT(error.reason(), AllOf(HasSubstr("mhcservice"), HasSubstr("mhcweb")));
  }
}

TEST(TheHost, SaysThatNoneMatches) {
  EXPECT_THROW(the_host(hosts, "mhcnone", Several::first_taken), Error);
}

TEST(FirstListed, TakesTheFirstByHostclassAndHostname) {
  const std::vector<Host> unordered = {hosts[2], hosts[1], hosts[0]};
  EXPECT_EQ(first_listed(unordered, "mhc")->id, "i-21");
  EXPECT_EQ(first_listed(unordered, "mhcweb")->id, "i-11");
  EXPECT_EQ(first_listed(unordered, "i-1")->id, "i-11");
  EXPECT_EQ(first_listed(unordered, "10.0.0.")->id, "i-21");
  EXPECT_FALSE(first_listed(unordered, "web-i-11")) << "hostnames are not listed";
  EXPECT_FALSE(first_listed(unordered, "mhcnone"));
}

TEST(FirstListed, PrefersAWholeIdOrAddressToAPartOfOne) {
  const std::vector<Host> alike = {host("i-123", "mhca", "10.0.0.12", "198.51.100.12"),
                                   host("i-12", "mhcb", "10.0.0.1", "198.51.100.1")};
  EXPECT_EQ(first_listed(alike, "10.0.0.1")->id, "i-12");
  EXPECT_EQ(first_listed(alike, "198.51.100.1")->id, "i-12");
  EXPECT_EQ(first_listed(alike, "i-12")->id, "i-12");
}

TEST(FirstListed, IsNeverABuilderNorAHostThatDoesNotRun) {
  EXPECT_FALSE(first_listed(hosts, "i-31"));
  EXPECT_FALSE(first_listed(hosts, "10.0.0.4"));
  std::vector<Host> stopped = {hosts[0], hosts[1]};
  stopped[0].state = "stopped";
  EXPECT_EQ(first_listed(stopped, "mhcweb")->id, "i-12");
}

TEST(PreferredPrivateAddress, IsTheSecondInterfacesWhereThereIsOne) {
  Host shown = host("i-1", "mhcweb", "10.0.0.1");
  EXPECT_EQ(preferred_private_address(shown), "10.0.0.1");
  shown.addresses.private_addresses.emplace_back("10.0.0.9");
  EXPECT_EQ(preferred_private_address(shown), "10.0.0.9");
  shown.addresses.private_addresses.clear();
  EXPECT_FALSE(preferred_private_address(shown));
}

TEST(JumpAddress, PrefersPublicAddressesWithinTheFirstHostclassThatHasHosts) {
  const std::vector<Host> jumps = {host("i-1", "mhcjump", "10.0.0.1"),
                                   host("i-2", "mhcjump", "10.0.0.2", "198.51.100.2"),
                                   host("i-3", "mhcproxy", "10.0.0.3", "198.51.100.3")};
  EXPECT_EQ(jump_address(jumps, {"mhcnone", "mhcjump", "mhcproxy"}), "198.51.100.2");
  EXPECT_EQ(jump_address({jumps[0]}, {"mhcjump"}), "10.0.0.1");
  EXPECT_FALSE(jump_address(jumps, {}));
}

TEST(JumpAddress, NeedsAHostThatPassedItsSmokeTest) {
  Host untested = host("i-1", "mhcjump", "10.0.0.1");
  untested.passed_smoke_test = false;
  EXPECT_FALSE(jump_address({untested}, {"mhcjump"}));
}

TEST(FromAws, TakesAddressesInTheOrderOfTheDevices) {
  aws::ec2::Instance instance;
  instance.instance_id = "i-1";
  instance.public_ip_address = "198.51.100.1";
  instance.tags = {{.key = "hostclass", .value = "mhcweb"},
                   {.key = "smoketest", .value = "tested"}};
  instance.network_interfaces.resize(2);
  instance.network_interfaces[0].private_ip_address = "10.0.0.9";
  instance.network_interfaces[0].attachment.emplace().device_index = 1;
  instance.network_interfaces[1].private_ip_address = "10.0.0.1";
  instance.network_interfaces[1].attachment.emplace().device_index = 0;
  const Host made = from_aws(instance);
  EXPECT_THAT(made.addresses.private_addresses, ElementsAre("10.0.0.1", "10.0.0.9"));
  EXPECT_EQ(made.addresses.public_address, "198.51.100.1");
  EXPECT_TRUE(made.passed_smoke_test);
  EXPECT_EQ(made.addresses.name, "mhcweb i-1");
}

}  // namespace
}  // namespace asiaq::remote
