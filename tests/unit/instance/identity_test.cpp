#include "instance/identity.h"

#include <gmock/gmock.h>

#include "instance/hosts_file.h"

namespace asiaq::instance {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(HostName, IsHostclassAndInstanceIdUnlessGiven) {
  EXPECT_EQ(host_name(UserData::parse("hostclass=\"mhcfoo\""), "i-1"), "foo-i-1");
  EXPECT_EQ(host_name(UserData::parse("hostclass=\"mhcfoo\"\nhostname=\"db\""), "i-1"), "db");
  EXPECT_EQ(host_name(UserData(), "i-1"), "i-1");
}

TEST(BootTags, HaveEveryKeyOnce) {
  const auto data =
      UserData::parse("hostclass=\"mhcfoo\"\nenvironment_name=\"ci\"\nowner=\"alice smith\"");
  EXPECT_THAT(boot_tags(data, "i-1", "astro"),
              ElementsAre(Pair("Name", "ci-mhcfoo-foo-i-1"), Pair("environment", "ci"),
                          Pair("hostclass", "mhcfoo"), Pair("hostname", "foo-i-1"),
                          Pair("owner", "alice smith"), Pair("productline", "astro")));
  EXPECT_EQ(boot_tags(data, "i-1", "").at("productline"), "unknown");
}

TEST(HostsBlock, HasACommentForEachMissingAddress) {
  const auto data =
      UserData::parse("http_proxy_ip=\"10.0.0.5\"\nlogger_ip=\"\"\nlogforwarder_ip=\"x y\"");
  EXPECT_EQ(hosts_block(data, "foo"),
            "127.0.1.1 foo\n10.0.0.5 s3proxy\n# no discologger\n# no logforwarder\n");
}

TEST(HostsBlock, ReplacesTheOldOneAndLeavesTheRest) {
  const std::string before = "127.0.0.1 localhost\n10.0.0.9 other";
  const std::string once = with_hosts_block(before, "a\n");
  EXPECT_EQ(once, "127.0.0.1 localhost\n10.0.0.9 other\n# asiaq: begin\na\n# asiaq: end\n");
  EXPECT_EQ(with_hosts_block(once, "a\n"), once);
  EXPECT_EQ(
      with_hosts_block(once + "10.0.0.7 late\n", "b\n"),
      "127.0.0.1 localhost\n10.0.0.9 other\n10.0.0.7 late\n# asiaq: begin\nb\n# asiaq: end\n");
  EXPECT_EQ(with_hosts_block(once, ""), "127.0.0.1 localhost\n10.0.0.9 other\n");
}

}  // namespace
}  // namespace asiaq::instance
