#include "config/environment_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/environment_variable.h"
#include "support/scratch_folder.h"
#include "support/thrown.h"

namespace asiaq::config {
namespace {

using test::EnvironmentVariable;
using testing::HasSubstr;

class EnvironmentChoice : public testing::Test {
 protected:
  EnvironmentChoice() { scratch_.write("disco_aws.ini", "[disco_aws]\ndefault_environment=ci\n"); }

  test::ScratchFolder scratch_;
  ConfigFolder folder_{scratch_.path()};
};

TEST_F(EnvironmentChoice, PrefersTheOptionThenTheVariableThenTheConfiguration) {
  const EnvironmentVariable variable("DEFAULT_ENV", "build");
  EXPECT_EQ(choose_environment("qa", folder_), "qa");
  EXPECT_EQ(choose_environment("", folder_), "build");
  EXPECT_EQ(choose_environment({}, folder_), "build");
  const EnvironmentVariable empty("DEFAULT_ENV", "");
  EXPECT_EQ(choose_environment({}, folder_), "ci");
}

TEST_F(EnvironmentChoice, NeedsNoConfigurationIfANameIsGiven) {
  EXPECT_EQ(choose_environment("qa", ConfigFolder("/nonexistent")), "qa");
}

TEST_F(EnvironmentChoice, SaysHowToNameOneIfNothingDoes) {
  const EnvironmentVariable unset("DEFAULT_ENV", {});
  scratch_.write("disco_aws.ini", "[disco_aws]\n");
  EXPECT_THAT(test::thrown_by([&] { choose_environment({}, folder_); }),
              HasSubstr("AsiaqConfig: no environment given"));
}

TEST_F(EnvironmentChoice, RefusesNamesThatMeanNone) {
  for (const std::string name : {"none", "None", "-"}) {
    EXPECT_THAT(test::thrown_by([&] { require_environment(name, folder_); }),
                HasSubstr("VPCEnvironment: failed to select environment"))
        << "for " << name;
  }
  EXPECT_EQ(require_environment("NONE", folder_), "NONE");
}

}  // namespace
}  // namespace asiaq::config
