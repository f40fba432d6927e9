#include "cli/help.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "cli/commands.h"
#include "sample_tool.h"

namespace asiaq::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Usage, ShowsMandatoryOptionalRepeatableAndExclusiveOptions) {
  const Tool tool = sample_sub_command_tool();
  EXPECT_THAT(usage(tool, &tool.commands.at(2), "disco_x.py"),
              StartsWith("usage: disco_x.py exec --command COMMAND "
                         "[--instance INSTANCE... | --hostname HOSTNAME...] [--debug]"));
  EXPECT_THAT(usage(tool, &tool.commands.at(1), "disco_x.py"),
              HasSubstr("(--instance INSTANCE... | --hostname HOSTNAME...)"));
  EXPECT_THAT(usage(tool, &tool.commands.at(0), "asiaq x"),
              HasSubstr("asiaq x provision [--ami ID]"));
}

TEST(Usage, ListsTheCommandsOfATool) {
  EXPECT_EQ(usage(sample_sub_command_tool(), nullptr, "disco_x.py"),
            "usage: disco_x.py [--debug] [--env NAME] [--truncate] "
            "{provision,terminate,exec,listhosts,get} ...\n");
}

TEST(Usage, ShowsEveryFormInTheUsageGrammarDialect) {
  const std::string text = usage(sample_usage_tool(), nullptr, "disco_y.py");
  EXPECT_THAT(text, StartsWith("Usage:\n    disco_y.py list-records [--zone ZONE]"));
  EXPECT_THAT(text, HasSubstr("\n    disco_y.py create-record ZONE NAME VALUE..."));
}

TEST(CommandHelp, DescribesEveryOptionWithItsDefault) {
  const Tool tool = sample_sub_command_tool();
  const std::string text = command_help(tool, tool.commands.at(0), "disco_x.py");
  EXPECT_THAT(text, HasSubstr("\nStart hosts.\n"));
  EXPECT_THAT(text, HasSubstr("  --desired-size DESIRED_SIZE\n"));
  EXPECT_THAT(text, HasSubstr("how many\n"));
  EXPECT_THAT(text, HasSubstr("  --keep KEEP                 (default: 3)\n"));
  EXPECT_THAT(text, HasSubstr("  --dry-run, --dryrun         show what would be changed"));
}

/// All help texts of all tools.
std::string all_help() {
  std::string text;
  for (const ToolEntry& entry : all_tools()) {
    const Tool tool = make_tool(entry);
    if (tool.pass_on) continue;
    text += tool_help(tool, "asiaq " + tool.name);
    for (const Command& command : tool.commands) {
      text += command_help(tool, command, "asiaq " + tool.name);
    }
  }
  return text;
}

TEST(Help, KeepsEveryLineWithinAHundredColumns) {
  for (const std::string& line : split(all_help(), '\n')) EXPECT_LE(line.size(), 100U) << line;
}

TEST(ToolHelp, ListsCommandsWithTheirSummaries) {
  EXPECT_THAT(tool_help(sample_sub_command_tool(), "disco_x.py"),
              HasSubstr("  listhosts             List hosts\n"));
}

TEST(ToolHelp, HoldsAllOptionsInTheUsageGrammarDialect) {
  EXPECT_THAT(tool_help(sample_usage_tool(), "disco_y.py"),
              HasSubstr("options of list-records:\n  --zone ZONE"));
}

}  // namespace
}  // namespace asiaq::cli
