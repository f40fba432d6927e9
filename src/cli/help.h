// Help and usage texts, made from the records. Pure.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.h"

namespace asiaq::cli {

/// What `--help` shows for one command. `program` is how the tool was called ("disco_aws.py",
/// "asiaq aws").
std::string command_help(const Tool& tool, const Command& command, std::string_view program);

/// What `--help` shows for a tool: its commands, and in the usage-grammar dialect all their
/// options.
std::string tool_help(const Tool& tool, std::string_view program);

/// The usage lines shown with a usage error: of one command, or of the tool.
std::string usage(const Tool& tool, const Command* command, std::string_view program);

}  // namespace asiaq::cli
