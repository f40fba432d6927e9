#include "cli/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "cli/commands.h"
#include "support/environment_variable.h"
#include "support/scratch_folder.h"

namespace asiaq::cli {
namespace {

using test::EnvironmentVariable;
using testing::HasSubstr;
using testing::StartsWith;

struct Outcome {
  int status = 0;
  std::string output;
  std::string errors;
};

/// Runs the program with its own files as output streams, in a configuration folder of its own.
class Program : public testing::Test {
 protected:
  Outcome run(const std::vector<std::string>& arguments) {
    std::FILE* file = std::fopen((scratch_.path() / "stdout").c_str(), "w");
    Output output(fileno(file));
    testing::internal::CaptureStderr();
    Outcome outcome;
    outcome.status = run_program(arguments, output, {});
    outcome.errors = testing::internal::GetCapturedStderr();
    std::fclose(file);
    std::ostringstream text;
    text << std::ifstream(scratch_.path() / "stdout").rdbuf();
    outcome.output = text.str();
    return outcome;
  }

  std::string option_of(const std::string& hostclass, const std::string& name,
                        const std::vector<std::string>& before = {}) {
    std::vector<std::string> arguments{"disco_aws.py"};
    arguments.insert(arguments.end(), before.begin(), before.end());
    for (const std::string& word : {std::string("gethostclassoption"), std::string("--hostclass"),
                                    hostclass, std::string("--option"), name}) {
      arguments.push_back(word);
    }
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    return outcome.output;
  }

  test::ScratchFolder scratch_;
  EnvironmentVariable folder_{"ASIAQ_CONFIG", scratch_.path().string()};
  EnvironmentVariable default_environment_{"DEFAULT_ENV", std::nullopt};
};

TEST_F(Program, ShowsHelpWithoutAnyConfiguration) {
  for (const std::vector<std::string>& line : {std::vector<std::string>{"disco_aws.py", "--help"},
                                               {"/usr/bin/disco_aws", "-h"},
                                               {"asiaq", "aws", "--help"},
                                               {"asiaq", "help"},
                                               {"asiaq", "--help"},
                                               {"disco_aws.py", "gethostclassoption", "--help"},
                                               {"asiaq", "help", "aws"},
                                               {"asiaq", "help", "aws", "gethostclassoption"}}) {
    const Outcome outcome = run(line);
    EXPECT_EQ(outcome.status, 0) << line.at(0);
    EXPECT_THAT(outcome.output, HasSubstr("aws"));
    EXPECT_EQ(outcome.errors, "");
  }
}

TEST_F(Program, NamesTheMissingConfigurationFile) {
  const Outcome outcome =
      run({"disco_aws.py", "gethostclassoption", "--hostclass", "a", "--option", "b"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.errors, StartsWith("ERROR AsiaqConfig: config path not found: " +
                                         scratch_.path().string() + "/disco_aws.ini"));
  EXPECT_EQ(outcome.output, "");
}

TEST_F(Program, ReportsUsageErrorsOnStderrWithStatusTwo) {
  const Outcome none = run({"disco_aws.py"});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.errors, StartsWith("usage: disco_aws.py "));
  EXPECT_THAT(none.errors, HasSubstr("disco_aws.py: error: too few arguments"));
  EXPECT_EQ(run({"disco_aws.py", "bogus"}).status, 2);
  EXPECT_THAT(run({"asiaq", "aws", "gethostclassoption"}).errors,
              HasSubstr("asiaq aws gethostclassoption: error: argument --hostclass is required"));
}

TEST_F(Program, AnswersToTheNameOfAScriptWithItsSuffixOnly) {
  const Outcome usage = run({"/usr/bin/disco_ssh.sh", "ci"});
  EXPECT_EQ(usage.status, 1);
  EXPECT_EQ(usage.output, "");
  EXPECT_THAT(usage.errors, StartsWith("Usage:\n    disco_ssh.sh ENV PATTERN [PORT]..."));
  EXPECT_THAT(usage.errors, HasSubstr("too few arguments: PATTERN is missing"));
  EXPECT_EQ(run({"disco_ssh.sh", "ci", "mhcweb", "ssh"}).status, 1);
  EXPECT_THAT(run({"disco_ssh.sh", "ci", "mhcweb", "65536"}).errors, HasSubstr("65536"));
  EXPECT_THAT(run({"asiaq", "--program-names"}).output, HasSubstr("\ndisco_ssh.sh\n"));
  EXPECT_THAT(run({"asiaq", "disco_ssh.sh"}).errors, HasSubstr("there is no tool"));
  EXPECT_THAT(run({"disco_ssh", "--help"}).output, HasSubstr("HOST"));
}

TEST_F(Program, RefusesUnknownToolsWithASuggestion) {
  const Outcome outcome = run({"asiaq", "aw"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("there is no tool 'aw': did you mean aws?"));
  EXPECT_EQ(run({"asiaq"}).status, 2);
  EXPECT_EQ(run({"asiaq", "--bogus"}).status, 2);
  EXPECT_EQ(run({"asiaq", "completion", "fish"}).status, 2);
}

TEST_F(Program, SaysItsVersionUnderAllNames) {
  EXPECT_THAT(run({"asiaq", "--version"}).output, StartsWith("asiaq "));
  EXPECT_EQ(run({"disco_aws.py", "--version"}).output, run({"asiaq", "--version"}).output);
}

TEST_F(Program, PrintsItsHome) {
  const EnvironmentVariable home("ASIAQ_HOME", "/somewhere");
  EXPECT_EQ(run({"asiaq", "--print-home"}).output, "/somewhere\n");
}

TEST_F(Program, SaysHowToGetTheBoxWhenItsPythonIsMissing) {
  const EnvironmentVariable home("ASIAQ_HOME", scratch_.path().string());
  const Outcome outcome = run({"asiaq", "local", "up"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.errors,
              StartsWith("ERROR Installation: the cloud in a box needs its Python environment"));
  EXPECT_THAT(outcome.errors, HasSubstr("(run " + scratch_.path().string() + "/scripts/setup)\n"));
}

TEST_F(Program, LooksUpHostclassOptionsForTheEnvironment) {
  scratch_.write("disco_aws.ini",
                 "[disco_aws]\ndefault_environment=ci\ndefault_size@ci=3\n"
                 "[mhcx]\neip=5.5.5.5\neip@staging=1.3.3.7\n");
  EXPECT_EQ(option_of("mhcx", "eip", {"--env", "staging"}), "1.3.3.7\n");
  EXPECT_EQ(option_of("mhcx", "eip", {"--env", "ci"}), "5.5.5.5\n");
  EXPECT_EQ(option_of("mhcx", "size"), "3\n");
  EXPECT_THAT(option_of("mhcx", "nothing"), HasSubstr("no such option: nothing"));
}

TEST_F(Program, ChoosesTheEnvironmentByOptionVariableAndConfiguration) {
  scratch_.write(
      "disco_aws.ini",
      "[disco_aws]\ndefault_environment=ci\n[mhcx]\nx=none\nx@ci=c\nx@build=b\nx@qa=q\n");
  EXPECT_EQ(option_of("mhcx", "x"), "c\n");
  const EnvironmentVariable variable("DEFAULT_ENV", "build");
  EXPECT_EQ(option_of("mhcx", "x"), "b\n");
  EXPECT_EQ(option_of("mhcx", "x", {"--env", "qa"}), "q\n");
  EXPECT_EQ(option_of("mhcx", "x", {"--env", "none"}), "none\n");
  const EnvironmentVariable empty("DEFAULT_ENV", "");
  EXPECT_EQ(option_of("mhcx", "x"), "c\n");
}

TEST_F(Program, TakesGlobalOptionsBeforeTheTool) {
  scratch_.write("disco_aws.ini", "[mhcx]\nx@qa=q\n");
  const Outcome outcome = run({"asiaq", "--env", "qa", "aws", "gethostclassoption", "--hostclass",
                               "mhcx", "--option", "x"});
  EXPECT_EQ(outcome.output, "q\n") << outcome.errors;
}

TEST_F(Program, ReportsInterpolationErrorsInOneLine) {
  scratch_.write("disco_aws.ini", "[disco_aws]\ndefault_environment=ci\n[mhcx]\nx=%(nope)s\n");
  const Outcome outcome =
      run({"disco_aws.py", "gethostclassoption", "--hostclass", "mhcx", "--option", "x"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("disco_aws.ini:4: option 'x' in section 'mhcx': "));
  EXPECT_EQ(std::count(outcome.errors.begin(), outcome.errors.end(), '\n'), 1);
}

TEST(Tools, AreInAlphabeticalOrderAndHaveSummaries) {
  std::string_view before;
  for (const ToolEntry& entry : all_tools()) {
    EXPECT_LT(before, entry.name);
    EXPECT_FALSE(entry.summary.empty()) << entry.name;
    before = entry.name;
  }
}

TEST(Tools, HaveOptionsThatNoOtherOptionOfTheCommandHides) {
  for (const ToolEntry& entry : all_tools()) {
    const Tool tool = make_tool(entry);
    for (const Command& command : tool.commands) {
      std::vector<std::string> names{"--help", "-h"};
      std::vector<OptionRecord> options = command.options;
      for (const OptionRecord& shared : shared_options(tool, &command)) options.push_back(shared);
      for (const OptionRecord& option : options) {
        std::vector<std::string> own = option.details.aliases;
        own.push_back(option.name);
        for (const std::string& name : own) {
          EXPECT_EQ(std::count(names.begin(), names.end(), name), 0)
              << entry.name << " " << command.word << " " << name;
          names.push_back(name);
        }
      }
    }
  }
}

}  // namespace
}  // namespace asiaq::cli
