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

constexpr const char* kServices =
    "services = local\n[services local]\ns3 =\n  endpoint_url = http://s3-file\n"
    "auto_scaling =\n  endpoint_url = http://as-file\n";

struct EndpointRow {
  std::string name;
  Variables variables;
  std::string profile;      ///< what stands under [default]
  std::string s3, ec2, as;  ///< empty: AWS's own
};
class Endpoints : public testing::TestWithParam<EndpointRow> {};

// docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
TEST_P(Endpoints, AreTheFirstOfTheirPlaces) {
  test::ScratchFolder home;
  home.write(".aws/config", "[default]\n" + GetParam().profile);
  const Settings settings = read(environment_of(GetParam().variables, home.path()));
  EXPECT_EQ(settings.endpoint_for("S3").value_or(""), GetParam().s3);
  EXPECT_EQ(settings.endpoint_for("EC2").value_or(""), GetParam().ec2);
  EXPECT_EQ(settings.endpoint_for("Auto Scaling").value_or(""), GetParam().as);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Endpoints,
    testing::Values(
        EndpointRow{"None", {}, "", "", "", ""},
        EndpointRow{"Variable",
                    {{"AWS_ENDPOINT_URL", "http://all"}},
                    "",
                    "http://all",
                    "http://all",
                    "http://all"},
        EndpointRow{
            "VariableOfService",
            {{"AWS_ENDPOINT_URL", "http://all"}, {"AWS_ENDPOINT_URL_AUTO_SCALING", "http://as"}},
            "",
            "http://all",
            "http://all",
            "http://as"},
        EndpointRow{"OnlyVariableOfService",
                    {{"AWS_ENDPOINT_URL_S3", "http://s3"}},
                    "",
                    "http://s3",
                    "",
                    ""},
        EndpointRow{"EmptyVariable",
                    {{"AWS_ENDPOINT_URL", ""}, {"AWS_ENDPOINT_URL_S3", ""}},
                    "endpoint_url = http://file\n",
                    "http://file",
                    "http://file",
                    "http://file"},
        EndpointRow{"Services", {}, kServices, "http://s3-file", "", "http://as-file"},
        EndpointRow{"ServicesBeforeProfile",
                    {},
                    std::string("endpoint_url = http://file\n") + kServices,
                    "http://s3-file",
                    "http://file",
                    "http://as-file"},
        EndpointRow{"VariableBeforeServices",
                    {{"AWS_ENDPOINT_URL", "http://all"}},
                    kServices,
                    "http://all",
                    "http://all",
                    "http://all"},
        EndpointRow{"VariableOfServiceBeforeServices",
                    {{"AWS_ENDPOINT_URL_S3", "http://s3"}},
                    kServices,
                    "http://s3",
                    "",
                    "http://as-file"},
        EndpointRow{
            "IgnoredByVariable",
            {{"AWS_ENDPOINT_URL", "http://all"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE"}},
            kServices,
            "",
            "",
            ""},
        EndpointRow{"IgnoredByProfile",
                    {{"AWS_ENDPOINT_URL_S3", "http://s3"}},
                    "ignore_configured_endpoint_urls = true\nendpoint_url = http://file\n",
                    "",
                    "",
                    ""},
        EndpointRow{"NotIgnored",
                    {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"}},
                    "ignore_configured_endpoint_urls = true\nendpoint_url = http://file\n",
                    "http://file",
                    "http://file",
                    "http://file"}),
    [](const auto& row) { return row.param.name; });

TEST(Endpoints, OfASectionThatIsMissingAreAnError) {
  test::ScratchFolder home;
  home.write(".aws/config", "[default]\nservices = nowhere\n");
  EXPECT_EQ(test::thrown_by([&] { read(environment_of({}, home.path())); }),
            "Credentials: " + (home.path() / ".aws/config").string() +
                ", line 2: services names a section [services nowhere] that is not there");
}

struct FlagRow {
  std::string name;
  Variables variables;
  std::string profile;
  bool fips, dual_stack;
};
class EndpointFlags : public testing::TestWithParam<FlagRow> {};

TEST_P(EndpointFlags, AreReadFromVariablesFirst) {
  test::ScratchFolder home;
  home.write(".aws/config", "[default]\n" + GetParam().profile);
  const Settings settings = read(environment_of(GetParam().variables, home.path()));
  EXPECT_EQ(settings.use_fips, GetParam().fips);
  EXPECT_EQ(settings.use_dual_stack, GetParam().dual_stack);
}

INSTANTIATE_TEST_SUITE_P(
    Table, EndpointFlags,
    testing::Values(
        FlagRow{"Neither", {}, "", false, false},
        FlagRow{"Variables",
                {{"AWS_USE_FIPS_ENDPOINT", "true"}, {"AWS_USE_DUALSTACK_ENDPOINT", "True"}},
                "",
                true,
                true},
        FlagRow{
            "Profile", {}, "use_fips_endpoint = true\nuse_dualstack_endpoint = true\n", true, true},
        FlagRow{"VariableWins",
                {{"AWS_USE_FIPS_ENDPOINT", "false"}},
                "use_fips_endpoint = true\nuse_dualstack_endpoint = true\n",
                false,
                true}),
    [](const auto& row) { return row.param.name; });

struct BundleRow {
  std::string name;
  std::vector<std::string> variables;  ///< each names the file of its own name
  std::string profile, bundle;
};
class CaBundle : public testing::TestWithParam<BundleRow> {};

TEST_P(CaBundle, IsTheFirstOfItsPlaces) {
  test::ScratchFolder home;
  Variables variables;
  for (const std::string& name : GetParam().variables) {
    home.write(name, "");
    variables[name] = (home.path() / name).string();
  }
  home.write("own.pem", "");
  home.write(".aws/config", "[default]\n" + GetParam().profile);
  const Settings settings = read(environment_of(variables, home.path()));
  EXPECT_EQ(settings.ca_bundle.value_or("").filename(), GetParam().bundle);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CaBundle,
    testing::Values(BundleRow{"None", {}, "", ""},
                    BundleRow{"Variable",
                              {"AWS_CA_BUNDLE", "CURL_CA_BUNDLE"},
                              "ca_bundle = ~/own.pem\n",
                              "AWS_CA_BUNDLE"},
                    BundleRow{"Profile", {"CURL_CA_BUNDLE"}, "ca_bundle = ~/own.pem\n", "own.pem"},
                    BundleRow{"OfCurl", {"CURL_CA_BUNDLE", "SSL_CERT_FILE"}, "", "CURL_CA_BUNDLE"},
                    BundleRow{"OfOpenSsl", {"SSL_CERT_FILE"}, "", "SSL_CERT_FILE"},
                    BundleRow{"OfRequests",
                              {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"},
                              "",
                              "REQUESTS_CA_BUNDLE"}),
    [](const auto& row) { return row.param.name; });

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
        WrongRow{{{"AWS_CA_BUNDLE", "/nonexistent/x.pem"}},
                 "Credentials: AWS_CA_BUNDLE names /nonexistent/x.pem, which does not exist"},
        WrongRow{{{"AWS_REQUEST_CHECKSUM_CALCULATION", "never"}},
                 "Credentials: AWS_REQUEST_CHECKSUM_CALCULATION is 'never', neither when_supported "
                 "nor when_required"},
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
