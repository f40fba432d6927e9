#include "aws/config/settings.h"

#include <gtest/gtest.h>

#include "aws/error.h"
#include "support/aws_session.h"
#include "support/scratch_folder.h"
#include "support/thrown.h"

namespace asiaq::aws::config {
namespace {

Settings read(const Environment& environment, const std::optional<std::string>& region = {}) {
  const SharedFiles files(environment);
  return read_settings(environment, files, choose_profile(environment, {}), region);
}

struct RegionRow {
  std::string name;
  Variables variables;
  std::string config, boto;
  std::string region;  ///< empty: none
};
class Region : public testing::TestWithParam<RegionRow> {};

TEST_P(Region, IsTheFirstOfItsPlaces) {
  test::ScratchFolder home;
  if (!GetParam().config.empty()) home.write(".aws/config", GetParam().config);
  if (!GetParam().boto.empty()) home.write(".boto", GetParam().boto);
  EXPECT_EQ(read(environment_of(GetParam().variables, home.path())).region.value_or(""),
            GetParam().region);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Region,
    testing::Values(
        RegionRow{"Variable",
                  {{"AWS_REGION", "a"}, {"AWS_DEFAULT_REGION", "b"}},
                  "[default]\nregion = c\n",
                  "",
                  "a"},
        RegionRow{"BotoFileAfterAProfileOfAnotherName",
                  {{"AWS_PROFILE", "p"}},
                  "[default]\nregion = c\n[profile p]\n",
                  "[Boto]\nec2_region_name = d\n",
                  "d"},
        RegionRow{
            "OlderVariable", {{"AWS_DEFAULT_REGION", "b"}}, "[default]\nregion = c\n", "", "b"},
        RegionRow{"EmptyVariable", {{"AWS_REGION", ""}}, "[default]\nregion = c\n", "", "c"},
        RegionRow{"Profile", {}, "[default]\nregion = c\n", "[Boto]\nec2_region_name = d\n", "c"},
        RegionRow{"NamedProfile",
                  {{"AWS_PROFILE", "p"}},
                  "[default]\nregion = c\n[profile p]\nregion = e\n",
                  "",
                  "e"},
        RegionRow{"NamedProfileWithout",
                  {{"AWS_PROFILE", "p"}},
                  "[default]\nregion = c\n[profile p]\n",
                  "",
                  ""},
        RegionRow{"BotoFile", {}, "", "[Boto]\nec2_region_name = d\n", "d"},
        RegionRow{"BotoFileWithColon", {}, "", "[Credentials]\n[Boto]\nec2_region_name: d\n", "d"},
        RegionRow{
            "BotoSectionOfConfig", {}, "[Boto]\nec2_region_name = f\nnum_retries = 12\n", "", "f"},
        RegionRow{"Nowhere", {}, "", "", ""}),
    [](const auto& row) { return row.param.name; });

TEST(Region, OfBotoIsTakenFromTheFileThatTheVariableNames) {
  test::ScratchFolder home;
  home.write("boto.cfg", "[Boto]\nec2_region_name = g\n");
  home.write(".boto", "[Boto]\nec2_region_name = d\n");
  EXPECT_EQ(
      read(environment_of({{"BOTO_CONFIG", (home.path() / "boto.cfg").string()}}, home.path()))
          .region,
      "g");
}

TEST(Region, CanBeGiven) {
  EXPECT_EQ(read(environment_of({{"AWS_REGION", "a"}}), "o").region, "o");
}

TEST(Endpoints, OfOneServiceWinOverThoseOfAll) {
  const Settings settings = read(environment_of(
      {{"AWS_ENDPOINT_URL", "http://all"}, {"AWS_ENDPOINT_URL_AUTO_SCALING", "http://as"}}));
  EXPECT_EQ(settings.endpoint_for("Auto Scaling"), "http://as");
  EXPECT_EQ(settings.endpoint_for("EC2"), "http://all");
}

TEST(Endpoints, AreReadFromTheServicesSection) {
  test::ScratchFolder home;
  home.write(".aws/config",
             "[default]\nservices = local\nendpoint_url = http://all\n[services local]\ns3 =\n  "
             "endpoint_url = http://s3\n");
  const Settings settings = read(environment_of({}, home.path()));
  EXPECT_EQ(settings.endpoint_for("S3"), "http://s3");
  EXPECT_EQ(settings.endpoint_for("EC2"), "http://all");
}

TEST(Endpoints, AVariableForAllWinsOverTheFile) {
  test::ScratchFolder home;
  home.write(".aws/config",
             "[default]\nservices = local\n[services local]\ns3 =\n  endpoint_url = http://s3\n");
  EXPECT_EQ(
      read(environment_of({{"AWS_ENDPOINT_URL", "http://all"}}, home.path())).endpoint_for("S3"),
      "http://all");
}

TEST(Endpoints, CanBeIgnored) {
  EXPECT_FALSE(read(environment_of({{"AWS_ENDPOINT_URL", "http://all"},
                                    {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}}))
                   .endpoint_for("EC2"));
}

struct WrongRow {
  Variables variables;
  std::string message;
};
class WrongVariable : public testing::TestWithParam<WrongRow> {};

TEST_P(WrongVariable, IsNamed) {
  EXPECT_EQ(test::thrown_by([&] { read(environment_of(GetParam().variables)); }),
            GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongVariable,
    testing::Values(
        WrongRow{{{"AWS_MAX_ATTEMPTS", "many"}},
                 "Credentials: AWS_MAX_ATTEMPTS is 'many', not a number from 1 to 1000"},
        WrongRow{{{"AWS_MAX_ATTEMPTS", "0"}},
                 "Credentials: AWS_MAX_ATTEMPTS is '0', not a number from 1 to 1000"},
        WrongRow{{{"AWS_RETRY_MODE", "fast"}},
                 "Credentials: AWS_RETRY_MODE is 'fast', none of legacy, standard, adaptive"},
        WrongRow{{{"AWS_USE_FIPS_ENDPOINT", "yes"}},
                 "Credentials: AWS_USE_FIPS_ENDPOINT is 'yes', neither true nor false"},
        WrongRow{{{"AWS_ENDPOINT_URL", "localhost:5000"}},
                 "Credentials: the endpoint 'localhost:5000' is not an http or https URL"},
        WrongRow{{{"AWS_REGION", "us west"}},
                 "Credentials: AWS_REGION is 'us west', not the name of a region"},
        WrongRow{{{"AWS_DEFAULT_REGION", "evil.example/"}},
                 "Credentials: AWS_DEFAULT_REGION is 'evil.example/', not the name of a region"},
        WrongRow{{{"AWS_EC2_METADATA_DISABLED", "1"}},
                 "Credentials: AWS_EC2_METADATA_DISABLED is '1', neither true nor false"},
        WrongRow{{{"AWS_METADATA_SERVICE_TIMEOUT", "0"}},
                 "Credentials: AWS_METADATA_SERVICE_TIMEOUT is '0', not a number from 1 to 300"}));

TEST(WrongSetting, OfAProfileIsNamedWithItsLine) {
  test::ScratchFolder home;
  home.write(".aws/config", "[default]\nregion = us-west-2\nuse_fips_endpoint = yes\n");
  EXPECT_EQ(test::thrown_by([&] { read(environment_of({}, home.path())); }),
            "Credentials: " + home.path().string() +
                "/.aws/config, line 3: use_fips_endpoint is 'yes', neither true nor false");
}

TEST(MetadataSettings, ComeFromVariablesAndTheProfile) {
  test::ScratchFolder home;
  home.write(
      ".aws/config",
      "[default]\nec2_metadata_service_endpoint = http://a\nec2_metadata_v1_disabled = true\n"
      "metadata_service_timeout = 7\nmetadata_service_num_attempts = 3\n");
  const auto options = read(environment_of({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://b"},
                                            {"AWS_METADATA_SERVICE_NUM_ATTEMPTS", "5"}},
                                           home.path()))
                           .metadata;
  EXPECT_EQ(options.endpoint, "http://b");
  EXPECT_EQ(options.version_1, InstanceMetadata::Version1::refused);
  EXPECT_EQ(options.timeout.count(), 7);
  EXPECT_EQ(options.attempts, 5);
  EXPECT_FALSE(options.disabled);
}

TEST(RetrySettings, TurnTheLimiterOffInTheModesWithoutOne) {
  EXPECT_TRUE(read(environment_of({})).retry.rate_limiter);
  EXPECT_TRUE(read(environment_of({{"AWS_RETRY_MODE", "adaptive"}})).retry.rate_limiter);
  EXPECT_FALSE(read(environment_of({{"AWS_RETRY_MODE", "standard"}})).retry.rate_limiter);
}

TEST(BrokenFile, IsAnErrorOnlyForThoseWhoNeedIt) {
  test::ScratchFolder home;
  home.write(".aws/config", "rubbish\n");
  EXPECT_THROW(read(environment_of({}, home.path())), CredentialsError);
  EXPECT_NO_THROW(read(environment_of(with_keys(), home.path())));
}

}  // namespace
}  // namespace asiaq::aws::config
