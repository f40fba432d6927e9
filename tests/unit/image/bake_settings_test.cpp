#include "image/bake_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.h"
#include "image/payload.h"
#include "image/selection.h"
#include "remote/private_folder.h"

namespace asiaq::image {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* sample = R"([disco_aws]
project_name=acme
default_product_line=sample

[bake]
bakery_environment=build
bakery_instance_type=t3.small
bake_key=bake
repo_hostclass=mhcrepo
no_repo_hostclasses=mhcgeneric mhcalone
phase=2
phase1_ami_name=base
phase1_hostclass=mhcgeneric
config_data_source=.
data_destination=/opt/wgen/discoaws
ami_stages=untested failed tested
trusted_account_ids=111111111111 222222222222

[base]
bake_ami=ami-1

[centos7_phase1]
phase=1
bake_ami=resolve:ssm:/centos/7

[mhcfoo]
product_line=astro
enhanced_networking=aye
root_login@build=yes
ami_available_wait_time=60
)";

class Settings : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(root() / "discoroot");
    std::filesystem::create_directories(root() / "payload" / "bin");
    for (const char* name : {"acfg1.py", "asiaq"}) {
      std::ofstream(root() / "payload" / "bin" / name) << "x";
    }
    setenv("ASIAQ_PAYLOAD", (root() / "payload").c_str(), 1);
    write(sample);
  }
  void TearDown() override { unsetenv("ASIAQ_PAYLOAD"); }

  const std::filesystem::path& root() const { return folder_.path(); }
  void write(const std::string& text) { std::ofstream(root() / "disco_aws.ini") << text; }
  BakeSettings read(const BakeOptions& options = {}) {
    return bake_settings(config::ConfigFolder(root()), options);
  }
  /// The sample without the line of this option.
  static std::string without(const std::string& option) {
    std::string text = sample;
    const std::size_t begin = text.find("\n" + option + "=") + 1;
    return text.erase(begin, text.find('\n', begin) + 1 - begin);
  }

 private:
  remote::PrivateFolder folder_;
};

// Scenario d.9
TEST_F(Settings, WithoutHostclassAreThoseOfTheBaseImage) {
  const BakeSettings settings = read();
  EXPECT_EQ(settings.phase, 1);
  EXPECT_EQ(settings.name, "base");
  EXPECT_EQ(settings.hostclass, "mhcgeneric");
  EXPECT_EQ(settings.source, "ami-1");
  EXPECT_EQ(settings.script(), "/opt/wgen/discoaws/init/phase1.sh");
  EXPECT_EQ(settings.stage, "untested");
  EXPECT_EQ(settings.product_line, "sample");
  EXPECT_FALSE(settings.needs_repo);
}

// Scenario d.9
TEST_F(Settings, OfAnotherBaseImageAreThoseOfItsSection) {
  const BakeSettings settings = read({.hostclass = "centos7_phase1"});
  EXPECT_EQ(settings.phase, 1);
  EXPECT_EQ(settings.name, "centos7_phase1");
  EXPECT_EQ(settings.hostclass, "mhcgeneric");
  EXPECT_EQ(settings.source, "resolve:ssm:/centos/7");
}

TEST_F(Settings, OfAHostclassStartFromTheBaseImage) {
  const BakeSettings settings = read({.hostclass = "mhcfoo", .stage = "tested"});
  EXPECT_EQ(settings.phase, 2);
  EXPECT_EQ(settings.name, "mhcfoo");
  EXPECT_EQ(settings.hostclass, "mhcfoo");
  EXPECT_EQ(settings.base_name, "base");
  EXPECT_EQ(settings.source, "");
  EXPECT_EQ(settings.stage, "tested");
  EXPECT_EQ(settings.product_line, "astro");
  EXPECT_TRUE(settings.enhanced_networking);
  EXPECT_EQ(settings.root_login, CleanUp::RootLogin::by_key);
  EXPECT_EQ(settings.image_wait, Seconds(60));
  EXPECT_TRUE(settings.needs_repo);
  EXPECT_THAT(settings.trusted_accounts, ElementsAre("111111111111", "222222222222"));
}

TEST_F(Settings, SourceOfTheCommandLineWins) {
  EXPECT_EQ(read({.source_ami = "ami-9"}).source, "ami-9");
  const BakeSettings settings = read({.hostclass = "mhcfoo", .source_ami = "ami-9"});
  EXPECT_EQ(settings.source, "ami-9");
  EXPECT_EQ(settings.base_name, "");
}

TEST_F(Settings, NeedNoRepositoryWhereNoneIsNamed) {
  EXPECT_FALSE(read({.hostclass = "mhcalone"}).needs_repo);
  write(without("repo_hostclass"));
  EXPECT_FALSE(read({.hostclass = "mhcfoo"}).needs_repo);
}

// Scenario d.15
TEST_F(Settings, NameWhatIsMissing) {
  for (const char* option : {"bake_key", "bakery_environment", "bakery_instance_type",
                             "phase1_hostclass", "data_destination", "config_data_source"}) {
    write(without(option));
    try {
      read();
      ADD_FAILURE() << option << " was not missed";
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(option));
      EXPECT_THAT(error.what(), HasSubstr("bake"));
    }
  }
}

// Scenario d.15
TEST_F(Settings, RefuseAStageThatIsNone) {
  try {
    read({.stage = "nope"});
    FAIL() << "nothing was thrown";
  } catch (const ImageError& error) {
    EXPECT_THAT(error.reason(), HasSubstr("nope"));
    EXPECT_THAT(error.reason(), HasSubstr("ami_stages"));
  }
}

TEST_F(Settings, NameTheFolderThatIsNoConfiguration) {
  std::filesystem::remove(root() / "discoroot");
  try {
    read();
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), "WrongPath");
    EXPECT_THAT(error.reason(), HasSubstr("discoroot"));
  }
}

TEST_F(Settings, HaveTheManualsStagesByDefault) {
  write(without("ami_stages"));
  EXPECT_THAT(stages(config::ConfigFolder(root())), ElementsAre("untested", "tested"));
}

TEST_F(Settings, TakeThePayloadThatIsConfiguredOnlyIfItIsOne) {
  std::filesystem::create_directories(root() / "checkout" / "bin");
  std::ofstream(root() / "checkout" / "bin" / "acfg1.py") << "#!/usr/bin/env python\n";
  write(std::string(sample) + "[bake]\nasiaq_data_source=checkout\n");
  EXPECT_EQ(read().payload, root() / "payload");
  std::ofstream(root() / "checkout" / "asiaq_3.0.0_amd64.deb") << "x";
  EXPECT_EQ(read().payload, root() / "checkout");
}

}  // namespace
}  // namespace asiaq::image
