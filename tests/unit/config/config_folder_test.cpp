#include "config/config_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/environment_variable.h"
#include "support/scratch_folder.h"
#include "support/thrown.h"

namespace asiaq::config {
namespace {

using test::EnvironmentVariable;
using test::ScratchFolder;
using test::thrown_by;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A configuration folder with one disco_aws.ini.
class Chains : public testing::Test {
 protected:
  const ConfigFolder& with(const std::string& text, const std::string& file = "disco_aws.ini") {
    scratch_.write(file, text);
    return folder_;
  }

  ScratchFolder scratch_;
  ConfigFolder folder_{scratch_.path()};
};

TEST(ConfigFolderRoot, IsTheCurrentDirectoryUnlessNamed) {
  const EnvironmentVariable unset("ASIAQ_CONFIG", {});
  EXPECT_EQ(ConfigFolder::root_from_environment(), ".");
  const EnvironmentVariable empty("ASIAQ_CONFIG", "");
  EXPECT_EQ(ConfigFolder::root_from_environment(), ".");
  const EnvironmentVariable named("ASIAQ_CONFIG", "~/x");
  EXPECT_EQ(ConfigFolder::root_from_environment(), "~/x");
}

TEST(ConfigFolderPath, JoinsWithoutMakingCanonical) {
  EXPECT_EQ(ConfigFolder(".").joined("disco_aws.ini"), "./disco_aws.ini");
  EXPECT_EQ(ConfigFolder("a/../b").joined("c"), "a/../b/c");
  EXPECT_EQ(ConfigFolder("a").joined("/absolute"), "/absolute");
}

TEST(ConfigFolderPath, NamesTheJoinedPathThatIsMissing) {
  const ConfigFolder folder("/nonexistent");
  EXPECT_THAT(thrown_by([&] { folder.main_file(); }),
              HasSubstr("AsiaqConfig: config path not found: /nonexistent/disco_aws.ini"));
  EXPECT_EQ(folder.find_ini("disco_rds.ini"), nullptr);
}

TEST_F(Chains, GivenPathsCountFirstThenThoseOfTheFolder) {
  scratch_.write("pipelines/demo.csv", "");
  EXPECT_EQ(folder_.given_path("pipelines/demo.csv"), scratch_.path() / "pipelines/demo.csv");
  EXPECT_EQ(folder_.given_path("/etc/hostname"), "/etc/hostname");
}

TEST_F(Chains, HostclassOptionsPreferSectionAndEnvironment) {
  const ConfigFolder& folder = with(
      "[disco_aws]\ndefault_eip=0\ndefault_eip@ci=1\ndefault_only@ci=2\n"
      "[mhcx]\neip=5.5.5.5\neip@Staging=1.3.3.7\n");
  EXPECT_EQ(folder.hostclass_option("mhcx", "eip", "staging").required(), "1.3.3.7");
  EXPECT_EQ(folder.hostclass_option("mhcx", "eip", "STAGING").required(), "1.3.3.7");
  EXPECT_EQ(folder.hostclass_option("mhcx", "eip", "ci").required(), "5.5.5.5");
  EXPECT_EQ(folder.hostclass_option("mhcx", "eip").required(), "5.5.5.5");
  EXPECT_EQ(folder.hostclass_option("mhcnosection", "eip", "ci").required(), "1");
  EXPECT_EQ(folder.hostclass_option("mhcnosection", "eip", "qa").required(), "0");
  EXPECT_EQ(folder.hostclass_option("mhcx", "only", "ci").required(), "2");
  EXPECT_FALSE(folder.hostclass_option("mhcx", "only", "qa").is_set());
}

TEST_F(Chains, HostclassSectionsMatchExactly) {
  EXPECT_FALSE(with("[disco_aws]\n[MHCx]\neip=1\n").hostclass_option("mhcx", "eip").is_set());
}

TEST_F(Chains, AMissingMandatoryOptionIsNamedAsItsDefault) {
  const ConfigFolder& folder = with("[disco_aws]\n");
  const std::string message =
      thrown_by([&] { folder.hostclass_option("mhcx", "meta_network", "ci").required(); });
  EXPECT_THAT(
      message,
      HasSubstr("AsiaqConfig: no option 'default_meta_network' in section 'disco_aws' of "));
  EXPECT_THAT(message, HasSubstr("disco_aws.ini (set 'meta_network' in [mhcx]"));
}

TEST_F(Chains, PrivateIpIsAnotherNameForIpAddressAtEachStep) {
  const ConfigFolder& folder = with(
      "[disco_aws]\ndefault_ip_address=4\n[a]\nprivate_ip=2\n[b]\nprivate_ip=2\nip_address=1\n"
      "[c]\nprivate_ip@ci=3\nip_address=1\n");
  EXPECT_EQ(folder.hostclass_option("a", "ip_address", "ci").required(), "2");
  EXPECT_EQ(folder.hostclass_option("b", "ip_address", "ci").required(), "1");
  EXPECT_EQ(folder.hostclass_option("c", "ip_address", "ci").required(), "3");
  EXPECT_EQ(folder.hostclass_option("d", "ip_address", "ci").required(), "4");
}

TEST_F(Chains, BakeOptionsFallBackToTheBakeSection) {
  const ConfigFolder& folder = with(
      "[disco_aws]\ndefault_phase=0\ndefault_other=9\n[bake]\nphase=2\nphase@build=3\n"
      "[mhcx]\nphase=1\n");
  EXPECT_EQ(folder.bake_option("mhcx", "phase").required(), "1");
  EXPECT_EQ(folder.bake_option("mhcy", "phase").required(), "2");
  EXPECT_EQ(folder.bake_option("mhcy", "phase", "build").required(), "3");
  EXPECT_EQ(folder.bake_option("mhcy", "other").required(), "9");
}

TEST_F(Chains, DeployOptionsFallBackToTheTestSectionAndLoseTheirPrefixThere) {
  const ConfigFolder& folder = with(
      "[disco_aws]\ndefault_deployment_strategy=classic\n[test]\nuser=tester # who\n"
      "test_command=run me\ncommand=never\n[mhcx]\ndeployment_strategy=blue_green # new\n");
  EXPECT_EQ(folder.deploy_option("mhcx", "deployment_strategy").required(), "blue_green");
  EXPECT_EQ(folder.deploy_option("mhcy", "deployment_strategy").required(), "classic");
  EXPECT_EQ(folder.deploy_option("mhcx", "test_user").required(), "tester");
  EXPECT_EQ(folder.deploy_option("mhcx", "test_command").required(), "run me");
  EXPECT_FALSE(folder.deploy_option("mhcx", "test_hostclass").is_set());
}

TEST_F(Chains, IamOptionsMayBeWrittenForAnAccountType) {
  const ConfigFolder& folder = with("[iam]\nrole_prefix=all\nrole_prefix@prod=p\n");
  EXPECT_EQ(folder.iam_option("role_prefix", "prod").required(), "p");
  EXPECT_EQ(folder.iam_option("role_prefix", "dev").required(), "all");
  EXPECT_FALSE(folder.iam_option("naked_roles", "dev").is_set());
}

TEST_F(Chains, PlainOptionsMayBeWrittenForAnEnvironmentAndLiteralOnesMayNot) {
  const ConfigFolder& folder = with("[disco_aws]\nx=1\nx@ci=2\n");
  EXPECT_EQ(folder.plain_option("x", "ci").required(), "2");
  EXPECT_EQ(folder.plain_option("x", "qa").required(), "1");
  EXPECT_EQ(folder.literal_option("disco_aws", "x").required(), "1");
  EXPECT_THAT(thrown_by([&] { folder.literal_option("bake", "x").required(); }),
              HasSubstr("no section 'bake' in "));
  EXPECT_THAT(thrown_by([&] { folder.literal_option("disco_aws", "y").required(); }),
              HasSubstr("no option 'y' in section 'disco_aws' of "));
}

TEST_F(Chains, VpcOptionsComeFromTheEnvironmentThenItsType) {
  const ConfigFolder& folder = with(
      "[envtype:sandbox]\nip_space=10.0.0.0/8\nvpc_cidr_size=20\n[env:Demo]\nvpc_cidr_size=22\n"
      "[peerings]\nleak=1\n",
      "disco_vpc.ini");
  const VpcConfig demo = folder.vpc("Demo", "sandbox");
  EXPECT_EQ(demo.option("vpc_cidr_size").integer(), 22);
  EXPECT_EQ(demo.option("ip_space").required(), "10.0.0.0/8");
  EXPECT_FALSE(demo.option("leak").is_set());
  EXPECT_THAT(demo.option_names(), ElementsAre("ip_space", "vpc_cidr_size"));
  EXPECT_TRUE(demo.is_configured());
  EXPECT_FALSE(folder.vpc("demo", "other").is_configured());
  EXPECT_THAT(thrown_by([&] { folder.vpc("demo", "other").option("ip_space").required(); }),
              HasSubstr("no option 'ip_space' in section 'envtype:other' of "));
}

TEST_F(Chains, TheProjectMayBeWrittenUnderItsOlderName) {
  EXPECT_EQ(with("[disco_aws]\nproject=old\n").project_name(), "old");
}

TEST_F(Chains, TheProjectsNameCountsBeforeItsOlderForm) {
  EXPECT_EQ(with("[disco_aws]\nproject=old\nproject_name=new\n").project_name(), "new");
}

TEST_F(Chains, TheProjectIsMandatory) {
  const ConfigFolder& folder = with("[disco_aws]\n");
  EXPECT_THAT(thrown_by([&] { folder.project_name(); }), HasSubstr("no option 'project_name'"));
}

TEST_F(Chains, SyntaxErrorsOfAnyFileAreReported) {
  const ConfigFolder& folder = with("[env:x]\nbad\n", "disco_vpc.ini");
  EXPECT_THAT(thrown_by([&] { folder.vpc("x", "y").option("z"); }),
              HasSubstr("disco_vpc.ini:2: neither a [section]"));
}

class Truth : public testing::TestWithParam<std::pair<std::string, bool>> {};

TEST_P(Truth, IsOneOfAFewWordsInAnyCase) {
  const OptionValue value({{GetParam().first, "f:1", "s", "k"}}, "", "");
  EXPECT_EQ(value.boolean(), GetParam().second) << "for '" << GetParam().first << "'";
}

INSTANTIATE_TEST_SUITE_P(Values, Truth,
                         testing::Values(std::pair{"Aye", true}, std::pair{"TRUE", true},
                                         std::pair{"yes", true}, std::pair{"t", true},
                                         std::pair{"Y", true}, std::pair{"1", true},
                                         std::pair{"on", false}, std::pair{"", false},
                                         std::pair{"maybe", false}, std::pair{"no", false},
                                         std::pair{"2", false}),
                         [](const auto& tested) { return "Case" + std::to_string(tested.index); });

TEST(OptionValue, GivesFallbacksOnlyWhenUnset) {
  const OptionValue unset({}, "no option", "");
  const OptionValue empty({{"", "f:1", "s", "k"}}, "", "");
  EXPECT_TRUE(unset.boolean(true));
  EXPECT_FALSE(empty.boolean(true));
  EXPECT_EQ(unset.value_or("d"), "d");
  EXPECT_EQ(empty.value_or("d"), "");
  EXPECT_EQ(unset.integer_or(7), 7);
  EXPECT_THAT(unset.list(), IsEmpty());
  EXPECT_THAT(unset.list_or({"a"}), ElementsAre("a"));
  EXPECT_THAT(empty.list_or({"a"}), IsEmpty());
}

TEST(OptionValue, RejectsWhatIsNoNumberWithItsPlace) {
  const OptionValue value({{"1x", "f.ini:3", "s", "k"}}, "", "");
  EXPECT_EQ(thrown_by([&] { value.integer(); }),
            "AsiaqConfig: f.ini:3: option 'k' in section 's': '1x' is not an integer");
  EXPECT_EQ(thrown_by([&] { value.number_or(1); }),
            "AsiaqConfig: f.ini:3: option 'k' in section 's': '1x' is not a number");
}

TEST(OptionValue, SplitsListsAtBlanksAndCommas) {
  const OptionValue value({{" a, b\nc,,d ", "f:1", "s", "k"}}, "", "");
  EXPECT_THAT(value.list(), ElementsAre("a", "b", "c", "d"));
}

}  // namespace
}  // namespace asiaq::config
