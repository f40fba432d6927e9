#include "image/hostclass_script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "base/error.h"
#include "remote/private_folder.h"

namespace asiaq::image {
namespace {

using testing::HasSubstr;

std::string read(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class HostclassScript : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_.path() / "init");
    std::ofstream(folder_.path() / "init" / "template.sh")
        << "#!/bin/sh\n# $TEMPLATED_HOSTCLASS\necho ${TEMPLATED_NAME} $$ $other\n";
    chmod((folder_.path() / "init" / "template.sh").c_str(), 0755);
  }
  remote::PrivateFolder folder_;
};

TEST(FilledTemplate, ReplacesItsTwoNamesAndNothingElse) {
  EXPECT_EQ(filled_template("$TEMPLATED_HOSTCLASS ${TEMPLATED_HOSTCLASS}x", "mhcfoo"),
            "mhcfoo mhcfoox");
  EXPECT_EQ(filled_template("$TEMPLATED_NAME/${TEMPLATED_NAME}", "mhcfoo"), "foo/foo");
  for (const char* text :
       {"$TEMPLATED_NAMES", "${TEMPLATED_NAME:-x}", "${TEMPLATED_NAME", "$$TEMPLATED_NAME", "$",
        "$$", "a $x ${y} $(z) $1", "TEMPLATED_NAME", ""}) {
    EXPECT_EQ(filled_template(text, "mhcfoo"), text);
  }
}

// Scenario d.16
TEST_F(HostclassScript, IsWrittenWithTheTemplatesModeAndNeverOverwritten) {
  const auto file = write_hostclass_script(folder_.path(), "mhcbanana");
  EXPECT_EQ(file, folder_.path() / "init" / "mhcbanana.sh");
  EXPECT_EQ(read(file), "#!/bin/sh\n# mhcbanana\necho banana $$ $other\n");
  struct stat status {};
  ASSERT_EQ(stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0755U);

  std::ofstream(file) << "mine";
  EXPECT_THROW(write_hostclass_script(folder_.path(), "mhcbanana"), ConfigError);
  EXPECT_EQ(read(file), "mine");
}

TEST_F(HostclassScript, RefusesNamesThatAreNoHostclass) {
  try {
    write_hostclass_script(folder_.path(), "banana");
    FAIL() << "nothing was thrown";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.reason(), HasSubstr("mhc"));
  }
  for (const char* name : {"mhc", "mhc/../x", "mhcFoo", "mhcfoo bar", "mhcfoo-bar"}) {
    EXPECT_THROW(write_hostclass_script(folder_.path(), name), ConfigError) << name;
  }
}

TEST_F(HostclassScript, NamesAMissingTemplate) {
  std::filesystem::remove(folder_.path() / "init" / "template.sh");
  try {
    write_hostclass_script(folder_.path(), "mhcfoo");
    FAIL() << "nothing was thrown";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.reason(), HasSubstr("init/template.sh"));
  }
}

}  // namespace
}  // namespace asiaq::image
