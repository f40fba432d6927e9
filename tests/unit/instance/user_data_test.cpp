#include "instance/user_data.h"

#include <gmock/gmock.h>

#include "base/process.h"

namespace asiaq::instance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(UserData, TakesQuotedLines) {
  const auto data = UserData::parse("hostclass=\"mhcfoo\"\nowner=\"alice smith\"\neip=\"\"");
  EXPECT_EQ(data.get("hostclass"), "mhcfoo");
  EXPECT_EQ(data.get("owner"), "alice smith");
  EXPECT_EQ(data.get("eip"), "");
  EXPECT_EQ(data.get("nothing"), "");
}

TEST(UserData, UndoesShellEscapesWithoutEvaluatingAnything) {
  const auto data = UserData::parse(
      "zookeepers=\"[\\\"10.0.0.1:2181\\\"]\"\n"
      "owner=\"\\$HOME \\`id\\` \\\\ \\n $(id)\"\n");
  EXPECT_EQ(data.get("zookeepers"), R"(["10.0.0.1:2181"])");
  EXPECT_EQ(data.get("owner"), R"($HOME `id` \ \n $(id))");
}

TEST(UserData, IgnoresWhatIsNoAssignment) {
  for (const char* line : {"a=b", "a='b'", "a b=\"c\"", "a=\"open", "=\"x\"", "1a=\"x\"",
                           "a=\"b\"; rm -rf /", "a-b=\"x\"", "#!/bin/sh\na=\"b\""}) {
    EXPECT_TRUE(UserData::parse(line).empty()) << line;
  }
}

TEST(UserData, TakesTheLastOfRepeatedKeysAndWindowsLines) {
  const auto data = UserData::parse("a=\"1\"\r\na=\"2\"\r\n");
  EXPECT_EQ(data.get("a"), "2");
}

TEST(UserData, SplitsLists) {
  const auto data = UserData::parse("floating_ips=\"10.0.0.1  10.0.0.2\"\nempty=\"\"");
  EXPECT_THAT(data.list("floating_ips"), ElementsAre("10.0.0.1", "10.0.0.2"));
  EXPECT_THAT(data.list("empty"), IsEmpty());
}

TEST(UserData, CanBeSourcedByAShellUnchanged) {
  const auto data = UserData::parse("owner=\"it's \\$HOME \\`id\\` \\\"x\\\"\"");
  const std::string script = data.shell_text() + "printf %s \"$owner\"";
  EXPECT_EQ(run_process({.arguments = {"sh", "-c", script}}).output, data.get("owner"));
}

}  // namespace
}  // namespace asiaq::instance
