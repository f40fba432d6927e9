#include "hostclass/host_listing.h"

#include <gtest/gtest.h>

namespace asiaq::hostclass {
namespace {

const WallTime now = from_unix_seconds(1'465'400'000);

Host host() {
  return {.id = "i-0a1b2c3d",
          .image = "ami-12345678",
          .instance_type = "m5.large",
          .state = "running",
          .zone = "us-west-2a",
          .private_ips = {"10.0.0.17"},
          .launched = now - std::chrono::minutes(119),
          .tags = {{"hostclass", "mhcbanana"}, {"hostname", "banana-i-0a1b2c3d"}}};
}

TEST(HostListing, HasTheColumnsThatCompanionScriptsRead) {
  ListingColumns columns{.hostname = true, .private_ip = true};
  EXPECT_EQ(listing_line(host(), columns, {}, now),
            "i-0a1b2c3d mhcbanana                      10.0.0.17       y 10.0.0.17       ");
}

TEST(HostListing, ShowsDashesForWhatIsMissing) {
  const Host bare{.id = "i-1", .state = "pending"};
  EXPECT_EQ(
      listing_line(bare, {.state = true, .hostname = true, .owner = true, .smoke = true}, {}, now),
      "i-1 -                              -               pending    - -           -");
}

TEST(HostListing, PrefersThePublicAddressAndTheSecondInterface) {
  Host h = host();
  h.private_ips = {"10.0.0.17", "10.0.0.5"};
  EXPECT_EQ(listing_line(h, {}, {}, now),
            "i-0a1b2c3d mhcbanana                      10.0.0.5       ");
  h.public_ip = "54.1.2.3";
  EXPECT_EQ(listing_line(h, {.private_ip = true}, {}, now),
            "i-0a1b2c3d mhcbanana                      54.1.2.3        10.0.0.5        ");
}

TEST(HostListing, CountsWholeHoursDownwards) {
  const ImageTimes images{{"ami-12345678", now - std::chrono::hours(50)}};
  const std::string line = listing_line(host(), {.ami_age = true, .uptime = true}, images, now);
  EXPECT_EQ(line.substr(line.size() - 8), "50   1  ");
}

TEST(HostListing, SaysNoneForTheAgeOfAnImageThatIsGone) {
  const std::string line = listing_line(host(), {.ami_age = true}, {}, now);
  EXPECT_EQ(line.substr(line.size() - 4), "None");
}

TEST(HostListing, NeverCutsAValue) {
  Host h = host();
  h.tags["owner"] = "a-very-long-owner-name";
  const std::string line = listing_line(h, {.owner = true}, {}, now);
  EXPECT_NE(line.find(" a-very-long-owner-name"), std::string::npos);
}

TEST(HostListing, TreatsAnUnknownProductLineAsNone) {
  Host h = host();
  h.tags["productline"] = "unknown";
  const std::string line = listing_line(h, {.productline = true}, {}, now);
  EXPECT_EQ(line.substr(line.size() - 16), " -              ");
}

TEST(ListedHosts, AreSortedAndNotTerminated) {
  Host gone = host();
  gone.state = "terminated";
  Host b = host();
  b.id = "i-b";
  b.tags["hostname"] = "z";
  Host a = host();
  a.id = "i-a";
  a.tags.erase("hostclass");
  Host stopped = host();
  stopped.id = "i-s";
  stopped.state = "pending";
  const auto hosts = listed({gone, b, host(), a, stopped});
  ASSERT_EQ(hosts.size(), 4U);
  EXPECT_EQ(hosts[0].id, "i-s");
  EXPECT_EQ(hosts[1].id, "i-a");
  EXPECT_EQ(hosts[2].id, "i-0a1b2c3d");
  EXPECT_EQ(hosts[3].id, "i-b");
}

TEST(ListingColumns, OfMostLeaveOutThoseOfAll) {
  ListingColumns columns;
  columns.add_most();
  EXPECT_TRUE(columns.state && columns.hostname && columns.owner && columns.instance_type &&
              columns.ami && columns.smoke && columns.ami_age && columns.uptime);
  EXPECT_FALSE(columns.private_ip || columns.availability_zone || columns.productline ||
               columns.securitygroup);
  columns.add_all();
  EXPECT_TRUE(columns.private_ip && columns.availability_zone && columns.productline &&
              columns.securitygroup);
}

}  // namespace
}  // namespace asiaq::hostclass
