#include "base/process.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace asiaq {
namespace {

TEST(Process, PassesArgumentsUnchanged) {
  const ProcessResult result =
      run_process({.arguments = {"printf", "%s|", "a b", "it's $HOME `x`"}});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.output, "a b|it's $HOME `x`|");
}

TEST(Process, FeedsInputLargerThanAPipe) {
  const std::string megabyte(1 << 20, 'x');
  EXPECT_EQ(run_process({.arguments = {"cat"}, .standard_input = megabyte}).output, megabyte);
}

TEST(Process, SurvivesAProgramThatDoesNotReadItsInput) {
  EXPECT_EQ(
      run_process({.arguments = {"true"}, .standard_input = std::string(1 << 20, 'x')}).status, 0);
}

TEST(Process, MergesOrSeparatesErrors) {
  const std::vector<std::string> both = {"sh", "-c", "echo out; echo err >&2; exit 3"};
  EXPECT_EQ(run_process({.arguments = both}).output, "out\nerr\n");
  const ProcessResult apart =
      run_process({.arguments = both, .error_stream = ProcessOptions::ErrorStream::apart});
  EXPECT_EQ(apart.output, "out\n");
  EXPECT_EQ(apart.errors, "err\n");
  EXPECT_EQ(apart.status, 3);
}

TEST(Process, SetsTheEnvironmentOfTheProgramOnly) {
  EXPECT_EQ(run_process({.arguments = {"sh", "-c", "echo $ASIAQ_TEST"},
                         .environment = {{"ASIAQ_TEST", "yes"}}})
                .output,
            "yes\n");
  EXPECT_EQ(getenv("ASIAQ_TEST"), nullptr);
}

TEST(Process, NamesAProgramThatCannotRun) {
  try {
    run_process({.arguments = {"no-such-program"}});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), "Command");
    EXPECT_NE(std::string(error.what()).find("no-such-program"), std::string::npos);
  }
}

TEST(Process, EndsAProgramThatTakesTooLong) {
  EXPECT_THROW(run_process({.arguments = {"sleep", "60"}, .timeout = Seconds(0.3)}), TimeoutError);
}

TEST(Process, EndsAProgramThatClosedItsStreamsAndGoesOn) {
  EXPECT_THROW(run_process({.arguments = {"sh", "-c", "exec >/dev/null 2>&1; exec sleep 60"},
                            .timeout = Seconds(0.3)}),
               TimeoutError);
}

TEST(ShellQuoted, IsReadBackUnchangedByAShell) {
  const std::string nasty = "a'b \"c\" $d `e` \\ *";
  EXPECT_EQ(run_process({.arguments = {"sh", "-c", "printf %s " + shell_quoted(nasty)}}).output,
            nasty);
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_EQ(shell_quoted("plain-word"), "plain-word");
}

}  // namespace
}  // namespace asiaq
