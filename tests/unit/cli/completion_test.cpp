#include "cli/completion.h"

#include <gtest/gtest.h>

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

TEST(BashCompletion, OffersTheOptionsOfACommand) {
  EXPECT_EQ(offered({"disco_aws.py", "gethostclassoption", "--ho"}), "--hostclass");
  EXPECT_EQ(offered({"asiaq", "aws", "gethostclassoption", "--hostclass", "x", "--opt"}),
            "--option");
}

}  // namespace
}  // namespace asiaq::cli
