#include "hostclass/hostclass_options.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "config/config_folder.h"
#include "hostclass/pipeline_run.h"

namespace asiaq::hostclass {
namespace {

/// A configuration folder that goes away with the test.
class HostclassOptionsTest : public ::testing::Test {
 protected:
  HostclassOptionsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "options-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~HostclassOptionsTest() override { std::filesystem::remove_all(folder_); }

  HostclassOptions read(const std::string& more) {
    write(more);
    return read_hostclass_options(config::ConfigFolder(folder_), "mhcfoo", "ci");
  }
  std::string addresses(const std::string& more) {
    write(more);
    return static_addresses_of(config::ConfigFolder(folder_), "mhcfoo", "ci");
  }

 private:
  void write(const std::string& more) {
    std::ofstream(folder_ / "disco_aws.ini") << "[disco_aws]\ndefault_meta_network=intranet\n"
                                                "default_ssh_key_name=None\ndefault_public_ip=no\n"
                                                "default_smoketest_termination=yes\n"
                                             << more;
  }

  std::filesystem::path folder_;
};

TEST_F(HostclassOptionsTest, HaveDefaults) {
  const HostclassOptions options = read("");
  EXPECT_EQ(options.metanetwork, "intranet");
  EXPECT_EQ(options.key_pair, std::nullopt);
  EXPECT_EQ(options.default_instance_type, "m5.large");
  EXPECT_TRUE(options.chaos);
  EXPECT_TRUE(options.terminates_on_failed_smoke_test);
  EXPECT_EQ(options.smoke_test_limit, Seconds(1200));
  EXPECT_EQ(options.capacity_limit, Seconds(300));
}

TEST_F(HostclassOptionsTest, AreOfTheEnvironment) {
  const HostclassOptions options =
      read("[mhcfoo]\neip=1.1.1.1\neip@ci=2.2.2.2\nsmoketest_timeout=9\nchaos=no\n");
  EXPECT_EQ(options.eip, "2.2.2.2");
  EXPECT_EQ(options.smoke_test_limit, Seconds(9));
  EXPECT_FALSE(options.chaos);
}

TEST_F(HostclassOptionsTest, RefuseValuesThatMakeNoSense) {
  EXPECT_THROW(read("[mhcfoo]\nsmoketest_timeout=0\n"), ConfigError);
  EXPECT_THROW(read("[mhcfoo]\nmetadata_http_tokens=maybe\n"), ConfigError);
  EXPECT_THROW(read("[mhcfoo]\nmetadata_hop_limit=65\n"), ConfigError);
  EXPECT_THROW(read("[mhcfoo]\ntags=team\n"), ConfigError);
}

TEST_F(HostclassOptionsTest, KnowStaticAddressesByBothNames) {
  EXPECT_EQ(addresses(""), "");
  EXPECT_EQ(addresses("[mhcfoo]\nprivate_ip=+5\n"), "+5");
  EXPECT_EQ(addresses("[mhcfoo]\nprivate_ip=+5\nip_address=+6\n"), "+6");
  EXPECT_EQ(addresses("[mhcfoo]\nprivate_ip@ci=+5\nip_address=+6\n"), "+5");
  EXPECT_EQ(addresses("default_ip_address=+6\n[mhcfoo]\nprivate_ip=+5\n"), "+5");
}

TEST(ExtraTags, AreSplitAtTheFirstColon) {
  EXPECT_EQ(parse_extra_tags(" team : red , url:http://x "),
            (std::map<std::string, std::string>{{"team", "red"}, {"url", "http://x"}}));
  EXPECT_TRUE(parse_extra_tags("").empty());
  EXPECT_THROW(parse_extra_tags(":red"), ConfigError);
}

TEST(ProvisionRow, SaysWhichOptionIsWrong) {
  for (const auto& [min, desired, word] :
       {std::tuple("abc", "", "--min-size"), std::tuple("", "1@x:5", "--desired-size")}) {
    try {
      row_of({.hostclass = "mhcfoo", .min_size = min, .desired_size = desired});
      FAIL() << min << desired << " was accepted";
    } catch (const ConfigError& error) {
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
    }
  }
}

TEST(ProvisionRow, TakesZeroForZero) {
  const auto row = row_of({.hostclass = "mhcfoo", .desired_size = "0"});
  EXPECT_EQ(initial_sizes(row), (GivenSizes{.desired = 0}));
}

TEST(ProvisionRow, NeedsHostclassOrImage) { EXPECT_THROW(row_of({}), ConfigError); }

TEST(SizesByRecurrence, AreTheUnionOfAllThree) {
  const auto row = row_of({.hostclass = "mhcfoo",
                           .min_size = "1@0 1 * * *",
                           .desired_size = "2@0 1 * * *:3@0 6 * * *"});
  EXPECT_EQ(initial_sizes(row), (GivenSizes{.min = 1, .desired = 3}));
  EXPECT_EQ(sizes_by_recurrence(row),
            (std::map<std::string, GivenSizes>{{"0 1 * * *", {.min = 1, .desired = 2}},
                                               {"0 6 * * *", {.desired = 3}}}));
}

}  // namespace
}  // namespace asiaq::hostclass
