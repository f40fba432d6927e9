#include "cli/completion.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/process.h"
#include "base/text.h"

namespace asiaq::cli {
namespace {

/// What bash offers for the last of the words.
std::string offered(const std::vector<std::string>& line) {
  const std::string script =
      bash_completion() + "\nCOMP_WORDS=(" + shell_quoted(line) +
      ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_asiaq\necho \"${COMPREPLY[*]}\"\n";
  const ProcessResult result = run_process({.arguments = {"bash"}, .standard_input = script});
  EXPECT_EQ(result.status, 0) << result.output;
  return std::string(trimmed(result.output));
}

TEST(BashCompletion, OffersTools) { EXPECT_EQ(offered({"asiaq", "aw"}), "aws"); }

TEST(BashCompletion, OffersTheSameForBothNamesOfATool) {
  EXPECT_EQ(offered({"asiaq", "aws", "gethost"}), "gethostclassoption");
  EXPECT_EQ(offered({"disco_aws.py", "gethost"}), "gethostclassoption");
  EXPECT_EQ(offered({"/usr/bin/disco_aws", "--env", "ci", "gethost"}), "gethostclassoption");
}

TEST(BashCompletion, OffersNoToolsToAScript) {
  EXPECT_EQ(offered({"disco_ssh.sh", ""}), "");
  EXPECT_EQ(offered({"disco_ssh.sh", "ci", ""}), "");
}

TEST(BashCompletion, OffersTheOptionsOfACommand) {
  EXPECT_EQ(offered({"disco_aws.py", "gethostclassoption", "--ho"}), "--hostclass");
  EXPECT_EQ(offered({"asiaq", "aws", "gethostclassoption", "--hostclass", "x", "--opt"}),
            "--option");
}

TEST(BashCompletion, OffersFixedChoicesToTheirOwnCommandOnly) {
  EXPECT_EQ(offered({"asiaq", "keys", "rotate", "--type", "r"}), "rsa");
  EXPECT_EQ(offered({"asiaq", "vpc", "create", "--type", "r"}), "");
  EXPECT_EQ(offered({"asiaq", "instance", "testing-mode", "of"}), "off");
}

TEST(BashCompletion, OffersToolsToHelp) { EXPECT_EQ(offered({"asiaq", "help", "aw"}), "aws"); }

TEST(BashCompletion, OffersHostclassesAndTypesOfTheConfiguration) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "completion";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "disco_aws.ini") << "[disco_aws]\nx=[mhcno]\n[mhcweb] ; note\n[mhcapp]\n";
  std::ofstream(folder / "disco_vpc.ini") << "[envtype:sandbox]\n[env:demo]\n";
  setenv("ASIAQ_CONFIG", folder.c_str(), 1);
  EXPECT_EQ(offered({"disco_aws.py", "provision", "--hostclass", ""}), "mhcweb mhcapp");
  EXPECT_EQ(offered({"disco_vpc_ui.py", "create", "--type", ""}), "sandbox");
  unsetenv("ASIAQ_CONFIG");
  EXPECT_EQ(offered({"disco_aws.py", "provision", "--hostclass", ""}), "");
}

}  // namespace
}  // namespace asiaq::cli
