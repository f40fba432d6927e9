#include "environment/reserved_addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace asiaq::environment {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ReservedAddressesTest : public testing::Test {
 protected:
  ReservedAddressesTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "asiaq-reserved-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~ReservedAddressesTest() override { std::filesystem::remove_all(folder_); }

  std::vector<ReservedAddresses> reserved(const std::string& text,
                                          const std::string& environment = "demo") {
    std::ofstream(folder_ / "disco_aws.ini") << text;
    return reserved_addresses(config::ConfigFolder(folder_), environment);
  }

  std::filesystem::path folder_;
};

TEST_F(ReservedAddressesTest, AreThoseOfHostclassesOnly) {
  const auto found = reserved(
      "[disco_aws]\ndefault_meta_network=tunnel\n[mhca]\nip_address=+5 10.0.0.7\n"
      "[other]\nip_address=+6\n[mhcb]\nmeta_network=dmz\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].hostclass, "mhca");
  EXPECT_EQ(found[0].metanetwork, "tunnel");
  EXPECT_THAT(found[0].addresses, ElementsAre("+5", "10.0.0.7"));
}

TEST_F(ReservedAddressesTest, FollowTheEnvironment) {
  const std::string text =
      "[disco_aws]\n[mhca]\nmeta_network=dmz\nip_address=+5\nip_address@ci=+9\nip_address@off=\n";
  EXPECT_THAT(reserved(text, "ci")[0].addresses, ElementsAre("+9"));
  EXPECT_THAT(reserved(text, "demo")[0].addresses, ElementsAre("+5"));
  EXPECT_THAT(reserved(text, "off"), IsEmpty());
}

TEST_F(ReservedAddressesTest, MayBeWrittenAsThePrivateIp) {
  EXPECT_THAT(reserved("[disco_aws]\n[mhca]\nmeta_network=dmz\nprivate_ip=+5\n")[0].addresses,
              ElementsAre("+5"));
}

TEST_F(ReservedAddressesTest, NeedAMetanetwork) {
  EXPECT_THAT(reserved("[disco_aws]\n[mhca]\nip_address=+5\n"), IsEmpty());
}

TEST_F(ReservedAddressesTest, AreNoneWithoutTheFile) {
  EXPECT_THAT(reserved_addresses(config::ConfigFolder(folder_), "demo"), IsEmpty());
}

}  // namespace
}  // namespace asiaq::environment
