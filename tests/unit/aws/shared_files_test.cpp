#include "aws/config/shared_files.h"

#include <gtest/gtest.h>

#include "aws/error.h"
#include "support/aws_session.h"
#include "support/scratch_folder.h"
#include "support/thrown.h"

namespace asiaq::aws::config {
namespace {

Section only(const std::string& text, const std::string& name = "x") {
  return parse_ini("config", text).sections.at(name);
}

TEST(AwsIni, CutsCommentsThatFollowABlank) {
  const Section section = only("[x]\na = 1 # one\nb = 2 ; two\nc = 3#4\n# d = 5\n; e = 6\n");
  EXPECT_EQ(section.get("a"), "1");
  EXPECT_EQ(section.get("b"), "2");
  EXPECT_EQ(section.get("c"), "3#4");
  EXPECT_EQ(section.find("d"), nullptr);
}

TEST(AwsIni, ReadsNestedSettings) {
  const Section section = only("[x]\ns3 =\n  addressing_style = path\n  max = 3\nregion = r\n");
  EXPECT_EQ(section.get("s3.addressing_style"), "path");
  EXPECT_EQ(section.get("region"), "r");
}

TEST(AwsIni, TakesTheLastOfWhatComesTwice) {
  EXPECT_EQ(only("[x]\na = 1\na = 2\n[x]\na = 3\n").get("a"), "3");
}

TEST(AwsIni, ReadsWindowsLinesAndAByteOrderMark) {
  EXPECT_EQ(only("\xEF\xBB\xBF[x]\r\na = 1\r\n").get("a"), "1");
}

TEST(AwsIni, KeepsSignsInValues) {
  EXPECT_EQ(only("[x]\nsecret = a=b/c+d==\n").get("secret"), "a=b/c+d==");
}

TEST(AwsIni, NamesFileAndLineOfWhatItCannotRead) {
  EXPECT_EQ(test::thrown_by([] { parse_ini("/h/config", "[x]\nrubbish\n"); }),
            "Credentials: /h/config, line 2: neither a section nor name = value");
  EXPECT_EQ(test::thrown_by([] { parse_ini("/h/config", "a = 1\n"); }),
            "Credentials: /h/config, line 1: a setting before the first section");
  EXPECT_EQ(test::thrown_by([] { parse_ini("/h/config", "[x\n"); }),
            "Credentials: /h/config, line 1: a section without a closing bracket");
}

TEST(AwsIni, KnowsWhereASettingStands) {
  const Section section = only("# mine\n[x]\na = 1\n\nb =\nc = 2\nc = 3\n");
  EXPECT_EQ(section.place.text(), "config, line 2");
  EXPECT_EQ(section.place_of("a").text(), "config, line 3");
  EXPECT_EQ(section.place_of("c").text(), "config, line 7");
  EXPECT_EQ(section.place_of("b").text(), "config, line 2") << "empty counts as absent";
}

TEST(AwsIni, ReadsTitlesInQuotes) {
  EXPECT_EQ(only("[profile \"my own\"]\na = 1\n", "profile my own").get("a"), "1");
  EXPECT_EQ(only("[profile 'my own']\na = 1\n", "profile my own").get("a"), "1");
  EXPECT_EQ(only("[profile 'x]\na = 1\n", "profile 'x").get("a"), "1");
}

TEST(SharedFiles, PutsTheCredentialsFileBeforeTheConfigFile) {
  test::ScratchFolder home;
  home.write(".aws/config",
             "[profile a]\nregion = r1\naws_access_key_id = c\n[default]\nregion = d\n");
  home.write(".aws/credentials", "[a]\naws_access_key_id = k\n");
  const SharedFiles files(environment_of({}, home.path()));
  EXPECT_EQ(files.profile("a")->get("aws_access_key_id"), "k");
  EXPECT_EQ(files.profile("a")->get("region"), "r1");
  EXPECT_EQ(files.profile("default")->get("region"), "d");
  EXPECT_FALSE(files.profile("b"));
}

TEST(SharedFiles, DoesNotTakeAForeignSectionForAProfile) {
  test::ScratchFolder home;
  home.write(".aws/config", "[Boto]\nnum_retries = 12\n[s3]\nhost = x\n[default]\nregion = d\n");
  const SharedFiles files(environment_of({}, home.path()));
  EXPECT_FALSE(files.profile("Boto"));
  EXPECT_EQ(files.section("Boto")->get("num_retries"), "12");
}

TEST(SharedFiles, AreFoundWhereTheVariablesSay) {
  test::ScratchFolder home;
  home.write("c", "[profile a]\nregion = r\n");
  home.write("k", "[a]\naws_access_key_id = k\n");
  const SharedFiles files(environment_of(
      {{"AWS_CONFIG_FILE", (home.path() / "c").string()}, {"AWS_SHARED_CREDENTIALS_FILE", "~/k"}},
      home.path()));
  EXPECT_EQ(files.profile("a")->get("region"), "r");
  EXPECT_EQ(files.profile("a")->get("aws_access_key_id"), "k");
}

TEST(ProfileChoice, GoesFromTheOptionToTheVariables) {
  EXPECT_EQ(choose_profile(environment_of({{"AWS_PROFILE", "p"}}), "o").name, "o");
  EXPECT_EQ(
      choose_profile(environment_of({{"AWS_PROFILE", "p"}, {"AWS_DEFAULT_PROFILE", "d"}}), {}).name,
      "p");
  EXPECT_EQ(
      choose_profile(environment_of({{"AWS_PROFILE", ""}, {"AWS_DEFAULT_PROFILE", "d"}}), {}).name,
      "d");
  EXPECT_FALSE(choose_profile(environment_of({}), {}).by_name);
}

}  // namespace
}  // namespace asiaq::aws::config
